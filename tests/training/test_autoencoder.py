"""Stage 1 learns a tiny world without labels; a resumed run is the run that was never stopped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from poseviewer.core.errors import CheckpointError, PoseviewerError
from poseviewer.core.project import Project
from poseviewer.io.media import describe, open_media
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.models.card import read_card
from poseviewer.models.checkpoint import read_tensors
from poseviewer.models.reconstruction import ReconstructionNetwork
from training.autoencoder import AutoencoderRun, train_autoencoder, train_job
from training.job import Job
from training.run_config import state_path
from training.stage_config import StageConfig, stage_config
from training.unlabelled import Pictures

TINY: dict[str, Any] = {"shape": {"width": 4, "skips": False}, "batch": 4, "device": "cpu"}


@pytest.fixture
def pictures(dots: ModuleType) -> Pictures:
    return np.stack([dots.draw(dots.walk(23 * i), 256, 256) for i in range(8)])


@pytest.fixture
def config_of(tmp_path: Path) -> Callable[..., StageConfig]:
    def build(name: str = "m", **changes: Any) -> StageConfig:
        return stage_config("autoencoder", output=tmp_path / f"{name}.safetensors", **(TINY | changes))

    return build


def test_pictures_are_learned(config_of: Callable[..., StageConfig], pictures: Pictures) -> None:
    config = config_of(steps=60, learning_rate=5e-3, warmup=0)

    reports = list(train_autoencoder(config, pictures))

    flat = float((pictures / 255 - pictures.mean() / 255).var())
    assert reports[-1].losses["L2"] < 1.5 * flat
    assert reports[-1].losses["L2"] < 0.3 * AutoencoderRun(config_of(), pictures).advance()["L2"]
    card = read_card(config.output)
    assert (card.kind, card.network, card.shape) == ("autoencoder", "reconstruction", config.shape)
    assert (card.steps, card.poses_seen, card.skeleton) == (60, 240, {})
    ReconstructionNetwork(**card.shape).load_state_dict(read_tensors(config.output))


def test_the_loss_is_the_squared_difference(config_of: Callable[..., StageConfig], pictures: Pictures) -> None:
    """Eq. 1, as the mean over pixels and colours in 0..1."""
    run = AutoencoderRun(config_of(half=False), pictures)
    batch = run.examples(0, 0, 4)
    run.network.eval()

    with torch.no_grad():
        loss = run.losses(batch)["L2"]
        by_hand = np.mean((run.network(batch).numpy() - batch.numpy()) ** 2)

    assert loss.item() == pytest.approx(by_hand, rel=1e-5)


def test_a_resumed_run_is_the_run_that_was_never_stopped(
    config_of: Callable[..., StageConfig], pictures: Pictures
) -> None:
    list(train_autoencoder(config_of("straight", steps=4), pictures))
    stopped = train_autoencoder(config_of("broken", steps=4, report_every=1, report_seconds=1e9), pictures)
    for report in stopped:
        if report.step == 2:
            break
    stopped.close()

    list(train_autoencoder(config_of("broken", steps=4, resume=True), pictures))

    straight, broken = (read_tensors(state_path(config_of(name).output)) for name in ("straight", "broken"))
    assert straight.keys() == broken.keys()
    for name, value in straight.items():
        torch.testing.assert_close(broken[name], value, atol=0, rtol=0, msg=name)


def test_one_frame_in_twenty_is_held_back(config_of: Callable[..., StageConfig], pictures: Pictures) -> None:
    many = np.concatenate([pictures] * 5)
    run = AutoencoderRun(config_of(), many)

    assert [len(run.pictures), len(run.unseen)] == [38, 2]
    assert run.validate().keys() == {"L2 unseen"}
    assert AutoencoderRun(config_of(), pictures).validate() == {}


def test_rendered_animals_are_part_of_every_batch(config_of: Callable[..., StageConfig], pictures: Pictures) -> None:
    ranges = load_ranges("quadruped16")
    run = AutoencoderRun(config_of(renders=0.5, ranges=ranges), pictures)
    plain = AutoencoderRun(config_of(), pictures)

    mixed, own = run.examples(0, 0, 4), plain.examples(0, 0, 4)

    torch.testing.assert_close(mixed[2:], own[2:])
    assert not torch.equal(mixed[:2], own[:2])
    torch.testing.assert_close(torch.cat([run.examples(0, 0, 1), run.examples(0, 1, 3)]), mixed)
    assert run.card.recipe == "frames and renders"


def test_it_goes_on_from_an_autoencoder_of_its_shape(config_of: Callable[..., StageConfig], pictures: Pictures) -> None:
    list(train_autoencoder(config_of("first", steps=1), pictures))
    first = config_of("first").output

    run = AutoencoderRun(config_of("second", start=first), pictures)

    assert run.card.start.startswith("first.safetensors (sha256")
    torch.testing.assert_close(dict(run.network.state_dict()), read_tensors(first), atol=0, rtol=0)
    first.write_bytes(first.read_bytes()[:-1000])
    with pytest.raises(CheckpointError, match="damaged"):
        AutoencoderRun(config_of("third", start=first), pictures)


def test_a_job_learns_from_the_media_of_its_project(tmp_path: Path, dots: ModuleType) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    for i in range(3):
        cv2.imwrite(str(folder / f"{i}.png"), dots.draw(dots.walk(20 * i))[..., ::-1])
    reader = open_media(folder)
    ref = describe(reader, "m")
    reader.close()
    ranges = load_ranges("human17")
    project = Project(skeleton=dots.DOTS, ranges=ranges, media=(ref,))
    settings = TINY | {"steps": 1}
    job = Job("autoencoder", "default", ranges, tmp_path / "m.safetensors", settings=settings, project=project)

    reports = list(train_job(job))

    assert reports[0].message.startswith("Reading frames")
    assert reports[-1].step == 1
    with pytest.raises(PoseviewerError, match="no frames to learn from"):
        list(train_job(Job("autoencoder", "default", ranges, job.output, settings=settings)))
