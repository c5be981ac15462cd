"""The feature pyramid gives a map per joint at a quarter of the side, for any number of joints."""

from __future__ import annotations

import pytest
import torch

from poseviewer.models.pyramid import PyramidNetwork


@pytest.mark.parametrize("joints", [1, 4, 17])
def test_it_gives_a_map_per_joint(joints: int) -> None:
    network = PyramidNetwork(joints, (8, 8, 16, 16, 24), 8)

    assert network(torch.rand(2, 3, 128, 128)).shape == (2, joints, 32, 32)
    keypoints, scores = network.locate(torch.rand(2, 3, 128, 128))
    assert keypoints.shape == (2, joints, 2)
    assert scores.shape == (2, joints)
    assert 0 <= scores.min() <= scores.max() <= 1


def test_it_answers_in_pixels_of_the_image() -> None:
    network = PyramidNetwork(1, (8, 8, 8, 8, 8), 8)
    with torch.no_grad():
        network.leave.weight.zero_()
    seen = torch.full((1, 1, 32, 32), -20.0)
    seen[0, 0, 6, 10] = 20.0
    network.forward = lambda images: seen  # type: ignore[method-assign]

    keypoints, _ = network.locate(torch.zeros(1, 3, 128, 128))

    # Cell 10 covers pixels 40 to 43, whose middle is 41.5.
    torch.testing.assert_close(keypoints[0, 0], torch.tensor([41.5, 25.5]), atol=1e-3, rtol=0)


def test_images_of_a_batch_do_not_change_each_other() -> None:
    torch.manual_seed(0)
    network = PyramidNetwork(2, (8, 8, 8, 8, 8), 8)
    images = torch.rand(3, 3, 64, 64)

    together = network(images)

    torch.testing.assert_close(together[1:2], network(images[1:2]), atol=1e-5, rtol=1e-4)


def test_the_default_is_small() -> None:
    assert sum(p.numel() for p in PyramidNetwork(16).parameters()) < 3_000_000
