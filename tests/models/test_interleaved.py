"""The network of stage 2: what is between the frozen levels learns, and nothing else."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from poseviewer.models.interleaved import HEADS, InterleavedNetwork
from poseviewer.models.reconstruction import ReconstructionNetwork

WIDTH = 4


@pytest.fixture
def pictures() -> Tensor:
    return torch.rand(2, 3, 256, 256, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("skips", [True, False])
def test_heatmaps_are_as_large_as_pictures(skips: bool, pictures: Tensor) -> None:
    network = InterleavedNetwork(5, WIDTH, skips)

    assert network(pictures).shape == (2, 5, 256, 256)
    assert len(network.layers) == 6
    assert set(network.skip_layers) == ({"inner", "outer"} if skips else set())


def test_interleaved_layers_begin_as_the_identity(pictures: Tensor) -> None:
    """With stage 1's paint in place of the head, an untrained stage 2 paints stage 1's picture."""
    network = InterleavedNetwork(3, WIDTH, skips=True).eval()
    for skip in network.reconstruction.skips.values():
        torch.nn.init.normal_(skip.weight, std=0.1)
    network.head.load_state_dict(network.reconstruction.decoder.paint.state_dict())

    assert torch.allclose(torch.sigmoid(network(pictures)), network.reconstruction(pictures), atol=1e-5)


def moved_by_a_step(network: InterleavedNetwork, loss: Tensor, before: dict[str, Tensor]) -> set[str]:
    loss.backward()
    torch.optim.SGD([p for p in network.parameters() if p.requires_grad], lr=1.0).step()
    return {k.split(".")[0] for k, v in network.state_dict().items() if not torch.equal(v, before[k])}


def test_the_reconstruction_stands_still(pictures: Tensor) -> None:
    network = InterleavedNetwork(3, WIDTH).train()
    before = {k: v.clone() for k, v in network.state_dict().items()}

    moved = moved_by_a_step(network, network(pictures).square().mean(), before)

    assert moved == {"layers", "head"}, "a skip that was never trained passes nothing on to its layer"
    for skip in network.reconstruction.skips.values():
        torch.nn.init.normal_(skip.weight, std=0.1)
    before = {k: v.clone() for k, v in network.state_dict().items()}
    assert moved_by_a_step(network, network(pictures).square().mean(), before) == {"layers", "skip_layers", "head"}


def test_with_a_suppression_the_heatmaps_stand_still_too(pictures: Tensor) -> None:
    network = InterleavedNetwork(3, WIDTH, head="suppression").train()
    before = {k: v.clone() for k, v in network.state_dict().items()}

    places, _ = network.locate(pictures)

    assert moved_by_a_step(network, places.square().mean(), before) == {"suppression"}


@pytest.mark.parametrize("head", HEADS)
def test_every_head_gives_places_in_the_picture_and_how_sure_they_are(head: str, pictures: Tensor) -> None:
    network = InterleavedNetwork(3, WIDTH, head=head).eval()

    places, scores = network.locate(pictures)

    assert places.shape == (2, 3, 2)
    assert scores.shape == (2, 3)
    assert places.min() >= -0.5
    assert places.max() <= 255.5
    assert scores.min() >= 0
    assert scores.max() <= 1


def test_one_detector_reads_its_heatmaps_in_any_way(pictures: Tensor) -> None:
    network = InterleavedNetwork(3, WIDTH, head="suppression").eval()
    found = {head: network.locate(pictures, head)[0] for head in HEADS}

    assert torch.equal(found["argmax"], found["argmax"].round())
    assert not torch.equal(found["softargmax"], found["suppression"])


def test_a_reconstruction_fits_into_it() -> None:
    stage_1 = ReconstructionNetwork(WIDTH, skips=True)
    network = InterleavedNetwork(3, WIDTH, skips=True)

    network.reconstruction.load_state_dict(stage_1.state_dict())

    assert not any(p.requires_grad for p in network.reconstruction.parameters())


def test_the_heat_is_read_by_the_sigma_that_it_was_learned_with(pictures: Tensor) -> None:
    paper, sharp = InterleavedNetwork(3, WIDTH).eval(), InterleavedNetwork(3, WIDTH, sigma=3.0).eval()
    sharp.load_state_dict(paper.state_dict())

    assert (sharp.locate(pictures)[1] < paper.locate(pictures)[1]).all(), "a larger lambda is taken off the logits"
