"""On which frames: what the user has labelled is never among them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from poseviewer.app.detect.request import (
    DetectRequest,
    NearestBoxes,
    Scope,
    counts_of,
    labelled_boxes,
    places_of,
    predictions,
)
from poseviewer.core import edits
from poseviewer.core.project import FrameKey, Instance, Project

HERE = FrameKey("a", 7)


@pytest.fixture
def labelled(project: Project, pose_of: Any) -> Project:
    """Frame 3 labelled by the user, frame 5 predicted, and a second media of one picture."""
    other = replace(project.media[0], id="b", path="/else/b.png", frame_count=1, files=("b.png",))
    project = replace(project, media=(*project.media, other))
    project = edits.set_pose(project, FrameKey("a", 3), 0, pose_of(project)).after
    return edits.add_predictions(project, {FrameKey("a", 5): Instance(pose_of(project), predicted=True)}).after


@pytest.mark.parametrize(
    ("scope", "frames"),
    [
        (Scope("frame", HERE), {"a": [7]}),
        (Scope("frame", FrameKey("a", 3)), {}),
        (Scope("frame", FrameKey("a", 5)), {"a": [5]}),
        (Scope("frame", FrameKey("a", 5), again=False), {}),
        (Scope("range", HERE, 2, 6), {"a": [2, 4, 5, 6]}),
        (Scope("range", HERE, 2, 6, again=False), {"a": [2, 4, 6]}),
        (Scope("range", HERE, 18, 99), {"a": [18, 19]}),
        (Scope("media", HERE), {"a": [0, 1, 2, *range(4, 20)]}),
        (Scope("all", None), {"a": [0, 1, 2, *range(4, 20)], "b": [0]}),
        (Scope("media", None), {}),
    ],
)
def test_the_frames_of_a_scope(labelled: Project, scope: Scope, frames: dict[str, list[int]]) -> None:
    found = {media.id: list(numbers) for media, numbers in places_of(labelled, scope)}

    assert found == frames
    assert counts_of(labelled, scope)[0] == sum(map(len, frames.values()))


def test_the_users_own_frames_are_counted(labelled: Project) -> None:
    assert counts_of(labelled, Scope("media", HERE)) == (19, 1)
    assert counts_of(labelled, Scope("frame", FrameKey("a", 3))) == (0, 1)
    assert counts_of(labelled, Scope("range", HERE, 4, 9, again=False)) == (5, 0)


def test_boxes_are_around_the_users_own_keypoints_only(labelled: Project) -> None:
    boxes = labelled_boxes(labelled, "a")

    assert list(boxes) == [3]
    np.testing.assert_allclose(boxes[3], [5, 6, 15, 16])


def test_every_frame_has_the_box_of_the_nearest_labelled_one() -> None:
    boxes = NearestBoxes({30: np.array([3.0]), 10: np.array([1.0])})

    assert [float(boxes[frame][0]) for frame in (0, 10, 19, 21, 30, 99)] == [1, 1, 1, 3, 3, 3]
    assert boxes.get(5) is not None and len(boxes) == 2
    assert NearestBoxes({}).get(5) is None


def test_a_keypoint_that_the_detector_is_not_sure_of_is_absent() -> None:
    keypoints = np.arange(12.0).reshape(2, 3, 2)
    scores = np.array([[0.9, 0.2, 0.19], [0.0, 0.0, 0.0]], np.float32)

    found = predictions("a", [4, 9], keypoints, scores, least=0.2)

    first, second = found[FrameKey("a", 4)], found[FrameKey("a", 9)]
    assert first.predicted and first.pose.visibility.tolist() == [2, 2, 0]
    np.testing.assert_allclose(first.pose.keypoints[:2], keypoints[0, :2])
    np.testing.assert_allclose(first.scores, scores[0])
    assert second.pose.present_count == 0


def test_a_request_has_a_name(labelled: Project) -> None:
    def title(scope: Scope) -> str:
        return DetectRequest(labelled, places_of(labelled, scope)).title

    assert title(Scope("frame", HERE)) == "frame 7 of pictures"
    assert title(Scope("media", HERE)) == "pictures"
    assert title(Scope("all", None)) == "2 videos and images"
    assert title(Scope("frame", FrameKey("b", 0))) == "b.png"
