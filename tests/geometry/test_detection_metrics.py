"""Every measure of detection against a case worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from poseviewer.geometry.detection_metrics import (
    OTHER_SIGMA,
    FrameMatches,
    average_precision,
    box_areas,
    box_sides,
    match_instances,
    mean_of,
    median_of,
    oks,
    pck,
    pixel_errors,
    sigmas_of,
    torso_lengths,
)

NAN = [np.nan, np.nan]
NAMES = ["Left Shoulder", "nose", "R_Hip"]
TRUTH = np.array([[[0, 0], [10, 0], [30, 40]], [[0, 0], NAN, [60, 80]]], dtype=float)
"""Torsos of 50 and of 100 pixels; the second has no nose."""


def off_by(*pixels: float) -> np.ndarray:
    return TRUTH + np.array(pixels)[None, :, None] * [0, 1]


def test_errors_are_distances_where_both_are_there() -> None:
    predicted = TRUTH + [3.0, 4.0]
    predicted[0, 2] = np.nan

    errors = pixel_errors(predicted, TRUTH)

    np.testing.assert_allclose(errors, [[5, 5, np.nan], [5, np.nan, 5]])
    assert (median_of(errors), mean_of(errors)) == (5, 5)


def test_what_is_not_counted_has_no_error() -> None:
    counted = np.array([[1, 0, 0], [0, 1, 0]], dtype=bool)

    assert np.isfinite(pixel_errors(TRUTH, TRUTH, counted)).tolist() == [[True, False, False], [False, False, False]]


def test_a_torso_goes_from_the_left_shoulder_to_the_right_hip() -> None:
    np.testing.assert_allclose(torso_lengths(TRUTH, NAMES), [50, 100])
    assert torso_lengths(TRUTH, ["left_shoulder", "nose", "left_hip"]) is None


def test_pck_counts_up_to_and_with_a_fifth_of_the_torso() -> None:
    """10 pixels are a fifth of the first torso: still right. 10.1 are not, but are right for the second."""
    torso = torso_lengths(TRUTH, NAMES)

    np.testing.assert_allclose(pck(off_by(10, 10, 10.1), TRUTH, torso), [100, 100, 50])
    np.testing.assert_allclose(pck(off_by(20.1, 0, 0), TRUTH, torso), [0, 100, 100])


def test_what_was_not_found_is_missed_and_what_is_not_there_does_not_count() -> None:
    predicted = TRUTH.copy()
    predicted[0, 0] = np.nan
    predicted[1, 1] = [5, 5]  # the truth says nothing of this nose

    np.testing.assert_allclose(pck(predicted, TRUTH, [50, 100]), [50, 100, 100])


def test_an_instance_without_a_torso_does_not_count() -> None:
    np.testing.assert_allclose(pck(off_by(99, 99, 99), TRUTH, [np.nan, 0]), [np.nan] * 3)


def test_the_box_is_that_of_the_keypoints_unless_one_is_given() -> None:
    np.testing.assert_allclose(box_sides(TRUTH), [40, 80])
    np.testing.assert_allclose(box_areas(TRUTH), [1200, 4800])
    np.testing.assert_allclose(box_sides(TRUTH, [[0, 0, 7, 5], [1, 1, 3, 9]]), [7, 8])
    np.testing.assert_allclose(box_areas(TRUTH, [[0, 0, 7, 5], [1, 1, 3, 9]]), [35, 16])
    assert np.isnan(box_sides(np.full((1, 3, 2), np.nan))).all()


def test_sigmas_go_by_name_without_the_side() -> None:
    names = ["left_hip", "Right Knee", "nose", "tail_base", "whisker"]
    np.testing.assert_allclose(sigmas_of(names), [0.107, 0.087, 0.026, 0.035, OTHER_SIGMA])


def test_oks_of_one_sigma() -> None:
    """At the distance 2σ·√area the exponent is -1/2."""
    areas, sigmas = np.array([1200.0, 4800.0]), np.array([0.1, 0.1, 0.1])
    one = 2 * 0.1 * math.sqrt(1200)

    found = oks(TRUTH + [[[one, 0]], [[2 * one, 0]]], TRUTH, areas, sigmas)

    np.testing.assert_allclose(found, [math.exp(-0.5)] * 2)


def test_oks_is_the_mean_over_the_true_keypoints() -> None:
    predicted = TRUTH.copy()
    predicted[0, 0] = np.nan
    predicted[1] = TRUTH[1] + 1e6

    np.testing.assert_allclose(oks(predicted, TRUTH, [1200, 4800], [0.1] * 3), [2 / 3, 0])
    assert np.isnan(oks(TRUTH, TRUTH, [1, 1], [0.1] * 3, np.zeros((2, 3)))).all()


def one_each(alike: list[float], scores: list[float]) -> list[FrameMatches]:
    return [FrameMatches(np.array([[a]]), np.array([s])) for a, s in zip(alike, scores, strict=True)]


def test_average_precision_of_all_and_of_none() -> None:
    np.testing.assert_allclose(average_precision(one_each([1, 1], [0.5, 0.5])), 100)
    np.testing.assert_allclose(average_precision(one_each([0.2, 0.1], [0.5, 0.5])), 0)
    assert np.isnan(average_precision([])).all()


def test_average_precision_of_a_sure_mistake() -> None:
    """Two truths; the surest prediction is wrong, the other right. Precision 1/2 up to recall 1/2, then nothing:
    51 of the 101 recalls read 1/2."""
    (found,) = average_precision(one_each([0.3, 0.9], [0.9, 0.5]), [0.5])

    assert found == pytest.approx(100 * 0.5 * 51 / 101)


def test_average_precision_of_an_unsure_mistake() -> None:
    (found,) = average_precision(one_each([0.3, 0.9], [0.5, 0.9]), [0.5])

    assert found == pytest.approx(100 * 51 / 101)


def test_each_truth_is_found_once() -> None:
    """Two predictions on one animal, and one that nobody found: one hit, one false alarm, one miss."""
    frame = FrameMatches(np.array([[0.9, 0.1], [0.8, 0.1]]), np.array([0.9, 0.8]))

    (found,) = average_precision([frame], [0.5])

    assert found == pytest.approx(100 * 51 / 101)


def test_a_frame_without_predictions_is_missed() -> None:
    nothing = FrameMatches(np.zeros((0, 1)), np.zeros(0))

    (found,) = average_precision([nothing, *one_each([1.0], [1.0])], [0.5])

    assert found == pytest.approx(100 * 51 / 101)
    np.testing.assert_allclose(average_precision([nothing]), 0)


def test_instances_are_paired_by_likeness() -> None:
    assert match_instances([[0.5, 0.9], [0.4, 0.8]]) == [(0, 1), (1, 0)]
    assert match_instances([[np.nan]]) == []
    assert match_instances(np.zeros((0, 2))) == []


def test_arrays_of_different_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(N, J, 2\)"):
        pixel_errors(TRUTH, TRUTH[:1])
