"""The likelihood of 2D poses: a flow that has learned them knows them from others."""

from __future__ import annotations

import sys

import pytest
import torch

from poseviewer.core.errors import PoseviewerError
from poseviewer.io.skeleton_files import load_skeleton
from training.flow_prior import FlowPrior

HUMAN14 = load_skeleton("human14")


def poses(count: int) -> torch.Tensor:
    """Poses that differ in five ways only."""
    generator = torch.Generator().manual_seed(count)
    ways = torch.randn(5, 28, generator=torch.Generator().manual_seed(0))
    return (torch.randn(count, 5, generator=generator) @ ways + 3).unflatten(1, (14, 2))


def test_components_are_uncorrelated_and_of_variance_1() -> None:
    pytest.importorskip("zuko")
    prior = FlowPrior(HUMAN14, kept=5, hidden=(8,))
    prior.measure(poses(4000))
    numbers = (poses(4000).flatten(1) - prior.mean) @ prior.components
    torch.testing.assert_close(numbers.T @ numbers / 4000, torch.eye(5), atol=0.05, rtol=0)


def test_what_was_learned_is_likelier_than_what_was_not() -> None:
    pytest.importorskip("zuko")
    torch.manual_seed(0)
    prior = FlowPrior(HUMAN14, kept=5, transforms=2, hidden=(16,))
    prior.measure(poses(500))
    optimiser = torch.optim.Adam(prior.parameters(), 1e-2)
    for step in range(60):
        loss = prior(poses(100 + step)).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    known = prior(poses(300)).mean()
    # A standard normal has 0.5 (1 + log 2 pi) nats per component.
    assert known.item() == pytest.approx(1.42, abs=0.15)
    assert prior(1.5 * poses(300)).mean() > known + 0.1


def test_without_the_library_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zuko", None)
    with pytest.raises(PoseviewerError, match=r"zuko.*poseviewer\[flows\]"):
        FlowPrior(HUMAN14)
