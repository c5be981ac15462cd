"""The losses of 002, 003 and 004 apart from the game itself; each is a mean over N poses of J joints."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import torch
from torch import Tensor

from poseviewer.core.skeleton import Skeleton, canonical
from poseviewer.models.depth_network import DepthNetwork


def reprojection_loss(xy: Tensor, again: Tensor) -> Tensor:
    """L_2D, 004 eq. 2: what was clicked, and what is seen of the pose turned, lifted and turned back (N, J, 2)."""
    return (xy - again).square().mean()


def quarter_losses(network: DepthNetwork, xy: Tensor, depth: Tensor) -> Tensor:
    """L_90, 004 eqs. 3-5: seen from a quarter or half a turn away, depth and x change places.

    Orthographic by its nature; `xy` (N, J, 2) and `depth` (N, J) in one unit. What is seen from the side is not of
    radius 1 any more, so it is brought there and the answer back.
    """
    x, y = xy.unbind(-1)
    total = xy.new_zeros(())
    for across, expected in ((depth, -x), (-depth, x), (-x, -depth)):
        seen = torch.stack([across, y], dim=-1)
        radius = seen.square().sum((1, 2), keepdim=True).div(seen.shape[1]).sqrt().clamp(min=1e-6)
        total = total + (network(seen / radius).depth * radius[..., 0] - expected).square().mean()
    return total


def symmetry_loss(skeleton: Skeleton, joints: Tensor) -> Tensor:
    """L_sym, 002 eq. 14: mean square difference between the lengths of left and right bones of joints (N, J, 3)."""
    lengths = torch.stack([(joints[:, b.child] - joints[:, b.parent]).norm(dim=-1) for b in skeleton.bones], dim=1)
    left = [a for a, _ in skeleton.bone_pairs]
    right = [b for _, b in skeleton.bone_pairs]
    return (lengths[:, left] - lengths[:, right]).square().mean() if left else lengths.new_zeros(())


def build_loss(skeleton: Skeleton, joints: Tensor) -> Tensor:
    """How far the poses (N, J, 3) of a batch are from being of one build: the variance of their bones' proportions.

    A flat pose has bones of every length, so this alone says how far in depth a foreshortened bone must reach; which
    way is left to the other losses. What the proportions are is not told but found: only their spread over the poses
    counts, left and right sharing one mean (ElePose's prior, Wandt et al. 2022, is told the means). It is the loss
    that carries over best to poses unlike those that were learned from.

    It is no mean over poses: in pieces of a batch, or shares of several processes, each is compared within itself.
    """
    lengths = torch.stack([(joints[:, b.child] - joints[:, b.parent]).norm(dim=-1) for b in skeleton.bones], dim=1)
    logs = lengths.clamp(min=1e-2).log()
    # Long bones say how large a body is; all say how it stands. Hips and shoulders, short as they are, say which way
    # it faces.
    share = lengths.mean(0).detach()
    logs = logs - (logs * share).sum(1, keepdim=True) / share.sum()
    mean = logs.mean(0)
    mean = (mean + mean[list(skeleton.mirror_bones)]) / 2
    return (logs - mean).square().clamp(max=1).mean()


def facing(skeleton: Skeleton) -> tuple[int, int, int, int] | None:
    """Joints (from, to, left, right) of 002's eq. 15: what points forward, and the shoulders; None where it has none.

    Nose and neck where there are both. Human3.6M's order has no nose: from the base of the neck to that of the skull
    a person leans forward a little, from there to the top of the head not.
    """
    names = {canonical(joint): j for j, joint in enumerate(skeleton.joints)}
    if not {"left_shoulder", "right_shoulder"} <= names.keys():
        return None
    for start, end in (("neck", "nose"), ("thorax", "neck"), ("neck", "head")):
        if start in names and end in names:
            return names[start], names[end], names["left_shoulder"], names["right_shoulder"]
    return None


def angle_loss(joints: Tensor, points: tuple[int, int, int, int]) -> Tensor:
    """L_angle, 002 eq. 16: 0 where the face looks to the side that the shoulders say, unless it is turned inside out.

    The sign in these axes (x right, y down, z away): a person who looks at the camera has the left shoulder at positive
    x and the face at negative z.
    """
    start, end, left, right = points
    v, w = joints[:, end] - joints[:, start], joints[:, left] - joints[:, right]
    sine = (v[:, 0] * w[:, 2] - v[:, 2] * w[:, 0]) / (v.norm(dim=-1) * w.norm(dim=-1)).clamp(min=1e-6)
    return torch.relu(-sine).mean()


def camera_loss(camera: Tensor) -> Tensor:
    """L_cam without L_eq, 002 eq. 13: a weak-perspective camera (N, 2, 3) has rows of one length, at right angles."""
    product = camera @ camera.transpose(1, 2)
    trace = product.diagonal(dim1=1, dim2=2).sum(-1).clamp(min=1e-6)
    unit = torch.eye(2, device=camera.device, dtype=camera.dtype)
    return (2 / trace[:, None, None] * product - unit).flatten(1).norm(dim=1).mean()


def apart(views: Sequence[Tensor]) -> Tensor:
    """002, eq. 9, for one angle: how far apart the views (N, J, 2) are, over all pairs, divided by their number."""
    pairs = itertools.combinations(views, 2)
    return torch.stack([whole_distance(a, b) for a, b in pairs]).sum() / len(views)


def whole_distance(first: Tensor, second: Tensor) -> Tensor:
    """002's measure of difference (eqs. 7 and 9): the 2-norm of all coordinates of a pose together, over its joints.

    That is less than the mean distance of the joints by about the square root of their number.
    """
    square = (first - second).square().sum((1, 2)) + 1e-8
    return square.sqrt().mean() / first.shape[1]


def pose_distance(first: Tensor, second: Tensor) -> Tensor:
    """The mean distance of the joints (N, J, 3)."""
    return ((first - second).square().sum(-1) + 1e-8).sqrt().mean()
