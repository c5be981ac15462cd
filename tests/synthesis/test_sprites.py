"""Sprites stand on their foot, grow nearer, and hide one another by distance."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.synthesis.scene import Camera, look_at
from poseviewer.synthesis.sprites import SIDE, Planted, Sprite, grass_tuft, paint_all, tree

HAZE = np.array([0.5, 0.5, 0.5], dtype=np.float32)
FAR = 1e9
WHITE = (0.9, 0.9, 0.9)


def block(colour: tuple[float, float, float]) -> Sprite:
    picture = np.zeros((SIDE, SIDE, 4), dtype=np.float32)
    picture[:, SIDE // 4 : 3 * SIDE // 4] = (*colour, 1.0)
    return Sprite.of(picture)


def camera() -> Camera:
    return look_at(np.array([0.0, -2000.0, 300.0]), np.array([0.0, 0.0, 300.0]), 200.0, (200, 200))


def painted(*planted: Planted, clear: float = FAR) -> np.ndarray:
    image = np.zeros((200, 200, 3), dtype=np.float32)
    paint_all(image, list(planted), camera(), HAZE, clear, time=0.0)
    return image


def test_a_sprite_stands_on_its_foot_and_is_as_tall_as_it_is() -> None:
    image = painted(Planted(block((1.0, 0.0, 0.0)), 0.0, 0.0, 500.0))

    rows, columns = np.nonzero(image[..., 0] > 0.5)
    foot_x, foot_y = camera().project(np.array([0.0, 0.0, 0.0]))
    assert columns.mean() == pytest.approx(foot_x, abs=1)
    assert rows.max() == pytest.approx(foot_y, abs=1.5)
    assert np.ptp(rows) + 1 == pytest.approx(500 * 200 / 2000, abs=2)


def test_the_nearer_one_hides_the_farther_in_any_order() -> None:
    near = Planted(block((1.0, 0.0, 0.0)), 0.0, -500.0, 800.0)
    far = Planted(block((0.0, 1.0, 0.0)), 0.0, 500.0, 800.0)

    assert np.array_equal(painted(near, far), painted(far, near))
    assert painted(near, far)[100, 100].tolist() == pytest.approx([1, 0, 0], abs=1e-5)


def test_haze_covers_the_distance() -> None:
    sprite = Planted(block((1.0, 0.0, 0.0)), 0.0, 0.0, 800.0)

    assert painted(sprite, clear=1.0)[100, 100] == pytest.approx(HAZE)


def test_behind_the_camera_and_beside_the_picture_nothing_is_painted() -> None:
    red = block((1.0, 0.0, 0.0))

    assert not painted(Planted(red, 0.0, -4000.0, 800.0), Planted(red, 9000.0, 0.0, 300.0)).any()


@pytest.mark.parametrize("plant", ["grass", "flower", "tree"])
def test_plants_are_repeatable_and_partly_clear(plant: str) -> None:
    def grow() -> Sprite:
        random = np.random.default_rng(4)
        return tree(random, 0.5) if plant == "tree" else grass_tuft(random, WHITE if plant == "flower" else None)

    one, two = grow().levels[0], grow().levels[0]

    assert np.array_equal(one, two)
    assert 0.05 < (one[..., 3] > 0.5).mean() < 0.9
    assert (one[..., :3].max(axis=-1) <= one[..., 3] + 1e-5).all()
