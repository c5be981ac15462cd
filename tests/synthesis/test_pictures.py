"""Pictures agree with their keypoints, a seed means the same pictures, and torch makes the same ones as numpy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.core.errors import PoseviewerError
from poseviewer.core.ranges import RangePreset
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis import pictures
from poseviewer.synthesis.picture_backgrounds import Backgrounds
from poseviewer.synthesis.picture_coats import NUMBERS
from poseviewer.synthesis.picture_scene import Scene, sample_scene, visibility
from poseviewer.synthesis.pictures import (
    PictureBatch,
    PictureStream,
    draw,
    picture_rows,
    picture_stream,
    render_pictures,
)

QUADRUPED = load_ranges("quadruped16")
SIDE = 96


def uniforms_of(ranges: RangePreset, count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((picture_rows(ranges), count), dtype=np.float32)


def star() -> RangePreset:
    """A tree that nobody has drawn a body for: five arms."""
    names = ["middle", *(f"{part}_{k}" for k in range(5) for part in ("arm", "tip"))]
    bones = [b for k in range(5) for b in (("middle", f"arm_{k}"), (f"arm_{k}", f"tip_{k}"))]
    skeleton = Skeleton.from_names("star", names, bones)
    template = load_ranges("hand21")
    count = skeleton.bone_count
    return RangePreset("star", skeleton, template.ranges[:count], template.lengths[:count])


def test_the_same_arguments_make_the_same_pictures() -> None:
    one, two, other = (picture_stream(QUADRUPED, 3, step, 18, SIDE) for step in (5, 5, 6))

    assert np.array_equal(one.images, two.images)
    assert np.array_equal(one.keypoints, two.keypoints)
    assert np.array_equal(one.visibility, two.visibility)
    assert not np.array_equal(one.images, other.images)


def test_a_shorter_stretch_is_the_beginning_of_a_longer_one() -> None:
    few, many = picture_stream(QUADRUPED, 3, 5, 3, SIDE), picture_stream(QUADRUPED, 3, 5, 20, SIDE)

    assert np.array_equal(few.visibility, many.visibility[:3])
    np.testing.assert_allclose(few.keypoints, many.keypoints[:3], atol=1e-3)
    assert np.mean(few.images == many.images[:3]) > 0.999


def same(one: PictureBatch, other: PictureBatch) -> bool:
    return all(np.array_equal(getattr(one, n), getattr(other, n)) for n in ("images", "keypoints", "visibility"))


def test_processes_draw_what_one_thread_draws() -> None:
    frames = np.random.default_rng(0).integers(0, 255, (3, 40, 60, 3), dtype=np.uint8)
    with (
        PictureStream(QUADRUPED, 3, SIDE, frames, cores=2) as many,
        PictureStream(QUADRUPED, 3, SIDE, frames, 1) as one,
    ):
        many.workers.start()
        assert many.workers.wait(30)
        for step in (0, 7):
            assert same(many.pictures(step, 20), one.pictures(step, 20))
        assert len(many.workers.processes) == 2


def test_what_was_begun_ahead_is_what_would_be_drawn() -> None:
    with PictureStream(QUADRUPED, 3, SIDE, cores=2) as ahead, PictureStream(QUADRUPED, 3, SIDE, cores=1) as one:
        for step in (0, 1, 9):  # the last one is not among those begun
            drawn = ahead.pictures(step, 5)
            ahead.ahead(range(step + 1, 11), 5)
            assert same(drawn, one.pictures(step, 5))
            assert ahead.pictures(step, 5) is drawn
        assert [step for step, _ in ahead._begun] == [10]


def test_processes_are_started_where_they_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MANY", 10)
    none = np.zeros((0, 8, 8, 3), np.uint8)
    with PictureStream(QUADRUPED, 0, 16, none, cores=2) as stream:
        stream.pictures(0, 9)
        assert not stream.workers.wait(0)
        stream.pictures(1, 1)
        assert stream.workers.wait(30)


@pytest.mark.parametrize("name", ["quadruped16", "quadruped16.mouse", "human17", "human16", "human14", "hand21"])
def test_every_skeleton_gets_pictures(name: str) -> None:
    ranges = load_ranges(name)
    count = ranges.skeleton.joint_count
    batch = picture_stream(ranges, 0, 0, 24, SIDE)

    assert batch.images.shape == (24, SIDE, SIDE, 3)
    assert batch.images.dtype == np.uint8
    assert batch.keypoints.shape == (24, count, 2)
    assert batch.keypoints.dtype == np.float32
    assert batch.visibility.shape == (24, count)
    assert np.isfinite(batch.keypoints).all()
    assert (batch.images.reshape(24, -1).std(axis=1) > 3).all()
    shares = np.bincount(batch.visibility.ravel(), minlength=3) / batch.visibility.size
    assert shares[2] > 0.4
    assert shares[1] > 0.03


def test_a_tree_that_a_user_draws_gets_pictures() -> None:
    ranges = star()
    batch = render_pictures(ranges, uniforms_of(ranges, 8), SIDE)

    assert batch.visibility.shape == (8, 11)
    assert (batch.visibility == 2).mean() > 0.5


def test_absent_means_outside_the_picture() -> None:
    batch = picture_stream(QUADRUPED, 1, 0, 60, SIDE)
    x, y = batch.keypoints[..., 0], batch.keypoints[..., 1]
    outside = (x < -0.5) | (x >= SIDE - 0.5) | (y < -0.5) | (y >= SIDE - 0.5)

    assert np.array_equal(batch.visibility == 0, outside)
    assert 0.005 < outside.mean() < 0.25


def test_most_bodies_fill_a_good_part_of_the_picture() -> None:
    batch = picture_stream(QUADRUPED, 2, 0, 60, SIDE)
    size = (batch.keypoints.max(axis=1) - batch.keypoints.min(axis=1)).max(axis=1) / SIDE

    assert (size > 0.3).mean() > 0.9
    assert 0.4 < np.median(size) < 0.9


def plain(scene: Scene, colours: np.ndarray) -> Scene:
    """The same bodies in flat colours (3, R) before black, without clutter, shadow or a lens."""
    count = scene.terms.shape[-1]
    coats = scene.coats
    numbers = 0 * coats.numbers
    numbers[NUMBERS.index("scale")] = 1
    numbers[NUMBERS.index("ambient")] = 1
    coats = replace(
        coats,
        colours=np.repeat(colours[:, :, None], count, axis=2).astype(np.float32),
        numbers=numbers,
        sun=0 * coats.sun,
        sky=np.ones_like(coats.sky),
    )
    black = {name: 0 * value for name, value in scene.backgrounds.colours.items()}
    lens = {name: 0 * value for name, value in scene.lens.items()}
    lens |= dict.fromkeys(("exposure", "contrast", "gamma", "saturation", "red", "blue"), 1 + 0 * lens["grey"])
    boxes = scene.boxes | {name: [[[0.0] * 4] * count] * len(scene.boxes[name]) for name in ("things", "boards")}
    boxes |= {"grass": [0.0] * count, "dark": [0.0] * count}
    backgrounds = Backgrounds(scene.backgrounds.numbers | {"blur": lens["grey"]}, black, scene.backgrounds.own)
    return replace(scene, coats=coats, lens=lens, boxes=boxes, backgrounds=backgrounds)


def test_a_visible_keypoint_lies_on_its_own_part_of_the_picture() -> None:
    """Legs and paws red, head, muzzle and nose green, all else blue: what shows at a paw that is seen is red."""
    scene = sample_scene(QUADRUPED, uniforms_of(QUADRUPED, 60), 128, 0)
    roles = scene.body.plan.roles
    groups = {"leg": 0, "paw": 0, "head": 1, "muzzle": 1, "nose": 1}
    colours = np.zeros((3, len(roles)))
    for k, role in enumerate(roles):
        colours[groups.get(role, 2), k] = 1
    scene = plain(scene, colours)
    names = QUADRUPED.skeleton.joints
    shown, hidden = [], []
    for i in range(60):
        canvas, image = draw(scene, slice(i, i + 1), 128, None)
        seen = visibility(canvas, scene.figures, slice(i, i + 1), 128)[0]
        for j, name in enumerate(names):
            group = 0 if "paw" in name else 1 if name == "nose" else None
            if group is None or seen[j] == 0:
                continue
            x, y = np.rint(scene.figures.keypoints[:, j, i]).astype(int)
            right = image[0, y, x].argmax() == group and image[0, y, x].max() > 20
            (shown if seen[j] == 2 else hidden).append(right)

    assert len(shown) > 150
    assert np.mean(shown) > 0.93
    assert np.mean(hidden) < 0.6


def test_dark_and_light_bodies_stand_before_dark_and_light_places() -> None:
    batch = picture_stream(QUADRUPED, 4, 0, 80, SIDE)
    light = batch.images.mean(axis=(1, 2, 3))
    grey = (np.ptp(batch.images.astype(int), axis=-1) <= 2).mean(axis=(1, 2)) > 0.99

    assert np.quantile(light, 0.1) < 90 < 130 < np.quantile(light, 0.9)
    assert 0.08 < grey.mean() < 0.5


def test_frames_of_the_user_are_behind_the_bodies_and_move_no_keypoint() -> None:
    frames = np.zeros((2, 50, 70, 3), np.uint8)
    frames[..., 0] = 250
    uniforms = uniforms_of(QUADRUPED, 20)
    without, with_frames = (render_pictures(QUADRUPED, uniforms, SIDE, b) for b in (None, frames))

    assert np.array_equal(without.keypoints, with_frames.keypoints)
    assert np.array_equal(without.visibility, with_frames.visibility)
    changed = (without.images != with_frames.images).mean(axis=(1, 2, 3)) > 0.1
    assert 0.3 < changed.mean() < 0.9


def test_torch_makes_the_same_pictures() -> None:
    torch = pytest.importorskip("torch")
    for name in ("quadruped16", "human17"):
        ranges = load_ranges(name)
        uniforms = uniforms_of(ranges, 12, 5)
        frames = np.random.default_rng(0).integers(0, 255, (3, 40, 60, 3), dtype=np.uint8)
        a = render_pictures(ranges, uniforms, SIDE, frames)
        b = render_pictures(ranges, torch.from_numpy(uniforms), SIDE, torch.from_numpy(frames), together=5)

        assert b.images.dtype == torch.uint8
        np.testing.assert_allclose(a.keypoints, b.keypoints.numpy(), atol=2e-3)
        assert np.mean(a.visibility == b.visibility.numpy()) > 0.99
        # A texel at its edge may be rounded to its neighbour.
        off = np.abs(a.images.astype(int) - b.images.numpy().astype(int))
        assert np.mean(off <= 2) > 0.97
        assert off.mean() < 1


def test_drawing_many_at_once_makes_the_same_pictures() -> None:
    uniforms = uniforms_of(QUADRUPED, 6, 2)
    one, many = (render_pictures(QUADRUPED, uniforms, SIDE, together=k) for k in (1, 4))

    assert np.array_equal(one.visibility, many.visibility)
    off = np.abs(one.images.astype(int) - many.images.astype(int))
    # What a block of a compressed picture is rounded to hangs on the last bit.
    assert np.mean(off <= 2) > 0.96
    assert off.mean() < 0.5


def test_bad_requests_are_refused() -> None:
    with pytest.raises(PoseviewerError, match="Cannot render 0 pictures; ask for at least 1"):
        picture_stream(QUADRUPED, 0, 0, 0)
    with pytest.raises(PoseviewerError, match="Backgrounds of 4 x 8 x 8 uint8 are no RGB pictures"):
        picture_stream(QUADRUPED, 0, 0, 1, 64, np.zeros((4, 8, 8), np.uint8))
