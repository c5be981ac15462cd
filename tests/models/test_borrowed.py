"""A person of 14 joints is lifted by the weights for 17."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poseviewer.core.errors import CheckpointError
from poseviewer.io.skeleton_files import load_ranges, load_skeleton
from poseviewer.models import base as lifters
from poseviewer.models.borrowed import BorrowedLifter, columns_among, lender
from poseviewer.models.lifter import load_lifter
from poseviewer.synthesis.generate import synthesize


@pytest.fixture(autouse=True)
def only_human17_is_shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model_file: Any) -> None:
    model_file(tmp_path / "human17.safetensors", ranges="human17")
    monkeypatch.setattr(lifters, "shipped_lifter", lambda name: tmp_path / f"{name}.safetensors")


@pytest.mark.parametrize("name", ["human14", "human16"])
def test_every_joint_has_a_namesake(name: str) -> None:
    small = load_skeleton(name)

    found = lender(small)

    assert found is not None
    assert found.skeleton == load_skeleton("human17")
    assert len(set(found.joints)) == small.joint_count
    for joint, there in zip(small.joints, found.joints, strict=True):
        assert found.skeleton.joints[there] in (joint, "thorax")


def test_others_borrow_from_nobody() -> None:
    assert lender(load_skeleton("quadruped16")) is None
    own = replace(load_skeleton("human14"), pairs=())  # a user's own skeleton that happens to have the name
    assert lender(own) is None


@pytest.mark.parametrize("name", ["human14", "human16"])
def test_it_lifts_as_the_larger_one_does_with_the_others_missing(name: str) -> None:
    small = load_skeleton(name)
    keypoints = 100.0 * synthesize(small, load_ranges(name), 6, seed=2).keypoints
    keypoints[:, 0] = np.nan

    lifter = load_lifter(None, small, "cpu")
    lifted = lifter.lift(keypoints)

    assert isinstance(lifter, BorrowedLifter)
    assert lifted.skeleton == small
    assert np.isfinite(lifted.joints).all()
    assert np.all(lifted.joints[:, small.root] == 0)
    there = lifted.given
    assert np.array_equal(there, np.isfinite(keypoints).all(-1))
    assert (lifted.joints[..., :2] + lifted.origin[:, None])[there] == pytest.approx(keypoints[there], abs=1e-3)
    assert lifter.description == f"{name} by human17 default"


def test_visibility_is_passed_on() -> None:
    small = load_skeleton("human14")
    keypoints = 100.0 * synthesize(small, load_ranges("human14"), 1, seed=3).keypoints
    seen = np.full((1, 14), 2, np.uint8)
    seen[0, 5] = 0

    assert not load_lifter(None, small, "cpu").lift(keypoints, seen).given[0, 5]


def test_without_the_larger_ones_weights_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "human17.safetensors").unlink()
    with pytest.raises(CheckpointError, match="No lifter is shipped for the skeleton 'human17'"):
        load_lifter(None, load_skeleton("human14"))


def test_the_neck_of_14_joints_is_the_thorax_of_17() -> None:
    person, small = load_skeleton("human17"), load_skeleton("human14")

    columns = columns_among(["l_wrist", *person.joints], small)

    assert (columns[small.joint_index("neck")] or 0) - 1 == person.joint_index("thorax")


def test_among_its_own_names_every_joint_is_itself() -> None:
    for name in ("human14", "human17", "quadruped16"):
        skeleton = load_skeleton(name)
        assert columns_among(skeleton.joints, skeleton) == tuple(range(skeleton.joint_count))
