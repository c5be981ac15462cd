"""Lifted poses seen from elsewhere: the one place where 002, 003 and 004 turn and project what they lifted."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from poseviewer.geometry.turns import back_project, project, tilt, turn
from poseviewer.models.depth_lifter import root_normal
from poseviewer.models.depth_network import DepthNetwork, Depths


@dataclass(frozen=True)
class Turns:
    """How random views are drawn, in degrees. azimuth: half its range, 180 for all around. elevation: from, to.

    one: whether all poses of a batch are turned alike (as 004's code) or each by itself.
    upright: what is assumed of the camera of the pictures, which must be taken out before turning about the vertical:
        "level": nothing, as the papers do; "mean": it looks down by the middle of `elevation`; "learned": the network
        says by how much (after ElePose).
    """

    azimuth: float = 180.0
    elevation: tuple[float, float] = (0.0, 20.0)
    one: bool = False
    upright: str = "level"

    def draw(self, uniforms: Tensor) -> tuple[Tensor, Tensor]:
        """Uniform numbers (N, 2) -> azimuth and elevation in radians (N,) each."""
        if self.one:
            uniforms = uniforms[:1].expand_as(uniforms)
        low, high = (math.radians(e) for e in self.elevation)
        return math.radians(self.azimuth) * (2 * uniforms[:, 0] - 1), low + (high - low) * uniforms[:, 1]


@dataclass(frozen=True)
class Turned:
    """Poses from their own camera and from a random one, all (N, J, 3), camera frame, root at the origin.

    xy: (N, J, 2) what was lifted, root-centred, radius 1. said: what the network said of it.
    lifted: the pose in its camera. seen: the same in the random camera. azimuth, elevation: (N,) of that camera.
    own: (N,) elevation that was taken out of its own camera.
    keypoints: (N, J, 2) the projection of `seen`, radius 1; radius: (N,) what it was divided by.
    """

    xy: Tensor
    said: Depths
    lifted: Tensor
    seen: Tensor
    azimuth: Tensor
    elevation: Tensor
    own: Tensor
    keypoints: Tensor
    radius: Tensor

    @property
    def scaled(self) -> Tensor:
        """`seen` in the unit of `keypoints`: what lifting these should give."""
        return self.seen / self.radius[:, None, None]

    def back(self, lifted: Tensor) -> Tensor:
        """What was lifted from `keypoints` (N, J, 3) turned back into the first camera, in its unit."""
        return self.turn_back(lifted * self.radius[:, None, None])

    def turn_back(self, points: Tensor) -> Tensor:
        """Points of the random camera in the first one."""
        return tilt(turn(tilt(points, -self.elevation), -self.azimuth), self.own)


def lift_and_turn(
    network: DepthNetwork,
    xy: Tensor,
    turns: Turns,
    uniforms: Tensor,
    roots: tuple[int, ...],
    shares: Tensor | None = None,
) -> Turned:
    """Lift keypoints and look at the result from a random camera.

    Args:
        xy: (N, J, 2) root-centred, radius 1. uniforms: (N, 2).
        shares: (J,) by how much the gradient through each joint's depth is to be scaled (004's weights of the
            adversarial loss for each part); None for all 1.
    """
    said = network(xy)
    depth = said.depth
    if shares is not None:
        depth = depth.detach() + shares * (depth - depth.detach())
    lifted = back_project(xy, depth, network.distance)
    azimuth, elevation = turns.draw(uniforms)
    own = _own_elevation(said, turns, xy)
    seen = tilt(turn(tilt(lifted, -own), azimuth), elevation)
    normal = root_normal(project(seen, network.distance), roots)
    return Turned(xy, said, lifted, seen, azimuth, elevation, own, normal.xy, normal.radius)


def _own_elevation(said: Depths, turns: Turns, xy: Tensor) -> Tensor:
    if turns.upright == "learned" and said.elevation is not None:
        return said.elevation
    middle = math.radians(sum(turns.elevation) / 2) if turns.upright == "mean" else 0.0
    return torch.full_like(xy[:, 0, 0], middle)
