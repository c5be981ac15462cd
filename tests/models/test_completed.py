"""Methods that know fewer joints, or no missing ones, are completed by the skeleton's masked lifter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poseviewer.core.errors import CheckpointError
from poseviewer.io.skeleton_files import load_skeleton
from poseviewer.models import base as lifters
from poseviewer.models.completed import CompletedLifter, shared_columns
from poseviewer.models.lifter import load_lifter

HUMAN17, HUMAN14 = load_skeleton("human17"), load_skeleton("human14")


@pytest.fixture(autouse=True)
def only_human17_is_shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model_file: Any) -> None:
    model_file(tmp_path / "human17.safetensors", ranges="human17")
    monkeypatch.setattr(lifters, "shipped_lifter", lambda name: tmp_path / f"{name}.safetensors")


@pytest.fixture
def method(tmp_path: Path, model_file: Any) -> Path:
    found: Path = model_file(tmp_path / "method.safetensors", "depth", "human14")
    return found


def keypoints(joints: int = 17) -> np.ndarray:
    return np.random.default_rng(5).normal(200, 60, (5, joints, 2))


def test_the_joints_that_it_knows_are_the_methods_own(method: Path) -> None:
    lifter = load_lifter(method, HUMAN17, "cpu")
    assert isinstance(lifter, CompletedLifter)
    columns = shared_columns(HUMAN14, HUMAN17)
    xy = keypoints()
    own = load_lifter(method, HUMAN14, "cpu").lift(xy[:, columns])
    lifted = lifter.lift(xy)
    assert lifted.skeleton == HUMAN17
    assert (lifted.joints[:, HUMAN17.root] == 0).all()
    between = lifted.joints[:, columns] - lifted.joints[:, columns[:1]]
    np.testing.assert_allclose(between, own.joints - own.joints[:, :1], atol=2e-3)
    np.testing.assert_allclose(lifted.joints[..., :2] + lifted.origin[:, None], xy, atol=1e-2)
    assert "spine" in lifter.filled_words and "pelvis" in lifter.filled_words


def test_what_is_missing_is_filled_in_and_said(method: Path) -> None:
    lifter = load_lifter(method, HUMAN17, "cpu")
    xy = keypoints()
    xy[2, 5] = np.nan
    lifted = lifter.lift(xy)
    assert np.isfinite(lifted.joints).all()
    assert not lifted.given[2, 5] and lifted.given.sum() == 84
    whole = lifter.lift(keypoints())
    np.testing.assert_allclose(np.delete(lifted.joints, 2, 0), np.delete(whole.joints, 2, 0), atol=1e-3)


def test_visibility_0_is_missing(method: Path) -> None:
    seen = np.full((5, 17), 2)
    seen[0, 3] = 0
    assert not load_lifter(method, HUMAN17, "cpu").lift(keypoints(), seen).given[0, 3]


def test_a_model_of_more_joints_than_the_skeleton_is_refused(tmp_path: Path, model_file: Any) -> None:
    larger = model_file(tmp_path / "larger.safetensors", "depth", "human17")
    with pytest.raises(CheckpointError, match=r"human17.*human14"):
        load_lifter(larger, HUMAN14, "cpu")


def test_a_default_model_of_another_skeleton_is_refused_still(tmp_path: Path, model_file: Any) -> None:
    other = model_file(tmp_path / "other.safetensors", "default", "human14")
    with pytest.raises(CheckpointError, match="human14"):
        load_lifter(other, HUMAN17, "cpu")
