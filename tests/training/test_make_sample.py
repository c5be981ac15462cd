"""The sample: made small here, and the one that is shipped."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poseviewer.core.pose import Visibility
from poseviewer.core.project import FrameKey, Project
from poseviewer.io.media import frames_match, open_media
from poseviewer.io.project_file import ProjectFile
from poseviewer.io.resources import resource
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.dog import DOG
from poseviewer.synthesis.render import FAST
from training.make_sample import MEDIA_ID, PROJECT, TRUTH, VIDEO, Shot, film, make_sample, play

SMALL = Shot(frames=6, size=(128, 96), focal=224.0, label_every=2, quality=FAST)
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    assert list(make_sample(folder, SMALL)) == [1, 2, 3, 4, 5, 6]
    return folder


def project_of(path: Path) -> Project:
    file = ProjectFile.open(path)
    try:
        return file.project
    finally:
        file.close()


def test_the_files_are_there_and_nothing_else(folder: Path) -> None:
    assert sorted(p.name for p in folder.iterdir()) == sorted([VIDEO, TRUTH, PROJECT])


def test_the_project_labels_the_first_half_with_the_truth(folder: Path) -> None:
    project = project_of(folder / PROJECT)
    with np.load(folder / TRUTH) as truth:
        keypoints, visibility = truth["keypoints"], truth["visibility"]

    assert project.labelled_frames(MEDIA_ID) == [0, 2]
    for frame in (0, 2):
        pose = project.pose(FrameKey(MEDIA_ID, frame))
        assert pose.keypoints == pytest.approx(keypoints[frame], abs=0.01)
        assert pose.visibility.tolist() == visibility[frame].tolist()


def test_the_project_finds_its_video_and_remembers_no_other_place(folder: Path) -> None:
    project = project_of(folder / PROJECT)
    reader = open_media(folder / VIDEO)
    try:
        assert frames_match(reader, project.media[0])
        assert reader.frame_count == 6
    finally:
        reader.close()
    assert project.media[0].path == str(folder / VIDEO)
    assert remembered(folder / PROJECT) == [(VIDEO, VIDEO)]


def test_a_second_run_makes_the_same_video_and_truth(folder: Path, tmp_path: Path) -> None:
    list(make_sample(tmp_path, SMALL))

    assert (tmp_path / VIDEO).read_bytes() == (folder / VIDEO).read_bytes()
    with np.load(tmp_path / TRUTH) as one, np.load(folder / TRUTH) as other:
        assert all(np.array_equal(one[key], other[key]) for key in one)


def test_the_video_shows_what_was_rendered(folder: Path) -> None:
    rendered = next(iter(film(SMALL, play(SMALL), [4])))
    reader = open_media(folder / VIDEO)
    try:
        shown = reader.read(4)[..., :3]
    finally:
        reader.close()

    assert np.abs(shown.astype(int) - rendered.image.astype(int)).mean() < 6


def test_the_keypoints_are_the_joints_as_the_camera_sees_them() -> None:
    take = play(SMALL)

    seen = take.camera_joints
    pixels = seen[..., :2] / seen[..., 2:] * SMALL.focal + (np.array(SMALL.size) - 1) / 2

    assert pixels == pytest.approx(take.keypoints, abs=1e-2)
    assert (seen[..., 2] > 1000).all()


def test_the_dog_stays_in_the_whole_picture() -> None:
    shot = Shot()
    keypoints = play(shot).keypoints

    assert keypoints.min() > 30
    assert (keypoints < np.array(shot.size) - 30).all()


def test_the_head_turns_to_the_camera_on_the_way() -> None:
    ahead = play(replace(Shot(), glance=0.0)).joints
    turned = play(Shot()).joints

    moved = np.linalg.norm(turned - ahead, axis=-1)

    assert moved[[0, -1]].max() < 1e-6
    assert moved[:, DOG.joints.index("nose")].max() > 100


class TestShipped:
    """The sample in resources/sample."""

    @pytest.fixture
    def truth(self) -> Iterator[np.lib.npyio.NpzFile]:
        with np.load(resource("sample", TRUTH)) as truth:
            yield truth

    def test_it_is_small(self) -> None:
        sizes = [p.stat().st_size for p in resource("sample").iterdir()]

        assert sum(sizes) < 3 * MEGABYTE
        assert resource("sample", VIDEO).stat().st_size < 2 * MEGABYTE

    def test_video_truth_and_project_agree(self, truth) -> None:
        project = project_of(resource("sample", PROJECT))
        reader = open_media(resource("sample", VIDEO))
        try:
            assert frames_match(reader, project.media[0])
            assert reader.frame_count == len(truth["joints"]) == len(truth["keypoints"]) == Shot().frames
            assert reader.frame_size(0) == Shot().size
            assert reader.damaged == ()
        finally:
            reader.close()
        assert truth["joint_names"].tolist() == list(project.skeleton.joints)
        assert remembered(resource("sample", PROJECT)) == [(VIDEO, VIDEO)]

    def test_it_is_what_the_command_makes_today(self, truth) -> None:
        take = play(Shot())

        assert truth["joints"] == pytest.approx(take.camera_joints, abs=1e-2)
        assert truth["keypoints"] == pytest.approx(take.keypoints, abs=1e-2)

    def test_its_ranges_are_the_shipped_ones(self) -> None:
        project = project_of(resource("sample", PROJECT))

        assert project.ranges == load_ranges(project.skeleton.name)

    def test_its_first_frame_is_labelled_and_some_of_it_is_hidden(self) -> None:
        project = project_of(resource("sample", PROJECT))

        labelled = project.labelled_frames(MEDIA_ID)
        first = project.pose(FrameKey(MEDIA_ID, 0))

        assert labelled[0] == 0
        assert len(labelled) >= 5
        assert max(labelled) < Shot().frames / 2
        assert first.present.all()
        assert set(first.visibility.tolist()) == {Visibility.OCCLUDED, Visibility.VISIBLE}


def remembered(project: Path) -> list[tuple[str, str]]:
    """The places of its media that a project file has written down."""
    connection = sqlite3.connect(f"file:{project}?mode=ro&immutable=1", uri=True)
    try:
        return connection.execute("SELECT path, last_seen FROM media").fetchall()
    finally:
        connection.close()
