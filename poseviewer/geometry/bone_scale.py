"""From pixels to millimetres, by one bone whose length is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from poseviewer.core.errors import PoseInputError
from poseviewer.core.lifted import LiftedPoses


def scale_to_bone(poses: LiftedPoses, bone: int, millimetres: float) -> LiftedPoses:
    """The same poses in mm, by one factor that gives the bone its length in the median pose.

    One factor for all, because they are one animal seen by one camera at about one distance, and a single
    pose's bone carries that pose's whole depth error. Poses that could not be lifted (NaN) do not count.

    Raises:
        PoseInputError: the length is not above 0, or the bone has none in the poses.
    """
    name = poses.skeleton.bone_names[bone]
    if not (np.isfinite(millimetres) and millimetres > 0):
        raise PoseInputError(f"The bone {name} cannot be {millimetres:g} mm long; give a length above 0.")
    lengths = poses.bone_lengths[:, bone]
    lengths = lengths[np.isfinite(lengths)]
    typical = float(np.median(lengths)) if lengths.size else 0.0
    if typical <= 0:
        raise PoseInputError(f"The bone {name} has no length in these poses; choose another bone for the scale.")
    factor = np.float32(millimetres / typical)
    return replace(poses, joints=poses.joints * factor, depth_std=poses.depth_std * factor, unit="mm")
