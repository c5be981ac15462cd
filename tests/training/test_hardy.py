"""004: each part of a pose learns by its own share, and from its own keypoints."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from poseviewer.io.skeleton_files import load_ranges
from training.adversarial import LIFTER
from training.adversarial_config import adversarial_config
from training.hardy import HardyRun
from training.pose_material import PoseMaterial


def run(tmp_path: Path, representation: str) -> HardyRun:
    joints = np.random.default_rng(0).normal(size=(20, 16, 3)).astype(np.float32)
    config = adversarial_config(
        "hardy", "default", load_ranges("human16"), output=tmp_path / "m.safetensors", device="cpu", half=False,
        shape={"representation": representation, "width": 16, "blocks": 1, "learned_elevation": None},
        turns={"upright": "level"}, batch=8, flips=0.0,
    )  # fmt: skip
    return HardyRun(config, PoseMaterial(joints, np.zeros((0, 16, 2), np.float32), np.full(20, 0.05)))


@pytest.mark.parametrize(("representation", "legs", "torso"), [("legs-torso", 6, 10), ("five", 3, 4)])
def test_parts_weigh_as_many_joints_as_they_have(tmp_path: Path, representation: str, legs: int, torso: int) -> None:
    made = run(tmp_path, representation)
    assert made.shares is not None
    assert made.shares[0].item() == pytest.approx(legs / 16)
    assert made.shares[7].item() == pytest.approx(torso / 16)


@pytest.mark.parametrize("representation", ["full", "split-legs-torso"])
def test_a_pose_that_is_combined_weighs_whole(tmp_path: Path, representation: str) -> None:
    assert run(tmp_path, representation).shares is None


def test_the_legs_do_not_learn_from_how_the_torso_agrees(tmp_path: Path) -> None:
    made = run(tmp_path, "legs-torso")
    made.turn = LIFTER
    batch = made.examples(0, 0, 8)
    legs = list(made.lifter.paths[0].parameters())
    terms = made.lifter_terms(batch)
    for name in ("reprojection", "quarter"):
        whole = torch.autograd.grad(terms[name], legs, retain_graph=True)
        assert any(g.abs().max() > 0 for g in whole)
    torso = list(made.lifter.paths[1].parameters())
    assert all(g is not None for g in torch.autograd.grad(terms["adversarial"], torso, retain_graph=True))


def test_the_size_is_said_beside_the_papers(tmp_path: Path) -> None:
    made = run(tmp_path, "legs-torso")
    count = sum(p.numel() for p in made.lifter.parameters())
    assert f"{count:,} parameters; the paper's has 12,703,760" in made.message
