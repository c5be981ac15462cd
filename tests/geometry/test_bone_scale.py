"""One bone of known length turns pixels into millimetres."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.core.errors import PoseInputError
from poseviewer.core.lifted import LiftedPoses
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.bone_scale import scale_to_bone

ARM = Skeleton.from_names("arm", ["shoulder", "elbow", "paw"], [("shoulder", "elbow"), ("elbow", "paw")])


def arms(*upper_lengths: float) -> LiftedPoses:
    """Straight arms along z, their lower bone 10 px."""
    joints = np.array([[[0, 0, 0], [0, 0, u], [0, 0, u + 10]] for u in upper_lengths], dtype=np.float32)
    n = len(joints)
    return LiftedPoses(ARM, joints, np.ones((n, 3), np.float32), np.zeros((n, 2), np.float32), np.ones((n, 3), bool))


def test_the_bone_gets_its_length_and_the_others_follow() -> None:
    scaled = scale_to_bone(arms(20), bone=0, millimetres=100)

    np.testing.assert_allclose(scaled.bone_lengths, [[100, 50]])
    np.testing.assert_allclose(scaled.depth_std, np.full((1, 3), 5.0))
    assert scaled.unit == "mm"


def test_all_poses_have_one_factor_from_the_median_one() -> None:
    scaled = scale_to_bone(arms(20, 25, 1000), bone=0, millimetres=100)

    np.testing.assert_allclose(scaled.bone_lengths[:, 0], [80, 100, 4000])


def test_poses_that_could_not_be_lifted_do_not_count() -> None:
    scaled = scale_to_bone(arms(np.nan, 20), bone=0, millimetres=100)

    np.testing.assert_allclose(scaled.bone_lengths[1], [100, 50])


@pytest.mark.parametrize("length", [0.0, -5.0, float("nan")])
def test_a_length_that_is_none_is_refused(length: float) -> None:
    with pytest.raises(PoseInputError, match="length above 0"):
        scale_to_bone(arms(20), bone=0, millimetres=length)


def test_a_bone_without_length_is_refused() -> None:
    with pytest.raises(PoseInputError, match="shoulder:elbow has no length"):
        scale_to_bone(arms(0, np.nan), bone=0, millimetres=100)
