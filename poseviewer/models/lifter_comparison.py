"""Lifters side by side on the same seeded views of the same true poses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.clips import Clips
from poseviewer.core.compared_joints import find_root, pck_joints
from poseviewer.core.error_table import Spread
from poseviewer.core.skeleton import canonical
from poseviewer.geometry.metrics import flat_baseline, mean_error, mpjve, p_mpjpe, root_centred
from poseviewer.geometry.pose_average import average_poses
from poseviewer.geometry.pose_scores import score_poses
from poseviewer.geometry.pose_views import SeenPoses, ViewRange, mean_extent, see_poses
from poseviewer.models.compared_lifters import ComparedLifter

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

FLAT = "flat"
"""The row of the pose that knows no depth."""
ALL = ""
"""The group of all poses."""


@dataclass(frozen=True, eq=False)
class ComparedPoses:
    """joints: (N, J, 3), z up, NaN where not known. names: (J,). clips: which poses follow each other."""

    joints: Array
    names: tuple[str, ...]
    clips: Clips


@dataclass(frozen=True, eq=False)
class LifterResult:
    """What one row of the comparison says.

    Attributes:
        name: of the row. members: how many lifters are averaged in it; 0 for the flat pose.
        joints: names of the joints that were compared. root: those whose middle the poses were aligned at.
        parameters: of all members together. poses_per_second: on one thread, NaN for the flat pose.
        seeds: for each seed of views the measures of each group of poses, `ALL` for all of them: those of
            `PoseScores.measures`, "p_mpjpe_flat", "ratio" and "ratio_reflection_best" to the flat pose on the same
            joints, and "shared_p_mpjpe", "shared_ratio" on the joints that all lifters share.
    """

    name: str
    members: int
    joints: tuple[str, ...]
    root: tuple[str, ...]
    parameters: int
    poses_per_second: float
    seeds: list[dict[str, dict[str, float]]] = field(default_factory=list)

    def spread(self, measure: str, group: str = ALL) -> Spread:
        """Mean and standard deviation of a measure over the seeds of views."""
        return Spread.of([seed.get(group, {}).get(measure, float("nan")) for seed in self.seeds])

    def mean_of_groups(self, measure: str) -> Spread:
        """The same of the mean over the groups, each counting once (Human3.6M's mean over its actions).

        Of "ratio" it is the ratio of two such means, not a mean of ratios.
        """
        if measure == "ratio":
            return Spread.of([_ratio(_over_groups(s, "p_mpjpe"), _over_groups(s, "p_mpjpe_flat")) for s in self.seeds])
        return Spread.of([_over_groups(seed, measure) for seed in self.seeds])


@dataclass(frozen=True)
class _Row:
    """name: of the row. joints: columns of the true poses. members: positions among the lifters."""

    name: str
    joints: tuple[int, ...]
    members: tuple[int, ...]


def compare_lifters(
    lifters: Sequence[ComparedLifter],
    poses: ComparedPoses,
    views: ViewRange,
    seeds: Sequence[int],
    ensembles: Mapping[str, Sequence[int]] | None = None,
    by: str = "",
    report: Callable[[int, int], None] = lambda done, total: None,
) -> list[LifterResult]:
    """Measure each lifter, each ensemble and the flat pose, the flat pose first.

    Every pose is seen once per seed. The error of its motion (MPJVE) is measured on further views, which all poses of
    a clip share: seen from changing places, nothing can be said about motion.

    Args:
        ensembles: for the name of each the positions of the lifters whose predictions it averages.
        by: "action" or "subject" for groups of poses, as the clips name them.
        report: is told how many of how many liftings are done.

    Raises:
        PoseInputError: a lifter cannot do without a keypoint that is missing.
    """
    rows = [_Row(lifter.name, lifter.joints, (i,)) for i, lifter in enumerate(lifters)]
    rows += [_Row(name, lifters[of[0]].joints, tuple(of)) for name, of in (ensembles or {}).items()]
    rows.insert(0, _Row(FLAT, tuple(sorted({joint for row in rows for joint in row.joints})), ()))
    shared = shared_joints(lifters)
    groups = {ALL: np.ones(len(poses.joints), dtype=bool), **(poses.clips.groups(by) if by else {})}
    moves = bool((np.bincount(poses.clips.clip[poses.clips.clip >= 0], minlength=1) > 1).any())
    seconds, lifted = np.zeros(len(lifters)), np.zeros(len(lifters))
    measured: list[list[dict[str, dict[str, float]]]] = [[] for _ in rows]
    total, done = len(seeds) * (1 + moves) * len(lifters), 0
    for lifter in lifters:
        lifter.lift(_see(poses, views, seeds[0], None).keypoints[:64])  # the first call of a network is slow
    for seed in seeds:
        of_seed: list[dict[str, dict[str, float]]] = []
        for clip in (None, poses.clips.clip) if moves else (None,):
            seen = _see(poses, views, seed, clip)
            predictions = []
            for i, lifter in enumerate(lifters):
                joints, took = lifter.lift(seen.keypoints)
                predictions.append(joints)
                seconds[i] += took
                lifted[i] += np.isfinite(joints).any(axis=(1, 2)).sum()
                done += 1
                report(done, total)
            for number, row in enumerate(rows):
                predicted = _prediction(row, predictions, seen)
                if clip is None:
                    of_seed.append(_measure(row, predicted, seen, poses.names, groups, shared))
                else:
                    motion = _motion(row, predicted, seen, poses, groups)
                    for group, error in motion.items():
                        of_seed[number][group]["mpjve"] = error
        for results, result in zip(measured, of_seed, strict=True):
            results.append(result)
    return [
        _result(row, results, lifters, poses.names, seconds, lifted)
        for row, results in zip(rows, measured, strict=True)
    ]


def shared_joints(lifters: Sequence[ComparedLifter]) -> tuple[int, ...]:
    """Columns of the true poses that every lifter is measured on."""
    return tuple(sorted(set.intersection(*(set(lifter.joints) for lifter in lifters))))


def _see(poses: ComparedPoses, views: ViewRange, seed: int, clip: NDArray[np.int64] | None) -> SeenPoses:
    root = find_root(poses.names)
    spelled = [canonical(name) for name in poses.names]
    head = next((spelled.index(name) for name in ("head", "head_top") if name in spelled), None)
    return see_poses(poses.joints, views, seed, root, mean_extent(poses.joints, root, head), clip)


def _prediction(row: _Row, predictions: Sequence[Array], seen: SeenPoses) -> Array:
    """(N, J, 3) what the row says of the poses."""
    if not row.members:
        return flat_baseline(seen.keypoints)
    if len(row.members) == 1:
        return predictions[row.members[0]]
    return average_poses([predictions[member] for member in row.members])


def _measure(
    row: _Row,
    predicted: Array,
    seen: SeenPoses,
    names: tuple[str, ...],
    groups: Mapping[str, Mask],
    shared: tuple[int, ...],
) -> dict[str, dict[str, float]]:
    """For each group of poses every measure of the row, but its motion."""
    joints = list(row.joints)
    own = [names[joint] for joint in joints]
    root = find_root(own)
    ours, truth = predicted[:, joints], seen.joints[:, joints]
    scores = score_poses(ours, truth, root, pck_joints(own, root))
    flat = _flat_errors(predicted, seen, joints)
    common = [joint for joint in shared if joint in row.joints]
    on_shared = p_mpjpe(predicted[:, common], seen.joints[:, common]), _flat_errors(predicted, seen, common)
    found = {}
    for group, which in groups.items():
        of = scores.measures(which)
        flat_error = mean_error(flat[which])
        shared_error, shared_flat = (mean_error(errors[which]) for errors in on_shared)
        found[group] = {
            **of,
            "mpjve": float("nan"),
            "p_mpjpe_flat": flat_error,
            "ratio": _ratio(of["p_mpjpe"], flat_error),
            "ratio_reflection_best": _ratio(of["p_mpjpe_reflection_best"], flat_error),
            "shared_p_mpjpe": shared_error,
            "shared_ratio": _ratio(shared_error, shared_flat),
            "poses": float(np.isfinite(scores.p_mpjpe[which]).sum()),
        }
    return found


def _motion(
    row: _Row, predicted: Array, seen: SeenPoses, poses: ComparedPoses, groups: Mapping[str, Mask]
) -> dict[str, float]:
    """For each group MPJVE of root-relative poses within their clips."""
    joints = list(row.joints)
    root = find_root([poses.names[joint] for joint in joints])
    ours, truth = (root_centred(of[:, joints], root) for of in (predicted, seen.joints))
    steps = mpjve(ours, truth, poses.clips.clip)
    return {group: mean_error(steps[which[1:] & which[:-1]]) for group, which in groups.items()}


def _flat_errors(predicted: Array, seen: SeenPoses, joints: list[int]) -> Array:
    """(N,) P-MPJPE of the flat pose on the joints that were predicted, so that both are about the same.

    A mirror image of the flat pose is a turn of it: with reflection or without is all one.
    """
    flat = flat_baseline(seen.keypoints)
    flat[~np.isfinite(predicted).all(axis=-1)] = np.nan
    return p_mpjpe(flat[:, joints], seen.joints[:, joints])


def _over_groups(groups: Mapping[str, Mapping[str, float]], measure: str) -> float:
    return mean_error([of[measure] for group, of in groups.items() if group != ALL])


def _ratio(error: float, flat: float) -> float:
    return error / flat if flat else float("nan")


def _result(
    row: _Row,
    results: list[dict[str, dict[str, float]]],
    lifters: Sequence[ComparedLifter],
    names: tuple[str, ...],
    seconds: Array,
    lifted: Array,
) -> LifterResult:
    members = list(row.members)
    own = tuple(names[joint] for joint in row.joints)
    root = tuple(own[i] for i in find_root(own))
    parameters = sum(lifters[member].parameters for member in members)
    per_pose = sum(seconds[m] / lifted[m] if lifted[m] else float("nan") for m in members)
    speed = 1.0 / per_pose if per_pose else float("nan")
    return LifterResult(row.name, len(members), own, root, parameters, float(speed), results)
