"""The numpy lifter says what the torch one says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from poseviewer.core.errors import CheckpointError
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.models.card import ModelCard, tables
from poseviewer.models.checkpoint import save_checkpoint
from poseviewer.models.lifter import load_lifter, make_network
from poseviewer.models.light import load_light_lifter


def write_model(path: Path, network: str = "default", shape: dict[str, int] | None = None) -> Path:
    preset = load_ranges("quadruped16")
    skeleton, ranges = tables(preset)
    card = ModelCard(
        "lifter", network, shape or {"width": 32, "blocks": 2}, skeleton, ranges, "default", "default", 0, 0, 0, "cpu"
    )
    save_checkpoint(path, make_network(card, preset).state_dict(), card)
    return path


def test_it_lifts_as_the_torch_lifter_does(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.safetensors")
    skeleton = load_ranges("quadruped16").skeleton
    random = np.random.default_rng(0)
    keypoints = random.uniform(0, 500, (40, 16, 2)) + 3000
    keypoints[random.random((40, 16)) < 0.4] = np.nan
    keypoints = keypoints[np.isfinite(keypoints[..., 0]).sum(1) >= 4]
    light, heavy = load_light_lifter(path, skeleton), load_lifter(path, skeleton, "cpu")
    assert light is not None
    ours, theirs = light.lift(keypoints), heavy.lift(keypoints)
    np.testing.assert_allclose(ours.joints, theirs.joints, atol=2e-2)
    np.testing.assert_allclose(ours.depth_std, theirs.depth_std, rtol=1e-3)
    np.testing.assert_allclose(ours.origin, theirs.origin, atol=2e-2)
    assert (ours.given == theirs.given).all()
    assert light.description == heavy.description


def test_other_networks_are_left_to_torch(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.safetensors", "paper", {"width": 16, "blocks": 1})
    assert load_light_lifter(path, load_ranges("quadruped16").skeleton) is None


def test_weights_that_do_not_fit_their_card_are_damaged(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.safetensors")
    preset = load_ranges("quadruped16")
    skeleton, ranges = tables(preset)
    card = ModelCard("lifter", "default", {"width": 32, "blocks": 3}, skeleton, ranges, "default", "d", 0, 0, 0, "cpu")
    small = ModelCard("lifter", "default", {"width": 32, "blocks": 2}, skeleton, ranges, "default", "d", 0, 0, 0, "cpu")
    save_checkpoint(path, make_network(small, preset).state_dict(), card)
    with pytest.raises(CheckpointError, match="damaged"):
        load_light_lifter(path, preset.skeleton)


def test_it_needs_no_torch(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.safetensors")
    code = (
        "import sys, numpy as np; from poseviewer.models.light import load_light_lifter;"
        "from poseviewer.io.skeleton_files import load_skeleton;"
        f"lifter = load_light_lifter({str(path)!r}, load_skeleton('quadruped16'));"
        "lifter.lift(np.random.rand(1, 16, 2));"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
