"""Labels of another tool find their frames in the project, and never overwrite the user's own."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from poseviewer.core import edits
from poseviewer.core.errors import LabelFileError
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, MediaRef, Project
from poseviewer.core.ranges import BoneLength, Interval, RangePreset, SphericalRange
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.label_import import labels_to_project_edit
from poseviewer.io.labelled_frames import LabelFile, LabelledFrame

STICK = Skeleton.from_names("stick", ["head", "tail"], [("head", "tail")])
RANGE = SphericalRange(Interval(0, 1), Interval(0, 1))
RANGES = RangePreset("stick", STICK, (RANGE,), (BoneLength(1.0, 0.0),))
THEIRS = Instance(Pose2D([[1.0, 2.0], [3.0, 4.0]]), "Rex")


def video(identifier: str, path: str, frames: int = 10) -> MediaRef:
    return MediaRef(identifier, path, "video", 1, "f", frames, 64, 48, 25.0)


def images(identifier: str, path: str, *files: str) -> MediaRef:
    return MediaRef(identifier, path, "images", 1, "f", len(files), 64, 48, 0.0, files)


def labels(*places: tuple[str, int]) -> LabelFile:
    return LabelFile("l.csv", "t", STICK.joints, tuple(LabelledFrame(m, f, (THEIRS,)) for m, f in places))


def imported(media: Sequence[MediaRef], *places: tuple[str, int], only: str = "") -> tuple[set[FrameKey], list[str]]:
    project = Project(STICK, RANGES, tuple(media))
    edit, report = labels_to_project_edit(project, labels(*places), media_id=only)
    assert set(edit.after.labels) == edit.change.frames
    return set(edit.change.frames), report


def test_a_video_is_known_by_its_name_wherever_it_is() -> None:
    found, report = imported([video("m", "/here/Clip.mp4")], ("D:\\there\\clip.mp4", 3), ("D:/there/clip.mp4", 9))
    assert found == {FrameKey("m", 3), FrameKey("m", 9)} and report == []


def test_a_video_named_without_its_suffix_is_known() -> None:
    assert imported([video("m", "/here/m3v1mp4.mp4")], ("m3v1mp4", 2))[0] == {FrameKey("m", 2)}


def test_of_two_videos_of_one_name_the_folder_decides() -> None:
    both = [video("a", "/data/monday/clip.mp4"), video("b", "/data/tuesday/clip.mp4")]
    assert imported(both, ("x/tuesday/clip.mp4", 1))[0] == {FrameKey("b", 1)}
    found, report = imported(both, ("clip.mp4", 1))
    assert found == set() and "the project has no media (or several) called clip.mp4" in report[0]


def test_images_are_known_by_name_and_folder() -> None:
    media = [images("a", "/data/one", "img1.png", "img2.png"), images("b", "/data/two", "img1.png", "deep/img9.png")]
    found, _ = imported(media, ("labeled-data/two/img1.png", 0), ("img2.png", 0), ("deep/img9.png", 0))
    assert found == {FrameKey("b", 0), FrameKey("a", 1), FrameKey("b", 1)}
    assert imported([images("s", "/data/dog.jpg", "dog.jpg")], ("breed/dog.jpg", 0))[0] == {FrameKey("s", 0)}


def test_all_frames_go_to_the_media_that_was_chosen() -> None:
    assert imported([video("m", "/here/a.mp4")], ("other.mp4", 4), ("", 5), only="m")[0] == {
        FrameKey("m", 4),
        FrameKey("m", 5),
    }


def test_frames_beyond_the_end_are_not_the_frames_that_were_labelled() -> None:
    found, report = imported([video("m", "/clip.mp4", frames=5)], ("clip.mp4", 4), ("clip.mp4", 5), ("clip.mp4", 99))
    assert found == {FrameKey("m", 4)}
    assert report == ["2 frames were left out: clip.mp4 is shorter here than where it was labelled."]


def test_the_users_own_labels_stay_and_predictions_give_way() -> None:
    project = Project(STICK, RANGES, (video("m", "/clip.mp4"),))
    project = edits.place_keypoint(project, FrameKey("m", 1), 0, 0, (9.0, 9.0)).after
    guess = Instance(Pose2D([[5.0, 5.0], [6.0, 6.0]]), predicted=True)
    project = project.with_instances(FrameKey("m", 2), (guess,))
    edit, report = labels_to_project_edit(project, labels(("clip.mp4", 1), ("clip.mp4", 2)))
    assert edit.after.pose(FrameKey("m", 1)).keypoints[0].tolist() == [9, 9]
    assert edit.after.instances(FrameKey("m", 2)) == (THEIRS,)
    assert report == ["1 frames were left as they are: you have labelled them yourself."]
    assert edit.reversed().after is project


def test_two_rows_of_one_frame_are_two_animals() -> None:
    project = Project(STICK, RANGES, (video("m", "/clip.mp4"),))
    edit, _ = labels_to_project_edit(project, labels(("clip.mp4", 1), ("clip.mp4", 1)))
    assert edit.after.instances(FrameKey("m", 1)) == (THEIRS, THEIRS)


def test_nothing_to_import_is_an_empty_edit() -> None:
    project = Project(STICK, RANGES)
    edit, report = labels_to_project_edit(project, labels(("clip.mp4", 1)))
    assert edit.empty and "add the media first" in report[0]
    with pytest.raises(LabelFileError, match="is a joint of stick"):
        labels_to_project_edit(project, LabelFile("l", "t", ("wing", "beak"), labels(("a", 1)).frames))
