"""What is done to a picture is done to its keypoints, and left and right change names when it is mirrored."""

from __future__ import annotations

import math
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

from poseviewer.core.pose import Pose2D
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.crops import SIDE, whole_frame
from training.augment import LEAST_TURN, Augmentation, Pyramid, augmented, usual_turn
from training.labelled_images import labelled_image

PAIRED = Skeleton.from_names("d", ["red", "green", "blue"], [("red", "green"), ("red", "blue")], [("green", "blue")])
STILL = Augmentation(whole=0, near=1, nearest=2.0, farthest=2.0, shift=0, turn=0, stretch=0, mirror=0, light=0)


def random(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.fixture
def source(dots: ModuleType) -> Pyramid:
    places = dots.SHAPE * 1.5 + (170, 110)
    return Pyramid.of(labelled_image(dots.draw(places), Pose2D(places)))


@pytest.mark.parametrize("seed", range(12))
def test_keypoints_stay_on_what_they_mark(source: Pyramid, dots: ModuleType, seed: int) -> None:
    how = Augmentation(light=0, near=0.6, whole=0.4)

    sample = augmented(source, how, random(seed))

    assert sample.image.shape == (SIDE, SIDE, 3)
    for place, colour in zip(sample.keypoints, dots.COLOURS, strict=True):
        if (place > 24).all() and (place < SIDE - 25).all():
            found, score = dots.place_of(sample.image, colour)
            assert score > 0.5
            assert np.abs(np.array(found) - place).max() < 0.7


def test_a_mirrored_picture_exchanges_the_names_of_left_and_right(source: Pyramid, dots: ModuleType) -> None:
    how = replace(STILL, mirror=1.0, partners=PAIRED.mirror)

    sample, plain = augmented(source, how, random(0)), augmented(source, STILL, random(0))

    np.testing.assert_allclose(sample.keypoints, ((SIDE - 1, 0) + plain.keypoints * (-1, 1))[[0, 2, 1]], atol=1e-9)
    # What is called green now lies on the blue dot.
    found, _ = dots.place_of(sample.image, dots.COLOURS[2])
    np.testing.assert_allclose(sample.keypoints[1], found, atol=0.7)


def test_without_pairs_nothing_is_mirrored(source: Pyramid) -> None:
    how = replace(STILL, mirror=1.0)

    np.testing.assert_array_equal(
        augmented(source, how, random(0)).keypoints, augmented(source, STILL, random(0)).keypoints
    )


def test_the_whole_frame_is_as_the_detector_cuts_it(source: Pyramid) -> None:
    how = replace(STILL, whole=1.0, near=0)
    sizes = []
    for seed in range(20):
        keypoints = augmented(source, how, random(seed)).keypoints
        sizes.append(np.linalg.norm(keypoints[0] - keypoints[1]))

    height, width = source.label.image.shape[:2]
    points = whole_frame(width, height).to_crop(source.label.keypoints)
    assert np.median(sizes) == pytest.approx(np.linalg.norm(points[0] - points[1]), rel=0.1)


def test_the_same_numbers_give_the_same_picture(source: Pyramid) -> None:
    how = Augmentation(partners=PAIRED.mirror)

    first, again, other = (augmented(source, how, random(seed)) for seed in (3, 3, 4))

    np.testing.assert_array_equal(first.image, again.image)
    np.testing.assert_array_equal(first.keypoints, again.keypoints)
    assert not np.array_equal(first.image, other.image)


def test_light_changes_the_picture_and_not_the_keypoints(source: Pyramid) -> None:
    lit = augmented(source, replace(STILL, light=1.0), random(0))
    plain = augmented(source, STILL, random(0))

    np.testing.assert_array_equal(lit.keypoints, plain.keypoints)
    assert np.abs(lit.image.astype(int) - plain.image).mean() > 2


def test_absent_keypoints_stay_absent(dots: ModuleType) -> None:
    places = dots.SHAPE + (160.0, 120.0)
    places[1] = np.nan
    source = Pyramid.of(labelled_image(dots.draw(places), Pose2D(places)))

    sample = augmented(source, Augmentation(), random(0))

    assert np.isnan(sample.keypoints[1]).all()
    assert sample.visibility.tolist() == [2, 0, 2]


def test_a_large_frame_is_seen_whole_although_only_a_part_is_kept(dots: ModuleType) -> None:
    places = dots.SHAPE * 6 + (2300.0, 500.0)
    frame = dots.draw(places, 3000, 2000, 24.0)
    source = Pyramid.of(labelled_image(frame, Pose2D(places)))
    assert source.label.overview is not None

    for how in (replace(STILL, whole=1.0, near=0), STILL):
        sample = augmented(source, how, random(0))
        for place, colour in zip(sample.keypoints, dots.COLOURS, strict=True):
            found, _ = dots.place_of(sample.image, colour)
            assert np.abs(np.array(found) - place).max() < 0.7


def turned(degrees: float, mirrored: bool = False) -> np.ndarray:
    shape = np.array([[0.0, 0.0], [40, 3], [35, -12]])
    if mirrored:
        shape = (shape * (-1, 1))[[0, 2, 1]]
    a = math.radians(degrees)
    return shape @ np.array([[math.cos(a), math.sin(a)], [-math.sin(a), math.cos(a)]]) + 100


def turns_of(poses: list[np.ndarray]) -> float:
    blank = np.zeros((200, 200, 3), np.uint8)
    return usual_turn([labelled_image(blank, Pose2D(p)) for p in poses], PAIRED)


def test_animals_seen_from_above_may_head_anywhere() -> None:
    assert turns_of([turned(d) for d in (0, 100, 190, 280)]) == 180


def test_animals_seen_from_the_side_stay_upright_whichever_way_they_face() -> None:
    assert turns_of([turned(5), turned(-8, mirrored=True), turned(2), turned(9, mirrored=True)]) == LEAST_TURN
    assert LEAST_TURN < turns_of([turned(-30), turned(30), turned(0), turned(20)]) < 90


def test_one_animal_or_single_keypoints_say_nothing_of_turns() -> None:
    single = np.full((3, 2), np.nan)
    single[0] = 5

    assert turns_of([turned(0)]) == LEAST_TURN
    assert turns_of([single, single]) == LEAST_TURN
