"""The losses of 001, section 3.2, against cases computed by hand."""

from __future__ import annotations

import math

import pytest
import torch

from training.landmark_losses import heat_loss, heat_targets, keypoint_weights, place_loss


def test_the_target_is_a_gaussian_of_height_one() -> None:
    keypoints = torch.tensor([[[100.0, 40.0], [math.nan, math.nan], [400.0, 40.0]]])

    target = heat_targets(keypoints, sigma=10)

    assert target.shape == (1, 3, 256, 256)
    assert target[0, 0, 40, 100] == 1
    assert target[0, 0, 50, 100].item() == pytest.approx(math.exp(-0.5))
    assert target[0, 0, 40, 120].item() == pytest.approx(math.exp(-2))
    assert target[0, 1].sum() == 0
    assert target[0, 2].max() < 1e-20, "a keypoint outside of the picture is nowhere in it"


def test_the_loss_by_hand() -> None:
    """Eq. 2 with a minus in front, on two pixels: lambda = 4 / (pi sigma^2) for a side of 2, sigma 1."""
    logits = torch.tensor([[0.3, -1.2], [2.0, 0.0]])
    target = torch.tensor([[1.0, 0.0], [0.25, 0.5]])
    weight = 4 / math.pi
    by_hand = 0.0
    for z, y in zip(logits.flatten().tolist(), target.flatten().tolist(), strict=True):
        p = 1 / (1 + math.exp(-z))
        by_hand -= (weight * y * math.log(p) + (1 - y) * math.log(1 - p)) / 4

    loss = heat_loss(logits[None, None], target[None, None], torch.ones(1, 1), sigma=1)

    assert loss.item() == pytest.approx(by_hand, rel=1e-6)
    naive = torch.nn.functional.binary_cross_entropy_with_logits(logits, target)
    assert abs(naive.item() - by_hand) > 0.05, "without lambda it is another loss"


def test_an_empty_heatmap_costs_little_only_without_lambda() -> None:
    """What 001 gives lambda for: the naive loss of predicting nothing is next to nothing."""
    target = heat_targets(torch.tensor([[[128.0, 128.0]]]), sigma=10)
    nothing, uniform = torch.full_like(target, -4.0), torch.zeros_like(target)

    naive = torch.nn.functional.binary_cross_entropy_with_logits

    assert naive(nothing, target) < 0.1 * naive(uniform, target)
    ones = torch.ones(1, 1)
    assert heat_loss(nothing, target, ones, sigma=10) > 3 * heat_loss(uniform, target, ones, sigma=10)


def test_absent_keypoints_count_not_at_all_and_guesses_by_their_weight() -> None:
    logits = torch.randn(1, 3, 16, 16, generator=torch.Generator().manual_seed(0)).requires_grad_()
    weights = keypoint_weights(torch.tensor([[2, 1, 0]]), occluded=0.5)

    heat_loss(logits, torch.zeros(1, 3, 16, 16), weights, sigma=10).backward()  # type: ignore[no-untyped-call]

    assert weights.tolist() == [[1.0, 0.5, 0.0]]
    assert logits.grad is not None
    by_hand = torch.sigmoid(logits.detach())[0] / (3 * 256)
    for joint, weight in enumerate([1.0, 0.5, 0.0]):
        torch.testing.assert_close(logits.grad[0, joint], weight * by_hand[joint])


def test_the_loss_of_a_batch_is_the_mean_of_its_pictures() -> None:
    logits = torch.randn(2, 2, 8, 8, generator=torch.Generator().manual_seed(0))
    target = torch.rand(2, 2, 8, 8, generator=torch.Generator().manual_seed(1))
    weights = torch.tensor([[1.0, 0.0], [0.5, 1.0]])

    whole = heat_loss(logits, target, weights, sigma=2)

    parts = [heat_loss(logits[i : i + 1], target[i : i + 1], weights[i : i + 1], sigma=2) for i in range(2)]
    assert whole.item() == pytest.approx(sum(parts).item() / 2)  # type: ignore[union-attr]


def test_places_that_are_not_known_teach_nothing() -> None:
    found = torch.tensor([[[0.5, 0.5], [0.2, 0.4]]], requires_grad=True)
    true = torch.tensor([[[0.6, 0.5], [math.nan, math.nan]]])

    loss = place_loss(found, true, torch.tensor([[1.0, 0.0]]))
    loss.backward()  # type: ignore[no-untyped-call]

    assert loss.item() == pytest.approx(0.1**2 / 2 / 2)
    assert found.grad is not None
    assert found.grad[0, 1].tolist() == [0, 0]
    assert torch.isfinite(found.grad).all()
