"""Fully connected residual networks in the styles of 002, 003 and 004."""

from __future__ import annotations

import pytest
import torch

from poseviewer.core.errors import CheckpointError
from poseviewer.models.residual import Affine, ResidualBlock, ResidualNetwork, Style, after


def test_an_affine_layer_is_what_batch_normalisation_is_on_its_first_statistics() -> None:
    batch, affine = torch.nn.BatchNorm1d(6, eps=0.0).eval(), Affine(6)
    for layer in (batch, affine):
        torch.nn.init.constant_(layer.weight, 1.5)
        torch.nn.init.constant_(layer.bias, -0.5)
    x = torch.randn(4, 6)
    torch.testing.assert_close(affine(x), batch(x))


@pytest.mark.parametrize("norm", ["batch", "affine", "none", "layer"])
def test_a_block_adds_to_what_it_is_given(norm: str) -> None:
    block = ResidualBlock(8, Style(norm, slope=0.1, dropout=0.2)).eval()
    for parameter in block.parameters():
        torch.nn.init.zeros_(parameter)
    x = torch.randn(5, 8)
    torch.testing.assert_close(block(x), x)


def test_a_timid_network_begins_near_nothing() -> None:
    torch.manual_seed(0)
    network = ResidualNetwork(6, 3, 32, 2, Style(), timid=True)
    assert network(torch.randn(64, 6)).abs().max() < 0.3


def test_features_of_the_full_width_need_no_entrance() -> None:
    assert isinstance(ResidualNetwork(None, 3, 8, 1, Style("batch"))[0], ResidualBlock)


def test_an_unknown_normalisation_is_named() -> None:
    with pytest.raises(CheckpointError, match=r"'group'.*batch, affine, layer or none"):
        after(4, Style("group"))
