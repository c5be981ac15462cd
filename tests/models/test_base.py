"""What all lifters share, seen on one that puts every joint at depth 1 and leaves the rest as it is given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from poseviewer.core.errors import CheckpointError, PoseInputError
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.skeleton_files import load_ranges, load_skeleton
from poseviewer.models import base
from poseviewer.models.base import Lifter, find_model, none_shipped, shipped_lifter, shipped_lifters

CHAIN = Skeleton.from_names("chain", ["a", "b", "c", "d"], [("a", "b"), ("b", "c"), ("c", "d")])


class Flat(Lifter):
    def __init__(self, card: Any, skeleton: Skeleton) -> None:
        super().__init__(card, skeleton)
        self.batches: list[int] = []

    def _lift(self, points: NDArray[np.float32], given: NDArray[np.bool_]) -> tuple[NDArray[Any], NDArray[Any]]:
        self.batches.append(len(points))
        depth = np.ones((*points.shape[:2], 1), np.float32)
        return np.concatenate([points, depth], axis=-1), np.zeros(points.shape[:2], np.float32)


@pytest.fixture
def flat(card_of: Any) -> Flat:
    return Flat(card_of(), CHAIN)


def test_joints_are_relative_to_the_root_and_the_origin_leads_back(flat: Flat) -> None:
    keypoints = np.array([[[10.0, 20.0], [11, 20], [12, 22], [13, 25]]])

    lifted = flat.lift(keypoints)

    assert lifted.joints[0, 0].tolist() == [0, 0, 0]
    np.testing.assert_allclose(lifted.joints[..., :2] + lifted.origin[:, None], keypoints, atol=1e-5)


def test_many_poses_go_in_batches(flat: Flat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "BATCH", 4)

    lifted = flat.lift(np.random.default_rng(0).uniform(0, 9, (10, 4, 2)))

    assert flat.batches == [4, 4, 2]
    assert len(lifted) == 10


@pytest.mark.parametrize(
    ("keypoints", "sentence"),
    [
        (np.full((1, 4, 2), np.nan), "Only 0 keypoints"),
        (np.ones((1, 4, 2)), "in one place"),
        (np.ones((1, 3, 2)), "shape"),
    ],
)
def test_poses_that_cannot_be_lifted(flat: Flat, keypoints: np.ndarray, sentence: str) -> None:
    with pytest.raises(PoseInputError, match=sentence):
        flat.lift(keypoints)
    assert flat.batches == []


def test_a_model_is_found_for_its_own_skeleton_only(tmp_path: Path, model_file: Any) -> None:
    path = model_file(tmp_path / "m.safetensors")

    found = find_model(path, load_skeleton("quadruped16"))
    assert found is not None
    assert found[0] == path
    with pytest.raises(CheckpointError, match="trained for the skeleton 'quadruped16'"):
        find_model(path, load_skeleton("human17"))


def test_without_a_shipped_model_there_is_a_command_to_make_one() -> None:
    assert find_model(None, CHAIN) is None
    assert "poseviewer train lifter --skeleton chain" in str(none_shipped(CHAIN))


def test_a_shipped_lifter_goes_by_its_name() -> None:
    skeleton = load_skeleton("quadruped16")
    names = shipped_lifters("quadruped16")

    assert names[0] == "quadruped16" and "quadruped16.mouse" in names
    for name in names:
        found = find_model(name, skeleton)
        assert found is not None
        path, card = found
        assert path == shipped_lifter(name) and card.load_ranges() == load_ranges(name, skeleton)


def test_a_file_comes_before_a_shipped_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "quadruped16.mouse").write_bytes(b"not a model")

    with pytest.raises(CheckpointError):
        find_model("quadruped16.mouse", load_skeleton("quadruped16"))
    with pytest.raises(CheckpointError):
        find_model("models/quadruped16.mouse", load_skeleton("quadruped16"))


def test_a_skeleton_without_weights_has_none_to_name() -> None:
    assert shipped_lifters("hand21") == []
