from __future__ import annotations

from pathlib import Path

import pytest

from training.run_config import RunConfig, rate_at, start_words, state_path


def test_the_rate_warms_up_and_falls_to_nothing() -> None:
    config = RunConfig(output=Path("m"), steps=110, warmup=10)

    assert rate_at(0, config) == pytest.approx(0.1)
    assert rate_at(9, config) == pytest.approx(1)
    assert rate_at(60, config) == pytest.approx(0.5)
    assert rate_at(110, config) == pytest.approx(0)


def test_a_constant_rate_stays() -> None:
    assert rate_at(100, RunConfig(output=Path("m"), steps=100, schedule="constant")) == 1


def test_a_model_is_named_by_its_file_and_digest(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes(b"weights")

    assert start_words(path) == "m.safetensors (sha256 9a129038d9a0)"
    assert state_path(path).name == "m.safetensors.state"
