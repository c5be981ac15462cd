"""An ensemble: what several say of one pose, wherever each puts it and however large."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.geometry.metrics import mean_error, p_mpjpe
from poseviewer.geometry.pose_average import average_poses

CORNERS = np.array([[[0, 0, 0], [1, 0, 0], [0, 2, 0], [0, 0, 3]]], dtype=float)
QUARTER_TURN = np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 1]], dtype=float)


@given(scale=st.floats(0.01, 100), shift=st.tuples(*[st.floats(-100, 100)] * 3))
def test_the_same_pose_elsewhere_changes_nothing(scale: float, shift: tuple[float, ...]) -> None:
    moved = scale * CORNERS @ QUARTER_TURN + shift

    np.testing.assert_allclose(average_poses([CORNERS, moved, CORNERS]), CORNERS, atol=1e-8)


def test_of_one_cross_and_a_longer_one() -> None:
    # Onto the cross, the one that is twice as long along x comes by s = <p,t>/<p,p> = (2*2 + 2)/(2*4 + 2) = 0.6: its
    # arms are 1.2 and 0.6, and the means with 1 and 1 are 1.1 and 0.8.
    cross = np.array([[[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]]], dtype=float)

    np.testing.assert_allclose(average_poses([cross, cross * [2, 1, 1]]), cross * [1.1, 0.8, 1], atol=1e-12)


def test_a_mirror_image_is_not_turned_inside_out() -> None:
    averaged = average_poses([CORNERS, CORNERS * [1, 1, -1]])

    assert p_mpjpe(averaged, CORNERS)[0] > 0.05


def test_independent_errors_cancel() -> None:
    random = np.random.default_rng(0)
    truth = random.normal(size=(50, 17, 3))
    guesses = [truth + 0.1 * random.normal(size=truth.shape) for _ in range(9)]

    alone = mean_error(p_mpjpe(guesses[0], truth))
    together = mean_error(p_mpjpe(average_poses(guesses), truth))

    assert together < 0.4 * alone  # a third, if nothing else


def test_who_has_no_joint_is_not_asked_for_it() -> None:
    lacking = CORNERS.copy()
    lacking[0, 3] = np.nan

    np.testing.assert_allclose(average_poses([CORNERS, lacking]), CORNERS, atol=1e-12)
    assert np.isnan(average_poses([lacking, CORNERS])[0, 3]).all()


@pytest.mark.parametrize("poses", [[], [CORNERS, CORNERS[:, :2]]])
def test_what_cannot_be_averaged_is_refused(poses: list[np.ndarray]) -> None:
    with pytest.raises(ValueError, match="one shape"):
        average_poses(poses)
