"""How far detected keypoints are from the true ones, each by the definition that its published figures use.

Arrays: N instances of J joints, `predicted` and `truth` (N, J, 2) in pixels, NaN where a keypoint is absent, and
`counted` (N, J): which of the true ones to look at (default: all that are there, seen or guessed). A keypoint that is
absent in the truth never counts. One that is absent in the prediction has no error in pixels, is missed by PCK, and
gives 0 to OKS.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.core.skeleton import canonical
from poseviewer.geometry.procrustes import present

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

PCK_SHARE = 0.2
"""Of the torso or of the box: what LSP's and AP-10K's tables are made with."""
OKS_THRESHOLDS = np.arange(0.5, 0.96, 0.05)
"""COCO's ten: .50:.05:.95."""
RECALLS = np.linspace(0.0, 1.0, 101)
"""Where COCO reads the curve of precision."""

TORSO = ("left_shoulder", "right_hip")
"""Between these joints LSP measures a torso: a person's (or an animal's) own left and right."""

SIGMAS: Mapping[str, float] = {
    "eye": 0.025, "nose": 0.026, "ear": 0.035, "neck": 0.035, "tail_base": 0.035, "root_of_tail": 0.035,
    "shoulder": 0.079, "elbow": 0.072, "front_paw": 0.062, "wrist": 0.062, "hip": 0.107, "knee": 0.087,
    "hind_paw": 0.089, "back_paw": 0.089, "ankle": 0.089,
}  # fmt: skip
"""AP-10K's (mmpose's `ap10k.py`) and COCO's, which agree, by the joint's name without its side."""
OTHER_SIGMA = 0.05
"""For a joint that neither has: twice SLEAP's default, half of DeepLabCut's."""


def pixel_errors(predicted: ArrayLike, truth: ArrayLike, counted: ArrayLike | None = None) -> Array:
    """(N, J) distances in pixels, NaN where a keypoint is absent in either or does not count."""
    p, t, mask = _triple(predicted, truth, counted)
    distances: Array = np.linalg.norm(p - t, axis=-1)
    return np.where(mask, distances, np.nan)


def torso_lengths(truth: ArrayLike, names: Sequence[str]) -> Array | None:
    """(N,) from the left shoulder to the right hip, NaN where one is absent; None where there are no such joints.

    LSP's person-centric protocol (`eval_pck.m` of bearpaw/eval_pose): the true joints, sides of the person.
    """
    spelled = [canonical(name) for name in names]
    if not set(TORSO) <= set(spelled):
        return None
    t = np.asarray(truth, dtype=np.float64)
    shoulder, hip = (t[:, spelled.index(joint)] for joint in TORSO)
    lengths: Array = np.linalg.norm(shoulder - hip, axis=-1)
    return lengths


def box_sides(truth: ArrayLike, boxes: ArrayLike | None = None) -> Array:
    """(N,) the longer side of each box (N, 4) left, top, right, bottom; without boxes, of those of the true keypoints.

    mmpose's `PCKAccuracy`. NaN where there is no keypoint.
    """
    sides = _sides(truth, boxes)
    longer: Array = sides.max(axis=1)
    return longer


def box_areas(truth: ArrayLike, boxes: ArrayLike | None = None) -> Array:
    """(N,) square pixels of each box; without boxes, of those of the true keypoints: smaller, and so stricter."""
    areas: Array = _sides(truth, boxes).prod(axis=1)
    return areas


def pck(
    predicted: ArrayLike,
    truth: ArrayLike,
    sizes: ArrayLike,
    counted: ArrayLike | None = None,
    share: float = PCK_SHARE,
) -> Array:
    """(J,) percentage of each joint's keypoints that are at most `share` of their instance's size (N,) off.

    NaN for a joint without keypoints. An instance without a size (NaN or 0) does not count. The published figure is the
    mean over joints: `mean_of`.
    """
    p, t, mask = _triple(predicted, truth, counted)
    size = np.asarray(sizes, dtype=np.float64)[:, None]
    mask = mask & np.isfinite(size) & (size > 0)
    hit = mask & (np.nan_to_num(np.linalg.norm(p - t, axis=-1), nan=np.inf) <= share * np.nan_to_num(size))
    count = mask.sum(axis=0)
    return np.where(count > 0, 100.0 * hit.sum(axis=0) / np.maximum(count, 1), np.nan)


def sigmas_of(names: Sequence[str]) -> Array:
    """(J,) how much people scatter where they place each joint, as a share of the animal's size; `OTHER_SIGMA` else."""
    plain = [canonical(name).removeprefix("left_").removeprefix("right_") for name in names]
    return np.array([SIGMAS.get(name, OTHER_SIGMA) for name in plain])


def oks(
    predicted: ArrayLike, truth: ArrayLike, areas: ArrayLike, sigmas: ArrayLike, counted: ArrayLike | None = None
) -> Array:
    """(N,) similarity, 1 = the same: mean over the true keypoints of exp(-d² / (2 · area · (2σ)²)) (COCO).

    NaN where none counts.
    """
    p, t, mask = _triple(predicted, truth, counted)
    square = np.nan_to_num(((p - t) ** 2).sum(axis=-1), nan=np.inf)
    spread = 2 * np.maximum(np.asarray(areas, dtype=np.float64), np.spacing(1))[:, None]
    alike = np.exp(-square / (spread * (2 * np.asarray(sigmas, dtype=np.float64)) ** 2))
    count = mask.sum(axis=1)
    return np.where(count > 0, np.where(mask, alike, 0).sum(axis=1) / np.maximum(count, 1), np.nan)


@dataclass(frozen=True, eq=False)
class FrameMatches:
    """What average precision needs to know of one frame: how alike each prediction and each truth is.

    Attributes:
        alike: (P, T) OKS of every prediction with every truth. scores: (P,) how sure each prediction is.
    """

    alike: Array
    scores: Array


def average_precision(frames: Sequence[FrameMatches], thresholds: ArrayLike = OKS_THRESHOLDS) -> Array:
    """(len(thresholds),) percentage: the area under precision over recall at each OKS, as pycocotools does.

    In each frame the surer prediction takes the truth that it is most alike first. NaN without any truth.
    """
    limits = np.atleast_1d(np.asarray(thresholds, dtype=np.float64))
    total = sum(frame.alike.shape[1] for frame in frames)
    if not total:
        return np.full(len(limits), np.nan)
    scores = np.concatenate([np.zeros(0), *(frame.scores for frame in frames)])
    order = np.argsort(-scores, kind="mergesort")
    return np.array([_area(np.concatenate([_hits(f, limit) for f in frames])[order], total) for limit in limits])


def match_instances(alike: ArrayLike) -> list[tuple[int, int]]:
    """Pairs (prediction, truth) of a frame's instances, the most alike (P, T) first; each is in one pair at most."""
    left = np.array(alike, dtype=np.float64)
    pairs = []
    while left.size and np.isfinite(left).any() and np.nanmax(left) >= 0:
        row, column = np.unravel_index(int(np.nanargmax(left)), left.shape)
        pairs.append((int(row), int(column)))
        left[row], left[:, column] = np.nan, np.nan
    return pairs


def mean_of(values: ArrayLike) -> float:
    """Mean over those that are there; NaN where none is."""
    found = np.asarray(values, dtype=np.float64)
    found = found[np.isfinite(found)]
    return float(found.mean()) if found.size else float("nan")


def median_of(values: ArrayLike) -> float:
    """Median over those that are there; NaN where none is."""
    found = np.asarray(values, dtype=np.float64)
    found = found[np.isfinite(found)]
    return float(np.median(found)) if found.size else float("nan")


def _hits(frame: FrameMatches, limit: float) -> Mask:
    """(P,) which of a frame's predictions find a truth."""
    taken = np.zeros(frame.alike.shape[1], dtype=np.bool_)
    found = np.zeros(len(frame.scores), dtype=np.bool_)
    for row in np.argsort(-frame.scores, kind="mergesort"):
        free = np.where(taken, -1.0, np.nan_to_num(frame.alike[row], nan=-1.0))
        if free.size and free.max() >= limit:
            taken[int(free.argmax())] = found[row] = True
    return found


def _area(hits: Mask, total: int) -> float:
    """COCO's: precision made to fall only, read at 101 recalls."""
    if not len(hits):
        return 0.0
    true = np.cumsum(hits)
    recall, precision = true / total, true / np.arange(1, len(hits) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(recall, RECALLS, side="left")
    return float(100.0 * np.where(at < len(hits), precision[np.minimum(at, len(hits) - 1)], 0.0).mean())


def _sides(truth: ArrayLike, boxes: ArrayLike | None) -> Array:
    """(N, 2) width and height."""
    if boxes is not None:
        corners = np.asarray(boxes, dtype=np.float64)
        given: Array = corners[:, 2:] - corners[:, :2]
        return given
    t = np.asarray(truth, dtype=np.float64)
    there = present(t)
    low = np.where(there[..., None], t, np.inf).min(axis=1)
    high = np.where(there[..., None], t, -np.inf).max(axis=1)
    some = np.any(there, axis=1, keepdims=True)
    sides: Array = np.where(some, high, np.nan) - np.where(some, low, np.nan)
    return sides


def _triple(predicted: ArrayLike, truth: ArrayLike, counted: ArrayLike | None) -> tuple[Array, Array, Mask]:
    """Both, and the true keypoints that count."""
    p, t = np.asarray(predicted, dtype=np.float64), np.asarray(truth, dtype=np.float64)
    if p.ndim != 3 or p.shape[-1] != 2 or p.shape != t.shape:
        raise ValueError(f"Expected two arrays of one shape (N, J, 2), but got {p.shape} and {t.shape}.")
    mask = present(t)
    if counted is not None:
        mask = np.logical_and(mask, np.asarray(counted, dtype=np.bool_))
    return p, t, mask
