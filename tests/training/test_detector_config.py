"""What a run starts from and what it is made again by follow from the preset, the skeleton and the options."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from poseviewer.core.errors import CheckpointError, PoseviewerError
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.skeleton_files import load_ranges, skeleton_to_table
from poseviewer.models import find_detector
from poseviewer.models.checkpoint import ModelCard, save_checkpoint
from training.detector_config import detector_config, reproduce
from training.presets import load_preset, preset_names

DOTS = Skeleton.from_names("dots", ["red", "green"], [("red", "green")])


SHAPE = load_preset("detector", "default")["shape"]


def written(path: Path, shape: dict[str, Any] = SHAPE) -> Path:
    card = ModelCard(
        kind="detector", network="pyramid", shape=shape, skeleton=skeleton_to_table(DOTS), ranges={}, preset="default",
        recipe="", seed=0, steps=1, poses_seen=8, device="cpu",
    )  # fmt: skip
    save_checkpoint(path, {"x": torch.zeros(1)}, card)
    return path


@pytest.fixture(autouse=True)
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of shipped weights: empty."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    monkeypatch.setattr(find_detector, "resource", lambda *parts: folder.joinpath(*parts[1:]))
    return folder


@pytest.mark.parametrize("preset", preset_names("detector"))
def test_every_preset_is_a_config(preset: str, tmp_path: Path) -> None:
    ranges = load_ranges("quadruped16")

    config = detector_config(preset, skeleton=ranges.skeleton, ranges=ranges, output=tmp_path / "m.safetensors")

    assert config.preset == preset
    assert config.network == "pyramid"
    assert config.shape["widths"]


def test_presets_that_render_need_ranges(tmp_path: Path) -> None:
    with pytest.raises(PoseviewerError, match=r"needs a skeleton with rotation ranges; 'dots' has none"):
        detector_config("default", skeleton=DOTS, output=tmp_path / "m.safetensors", renders=0.5)


def test_what_to_start_from(tmp_path: Path, shipped: Path) -> None:
    def start(words: str | Path | None) -> Path | None:
        return detector_config("default", skeleton=DOTS, output=tmp_path / "m.safetensors", start=words).start

    assert start("nothing") is None
    assert start(None) is None
    with pytest.raises(CheckpointError, match="No detector is shipped for the skeleton 'dots'"):
        start("shipped")
    model = written(tmp_path / "model.safetensors")
    assert start(model) == model
    generic = written(shipped / "quadruped16.detector.safetensors")
    assert start("shipped") == generic
    own = written(shipped / "dots.detector.safetensors")
    assert start("shipped") == own
    assert start(None) == own
    written(own, {"widths": [8] * 5, "head": 8})
    assert start(None) is None, "a preset starts from the shipped one only where it is of the same network"
    with pytest.raises(CheckpointError, match="There is no model"):
        start("elsewhere.safetensors")


def test_presets_that_follow_one_another_have_one_network() -> None:
    tables = [load_preset("detector", name) for name in ("default", "quick", "pretrain")]

    assert [table["shape"] for table in tables] == [SHAPE] * 3


def test_the_command_that_makes_it_again(tmp_path: Path) -> None:
    config = detector_config(
        "quick", skeleton=DOTS, output=tmp_path / "m.safetensors", labels="mouse.csv", frames=10, seed=3, steps=20
    )

    assert reproduce(config, "dots.detector.safetensors (sha256 abc)") == (
        "poseviewer train detector mouse.csv --preset quick --skeleton dots --seed 3 --steps 20 --frames 10 "
        "--start dots.detector.safetensors -o m.safetensors"
    )
    assert "--start nothing" in reproduce(config)
