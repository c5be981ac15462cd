"""Training of the 2D-to-3D networks on poses that are made on the fly and never used twice (001, 3.3 and 4)."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from poseviewer.core.errors import CheckpointError, PoseviewerError
from poseviewer.core.ranges import RangePreset
from poseviewer.geometry.camera import camera_to_body
from poseviewer.geometry.kinematics import spherical_from_vectors, vectors_from_joints
from poseviewer.geometry.rotations import trailing_vectors
from poseviewer.io.skeleton_files import load_ranges, shipped_ranges
from poseviewer.models.checkpoint import ModelCard, read_card, read_tensors, save_checkpoint, tables
from poseviewer.models.device import choose_device, fast_dtype
from poseviewer.models.lifter import default_joints, keep_given, make_network
from poseviewer.models.normalise import NormalisedKeypoints, normalise
from poseviewer.synthesis.generate import CHUNK, PlanarBatch, batch_rows, chunk_uniforms, sample_batch
from poseviewer.synthesis.presets import SynthesisPreset, find_preset
from training.lifter_losses import DefaultTarget, default_losses, edge_direction_loss, edge_length_loss, paper_losses
from training.presets import load_preset
from training.progress import Progress

VALIDATION_STREAM = 1 << 40
"""Steps numbered from here are poses for validation: training never gets there."""


@dataclass(frozen=True)
class LifterConfig:
    """Everything a training run depends on; the same config gives the same weights on the same device."""

    ranges: RangePreset
    output: Path
    preset: str = "default"
    network: str = "default"
    shape: dict[str, Any] = field(default_factory=dict)
    recipe: str = "default"
    batch: int = 2048
    steps: int = 20000
    learning_rate: float = 1.5e-3
    schedule: str = "cosine"
    warmup: int = 0
    weight_decay: float = 0.0
    ema: float = 0.0
    clip: float = 0.0
    seed: int = 0
    device: str = "auto"
    half: bool = True
    """bfloat16 products where the device is faster at them."""
    start: Path | None = None
    """A checkpoint whose weights to start from (fine-tuning)."""
    resume: bool = False
    """Continue the run that `output` belongs to, with the same random stream."""
    report_every: int = 50
    save_every: int = 2000


def lifter_config(
    preset: str = "default",
    *,
    skeleton: str | None = None,
    ranges: RangePreset | str | Path | None = None,
    output: Path,
    **overrides: Any,
) -> LifterConfig:
    """A config from a preset's name, the skeleton or ranges, and what differs from the preset.

    Raises:
        PoseviewerError: there is no such preset, or neither skeleton nor ranges are given.
    """
    if ranges is None and skeleton is None:
        raise PoseviewerError("Training needs a skeleton or ranges; give --skeleton or --ranges.")
    if not isinstance(ranges, RangePreset):
        name = ranges if ranges is not None else skeleton
        if ranges is None and preset.startswith("paper") and f"{skeleton}.paper" in shipped_ranges(str(skeleton)):
            name = f"{skeleton}.paper"
        assert name is not None
        ranges = load_ranges(name)
    table = load_preset("lifter", preset)
    known = {k: v for k, v in overrides.items() if v is not None}
    return LifterConfig(ranges=ranges, output=output, preset=preset, **(table | known))


def train_lifter(config: LifterConfig) -> Iterator[Progress]:
    """Train, yielding a report every `report_every` steps; closing the generator saves what there is.

    The checkpoint at `config.output` is usable at any time. Beside it lies `<output>.state`, from which
    `resume` continues as if the run had never stopped.

    Raises:
        CheckpointError: the output cannot be written, or there is nothing to resume.
        PoseviewerError: a loss is not a number (the last good checkpoint is kept).
    """
    run = LifterRun(config)
    try:
        while run.step < config.steps:
            began, first = time.perf_counter(), run.step
            sums: dict[str, Tensor] = {}
            stop = min(config.steps, (run.step // config.report_every + 1) * config.report_every)
            while run.step < stop:
                for name, value in run.advance().items():
                    sums[name] = sums.get(name, 0) + value
            losses = {k: float(v) / (run.step - first) for k, v in sums.items()}
            _check_finite(losses, config.output)
            done = run.step - first
            saving = run.step % config.save_every == 0 or run.step == config.steps
            validation = run.validate() if saving else {}
            if saving:
                run.save(validation)
            yield Progress(
                run.step,
                config.steps,
                losses,
                run.step * config.batch,
                done * config.batch / (time.perf_counter() - began),
                validation,
            )
    except GeneratorExit:
        run.save(run.validate())
        raise


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
        if config.start is not None:
            self._start_from(config.start)
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay,
            fused=self.device.type in ("cpu", "cuda"),
        )  # fmt: skip
        self.average = {k: v.clone() for k, v in self.network.state_dict().items()} if config.ema else None
        self.generator = torch.Generator(self.device)
        self.makers = ThreadPoolExecutor(2)
        self.step = 0
        if config.resume:
            self._resume()

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
        return _joined(list(self.makers.map(lambda u: sample_batch(self.config.ranges, self.recipe, u), pieces)))

    def advance(self) -> dict[str, Tensor]:
        """One step of the optimiser; returns the loss terms."""
        config = self.config
        for group in self.optimiser.param_groups:
            group["lr"] = config.learning_rate * rate_at(self.step, config)
        with torch.no_grad():
            batch = self.sample(self.uniforms(self.step))
        self.network.train()
        losses = self._losses(batch)
        self.optimiser.zero_grad(set_to_none=True)
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
        if config.clip:
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), config.clip)
        self.optimiser.step()
        self.step += 1
        self._update_average()
        return {k: v.detach() for k, v in losses.items()}

    def _losses(self, batch: PlanarBatch) -> dict[str, Tensor]:
        skeleton = self.config.ranges.skeleton
        with torch.autocast(self.device.type, dtype=self.dtype or torch.bfloat16, enabled=self.dtype is not None):
            if self.config.network == "paper":
                keypoints, target = paper_task(skeleton, batch)
                return paper_losses(skeleton, target, self.network(keypoints).float())
            normal, truth = default_task(self.network, batch)
            return default_losses(self.network, skeleton, normal, truth)  # type: ignore[arg-type]

    @torch.no_grad()
    def validate(self, count: int = 8192) -> dict[str, float]:
        """On poses never trained on, by the averaged weights: 001's losses, in its own units.

        For the default network the edges are those of the pose with the clicked x and y kept, and the lengths
        are relative to the longest of each pose.
        """
        skeleton = self.config.ranges.skeleton
        batch = self.sample(self.uniforms(VALIDATION_STREAM, count))
        network = make_network(self.card, self.config.ranges).to(self.device)
        network.load_state_dict(self.average or self.network.state_dict())
        network.eval()
        if self.config.network == "paper":
            keypoints, target = paper_task(skeleton, batch)
            return {k: float(v) for k, v in paper_losses(skeleton, target, network(keypoints)).items()}
        normal, truth = default_task(network, batch)
        joints = keep_given(default_joints(network, skeleton, normal)[0], normal)
        edges, true = vectors_from_joints(skeleton, joints), vectors_from_joints(skeleton, truth.joints)
        lengths = [e.norm(dim=-1) for e in (true, edges)]
        relative = [v / v.amax(1, keepdim=True) for v in lengths]
        depth = (joints - joints[:, skeleton.root, None] - truth.joints + truth.joints[:, skeleton.root, None])[..., 2]
        return {
            "L_ed": float(edge_direction_loss(true, edges)),
            "L_el": float(edge_length_loss(*relative)),
            "depth_error": float(depth.abs().mean()),
        }

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


def default_task(network: torch.nn.Module, batch: PlanarBatch) -> tuple[NormalisedKeypoints, DefaultTarget]:
    """What the default network is given, and what it should answer.

    The truth has the x and y of the picture (a perspective one too) and the depth at the picture's scale, because
    the user's clicks are kept.
    """
    keypoints = trailing_vectors(batch.keypoints)
    mask = batch.present.T.contiguous()
    scaled = getattr(network, "scale_input", False)
    normal = normalise(keypoints, mask, scaled=scaled)
    depth = batch.views.joints[2] * batch.views.scale
    clean = trailing_vectors(batch.views.keypoints)
    xy = (clean - normal.centre[:, None]) / normal.radius[:, None, None]
    z = depth.T / normal.radius[:, None]
    return normal, DefaultTarget(torch.cat([xy, z[..., None]], dim=-1))


def paper_task(skeleton: Any, batch: PlanarBatch) -> tuple[Tensor, Tensor]:
    """001, eq. 7: the projection onto the xz-plane (N, J, 2), and the spherical edges (N, B, 3) of the turned pose."""
    turned = camera_to_body(trailing_vectors(batch.views.joints))
    return turned[..., [0, 2]], spherical_from_vectors(vectors_from_joints(skeleton, turned))


def rate_at(step: int, config: LifterConfig) -> float:
    """The learning rate at a step as a fraction of its peak."""
    if step < config.warmup:
        return (step + 1) / config.warmup
    if config.schedule == "constant":
        return 1.0
    done = (step - config.warmup) / max(1, config.steps - config.warmup)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def state_path(output: Path) -> Path:
    """Where a run keeps what it needs to be resumed."""
    return output.with_name(output.name + ".state")


def compact(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Half precision for matrices: half the file, no measurable loss; vectors and statistics stay as they are."""
    return {k: v.half() if v.ndim >= 2 and v.is_floating_point() else v for k, v in weights.items()}


def reproduce(config: LifterConfig) -> str:
    """The command that makes the model again."""
    words = ["poseviewer train lifter", f"--preset {config.preset}", f"--ranges {config.ranges.name}"]
    words += [f"--seed {config.seed}", f"--steps {config.steps}", f"--batch {config.batch}"]
    return " ".join([*words, f"-o {config.output.name}"])


def _check_finite(losses: dict[str, float], output: Path) -> None:
    bad = [name for name, value in losses.items() if not math.isfinite(value)]
    if bad:
        raise PoseviewerError(
            f"Training stopped: the loss '{bad[0]}' is no longer a number; {output} holds the last good weights; "
            f"lower the learning rate and resume."
        )


def _joined(batches: list[Any]) -> Any:
    """Dataclasses of numpy arrays (nested), poses last, as one of tensors."""
    parts = {f.name: [getattr(batch, f.name) for batch in batches] for f in fields(batches[0])}
    whole = {
        name: torch.from_numpy(np.concatenate(values, axis=-1))
        if isinstance(values[0], np.ndarray)
        else _joined(values)
        for name, values in parts.items()
    }
    return replace(batches[0], **whole)


def _part(state: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
