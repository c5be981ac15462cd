"""A detector is trained in seconds on a tiny world; a resumed run is the run that was never stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import pytest
import torch

from poseviewer.core.errors import CheckpointError, PoseviewerError
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, Project
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.label_files import read_labels
from poseviewer.io.label_skeleton import skeleton_of
from poseviewer.io.media import describe, open_media
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.models.card import read_card
from poseviewer.models.checkpoint import read_tensors
from poseviewer.models.detector import load_detector
from training.detector import DetectorRun, Labelled, detector_config, held_out_figures, split, train_detector, train_job
from training.detector_config import DetectorConfig
from training.job import Job
from training.labelled_images import LabelledImage, evenly, labelled_image, of_label_file
from training.run import finish
from training.run_config import state_path

TINY: dict[str, Any] = {"shape": {"widths": [8, 16, 16, 16, 16], "head": 16}, "batch": 4, "device": "cpu"}


def images_of(dots: ModuleType, count: int, first: int = 0) -> list[LabelledImage]:
    frames = [first + 23 * i for i in range(count)]
    return [labelled_image(dots.draw(dots.walk(f)), Pose2D(dots.walk(f))) for f in frames]


@pytest.fixture
def config_of(tmp_path: Path, dots: ModuleType) -> Callable[..., DetectorConfig]:
    def build(name: str = "m", **changes: Any) -> DetectorConfig:
        known = TINY | {"skeleton": dots.DOTS, "output": tmp_path / f"{name}.safetensors"} | changes
        return detector_config("quick", **known)

    return build


def run(config: DetectorConfig, labelled: Labelled | None = None) -> list[Any]:
    return list(train_detector(config, labelled))


def test_dots_are_learned_from_six_frames(config_of: Callable[..., DetectorConfig], dots: ModuleType) -> None:
    config = config_of(steps=150, learning_rate=4e-3, turn=20.0)

    reports = run(config, Labelled(images_of(dots, 6)))

    detector = load_detector(config.output, dots.DOTS, "cpu")
    figures = finish(held_out_figures(detector, images_of(dots, 12, first=11), "others"))
    assert figures["others median px"] < 3
    assert figures["others PCK@0.1 %"] > 70
    assert sum(reports[-1].losses.values()) < 0.7 * sum(reports[0].losses.values())
    assert reports[-1].saved
    card = read_card(config.output)
    assert card.kind == "detector"
    assert card.steps == 150
    assert "6 labelled frames" in card.notes


def test_a_resumed_run_is_the_run_that_was_never_stopped(
    config_of: Callable[..., DetectorConfig], dots: ModuleType
) -> None:
    labelled = Labelled(images_of(dots, 3))
    run(config_of("straight", steps=6), labelled)
    stopped = train_detector(config_of("broken", steps=6, report_every=1, report_seconds=1e9), labelled)
    for report in stopped:
        if report.step == 3:
            break
    stopped.close()
    assert read_card(config_of("broken").output).steps == 3

    run(config_of("broken", steps=6, resume=True), labelled)

    straight, broken = (read_tensors(state_path(config_of(name).output)) for name in ("straight", "broken"))
    assert straight.keys() == broken.keys()
    for name, value in straight.items():
        torch.testing.assert_close(broken[name], value, atol=0, rtol=0, msg=name)


def test_too_little_memory_changes_nothing_but_the_pieces(
    config_of: Callable[..., DetectorConfig], dots: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled = Labelled(images_of(dots, 3))
    whole = DetectorRun(config_of("a", half=False), labelled)
    first = {k: float(v) for k, v in whole.advance().items()}
    small = DetectorRun(config_of("b", half=False), labelled)
    plain = small.losses

    def losses(batch: Any) -> Any:
        if len(batch[0]) > 2:
            raise torch.OutOfMemoryError("too many")
        return plain(batch)

    monkeypatch.setattr(small, "losses", losses)

    assert {k: float(v) for k, v in small.advance().items()} == pytest.approx(first, rel=1e-4)
    assert "pieces of 2" in small.message
    whole.close()
    small.close()


def test_every_fifth_frame_is_held_out_where_there_are_enough(
    config_of: Callable[..., DetectorConfig], dots: ModuleType
) -> None:
    images = images_of(dots, 20)

    learned, held_out = split(images, config_of())

    assert [len(learned), len(held_out)] == [16, 4]
    assert not {id(m) for m in learned} & {id(m) for m in held_out}
    assert split(images[:19], config_of()) == (images[:19], [])
    assert split(images, config_of(hold_out=0)) == (images, [])
    assert split(images[:3], replace(config_of(), renders=1.0)) == ([], images[:3])
    reports = run(config_of(steps=2), Labelled(images))
    assert reports[-1].validation.keys() == {"held out median px", "held out PCK@0.1 %"}
    assert read_card(config_of().output).metrics == reports[-1].validation


def test_nothing_to_learn_from_is_refused(config_of: Callable[..., DetectorConfig], dots: ModuleType) -> None:
    with pytest.raises(PoseviewerError, match="no labelled frame to train on"):
        run(config_of(steps=1))
    reports = run(config_of(steps=1), Labelled(images_of(dots, 1)))
    assert "only one labelled frame" in reports[0].message


def test_it_goes_on_from_a_detector_of_other_joints(
    config_of: Callable[..., DetectorConfig], dots: ModuleType, tmp_path: Path
) -> None:
    run(config_of("first", steps=2), Labelled(images_of(dots, 2)))
    first = config_of("first").output
    other = Skeleton.from_names("other", ["tail", "Blue"], [("tail", "Blue")])

    pair = [labelled_image(dots.draw(dots.walk(0)), Pose2D(dots.walk(0)[[0, 2]]))]
    second = DetectorRun(config_of("second", skeleton=other, start=first), Labelled(pair))

    before, after = read_tensors(first), second.network.state_dict()
    torch.testing.assert_close(after["levels.0.0.0.weight"], before["levels.0.0.0.weight"], atol=1e-3, rtol=0)
    torch.testing.assert_close(after["leave.weight"][1], before["leave.weight"][2], atol=1e-3, rtol=0)
    assert after["leave.weight"].shape[0] == 2
    assert second.card.start.startswith("first.safetensors (sha256")
    second.close()
    with pytest.raises(CheckpointError, match="another network than this run"):
        DetectorRun(
            config_of("third", start=first, shape={"widths": [8, 8, 8, 8, 8], "head": 8}), Labelled(images_of(dots, 2))
        )


def test_renders_alone_make_a_detector_of_a_skeleton_with_a_body(tmp_path: Path) -> None:
    ranges = load_ranges("human17")
    config = detector_config(
        "pretrain",
        skeleton=ranges.skeleton,
        ranges=ranges,
        output=tmp_path / "m.safetensors",
        steps=2,
        unseen=8,
        **TINY,
    )

    reports = run(config)

    assert reports[-1].validation.keys() == {"unseen median px", "unseen PCK@0.1 %"}
    card = read_card(config.output)
    assert card.load_ranges().skeleton == ranges.skeleton
    assert "no photo" in card.notes
    assert load_detector(config.output, ranges.skeleton, "cpu").skeleton == ranges.skeleton


def test_a_job_trains_on_the_labels_of_its_project(tmp_path: Path, dots: ModuleType) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    for i in range(3):
        cv2.imwrite(str(folder / f"{i}.png"), dots.draw(dots.walk(20 * i))[..., ::-1])
    reader = open_media(folder)
    ref = describe(reader, "m")
    reader.close()
    ranges = load_ranges("human17")
    project = Project(skeleton=dots.DOTS, ranges=ranges, media=(ref,))
    for i in range(3):
        project = project.with_instances(FrameKey("m", i), (Instance(Pose2D(dots.walk(20 * i))),))
    settings = TINY | {"steps": 2}
    job = Job("detector", "quick", ranges, tmp_path / "m.safetensors", settings=settings, project=project)

    reports = list(train_job(job))

    assert reports[-1].step == 2
    assert load_detector(job.output, dots.DOTS, "cpu").card.notes.startswith("Trained on 3 labelled frames")
    with pytest.raises(PoseviewerError, match="no labelled frame"):
        list(train_job(replace(job, project=Project(skeleton=dots.DOTS, ranges=ranges, media=(ref,)))))


def test_occluded_keypoints_count_less_and_absent_ones_not_at_all(
    config_of: Callable[..., DetectorConfig], dots: ModuleType
) -> None:
    detector = DetectorRun(config_of(), Labelled(images_of(dots, 2)))
    images, keypoints, visibility = detector.examples(0, 0, 2)

    def loss(seen: int, moved: float) -> float:
        points, how = keypoints.clone(), visibility.clone()
        points[:, 0] += moved
        how[:, 0] = seen
        with torch.no_grad():
            return float(detector.losses((images, points, how))["place"])

    assert loss(0, 30) == pytest.approx(loss(0, 0))
    # The mean of three joints by their weights: of the first with weight w, and of the two others.
    others, whole = loss(0, 0), loss(2, 0)
    first = 3 * whole - 2 * others
    assert loss(1, 0) == pytest.approx((0.5 * first + 2 * others) / 2.5, rel=1e-4)
    detector.close()


@pytest.mark.slow
def test_ten_labelled_frames_of_a_mouse_give_a_detector(shared_data: Path, tmp_path: Path) -> None:
    labels = read_labels(next((shared_data / "animal_images" / "dlc_openfield_mouse").rglob("CollectedData*.csv")))
    skeleton = skeleton_of(labels)
    images = of_label_file(labels, skeleton)
    chosen = evenly(range(len(images)), 10)
    config = detector_config("default", skeleton=skeleton, output=tmp_path / "m.safetensors", device="cpu")

    run(config, Labelled([images[i] for i in chosen]))

    others = [image for i, image in enumerate(images) if i not in chosen]
    figures = finish(held_out_figures(load_detector(config.output, skeleton, "cpu"), others, "others"))
    assert figures["others median px"] <= 3.2
    assert figures["others PCK@0.1 %"] > 90
