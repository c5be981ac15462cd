"""What is drawn of a pose, where, and in which order."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from poseviewer.app.colors import side_color
from poseviewer.app.view3d.composer import (
    GHOST_ALPHA,
    OTHER_ALPHA,
    OTHER_SIZE,
    WHISKER_ALPHA,
    Emphasis,
    ScenePose,
    SceneSkeleton,
    Stage,
    compose,
    empty_picture,
    floor_strokes,
    lens_label_place,
)
from poseviewer.app.view3d.framing import Framing
from poseviewer.app.view3d.look import look_for
from poseviewer.app.view3d.orbit import OrbitCamera
from poseviewer.app.view3d.strokes import Strokes
from poseviewer.core.skeleton import Skeleton

LOOK = replace(look_for((255, 255, 255), (0, 0, 0), (0, 128, 128)), haze=0.0)
STAGE = Stage(OrbitCamera(), 400, 360, LOOK)
NONE = Emphasis()


@pytest.fixture
def drawn(table: Skeleton) -> SceneSkeleton:
    return SceneSkeleton.of(table, "default")


@pytest.fixture
def pose(standing: np.ndarray) -> ScenePose:
    return Framing().placed(standing)


def balls(strokes: Strokes) -> Strokes:
    return strokes.taken((strokes.start == strokes.end).all(axis=1) & (strokes.shade > 0))


def rods(strokes: Strokes) -> Strokes:
    return strokes.taken(strokes.butt & (strokes.shade > 0))


def test_every_joint_is_a_ball_and_every_bone_a_rod(drawn: SceneSkeleton, pose: ScenePose) -> None:
    body = compose(STAGE, drawn, pose, NONE).body
    assert len(balls(body)) == 7
    assert len(rods(body)) == 6
    places = STAGE.project(pose.joints).places
    assert_allclose(np.sort(balls(body).start, axis=0), np.sort(places, axis=0))


def test_left_right_and_middle_have_their_colours(drawn: SceneSkeleton, table: Skeleton) -> None:
    for joint, side in enumerate(table.sides):
        assert_allclose(drawn.joint_colors[joint] * 255, side_color(side))


def test_near_ones_cover_far_ones(drawn: SceneSkeleton, pose: ScenePose) -> None:
    body = balls(compose(STAGE, drawn, pose, NONE).body)
    at = STAGE.project(pose.joints)
    order = [int(np.argmin(np.hypot(*(at.places - place).T))) for place in body.start]
    assert_array_equal(np.diff(at.depth[order]) <= 0, True)


def test_a_joint_that_was_not_clicked_is_translucent_with_its_bones(drawn: SceneSkeleton, standing: np.ndarray) -> None:
    given = np.arange(7) != 2  # the rump: three bones touch it
    body = compose(STAGE, drawn, Framing().placed(standing, given), NONE).body
    assert (balls(body).color[:, 3] == GHOST_ALPHA).sum() == 1
    assert (rods(body).color[:, 3] == GHOST_ALPHA).sum() == 3


def test_far_joints_fade_into_the_background(drawn: SceneSkeleton, pose: ScenePose) -> None:
    hazy = replace(STAGE, look=replace(LOOK, haze=0.5))
    clear, faded = (balls(compose(s, drawn, pose, NONE).body).color[:, :3] for s in (STAGE, hazy))
    change = np.abs(faded - clear).sum(axis=1)
    assert change[0] > change[-1]


def test_a_missing_joint_is_left_out_with_its_bones(drawn: SceneSkeleton, standing: np.ndarray) -> None:
    standing[1] = np.nan
    picture = compose(STAGE, drawn, Framing().placed(standing), NONE)
    assert len(balls(picture.body)) == 6
    assert len(rods(picture.body)) == 5
    assert len(picture.shadow) == 5


def test_a_pose_of_which_nothing_is_known_is_an_empty_floor(drawn: SceneSkeleton) -> None:
    picture = compose(STAGE, drawn, Framing().placed(np.full((7, 3), np.nan)), Emphasis(1, 2, True))
    assert len(balls(picture.body)) == len(rods(picture.body)) == len(picture.shadow) == 0
    assert len(picture.floor) > 50


def test_a_selected_joint_has_a_ring_just_behind_its_ball(drawn: SceneSkeleton, pose: ScenePose) -> None:
    body = compose(STAGE, drawn, pose, Emphasis(selected=5)).body
    place = STAGE.project(pose.joints).places[5]
    here = body.taken((body.start == body.end).all(axis=1) & np.isclose(body.start, place).all(axis=1))
    assert_array_equal(np.diff(here.radius) < 0, True)
    assert len(here) == 3
    assert_allclose(here.color[0, :3] * 255, LOOK.ring)
    assert_array_equal(here.shade, [0, 0, 1])


def test_hovering_over_the_selected_joint_adds_no_second_ring(drawn: SceneSkeleton, pose: ScenePose) -> None:
    once = compose(STAGE, drawn, pose, Emphasis(selected=5)).body
    both = compose(STAGE, drawn, pose, Emphasis(selected=5, hovered=5)).body
    other = compose(STAGE, drawn, pose, Emphasis(selected=5, hovered=4)).body
    assert len(both) == len(once) == len(other) - 2


def test_uncertain_depths_are_lines_along_the_photo_s_line_of_sight(drawn: SceneSkeleton, standing: np.ndarray) -> None:
    std = np.array([0, 0, 0, 0, 20.0, 0, np.nan])
    pose = Framing().placed(standing, depth_std=std)
    plain = compose(STAGE, drawn, pose, NONE).body
    body = compose(STAGE, drawn, pose, Emphasis(uncertainty=True)).body
    assert len(body) == len(plain) + 1
    line = body.taken(body.color[:, 3] == WHISKER_ALPHA)
    step = np.array([0, pose.depth_std[4], 0])
    ends = STAGE.project(np.array([pose.joints[4] - step, pose.joints[4] + step])).places
    assert_allclose([line.start[0], line.end[0]], ends)


def test_the_shadow_lies_on_the_floor(drawn: SceneSkeleton, pose: ScenePose) -> None:
    shadow = compose(STAGE, drawn, pose, NONE).shadow
    below = pose.joints.copy()
    below[:, 2] = pose.floor
    expected = STAGE.project(below).places[drawn.bones]
    assert_allclose(shadow.start, expected[:, 0])
    assert_allclose(shadow.end, expected[:, 1])


def test_the_floor_has_no_edge() -> None:
    floor = floor_strokes(STAGE, -0.6)
    assert floor.color[:, 3].min() < 0.15 * LOOK.grid_alpha
    assert floor.color[:, 3].max() == pytest.approx(LOOK.grid_alpha)
    assert len(np.unique(floor.color[:, 3])) <= 10


def test_seen_edge_on_the_floor_is_faint() -> None:
    level = replace(STAGE, camera=OrbitCamera(0.0, 0.0))
    assert floor_strokes(level, -0.6).color[:, 3].max() <= 0.31 * LOOK.grid_alpha


def test_the_photo_s_camera_stands_on_the_floor_unless_one_looks_through_it() -> None:
    assert len(empty_picture(STAGE).body) == 8
    assert lens_label_place(STAGE, -0.6) is not None
    through = replace(STAGE, camera=OrbitCamera(azimuth=math.radians(3), elevation=0.0))
    assert len(empty_picture(through).body) == 0
    assert lens_label_place(through, -0.6) is None


@pytest.mark.parametrize("size", [(130, 400), (400, 90)])
def test_half_of_the_photo_s_camera_is_not_drawn(size: tuple[int, int]) -> None:
    small = replace(STAGE, width=size[0], height=size[1], camera=OrbitCamera(distance=2.0))
    assert len(empty_picture(small).body) == 0
    assert lens_label_place(small, -0.6) is None


def test_standing_inside_the_animal_nothing_behind_the_viewer_is_drawn(drawn: SceneSkeleton, pose: ScenePose) -> None:
    inside = replace(STAGE, camera=OrbitCamera(distance=0.4))
    at = inside.project(pose.joints)
    assert at.behind.any()
    body = compose(inside, drawn, pose, NONE).body
    assert len(balls(body)) == (~at.behind).sum()
    assert np.isfinite(body.start).all() and np.isfinite(body.radius).all()


def test_a_second_pose_is_thinner_and_without_sides(drawn: SceneSkeleton, pose: ScenePose) -> None:
    alone = compose(STAGE, drawn, pose, NONE)
    other = replace(pose, joints=pose.joints + (0.0, 0.0, 0.1))
    both = compose(STAGE, drawn, pose, NONE, other)
    added = both.body.taken(both.body.color[:, 3] == OTHER_ALPHA)
    assert len(both.body) == len(alone.body) + len(added)
    assert len(balls(added)) == 7 and len(rods(added)) == 6
    assert_allclose(added.color[:, :3], np.broadcast_to(np.array(LOOK.other) / 255, (13, 3)))
    assert_allclose(rods(added).radius.mean() / rods(alone.body).radius.mean(), OTHER_SIZE, rtol=0.03)
    assert balls(added).start[:, 1].mean() < balls(alone.body).start[:, 1].mean()  # higher up


def test_what_has_to_be_in_view_is_joints_and_the_floor_under_them(pose: ScenePose) -> None:
    assert pose.reach.shape == (8, 3)
    assert pose.reach[-1, 2] == pose.floor
    nothing = replace(pose, joints=np.full((7, 3), np.nan))
    assert nothing.reach.shape == (0, 3)
