"""What the lifters are asked in training, and what they should answer. N poses, J joints, B bones."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from poseviewer.geometry.camera import camera_to_body
from poseviewer.geometry.kinematics import spherical_from_vectors, vectors_from_joints
from poseviewer.geometry.rotations import trailing_vectors
from poseviewer.models.normalise import NormalisedKeypoints, normalise
from poseviewer.synthesis.generate import PlanarBatch
from training.lifter_losses import DefaultTarget


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


def joined(batches: list[Any]) -> Any:
    """Dataclasses of numpy arrays (nested), poses last, as one of tensors."""
    parts = {f.name: [getattr(batch, f.name) for batch in batches] for f in fields(batches[0])}
    whole = {
        name: torch.from_numpy(np.concatenate(values, axis=-1)) if isinstance(values[0], np.ndarray) else joined(values)
        for name, values in parts.items()
    }
    return replace(batches[0], **whole)
