"""Learned suppression: it learns which candidate is right, and the heatmaps stand still meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from poseviewer.core.pose import Pose2D
from poseviewer.models.card import read_card
from poseviewer.models.checkpoint import read_tensors
from poseviewer.models.detector import load_detector
from training.detector import Labelled
from training.labelled_images import LabelledImage, labelled_image
from training.landmarks import Crops, train_landmarks
from training.run_config import state_path
from training.stage_config import StageConfig, stage_config
from training.suppression import SuppressionRun, train_suppression

TINY: dict[str, Any] = {"batch": 4, "device": "cpu", "whole": 1.0, "near": 0.0, "turn": 20.0, "light": 0.3}


def images_of(dots: ModuleType, count: int) -> list[LabelledImage]:
    return [labelled_image(dots.draw(dots.walk(23 * i)), Pose2D(dots.walk(23 * i))) for i in range(count)]


@pytest.fixture(scope="module")
def landmarks(dots: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A detector with interleaved layers that was hardly trained."""
    path = tmp_path_factory.mktemp("stage2") / "landmarks.safetensors"
    config = stage_config(
        "landmarks", skeleton=dots.DOTS, output=path, start="nothing", steps=2, shape={"width": 4}, **TINY
    )
    list(train_landmarks(config, Labelled(images_of(dots, 2))))
    return path


@pytest.fixture
def config_of(tmp_path: Path, dots: ModuleType, landmarks: Path) -> Callable[..., StageConfig]:
    def build(name: str = "m", **changes: Any) -> StageConfig:
        known = TINY | {"skeleton": dots.DOTS, "output": tmp_path / f"{name}.safetensors", "start": landmarks}
        return stage_config("suppression", **(known | changes))

    return build


def test_places_are_learned_and_heatmaps_stand_still(
    config_of: Callable[..., StageConfig], dots: ModuleType, landmarks: Path
) -> None:
    config = config_of(steps=40, learning_rate=3e-3, warmup=0)

    reports = list(train_suppression(config, Labelled(images_of(dots, 4))))

    first = SuppressionRun(config_of("other"), Labelled(images_of(dots, 4)))
    assert reports[-1].losses["L2"] < 0.5 * first.advance()["L2"]
    first.close()
    before, after = read_tensors(landmarks), read_tensors(config.output)
    for name, value in before.items():
        assert torch.equal(after[name], value), name
    assert {name.split(".")[0] for name in after if name not in before} == {"suppression"}
    assert read_card(config.output).shape == {"width": 4, "skips": True, "head": "suppression", "sigma": 10.0}
    crops = np.zeros((1, 256, 256, 3), np.uint8)
    keypoints, _ = load_detector(config.output, dots.DOTS, "cpu").detect(crops)
    assert keypoints.shape == (1, 3, 2)


def test_the_loss_is_that_of_coordinates_from_edge_to_edge(
    config_of: Callable[..., StageConfig], dots: ModuleType
) -> None:
    run = SuppressionRun(config_of(half=False), Labelled(images_of(dots, 2)))
    run.network.eval()
    suppression = run.interleaved.suppression
    assert suppression is not None
    torch.nn.init.zeros_(suppression.leave.weight)
    torch.nn.init.zeros_(suppression.leave.bias)  # the sigmoid of zero is the picture's middle, pixel 127.5
    keypoints = torch.tensor([[[127.5 + 25.6, 127.5], [300.0, 127.5], [torch.nan, torch.nan]]])

    loss = run.losses(Crops(torch.rand(1, 3, 256, 256), keypoints, torch.tensor([[1.0, 1.0, 0.0]])))["L2"]

    assert loss.item() == pytest.approx(0.1**2 / 2 / 3), "what is outside of the picture has no coordinates in it"
    run.close()


def test_a_resumed_run_is_the_run_that_was_never_stopped(
    config_of: Callable[..., StageConfig], dots: ModuleType
) -> None:
    labelled = Labelled(images_of(dots, 3))
    list(train_suppression(config_of("straight", steps=4), labelled))
    stopped = train_suppression(config_of("broken", steps=4, report_every=1, report_seconds=1e9), labelled)
    for report in stopped:
        if report.step == 2:
            break
    stopped.close()

    list(train_suppression(config_of("broken", steps=4, resume=True), labelled))

    straight, broken = (read_tensors(state_path(config_of(name).output)) for name in ("straight", "broken"))
    assert straight.keys() == broken.keys()
    for name, value in straight.items():
        torch.testing.assert_close(broken[name], value, atol=0, rtol=0, msg=name)
