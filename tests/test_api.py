"""The program as Python functions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import poseviewer
from poseviewer.api import choose_skeleton, on_skeleton
from poseviewer.core.errors import CheckpointError, PoseInputError
from poseviewer.io.skeleton_files import load_skeleton

QUADRUPED = load_skeleton("quadruped16")


def test_synthesized_poses_can_be_lifted(tmp_path: Path) -> None:
    from training.lifter import lifter_config, train_lifter

    model = tmp_path / "m.safetensors"
    for _ in train_lifter(lifter_config("quick", skeleton="quadruped16", output=model, steps=2, batch=8, device="cpu")):
        pass
    batch = poseviewer.synthesize("quadruped16", n=5, seed=2)

    poses = poseviewer.lift(batch.keypoints, skeleton="quadruped16", model=model, device="cpu")

    assert poses.joints.shape == (5, 16, 3)
    assert poses.unit == "px"


def test_ranges_and_skeleton_may_be_objects() -> None:
    by_name = poseviewer.synthesize("quadruped16", n=3, seed=1)
    by_object = poseviewer.synthesize(QUADRUPED, n=3, seed=1)

    np.testing.assert_array_equal(by_name.joints, by_object.joints)


def test_the_skeleton_follows_from_the_names() -> None:
    assert choose_skeleton(None, None).name == "quadruped16"
    assert choose_skeleton(None, load_skeleton("human17").joints).name == "human17"
    assert choose_skeleton(None, load_skeleton("hand21").joints).name == "hand21"
    assert choose_skeleton("human14", load_skeleton("human17").joints).name == "human14"
    assert choose_skeleton(QUADRUPED, None) is QUADRUPED


def test_keypoints_are_put_in_the_skeletons_order() -> None:
    xy = np.arange(10.0).reshape(1, 5, 2)
    names = ["tail base", "nose", "neck", "whiskers", "l_hip"]
    names[3] = "R-Knee"

    points, seen = on_skeleton(QUADRUPED, xy, np.array([[2, 1, 0, 2, 2]]), names)

    np.testing.assert_array_equal(points[0, QUADRUPED.joint_index("nose")], [2, 3])
    np.testing.assert_array_equal(points[0, QUADRUPED.joint_index("tail_base")], [0, 1])
    assert np.isnan(points[0, QUADRUPED.joint_index("left_knee")]).all()
    assert seen is not None
    assert seen[0, [QUADRUPED.joint_index(name) for name in ("nose", "neck", "left_knee")]].tolist() == [1, 0, 0]


def test_arrays_of_the_wrong_shape_are_refused_before_a_model_is_loaded() -> None:
    with pytest.raises(PoseInputError, match=r"shape \(N, J, 2\)"):
        poseviewer.lift(np.zeros((4, 2)))


def test_a_video_is_detected_in_parts() -> None:
    """By the detector that ships, which has never seen this dog."""
    sample = Path(__file__).resolve().parent.parent / "resources" / "sample" / "trot.mp4"

    parts = list(poseviewer.detect(sample, skeleton="quadruped16", frames=[3, 4, 90], device="cpu"))

    assert np.concatenate([part.frames for part in parts]).tolist() == [3, 4, 90]
    keypoints = np.concatenate([part.keypoints for part in parts])
    assert keypoints.shape == (3, 16, 2) and np.isfinite(keypoints).all()
    assert (keypoints[..., 0] > 100).all() and (keypoints[..., 0] < 620).all()  # the dog is about in the middle


def test_a_detector_of_another_skeleton_is_refused() -> None:
    model = Path(__file__).resolve().parent.parent / "resources" / "weights" / "human17.detector.safetensors"

    with pytest.raises(CheckpointError, match="human17"):
        next(iter(poseviewer.detect("anything.mp4", skeleton="quadruped16", model=model)))
