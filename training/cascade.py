"""What cascaded lifters have in common, whatever poses they learn from: views, losses, one stage after the other."""

from __future__ import annotations

import bisect
import math
from abc import ABC, abstractmethod
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import torch
from array_api_compat import array_namespace, device
from numpy.typing import NDArray
from torch import Tensor

from poseviewer.core.ranges import Interval, RangePreset
from poseviewer.geometry.kinematics import planar_joints, vectors_from_joints
from poseviewer.geometry.pose_model import length_parts
from poseviewer.models.checkpoint import ModelCard, tables
from poseviewer.models.device import choose_device
from poseviewer.models.lifter import make_lifter, make_network
from poseviewer.models.normalise import normalise
from poseviewer.models.torch_lifter import TorchLifter
from poseviewer.synthesis.generate import chunk_uniforms
from poseviewer.synthesis.presets import Flaws, Views
from poseviewer.synthesis.views import flaw_rows, sample_flaws, sample_views, view_rows
from training.lifter_losses import edge_direction_loss, edge_length_loss
from training.own_frames import OwnFrames
from training.pose_validation import PoseValidation
from training.run import Losses, Run
from training.run_config import RunConfig, rate_at

VALIDATION_STREAM = 1 << 40
"""Steps numbered from here are views for validation: training never gets there."""
PIECE = 1024
"""Poses that a CPU works through at once: between two pieces a run can be stopped."""

HORIZON = (0.0, 20.0)
"""Degrees of elevation of the cameras that a file of poses is measured from: those of 003. They are orthographic."""

Degrees = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class CascadeConfig(RunConfig, ABC):
    """Everything a cascade's training depends on, apart from where its poses come from.

    poses: files of 3D poses. weights: by file stem, how much each of its poses counts.
    validate: a file of 3D poses to measure on, "" for none.
    loss: "square" of the coordinates, as published, or "distance" of the joints and of their depths.
    opening: share of the steps in which the first stage learns; 0 for as many as the others.
    mirror: share of poses that are mirrored.
    stretch: by how much bone lengths are changed, as a multiple of the spread between individuals in the ranges:
        recorded poses are of a few people only.
    upright, pitch, elevation, roll, perspective, distance: the cameras, as `synthesis.presets.Views`; degrees.
    noise: of the keypoints, as `synthesis.presets.Flaws`. unseen: poses to validate on.
    """

    ranges: RangePreset
    network: str = "cascade"
    poses: tuple[Path, ...] = ()
    weights: dict[str, float] = field(default_factory=dict)
    validate: str = ""
    loss: str = "distance"
    opening: float = 0.0
    mirror: float = 0.5
    stretch: float = 0.0
    upright: float = 1.0
    pitch: Degrees = (0.0, 0.0)
    elevation: Degrees = (0.0, 20.0)
    roll: Degrees = (0.0, 0.0)
    perspective: float = 0.4
    distance: tuple[float, float] = (4.0, 25.0)
    noise: float = 0.0
    unseen: int = 8192

    @property
    def views(self) -> Views:
        return Views(
            upright=self.upright, pitch=_radians(self.pitch), elevation=_radians(self.elevation),
            roll=_radians(self.roll), perspective=self.perspective, distance=Interval(*self.distance),
        )  # fmt: skip

    @property
    @abstractmethod
    def method(self) -> str:
        """What the command line calls this training."""

    @property
    def title(self) -> str:
        """What the card calls it: the method, and its preset where that is not the usual one."""
        return self.method if self.preset == "default" else f"{self.method} {self.preset}"

    @property
    def bounds(self) -> list[int]:
        """The step at which each stage begins, and that at which the last one ends."""
        stages = int(self.shape.get("stages", 2))
        first = round(self.opening * self.steps) if self.opening and stages > 1 else -(-self.steps // stages)
        rest = [first + (self.steps - first) * k // max(1, stages - 1) for k in range(stages - 1)]
        return [0, *rest, self.steps]


class Shown(NamedTuple):
    """keypoints: (N, J, 2) centred and scaled. joints: (N, J, 3) in the same frame, the root at the origin."""

    keypoints: Tensor
    joints: Tensor


K = TypeVar("K", bound=CascadeConfig)


class CascadeRun(Run[K]):
    """A cascade that learns from 3D poses seen by random cameras."""

    most = PIECE

    def __init__(self, config: K, recipe: str, stock: NDArray[np.float32], own: OwnFrames | None = None) -> None:
        """
        Args:
            recipe: what the poses are, for the card. stock: (P, J, 3) z up, in which nothing is missing.
        """
        self._own = own
        self._drawn: tuple[int, Shown] | None = None
        self.views, self.flaws = config.views, Flaws(noise=config.noise)
        skeleton, ranges = tables(config.ranges)
        where = choose_device(config.device)
        card = ModelCard(
            kind="lifter", network=config.network, shape=dict(config.shape), skeleton=skeleton, ranges=ranges,
            preset=config.title, recipe=recipe, seed=config.seed, steps=0, poses_seen=0, device=where.type,
        )  # fmt: skip
        root = config.ranges.skeleton.root
        self.stock = torch.from_numpy(np.ascontiguousarray(stock - stock[:, root, None], np.float32)).to(where)
        self.measured = (
            PoseValidation(config.validate, config.ranges.skeleton, HORIZON, math.inf) if config.validate else None
        )
        self.by_numpy = where.type == "cpu"
        self.lengths = length_parts(config.ranges)[1]
        self.generator = torch.Generator(where)
        torch.manual_seed(config.seed)
        super().__init__(config, card, make_network(card, config.ranges))
        if not self.card.command:
            self.card = replace(self.card, command=self.reproduce(""))

    # --- the examples --------------------------------------------------------------------------------------

    @abstractmethod
    def chosen(self, uniforms: Any, unseen: bool) -> Any:
        """Which poses of the stock uniform numbers (N,) draw; some that are kept for it where they are to be unseen."""

    def examples(self, step: int, first: int, count: int) -> Shown:
        if self._drawn is None or self._drawn[0] != step:
            self._drawn = step, self.shown(step, self.config.batch)
        # Dropout draws from torch's own stream: a run that is continued must find it where it was.
        torch.manual_seed(int(np.random.SeedSequence((self.config.seed, step, first)).generate_state(1)[0]))
        return Shown(*(part[first : first + count] for part in self._drawn[1]))

    def shown(self, step: int, count: int) -> Shown:
        """The poses of one step; they depend on the seed and the step alone. On a CPU numpy makes them."""
        skeleton = self.config.ranges.skeleton
        extra = view_rows(self.views)
        normals = 2 * self.lengths.shape[1] if self.config.stretch else 0
        rows = 2 + extra + flaw_rows(skeleton, self.flaws) + normals
        numpy = self.by_numpy
        uniforms: Any = (
            chunk_uniforms(rows, self.config.seed, step, count) if numpy else self._uniforms(rows, step, count)
        )
        stock: Any = self.stock.numpy() if numpy else self.stock
        joints = stock[self.chosen(uniforms[0], step >= VALIDATION_STREAM)]
        planar = joints.transpose(2, 1, 0).copy() if numpy else joints.permute(2, 1, 0).contiguous()
        mirrored = uniforms[1] < self.config.mirror
        planar[:, :, mirrored] = planar[:, list(skeleton.mirror)][:, :, mirrored]
        planar[0, :, mirrored] *= -1
        if normals:
            planar = self._stretched(planar, uniforms[rows - normals :])
        seen = sample_views(self.views, planar, uniforms[2 : 2 + extra])
        noisy, _ = sample_flaws(skeleton, self.flaws, seen.keypoints, uniforms[2 + extra : rows - normals])
        parts = (noisy, seen.keypoints, seen.joints[2])
        given, clean, depth = (torch.from_numpy(p) for p in parts) if numpy else parts
        return self._normal(given.permute(2, 1, 0), clean.permute(2, 1, 0), depth.T)

    def _stretched(self, planar: Any, uniforms: Any) -> Any:
        """The poses (3, J, N) with other individuals' bone lengths; two uniform numbers for each way to vary."""
        xp, half = array_namespace(planar), uniforms.shape[0] // 2
        # Box and Muller's normal numbers.
        drawn = xp.sqrt(-2 * xp.log(1 - uniforms[:half] * (1 - 1e-7))) * xp.cos(2 * math.pi * uniforms[half:])
        spread = xp.asarray(self.lengths, dtype=planar.dtype, device=device(planar))
        skeleton = self.config.ranges.skeleton
        ends = [[b.child for b in skeleton.bones], [b.parent for b in skeleton.bones]]
        vectors = planar[:, ends[0]] - planar[:, ends[1]]
        return planar_joints(skeleton, vectors * xp.exp(self.config.stretch * (spread @ drawn)))

    def _normal(self, given: Tensor, clean: Tensor, depth: Tensor) -> Shown:
        """The truth has the x and y of the picture, a perspective one too, because given keypoints keep their place."""
        normal = normalise(given, torch.ones_like(depth))
        joints = torch.cat([clean, depth[..., None]], dim=-1) / normal.radius[:, None, None]
        root = self.config.ranges.skeleton.root
        return Shown(normal.xy.contiguous(), joints - joints[:, root, None])

    def _uniforms(self, rows: int, step: int, count: int) -> Tensor:
        state = np.random.SeedSequence((self.config.seed, step)).generate_state(1, np.uint64)
        self.generator.manual_seed(int(state[0]))
        return torch.rand(rows, count, generator=self.generator, device=self.device)

    # --- stages, one after the other -----------------------------------------------------------------------

    @property
    def stage(self) -> int:
        """The stage that learns at this step."""
        return max(0, bisect.bisect_right(self.config.bounds[:-1], self.step) - 1)

    def rate(self, name: str) -> float:
        """Every stage has a schedule of its own."""
        config, stage = self.config, self.stage
        first, last = config.bounds[stage : stage + 2]
        return config.learning_rate * rate_at(self.step - first, replace(config, steps=last - first))

    def train_mode(self) -> None:
        """The stages that have learned stay as they are."""
        self.network.eval()
        self.network.stages[self.stage].train()  # type: ignore[index, union-attr]

    def losses(self, batch: Shown) -> Losses:
        network: Any = self.network
        with torch.no_grad(), self.autocast():
            before = network.before(batch.keypoints, self.stage)
        with self.autocast():
            joints = before + network.of_stage(batch.keypoints, self.stage)
        off = joints - batch.joints
        with torch.no_grad():
            network.spread.lerp_(off[..., 2].square().mean(0).sqrt(), 0.01)
        if self.config.loss == "square":
            return {"square": off.square().mean()}
        return {"joint": (off.square().sum(-1) + 1e-8).sqrt().mean(), "depth": off[..., 2].abs().mean()}

    # --- validation ----------------------------------------------------------------------------------------

    def validating(self) -> Generator[None, None, dict[str, float]]:
        """By the averaged weights: as for the other lifters, on poses and views never trained on; then on the file of
        poses and on own frames.
        """
        network = make_network(self.card, self.config.ranges).to(self.device)
        network.load_state_dict(self.weights)
        network.eval()
        figures = yield from self.fitting_memory(lambda: self._on_unseen(network))
        lifter = make_lifter(network, self.card, self.config.ranges.skeleton, self.device)
        if self.measured is not None:
            figures |= yield from self.measured.figures(lambda keypoints: lifted(lifter, keypoints))
        if self._own is not None:
            figures |= yield from self._own.figures(lambda keypoints: own_places(lifter, keypoints))
        return figures

    def _on_unseen(self, network: torch.nn.Module) -> Generator[None, None, dict[str, float]]:
        count, size = self.config.unseen, min(2 * PIECE, self.piece)
        shown = self.shown(VALIDATION_STREAM, count)
        yield
        total: dict[str, float] = {}
        for first in range(0, count, size):
            part = Shown(*(p[first : first + size] for p in shown))
            for name, value in self._figures(network, part).items():
                total[name] = total.get(name, 0.0) + float(value) * len(part.joints) / count
            yield
        return total

    @torch.no_grad()
    def _figures(self, network: torch.nn.Module, shown: Shown) -> dict[str, Tensor]:
        skeleton = self.config.ranges.skeleton
        xy = shown.keypoints - shown.keypoints[:, skeleton.root, None]
        joints = torch.cat([xy, network(shown.keypoints)[..., 2:]], dim=-1)
        edges, true = vectors_from_joints(skeleton, joints), vectors_from_joints(skeleton, shown.joints)
        lengths = [e.norm(dim=-1) for e in (true, edges)]
        return {
            "L_ed": edge_direction_loss(true, edges),
            "L_el": edge_length_loss(*(v / v.amax(1, keepdim=True) for v in lengths)),
            "depth_error": (joints - shown.joints)[..., 2].abs().mean(),
        }


@torch.no_grad()
def lifted(lifter: TorchLifter, keypoints: Tensor) -> Tensor:
    """Whole poses (N, J, 2) -> (N, J, 3)."""
    given = keypoints.to(lifter.torch_device)
    return lifter._lift_tensors(given, torch.ones_like(given[..., 0]))[0]


@torch.no_grad()
def own_places(lifter: TorchLifter, keypoints: NDArray[np.float32]) -> NDArray[Any]:
    """The network's own x and y (N, J, 2) of keypoints; NaN for poses that it cannot be asked about."""
    given = np.isfinite(keypoints[..., 0])
    xy = torch.from_numpy(np.where(given[..., None], keypoints, 0)).to(lifter.torch_device)
    mask = torch.from_numpy(given.astype(np.float32)).to(lifter.torch_device)
    places: NDArray[Any] = lifter.own_places(xy, mask).float().cpu().numpy()
    return places


def _radians(degrees: Degrees) -> Interval:
    return Interval(*(float(np.radians(d)) for d in degrees))
