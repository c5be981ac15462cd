"""The mean of what several lifters say of the same keypoints: an ensemble (Drover et al. 2018, section 4.3)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.geometry.procrustes import fit_similarity, present


def average_poses(predictions: Sequence[ArrayLike]) -> NDArray[np.float64]:
    """The mean of M predictions of N poses, each brought onto the first by its best turn, scale and shift.

    Nothing is mirrored: of two lifters that disagree about which way a limb bends, the mean limb is straight. A joint
    that the first does not have, the mean does not have either; of the others, each counts where it has the joint.

    Args:
        predictions: M arrays (N, J, 3) in any units, NaN where missing.

    Returns:
        (N, J, 3) in the unit and the place of the first.

    Raises:
        ValueError: there is none, or their shapes differ.
    """
    poses = [np.asarray(prediction, dtype=np.float64) for prediction in predictions]
    if not poses or any(p.shape != poses[0].shape or p.ndim != 3 or p.shape[-1] != 3 for p in poses):
        raise ValueError(f"Expected arrays of one shape (N, J, 3), but got {[p.shape for p in poses]}.")
    first = poses[0]
    wanted = present(first)
    total = np.where(wanted[..., None], first, 0.0)
    count = wanted.astype(np.float64)
    for other in poses[1:]:
        there = wanted & present(other)
        moved = fit_similarity(other, first).apply(other)
        total += np.where(there[..., None], moved, 0.0)
        count += there
    return np.where(wanted[..., None], total / np.maximum(count, 1.0)[..., None], np.nan)
