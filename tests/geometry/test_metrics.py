"""Every metric on worlds so small that its value is known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.geometry import metrics

ARM = np.array([[[0, 0, 0], [100, 0, 0], [100, 100, 0], [100, 100, 100]]], dtype=float)
"""A chain of three bones of 100 mm at right angles; joint 0 is the root."""


def shifted(joint: int, by: list[float]) -> np.ndarray:
    pose = ARM.copy()
    pose[0, joint] += by
    return pose


def test_mpjpe_is_the_mean_over_all_joints() -> None:
    # One joint of four is off by 3-4-5: 50 / 4.
    np.testing.assert_allclose(metrics.mpjpe(shifted(2, [30, 40, 0]), ARM, root=0), [12.5])


def test_mpjpe_ignores_where_the_root_is() -> None:
    np.testing.assert_allclose(metrics.mpjpe(ARM + [1000, -5, 3], ARM, root=0), [0], atol=1e-9)


def test_mpjpe_of_a_wrong_root_charges_every_other_joint() -> None:
    np.testing.assert_allclose(metrics.mpjpe(shifted(0, [40, 0, 0]), ARM, root=0), [30])


def test_n_mpjpe_forgives_size() -> None:
    np.testing.assert_allclose(metrics.n_mpjpe(ARM * 0.001, ARM, root=0), [0], atol=1e-9)


def test_n_mpjpe_has_the_least_squares_scale() -> None:
    # p = (1, 0, 0), t = (1, 1, 0): s = <t,p>/<p,p> = 1, so the joint stays 1 away; the root counts with 0.
    predicted = np.array([[[0, 0, 0], [1, 0, 0]]], dtype=float)
    truth = np.array([[[0, 0, 0], [1, 1, 0]]], dtype=float)

    np.testing.assert_allclose(metrics.n_mpjpe(predicted, truth, root=0), [0.5])
    np.testing.assert_allclose(metrics.n_mpjpe(predicted * 7, truth, root=0), [0.5])


def test_n_mpjpe_does_not_turn() -> None:
    quarter_turn = np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 1]], dtype=float)

    assert metrics.n_mpjpe(ARM @ quarter_turn, ARM, root=0)[0] > 50


def test_p_mpjpe_forgives_turn_size_and_place() -> None:
    quarter_turn = np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 1]], dtype=float)

    np.testing.assert_allclose(metrics.p_mpjpe(0.1 * ARM @ quarter_turn + 5, ARM), [0], atol=1e-9)


def test_p_mpjpe_forgives_a_mirror_image_only_when_asked() -> None:
    mirrored = ARM * [1, 1, -1]

    assert metrics.p_mpjpe(mirrored, ARM)[0] > 20
    np.testing.assert_allclose(metrics.p_mpjpe(mirrored, ARM, reflection=True), [0], atol=1e-9)


def test_p_mpjpe_of_a_cross_with_one_long_arm() -> None:
    # A square cross against one stretched to twice along x: both are centred, the best turn is none, and the scale
    # is <p,t>/<p,p> = (2*2 + 2*1)/4 = 1.5, so each of the four joints stays 0.5 away.
    cross = np.array([[[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]]], dtype=float)

    np.testing.assert_allclose(metrics.p_mpjpe(cross, cross * [2, 1, 1]), [0.5])


def test_p_mpjpe_of_two_joints_says_nothing() -> None:
    assert np.isnan(metrics.p_mpjpe(ARM[:, :2], ARM[:, :2] * 2)).all()


def test_mpjve_is_zero_for_a_constant_offset() -> None:
    clip = np.concatenate([ARM, ARM + 10, ARM + 30])

    np.testing.assert_allclose(metrics.mpjve(clip + 500, clip), [0, 0])


def test_mpjve_is_the_difference_of_steps() -> None:
    # The truth moves 10 per frame along x, the prediction stands still.
    truth = np.concatenate([ARM, ARM + [10, 0, 0], ARM + [20, 0, 0]])

    np.testing.assert_allclose(metrics.mpjve(np.repeat(ARM, 3, axis=0), truth), [10, 10])


def test_pck_is_strict_at_the_threshold() -> None:
    assert metrics.pck3d([[0.0, 149.9, 150.0, 151.0]]) == 50.0


def test_auc_of_a_perfect_prediction_is_30_of_31() -> None:
    assert metrics.pck3d_auc(np.zeros((2, 5))) == pytest.approx(100 * 30 / 31)


def test_auc_of_one_known_error() -> None:
    # 72 mm is below 75, 80, ... 150: 16 of the 31 thresholds.
    assert metrics.pck3d_auc([[72.0]]) == pytest.approx(100 * 16 / 31)


def test_pck_and_auc_of_nothing_are_unknown() -> None:
    assert np.isnan(metrics.pck3d(np.full((2, 3), np.nan)))
    assert np.isnan(metrics.pck3d_auc(np.full((2, 3), np.nan)))


def test_a_missing_joint_is_left_out_of_its_pose() -> None:
    predicted = shifted(2, [0, 0, 30])
    truth = ARM.copy()
    truth[0, 3] = np.nan

    np.testing.assert_allclose(metrics.mpjpe(predicted, truth, root=0), [10])
    assert np.isnan(metrics.joint_errors(predicted, truth)[0, 3])
    assert np.isfinite(metrics.p_mpjpe(predicted, truth)).all()


def test_a_pose_without_its_root_has_no_mpjpe_but_a_p_mpjpe() -> None:
    predicted = np.concatenate([ARM, ARM])
    predicted[1, 0] = np.nan

    assert np.isnan(metrics.mpjpe(predicted, np.concatenate([ARM, ARM]), root=0)).tolist() == [False, True]
    np.testing.assert_allclose(metrics.p_mpjpe(predicted, np.concatenate([ARM, ARM])), [0, 0], atol=1e-9)


def test_the_mean_is_over_the_poses_that_could_be_compared() -> None:
    assert metrics.mean_error([1.0, np.nan, 3.0]) == 2.0
    assert np.isnan(metrics.mean_error([np.nan]))


def test_the_flat_baseline_of_a_flat_pose_is_perfect_and_of_a_deep_one_is_not() -> None:
    flat = metrics.flat_baseline(ARM[..., :2])

    assert flat.shape == (1, 4, 3)
    np.testing.assert_allclose(metrics.p_mpjpe(flat, ARM * [1, 1, 0]), [0], atol=1e-9)
    assert metrics.p_mpjpe(flat, ARM)[0] > 20


def test_the_flat_baseline_keeps_missing_keypoints_missing() -> None:
    assert np.isnan(metrics.flat_baseline([[[np.nan, np.nan], [1, 2]]])[0, 0]).all()


def test_arrays_of_different_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(1, 4, 3\) and \(1, 3, 3\)"):
        metrics.mpjpe(ARM, ARM[:, :3], root=0)


def test_the_middle_of_the_hips_can_be_the_root() -> None:
    # The hips are 200 apart; one of them is off by 40, so the root is off by 20, and with it every joint.
    truth = np.array([[[-100, 0, 0], [100, 0, 0], [0, 0, 500]]], dtype=float)
    predicted = truth + [[0, 0, 0], [40, 0, 0], [0, 0, 0]]

    np.testing.assert_allclose(metrics.mpjpe(predicted, truth, root=(0, 1)), [20])
    np.testing.assert_allclose(metrics.mpjpe(truth + 77, truth, root=(0, 1)), [0], atol=1e-9)


def test_n_mpjpe_by_hand_for_two_joints() -> None:
    # p = (2, 0, 0) and (0, 1, 0), t = (1, 0, 0) and (0, 1, 0): s = (2 + 1) / (4 + 1) = 0.6, so the joints are off by
    # |1.2 - 1| and |0.6 - 1|, the root by 0. (ElePose's |t|/|p| would be 0.63.)
    predicted = np.array([[[0, 0, 0], [2, 0, 0], [0, 1, 0]]], dtype=float)
    truth = np.array([[[0, 0, 0], [1, 0, 0], [0, 1, 0]]], dtype=float)

    np.testing.assert_allclose(metrics.n_mpjpe(predicted, truth, root=0), [0.6 / 3])


def test_p_mpjpe_of_a_mirrored_tetrahedron() -> None:
    # Of a regular tetrahedron, centred, all three singular values of the covariance are equal (4). Without mirroring
    # one of them counts negatively: the scale is (4 + 4 - 4) / 12 = 1/3, the corner (1, 1, 1) is matched with a third
    # of itself with one sign turned, and stays sqrt((2/3)² + (2/3)² + (4/3)²) = sqrt(24)/3 away.
    corners = np.array([[[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]], dtype=float)

    np.testing.assert_allclose(metrics.p_mpjpe(-corners, corners), [np.sqrt(24) / 3])
    np.testing.assert_allclose(metrics.p_mpjpe(-corners, corners, reflection=True), [0], atol=1e-9)


def test_reflection_is_a_better_fit_in_squares_of_the_distances() -> None:
    random = np.random.default_rng(1)
    predicted, truth = random.normal(size=(2, 40, 12, 3))

    free, proper = (np.square(metrics.aligned_errors(predicted, truth, allowed)).sum(1) for allowed in (True, False))

    assert (free <= proper + 1e-9).all()
    assert (free < proper - 1e-3).any()


def test_aligned_errors_are_those_of_p_mpjpe() -> None:
    cross = np.array([[[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]]], dtype=float)

    np.testing.assert_allclose(metrics.aligned_errors(cross, cross * [2, 1, 1]), [[0.5, 0.5, 0.5, 0.5]])
    assert np.isnan(metrics.aligned_errors(cross[:, :2], cross[:, :2])).all()


def test_mpjve_does_not_step_from_clip_to_clip() -> None:
    # Still in both clips, but the truth of the second is elsewhere: only a step across would be an error.
    truth = np.concatenate([ARM, ARM, ARM + [500, 0, 0], ARM + [500, 0, 0]])
    still = np.repeat(ARM, 4, axis=0)

    np.testing.assert_allclose(metrics.mpjve(still, truth), [0, 500, 0])
    np.testing.assert_allclose(metrics.mpjve(still, truth, clip=[0, 0, 1, 1]), [0, np.nan, 0])


def test_mpjve_of_poses_in_no_clip_is_unknown() -> None:
    assert np.isnan(metrics.mpjve(np.repeat(ARM, 3, axis=0), np.repeat(ARM, 3, axis=0), clip=[-1, -1, 0])).all()


def test_there_are_31_thresholds_from_0_to_150() -> None:
    assert len(metrics.AUC_THRESHOLDS) == 31
    assert (metrics.AUC_THRESHOLDS[0], metrics.AUC_THRESHOLDS[1], metrics.AUC_THRESHOLDS[-1]) == (0, 5, 150)


def test_auc_is_strict_at_each_threshold() -> None:
    # 75 mm is below 80, 85, ... 150 only: 15 of 31.
    assert metrics.pck3d_auc([[75.0]]) == pytest.approx(100 * 15 / 31)
