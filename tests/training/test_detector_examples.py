"""A batch depends on the seed and its step alone, however it is cut into pieces."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from poseviewer.core.pose import Pose2D
from poseviewer.io.skeleton_files import load_ranges
from training.augment import Augmentation
from training.detector_config import DetectorConfig, detector_config
from training.detector_examples import Examples
from training.labelled_images import LabelledImage, labelled_image
from training.parallel import Team

HUMAN = load_ranges("human17")


def images_of(dots: ModuleType, count: int) -> list[LabelledImage]:
    return [labelled_image(dots.draw(dots.walk(20 * i)), Pose2D(dots.walk(20 * i))) for i in range(count)]


@pytest.fixture
def config(tmp_path: Path, dots: ModuleType) -> DetectorConfig:
    return detector_config("quick", skeleton=dots.DOTS, output=tmp_path / "m.safetensors", batch=6)


def test_pieces_make_the_batch(config: DetectorConfig, dots: ModuleType) -> None:
    examples = Examples(config, images_of(dots, 4), Augmentation())

    whole = examples.make(3, 0, 6)
    pieces = [examples.batch(3, first, 2) for first in (0, 2, 4)]

    np.testing.assert_array_equal(np.concatenate([p.images for p in pieces]), whole.images)
    np.testing.assert_array_equal(np.concatenate([p.keypoints for p in pieces]), whole.keypoints)
    examples.close()


def test_what_was_made_ahead_is_what_would_be_made(config: DetectorConfig, dots: ModuleType) -> None:
    examples = Examples(config, images_of(dots, 4), Augmentation())

    ahead = [examples.batch(step, 0, 6).images for step in (0, 1, 2, 7)]

    for step, images in zip((0, 1, 2, 7), ahead, strict=True):
        np.testing.assert_array_equal(examples.make(step, 0, 6).images, images)
    assert not np.array_equal(ahead[0], ahead[1])
    examples.close()


def test_what_is_made_ahead_is_this_process_s_share(
    config: DetectorConfig, dots: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.detector_examples.team", lambda: Team(1, 2))
    examples = Examples(config, images_of(dots, 4), Augmentation())

    ahead = []
    for piece in [(0, 3, 2), (0, 5, 1)]:
        examples.batch(*piece)
        assert examples._next is not None
        ahead.append(examples._next[0])

    assert ahead == [(0, 5, 1), (1, 3, 1)]
    examples.close()


def test_every_labelled_frame_comes_as_often(config: DetectorConfig) -> None:
    shades = [np.full((64, 64, 3), 20 * i + 20, np.uint8) for i in range(9)]
    images = [labelled_image(shade, Pose2D(np.array([[20.0, 20], [40, 40]]))) for shade in shades]
    still = Augmentation(whole=0, near=1, nearest=1, farthest=1, shift=0, turn=0, stretch=0, light=0)
    examples = Examples(config, images, still)

    seen = np.concatenate([examples.make(step, 0, 6).images[:, 128, 128, 0] for step in range(3)])

    assert sorted(np.unique(seen, return_counts=True)[1]) == [2] * 9
    examples.close()


def test_renders_are_mixed_in(config: DetectorConfig, tmp_path: Path) -> None:
    blank = np.full((64, 64, 3), 40, np.uint8)
    image = labelled_image(blank, Pose2D(np.linspace(10, 50, 34).reshape(17, 2)))
    mixed = replace(config, skeleton=HUMAN.skeleton, ranges=HUMAN, renders=0.5)
    examples = Examples(mixed, [image], Augmentation(light=0))

    whole = examples.make(0, 0, 6)
    cut = [examples.make(0, 0, 2), examples.make(0, 2, 3), examples.make(0, 5, 1)]

    np.testing.assert_array_equal(np.concatenate([c.images for c in cut]), whole.images)
    colours = [len(np.unique(picture.reshape(-1, 3), axis=0)) for picture in whole.images]
    assert min(colours[:3]) > 1000 > max(colours[3:])
    assert (whole.visibility > 0).all(), "a render knows where every joint is, also outside the picture"
    examples.close()


def test_without_labelled_frames_all_are_renders(config: DetectorConfig) -> None:
    examples = Examples(replace(config, skeleton=HUMAN.skeleton, ranges=HUMAN, renders=1.0), [], Augmentation())

    batch = examples.make(0, 0, 6)

    assert batch.images.shape == (6, 256, 256, 3)
    assert batch.keypoints.shape == (6, 17, 2)
    assert np.isfinite(batch.keypoints).all()
    examples.close()
