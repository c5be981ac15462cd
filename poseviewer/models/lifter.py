"""Lifters that run on torch: for many poses, and on any device."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from poseviewer.core.errors import CheckpointError
from poseviewer.core.ranges import RangePreset
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.camera import body_to_camera
from poseviewer.geometry.kinematics import f, joints_from_vectors
from poseviewer.models.base import Lifter, find_model, none_shipped, same_tree
from poseviewer.models.borrowed import BorrowedLifter, lender
from poseviewer.models.card import ModelCard
from poseviewer.models.cascade import CascadeLifter, CascadeNetwork
from poseviewer.models.checkpoint import read_tensors
from poseviewer.models.completed import CompletedLifter
from poseviewer.models.depth_lifter import DepthLifter
from poseviewer.models.depth_network import DepthNetwork
from poseviewer.models.device import choose_device
from poseviewer.models.networks import DefaultNetwork, PaperNetwork
from poseviewer.models.normalise import NormalisedKeypoints, normalise
from poseviewer.models.torch_lifter import TorchLifter, refuse_missing


class DefaultLifter(TorchLifter):
    """The masked network; a keypoint that was given keeps its x and y."""

    def _lift_tensors(self, points: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        normal = normalise(points, mask)
        joints, log_std = default_joints(self.network, self.skeleton, normal)
        joints = keep_given(joints, normal)
        size = normal.radius[:, None]
        xy = joints[..., :2] * size[..., None] + normal.centre[:, None]
        return torch.cat([xy, joints[..., 2:] * size[..., None]], dim=-1), torch.exp(log_std) * size

    def own_places(self, points: Tensor, mask: Tensor) -> Tensor:
        normal = normalise(points, mask)
        joints = default_joints(self.network, self.skeleton, normal)[0]
        return joints[..., :2] * normal.radius[:, None, None] + normal.centre[:, None]


class PaperLifter(TorchLifter):
    """001's network. It knows no missing keypoints, and it was trained on poses whose longest bone is 1.

    The paper does not say how big a real animal is in those units. Several sizes are tried and the one is
    taken whose 3D pose reprojects best.
    """

    SIZES = (0.7, 0.8, 0.9, 1.0)
    """Candidates for the longest bone's length in the image, seen at full length it would be 1."""

    def own_places(self, points: Tensor, mask: Tensor) -> Tensor:
        whole = mask.amin(1) > 0
        places = torch.full_like(points, torch.nan)
        if bool(whole.any()):
            places[whole] = self._lift_tensors(points[whole], mask[whole])[0][..., :2]
        return places

    def _lift_tensors(self, points: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        refuse_missing(self.skeleton, mask)
        root = points[:, self.skeleton.root : self.skeleton.root + 1]
        flat = points - root
        longest = _longest_bone(self.skeleton, flat)
        best = best_error = None
        for size in self.SIZES:
            unit = longest / size
            joints = paper_joints(self.network, self.skeleton, flat / unit[:, None, None]) * unit[:, None, None]
            error = (joints[..., :2] - flat).square().sum(-1).mean(1)
            if best is None or best_error is None:
                best, best_error = joints, error
            else:
                better = error < best_error
                best = torch.where(better[:, None, None], joints, best)
                best_error = torch.where(better, error, best_error)
        assert best is not None and best_error is not None
        joints = torch.cat([best[..., :2] + root, best[..., 2:]], dim=-1)
        return joints, best_error.sqrt()[:, None].expand(-1, flat.shape[1])


def default_joints(network: torch.nn.Module, skeleton: Skeleton, normal: NormalisedKeypoints) -> tuple[Tensor, Tensor]:
    """Joints (N, J, 3) by forward kinematics, in normalised units, and the log std of their depths (N, J)."""
    directions, lengths, root, log_std = network(normal.features())
    joints = joints_from_vectors(skeleton, directions * lengths[..., None])
    return joints + torch.nn.functional.pad(root, (0, 1))[:, None], log_std


def keep_given(joints: Tensor, normal: NormalisedKeypoints) -> Tensor:
    """The same joints with the given keypoints' own x and y."""
    xy = torch.where(normal.mask[..., None] > 0, normal.xy, joints[..., :2])
    return torch.cat([xy, joints[..., 2:]], dim=-1)


def paper_joints(network: torch.nn.Module, skeleton: Skeleton, flat: Tensor) -> Tensor:
    """(N, J, 2) camera x and y in units of the longest bone -> joints (N, J, 3) in the camera frame, by eq. 5."""
    upright = torch.stack([flat[..., 0], -flat[..., 1]], dim=-1)  # the paper's xz-plane, z up
    return body_to_camera(f(skeleton, network(upright)))


def make_network(card: ModelCard, preset: RangePreset) -> torch.nn.Module:
    """An untrained network of the card's shape.

    Raises:
        CheckpointError: the card names a network that this version does not know.
    """
    skeleton = preset.skeleton
    if card.network == "paper":
        return PaperNetwork(skeleton.joint_count, skeleton.bone_count, **card.shape)
    if card.network == "default":
        template = torch.log(torch.tensor([b.template for b in preset.lengths]))
        return DefaultNetwork(skeleton.joint_count, skeleton.bone_count, template, **card.shape)
    if card.network == "depth":
        return DepthNetwork(skeleton, **card.shape)
    if card.network == "cascade":
        return CascadeNetwork(skeleton, **card.shape)
    raise CheckpointError(f"This poseviewer does not know the network '{card.network}'; update poseviewer.")


def load_lifter(model: str | Path | None, skeleton: Skeleton, device: str = "auto") -> Lifter:
    """A lifter from a file, or the one shipped for the skeleton when `model` is None or "".

    A shipped skeleton without weights of its own may be lifted by those of a larger one (human14 by human17's).

    Raises:
        CheckpointError: there is no such model, it is damaged, or it is for another skeleton.
    """
    found = find_model(model, skeleton)
    if found is None:
        borrowed = lender(skeleton)
        if borrowed is None:
            raise none_shipped(skeleton)
        return BorrowedLifter(load_lifter(None, borrowed.skeleton, device), skeleton, borrowed.joints)
    path, card = found
    own = card.load_skeleton()
    network = make_network(card, card.load_ranges())
    try:
        network.load_state_dict(read_tensors(path))
    except RuntimeError as error:
        raise CheckpointError(f"The model {path} is damaged; choose another or train it again.") from error
    lifter = make_lifter(network, card, own, choose_device(device))
    if card.network not in NEEDS_EVERY_KEYPOINT:
        return make_lifter(network, card, skeleton, choose_device(device))
    try:
        return CompletedLifter(lifter, load_lifter(None, skeleton, device), skeleton)
    except CheckpointError:
        # No lifter is shipped for the skeleton: there is nobody to fill anything in.
        if same_tree(card, skeleton):
            return lifter
        raise


def make_lifter(network: torch.nn.Module, card: ModelCard, skeleton: Skeleton, device: torch.device) -> TorchLifter:
    """A lifter around a network that is already there (as training has it)."""
    kind: Any = KINDS[card.network]
    lifter: TorchLifter = kind(network, card, skeleton, device)
    return lifter


KINDS = {"default": DefaultLifter, "paper": PaperLifter, "depth": DepthLifter, "cascade": CascadeLifter}
NEEDS_EVERY_KEYPOINT = ("depth", "cascade")


def _longest_bone(skeleton: Skeleton, flat: Tensor) -> Tensor:
    """(N,) length in the image of the bone that looks longest."""
    parents = [b.parent for b in skeleton.bones]
    children = [b.child for b in skeleton.bones]
    return (flat[:, children] - flat[:, parents]).norm(dim=-1).amax(1).clamp(min=1e-9)
