"""Maps of places say where a keypoint is to a fraction of a cell, and that it is nowhere."""

from __future__ import annotations

import math

import pytest
import torch

from poseviewer.models.place_maps import local_mean, log_places, offset_loss, place_loss, place_targets

SIZE = (20, 24)


def maps_of(targets: torch.Tensor) -> torch.Tensor:
    """The logits (N, J, h, w) of distributions, nowhere at 0."""
    logs = torch.log(targets.clamp(min=1e-9))
    return (logs[..., 1:] - logs[..., :1]).unflatten(-1, SIZE)


@pytest.mark.parametrize("place", [(5.0, 7.0), (5.3, 7.8), (11.49, 3.51), (0.2, 0.1), (23.0, 19.0)])
def test_a_place_comes_back_to_a_fraction_of_a_cell(place: tuple[float, float]) -> None:
    keypoints = torch.tensor([[place]])
    targets = place_targets(keypoints, torch.ones(1, 1, dtype=torch.bool), SIZE, sigma=0.8)

    found, score = local_mean(maps_of(targets))

    at_edge = min(place) < 1 or place[0] > 22
    assert (found - keypoints).abs().max() < (0.5 if at_edge else 0.05)
    assert score.item() > 0.97


def test_targets_are_distributions_and_what_is_outside_is_nowhere() -> None:
    keypoints = torch.tensor([[[4.0, 4.0], [-50.0, 4.0], [math.nan, math.nan]]])
    inside = torch.tensor([[True, False, False]])

    targets = place_targets(keypoints, inside, SIZE, sigma=1.0)

    torch.testing.assert_close(targets.sum(-1), torch.ones(1, 3))
    assert targets[0, :, 0].tolist() == [0, 1, 1]


def test_the_loss_is_least_at_the_target_and_ignores_what_weighs_nothing() -> None:
    inside = torch.ones(2, 2, dtype=torch.bool)
    targets = place_targets(torch.tensor([[[4.0, 4.0], [9.0, 2.0]]]).expand(2, -1, -1), inside, SIZE, sigma=1.0)
    right = maps_of(targets)
    wrong = right.clone()
    wrong[:, 1] = right[:, 0]

    assert place_loss(right, targets, torch.ones(2, 2)) < place_loss(wrong, targets, torch.ones(2, 2))
    ignored = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    torch.testing.assert_close(place_loss(right, targets, ignored), place_loss(wrong, targets, ignored))


def test_the_loss_of_a_batch_is_the_mean_of_those_of_its_parts() -> None:
    torch.manual_seed(0)
    logits = torch.randn(4, 3, *SIZE)
    targets = place_targets(torch.rand(4, 3, 2) * 15, torch.rand(4, 3) > 0.3, SIZE, sigma=1.0)
    weights = torch.tensor([[1, 0, 1], [1, 1, 1], [0, 0, 1], [0.5, 0, 0]])

    parts = [place_loss(logits[i : i + 2], targets[i : i + 2], weights[i : i + 2]) for i in (0, 2)]

    torch.testing.assert_close(place_loss(logits, targets, weights), (parts[0] + parts[1]) / 2)


def test_an_image_without_any_known_keypoint_costs_nothing() -> None:
    targets = place_targets(torch.full((1, 2, 2), math.nan), torch.zeros(1, 2, dtype=torch.bool), SIZE, sigma=1.0)

    assert place_loss(torch.randn(1, 2, *SIZE), targets, torch.zeros(1, 2)).item() == 0


def test_the_offset_is_that_of_places_that_are_nearly_right() -> None:
    inside = torch.ones(1, 2, dtype=torch.bool)
    keypoints = torch.tensor([[[8.0, 8.0], [15.0, 12.0]]])
    logits = maps_of(place_targets(keypoints + torch.tensor([0.5, 0.0]), inside, SIZE, sigma=0.8)).requires_grad_()

    loss = offset_loss(logits, keypoints, torch.ones(1, 2))
    loss.backward()  # type: ignore[no-untyped-call]

    assert loss.item() == pytest.approx(0.5, abs=0.05)
    assert logits.grad is not None and logits.grad.abs().max() > 0
    far = offset_loss(logits, keypoints + torch.tensor([[0.0, 0.0], [-9.0, 0.0]]), torch.ones(1, 2))
    assert far.item() == pytest.approx(0.25, abs=0.05)
    unknown = torch.tensor([[[8.0, 8.0], [math.nan, math.nan]]])
    assert offset_loss(logits, unknown, torch.tensor([[1.0, 0.0]])).item() == pytest.approx(0.5, abs=0.05)


def test_a_second_candidate_far_away_does_not_draw_the_keypoint() -> None:
    inside = torch.ones(1, 1, dtype=torch.bool)
    here = place_targets(torch.tensor([[[4.0, 4.0]]]), inside, SIZE, sigma=1.0)
    there = place_targets(torch.tensor([[[18.0, 15.0]]]), inside, SIZE, sigma=1.0)

    found, score = local_mean(maps_of(0.6 * here + 0.4 * there))

    assert (found - 4).abs().max() < 0.05
    assert score.item() == pytest.approx(0.6, abs=0.03)


def test_nothing_to_see_is_said_by_a_low_score() -> None:
    logits = torch.full((1, 1, *SIZE), -12.0)

    assert local_mean(logits)[1].item() < 1e-3
    torch.testing.assert_close(log_places(logits).exp().sum(-1), torch.ones(1, 1))
