"""How well a lifter explains the frames that the user has labelled: figures without any 3D truth.

F frames, J joints. A network answers joints by forward kinematics, so its own x and y (before the clicked ones are put
in their place) need not be where the user clicked. With k the clicked keypoints (NaN where missing), e(k) the network's
own x and y given k, and s the longer side of the box around a frame's keypoints:

    own reprojection px     mean over keypoints of |e(k) - k|
    own reprojection %      the same, as a percentage of s
    own hidden keypoint %   every keypoint is hidden in turn: mean of |e(k without j)_j - k_j|, as a percentage of s
    own swaps               frames that are explained better once a limb's left and right are exchanged: the smallest
                            reprojection over the exchanges is below `BETTER` of that as labelled

An exchange concerns one pair of limbs (the paired joints that hang together, left and right of it), not the whole
animal: the whole animal exchanged is its mirror image in depth, which looks the same and is just as valid.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.project import Project
from poseviewer.core.skeleton import Skeleton
from poseviewer.models.base import MIN_KEYPOINTS

MOST = 200
"""Frames that are looked at, spread evenly over those that are labelled."""
BETTER = 0.75
AT_ONCE = 512

Explain = Callable[[NDArray[np.float32]], NDArray[Any]]
"""Keypoints (N, J, 2), NaN where missing -> the network's own x and y of all joints (N, J, 2), in the same pixels."""


@dataclass(frozen=True, eq=False)
class OwnFrames:
    """Labelled poses to validate on.

    keypoints: (F, J, 2), NaN where missing, moved to their own middle. size: (F,) pixels.
    limbs: for every pair of limbs the joints in the order in which left and right are exchanged.
    """

    keypoints: NDArray[np.float32]
    size: NDArray[np.float32]
    limbs: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, project: Project) -> OwnFrames | None:
        """What the user has labelled in a project; None where no pose has enough keypoints to be lifted."""
        found = []
        for key in sorted(project.labels):
            for instance in project.instances(key):
                if not instance.predicted and instance.pose.present_count >= MIN_KEYPOINTS:
                    found.append(instance.pose.keypoints)
        if len(found) > MOST:
            found = [found[i] for i in np.linspace(0, len(found) - 1, MOST).round().astype(int)]
        poses = np.array(found).reshape(-1, project.skeleton.joint_count, 2)
        size = np.array([np.ptp(p[np.isfinite(p[:, 0])], axis=0).max() for p in poses])
        poses, size = poses[size > 0], size[size > 0]
        if not len(poses):
            return None
        local = poses - np.nanmean(poses, axis=1, keepdims=True)
        return cls(local.astype(np.float32), size.astype(np.float32), limb_exchanges(project.skeleton))

    def figures(self, explain: Explain) -> Generator[None, None, dict[str, float]]:
        """The figures of a network, by name; yields between batches. Those that cannot be had are left out."""
        as_labelled = yield from self._errors(explain, self.keypoints)
        distance = _row_means(as_labelled)
        figures = {
            "own reprojection px": _mean(as_labelled),
            "own reprojection %": 100 * _mean(as_labelled / self.size[:, None]),
        }
        frames, joints = self._hideable()
        hidden = self.keypoints[frames]
        hidden[np.arange(len(frames)), joints] = np.nan
        answers = yield from _in_batches(explain, hidden)
        miss = np.linalg.norm(answers - self.keypoints[frames], axis=-1)[np.arange(len(frames)), joints]
        figures["own hidden keypoint %"] = 100 * _mean(miss / self.size[frames])
        if self.limbs:
            best = np.full(len(self.size), np.inf)
            for order in self.limbs:
                exchanged = yield from self._errors(explain, self.keypoints[:, list(order)])
                best = np.fmin(best, _row_means(exchanged))
            figures["own swaps"] = float((best < BETTER * distance).sum())
        return {name: value for name, value in figures.items() if np.isfinite(value)}

    def _errors(self, explain: Explain, keypoints: NDArray[np.float32]) -> Generator[None, None, NDArray[Any]]:
        """(F, J) distances of a network's own x and y from keypoints, NaN where there is none."""
        answers = yield from _in_batches(explain, keypoints)
        return np.linalg.norm(answers - keypoints, axis=-1)  # type: ignore[no-any-return]

    def _hideable(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Frame and joint of every keypoint without which its pose can still be lifted."""
        given = np.isfinite(self.keypoints[..., 0])
        return np.nonzero(given & (given.sum(1) > MIN_KEYPOINTS)[:, None])


def limb_exchanges(skeleton: Skeleton) -> tuple[tuple[int, ...], ...]:
    """For each pair of limbs the order of joints (J,) that exchanges its left and right.

    A limb is what hangs together of paired joints once the joints without a partner are taken away.
    """
    partner = {a: b for pair in skeleton.pairs for a, b in (pair, pair[::-1])}
    limb = {joint: joint for joint in partner}  # its lowest joint stands for it

    def root(joint: int) -> int:
        return joint if limb[joint] == joint else root(limb[joint])

    for bone in skeleton.bones:
        if bone.parent in partner and bone.child in partner:
            a, b = sorted((root(bone.parent), root(bone.child)))
            limb[b] = a
    orders = {}
    for joint in partner:
        members = {j for j in partner if root(j) == root(joint)} | {
            partner[j] for j in partner if root(j) == root(joint)
        }
        order = tuple(partner[j] if j in members else j for j in range(skeleton.joint_count))
        orders[frozenset(members)] = order
    return tuple(orders.values())


def _in_batches(explain: Explain, keypoints: NDArray[np.float32]) -> Generator[None, None, NDArray[Any]]:
    parts = []
    for first in range(0, len(keypoints), AT_ONCE):
        parts.append(explain(keypoints[first : first + AT_ONCE]))
        yield
    return np.concatenate(parts) if parts else np.zeros_like(keypoints)


def _row_means(values: NDArray[Any]) -> NDArray[Any]:
    """(F,) means of what there is in each row, NaN for nothing."""
    there = np.isfinite(values)
    count = there.sum(1)
    return np.where(count, np.where(there, values, 0).sum(1) / np.maximum(count, 1), np.nan)


def _mean(values: NDArray[Any]) -> float:
    """Mean of what there is, NaN for nothing."""
    there = values[np.isfinite(values)]
    return float(there.mean()) if there.size else float("nan")
