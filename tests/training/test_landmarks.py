"""Stage 2 learns dots from a few labelled frames; what is frozen does not move; what cannot be trained says why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from poseviewer.core.errors import PoseviewerError
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, Project
from poseviewer.geometry.crops import whole_frame
from poseviewer.io.media import describe, open_media
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.models.card import read_card
from poseviewer.models.checkpoint import read_tensors
from poseviewer.models.detector import load_detector
from training.autoencoder import train_autoencoder
from training.detector import Labelled
from training.job import Job
from training.labelled_images import LabelledImage, labelled_image
from training.landmarks import LandmarksRun, train_job, train_landmarks
from training.run_config import state_path
from training.skips import train_skips
from training.stage_config import StageConfig, stage_config

TINY: dict[str, Any] = {"batch": 4, "device": "cpu", "whole": 1.0, "near": 0.0, "turn": 20.0, "light": 0.3}


def images_of(dots: ModuleType, count: int, first: int = 0) -> list[LabelledImage]:
    frames = [first + 23 * i for i in range(count)]
    return [labelled_image(dots.draw(dots.walk(f)), Pose2D(dots.walk(f))) for f in frames]


@pytest.fixture(scope="module")
def autoencoder(dots: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stage 1 after a look at the dots, with skip connections."""
    folder = tmp_path_factory.mktemp("stage1")
    pictures = np.stack([whole_frame(320, 240).cut(dots.draw(dots.walk(17 * i))) for i in range(8)])
    known: dict[str, Any] = {"batch": 4, "device": "cpu", "warmup": 5, "learning_rate": 5e-3}
    first = stage_config("autoencoder", output=folder / "plain.safetensors", steps=60, shape={"width": 8}, **known)
    list(train_autoencoder(first, pictures))
    second = stage_config("skips", output=folder / "skips.safetensors", start=first.output, steps=20, **known)
    list(train_skips(second, pictures))
    return second.output


@pytest.fixture
def config_of(tmp_path: Path, dots: ModuleType, autoencoder: Path) -> Callable[..., StageConfig]:
    def build(name: str = "m", **changes: Any) -> StageConfig:
        known = TINY | {"skeleton": dots.DOTS, "output": tmp_path / f"{name}.safetensors", "start": autoencoder}
        return stage_config("landmarks", **(known | changes))

    return build


def test_dots_are_learned_from_six_frames(config_of: Callable[..., StageConfig], dots: ModuleType) -> None:
    config = config_of(steps=120, learning_rate=1e-2, warmup=5)

    reports = list(train_landmarks(config, Labelled(images_of(dots, 6))))

    assert reports[-1].losses["heat"] < 0.5 * reports[0].losses["heat"]
    detector = load_detector(config.output, dots.DOTS, "cpu")
    others = images_of(dots, 6, first=11)
    crop = whole_frame(320, 240)
    keypoints, scores = detector.detect(np.stack([crop.cut(m.image) for m in others]))
    off = np.linalg.norm(crop.from_crop(keypoints) - np.stack([m.keypoints for m in others]), axis=-1)
    assert np.median(off) < 25, "where the animal is, from a network that knew nothing of it a moment ago"
    assert ((scores >= 0) & (scores <= 1)).all()
    card = read_card(config.output)
    assert (card.kind, card.network) == ("detector", "interleaved")
    assert card.shape == {"width": 8, "skips": True, "head": "softargmax", "sigma": 10.0}
    assert card.start.startswith("skips.safetensors (sha256")


def test_what_is_frozen_does_not_move(
    config_of: Callable[..., StageConfig], dots: ModuleType, autoencoder: Path
) -> None:
    config = config_of(steps=3, ema=0.9)
    list(train_landmarks(config, Labelled(images_of(dots, 2))))

    before, after = read_tensors(autoencoder), read_tensors(config.output)

    for name, value in before.items():
        assert torch.equal(after[f"reconstruction.{name}"], value), name
    moved = {name.split(".")[0] for name in after} - {"reconstruction"}
    assert moved == {"layers", "skip_layers", "head"}


def test_a_resumed_run_is_the_run_that_was_never_stopped(
    config_of: Callable[..., StageConfig], dots: ModuleType
) -> None:
    labelled = Labelled(images_of(dots, 3))
    list(train_landmarks(config_of("straight", steps=4), labelled))
    stopped = train_landmarks(config_of("broken", steps=4, report_every=1, report_seconds=1e9), labelled)
    for report in stopped:
        if report.step == 2:
            break
    stopped.close()

    list(train_landmarks(config_of("broken", steps=4, resume=True), labelled))

    straight, broken = (read_tensors(state_path(config_of(name).output)) for name in ("straight", "broken"))
    assert straight.keys() == broken.keys()
    for name, value in straight.items():
        torch.testing.assert_close(broken[name], value, atol=0, rtol=0, msg=name)


def test_more_labels_go_on_from_the_detector_before(config_of: Callable[..., StageConfig], dots: ModuleType) -> None:
    list(train_landmarks(config_of("first", steps=1), Labelled(images_of(dots, 2))))
    first = config_of("first").output

    run = LandmarksRun(config_of("second", start=first), Labelled(images_of(dots, 3)))

    torch.testing.assert_close(dict(run.network.state_dict()), read_tensors(first), atol=0, rtol=0)
    run.close()


def test_a_random_network_in_place_of_stage_1_gets_a_fair_chance(
    config_of: Callable[..., StageConfig], dots: ModuleType
) -> None:
    run = LandmarksRun(config_of(start="nothing", shape={"width": 8, "skips": True}), Labelled(images_of(dots, 2)))
    still = run.interleaved.reconstruction

    assert still.skips["outer"].weight.abs().max() > 0
    statistics = still.encoder.levels[0][1].running_mean
    assert statistics.abs().max() > 0, "of real crops, not of none"
    assert run.average is not None
    assert torch.equal(run.average["reconstruction.encoder.levels.0.1.running_mean"], statistics)
    run.close()


def test_absent_keypoints_teach_nothing(config_of: Callable[..., StageConfig], dots: ModuleType) -> None:
    places = dots.walk(0)
    visibility = np.array([2, 1, 0], np.uint8)
    label = labelled_image(dots.draw(places), Pose2D(np.where(visibility[:, None] > 0, places, np.nan), visibility))
    run = LandmarksRun(config_of(), Labelled([label]))

    batch = run.examples(0, 0, 4)

    assert batch.weights.tolist() == [[1.0, 0.5, 0.0]] * 4
    run.losses(batch)["heat"].backward()
    gradient = run.interleaved.head.bias.grad
    assert gradient is not None
    assert [bool(g) for g in gradient] == [True, True, False]
    run.close()


def test_rendered_animals_need_no_labels(tmp_path: Path) -> None:
    ranges = load_ranges("quadruped16")
    config = stage_config(
        "landmarks", skeleton=ranges.skeleton, ranges=ranges, output=tmp_path / "m.safetensors", start="nothing",
        renders=1.0, steps=1, **(TINY | {"batch": 2}), shape={"width": 4},
    )  # fmt: skip

    reports = list(train_landmarks(config, Labelled()))

    assert reports[-1].step == 1
    assert read_card(config.output).load_ranges().skeleton == ranges.skeleton


def test_twenty_frames_are_enough_to_hold_some_out(config_of: Callable[..., StageConfig], dots: ModuleType) -> None:
    reports = list(train_landmarks(config_of(steps=1), Labelled(images_of(dots, 20))))

    assert reports[-1].validation.keys() == {"held out median px", "held out PCK@0.1 %"}


def test_a_job_trains_on_the_labels_of_its_project(tmp_path: Path, dots: ModuleType, autoencoder: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    for i in range(3):
        cv2.imwrite(str(folder / f"{i}.png"), dots.draw(dots.walk(20 * i))[..., ::-1])
    reader = open_media(folder)
    ref = describe(reader, "m")
    reader.close()
    ranges = load_ranges("human17")
    empty = Project(skeleton=dots.DOTS, ranges=ranges, media=(ref,))
    project = empty
    for i in range(3):
        project = project.with_instances(FrameKey("m", i), (Instance(Pose2D(dots.walk(20 * i))),))

    def job(of: Project | None) -> Job:
        settings = TINY | {"steps": 1}
        return Job("landmarks", "default", ranges, tmp_path / "m.safetensors", autoencoder, settings, project=of)

    reports = list(train_job(job(project)))

    assert reports[-1].step == 1
    assert load_detector(job(None).output, dots.DOTS, "cpu").skeleton == dots.DOTS
    with pytest.raises(PoseviewerError, match="no labelled frame"):
        list(train_job(job(empty)))
    with pytest.raises(PoseviewerError, match="no labelled frames to learn from; name a project"):
        list(train_job(job(None)))
