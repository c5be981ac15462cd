"""Which frames are looked at, and what they are called."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from poseviewer.cli.detect_places import places_of_media, places_of_project
from poseviewer.core.errors import PoseviewerError
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, MediaRef, Project
from poseviewer.io.skeleton_files import load_ranges, load_skeleton


def project(tmp_path: Path) -> Project:
    skeleton = load_skeleton("quadruped16")
    pose = Pose2D.empty(16).with_keypoint(0, 5, 6).with_keypoint(1, 17, 8)
    media = (
        MediaRef("v", str(tmp_path / "dog.mp4"), "video", 1, "f", 10, 64, 48, 25.0),
        MediaRef("i", str(tmp_path), "images", 1, "f", 20, 64, 48, files=tuple(f"{i}.png" for i in range(20))),
    )
    made = Project(skeleton, load_ranges("quadruped16"), media)
    made = made.with_instances(FrameKey("v", 4), (Instance(pose),))
    return made.with_instances(FrameKey("v", 6), (Instance(pose, predicted=True),))


def test_a_video_has_all_its_frames(tmp_path: Path, dots: ModuleType) -> None:
    dots.write_video(tmp_path / "walk.mp4", dots.walk, 6)

    (place,) = places_of_media(tmp_path / "walk.mp4", "")

    assert place.frames == (0, 1, 2, 3, 4, 5)
    assert place.name(3) == (str(tmp_path / "walk.mp4"), 3)
    reader = place.open()
    assert reader.frame_count == 6
    reader.close()


def test_of_a_project_every_media_or_what_is_labelled(tmp_path: Path) -> None:
    video, images = places_of_project(project(tmp_path), tmp_path, "")
    assert (len(video.frames), len(images.frames)) == (10, 20)
    assert images.name(7) == (str(tmp_path / "7.png"), 0)

    (labelled,) = places_of_project(project(tmp_path), tmp_path, "labelled")
    assert (labelled.media_id, labelled.frames) == ("v", (4,))
    np.testing.assert_allclose(labelled.boxes[4], [5, 6, 17, 8])


def test_a_range_must_fit_every_media(tmp_path: Path) -> None:
    with pytest.raises(PoseviewerError, match=r"dog\.mp4"):
        places_of_project(project(tmp_path), tmp_path, "0-15")
