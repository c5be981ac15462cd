"""Cards are read without the weights, and without torch."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from poseviewer.core.errors import CheckpointError
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.models.card import ModelCard, read_card, tables


def test_a_card_is_read_from_a_model_file(tmp_path: Path, model_file: Any, card_of: Any) -> None:
    path = model_file(tmp_path / "m.safetensors", steps=12)

    assert asdict(read_card(path)) == asdict(card_of(steps=12))


def test_reading_a_card_needs_no_torch(tmp_path: Path, model_file: Any) -> None:
    path = model_file(tmp_path / "m.safetensors")
    code = (
        "import sys; from pathlib import Path; from poseviewer.models.card import read_card;"
        f"read_card(Path({str(path)!r})); sys.exit('torch' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_tables_hold_the_whole_preset() -> None:
    preset = load_ranges("quadruped16")
    skeleton, ranges = tables(preset)
    card = ModelCard("lifter", "default", {}, skeleton, ranges, "default", "default", 0, 0, 0, "cpu")

    assert card.load_skeleton() == preset.skeleton
    again = card.load_ranges()
    assert [r.carries for r in again.ranges] == [r.carries for r in preset.ranges]
    assert [r.coupled for r in again.ranges] == [r.coupled for r in preset.ranges]


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="check the name or train one"):
        read_card(tmp_path / "none.safetensors")
