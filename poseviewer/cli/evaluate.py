"""`poseviewer evaluate`: how far predicted poses are from true ones, by every usual measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from poseviewer.cli.console import write_json, write_line
from poseviewer.core.errors import PoseInputError
from poseviewer.core.joint_names import common_joints
from poseviewer.core.skeleton import canonical
from poseviewer.geometry import metrics

ROOTS = ("pelvis", "root", "neck")
"""Joints that poses are aligned at, the first that there is; otherwise the first common joint."""

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Matched:
    """Predicted and true poses on their common joints.

    Attributes:
        predicted, truth: (N, C, 3).
        names: (C,) as the truth spells them. root: index into them.
        columns: (C,) where each joint is among the prediction's. units: of prediction and truth, "" if unknown.
    """

    predicted: Array
    truth: Array
    names: tuple[str, ...]
    root: int
    columns: tuple[int, ...]
    units: tuple[str, str]

    @property
    def one_unit(self) -> bool:
        return self.units[0] == self.units[1] or "" in self.units


def evaluate(
    truth: Annotated[Path, typer.Option("--truth", help="True joints (.npz with joints and joint_names).")],
    prediction: Annotated[Path, typer.Option("--prediction", help="What 'poseviewer lift' wrote (.npz).")],
    flat: Annotated[bool, typer.Option("--flat", help="Compare with the flat pose; needs --keypoints.")] = False,
    keypoints: Annotated[
        Path | None, typer.Option("--keypoints", help="The keypoints that were lifted (.npz).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Report as JSON.")] = False,
) -> None:
    """Measure predicted 3D poses against true ones.

    Joints are matched by name. P-MPJPE is the figure to compare for poses of one camera: it forgives turn, scale and
    place. MPJPE, PCK and AUC need both files in mm and in one frame of reference. Detected keypoints are measured by
    'poseviewer evaluate detect'.
    """
    if flat and keypoints is None:
        raise PoseInputError("The flat pose needs the keypoints that were lifted; add --keypoints K.npz.")
    matched = match(prediction, truth)
    report = measure(matched)
    if keypoints is not None:
        report["flat"] = compare_with_flat(matched, keypoints)
    if as_json:
        write_json(report)
    else:
        _print(report, matched)


def match(prediction: Path, truth: Path) -> Matched:
    """Read both files and pair their joints by name.

    Raises:
        PoseInputError: they have other numbers of poses, or too few joints in common.
        LabelFileError: one cannot be read.
    """
    from poseviewer.io.keypoint_files import read_truth_npz

    guessed, known = read_truth_npz(prediction), read_truth_npz(truth)
    if len(guessed.joints) != len(known.joints):
        raise PoseInputError(
            f"{prediction} holds {len(guessed.joints)} poses but {truth} holds {len(known.joints)}; they must "
            f"be of the same frames."
        )
    pairs = _pairs(guessed.joint_names, known.joint_names, guessed.joints.shape[1], known.joints.shape[1])
    if len(pairs) < 3:
        raise PoseInputError(
            f"{prediction} and {truth} have {len(pairs)} joints in common by name; "
            f"rename them so that at least 3 match."
        )
    columns, places = zip(*sorted(pairs, key=lambda pair: pair[1]), strict=True)
    names = tuple((known.joint_names or guessed.joint_names or [str(i) for i in places])[i] for i in places)
    return Matched(
        np.asarray(guessed.joints, dtype=np.float64)[:, columns],
        np.asarray(known.joints, dtype=np.float64)[:, places],
        names,
        _root(names),
        columns,
        (guessed.unit, known.unit),
    )


def measure(matched: Matched) -> dict[str, Any]:
    """Every measure by its name, with what is needed to read it."""
    p, t, root = matched.predicted, matched.truth, matched.root
    errors = metrics.joint_errors(metrics.root_centred(p, root), metrics.root_centred(t, root))
    counted = pck_joints(matched.names, root)
    p_errors = metrics.p_mpjpe(p, t)
    return {
        "poses": len(p),
        "compared": int(np.isfinite(p_errors).sum()),
        "joints": list(matched.names),
        "root": matched.names[root],
        "unit": matched.units[1],
        "prediction_unit": matched.units[0],
        "p_mpjpe": metrics.mean_error(p_errors),
        "p_mpjpe_reflection_best": metrics.mean_error(metrics.p_mpjpe(p, t, reflection=True)),
        "n_mpjpe": metrics.mean_error(metrics.n_mpjpe(p, t, root)),
        "mpjpe": metrics.mean_error(metrics.mpjpe(p, t, root)),
        "mpjve": metrics.mean_error(metrics.mpjve(metrics.root_centred(p, root), metrics.root_centred(t, root))),
        "pck3d_150": metrics.pck3d(errors[:, counted]),
        "auc": metrics.pck3d_auc(errors[:, counted]),
        "pck_joints": [matched.names[i] for i in counted],
    }


def compare_with_flat(matched: Matched, keypoints: Path) -> dict[str, float]:
    """P-MPJPE of the prediction and of the same keypoints at depth 0, on the joints that both have."""
    from poseviewer.io.keypoint_files import read_keypoints_npz

    given = read_keypoints_npz(keypoints)
    if len(given.keypoints) != len(matched.truth):
        raise PoseInputError(
            f"{keypoints} holds {len(given.keypoints)} poses but the truth holds {len(matched.truth)}; they must "
            f"be of the same frames."
        )
    pairs = _pairs(matched.names, given.joint_names, len(matched.names), given.keypoints.shape[1])
    ours = [i for i, _ in pairs]
    flat = metrics.flat_baseline(given.keypoints[:, [i for _, i in pairs]])
    truth, predicted = matched.truth[:, ours], matched.predicted[:, ours].copy()
    predicted[np.isnan(flat)] = np.nan
    flat[np.isnan(predicted)] = np.nan
    error, flat_error = (metrics.mean_error(metrics.p_mpjpe(poses, truth)) for poses in (predicted, flat))
    return {"p_mpjpe": error, "p_mpjpe_flat": flat_error, "ratio": error / flat_error if flat_error else float("nan")}


def pck_joints(names: Sequence[str], root: int) -> list[int]:
    """The joints that PCK and AUC count: not the root, whose error is 0 by definition.

    Of a person, MPI-INF-3DHP counts 14: not the spine, and of neck and head not the one between them.
    """
    spelled = [canonical(name) for name in names]
    left_out = {spelled[root]}
    if {"left_wrist", "right_wrist", "left_ankle", "right_ankle"} <= set(spelled):
        left_out |= {"pelvis", "spine", "head" if "head_top" in spelled else "neck" if "thorax" in spelled else ""}
    return [i for i, name in enumerate(spelled) if name not in left_out]


def _pairs(
    first: Sequence[str] | None, second: Sequence[str] | None, first_count: int, second_count: int
) -> list[tuple[int, int]]:
    if first is not None and second is not None:
        return common_joints(first, second)
    if first_count != second_count:
        raise PoseInputError(
            f"The files have {first_count} and {second_count} joints, and one of them does not "
            f"name them; add joint_names."
        )
    return [(i, i) for i in range(first_count)]


def _root(names: Sequence[str]) -> int:
    spelled = [canonical(name) for name in names]
    return next((spelled.index(root) for root in ROOTS if root in spelled), 0)


def _print(report: dict[str, Any], matched: Matched) -> None:
    unit = report["unit"] or "units of the truth"
    joints = f"{len(report['joints'])} joints, root {report['root']}"
    write_line(f"{report['compared']} of {report['poses']} poses compared, {joints}")
    for key, name in (
        ("p_mpjpe", "P-MPJPE (no reflection)"),
        ("p_mpjpe_reflection_best", "P-MPJPE (reflection: the better)"),
        ("n_mpjpe", "N-MPJPE"),
    ):
        write_line(f"  {name:<34}{report[key]:10.2f} {unit}")
    if "flat" in report:
        flat = report["flat"]
        against = f"(P-MPJPE {flat['p_mpjpe']:.2f} against {flat['p_mpjpe_flat']:.2f})"
        write_line(f"  {'of the flat pose':<34}{flat['ratio']:10.3f}  {against}")
    if not matched.one_unit:
        write_line(
            f"The prediction is in {matched.units[0]} and the truth in {matched.units[1]}: what follows is not "
            f"meaningful; lift with --scale-bone to compare it."
        )
    for key, name, what in (
        ("mpjpe", "MPJPE", unit),
        ("mpjve", "MPJVE", f"{unit} per frame"),
        ("pck3d_150", f"PCK3D at 150, {len(report['pck_joints'])} joints", "%"),
        ("auc", "AUC, 0 to 150", "%"),
    ):
        write_line(f"  {name:<34}{report[key]:10.2f} {what}")
