"""Places from made-up heatmaps."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from poseviewer.models.decoding import SIDE, SIGMA, argmax, heat, heat_at, positive_weight, soft_argmax


def gaussian(x: float, y: float, height: float = 0.99) -> Tensor:
    grid = torch.arange(SIDE, dtype=torch.float64)
    return height * torch.exp(-((grid - x) ** 2 + (grid[:, None] - y) ** 2) / (2 * SIGMA**2))


def learned(target: Tensor) -> Tensor:
    """The logits of least loss for a target: of p = lambda Y / (lambda Y + 1 - Y)."""
    weight = positive_weight()
    p = weight * target / (weight * target + 1 - target)
    return torch.log(p.clamp(min=1e-30) / (1 - p)).float()[None, None]


def test_lambda_is_the_papers() -> None:
    assert positive_weight() == pytest.approx(208.6, abs=0.05)


def test_the_target_comes_back_from_what_the_loss_makes_of_it() -> None:
    target = gaussian(100.0, 50.0)

    assert torch.allclose(heat(learned(target))[0, 0], target.float(), atol=1e-5)


def test_argmax_is_the_highest_pixel() -> None:
    logits = torch.zeros(1, 2, 8, 16)
    logits[0, 0, 3, 12] = 1
    logits[0, 1, 7, 0] = 1

    assert argmax(logits).tolist() == [[[12, 3], [0, 7]]]


@pytest.mark.parametrize(("x", "y"), [(100.25, 50.6), (30.0, 200.49), (128.5, 128.5)])
def test_soft_argmax_is_finer_than_pixels(x: float, y: float) -> None:
    found = soft_argmax(learned(gaussian(x, y)))[0, 0]

    assert math.hypot(found[0] - x, found[1] - y) < 0.05


def test_another_candidate_does_not_pull() -> None:
    logits = learned(torch.maximum(gaussian(60.3, 60.0), gaussian(200.0, 190.0, height=0.9)))

    assert soft_argmax(logits)[0, 0].tolist() == pytest.approx([60.3, 60.0], abs=0.05)


def test_the_heat_of_a_place_says_how_sure_it_is() -> None:
    logits = torch.cat([learned(gaussian(60.0, 80.0)), learned(gaussian(60.0, 80.0, height=0.3))], dim=1)

    on = heat_at(logits, torch.tensor([[[60.0, 80.0], [60.0, 80.0]]]))
    off = heat_at(logits, torch.tensor([[[60.0, 80.0 + SIGMA], [500.0, 80.0]]]))

    assert on[0].tolist() == pytest.approx([0.99, 0.3], abs=1e-3)
    assert off[0].tolist() == pytest.approx([0.99 * math.exp(-0.5), 0.0], abs=1e-3)
