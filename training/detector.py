"""Few-shot training of the default detector: a handful of labelled frames, seen again and again as they might have been
taken, and rendered animals where the skeleton has a body."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from poseviewer.core.errors import CheckpointError, PoseviewerError
from poseviewer.core.project import Project
from poseviewer.core.skeleton import Skeleton, canonical
from poseviewer.geometry import detection_metrics as metrics
from poseviewer.io.skeleton_files import skeleton_to_table
from poseviewer.models.checkpoint import ModelCard, read_card, read_tensors, tables
from poseviewer.models.detector import Detector, make_network, to_images
from poseviewer.models.find_detector import KIND
from poseviewer.models.look import Cutout, Picture, Sight, look
from poseviewer.models.place_maps import STRIDE, offset_loss, place_loss, place_targets
from poseviewer.models.track import Tracker
from training.augment import Augmentation, usual_turn
from training.backgrounds import read_backgrounds
from training.detector_config import AUTO, DetectorConfig, begun_card, detector_config, reproduce
from training.detector_examples import Examples, Pictures
from training.job import Job
from training.labelled_images import LabelledImage, of_project
from training.progress import Progress
from training.run import NEVER, Losses, Run, drive
from training.run_config import start_words

__all__ = ["DetectorConfig", "DetectorRun", "Labelled", "detector_config", "train_detector", "train_job"]

VALIDATION_STREAM = 1 << 40
"""Steps numbered from here are renders for validation: training never gets there."""
PIECE = 8
"""Images that a CPU works through at once: between two pieces a run can be stopped."""
BACKGROUNDS = 48
"""Frames of the project's media that rendered animals are put on, at most."""


@dataclass(frozen=True, eq=False)
class Labelled:
    """What a run learns from besides renders: labelled images, and frames (M, h, w, 3) to render animals on."""

    images: Sequence[LabelledImage] = ()
    backgrounds: NDArray[np.uint8] | None = field(default=None)


def train_job(job: Job) -> Generator[Progress, None, None]:
    """A run as the window asks for it: it reports, validates and saves by the clock."""
    skeleton = job.project.skeleton if job.project else job.ranges.skeleton
    settings = {"labels": "PROJECT" if job.project else "", "ranges": job.ranges} | job.settings
    config = detector_config(
        job.preset, skeleton=skeleton, output=job.output, start=job.start, resume=job.resume,
        save_every=NEVER, save_seconds=job.save_seconds, validate_seconds=job.validate_seconds, **settings,
    )  # fmt: skip
    yield from train_detector(config, labelled_of(job.project, config) if job.project else None)


def labelled_of(project: Project, config: DetectorConfig) -> Labelled:
    """What a project has to learn from.

    Raises:
        PoseviewerError: nothing is labelled.
        MediaError: a media file is missing or another one.
    """
    backgrounds = read_backgrounds(project, BACKGROUNDS) if config.renders else None
    return Labelled(of_project(project, config.frames), backgrounds)


def train_detector(config: DetectorConfig, labelled: Labelled | None = None) -> Generator[Progress, None, None]:
    """Train a detector as `training.run.drive` does.

    Raises:
        CheckpointError: the output cannot be written, or there is nothing to resume.
        PoseviewerError: there is nothing to learn from, a loss is not a number (the last good checkpoint is kept), or
            the memory is too small.
    """
    yield from drive(DetectorRun(config, labelled or Labelled()))


class DetectorRun(Run[DetectorConfig]):
    """A detector that learns from labelled frames and renders."""

    noun = "images"
    smallest = 1
    most = PIECE

    def __init__(self, config: DetectorConfig, labelled: Labelled) -> None:
        if not labelled.images and config.renders < 1:
            raise PoseviewerError("There is no labelled frame to train on; label at least 5 frames first.")
        self.learned, self.held_out = split(labelled.images, config)
        card = _card(config)
        torch.manual_seed(config.seed)
        network = make_network(card)
        self._examples = Examples(config, self.learned, _augmentation(config, self.learned), labelled.backgrounds)
        super().__init__(config, card, network.to(memory_format=torch.channels_last))  # type: ignore[call-overload]
        self.card = replace(self.card, device=self.device.type, notes=_notes(self.learned, self.held_out, config))
        if len(self.learned) == 1:
            self.message = (
                "There is only one labelled frame: the detector will hardly know the animal in another pose; "
                "label 5 or more."
            )

    def reproduce(self, start: str) -> str:
        return reproduce(self.config, start)

    def close(self) -> None:
        self._examples.close()

    def start_from(self, path: Any) -> None:
        """Take over the weights of any detector of the same network: of its joints those that have the same names.

        Raises:
            CheckpointError: it is another network, or damaged.
        """
        card = read_card(path)
        if card.kind != KIND or card.network != self.card.network or card.shape != self.card.shape:
            raise CheckpointError(
                f"The model {path} has another network than this run; start from one of the same preset, or from "
                f"nothing."
            )
        weights = read_tensors(path)
        own = self.network.state_dict()
        rows = _same_joints(card.load_skeleton(), self.config.skeleton)
        for name in [n for n in weights if n.startswith("leave.")]:
            given, weights[name] = weights[name], own[name].clone()
            for mine, theirs in rows:
                weights[name][mine] = given[theirs]
        try:
            self.network.load_state_dict(weights)
        except RuntimeError as error:
            raise CheckpointError(f"The model {path} is damaged; choose another or train it again.") from error
        self.started_from(start_words(path))

    def examples(self, step: int, first: int, count: int) -> tuple[Tensor, Tensor, Tensor]:
        made = self._examples.batch(step, first, count)
        parts = (made.images, made.keypoints.astype(np.float32), made.visibility)
        images, keypoints, visibility = (torch.from_numpy(part).to(self.device) for part in parts)
        return images, keypoints, visibility

    def losses(self, batch: tuple[Tensor, Tensor, Tensor]) -> Losses:
        images, keypoints, visibility = batch
        with self.autocast():
            logits = self.network(to_images(images))
        side = images.shape[1]
        inside = (visibility > 0) & ((keypoints > -0.5) & (keypoints < side - 0.5)).all(-1)
        cells = (keypoints + 0.5) / STRIDE - 0.5
        targets = place_targets(cells, inside, (logits.shape[2], logits.shape[3]), self.config.sigma)
        weights = (visibility > 0).float() - (1 - self.config.occluded) * (visibility == 1).float()
        offsets = offset_loss(logits, cells, weights * inside)
        return {"place": place_loss(logits, targets, weights), "offset": self.config.offset * offsets}

    def validating(self) -> Generator[None, None, dict[str, float]]:
        """Pixels and PCK on the labelled frames that were held out; on renders where nothing is labelled."""
        network = make_network(self.card)
        network.load_state_dict(self.weights)
        detector = Detector(network, self.card, self.config.skeleton, self.device)
        if self.held_out:
            return (yield from held_out_figures(detector, self.held_out))
        if not self.learned:
            return (yield from self._on_renders(detector))
        return {}

    def _on_renders(self, detector: Detector) -> Generator[None, None, dict[str, float]]:
        found, truth = [], []
        step = VALIDATION_STREAM
        for _ in range(0, self.config.unseen, self.config.batch):
            made: Pictures = self._examples.make(step, 0, self.config.batch)
            found.append(detector.detect(made.images)[0])
            inside = (made.visibility > 0) & ((made.keypoints > 0) & (made.keypoints < made.images.shape[1])).all(-1)
            truth.append(np.where(inside[..., None], made.keypoints, np.nan))
            step += 1
            yield
        return _figures(np.concatenate(found), np.concatenate(truth), "unseen")


def split(images: Sequence[LabelledImage], config: DetectorConfig) -> tuple[list[LabelledImage], list[LabelledImage]]:
    """Those to learn from and those to validate on: every `hold_out`-th, where there are enough.

    A run that learns from renders alone validates on all of them.
    """
    if config.renders >= 1:
        return [], list(images)
    if not config.hold_out or len(images) < config.hold_out_from:
        return list(images), []
    held = set(range(config.hold_out // 2, len(images), config.hold_out))
    return [m for i, m in enumerate(images) if i not in held], [m for i, m in enumerate(images) if i in held]


def held_out_figures(
    detector: Detector, images: Sequence[LabelledImage], name: str = "held out"
) -> Generator[None, None, dict[str, float]]:
    """How far off a detector is on labelled images, in pixels of their frames: found in the whole, then seen from near.

    Yields between batches.
    """

    def looking(cutouts: Sequence[Cutout]) -> list[Sight]:
        return look(detector, cutouts)

    found = []
    waiting = [Picture(i, m.image, m.image.shape[1], m.image.shape[0]) for i, m in enumerate(images)]
    tracker = Tracker(looking, 16, follows=False)
    while waiting:
        sights = tracker.take(waiting)
        found += [sight.keypoints for sight in sights]
        waiting = waiting[len(sights) :]
        yield
    shrunk = np.array([m.shrunk for m in images])[:, None, None]
    return _figures(np.stack(found) * shrunk, np.stack([m.keypoints for m in images]) * shrunk, name)


def _figures(found: NDArray[Any], truth: NDArray[Any], name: str) -> dict[str, float]:
    share = metrics.pck(found, truth, metrics.box_sides(truth), share=0.1)
    figures = {
        f"{name} median px": metrics.median_of(metrics.pixel_errors(found, truth)),
        f"{name} PCK@0.1 %": metrics.mean_of(share),
    }
    return {key: value for key, value in figures.items() if np.isfinite(value)}


def _augmentation(config: DetectorConfig, images: Sequence[LabelledImage]) -> Augmentation:
    pairs = config.skeleton.pairs
    turn = usual_turn(images, config.skeleton) if config.turn == AUTO else config.turn
    return Augmentation(
        config.whole, config.near, config.nearest, config.farthest, config.shift, turn, config.stretch, config.mirror,
        config.light, config.skeleton.mirror if pairs else (),
    )  # fmt: skip


def _card(config: DetectorConfig) -> ModelCard:
    ranges: dict[str, Any] = tables(config.ranges)[1] if config.renders and config.ranges else {}
    begun = begun_card(config.output) if config.resume else None
    return ModelCard(
        kind=KIND, network=config.network, shape=dict(config.shape), skeleton=skeleton_to_table(config.skeleton),
        ranges=ranges, preset=config.preset, recipe="labelled frames" if config.renders < 1 else "renders",
        seed=config.seed, steps=0, poses_seen=0, device="", command=begun.command if begun else reproduce(config),
        start=begun.start if begun else "",
    )  # fmt: skip


def _notes(learned: Sequence[LabelledImage], held_out: Sequence[LabelledImage], config: DetectorConfig) -> str:
    if not learned:
        return "Trained on renders alone: it has seen no photo."
    words = f"Trained on {len(learned)} labelled frames"
    words += f" and renders ({config.renders:.0%} of each batch)" if config.renders else ""
    return words + (f"; validated on {len(held_out)} others." if held_out else "; not validated: too few frames.")


def _same_joints(theirs: Skeleton, mine: Skeleton) -> list[tuple[int, int]]:
    known = {canonical(joint): i for i, joint in enumerate(theirs.joints)}
    return [(i, known[canonical(joint)]) for i, joint in enumerate(mine.joints) if canonical(joint) in known]
