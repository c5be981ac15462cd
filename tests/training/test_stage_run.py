"""What the stages' runs have in common."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from poseviewer.io.media import describe, open_media
from training.autoencoder import AutoencoderRun
from training.run import finish
from training.stage_config import StageConfig, stage_config
from training.stage_run import reading


@pytest.fixture
def config(tmp_path: Path) -> StageConfig:
    return stage_config("autoencoder", output=tmp_path / "m.safetensors", shape={"width": 4}, batch=2, device="cpu")


def test_the_card_of_a_stage_without_labels_has_no_skeleton(config: StageConfig) -> None:
    card = AutoencoderRun(config, np.zeros((2, 256, 256, 3), np.uint8)).card

    assert (card.kind, card.network, card.skeleton, card.ranges, card.recipe) == (
        "autoencoder", "reconstruction", {}, {}, "frames",
    )  # fmt: skip
    assert card.command.startswith("poseviewer train autoencoder SOURCE --preset default --seed 0")


def test_random_numbers_depend_on_seed_step_and_example_alone(config: StageConfig) -> None:
    run = AutoencoderRun(config, np.random.default_rng(0).integers(0, 255, (3, 256, 256, 3), dtype=np.uint8))

    assert run.random(3, 1).random() == run.random(3, 1).random()
    assert len({run.random(step, number).random() for step in range(3) for number in range(3)}) == 9
    torch.testing.assert_close(run.examples(5, 0, 2)[1:], run.examples(5, 1, 1))


def test_reading_says_how_far_it_is(config: StageConfig, tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    for i in range(60):
        cv2.imwrite(str(folder / f"{i}.png"), np.full((8, 8), i, np.uint8))
    reader = open_media(folder)
    media = [describe(reader, "m")]
    reader.close()

    said = [report.message for report in reading(config, media)]

    assert said == ["Reading frames: 1 so far.", "Reading frames: 51 so far."]
    assert len(finish(reading(config, media))) == 60
