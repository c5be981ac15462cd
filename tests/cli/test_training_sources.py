"""What a detector learns from, as it is named on the command line."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest

from poseviewer.cli.training_sources import labelled_images, media_of, skeleton_and_ranges
from poseviewer.core.errors import MediaError
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, Project
from poseviewer.io.media import describe, open_media
from poseviewer.io.project_file import ProjectFile
from poseviewer.io.skeleton_files import load_ranges
from training.stage_config import stage_config


@pytest.fixture
def folder(tmp_path: Path, dots: ModuleType) -> Path:
    folder = tmp_path / "images"
    folder.mkdir()
    for i in range(3):
        cv2.imwrite(str(folder / f"{i}.png"), dots.draw(dots.walk(20 * i))[..., ::-1])
    return folder


@pytest.fixture
def project(folder: Path, tmp_path: Path) -> Path:
    """A project of humans with two labelled images."""
    ranges = load_ranges("human17")
    reader = open_media(folder)
    made = Project(skeleton=ranges.skeleton, ranges=ranges, media=(describe(reader, "m"),))
    reader.close()
    for i in range(2):
        pose = Pose2D(np.random.default_rng(i).uniform(20, 200, (17, 2)))
        made = made.with_instances(FrameKey("m", i), (Instance(pose),))
    path = tmp_path / "p.poseproj"
    ProjectFile.create(path, made).close()
    return path


def test_media_of_projects_folders_and_videos(project: Path, folder: Path, tmp_path: Path, dots: ModuleType) -> None:
    dots.write_video(tmp_path / "v.mp4", dots.walk, 4)

    found = media_of([project, folder, tmp_path / "v.mp4"])

    assert [(ref.kind, ref.frame_count) for ref in found] == [("images", 3), ("images", 3), ("video", 4)]


def test_what_is_no_media_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("scorer,me\n")

    with pytest.raises(MediaError, match=r"labels.csv is no video, image, folder of images or project"):
        media_of([tmp_path / "labels.csv"])
    with pytest.raises(MediaError, match=r"nowhere.mp4"):
        media_of([tmp_path / "nowhere.mp4"])


def test_a_project_says_which_skeleton_and_what_is_labelled(project: Path, tmp_path: Path) -> None:
    tree, ranges = skeleton_and_ranges([project], "", "")

    assert tree == load_ranges("human17").skeleton
    assert ranges is not None
    config = stage_config("landmarks", skeleton=tree, output=tmp_path / "m.safetensors", start="nothing")
    assert len(labelled_images([project], config).images) == 2
    assert len(labelled_images([project, project], config).images) == 4


def test_without_labels_it_is_the_skeleton_that_is_asked_for() -> None:
    assert skeleton_and_ranges([], "hand21", "")[0].name == "hand21"
    assert skeleton_and_ranges([], "", "quadruped16.dog")[0].name == "quadruped16"
