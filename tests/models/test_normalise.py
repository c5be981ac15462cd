"""Networks see keypoints without their place and size, and can be told the size."""

from __future__ import annotations

import pytest
import torch

from poseviewer.models.normalise import normalise


def test_the_keypoints_that_are_there_have_mean_zero_and_radius_one() -> None:
    torch.manual_seed(0)
    keypoints, mask = 300 + 50 * torch.randn(10, 16, 2), (torch.rand(10, 16) < 0.7).float()

    normal = normalise(keypoints, mask)

    count = mask.sum(1)
    assert (normal.xy.sum(1) / count[:, None]).abs().max() < 1e-5
    assert (normal.xy.square().sum((1, 2)) / count).sqrt() == pytest.approx(torch.ones(10), abs=1e-5)
    assert torch.all(normal.xy[mask == 0] == 0)


def test_it_can_be_undone() -> None:
    torch.manual_seed(1)
    keypoints = 300 + 50 * torch.randn(10, 16, 2)

    normal = normalise(keypoints, torch.ones(10, 16))

    back = normal.xy * normal.radius[:, None, None] + normal.centre[:, None]
    assert back.allclose(keypoints, atol=1e-3)


def test_missing_keypoints_may_hold_anything() -> None:
    keypoints, mask = torch.randn(1, 5, 2), torch.tensor([[1.0, 1, 1, 1, 0]])
    wild = keypoints.clone()
    wild[0, 4] = torch.nan

    assert normalise(wild, mask).features().equal(normalise(keypoints, mask).features())


@pytest.mark.parametrize(("scaled", "width"), [(False, 15), (True, 16)])
def test_the_size_is_told_only_where_it_means_something(scaled: bool, width: int) -> None:
    keypoints = torch.randn(2, 5, 2)

    small, large = (normalise(k, torch.ones(2, 5), scaled).features() for k in (keypoints, 2 * keypoints))

    assert small.shape == (2, width)
    assert large[:, :15].allclose(small[:, :15], atol=1e-5)
    if scaled:
        assert (large - small)[:, 15].allclose(torch.tensor(2.0).log().expand(2), atol=1e-5)


def test_keypoints_in_one_place_do_not_divide_by_zero() -> None:
    assert torch.isfinite(normalise(torch.ones(1, 5, 2), torch.ones(1, 5)).features()).all()
