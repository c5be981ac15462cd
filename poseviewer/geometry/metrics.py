"""How far predicted 3D poses are from true ones, each by the definition that its published figures use.

Arrays: N poses of J joints, `predicted` and `truth` (N, J, 3) in one unit, NaN where a joint is missing.
A joint that is missing in either is left out of its pose, and a pose with too few joints, or without its
root where one is needed, has the error NaN. Every error is one number per pose; `mean_error` averages.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.geometry.procrustes import fit_similarity, present

Array = NDArray[np.float64]
Root = int | Sequence[int]
"""The root joint, or several joints whose middle is the root (the hips of a skeleton without a pelvis)."""

PCK_THRESHOLD = 150.0
"""Millimetres: the threshold of MPI-INF-3DHP."""
AUC_THRESHOLDS = np.arange(0.0, 151.0, 5.0)
"""The 31 thresholds of MPI-INF-3DHP. None is below 0 mm, so a perfect prediction has the area 30/31."""


def mean_error(errors: ArrayLike) -> float:
    """Mean over the poses that could be compared; NaN where none could."""
    values = np.asarray(errors, dtype=np.float64)
    values = values[np.isfinite(values)]
    return float(values.mean()) if values.size else float("nan")


def joint_errors(predicted: ArrayLike, truth: ArrayLike) -> Array:
    """(N, J) distance of each joint, NaN where it is missing in either."""
    p, t = _pair(predicted, truth)
    distances: Array = np.linalg.norm(p - t, axis=-1)
    return distances


def mpjpe(predicted: ArrayLike, truth: ArrayLike, root: Root) -> Array:
    """(N,) mean distance of the joints once the root joints coincide; protocol 1 of Human3.6M.

    The root itself counts, with distance 0, as in VideoPose3D's `mpjpe` (where it is a joint).
    """
    p, t = _pair(predicted, truth)
    return _over_joints(joint_errors(_centred(p, root), _centred(t, root)))


def n_mpjpe(predicted: ArrayLike, truth: ArrayLike, root: Root) -> Array:
    """(N,) as `mpjpe`, after scaling each prediction by s = Σ⟨t,p⟩ / Σ⟨p,p⟩: for predictions of unknown size."""
    p, t = _pair(predicted, truth)
    p, t = _centred(p, root), _centred(t, root)
    both = present(p) & present(t)
    product = np.where(both[..., None], t * p, 0.0).sum(axis=(1, 2))
    square = np.where(both[..., None], p * p, 0.0).sum(axis=(1, 2))
    scale = np.where(square > 0, product / np.where(square > 0, square, 1.0), 1.0)
    return _over_joints(joint_errors(scale[:, None, None] * p, t))


def p_mpjpe(predicted: ArrayLike, truth: ArrayLike, reflection: bool = False) -> Array:
    """(N,) mean distance after the best rotation, scale and shift of each pose; protocol 2 of Human3.6M.

    A mirror image is not allowed unless `reflection` is true: some published figures are made with it, and
    it forgives a lift that bends every limb the wrong way. A pose needs three joints.
    """
    return _over_joints(aligned_errors(predicted, truth, reflection))


def mpjve(predicted: ArrayLike, truth: ArrayLike, clip: ArrayLike | None = None) -> Array:
    """(N-1,) mean difference of the joints' steps from one frame to the next, in units per frame, nothing aligned.

    As VideoPose3D's `mean_velocity_error`: no factor for frames per second. Centre the poses at the root before if
    only the prediction is.

    Args:
        clip: (N,) the number of the clip that each pose is of, below 0 for none; default: all are of one. The step
            from one clip to the next is no motion, and NaN.
    """
    p, t = _pair(predicted, truth)
    errors = _over_joints(joint_errors(np.diff(p, axis=0), np.diff(t, axis=0)))
    if clip is None:
        return errors
    number = np.asarray(clip)
    return np.where((number[1:] == number[:-1]) & (number[1:] >= 0), errors, np.nan)


def aligned_errors(predicted: ArrayLike, truth: ArrayLike, reflection: bool = False) -> Array:
    """(N, J) distance of each joint after the best rotation, scale and shift of each pose, as in `p_mpjpe`.

    Its mean over the joints is P-MPJPE; `pck3d` and `pck3d_auc` of it are PCK and AUC "after rigid alignment".
    """
    p, t = _pair(predicted, truth)
    both = present(p) & present(t)
    errors = joint_errors(fit_similarity(p, t, both, reflection).apply(p), t)
    return np.where((both.sum(axis=1) >= 3)[:, None], errors, np.nan)


def pck3d(errors: ArrayLike, threshold: float = PCK_THRESHOLD) -> float:
    """Percentage of joints strictly nearer than the threshold.

    Args:
        errors: (N, J) of `joint_errors` of root-centred poses in mm; NaN does not count.
    """
    values = _finite(errors)
    return float(100.0 * (values < threshold).mean()) if values.size else float("nan")


def pck3d_auc(errors: ArrayLike) -> float:
    """Mean of `pck3d` at 0, 5, ... 150 mm, in percent (Mehta et al. 2017). Arguments as for `pck3d`."""
    values = _finite(errors)
    return float(np.mean([pck3d(values, threshold) for threshold in AUC_THRESHOLDS]))


def root_centred(poses: ArrayLike, root: Root) -> Array:
    """(N, J, 3) relative to the root joint; NaN throughout where a pose has no root."""
    return _centred(np.asarray(poses, dtype=np.float64), root)


def reprojection_error(predicted: ArrayLike, keypoints: ArrayLike) -> Array:
    """(N,) mean distance between projected joints and keypoints, on the scale of 001's table 4.

    The paper says only that "the skeletons are normalized to the range of [-6, 6]". Read as: the keypoints are
    moved and scaled so that the longer side of their box spans -6 to 6, and the projection is fitted to them by
    the best size and shift. Means something only for joints from forward kinematics: where clicked x and y are
    kept it is 0 by construction.

    Args:
        predicted: (N, J, 2 or 3) camera frame; only x and y count. keypoints: (N, J, 2), NaN where missing.
    """
    xy = np.asarray(predicted, dtype=np.float64)[..., :2]
    target = np.asarray(keypoints, dtype=np.float64)
    both = (present(xy) & present(target))[..., None]
    count = np.maximum(both.sum(axis=1, keepdims=True), 1)
    low = np.where(both, target, np.inf).min(axis=1, keepdims=True)
    high = np.where(both, target, -np.inf).max(axis=1, keepdims=True)
    unit = 12.0 / np.maximum((high - low).max(axis=2, keepdims=True), 1e-12)
    centred = [np.where(both, a - np.where(both, a, 0).sum(axis=1, keepdims=True) / count, 0.0) for a in (xy, target)]
    size = (centred[0] * centred[1]).sum(axis=(1, 2)) / np.maximum((centred[0] ** 2).sum(axis=(1, 2)), 1e-12)
    distance = np.linalg.norm(size[:, None, None] * centred[0] - centred[1], axis=-1) * unit[:, :, 0]
    return _over_joints(np.where(both[..., 0], distance, np.nan))


def flat_baseline(keypoints: ArrayLike) -> Array:
    """(N, J, 3) the pose that knows nothing of depth: every keypoint (N, J, 2) at z = 0.

    A lift is worth something only where its error is well below this one's.
    """
    xy = np.asarray(keypoints, dtype=np.float64)
    depth = np.where(present(xy)[..., None], 0.0, np.nan)
    return np.concatenate([xy, depth], axis=-1)


def _pair(predicted: ArrayLike, truth: ArrayLike) -> tuple[Array, Array]:
    p, t = np.asarray(predicted, dtype=np.float64), np.asarray(truth, dtype=np.float64)
    if p.ndim != 3 or p.shape[-1] != 3 or p.shape != t.shape:
        raise ValueError(f"Expected two arrays of one shape (N, J, 3), but got {p.shape} and {t.shape}.")
    return p, t


def _centred(poses: Array, root: Root) -> Array:
    place: Array = poses[:, np.atleast_1d(root)].mean(axis=1, keepdims=True)
    return poses - place


def _over_joints(errors: Array) -> Array:
    """(N,) mean of (N, J) over the joints that are there."""
    there = np.isfinite(errors)
    count = there.sum(axis=1)
    total = np.where(there, errors, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _finite(errors: ArrayLike) -> Array:
    values = np.asarray(errors, dtype=np.float64)
    return values[np.isfinite(values)]
