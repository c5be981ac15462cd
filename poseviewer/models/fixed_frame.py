"""Depths of poses in which one keypoint was changed, in the frame of the poses before the change.

The networks of 002 to 004 are given root-centred keypoints of one size. Normalised anew, a pose whose outermost joint
moves in would grow, and with it every other keypoint: also parts that are independent would seem to depend on each
other. So the network is shown the changed pose at the place and size that it had before.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from poseviewer.geometry.correlation import Depths
from poseviewer.models.base import BATCH, Lifter
from poseviewer.models.completed import CompletedLifter
from poseviewer.models.depth_lifter import DepthLifter, root_normal


def own_lifter(lifter: Lifter) -> Lifter:
    """The method itself, without what fills in missing keypoints for it; its skeleton may be a smaller one."""
    return lifter.method if isinstance(lifter, CompletedLifter) else lifter


def depths_of(lifter: Lifter) -> Depths:
    """What a lifter answers: depths (N, J) of poses (N, J, 2), in their unit.

    Other lifters are asked to lift the changed pose as it is: how they normalise it is part of what they do.
    """
    if isinstance(lifter, DepthLifter):
        return lambda poses, before: depths_in_frame(lifter, poses, before)
    return lambda poses, before: lifter.lift(poses).joints[..., 2]


def depths_in_frame(lifter: DepthLifter, poses: NDArray[Any], before: NDArray[Any]) -> NDArray[np.float32]:
    """Depths (N, J) of poses (N, J, 2), by the network alone, at the place and size of the poses before (N, J, 2)."""
    parts = []
    with torch.inference_mode():
        for first in range(0, len(poses), BATCH):
            xy, old = (
                torch.from_numpy(p[first : first + BATCH].astype(np.float32)).to(lifter.torch_device)
                for p in (poses, before)
            )
            normal = root_normal(old, lifter.roots)
            size = normal.radius[:, None]
            moved = (xy - normal.root[:, None]) / size[..., None]
            parts.append((lifter.network(moved).depth * size).cpu().numpy())
    return np.concatenate(parts)
