"""The index kept edit by edit says what the project itself says."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.core import edits
from poseviewer.core.label_index import LabelIndex
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, MediaRef, Project
from poseviewer.core.ranges import BoneLength, Interval, RangePreset, SphericalRange
from poseviewer.core.skeleton import Skeleton

STICK = Skeleton.from_names("stick", ["a", "b"], [("a", "b")])
RANGES = RangePreset("stick", STICK, (SphericalRange(Interval(0, 1), Interval(0, 1)),), (BoneLength(1.0, 0.0),))
MEDIA = tuple(MediaRef(name, f"/{name}.mp4", "video", 1, "f", 50, 64, 48) for name in ("clip", "other"))
OWN = Instance(Pose2D([[1.0, 2.0], [3.0, 4.0]]))


def said(*scores: float) -> Instance:
    return Instance(OWN.pose, "", True, np.array(scores, np.float32))


def agrees(index: LabelIndex, project: Project) -> None:
    for media in project.media:
        found = index.of(media.id)
        assert found.labelled.tolist() == project.labelled_frames(media.id)
        assert found.predicted.tolist() == project.predicted_frames(media.id)
        assert len(found.confidence) == len(found.predicted)


def test_random_edits_are_followed() -> None:
    rng = np.random.default_rng(0)
    project = Project(STICK, RANGES, MEDIA)
    index = LabelIndex(project)
    for _ in range(200):
        keys = [FrameKey(MEDIA[rng.integers(2)].id, int(n)) for n in rng.integers(50, size=rng.integers(1, 6))]
        kind = rng.integers(4)
        if kind == 0:
            edit = edits.add_predictions(project, dict.fromkeys(keys, said(0.5, 0.7)))
        elif kind == 1:
            edit = edits.accept_predictions(project, keys)
        elif kind == 2:
            edit = edits.clear_predictions(project, keys) if rng.random() < 0.5 else edits.clear_frame(project, keys[0])
        else:
            edit = edits.place_keypoint(project, keys[0], 0, int(rng.integers(2)), (3.0, 4.0))
        project = edit.after
        index.update(project, edit.change.frames)
        agrees(index, project)
    agrees(LabelIndex(project), project)
    assert index.any_predicted


def test_confidence_is_the_mean_score_and_unknown_without_one() -> None:
    project = Project(STICK, RANGES, MEDIA).with_instances(FrameKey("clip", 4), (said(0.5, np.nan),))
    project = project.with_instances(FrameKey("clip", 2), (Instance(OWN.pose, "", True, None), OWN))
    found = LabelIndex(project).of("clip")
    assert found.predicted.tolist() == [2, 4] and found.labelled.tolist() == [2]
    assert found.confidence == pytest.approx([np.nan, 0.25], nan_ok=True)


def test_a_second_animal_counts_its_frame_once_and_empty_poses_do_not_count() -> None:
    empty = Instance(Pose2D.empty(2), "", True, np.zeros(2, np.float32))
    project = Project(STICK, RANGES, MEDIA).with_instances(FrameKey("clip", 1), (OWN, OWN, said(1, 1), said(0, 0)))
    project = project.with_instances(FrameKey("clip", 3), (empty,))
    found = LabelIndex(project).of("clip")
    assert found.labelled.tolist() == [1] == found.predicted.tolist() and found.confidence.tolist() == [1.0]


def test_nothing_is_known_of_other_media() -> None:
    index = LabelIndex(Project(STICK, RANGES, MEDIA))
    assert not index.any_predicted and len(index.of("nowhere").labelled) == 0
