"""Training of the 2D-to-3D networks on poses that are made on the fly and never used twice (001, 3.3 and 4)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from poseviewer.core.errors import CheckpointError, PoseviewerError
from poseviewer.geometry.kinematics import vectors_from_joints
from poseviewer.models.checkpoint import ModelCard, read_card, read_tensors, save_checkpoint, tables
from poseviewer.models.device import choose_device, fast_dtype
from poseviewer.models.lifter import default_joints, keep_given, make_lifter, make_network
from poseviewer.synthesis.generate import CHUNK, PlanarBatch, batch_rows, chunk_uniforms, sample_batch
from poseviewer.synthesis.presets import SynthesisPreset, find_preset
from training.job import Job
from training.lifter_config import LifterConfig, lifter_config, rate_at, reproduce, start_words, state_path
from training.lifter_losses import default_losses, edge_direction_loss, edge_length_loss, paper_losses
from training.lifter_tasks import default_task, joined, paper_task
from training.own_frames import OwnFrames
from training.progress import Progress

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

SMALLEST = 32
"""A device that cannot hold even this many poses is no device to train on."""
NEVER = 1 << 62

T = TypeVar("T")


def train_job(job: Job) -> Generator[Progress, None, None]:
    """A run as the window asks for it: it reports, validates and saves by the clock."""
    config = lifter_config(
        job.preset, ranges=job.ranges, output=job.output, start=job.start, resume=job.resume,
        save_every=NEVER, save_seconds=job.save_seconds, validate_seconds=job.validate_seconds, **job.settings,
    )  # fmt: skip
    return train_lifter(config, OwnFrames.of(job.project) if job.project else None)


def train_lifter(config: LifterConfig, own: OwnFrames | None = None) -> Generator[Progress, None, None]:
    """Train, yielding a report every `report_every` steps and `report_seconds`; closing the generator saves all.

    The checkpoint at `config.output` is usable at any time. Beside it lies `<output>.state`, from which
    `resume` continues as if the run had never stopped. To end without saving, throw something into the generator.

    Args:
        own: labelled frames of the user's, to validate on as well.

    Raises:
        CheckpointError: the output cannot be written, or there is nothing to resume.
        PoseviewerError: a loss is not a number (the last good checkpoint is kept), or the memory is too small.
    """
    run = LifterRun(config)
    meter = _Meter(run)
    saved = validated = time.monotonic()
    try:
        if config.start is not None and config.validate_seconds < math.inf:
            yield meter.report((yield from _broken_up(run.validating(own), meter)))
        while run.step < config.steps:
            meter.add((yield from _broken_up(run.advancing(), meter)))
            now = time.monotonic()
            over = run.step == config.steps
            saving = over or run.step % config.save_every == 0 or now - saved >= config.save_seconds
            validating = saving or now - validated >= config.validate_seconds
            if not (validating or meter.due or run.step % config.report_every == 0):
                continue
            meter.check()
            figures = (yield from _broken_up(run.validating(own), meter)) if validating else {}
            if saving:
                run.save(figures)
                saved = time.monotonic()
            validated = time.monotonic() if validating else validated
            yield meter.report(figures, saved=saving)
    except GeneratorExit:
        meter.check()
        run.save(run.validate(own))
        raise
    finally:
        run.close()


def _broken_up(work: Generator[None, None, T], meter: _Meter) -> Generator[Progress, None, T]:
    """Work that reports whenever one is due. If the run is to end there, the work is first done to its end."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]
        if meter.due:
            try:
                yield meter.report()
            except GeneratorExit:
                for _ in work:
                    pass
                raise


class _Meter:
    """What happened since the last report, and when the next one is due."""

    def __init__(self, run: LifterRun) -> None:
        self._run = run
        self._sums: dict[str, Tensor] = {}
        self._count = 0
        self._losses: dict[str, float] = {}
        self._began, self._poses = time.perf_counter(), run.poses_seen

    @property
    def due(self) -> bool:
        return time.perf_counter() - self._began >= self._run.config.report_seconds

    def add(self, losses: dict[str, Tensor]) -> None:
        """The terms of one step."""
        for name, value in losses.items():
            self._sums[name] = self._sums.get(name, 0) + value
        self._count += 1

    def check(self) -> None:
        """
        Raises:
            PoseviewerError: a loss is not a number.
        """
        bad = [name for name, value in self._means().items() if not math.isfinite(value)]
        if bad:
            raise PoseviewerError(
                f"Training stopped: the loss '{bad[0]}' is no longer a number; {self._run.config.output} holds the "
                f"last good weights; lower the learning rate and resume."
            )

    def report(self, validation: dict[str, float] | None = None, saved: bool = False) -> Progress:
        self.check()
        run, now = self._run, time.perf_counter()
        self._losses = self._means()
        rate = (run.poses_seen - self._poses) / max(now - self._began, 1e-9)
        self._sums, self._count = {}, 0
        self._began, self._poses = now, run.poses_seen
        message, run.message = run.message, ""
        return Progress(
            run.step, run.config.steps, self._losses, run.poses_seen, rate, validation or {}, message,
            run.device.type, saved, run.config.steps * run.config.batch,
        )  # fmt: skip

    def _means(self) -> dict[str, float]:
        """Of the steps since the last report; the last ones known where there was none."""
        return {k: float(v) / self._count for k, v in self._sums.items()} or self._losses


class LifterRun:
    """The moving parts of one run: network, optimiser, averaged weights, and the number of the next step."""

    def __init__(self, config: LifterConfig) -> None:
        self.config = config
        self.device = choose_device(config.device)
        self.dtype = fast_dtype(self.device) if config.half else None
        self.recipe: SynthesisPreset = find_preset(config.recipe)
        self.rows = batch_rows(config.ranges, self.recipe)
        skeleton, ranges = tables(config.ranges)
        self.card = ModelCard(
            kind="lifter", network=config.network, shape=dict(config.shape), skeleton=skeleton, ranges=ranges,
            preset=config.preset, recipe=config.recipe, seed=config.seed, steps=0, poses_seen=0,
            device=self.device.type, command=reproduce(config),
        )  # fmt: skip
        torch.manual_seed(config.seed)
        self.network = make_network(self.card, config.ranges).to(self.device)
        if config.start is not None and not config.resume:
            self._start_from(config.start)
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay,
            fused=self.device.type in ("cpu", "cuda"),
        )  # fmt: skip
        self.average = {k: v.clone() for k, v in self.network.state_dict().items()} if config.ema else None
        self.generator = torch.Generator(self.device)
        self.makers = ThreadPoolExecutor(2, "poses")
        self.piece = min(config.batch, PIECE) if self.device.type == "cpu" else config.batch
        self.message = ""
        self.step = self._done = 0
        if config.resume:
            self._resume()

    @property
    def poses_seen(self) -> int:
        """Those of the step in hand included."""
        return self.step * self.config.batch + self._done

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

    def advance(self) -> dict[str, Tensor]:
        """One step of the optimiser; returns the loss terms."""
        return _finish(self.advancing())

    def advancing(self) -> Generator[None, None, dict[str, Tensor]]:
        """One step of the optimiser in pieces, between which it yields; returns the loss terms."""
        config = self.config
        for group in self.optimiser.param_groups:
            group["lr"] = config.learning_rate * rate_at(self.step, config)
        losses = yield from self._fitting_memory(self._gradients)
        if config.clip:
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), config.clip)
        self.optimiser.step()
        self.step, self._done = self.step + 1, 0
        self._update_average()
        return losses

    def _gradients(self) -> Generator[None, None, dict[str, Tensor]]:
        """The gradients of the whole batch, piece by piece: as from one piece, up to rounding.

        It yields between poses, forward and backward, so that a slow machine too can be stopped within a second.
        """
        self._done = 0
        self.optimiser.zero_grad(set_to_none=True)
        self.network.train()
        uniforms = self.uniforms(self.step)
        total: dict[str, Tensor] = {}
        for first in range(0, self.config.batch, self.piece):
            part = uniforms[:, first : first + self.piece]
            with torch.no_grad():
                batch = self.sample(part)
            yield
            share = part.shape[1] / self.config.batch
            losses = {k: v * share for k, v in self._losses(batch).items()}
            yield
            torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
            total = {k: total.get(k, 0) + v.detach() for k, v in losses.items()}
            self._done += part.shape[1]
            yield
        return total

    def _fitting_memory(self, work: Callable[[], Generator[None, None, T]]) -> Generator[None, None, T]:
        """Do it, and where the device has too little memory, do it anew in pieces of half the size."""
        while True:
            try:
                return (yield from work())
            except torch.OutOfMemoryError as error:
                if self.piece < 2 * SMALLEST:
                    raise PoseviewerError(
                        f"The {self.device.type} device has too little memory even for {self.piece} poses at once; "
                        f"close other programs that use it, or train with --device cpu."
                    ) from error
            # Only out here has the failed attempt let go of its memory.
            self.piece //= 2
            if self.device.type == "cuda":
                torch.cuda.empty_cache()
            self.message = (
                f"The {self.device.type} device ran out of memory, so every batch of {self.config.batch:,} poses is "
                f"now computed in pieces of {self.piece:,}; what is learned stays the same."
            )

    def _losses(self, batch: PlanarBatch) -> dict[str, Tensor]:
        skeleton = self.config.ranges.skeleton
        with torch.autocast(self.device.type, dtype=self.dtype or torch.bfloat16, enabled=self.dtype is not None):
            if self.config.network == "paper":
                keypoints, target = paper_task(skeleton, batch)
                return paper_losses(skeleton, target, self.network(keypoints).float())
            normal, truth = default_task(self.network, batch)
            return default_losses(self.network, skeleton, normal, truth)  # type: ignore[arg-type]

    def validate(self, own: OwnFrames | None = None) -> dict[str, float]:
        """`validating` without a break."""
        return _finish(self.validating(own))

    def validating(self, own: OwnFrames | None = None) -> Generator[None, None, dict[str, float]]:
        """By the averaged weights: 001's losses, in its own units, on poses never trained on; then on own frames.

        For the default network the edges are those of the pose with the clicked x and y kept, and the lengths
        are relative to the longest of each pose.
        """
        network = make_network(self.card, self.config.ranges).to(self.device)
        network.load_state_dict(self.average or self.network.state_dict())
        network.eval()
        figures = yield from self._fitting_memory(lambda: self._on_unseen(network))
        if own is not None:
            figures |= yield from own.figures(lambda keypoints: self._explain(network, keypoints))
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

    def save(self, metrics: dict[str, float]) -> None:
        """Write the model, and beside it the state to resume from."""
        card = replace(self.card, steps=self.step, poses_seen=self.step * self.config.batch, metrics=metrics)
        weights = self.average or self.network.state_dict()
        save_checkpoint(self.config.output, compact(weights), card)
        state = {f"network.{k}": v for k, v in self.network.state_dict().items()}
        state |= {f"average.{k}": v for k, v in (self.average or {}).items()}
        for i, moments in self.optimiser.state_dict()["state"].items():
            state |= {f"optimiser.{i}.{k}": torch.as_tensor(v) for k, v in moments.items()}
        save_checkpoint(state_path(self.config.output), state, card)

    def _update_average(self) -> None:
        if self.average is None:
            return
        # Early on, a shorter memory: the first weights should not linger.
        keep = min(self.config.ema, (1 + self.step) / (10 + self.step))
        current = self.network.state_dict()
        floating = [k for k, v in self.average.items() if v.is_floating_point()]
        torch._foreach_lerp_([self.average[k] for k in floating], [current[k] for k in floating], 1 - keep)

    def _start_from(self, path: Path) -> None:
        card = read_card(path)
        if card.network != self.card.network or card.shape != self.card.shape or card.skeleton != self.card.skeleton:
            raise CheckpointError(
                f"The model {path} has another network or skeleton than this run; start from one of the same preset "
                f"and skeleton, or from nothing."
            )
        self.network.load_state_dict(read_tensors(path))
        self._started_from(start_words(path))

    def _started_from(self, start: str) -> None:
        self.card = replace(self.card, start=start, command=reproduce(self.config, start))

    def _resume(self) -> None:
        path = state_path(self.config.output)
        if not path.is_file():
            raise CheckpointError(f"There is no run to resume at {path}; start it without --resume.")
        card = read_card(path)
        same = ("network", "shape", "skeleton", "ranges", "recipe", "seed", "preset")
        differing = [name for name in same if getattr(card, name) != getattr(self.card, name)]
        if differing:
            raise CheckpointError(
                f"The run at {path} had another {' and '.join(differing)}; resume it with the same settings or "
                f"choose another output."
            )
        state = read_tensors(path)
        self.network.load_state_dict(_part(state, "network."))
        if self.average is not None:
            self.average = {k: v.to(self.device) for k, v in _part(state, "average.").items()}
        optimiser = self.optimiser.state_dict()
        moments: dict[int, dict[str, Tensor]] = {}
        for name, value in _part(state, "optimiser.").items():
            index, _, key = name.partition(".")
            moments.setdefault(int(index), {})[key] = value
        self.optimiser.load_state_dict({"state": moments, "param_groups": optimiser["param_groups"]})
        self.step = card.steps
        self._started_from(card.start)


def compact(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Half precision for matrices: half the file, no measurable loss; vectors and statistics stay as they are."""
    return {k: v.half() if v.ndim >= 2 and v.is_floating_point() else v for k, v in weights.items()}


def _part(state: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}


def _finish(work: Generator[Any, None, T]) -> T:
    """What a generator returns, its yields left out."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]
