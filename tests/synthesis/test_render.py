"""Small scenes whose pictures can be told beforehand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.synthesis.body import Anchor, Body, Frame, Part
from poseviewer.synthesis.coat import PlainCoat, farm_dog
from poseviewer.synthesis.dog import DOG
from poseviewer.synthesis.gait import Trot, trot
from poseviewer.synthesis.render import FAST, Quality, keypoint_visibility, render, skin_depths
from poseviewer.synthesis.scene import Camera, Light, look_at

SIZE = (160, 120)
GREY = np.full((SIZE[1], SIZE[0], 3), 0.2, dtype=np.float32)
RED, BLUE = (0.8, 0.02, 0.02), (0.02, 0.02, 0.8)
MARKED = (0.02, 0.7, 0.02)


def balls(radius: float = 20.0) -> Body:
    """Two balls, about the joints 'red' and 'blue'; a third joint, 'left', tells the side."""

    def ball(name: str, colour: tuple[float, float, float]) -> Part:
        anchor = Anchor(body_rest[name], ((name, 1.0),))
        return Part(name, anchor, anchor, (radius, radius), colour=colour)

    body_rest = {"red": (0.0, 0.0, 0.0), "blue": (0.0, 200.0, 0.0), "left": (90.0, 0.0, 0.0)}
    return Body(
        joints=("red", "blue", "left"),
        rest=body_rest,
        hinges=(),
        frames={name: Frame(name, ("red", "blue"), ("left", "red")) for name in ("red", "blue")},
        parts=(ball("red", RED), ball("blue", BLUE)),
        skin_depth=dict.fromkeys(("red", "blue", "left"), radius * 1.2),
        size_bone=("red", "blue"),
        blend=5.0,
    )


def joints_of(body: Body) -> np.ndarray:
    return np.array([body.rest[name] for name in body.joints])


def ahead(distance: float = 1000.0) -> Camera:
    """Looking along +y at the origin: the red ball is exactly in front of the blue one."""
    return look_at(np.array([0.0, -distance, 0.0]), np.zeros(3), 800.0, SIZE)


def test_a_ball_is_where_it_should_be_and_as_deep_and_as_large() -> None:
    body = balls()

    rendered = render(body, joints_of(body), ahead(), Light(), GREY)

    red = rendered.part == 0
    rows, columns = np.nonzero(red)
    assert (columns.mean(), rows.mean()) == pytest.approx(ahead().centre, abs=0.5)
    assert red.sum() == pytest.approx(np.pi * (800 * 20 / 1000) ** 2, rel=0.03)
    assert rendered.depth.min() == pytest.approx(980, abs=0.1)
    assert np.isinf(rendered.depth[0, 0])
    assert rendered.part[0, 0] == -1


def test_the_picture_shows_each_part_in_its_colour_over_the_background() -> None:
    body = balls()
    camera = look_at(np.array([1000.0, 100.0, 0.0]), np.array([0.0, 100.0, 0.0]), 500.0, SIZE)

    rendered = render(body, joints_of(body), camera, Light(), GREY)

    (red_x, red_y), (blue_x, blue_y), _ = np.rint(camera.project(joints_of(body))).astype(int)
    assert rendered.image[red_y, red_x].argmax() == 0
    assert rendered.image[blue_y, blue_x].argmax() == 2
    assert rendered.image[0, 0].tolist() == [124, 124, 124]


def test_a_joint_behind_a_ball_is_occluded_and_comes_out_when_the_camera_moves() -> None:
    body = balls()
    joints = joints_of(body)
    depths = skin_depths(body)

    def seen(camera: Camera) -> list[int]:
        rendered = render(body, joints, camera, Light(), GREY)
        return keypoint_visibility(rendered, joints, camera, depths).tolist()

    assert seen(ahead()) == [2, 1, 2]
    assert seen(look_at(np.array([700.0, -700.0, 0.0]), np.zeros(3), 300.0, SIZE)) == [2, 2, 2]


def test_a_joint_outside_the_picture_or_behind_the_camera_is_absent() -> None:
    body = balls()
    joints = joints_of(body)
    aside = look_at(np.array([0.0, -1000.0, 0.0]), np.array([-130.0, 0.0, 0.0]), 800.0, SIZE)
    rendered = render(body, joints, aside, Light(), GREY)

    assert keypoint_visibility(rendered, joints, aside, skin_depths(body)).tolist()[2] == 0

    between = look_at(np.array([0.0, 100.0, 0.0]), np.array([0.0, 200.0, 0.0]), 100.0, SIZE)
    rendered = render(body, joints, between, Light(), GREY)
    assert keypoint_visibility(rendered, joints, between, skin_depths(body)).tolist() == [0, 2, 0]


def test_the_light_comes_from_the_sun() -> None:
    body = balls()

    rendered = render(body, joints_of(body), ahead(), Light(sun=(-1.0, -0.3, 0.0)), GREY, PlainCoat())

    left, right = rendered.image[60, 68, 0], rendered.image[60, 92, 0]
    assert int(left) > int(right) + 30


def dog_view(size: tuple[int, int] = SIZE) -> tuple[np.ndarray, Camera]:
    joints = trot(np.array([0.1]), DOG, Trot())[0]
    middle = np.array([0.0, 110.0, 340.0])
    return joints, look_at(middle + np.array([2600.0, -900.0, 500.0]), middle, 1.75 * size[0], size)


@pytest.mark.parametrize("quality", [FAST, Quality()], ids=["fast", "fine"])
def test_the_same_call_makes_the_same_picture(quality: Quality) -> None:
    joints, camera = dog_view()

    first, second = (render(DOG, joints, camera, Light(), GREY, farm_dog(), quality) for _ in range(2))

    assert np.array_equal(first.image, second.image)
    assert np.array_equal(first.depth, second.depth)
    assert np.array_equal(first.part, second.part)


@pytest.mark.parametrize("quality", [FAST, Quality(shadows=False)], ids=["fast", "blended"])
def test_a_paw_is_drawn_where_its_keypoint_is(quality: Quality) -> None:
    joints, camera = dog_view()
    marked = replace(
        DOG, parts=tuple(replace(p, colour=MARKED) if p.name.endswith("_paw") else p for p in DOG.parts)
    )  # fmt: skip

    rendered = render(marked, joints, camera, Light(), GREY, PlainCoat((0.6, 0.6, 0.6)), quality)

    seen = keypoint_visibility(rendered, joints, camera, skin_depths(DOG))
    paws = [i for i, name in enumerate(DOG.joints) if name.endswith("_paw") and seen[i] == 2]
    assert len(paws) >= 3
    for i in paws:
        x, y = np.rint(camera.project(joints[i])).astype(int)
        red, green, blue = rendered.image[y, x].astype(int)
        assert green > red + 40 and green > blue + 40, DOG.joints[i]


def test_the_far_shoulder_and_hip_are_hidden_and_the_near_ones_are_not() -> None:
    joints, _ = dog_view()
    camera = look_at(np.array([2600.0, 110.0, 500.0]), np.array([0.0, 110.0, 340.0]), 280.0, SIZE)
    rendered = render(DOG, joints, camera, Light(), GREY)

    seen = dict(zip(DOG.joints, keypoint_visibility(rendered, joints, camera, skin_depths(DOG)), strict=True))

    assert [seen[n] for n in ("nose", "neck", "tail_base", "tail_tip", "left_shoulder", "left_hip")] == [2] * 6
    assert [seen[n] for n in ("right_shoulder", "right_hip")] == [1, 1]


def test_a_blended_skin_covers_the_parts_and_fills_their_creases() -> None:
    joints, camera = dog_view()

    bare = render(DOG, joints, camera, Light(), GREY)
    blended = render(DOG, joints, camera, Light(), GREY, quality=Quality(oversample=1, shadows=False))

    covered = np.isfinite(blended.depth)
    assert covered[np.isfinite(bare.depth)].mean() > 0.99
    both = covered & np.isfinite(bare.depth)
    assert (blended.depth[both] <= bare.depth[both] + 1.0).mean() > 0.999
    assert (covered.sum() - np.isfinite(bare.depth).sum()) < 0.15 * covered.sum()


def test_the_shadow_lies_on_the_ground_away_from_the_sun() -> None:
    joints, _ = dog_view()
    camera = look_at(np.array([0.0, -3000.0, 900.0]), np.array([0.0, 100.0, 100.0]), 140.0, SIZE)
    bright = np.full_like(GREY, 0.6)

    rendered = render(DOG, joints, camera, Light(sun=(1.0, 0.0, 0.9)), bright, quality=Quality(oversample=1))

    ground = np.where(np.isfinite(rendered.depth), 1000, rendered.image[..., 0].astype(int))
    x, y = np.rint(camera.project(np.array([[-380.0, 150.0, 0.0], [380.0, 150.0, 0.0]]))).astype(int).T
    assert ground[y[0], x[0]] < ground[y[1], x[1]] - 30
    assert rendered.image[0, 0].tolist() == rendered.image[0, -1].tolist()


def test_an_animal_out_of_sight_leaves_the_background() -> None:
    joints, camera = dog_view()

    rendered = render(DOG, joints + [0.0, 90_000.0, 0.0], camera, Light(), GREY)

    assert (rendered.part == -1).all()
    assert (rendered.image == rendered.image[0, 0]).all()
