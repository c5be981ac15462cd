"""The losses of the lifters. N poses, J joints, B bones."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.kinematics import vectors_from_joints, vectors_from_spherical
from poseviewer.models.lifter import default_joints, keep_given
from poseviewer.models.networks import DefaultNetwork
from poseviewer.models.normalise import NormalisedKeypoints


def edge_direction_loss(target: Tensor, predicted: Tensor) -> Tensor:
    """L_ed, 001 eq. 9: minus the mean cosine between edges (..., B, 3), of any length; -1 is perfect."""
    return -torch.nn.functional.cosine_similarity(target, predicted, dim=-1).mean()


def edge_length_loss(target: Tensor, predicted: Tensor) -> Tensor:
    """L_el, 001 eq. 10: mean square difference of edge lengths (N, B)."""
    return (target - predicted).square().mean()


def symmetry_loss(skeleton: Skeleton, lengths: Tensor) -> Tensor:
    """L_sym, 001 eq. 8: mean square difference between the lengths (N, B) of left and right edges."""
    left = [a for a, _ in skeleton.bone_pairs]
    right = [b for _, b in skeleton.bone_pairs]
    if not left:
        return lengths.new_zeros(())
    return (lengths[:, left] - lengths[:, right]).square().mean()


def paper_losses(skeleton: Skeleton, target: Tensor, predicted: Tensor) -> dict[str, Tensor]:
    """The three losses of 001 (eqs. 8-10) between spherical edges (N, B, 3); their sum is eq. 11."""
    one = torch.ones_like(target[..., :1])
    edges = [vectors_from_spherical(torch.cat([one, o[..., 1:]], dim=-1)) for o in (target, predicted)]
    return {
        "L_ed": edge_direction_loss(*edges),
        "L_el": edge_length_loss(target[..., 0], predicted[..., 0]),
        "L_sym": symmetry_loss(skeleton, predicted[..., 0]),
    }


@dataclass(frozen=True)
class DefaultTarget:
    """joints: (N, J, 3) true joints in the normalised frame of the keypoints; z relative to the root."""

    joints: Tensor


def default_losses(
    network: DefaultNetwork, skeleton: Skeleton, normal: NormalisedKeypoints, target: DefaultTarget
) -> dict[str, Tensor]:
    """The default lifter's terms; their sum is minimised.

    joint: mean distance of the kinematic joints. depth: mean distance once given keypoints keep their place.
    direction: 1 + L_ed. length: of the logarithms. nll: of the depths under the predicted spread.
    """
    joints, log_std = default_joints(network, skeleton, normal)
    kept = keep_given(joints, normal)
    edges, true_edges = vectors_from_joints(skeleton, joints), vectors_from_joints(skeleton, target.joints)
    lengths, true_lengths = (e.norm(dim=-1).clamp(min=1e-4) for e in (edges, true_edges))
    error = (kept[..., 2] - target.joints[..., 2]).detach()
    return {
        "joint": _distance(joints - target.joints),
        "depth": _distance(kept - target.joints),
        "direction": 0.5 * (1 + edge_direction_loss(true_edges, edges)),
        "length": 0.1 * (lengths.log() - true_lengths.log()).abs().mean(),
        "nll": 0.02 * (0.5 * (error * torch.exp(-log_std)).square() + log_std).mean(),
    }


def _distance(difference: Tensor) -> Tensor:
    return (difference.square().sum(-1) + 1e-8).sqrt().mean()
