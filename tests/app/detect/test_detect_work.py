"""The work in a thread: what it reports, how it waits, and what one bad media does to the others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from poseviewer.app.detect.detect_work import DetectReport, Hold, detect_frames
from poseviewer.app.detect.kept import Kept
from poseviewer.app.detect.request import DetectRequest, Scope, places_of
from poseviewer.core import edits
from poseviewer.core.errors import MediaError
from poseviewer.core.project import FrameKey, Project

ALL = Scope("all", None)


def drive(request: DetectRequest, hold: Hold | None = None) -> tuple[list[DetectReport], tuple[str, ...]]:
    reports, work = [], detect_frames(request, hold or Hold(), Kept())
    while True:
        try:
            reports.append(next(work))
        except StopIteration as done:
            return reports, done.value


def test_every_frame_is_reported_once_with_what_was_found(bench: Any, project: Project, keypoints_of: Any) -> None:
    bench.empty, bench.unreadable = {1}, {2, 19}

    reports, failed = drive(DetectRequest(project, places_of(project, ALL), "motion"))

    found = {key: instance for report in reports for key, instance in report.found.items()}
    assert failed == () and bench.asked == [(list(range(20)), "motion", {})]
    assert sorted(key.frame for key in found) == [f for f in range(20) if f not in bench.unreadable]
    joints = project.skeleton.joint_count
    expected = keypoints_of(3, joints)
    expected[1] = np.nan  # its score is below the least confidence
    np.testing.assert_allclose(found[FrameKey("a", 3)].pose.keypoints, expected)
    last = reports[-1]
    assert (last.done, last.total, last.unreadable, last.empty) == (20, 20, 2, 1)
    assert last.device == "cpu" and last.title == "pictures" and last.rate > 0
    assert reports[0].device == ""  # before the detector is loaded


def test_labelled_boxes_reach_the_detector(bench: Any, project: Project, pose_of: Any) -> None:
    project = edits.set_pose(project, FrameKey("a", 3), 0, pose_of(project)).after

    drive(DetectRequest(project, places_of(project, ALL), "labelled"))

    ((frames, boxes, labelled),) = bench.asked
    assert 3 not in frames and boxes == "labelled" and list(labelled) == [3]


def test_it_waits_while_it_is_held(bench: Any, project: Project) -> None:
    hold = Hold()
    work = detect_frames(DetectRequest(project, places_of(project, ALL)), hold, Kept())
    reports = [next(work), next(work)]
    hold.set(True)
    reports += [next(work) for _ in range(3)]
    assert [report.done for report in reports] == [0, 4, 4, 4, 4]
    assert reports[-1].held and reports[-1].rate == 0 and not reports[-1].found

    hold.set(False)
    assert next(work).done == 8
    work.close()


def test_one_bad_media_does_not_keep_the_others_from_their_turn(bench: Any, project: Project) -> None:
    gone = replace(project.media[0], id="gone", path="/nowhere/gone.mp4", kind="video", files=())
    project = replace(project, media=(gone, *project.media))

    reports, failed = drive(DetectRequest(project, places_of(project, ALL)))

    assert (reports[-1].done, reports[-1].unreadable) == (40, 20)
    assert len(failed) == 1 and "gone.mp4" in failed[0]


def test_alone_it_is_an_error(bench: Any, project: Project) -> None:
    gone = replace(project.media[0], path="/nowhere/gone.mp4", kind="video", files=())
    project = replace(project, media=(gone,))

    with pytest.raises(MediaError, match=r"gone\.mp4"):
        drive(DetectRequest(project, places_of(project, ALL)))


def test_two_take_turns(bench: Any, project: Project) -> None:
    kept = Kept()
    work = detect_frames(DetectRequest(project, places_of(project, ALL)), Hold(), kept)
    for _ in range(3):
        next(work)
    assert kept.turn.locked()
    work.close()
    assert not kept.turn.locked()
