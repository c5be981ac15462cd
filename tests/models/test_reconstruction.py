"""The network of stage 1: shapes, what a skip connection changes, and what stands still."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from poseviewer.models.reconstruction import SKIPS, Encoder, ReconstructionNetwork, skip_at

WIDTH = 4


@pytest.fixture
def pictures() -> Tensor:
    return torch.rand(2, 3, 256, 256, generator=torch.Generator().manual_seed(1))


def test_the_narrow_place_is_the_papers() -> None:
    """001, section 3.2: the first decoder layer gives 512 x 4 x 4."""
    network = ReconstructionNetwork(64).eval()
    with torch.no_grad():
        found = network.encoder(torch.rand(1, 3, 256, 256))
        first = network.decoder.levels[0](found[-1])

    assert found[-1].shape == (1, 512, 4, 4)
    assert first.shape == (1, 512, 4, 4)


def test_every_level_of_the_decoder_mirrors_one_of_the_encoder(pictures: Tensor) -> None:
    network = ReconstructionNetwork(WIDTH, skips=True)
    found = network.encoder(pictures)
    x = found[-1]
    for number, level in enumerate(network.decoder.levels):
        x = level(x)
        assert x.shape[-1] == found[-1 - number].shape[-1]
        if skip_at(number):
            assert x.shape == found[-1 - number].shape

    assert [found[-1 - n].shape[-1] for n in SKIPS.values()] == [64, 128]


def test_a_picture_comes_back_as_a_picture(pictures: Tensor) -> None:
    back = ReconstructionNetwork(WIDTH)(pictures)

    assert back.shape == pictures.shape
    assert back.min() >= 0
    assert back.max() <= 1


def test_the_suppressions_encoder_takes_heatmaps_too() -> None:
    assert Encoder(WIDTH, channels=3 + 14)(torch.rand(1, 17, 256, 256))[-1].shape == (1, 8 * WIDTH, 4, 4)


def test_an_untrained_skip_changes_nothing(pictures: Tensor) -> None:
    plain, skipped = ReconstructionNetwork(WIDTH).eval(), ReconstructionNetwork(WIDTH, skips=True).eval()
    skipped.load_state_dict(plain.state_dict(), strict=False)

    assert torch.equal(plain(pictures), skipped(pictures))
    torch.nn.init.ones_(skipped.skips["outer"].bias)
    assert not torch.equal(plain(pictures), skipped(pictures))


@pytest.mark.parametrize("skip", SKIPS)
def test_one_skip_learns_and_the_rest_stands_still(skip: str, pictures: Tensor) -> None:
    network = ReconstructionNetwork(WIDTH, skips=True)
    network.train_only(skip)
    network.train()
    before = {k: v.clone() for k, v in network.state_dict().items()}
    optimiser = torch.optim.SGD([p for p in network.parameters() if p.requires_grad], lr=1.0)

    (network(pictures) - pictures).square().mean().backward()
    optimiser.step()

    moved = {k for k, v in network.state_dict().items() if not torch.equal(v, before[k])}
    assert moved == {f"skips.{skip}.weight", f"skips.{skip}.bias"}
