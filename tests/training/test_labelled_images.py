"""Labelled frames are read once, of any size and depth, and what cannot be learned from is refused with the cure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest

from poseviewer.core.errors import LabelFileError, PoseviewerError
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, Project
from poseviewer.io.label_files import read_labels
from poseviewer.io.media import describe, open_media
from poseviewer.io.skeleton_files import load_ranges
from training.labelled_images import (
    BOX_LEAST,
    SIDE_LEAST,
    SIDE_MOST,
    evenly,
    labelled_image,
    of_label_file,
    of_project,
    side_for,
)

Build = Callable[..., Project]


@pytest.fixture
def project_of(tmp_path: Path, dots: ModuleType) -> Build:
    """A project on images that are given, by name; labels (J, 2) by number of the image."""

    def build(images: dict[str, np.ndarray], labels: dict[int, Instance]) -> Project:
        folder = tmp_path / "images"
        folder.mkdir()
        for name, image in images.items():
            assert cv2.imwrite(str(folder / name), image)
        ranges = load_ranges("human17")
        reader = open_media(folder)
        ref = describe(reader, "m")
        reader.close()
        project = Project(skeleton=dots.DOTS, ranges=ranges, media=(ref,))
        for number, instance in labels.items():
            project = project.with_instances(FrameKey("m", number), (instance,))
        return project

    return build


def pose(*points: tuple[float, float]) -> Pose2D:
    return Pose2D(np.array(points, float))


THREE = pose((10, 10), (30, 20), (20, 40))


def test_grey_and_16_bit_images_of_different_sizes_become_rgb(project_of: Build) -> None:
    deep = np.linspace(0, 40000, 60 * 80).reshape(60, 80).astype(np.uint16)
    images = {"a.png": np.full((60, 80), 90, np.uint8), "b.png": deep, "c.png": np.zeros((100, 50, 3), np.uint8)}

    found = of_project(project_of(images, {i: Instance(THREE) for i in range(3)}))

    assert [m.image.shape for m in found] == [(60, 80, 3), (60, 80, 3), (100, 50, 3)]
    assert all(m.image.dtype == np.uint8 for m in found)
    assert found[1].image.max() > 120
    np.testing.assert_array_equal(found[0].keypoints, THREE.keypoints)
    np.testing.assert_array_equal(found[0].box, [10, 10, 30, 40])


def test_predictions_are_not_learned_from(project_of: Build) -> None:
    blank = np.zeros((60, 60, 3), np.uint8)
    project = project_of({"a.png": blank, "b.png": blank}, {0: Instance(THREE), 1: Instance(THREE, predicted=True)})

    assert len(of_project(project)) == 1


def test_nothing_to_learn_from_is_said_with_the_cure(project_of: Build) -> None:
    blank = np.zeros((60, 60, 3), np.uint8)
    project = project_of({"a.png": blank}, {})

    with pytest.raises(PoseviewerError, match="no labelled frame to train on; label at least 5"):
        of_project(project)
    nothing = project.with_instances(FrameKey("m", 0), (Instance(Pose2D.empty(3)),))
    with pytest.raises(PoseviewerError, match="every keypoint is absent; place some"):
        of_project(nothing)


def test_frames_are_chosen_evenly(project_of: Build) -> None:
    images = {f"{i}.png": np.full((50, 60, 3), i * 20, np.uint8) for i in range(9)}
    project = project_of(images, {i: Instance(THREE) for i in range(9)})

    assert [int(m.image[0, 0, 0]) for m in of_project(project, 3)] == [0, 80, 160]
    assert evenly([1, 2], 5) == [1, 2]
    assert evenly([1, 2, 3], None) == [1, 2, 3]


def test_a_20_megapixel_frame_is_kept_around_its_animal(dots: ModuleType) -> None:
    places = dots.SHAPE * 10 + (4200.0, 900.0)
    frame = dots.draw(places, 5200, 3900, 40.0)

    kept = labelled_image(frame, Pose2D(places))

    assert max(kept.image.shape[:2]) <= SIDE_MOST
    assert kept.image.nbytes + (kept.overview.image.nbytes if kept.overview else 0) < 5_000_000
    assert (kept.box[2:] - kept.box[:2]).max() >= min(BOX_LEAST, 400) - 1
    for place, colour in zip(kept.keypoints, dots.COLOURS, strict=True):
        found = np.argwhere(np.abs(kept.image.astype(int) - colour).max(-1) < 60).mean(0)[::-1]
        assert np.abs(found - place).max() < 1
    assert kept.overview is not None
    small = kept.keypoints * kept.overview.scale + kept.overview.offset
    for place, colour in zip(small, dots.COLOURS, strict=True):
        found = np.argwhere(np.abs(kept.overview.image.astype(int) - colour).max(-1) < 60).mean(0)[::-1]
        assert np.abs(found - place).max() < 1


def test_a_frame_of_usual_size_is_kept_as_it_is(dots: ModuleType) -> None:
    frame = dots.draw(dots.walk(0))

    kept = labelled_image(frame, Pose2D(dots.walk(0)))

    assert kept.overview is None
    assert kept.shrunk == 1
    np.testing.assert_array_equal(kept.image, frame)


def test_of_thousands_of_frames_less_is_kept_of_each(dots: ModuleType) -> None:
    assert side_for(1) == SIDE_MOST
    assert SIDE_LEAST < side_for(1000) < SIDE_MOST
    assert side_for(100_000) == SIDE_LEAST
    places = dots.SHAPE * 3 + (1500.0, 300.0)

    kept = labelled_image(dots.draw(places, 1920, 1080, 12.0), Pose2D(places), 500)

    assert max(kept.image.shape[:2]) <= 500
    for place, colour in zip(kept.keypoints, dots.COLOURS, strict=True):
        found = np.argwhere(np.abs(kept.image.astype(int) - colour).max(-1) < 60).mean(0)[::-1]
        assert np.abs(found - place).max() < 1


def test_images_are_found_beside_the_label_file(tmp_path: Path, dots: ModuleType) -> None:
    folder = tmp_path / "labeled-data" / "walk"
    folder.mkdir(parents=True)
    lines = ["scorer,me,me,me,me,me,me", "bodyparts,red,red,green,green,blue,blue", "coords,x,y,x,y,x,y"]
    for i in range(3):
        cv2.imwrite(str(folder / f"img{i:03d}.png"), dots.draw(dots.walk(i))[..., ::-1])
        lines.append(",".join([f"labeled-data/walk/img{i:03d}.png", *(f"{v:.3f}" for v in dots.walk(i).ravel())]))
    path = folder / "labels.csv"
    path.write_text("\n".join(lines))

    found = of_label_file(read_labels(path), dots.DOTS)

    assert len(found) == 3
    np.testing.assert_allclose(found[1].keypoints, dots.walk(1), atol=1e-3)
    np.testing.assert_array_equal(found[1].image, dots.draw(dots.walk(1)))
    (folder / "frames").mkdir()
    for image in folder.glob("*.png"):
        image.rename(folder / "frames" / image.name)
    assert len(of_label_file(read_labels(path), dots.DOTS)) == 3
    (folder / "frames" / "img001.png").unlink()
    with pytest.raises(LabelFileError, match=r"img001.png, which is not there; put the media beside"):
        of_label_file(read_labels(path), dots.DOTS)
