"""`poseviewer evaluate`: how far predicted poses are from true ones, by every usual measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from poseviewer.cli.console import check_output, write_json, write_line
from poseviewer.cli.error_tables import SUFFIXES, as_text, as_values, write_tables
from poseviewer.core.clips import KINDS, Clips
from poseviewer.core.compared_joints import find_root, pck_joints
from poseviewer.core.error_table import Column, ErrorTable
from poseviewer.core.errors import PoseInputError
from poseviewer.core.joint_names import common_joints
from poseviewer.geometry import metrics
from poseviewer.geometry.pose_scores import PoseScores, score_poses

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Matched:
    """Predicted and true poses on their common joints.

    Attributes:
        predicted, truth: (N, C, 3).
        names: (C,) as the truth spells them. root: those of them whose middle the poses are aligned at.
        columns: (C,) where each joint is among the prediction's. units: of prediction and truth, "" if unknown.
        remarks: what was done to their units, as sentences.
        clips: which poses of the truth follow each other; None where it does not say.
    """

    predicted: Array
    truth: Array
    names: tuple[str, ...]
    root: tuple[int, ...]
    columns: tuple[int, ...]
    units: tuple[str, str]
    remarks: tuple[str, ...] = ()
    clips: Clips | None = None

    @property
    def one_unit(self) -> bool:
        return self.units[0] == self.units[1] or "" in self.units

    def scores(self) -> PoseScores:
        """Every error, pose by pose."""
        clip = None if self.clips is None else self.clips.clip
        return score_poses(self.predicted, self.truth, self.root, pck_joints(self.names, self.root), clip)


def evaluate(
    truth: Annotated[Path, typer.Option("--truth", help="True joints (.npz with joints and joint_names).")],
    prediction: Annotated[Path, typer.Option("--prediction", help="What 'poseviewer lift' wrote (.npz).")],
    flat: Annotated[bool, typer.Option("--flat", help="Compare with the flat pose; needs --keypoints.")] = False,
    keypoints: Annotated[
        Path | None, typer.Option("--keypoints", help="The keypoints that were lifted (.npz).")
    ] = None,
    table: Annotated[
        bool, typer.Option("--table", help="Also by action and by subject; the truth needs clip_start and clip_len.")
    ] = False,
    table_to: Annotated[
        Path | None, typer.Option("--table-to", metavar="FILE.md|.json", help="Write the tables to a file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Report as JSON.")] = False,
) -> None:
    """Measure predicted 3D poses against true ones.

    Joints are matched by name. P-MPJPE is the figure to compare for poses of one camera: it forgives turn, scale and
    place. MPJPE, PCK and AUC need both files in one unit and in one frame of reference; files in m or cm are converted
    to mm. Detected keypoints are measured by 'poseviewer evaluate detect', models on poses by 'evaluate lifters'.
    """
    if flat and keypoints is None:
        raise PoseInputError("The flat pose needs the keypoints that were lifted; add --keypoints K.npz.")
    if table_to is not None:
        check_output(table_to, SUFFIXES)
    matched = match(prediction, truth)
    scores = matched.scores()
    against = None if keypoints is None else flat_errors(matched, keypoints)
    report = measure(matched, scores)
    if against is not None:
        report["flat"] = compare_with_flat(*against)
    tables = make_tables(matched, scores, against, truth) if table or table_to else []
    if table_to is not None:
        write_tables(table_to, tables)
    if as_json:
        write_json({**report, "tables": as_values(tables)} if tables else report)
        return
    _print(report, matched)
    if tables:
        write_line()
        write_line(as_text(tables).rstrip("\n"))


def match(prediction: Path, truth: Path) -> Matched:
    """Read both files and pair their joints by name.

    Raises:
        PoseInputError: they have other numbers of poses, or too few joints in common.
        LabelFileError: one cannot be read.
    """
    from poseviewer.io.truth_poses import read_truth_poses

    guessed, known = read_truth_poses(prediction), read_truth_poses(truth)
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
    # A file that says nothing of its unit is taken to be in the other's.
    ours = 1.0 if guessed.unit else known.factor
    theirs = 1.0 if known.unit else guessed.factor
    return Matched(
        ours * guessed.joints[:, columns],
        theirs * known.joints[:, places],
        names,
        find_root(names),
        columns,
        (guessed.unit, known.unit),
        tuple(remark for remark in (guessed.remark, known.remark) if remark),
        known.clips,
    )


def measure(matched: Matched, scores: PoseScores) -> dict[str, Any]:
    """Every measure by its name, with what is needed to read it."""
    return {
        "poses": len(matched.truth),
        "compared": int(np.isfinite(scores.p_mpjpe).sum()),
        "joints": list(matched.names),
        "root": "+".join(matched.names[i] for i in matched.root),
        "unit": matched.units[1],
        "prediction_unit": matched.units[0],
        "remarks": list(matched.remarks),
        **scores.measures(),
        "pck_joints": [matched.names[i] for i in pck_joints(matched.names, matched.root)],
    }


def flat_errors(matched: Matched, keypoints: Path) -> tuple[Array, Array]:
    """P-MPJPE (N,) of the prediction and of the same keypoints at depth 0, on the joints that both have."""
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
    return metrics.p_mpjpe(predicted, truth), metrics.p_mpjpe(flat, truth)


def compare_with_flat(
    predicted: Array, flat: Array, which: NDArray[np.bool_] | slice = slice(None)
) -> dict[str, float]:
    """Means of `flat_errors` over some of the poses, and how the first compares with the second."""
    error, flat_error = metrics.mean_error(predicted[which]), metrics.mean_error(flat[which])
    return {"p_mpjpe": error, "p_mpjpe_flat": flat_error, "ratio": _ratio(error, flat_error)}


def _ratio(error: float, flat: float) -> float:
    return error / flat if flat else float("nan")


def make_tables(
    matched: Matched, scores: PoseScores, against: tuple[Array, Array] | None, truth: Path
) -> list[ErrorTable]:
    """A table by action and one by subject, those that the truth knows.

    The row "mean" is the mean of the rows, each counting once, as Human3.6M's protocols have it of actions (the ratio
    to the flat pose is that of both means); "all poses" counts every pose once.

    Raises:
        PoseInputError: the truth has no clips, or they have neither actions nor subjects.
    """
    clips = matched.clips
    kinds = [] if clips is None else [kind for kind in KINDS if clips.groups(kind)]
    if clips is None or not kinds:
        lacking = "clip_start and clip_len" if clips is None else "clip_action or clip_subject"
        raise PoseInputError(
            f"{truth} does not say which poses are of which action or subject; add {lacking} to it, or leave out "
            f"--table."
        )
    return [_table(kind, clips, matched, scores, against) for kind in kinds]


def _table(
    kind: str, clips: Clips, matched: Matched, scores: PoseScores, against: tuple[Array, Array] | None
) -> ErrorTable:
    unit = matched.units[1] or "units"
    columns = [
        Column("p_mpjpe", f"P-MPJPE {unit}"),
        *([Column("ratio", "of flat", ".3f")] if against else []),
        Column("p_mpjpe_reflection_best", f"P-MPJPE refl.-best {unit}"),
        Column("n_mpjpe", f"N-MPJPE {unit}"),
    ]
    if unit == "mm":
        columns += [Column("pck3d_150_aligned", "PCK@150 aligned %"), Column("auc_aligned", "AUC aligned %")]
    if matched.one_unit:
        columns += [
            Column("mpjpe", f"MPJPE {unit}"),
            Column("pck3d_150", "PCK@150 %"),
            Column("auc", "AUC %"),
            Column("mpjve", f"MPJVE {unit}/frame", ".2f"),
        ]

    named = [(name, _numbers(scores, against, which)) for name, which in clips.groups(kind).items()]
    every = _numbers(scores, against, np.ones(len(matched.truth), dtype=bool))
    mean = {key: metrics.mean_error([numbers[key] for _, numbers in named]) for key in every}
    if against:
        mean["ratio"] = _ratio(mean["p_mpjpe_with_flat"], mean["p_mpjpe_flat"])
    mean["poses"] = sum(numbers["poses"] for _, numbers in named)
    named += [(f"mean of {len(named)} {kind}{'s' * (len(named) > 1)}", mean), ("all poses", every)]
    rows = tuple({kind: name, **numbers, "poses": int(numbers["poses"])} for name, numbers in named)
    return ErrorTable(f"By {kind}", (Column(kind, kind), Column("poses", "poses", "d"), *columns), rows)


def _numbers(scores: PoseScores, against: tuple[Array, Array] | None, which: NDArray[np.bool_]) -> dict[str, float]:
    """Every measure of some of the poses; "poses" is how many could be compared."""
    numbers = {**scores.measures(which), "poses": float(np.isfinite(scores.p_mpjpe[which]).sum())}
    if against:
        flat = compare_with_flat(*against, which)
        numbers |= {"p_mpjpe_with_flat": flat["p_mpjpe"], "p_mpjpe_flat": flat["p_mpjpe_flat"], "ratio": flat["ratio"]}
    return numbers


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


def _print(report: dict[str, Any], matched: Matched) -> None:
    unit = report["unit"] or "units of the truth"
    for remark in matched.remarks:
        write_line(remark)
    joints = f"{len(report['joints'])} joints, root {report['root']}"
    write_line(f"{report['compared']} of {report['poses']} poses compared, {joints}")
    for key, name in (
        ("p_mpjpe", "P-MPJPE (no reflection)"),
        ("p_mpjpe_reflection_best", "P-MPJPE (reflection: the better)"),
        ("n_mpjpe", "N-MPJPE"),
    ):
        write_line(f"  {name:<34}{report[key]:10.2f} {unit}")
    if report["unit"] == "mm":
        for key, name in (("pck3d_150_aligned", "PCK3D at 150, aligned"), ("auc_aligned", "AUC, 0 to 150, aligned")):
            write_line(f"  {name:<34}{report[key]:10.2f} %")
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
