"""What is behind bodies."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.synthesis.picture_backgrounds import (
    BACKGROUND_ROWS,
    own_frames,
    paint,
    same_kind,
    sample_backgrounds,
)
from poseviewer.synthesis.picture_textures import textures

SIDE = 64
STEPS = np.arange(SIDE, dtype=np.float32)
UNIFORMS = np.random.default_rng(0).random((BACKGROUND_ROWS, 60), dtype=np.float32)
ELEVATION = np.linspace(-0.2, 1.5, 60, dtype=np.float32)


def test_places_differ() -> None:
    pictures = paint(sample_backgrounds(UNIFORMS, ELEVATION, 0), slice(0, 60), STEPS, textures().like(STEPS))

    assert pictures.shape == (60, 3, SIDE, SIDE)
    assert np.isfinite(pictures).all()
    light = pictures.mean(axis=(1, 2, 3))
    assert light.std() > 0.1
    contrast = pictures.std(axis=(2, 3)).max(axis=1)
    assert np.quantile(contrast, 0.1) < 0.1 < 0.15 < np.quantile(contrast, 0.9)


def test_frames_are_cut_turned_round_and_never_left() -> None:
    frames = np.zeros((3, 40, 60, 3), np.uint8)
    frames[..., 0] = np.array([50, 100, 200])[:, None, None]
    frames[..., 1] = np.arange(60) * 4
    backgrounds = sample_backgrounds(UNIFORMS, ELEVATION, 3)
    pictures, chosen = own_frames(backgrounds, slice(0, 60), frames, STEPS)

    assert set(np.unique(np.rint(pictures[:, 0] * 255))) == {50, 100, 200}
    assert 0.4 < chosen.mean() < 0.8
    slopes = np.sign(pictures[:, 1, 0, -1] - pictures[:, 1, 0, 0])
    assert {-1, 1} <= set(slopes)
    assert sample_backgrounds(UNIFORMS, ELEVATION, 0).own[0].max() < 0


def test_frames_follow_the_uniform_numbers() -> None:
    torch = pytest.importorskip("torch")
    frames = np.zeros((1, 4, 4, 3), np.uint8)

    assert same_kind(frames, STEPS) is frames
    assert torch.is_tensor(same_kind(frames, torch.zeros(2)))
