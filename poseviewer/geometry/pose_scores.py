"""Every measure of a set of predicted poses, pose by pose, so that any part of them can be averaged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.geometry import metrics
from poseviewer.geometry.metrics import Root

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class PoseScores:
    """Errors of N poses in the unit of the joints, NaN where a pose could not be compared.

    Attributes:
        p_mpjpe, p_mpjpe_reflection_best, n_mpjpe, mpjpe: (N,).
        steps: (N-1,) `mpjve` of root-relative poses: from each pose to the next.
        errors: (N, C) distance of each joint that PCK counts, root-relative, nothing scaled or turned.
        aligned: (N, C) the same after the best similarity of all joints, without reflection.
    """

    p_mpjpe: Array
    p_mpjpe_reflection_best: Array
    n_mpjpe: Array
    mpjpe: Array
    steps: Array
    errors: Array
    aligned: Array

    def measures(self, which: Mask | None = None) -> dict[str, float]:
        """Means over the poses of a mask (N,), or over all: by their names; PCK and AUC in percent.

        A step counts where both of its poses do.
        """
        every = np.ones(len(self.mpjpe), dtype=bool) if which is None else which
        return {
            "p_mpjpe": metrics.mean_error(self.p_mpjpe[every]),
            "p_mpjpe_reflection_best": metrics.mean_error(self.p_mpjpe_reflection_best[every]),
            "n_mpjpe": metrics.mean_error(self.n_mpjpe[every]),
            "mpjpe": metrics.mean_error(self.mpjpe[every]),
            "mpjve": metrics.mean_error(self.steps[every[1:] & every[:-1]]),
            "pck3d_150": metrics.pck3d(self.errors[every]),
            "auc": metrics.pck3d_auc(self.errors[every]),
            "pck3d_150_aligned": metrics.pck3d(self.aligned[every]),
            "auc_aligned": metrics.pck3d_auc(self.aligned[every]),
        }


def score_poses(
    predicted: ArrayLike, truth: ArrayLike, root: Root, counted: Sequence[int], clip: ArrayLike | None = None
) -> PoseScores:
    """Measure (N, J, 3) against (N, J, 3).

    Args:
        root: the joint, or those whose middle it is, that poses are aligned at where nothing else aligns them.
        counted: the joints of PCK and AUC. clip: (N,) as for `metrics.mpjve`.
    """
    p, t = np.asarray(predicted, dtype=np.float64), np.asarray(truth, dtype=np.float64)
    aligned = metrics.aligned_errors(p, t)
    rooted = metrics.root_centred(p, root), metrics.root_centred(t, root)
    joints = list(counted)
    return PoseScores(
        metrics.p_mpjpe(p, t),
        metrics.p_mpjpe(p, t, reflection=True),
        metrics.n_mpjpe(p, t, root),
        metrics.mpjpe(p, t, root),
        metrics.mpjve(*rooted, clip=clip),
        metrics.joint_errors(*rooted)[:, joints],
        aligned[:, joints],
    )
