"""What lifting answers: 3D joints for every keypoint pose, with how sure each depth is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.skeleton import Skeleton

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class LiftedPoses:
    """N poses in the camera frame (x right, y down, z away), relative to the root joint, in one unit.

    Attributes:
        skeleton: whose joints these are.
        joints: (N, J, 3).
        depth_std: (N, J) standard deviation of each joint's z, same unit.
        origin: (N, 2) pixel position of the root: `joints[..., :2] + origin` is where a joint lies in the image
            (only while the unit is pixels).
        given: (N, J) true where the keypoint was given, so that x and y are the user's own.
        unit: "px", or "mm" once scaled by a bone of known length.
    """

    skeleton: Skeleton
    joints: Array
    depth_std: Array
    origin: Array
    given: NDArray[np.bool_]
    unit: str = "px"

    def __len__(self) -> int:
        return len(self.joints)

    @property
    def bone_vectors(self) -> Array:
        """(N, B, 3) from parent to child joint, camera frame."""
        parents = [b.parent for b in self.skeleton.bones]
        children = [b.child for b in self.skeleton.bones]
        vectors: Array = self.joints[:, children] - self.joints[:, parents]
        return vectors

    @property
    def bone_lengths(self) -> Array:
        """(N, B)."""
        lengths: Array = np.linalg.norm(self.bone_vectors, axis=-1)
        return lengths

    @property
    def bone_spherical(self) -> Array:
        """(N, B, 3) (r, theta, phi) of every bone in the axes of the body frame: eq. 5 of the synthesis paper.

        The camera frame's (x, y, z) are the body frame's (x, -z, y); how the animal stands is not taken out.
        """
        x, y, z = np.moveaxis(self.bone_vectors[..., [0, 2, 1]] * np.array([1, 1, -1], dtype=np.float32), -1, 0)
        flat = np.hypot(x, y)
        spherical: Array = np.stack([np.hypot(flat, z), np.arctan2(flat, z), np.arctan2(y, x)], axis=-1)
        return spherical
