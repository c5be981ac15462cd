"""An animal is followed where it goes, found again where it jumps, and not looked for more often than needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType

import numpy as np
import pytest

from poseviewer.models.look import Cutout, Picture, Sight, look
from poseviewer.models.track import NEAR, Tracker, box_of, scattered, sequence

Where = Callable[[int], np.ndarray]


class Chase:
    """Runs a tracker over drawn frames."""

    def __init__(self, dots: ModuleType, where: Where, frames: Sequence[int], follows: bool = True) -> None:
        self.detector = dots.DotDetector()
        self.truth = np.array([where(frame) for frame in frames])
        pictures = [Picture(f, dots.draw(places), 320, 240) for f, places in zip(frames, self.truth, strict=True)]
        self.crops = 0
        self.sights: list[Sight] = []
        tracker = Tracker(self.look, 16, follows)
        while pictures:
            seen = tracker.take(pictures[: tracker.wants])
            assert seen and [s.frame for s in seen] == [p.frame for p in pictures[: len(seen)]]
            self.sights += seen
            del pictures[: len(seen)]

    def look(self, cutouts: Sequence[Cutout]) -> list[Sight]:
        self.crops += len(cutouts)
        return look(self.detector, cutouts)

    @property
    def off(self) -> np.ndarray:
        """(F,) the largest error in pixels of each frame."""
        return np.linalg.norm(np.array([s.keypoints for s in self.sights]) - self.truth, axis=-1).max(1)


def test_it_is_followed_from_near(dots: ModuleType) -> None:
    chase = Chase(dots, dots.walk, range(120))

    assert chase.off.max() < 0.8
    assert max(s.crop.size for s in chase.sights) < 100
    assert chase.crops < 1.35 * 120
    assert max(chase.detector.asked) > 2


@pytest.mark.parametrize("follows", [True, False])
def test_one_that_fills_the_frame_is_seen_in_the_whole_frame(dots: ModuleType, follows: bool) -> None:
    chase = Chase(dots, lambda frame: dots.SHAPE * 6 + [160 + frame % 3, 110], range(40), follows)

    assert chase.off.max() < 1.5
    assert {s.crop.size for s in chase.sights} == {320}
    assert chase.crops == 40


def test_one_that_rests_is_looked_at_in_full_batches(dots: ModuleType) -> None:
    chase = Chase(dots, lambda frame: dots.SHAPE + [150, 100], range(100))

    assert chase.crops == 101
    assert chase.detector.asked[-2] == 16


def test_one_that_jumps_is_found_again(dots: ModuleType) -> None:
    chase = Chase(dots, lambda f: dots.SHAPE + ([70, 60] if f < 40 else [250, 180]), range(80))

    assert chase.off.max() < 0.8


def test_one_that_goes_and_comes_back_is_found_again(dots: ModuleType) -> None:
    def where(frame: int) -> np.ndarray:
        return dots.walk(frame) if not 30 <= frame < 60 else np.full((3, 2), np.nan)

    chase = Chase(dots, where, range(90))

    assert np.nanmax(chase.off) < 0.8
    assert all(s.sure < 0.1 for s in chase.sights[30:60])
    assert all(s.sure > 0.8 for s in (*chase.sights[:30], *chase.sights[60:]))


def test_pictures_that_are_no_sequence_are_each_searched(dots: ModuleType) -> None:
    rng = np.random.default_rng(0)
    places = {f: dots.SHAPE + rng.uniform([40, 40], [280, 200]) for f in range(20)}

    for chase in (
        Chase(dots, places.__getitem__, range(20), follows=False),
        Chase(dots, lambda f: places[f // 50], range(0, 1000, 50)),
    ):
        assert chase.off.max() < 0.8
        assert chase.crops == 40
        assert max(chase.detector.asked) >= 8


def test_a_box_is_made_of_what_is_sure(dots: ModuleType) -> None:
    picture = Picture(0, dots.draw(dots.SHAPE), 320, 240)

    def box(scores: list[float]) -> np.ndarray | None:
        points = np.array([[10.0, 20.0], [60.0, 50.0], [300.0, 200.0]])
        return box_of(Sight(0, picture.whole(), points, np.array(scores, np.float32)), picture)

    np.testing.assert_allclose(box([0.9, 0.8, 0.2]), [10, 20, 60, 50])
    np.testing.assert_allclose(box([0.9, 0.8, 0.7]), [10, 20, 300, 200])
    np.testing.assert_allclose(box([0.9, 0.1, np.nan]), [0.4, 10.4, 19.6, 29.6], atol=1e-6)
    assert box([0.05, 0.04, 0.03]) is None


@pytest.mark.parametrize("order", [range(59, -1, -1), [*range(30), *range(10, 40)]])
def test_frames_in_any_order_are_right(order: Sequence[int], dots: ModuleType) -> None:
    assert Chase(dots, dots.walk, order).off.max() < 0.8


def test_a_sequence_ends_where_frames_are_far_apart(dots: ModuleType) -> None:
    image = dots.draw(dots.SHAPE)

    def frames(part: Callable[[list[Picture]], Sequence[Picture]], *numbers: int) -> list[int]:
        return [picture.frame for picture in part([Picture(n, image, 320, 240) for n in numbers])]

    assert frames(sequence, 3, 4, 4 + NEAR, 5 + 2 * NEAR, 30) == [3, 4, 4 + NEAR]
    assert frames(sequence, 5, 4, 3) == [5]
    assert frames(scattered, 3, 10, 20, 21, 40) == [3, 10, 20]
    assert frames(scattered, 5, 4, 3) == [5, 4, 3]
    assert frames(sequence) == frames(scattered) == []
