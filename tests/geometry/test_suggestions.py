"""Bad frames made on purpose are found, for the right reason, and not twice."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.geometry.suggestions import FAR, JUMP, LOST, UNSURE, Suggestion, suggest, suggest_spread

NONE = np.zeros(0, np.int64)
FRAMES = np.arange(300)


@pytest.fixture
def walk() -> tuple[np.ndarray, np.ndarray]:
    """An animal of 8 joints that walks to the right for 300 frames, well detected."""
    rng = np.random.default_rng(0)
    shape = rng.uniform(0, 100, (8, 2))
    shape[0], shape[1] = (0, 0), (100, 100)
    keypoints = shape + np.stack([2.0 * FRAMES, 5 * np.sin(FRAMES / 9)], axis=-1)[:, None]
    keypoints += rng.normal(0, 0.5, keypoints.shape)
    return keypoints, rng.uniform(0.8, 0.95, (300, 8))


def first(found: list[Suggestion], frame: int) -> Suggestion:
    return next(s for s in found if abs(s.frame - frame) <= 1)


def test_each_kind_of_trouble_comes_first_and_is_named(walk: tuple[np.ndarray, np.ndarray]) -> None:
    keypoints, scores = walk
    scores[60, 2:4] = 0.1
    keypoints[150, 5] += (60, -40)
    keypoints[220, 3:5] = np.nan
    scores[220, 3:5] = 0.0

    found = suggest(FRAMES, keypoints, scores, NONE)

    assert {s.frame for s in found[:3]} == {60, 150, 220}
    assert [first(found, n).reason for n in (60, 150, 220)] == [UNSURE, JUMP, LOST]
    assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)
    assert all(0 <= s.score <= 1 for s in found)


def test_sides_that_swap_are_a_jump(walk: tuple[np.ndarray, np.ndarray]) -> None:
    keypoints, scores = walk
    keypoints[100] = keypoints[100][[1, 0, 2, 3, 4, 5, 6, 7]]
    found = suggest(FRAMES, keypoints, scores, NONE)[0]
    assert (found.frame, found.reason) == (100, JUMP) and found.score > 0.9


def test_no_two_are_neighbours_and_none_is_labelled_or_beside_a_label(walk: tuple[np.ndarray, np.ndarray]) -> None:
    keypoints, scores = walk
    scores[100:140] = 0.2
    labelled = np.array([101, 110, 250])
    frames = np.array([s.frame for s in suggest(FRAMES, keypoints, scores, labelled)])
    assert len(frames) == 20 and np.diff(np.sort(frames)).min() >= 7
    assert np.abs(frames[:, None] - labelled).min() >= 2


def test_only_labelled_frames_around_leave_their_neighbours(walk: tuple[np.ndarray, np.ndarray]) -> None:
    keypoints, scores = (part[:5] for part in walk)
    found = suggest(FRAMES[:5], keypoints, scores, np.array([1, 3]))
    assert found and {s.frame for s in found} <= {0, 2, 4}
    assert suggest(FRAMES[:5], keypoints, scores, FRAMES[:5]) == []


def test_a_steady_doubt_is_not_a_reason_but_more_of_it_is(walk: tuple[np.ndarray, np.ndarray]) -> None:
    keypoints, scores = walk
    scores[:, 7] = 0.4  # a joint that is always hard
    scores[33, 0] = 0.3
    assert suggest(FRAMES, keypoints, scores, NONE)[0].frame == 33


def test_a_fast_animal_in_every_tenth_frame_does_not_jump_all_the_time(walk: tuple[np.ndarray, np.ndarray]) -> None:
    keypoints, scores = walk
    tenth = FRAMES[::10]
    keypoints = keypoints[::10] + np.random.default_rng(1).normal(0, 10, (30, 8, 2))
    found = suggest(tenth, keypoints, scores[::10], NONE)
    assert max(s.score for s in found) < 0.5


def test_strangers_do_not_jump_and_may_be_neighbours() -> None:
    rng = np.random.default_rng(0)
    keypoints, scores = rng.uniform(0, 500, (10, 8, 2)), rng.uniform(0.5, 1, (10, 8))
    found = suggest(np.arange(10), keypoints, scores, np.array([4]), count=20, moving=False)
    assert {s.frame for s in found} == set(range(10)) - {4}
    assert JUMP not in {s.reason for s in found}


def test_without_scores_the_keypoints_are_what_is_judged(walk: tuple[np.ndarray, np.ndarray]) -> None:
    keypoints, scores = walk
    keypoints[80, 1] += 70
    found = suggest(FRAMES, keypoints, np.full_like(scores, np.nan), NONE)
    assert found[0].frame == 80 and found[0].reason == JUMP


def test_few_predictions_do_no_harm(walk: tuple[np.ndarray, np.ndarray]) -> None:
    keypoints, scores = walk
    assert suggest(NONE, keypoints[:0], scores[:0], NONE) == []
    assert [s.frame for s in suggest(FRAMES[7:8], keypoints[7:8], scores[7:8], NONE)] == [7]
    nothing = np.full((3, 8, 2), np.nan)
    assert suggest(FRAMES[:3], nothing, np.zeros((3, 8)), NONE)


def test_without_predictions_frames_are_spread() -> None:
    found = suggest_spread(101, NONE, 5)
    assert [s.frame for s in found] == [50, 0, 100, 25, 75] and {s.reason for s in found} == {FAR}
    beside = suggest_spread(101, np.array([0, 100]), 3)
    assert [s.frame for s in beside] == [50, 25, 75]


@pytest.mark.parametrize(("count", "labelled", "left"), [(1, [], [0]), (3, [0, 2], [1]), (2, [0, 1], []), (0, [], [])])
def test_every_frame_is_suggested_once_and_then_none(count: int, labelled: list[int], left: list[int]) -> None:
    found = suggest_spread(count, np.array(labelled, np.int64), 20)
    assert sorted(s.frame for s in found) == left
    assert all(0 <= s.score <= 1 for s in found)
