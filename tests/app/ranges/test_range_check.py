"""The check behind the panel: from a project to the ranges that are wrong, without a window."""

from __future__ import annotations

import math
from dataclasses import replace

import immutables
import numpy as np
import pytest

from poseviewer.app.ranges.range_check import CheckRequest, check_ranges, widening_text
from poseviewer.core.errors import PoseInputError
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, Project
from poseviewer.core.range_edits import with_interval
from poseviewer.core.ranges import Interval
from poseviewer.geometry.range_stops import RangeStop, widened
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.generate import synthesize
from poseviewer.synthesis.presets import DEFAULT

QUADRUPED = load_ranges("quadruped16")
KNEE = QUADRUPED.skeleton.bone_index("left_hip", "left_knee")
PERFECT = replace(DEFAULT, flaws=replace(DEFAULT.flaws, noise=0, outliers=0, missing=0, limbs=0))


def project_of(name: str, count: int, wild: bool = False) -> Project:
    preset = load_ranges(name)
    twice = Interval(math.radians(-167), math.radians(133))
    drawn = with_interval(preset, KNEE, "flexion", twice, mirror=False) if wild else preset
    xy = 150 * synthesize(preset.skeleton, replace(drawn, bell=0.0), count, 7, PERFECT).keypoints + 400
    labels = {FrameKey("v", n): (Instance(Pose2D(pose)),) for n, pose in enumerate(xy)}
    return Project(preset.skeleton, preset, (), immutables.Map(labels))


def driven(work):
    shares = []
    while True:
        try:
            shares.append(next(work))
        except StopIteration as end:
            return end.value, shares


def test_the_bone_that_swings_too_far_is_named_first() -> None:
    check, shares = driven(check_ranges(CheckRequest.of(project_of("quadruped16", 60, wild=True))))

    assert check.stops[0].bones == (KNEE,)
    assert shares[0] == 0.0 and shares == sorted(shares)
    assert check.fit.fitted.all()


def test_a_skeleton_without_a_lifter_is_checked_too() -> None:
    check, _ = driven(check_ranges(CheckRequest.of(project_of("hand21", 4))))

    assert check.fit.fitted.all() and np.nanmedian(check.fit.residual_px) < 5


def test_a_request_keeps_what_can_be_seen_of_each_keypoint() -> None:
    project = project_of("quadruped16", 2)
    key = FrameKey("v", 1)
    pose = project.pose(key).with_visibility(3, 1).without_keypoint(5)
    request = CheckRequest.of(project.with_instances(key, (Instance(pose),)))

    assert request.visibility[1, [2, 3, 5]].tolist() == [2, 1, 0]
    assert request.ranges == QUADRUPED and request.model.skeleton == QUADRUPED.skeleton


def test_a_pose_in_one_place_does_not_keep_the_others_from_being_checked() -> None:
    project = project_of("quadruped16", 3)
    project = project.with_instances(FrameKey("v", 1), (Instance(Pose2D(np.full((16, 2), 9.0))),))

    check, _ = driven(check_ranges(CheckRequest.of(project)))

    assert check.fit.fitted.tolist() == [True, False, True]


def test_poses_of_one_name_or_of_one_media_are_of_one_animal() -> None:
    pose = Pose2D(np.arange(32.0).reshape(16, 2))

    def animals(*identities: str) -> tuple[Instance, ...]:
        return tuple(Instance(pose, name) for name in identities)

    labels = {
        FrameKey("v", 0): animals(""),
        FrameKey("v", 1): animals(""),
        FrameKey("v", 2): animals("", ""),
        FrameKey("w", 0): animals("Rex", ""),
        FrameKey("w", 1): animals(""),
        FrameKey("x", 0): animals("Rex"),
    }

    request = CheckRequest.of(Project(QUADRUPED.skeleton, QUADRUPED, (), immutables.Map(labels)))

    assert request.animals.tolist() == [0, 0, 1, 2, 3, 4, 4, 3], "two without a name in one frame are nobody's twins"


def test_nothing_to_check_is_said() -> None:
    with pytest.raises(PoseInputError):
        driven(check_ranges(CheckRequest.of(Project(QUADRUPED.skeleton, QUADRUPED))))


def stop(needed: float, side: int = 1, axis: str = "flexion") -> RangeStop:
    end = getattr(QUADRUPED.ranges[KNEE], axis)
    at = end.max if side > 0 else end.min
    return RangeStop(
        (KNEE,), axis, side, at, math.radians(needed), (4,), np.array([math.radians(needed)]), *2 * [np.ones(1)], 9.0
    )


def test_the_edit_says_what_it_does() -> None:
    one, both = [stop(87)], [stop(87), stop(-120, -1)]

    assert (
        widening_text(QUADRUPED, widened(QUADRUPED, one, math.radians(5)), one)
        == "Widen left hip to knee flexion to 92°"
    )
    assert widening_text(QUADRUPED, widened(QUADRUPED, both), both) == "Widen 2 ranges to cover labelled poses"
    assert widening_text(QUADRUPED, widened(QUADRUPED, [stop(-120, -1)]), both) == (
        "Widen left hip to knee flexion to −120°"
    )
