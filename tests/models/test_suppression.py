"""The network that picks the right candidate."""

from __future__ import annotations

import torch

from poseviewer.models.suppression import SuppressionNetwork


def test_the_papers_sizes() -> None:
    """001, section 3.2: 17 x 256 x 256 in, 28 numbers between 0 and 1 out."""
    network = SuppressionNetwork(14, width=64).eval()
    with torch.no_grad():
        places = network(torch.rand(1, 3, 256, 256), torch.rand(1, 14, 256, 256))

    assert next(network.parameters()).shape[1] == 17
    assert places.shape == (1, 14, 2)
    assert places.min() > 0
    assert places.max() < 1


def test_it_looks_at_picture_and_heat() -> None:
    network = SuppressionNetwork(2, width=4).eval()
    pictures, heat = torch.rand(1, 3, 256, 256), torch.rand(1, 2, 256, 256)
    with torch.no_grad():
        places = network(pictures, heat)

        assert not torch.equal(network(1 - pictures, heat), places)
        assert not torch.equal(network(pictures, 1 - heat), places)
