"""Training of the 2D-to-3D networks on poses that are made on the fly and never used twice (001, 3.3 and 4)."""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from poseviewer.geometry.kinematics import vectors_from_joints
from poseviewer.models.checkpoint import ModelCard, tables
from poseviewer.models.device import choose_device
from poseviewer.models.lifter import default_joints, keep_given, make_lifter, make_network
from poseviewer.synthesis.generate import CHUNK, PlanarBatch, batch_rows, chunk_uniforms, sample_batch
from poseviewer.synthesis.presets import SynthesisPreset, find_preset
from training.job import Job
from training.lifter_config import LifterConfig, lifter_config, rate_at, reproduce, state_path
from training.lifter_losses import default_losses, edge_direction_loss, edge_length_loss, paper_losses
from training.lifter_tasks import default_task, joined, paper_task
from training.own_frames import OwnFrames
from training.progress import Progress
from training.run import NEVER, Losses, Run, drive

__all__ = [
    "LifterConfig",
    "LifterRun",
    "default_task",
    "lifter_config",
    "paper_task",
    "rate_at",
    "state_path",
    "train_job",
    "train_lifter",
]

VALIDATION_STREAM = 1 << 40
"""Steps numbered from here are poses for validation: training never gets there."""
PIECE = 2048
"""Poses that a CPU works through at once: more is no faster, and between two pieces a run can be stopped."""


def train_job(job: Job) -> Generator[Progress, None, None]:
    """A run as the window asks for it: it reports, validates and saves by the clock."""
    config = lifter_config(
        job.preset, ranges=job.ranges, output=job.output, start=job.start, resume=job.resume,
        save_seconds=job.save_seconds, validate_seconds=job.validate_seconds, **({"save_every": NEVER} | job.settings),
    )  # fmt: skip
    return train_lifter(config, OwnFrames.of(job.project) if job.project else None)


def train_lifter(config: LifterConfig, own: OwnFrames | None = None) -> Generator[Progress, None, None]:
    """Train a lifter as `training.run.drive` does.

    Args:
        own: labelled frames of the user's, to validate on as well.

    Raises:
        CheckpointError: the output cannot be written, or there is nothing to resume.
        PoseviewerError: a loss is not a number (the last good checkpoint is kept), or the memory is too small.
    """
    yield from drive(LifterRun(config, own))


class LifterRun(Run[LifterConfig]):
    """A lifter that learns from synthetic poses."""

    def __init__(self, config: LifterConfig, own: OwnFrames | None = None) -> None:
        self._own = own
        self.recipe: SynthesisPreset = find_preset(config.recipe)
        self.rows = batch_rows(config.ranges, self.recipe)
        self.most = PIECE
        device = choose_device(config.device)
        skeleton, ranges = tables(config.ranges)
        card = ModelCard(
            kind="lifter", network=config.network, shape=dict(config.shape), skeleton=skeleton, ranges=ranges,
            preset=config.preset, recipe=config.recipe, seed=config.seed, steps=0, poses_seen=0,
            device=device.type, command=reproduce(config),
        )  # fmt: skip
        torch.manual_seed(config.seed)
        self.generator = torch.Generator(device)
        self.makers = ThreadPoolExecutor(2, "poses")
        self._drawn: tuple[int, Tensor] | None = None
        super().__init__(config, card, make_network(card, config.ranges))

    def reproduce(self, start: str) -> str:
        return reproduce(self.config, start)

    def close(self) -> None:
        """End the threads that make poses."""
        self.makers.shutdown()

    def uniforms(self, step: int, count: int | None = None) -> Tensor:
        """The uniform numbers of one step; they depend on the seed and the step alone."""
        count = count or self.config.batch
        if self.device.type == "cpu":
            return torch.from_numpy(chunk_uniforms(self.rows, self.config.seed, step, count))
        state = np.random.SeedSequence((self.config.seed, step)).generate_state(1, np.uint64)
        self.generator.manual_seed(int(state[0]))
        return torch.rand(self.rows, count, generator=self.generator, device=self.device)

    def sample(self, uniforms: Tensor) -> PlanarBatch:
        """The poses of uniform numbers, as tensors on the device.

        On a CPU they are made by numpy, which has less to do per operation than torch at this size, in pieces
        that fit the cache and on two cores.
        """
        if self.device.type != "cpu":
            return sample_batch(self.config.ranges, self.recipe, uniforms)
        numbers = uniforms.numpy()
        count = numbers.shape[1]
        size = min(CHUNK, -(-count // 2))
        pieces = [numbers[:, first : first + size] for first in range(0, count, size)]
        return joined(list(self.makers.map(lambda u: sample_batch(self.config.ranges, self.recipe, u), pieces)))

    def examples(self, step: int, first: int, count: int) -> PlanarBatch:
        if self._drawn is None or self._drawn[0] != step:
            self._drawn = step, self.uniforms(step)
        return self.sample(self._drawn[1][:, first : first + count])

    def losses(self, batch: PlanarBatch) -> Losses:
        skeleton = self.config.ranges.skeleton
        with self.autocast():
            if self.config.network == "paper":
                keypoints, target = paper_task(skeleton, batch)
                return paper_losses(skeleton, target, self.network(keypoints).float())
            normal, truth = default_task(self.network, batch)
            return default_losses(self.network, skeleton, normal, truth)  # type: ignore[arg-type]

    def validating(self) -> Generator[None, None, dict[str, float]]:
        """By the averaged weights: 001's losses, in its own units, on poses never trained on; then on own frames.

        For the default network the edges are those of the pose with the clicked x and y kept, and the lengths
        are relative to the longest of each pose.
        """
        network = make_network(self.card, self.config.ranges).to(self.device)
        network.load_state_dict(self.weights)
        network.eval()
        figures = yield from self.fitting_memory(lambda: self._on_unseen(network))
        if self._own is not None:
            figures |= yield from self._own.figures(lambda keypoints: self._explain(network, keypoints))
        return figures

    def _on_unseen(self, network: torch.nn.Module) -> Generator[None, None, dict[str, float]]:
        count = self.config.unseen
        uniforms = self.uniforms(VALIDATION_STREAM, count)
        total: dict[str, float] = {}
        size = min(PIECE, self.piece)
        for first in range(0, count, size):
            part = uniforms[:, first : first + size]
            for name, value in self._figures(network, self.sample(part)).items():
                total[name] = total.get(name, 0.0) + float(value) * part.shape[1] / count
            yield
        return total

    @torch.no_grad()
    def _figures(self, network: torch.nn.Module, batch: PlanarBatch) -> dict[str, Tensor]:
        skeleton = self.config.ranges.skeleton
        if self.config.network == "paper":
            keypoints, target = paper_task(skeleton, batch)
            return paper_losses(skeleton, target, network(keypoints))
        normal, truth = default_task(network, batch)
        joints = keep_given(default_joints(network, skeleton, normal)[0], normal)
        edges, true = vectors_from_joints(skeleton, joints), vectors_from_joints(skeleton, truth.joints)
        lengths = [e.norm(dim=-1) for e in (true, edges)]
        relative = [v / v.amax(1, keepdim=True) for v in lengths]
        depth = (joints - joints[:, skeleton.root, None] - truth.joints + truth.joints[:, skeleton.root, None])[..., 2]
        return {
            "L_ed": edge_direction_loss(true, edges),
            "L_el": edge_length_loss(*relative),
            "depth_error": depth.abs().mean(),
        }

    @torch.no_grad()
    def _explain(self, network: torch.nn.Module, keypoints: NDArray[np.float32]) -> NDArray[Any]:
        """The network's own x and y (N, J, 2) of keypoints; NaN for poses that it cannot be asked about."""
        given = np.isfinite(keypoints[..., 0])
        xy = torch.from_numpy(np.where(given[..., None], keypoints, 0)).to(self.device)
        mask = torch.from_numpy(given.astype(np.float32)).to(self.device)
        lifter = make_lifter(network, self.card, self.config.ranges.skeleton, self.device)
        return lifter.own_places(xy, mask).float().cpu().numpy()
