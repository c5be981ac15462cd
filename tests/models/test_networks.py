"""What the networks answer, whatever their weights."""

from __future__ import annotations

import torch

from poseviewer.models.networks import DefaultNetwork, PaperNetwork


def test_the_papers_network_is_the_papers_size() -> None:
    """001, section 3.3.3: 32 -> 1024 -> three blocks of two layers -> 45, some 6.4 million numbers."""
    network = PaperNetwork(16, 15)

    assert network.enter.weight.shape == (1024, 32)
    assert network.leave.weight.shape == (45, 1024)
    assert len(network.blocks) == 3
    assert 6.3e6 < sum(p.numel() for p in network.parameters()) < 6.5e6


def test_the_papers_lengths_go_through_a_sigmoid_and_its_angles_do_not() -> None:
    torch.manual_seed(0)
    network = PaperNetwork(16, 15, width=64).eval()

    answer = network(1000 * torch.randn(50, 16, 2))

    assert answer.shape == (50, 15, 3)
    assert ((answer[..., 0] >= 0) & (answer[..., 0] <= 1)).all()
    assert answer[..., 1:].abs().max() > 3.2


def test_the_default_network_answers_unit_directions_and_typical_lengths() -> None:
    torch.manual_seed(0)
    template = torch.tensor([0.5, 1.0, 2.0])
    network = DefaultNetwork(4, 3, template.log(), width=32, blocks=2)

    directions, lengths, root, log_std = network(torch.randn(20, 12))

    assert directions.norm(dim=-1).allclose(torch.ones(20, 3), atol=1e-5)
    assert (lengths / template).log().abs().max() < 1  # untrained, it starts near the template
    assert root.shape == (20, 2)
    assert log_std.shape == (20, 4)
    assert torch.isfinite(log_std).all()


def test_absurd_input_stays_finite() -> None:
    network = DefaultNetwork(4, 3, torch.zeros(3), width=32, blocks=2)

    assert all(torch.isfinite(t).all() for t in network(1e6 * torch.randn(20, 12)))
