"""A detector looks at crops in batches, whatever their number, and comes back from a file as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from poseviewer.core.errors import CheckpointError, PoseInputError, PoseviewerError
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.skeleton_files import skeleton_to_table
from poseviewer.models.checkpoint import ModelCard, save_checkpoint
from poseviewer.models.detector import Detector, load_detector, make_network

DOTS = Skeleton.from_names("dots", ["red", "green"], [("red", "green")])
CARD = ModelCard(
    kind="detector", network="pyramid", shape={"widths": [8, 8, 8, 8, 8], "head": 8},
    skeleton=skeleton_to_table(DOTS), ranges={}, preset="default", recipe="", seed=0, steps=1, poses_seen=8,
    device="cpu",
)  # fmt: skip
CPU = torch.device("cpu")


@pytest.fixture
def crops() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (19, 256, 256, 3), dtype=np.uint8)


def test_crops_are_looked_at_in_batches(crops: np.ndarray) -> None:
    torch.manual_seed(0)
    detector = Detector(make_network(CARD), CARD, DOTS, CPU)

    keypoints, scores = detector.detect(crops)

    assert keypoints.shape == (19, 2, 2) and keypoints.dtype == np.float32
    assert scores.shape == (19, 2) and scores.dtype == np.float32
    assert np.isfinite(keypoints).all()
    assert ((keypoints >= -0.5) & (keypoints <= 255.5)).all()
    assert ((scores >= 0) & (scores <= 1)).all()
    assert detector.description == "dots default"
    assert detector.detect(crops[:0])[0].shape == (0, 2, 2)


def test_other_shapes_are_refused(crops: np.ndarray) -> None:
    detector = Detector(make_network(CARD), CARD, DOTS, CPU)

    for bad in (crops[0], crops[:, :100], crops[..., 0], crops.astype(np.float32)):
        with pytest.raises(PoseInputError, match=r"Expected crops of shape \(N, 256, 256, 3\)"):
            detector.detect(bad)


def test_it_comes_back_from_a_file(tmp_path: Path, crops: np.ndarray) -> None:
    torch.manual_seed(0)
    network = make_network(CARD)
    save_checkpoint(tmp_path / "m.safetensors", network.state_dict(), CARD)

    loaded = load_detector(tmp_path / "m.safetensors", None, "cpu")

    assert loaded.skeleton == DOTS
    assert loaded.device == "cpu"
    expected = Detector(network, CARD, DOTS, CPU).detect(crops[:3])
    np.testing.assert_array_equal(loaded.detect(crops[:3])[0], expected[0])


def test_models_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="No detector is shipped for the skeleton 'dots'"):
        load_detector("", DOTS)
    save_checkpoint(tmp_path / "half.safetensors", {"leave.bias": torch.zeros(2)}, CARD)
    with pytest.raises(CheckpointError, match="damaged"):
        load_detector(tmp_path / "half.safetensors", DOTS)
    save_checkpoint(tmp_path / "new.safetensors", {"x": torch.zeros(2)}, replace(CARD, network="of tomorrow"))
    with pytest.raises(CheckpointError, match="does not know the detector 'of tomorrow'"):
        load_detector(tmp_path / "new.safetensors", DOTS)


class Small(torch.nn.Module):
    """A network for a device that holds so many crops at once."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self.sizes: list[int] = []

    def locate(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        if len(images) > self.most:
            raise torch.OutOfMemoryError("too many")
        self.sizes.append(len(images))
        bright = images.mean((1, 2, 3))
        return bright[:, None, None].expand(-1, 2, 2) * 255, bright[:, None].expand(-1, 2)


def test_too_little_memory_means_smaller_batches() -> None:
    crops = np.repeat(np.arange(10, dtype=np.uint8), 256 * 256 * 3).reshape(10, 256, 256, 3)
    network = Small(most=3)

    keypoints, _ = Detector(network, CARD, DOTS, CPU).detect(crops)

    np.testing.assert_allclose(keypoints[:, 0, 0], np.arange(10), atol=1e-3)
    assert max(network.sizes) <= 3
    with pytest.raises(PoseviewerError, match="too little memory even for one crop"):
        Detector(Small(most=0), CARD, DOTS, CPU).detect(crops)
