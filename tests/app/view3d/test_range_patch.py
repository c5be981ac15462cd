"""The patch is drawn around the joint that the bone turns about, and the bone's end lies in it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poseviewer.app.view3d.composer import ScenePose, SceneSkeleton, Stage
from poseviewer.app.view3d.framing import Framing, world_vectors
from poseviewer.app.view3d.look import look_for
from poseviewer.app.view3d.orbit import OrbitCamera
from poseviewer.app.view3d.range_patch import Ball, RangeOfBone, RangeShown, RangeSight, picture_of, sight_of
from poseviewer.core.ranges import Interval, RangePreset, SphericalRange, SwingRange
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.body_frame import body_rotation, swings_of_pose
from poseviewer.geometry.camera import body_to_camera
from poseviewer.geometry.kinematics import directions_from_swings, joints_from_vectors, parent_frame
from poseviewer.io.skeleton_files import load_ranges

STAGE = Stage(OrbitCamera(distance=5.0), 640, 560, look_for((255, 255, 255), (0, 0, 0), (0, 128, 128)))
BODY = np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]])
"""From body to camera axes."""
quick = settings(max_examples=30, deadline=None)


def pose_of(preset: RangePreset, seed: int) -> np.ndarray:
    """(J, 3) a pose in the middle of the ranges, give or take, in the camera frame and turned."""
    rng = np.random.default_rng(seed)
    middles = np.array([[r.flexion.middle, r.abduction.middle, 0.0] for r in preset.ranges])  # type: ignore[union-attr]
    swings = middles + rng.uniform(-0.2, 0.2, middles.shape) * (1, 1, 0)
    lengths = np.array([length.template for length in preset.lengths])
    body = joints_from_vectors(preset.skeleton, directions_from_swings(preset, swings) * lengths[:, None])
    turn = rng.uniform(-3, 3)
    around = np.array([[math.cos(turn), -math.sin(turn), 0], [math.sin(turn), math.cos(turn), 0], [0, 0, 1]])
    return 200.0 * body_to_camera(body @ around.T)


def shown_for(preset: RangePreset, bone: int, joints: np.ndarray) -> RangeShown:
    rotation = body_rotation(preset, joints)
    swings = swings_of_pose(preset, joints, rotation)
    return RangeShown(RangeOfBone(bone, preset.ranges[bone], rotation @ parent_frame(preset, bone, swings)))


def seen(stage: Stage, shown: RangeShown, pose: ScenePose, skeleton: Skeleton) -> RangeSight:
    sight = sight_of(stage, shown, pose, SceneSkeleton.of(skeleton, "default").bones)
    assert sight is not None
    return sight


@quick
@given(st.integers(0, 14), st.integers(0, 1000), st.floats(-3, 3), st.floats(-1.5, 1.5))
def test_the_dot_is_where_the_bone_ends_and_in_the_patch(
    bone: int, seed: int, azimuth: float, elevation: float
) -> None:
    preset = load_ranges("quadruped16")
    joints = pose_of(preset, seed)
    pose = Framing().placed(joints)
    stage = replace(STAGE, camera=STAGE.camera.orbited(azimuth, elevation))

    sight = seen(stage, shown_for(preset, bone, joints), pose, preset.skeleton)
    picture = picture_of(sight)

    ends = preset.skeleton.bones[bone]
    parent, child = stage.project(pose.joints[[ends.parent, ends.child]]).places
    assert stage.project(sight.ball.center).places[0] == pytest.approx(parent, abs=1e-6)
    assert np.linalg.norm(picture.dot.place - child) < 1
    assert np.isfinite(picture.outline.front).all() and len(picture.outline.front) + len(picture.outline.back) > 10


def test_front_and_back_are_told_apart(table: Skeleton, standing: np.ndarray, table_range: RangeShown) -> None:
    pose = Framing().placed(standing)
    from_front = replace(STAGE, camera=OrbitCamera(azimuth=0.0, elevation=0.0, distance=5.0))

    sight = seen(from_front, table_range, pose, table)
    picture = picture_of(sight)

    # From its front, what points forwards is on the near side.
    assert sight.ball.faces(sight.ball.frame.T @ np.array([0.0, -1.0, 0.0]), from_front.camera.eye)
    assert not sight.ball.faces(sight.ball.frame.T @ np.array([0.0, 1.0, 0.0]), from_front.camera.eye)
    assert len(picture.front) and len(picture.back)


@pytest.mark.parametrize(
    ("flexion", "stopped"), [((-40, 50), False), ((0, 50), True), ((10, 50), True), ((-3, 50), False)]
)
def test_the_dot_is_at_the_stop_from_a_degree_before_it(
    table: Skeleton, standing: np.ndarray, table_range: RangeShown, flexion: tuple[float, float], stopped: bool
) -> None:
    own = table_range.own
    assert isinstance(own.rotation, SwingRange)
    straight = standing.copy()
    straight[3] = straight[0] + (0.0, 60.0, 0.0)  # the foreleg hangs straight down from the neck
    tighter = replace(own.rotation, flexion=Interval(*(math.radians(v) for v in flexion)))

    sight = seen(STAGE, RangeShown(replace(own, rotation=tighter)), Framing().placed(straight), table)

    assert sight.direction == pytest.approx([1, 0, 0])
    assert picture_of(sight).dot.stopped == stopped


@pytest.mark.parametrize("flexion", [(20.0, 20.0), (-40.0, 50.0)])
@pytest.mark.parametrize("abduction", [(5.0, 5.0), (-20.0, 30.0)])
def test_a_range_without_width_is_a_line_or_a_point_and_still_drawn(
    table: Skeleton,
    standing: np.ndarray,
    table_range: RangeShown,
    flexion: tuple[float, float],
    abduction: tuple[float, float],
) -> None:
    ends = [Interval(math.radians(a), math.radians(b)) for a, b in (flexion, abduction)]
    rotation = replace(table_range.own.rotation, flexion=ends[0], abduction=ends[1])  # type: ignore[arg-type]
    shown = RangeShown(replace(table_range.own, rotation=rotation))

    picture = picture_of(seen(STAGE, shown, Framing().placed(standing), table))

    has_area = bool(ends[0].width and ends[1].width)
    assert (len(picture.front) + len(picture.back) > 0) == has_area
    if ends[0].width or ends[1].width:
        assert len(picture.outline.front) + len(picture.outline.back) > 0
    assert len(picture.spokes) >= 1


def test_a_spherical_range_stands_in_the_body_s_frame(table: Skeleton, standing: np.ndarray) -> None:
    below = SphericalRange(Interval(math.radians(150), math.pi), Interval(-math.pi, math.pi))
    shown = RangeShown(RangeOfBone(2, below, BODY))

    sight = seen(STAGE, shown, Framing().placed(standing), table)

    down = sight.ball.points([0.0, 0.0, -1.0]) - sight.ball.center
    assert down / sight.ball.radius == pytest.approx([0, 0, -1])
    assert len(picture_of(sight).front) > 0


def test_partner_and_committed_outlines_are_drawn_where_there_are_any(
    table: Skeleton, standing: np.ndarray, table_range: RangeShown
) -> None:
    pose = Framing().placed(standing)
    plain = picture_of(seen(STAGE, table_range, pose, table))
    both = replace(table_range, partner=replace(table_range.own, bone=3), committed=table_range.own.rotation)
    picture = picture_of(seen(STAGE, both, pose, table))

    assert plain.partner is None and plain.committed is None
    assert picture.partner is not None and picture.committed is not None
    assert picture.committed.front == pytest.approx(picture.outline.front)


def test_a_twist_is_drawn_where_there_is_room_for_it(
    table: Skeleton, standing: np.ndarray, table_range: RangeShown
) -> None:
    rotation = replace(table_range.own.rotation, twist=Interval(-0.3, 0.2))  # type: ignore[call-arg]
    shown = RangeShown(replace(table_range.own, rotation=rotation), twist=0.0)
    pose = Framing().placed(standing)
    near, far = (replace(STAGE, camera=replace(STAGE.camera, distance=d)) for d in (4.0, 20.0))

    assert picture_of(seen(near, shown, pose, table)).twist is not None
    assert picture_of(seen(far, shown, pose, table)).twist is None
    assert picture_of(seen(near, replace(shown, twist=None), pose, table)).twist is None


def test_a_bone_that_is_not_known_has_no_patch(table: Skeleton, standing: np.ndarray, table_range: RangeShown) -> None:
    bones = SceneSkeleton.of(table, "default").bones
    lost = standing.copy()
    lost[3] = np.nan

    assert sight_of(STAGE, table_range, Framing().placed(lost), bones) is None
    beyond = RangeShown(replace(table_range.own, bone=40))
    assert sight_of(STAGE, beyond, Framing().placed(standing), bones) is None
    nowhere = RangeShown(replace(table_range.own, frame=np.full((3, 3), np.nan)))
    assert sight_of(STAGE, nowhere, Framing().placed(standing), bones) is None
    inside = replace(STAGE, camera=replace(STAGE.camera.looking_at(Framing().placed(standing).joints[0]), distance=0.1))
    assert sight_of(inside, table_range, Framing().placed(standing), bones) is None


@quick
@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1), st.booleans())
def test_a_pixel_points_at_what_is_drawn_there(x: float, y: float, z: float, behind: bool) -> None:
    direction = np.array([x, y, z])
    if np.linalg.norm(direction) < 0.1:
        return
    direction /= np.linalg.norm(direction)
    ball = Ball(np.array([0.2, -0.1, 0.3]), 0.4, world_vectors(BODY.T).T)
    if bool(ball.faces(direction, STAGE.camera.eye)) == behind:
        direction = -direction
        if bool(ball.faces(direction, STAGE.camera.eye)) == behind:
            return  # on the silhouette
    place = STAGE.project(ball.points(direction)).places[0]

    assert ball.direction_at(STAGE, *place, behind) == pytest.approx(direction, abs=1e-5)


def test_beside_the_ball_the_pointer_rolls_it_on(table: Skeleton) -> None:
    ball = Ball(np.zeros(3), 0.4, np.eye(3))
    middle = STAGE.project(ball.center)
    radius = 0.4 * float(middle.scale[0])
    x, y = middle.places[0]
    towards = STAGE.camera.axes()[2]

    lean = [
        float(ball.direction_at(STAGE, x + share * radius, y, False) @ towards) for share in np.linspace(0, 2.4, 25)
    ]

    assert lean[0] == pytest.approx(1.0) and lean[-1] < -0.8
    assert (np.diff(lean) < 0).all()
    assert np.abs(np.diff(lean)).max() < 0.45  # no jump at the edge
