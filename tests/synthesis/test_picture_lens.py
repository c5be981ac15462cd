"""A lens changes how things look, never where they are."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.synthesis.picture_lens import DIRECTIONS, LENS_ROWS, REACHES, blur, develop, sample_lens
from poseviewer.synthesis.picture_textures import textures

SIDE = 64
STEPS = np.arange(SIDE, dtype=np.float32)
LENS = sample_lens(np.random.default_rng(0).random((LENS_ROWS, 300), dtype=np.float32))


def neutral(**changed: float) -> dict[str, np.ndarray]:
    numbers = {name: np.zeros(1, np.float32) for name in LENS}
    ones = ("exposure", "contrast", "gamma", "saturation", "red", "blue")
    return (
        numbers | {n: np.ones(1, np.float32) for n in ones} | {n: np.full(1, v, np.float32) for n, v in changed.items()}
    )


def developed(picture: np.ndarray, **changed: float) -> np.ndarray:
    return develop(picture.copy(), neutral(**changed), STEPS, textures().like(STEPS))[0]


def test_a_dot_stays_where_it_is() -> None:
    for reach in REACHES:
        for direction in range(len(DIRECTIONS)):
            picture = np.zeros((1, 3, SIDE, SIDE), np.float32)
            picture[0, :, 30, 22] = 1
            blur(picture, {(reach, direction): np.ones(1, np.float32)})
            y, x = np.mgrid[:SIDE, :SIDE]
            assert picture[0, 0].sum() == pytest.approx(1)
            assert (picture[0, 0] * x).sum() == pytest.approx(22, abs=1e-4)
            assert (picture[0, 0] * y).sum() == pytest.approx(30, abs=1e-4)
            assert picture[0, 0].max() == pytest.approx(0.5)


def test_a_neutral_lens_changes_nothing() -> None:
    picture = np.random.default_rng(0).random((1, 3, SIDE, SIDE), dtype=np.float32)
    seen = developed(picture)

    assert seen.dtype == np.uint8
    assert np.abs(seen.transpose(2, 0, 1) / 255 - picture[0]).max() < 0.005


def test_each_number_does_what_it_says() -> None:
    picture = np.random.default_rng(0).random((1, 3, SIDE, SIDE), dtype=np.float32) * 0.5 + 0.2
    same = developed(picture).astype(int)

    assert np.ptp(developed(picture, grey=1.0).astype(int), axis=-1).max() <= 1
    assert developed(picture, contrast=0.6).std() < same.std() < developed(picture, contrast=1.3).std()
    assert developed(picture, exposure=1.3).mean() > same.mean()
    assert developed(picture, gamma=1.4).mean() < same.mean()
    noisy = developed(picture, noise=0.03, noise_size=1.0) - same
    assert 2 < noisy.std() < 12
    pressed = developed(picture, press=1.0) - same
    assert pressed.std() > 5
    assert abs(pressed.mean()) < 4


def test_lenses_differ_and_most_are_good() -> None:
    assert 0.1 < (LENS["grey"] > 0).mean() < 0.4
    assert 0.15 < (LENS["press"] > 0).mean() < 0.5
    assert np.median(LENS["noise"]) < 0.01
    sharp = np.stack([LENS[f"blur {r} {d}"] for r in REACHES for d in range(4)]).sum(axis=0) == 0
    assert 0.2 < sharp.mean() < 0.6
