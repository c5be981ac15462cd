"""Every measure at once, over all poses and over some of them."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.geometry import metrics
from poseviewer.geometry.pose_scores import score_poses

ARM = np.array([[0, 0, 0], [100, 0, 0], [100, 100, 0], [100, 100, 100]], dtype=float)
TRUTH = np.stack([ARM, ARM + 10, ARM + 30, ARM + 60])
OFF = TRUTH.copy()
OFF[2:, 3] += [0, 0, 160]
"""Of the last two poses one joint of four is off by 160 mm."""


def test_all_poses_by_hand() -> None:
    found = score_poses(OFF, TRUTH, 0, [1, 2, 3]).measures()

    assert found["mpjpe"] == pytest.approx(20)  # 160 / 4 in half of the poses
    assert found["pck3d_150"] == pytest.approx(100 * 5 / 6)
    assert found["auc"] == pytest.approx(100 * 30 / 31 * 5 / 6)
    # Only the step from the second pose to the third changes the error: 160 / 4 over three steps.
    assert found["mpjve"] == pytest.approx(40 / 3)


def test_some_poses_by_hand() -> None:
    scores = score_poses(OFF, TRUTH, 0, [1, 2, 3])

    good, bad = (scores.measures(np.array(which)) for which in ([True, True, False, False], [False, False, True, True]))

    assert good["mpjpe"] == pytest.approx(0)
    assert bad["mpjpe"] == pytest.approx(40)
    assert bad["pck3d_150"] == pytest.approx(100 * 2 / 3)
    assert (good["mpjve"], bad["mpjve"]) == (pytest.approx(0), pytest.approx(0))  # the step between them is in neither


def test_steps_stay_within_clips() -> None:
    assert score_poses(OFF, TRUTH, 0, [1], clip=[0, 0, 1, 1]).measures()["mpjve"] == pytest.approx(0)


def test_each_is_what_the_metric_says() -> None:
    random = np.random.default_rng(0)
    truth = random.normal(size=(6, 5, 3)) * 200
    guess = truth + random.normal(size=truth.shape) * 60

    found = score_poses(guess, truth, (1, 2), [0, 3]).measures()

    assert found["p_mpjpe"] == pytest.approx(metrics.mean_error(metrics.p_mpjpe(guess, truth)))
    assert found["n_mpjpe"] == pytest.approx(metrics.mean_error(metrics.n_mpjpe(guess, truth, (1, 2))))
    assert found["pck3d_150_aligned"] >= found["pck3d_150"] - 20
    aligned = metrics.aligned_errors(guess, truth)[:, [0, 3]]
    assert found["auc_aligned"] == pytest.approx(metrics.pck3d_auc(aligned))


def test_no_pose_that_can_be_compared() -> None:
    found = score_poses(np.full((2, 4, 3), np.nan), TRUTH[:2], 0, [1]).measures()

    assert all(np.isnan(value) for value in found.values())
