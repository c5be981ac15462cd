"""What a lifter's training depends on, and the command that says so."""

from __future__ import annotations

from pathlib import Path

from poseviewer.models.base import shipped_lifter
from training.lifter_config import lifter_config, reproduce, start_words, state_path


def test_the_command_says_what_the_run_started_from(tmp_path: Path) -> None:
    output = tmp_path / "dog.safetensors"
    config = lifter_config("finetune", skeleton="quadruped16", output=output)
    other = tmp_path / "mine.safetensors"
    other.write_bytes(shipped_lifter("quadruped16").read_bytes())

    words = start_words(config.start)  # type: ignore[arg-type]

    assert "--start shipped -o dog.safetensors" in reproduce(config, words)
    assert "--start mine.safetensors" in reproduce(config, start_words(other))
    assert "--start" not in reproduce(config)
    assert start_words(other).partition(" ")[2] == words.partition(" ")[2]  # the same bytes, the same digest
    assert state_path(output).name == "dog.safetensors.state"
