"""The loop of the lifters that learn from 2D poses alone: critic and lifter take turns (002, 003, 004).

A method says which losses the lifter has; drawing poses, turning them, projecting them and the game itself are here.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from poseviewer.core.errors import PoseviewerError
from poseviewer.geometry.turns import back_project, project
from poseviewer.models.checkpoint import ModelCard, tables
from poseviewer.models.depth_lifter import root_normal
from poseviewer.models.depth_network import DepthNetwork
from poseviewer.models.device import choose_device
from training.adversarial_config import AdversarialConfig, reproduce
from training.critic import Critic, critic_loss, gradient_penalty, lifter_loss, real_penalty
from training.pose_losses import build_loss, pose_distance, reprojection_loss, symmetry_loss
from training.pose_material import PoseMaterial
from training.pose_validation import PoseValidation
from training.pose_views import PoseViews, uniforms
from training.range_poses import RangePoses
from training.run import Losses, Run
from training.run_config import rate_at
from training.turned_poses import Turned, lift_and_turn

CRITIC, LIFTER = "critic", "lifter"
UNSEEN = 1 << 40
"""The step whose poses a lifter without 3D to measure on is asked about: training never gets there."""


@dataclass(frozen=True)
class Examples:
    """What one turn learns from.

    xy: (N, J, 2) poses to lift. real: (N, J, 2) others, for the critic. turn: (N, 2) uniform numbers of a view.
    chance: (N,) uniform numbers. number: the step, and the place of the first of these in its batch.
    flipped: whether real and fake change places in this step. calm: whether the critic's slope is looked at in it.
    """

    xy: Tensor
    real: Tensor
    turn: Tensor
    chance: Tensor
    number: tuple[int, int]
    flipped: bool
    calm: bool


class AdversarialRun(Run[AdversarialConfig]):
    """A lifter and a critic, taking turns."""

    noun = "poses"

    def __init__(self, config: AdversarialConfig, material: PoseMaterial) -> None:
        skeleton = config.ranges.skeleton
        device = choose_device(config.device)
        card = ModelCard(
            kind="lifter", network="depth", shape=dict(config.shape), skeleton=tables(config.ranges)[0],
            ranges=tables(config.ranges)[1], preset=_title(config), recipe="2D poses alone", seed=config.seed, steps=0,
            poses_seen=0, device=device.type, command=reproduce(config),
        )  # fmt: skip
        self.skeleton, self.config = skeleton, config
        torch.manual_seed(config.seed)
        network = nn.ModuleDict({LIFTER: DepthNetwork(skeleton, **config.shape), CRITIC: self.opponent()})
        self.views = PoseViews(material, skeleton, config.cameras, device)
        self.roots = self.views.roots
        self.ranged = RangePoses(config.ranges, config.cameras, config.seed, device)
        self.measured = (
            PoseValidation(config.validate, skeleton, config.cameras.elevation, config.cameras.distance)
            if config.validate
            else None
        )
        super().__init__(config, card, network)
        self.message = material.note

    def opponent(self) -> nn.Module:
        """What judges the lifter's poses."""
        return Critic(self.skeleton, **self.config.critic)

    @property
    def lifter(self) -> DepthNetwork:
        made = self.network[LIFTER]  # type: ignore[index]
        assert isinstance(made, DepthNetwork)
        return made

    @property
    def critic(self) -> Critic:
        made = self.network[CRITIC]  # type: ignore[index]
        assert isinstance(made, Critic)
        return made

    @property
    def model(self) -> dict[str, Tensor]:
        """The lifter alone: nobody lifts with a critic."""
        return {k.removeprefix(f"{LIFTER}."): v for k, v in self.weights.items() if k.startswith(f"{LIFTER}.")}

    def players(self) -> dict[str, nn.Module]:
        """The critic first, several times where the config says so, then the lifter."""
        return {CRITIC: self.network[CRITIC], LIFTER: self.lifter}  # type: ignore[index]

    def repeats(self, name: str) -> int:
        return self.config.critic_steps if name == CRITIC else 1

    def rate(self, name: str) -> float:
        factor = self.config.critic_rate if name == CRITIC else 1.0
        return factor * self.config.learning_rate * rate_at(self.step, self.config)

    def reproduce(self, start: str) -> str:
        return reproduce(self.config)

    def train_mode(self) -> None:
        """Whoever is not at turn stays as it is, but is looked through by gradients."""
        self.network.train()
        for name, player in self.players().items():
            player.requires_grad_(name == self.turn)

    def examples(self, step: int, first: int, count: int) -> Examples:
        """Fresh poses and a fresh view for each turn."""
        rows = PoseViews.ROWS
        stream = 2 * self.repeat + (self.turn == LIFTER) if self.turn else 0
        drawn = uniforms(self.config.seed, step, stream, self.config.batch, 2 * rows + 4, self.device)
        part = drawn[first : first + count]
        # Dropout draws from torch's own stream: a run that is continued must find it where it was.
        torch.manual_seed(int(drawn[0, -1] * (1 << 24)) + first)
        return Examples(
            xy=self.views.draw(part[:, :rows]),
            real=self.views.draw(part[:, rows : 2 * rows]),
            turn=part[:, 2 * rows : -2],
            chance=part[:, -2],
            number=(step, first),
            flipped=bool(drawn[0, -2] < self.config.flips),
            calm=step % self.config.calm_every == 0,
        )

    def losses(self, batch: Examples) -> Losses:
        if self.turn == CRITIC:
            return self._critic_losses(batch)
        weights = self.config.terms
        terms = self.lifter_terms(batch)
        unknown = [name for name in weights if name not in terms]
        if unknown:
            raise PoseviewerError(f"{self.config.method} has no loss '{unknown[0]}'; it has {', '.join(terms)}.")
        return {name: weights[name] * terms[name] for name in weights if self.heard(name)}

    def heard(self, name: str) -> bool:
        """Whether a loss counts already. Early on, "build" would make bones long whichever way they point by chance."""
        return self.step >= self.config.late.get(name, 0.0) * self.config.steps

    def lifter_terms(self, batch: Examples) -> Losses:
        """The lifter's losses by name, before they are weighted. A method adds its own."""
        return {"adversarial": self.judged(self.turned(batch))}

    def turned(self, batch: Examples, shares: Tensor | None = None) -> Turned:
        """The poses of a batch lifted, and seen from random cameras."""
        with self.autocast():
            return lift_and_turn(self.lifter, batch.xy, self.config.turns, batch.turn, self.roots, shares)

    def priors(self, turned: Turned) -> Losses:
        """What a preset may ask for beyond its paper: "build" (all of one build), "symmetry" (of left and right)."""
        known = {"build": build_loss, "symmetry": symmetry_loss}
        return {k: loss(self.skeleton, turned.lifted) for k, loss in known.items() if self.config.terms.get(k)}

    def synthetic(self, batch: Examples) -> Losses:
        """How far depths are off on poses drawn from the ranges (001), where a preset asks for it."""
        if not self.config.terms.get("synthetic"):
            return {}
        xy, depth = self.ranged.draw(*batch.number, len(batch.xy))
        with self.autocast():
            said = self.lifter(xy).depth
        return {"synthetic": (said - depth).abs().mean()}

    def agreement(self, turned: Turned) -> Losses:
        """What a preset may ask for after a second lift: "reprojection" (2D, turned back) and "pose" (3D, there)."""
        wanted = [name for name in ("reprojection", "pose") if self.config.terms.get(name)]
        if not wanted:
            return {}
        with self.autocast():
            depth = self.lifter(turned.keypoints).depth
        distance = self.lifter.distance
        again = back_project(turned.keypoints, depth, distance)
        losses = {
            "reprojection": reprojection_loss(turned.xy, project(turned.back(again), distance)),
            "pose": pose_distance(again, turned.scaled),
        }
        return {name: losses[name] for name in wanted}

    def judged(self, turned: Turned) -> Tensor:
        """How well what is seen from there passes for real."""
        with self.autocast():
            answer = self.critic(turned.keypoints)
        return lifter_loss(self.config.game, answer)

    def _critic_losses(self, batch: Examples) -> Losses:
        config = self.config
        with torch.no_grad():
            fake = self.fakes(batch)
        with self.autocast():
            both = self.critic(torch.cat([batch.real, fake]))
        real_said, fake_said = both[: len(fake)], both[len(fake) :]
        losses = {"critic": critic_loss(config.game, real_said, fake_said, batch.flipped)}
        if config.penalty:
            losses["penalty"] = config.penalty * gradient_penalty(self.critic, batch.real, fake, batch.chance)
        if config.calm:
            slope = real_penalty(self.critic, batch.real) if batch.calm else both.new_zeros(())
            losses["calm"] = config.calm * config.calm_every * slope
        return losses

    def fakes(self, batch: Examples) -> Tensor:
        """What the critic is to tell from real poses (N, J, 2)."""
        return self.turned(batch).keypoints

    def validating(self) -> Generator[None, None, dict[str, float]]:
        """P-MPJPE on the validation poses; without any, how far the lifter is from agreeing with itself."""
        network = DepthNetwork(self.skeleton, **self.config.shape).to(self.device).eval()
        network.load_state_dict(self.model)
        figures = yield from self._agreement(network)
        if self.measured is not None:
            figures |= yield from self.measured.figures(lambda keypoints: self._lift(network, keypoints))
        return figures

    @torch.no_grad()
    def _lift(self, network: DepthNetwork, keypoints: Tensor) -> Tensor:
        normal = root_normal(keypoints.to(self.device), self.roots)
        return back_project(normal.xy, network(normal.xy).depth, network.distance)

    def _agreement(self, network: DepthNetwork) -> Generator[None, None, dict[str, float]]:
        rows = PoseViews.ROWS
        drawn = uniforms(self.config.seed, UNSEEN, 0, 512, rows + 2, self.device)
        with torch.no_grad():
            xy = self.views.draw(drawn[:, :rows])
            turned = lift_and_turn(network, xy, self.config.turns, drawn[:, rows:], self.roots)
            yield
            again = back_project(turned.keypoints, network(turned.keypoints).depth, network.distance)
            apart = (turned.back(again) - turned.lifted)[..., 2]
        return {"disagreement": float((apart - apart.mean(1, keepdim=True)).abs().mean())}


def _title(config: AdversarialConfig) -> str:
    """What the model is called by people: the method, and how where it is not the default way."""
    return config.method if config.preset == "default" else f"{config.method} {config.preset}"
