"""The lifters of 002, 003 and 004: every keypoint keeps its ray, a network gives it its depth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.turns import back_project, project, turn
from poseviewer.models.card import ModelCard
from poseviewer.models.depth_network import DepthNetwork
from poseviewer.models.parts import root_joints
from poseviewer.models.torch_lifter import TorchLifter, refuse_missing

GLANCES = (math.radians(-50.0), math.radians(50.0))
"""Azimuths from which a lifted pose is lifted once more, to see how far the lifter agrees with itself."""


@dataclass(frozen=True)
class RootNormal:
    """Keypoints about their root, of radius 1. xy: (N, J, 2). root: (N, 2), radius: (N,) in pixels undo it."""

    xy: Tensor
    root: Tensor
    radius: Tensor


def root_normal(keypoints: Tensor, roots: tuple[int, ...]) -> RootNormal:
    """Move the middle of the root joints to the origin and divide by the root-mean-square distance from it.

    003 divides by the data set's mean distance from head to root, 002 by the mean distance from the root, 004 by the
    largest coordinate. A picture does not tell its scale, so it is taken from each pose alone; of these measures the
    mean square is the least at the mercy of one joint.

    Args:
        keypoints: (N, J, 2). roots: as `parts.root_joints` gives them.
    """
    root = keypoints[:, list(roots)].mean(1)
    offset = keypoints - root[:, None]
    radius = offset.square().sum((1, 2)).div(keypoints.shape[1]).sqrt().clamp(min=1e-9)
    return RootNormal(offset / radius[:, None, None], root, radius)


class DepthLifter(TorchLifter):
    """A lifter around a `DepthNetwork`; it needs every keypoint."""

    network: DepthNetwork

    def __init__(self, network: DepthNetwork, card: ModelCard, skeleton: Skeleton, device: torch.device) -> None:
        super().__init__(network, card, skeleton, device)
        self.roots = root_joints(skeleton)

    def own_places(self, points: Tensor, mask: Tensor) -> Tensor:
        """The keypoints themselves: it moves none. NaN for poses that lack one."""
        return torch.where((mask.amin(1) > 0)[:, None, None], points, torch.nan)

    def _lift_tensors(self, points: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        refuse_missing(self.skeleton, mask)
        normal = root_normal(points, self.roots)
        distance = self.network.distance
        joints = back_project(normal.xy, self.network(normal.xy).depth, distance)
        std = self._disagreement(joints)
        size = normal.radius[:, None, None]
        places = joints * size
        return torch.cat([places[..., :2] + normal.root[:, None], places[..., 2:]], dim=-1), std * size[..., 0]

    def _disagreement(self, joints: Tensor) -> Tensor:
        """(N, J) root-mean-square change of the depths when the pose is turned, lifted again and turned back."""
        total = torch.zeros_like(joints[..., 0])
        for azimuth in GLANCES:
            angle = torch.full_like(joints[:, 0, 0], azimuth)
            normal = root_normal(project(turn(joints, angle), self.network.distance), self.roots)
            again = back_project(normal.xy, self.network(normal.xy).depth, self.network.distance)
            back = turn(again * normal.radius[:, None, None], -angle)[..., 2]
            total += (
                back - back.mean(1, keepdim=True) - joints[..., 2] + joints[..., 2].mean(1, keepdim=True)
            ).square()
        return (total / len(GLANCES)).sqrt()
