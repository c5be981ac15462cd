"""`poseviewer evaluate detect`: how far detected keypoints are from labelled ones, by every usual measure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from poseviewer.cli.console import write_json, write_line
from poseviewer.cli.convert import read_any
from poseviewer.core.errors import PoseInputError
from poseviewer.core.joint_names import common_joints
from poseviewer.core.pose import Visibility
from poseviewer.core.project import Instance
from poseviewer.geometry import detection_metrics as metrics

if TYPE_CHECKING:
    from poseviewer.io.labelled_frames import LabelFile, LabelledFrame

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Matched:
    """True instances and what was detected of each, on the joints that both files have.

    Attributes:
        predicted, truth: (N, C, 2) pixels, NaN where absent. visibility: (N, C) of the truth.
        names: (C,) as the truth spells them.
        frames: one per frame of the truth, for average precision.
        missing: how many frames of the truth the prediction does not have.
    """

    predicted: Array
    truth: Array
    visibility: NDArray[np.uint8]
    names: tuple[str, ...]
    frames: list[metrics.FrameMatches]
    missing: int


def evaluate_detect(
    truth: Annotated[Path, typer.Option("--truth", help="Labels: of any tool, a project or an .npz.")],
    prediction: Annotated[Path, typer.Option("--prediction", help="What was detected: a file of any of these.")],
    share: Annotated[float, typer.Option("--pck", min=0.0, help="PCK counts up to this share of the size.")] = 0.2,
    common: Annotated[
        bool, typer.Option("--common-frames", help="Leave out the frames that the prediction does not have.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Report as JSON.")] = False,
) -> None:
    """Measure detected keypoints against labels.

    Frames are matched by media and number, joints by name. A frame or keypoint that was not detected is missed by PCK,
    OKS and AP. Absent labels do not count; occluded ones do, and are also reported apart. PCK by torso is LSP's
    (person-centric): from the left shoulder to the right hip. Boxes are those of the labelled keypoints.
    """
    matched = match(read_any(truth), read_any(prediction), common)
    report = measure(matched, share)
    if as_json:
        write_json(report)
    else:
        _print(report)


def match(truth: LabelFile, prediction: LabelFile, common: bool = False) -> Matched:
    """Pair frames, joints and animals of two label files.

    In a file that holds both, the truth is what the user labelled and the prediction what was detected.

    Raises:
        PoseInputError: they have no frame or no joint in common.
    """
    from poseviewer.io.frame_pairs import pair_frames

    truth, prediction = _named_alike(_only(truth, predicted=False), _only(prediction, predicted=True))
    pairs = pair_frames(truth, prediction)
    missing = sum(found is None for _, found in pairs)
    if missing == len(pairs):
        raise PoseInputError(
            f"{truth.path} and {prediction.path} have no frame in common: the first names {_media(truth)}, the second "
            f"{_media(prediction)}; detect on the frames that are labelled."
        )
    joints = common_joints(truth.joint_names, prediction.joint_names)
    ours, theirs = [i for i, _ in joints], [j for _, j in joints]
    names = tuple(truth.joint_names[i] for i in ours)
    rows = [_of_frame(frame, found, ours, theirs, names) for frame, found in pairs if found is not None or not common]
    predicted, true, seen, frames = zip(*rows, strict=True)
    return Matched(np.concatenate(predicted), np.concatenate(true), np.concatenate(seen), names, list(frames), missing)


def measure(matched: Matched, share: float = metrics.PCK_SHARE) -> dict[str, Any]:
    """Every measure by its name: over all labels, over those seen and those occluded, and joint by joint."""
    p, t, seen = matched.predicted, matched.truth, matched.visibility
    precision = metrics.average_precision(matched.frames)
    torso = metrics.torso_lengths(t, matched.names)
    errors = metrics.pixel_errors(p, t)
    by_box = metrics.pck(p, t, metrics.box_sides(t), share=share)
    by_torso = None if torso is None else metrics.pck(p, t, torso, share=share)
    joints = {
        name: {
            "keypoints": int((seen[:, j] > 0).sum()),
            "median": metrics.median_of(errors[:, j]),
            "mean": metrics.mean_of(errors[:, j]),
            "pck_torso": math.nan if by_torso is None else float(by_torso[j]),
            "pck_box": float(by_box[j]),
        }
        for j, name in enumerate(matched.names)
    }
    return {
        "frames": len(matched.frames),
        "frames_not_detected": matched.missing,
        "instances": len(t),
        "pck_share": share,
        "has_torso": torso is not None,
        "all": _measures(matched, share, seen > 0),
        "visible": _measures(matched, share, seen == Visibility.VISIBLE),
        "occluded": _measures(matched, share, seen == Visibility.OCCLUDED),
        "ap": metrics.mean_of(precision),
        "ap50": float(precision[0]),
        "ap75": float(precision[5]),
        "joints": joints,
    }


def _measures(matched: Matched, share: float, counted: NDArray[np.bool_]) -> dict[str, float]:
    p, t = matched.predicted, matched.truth
    errors = metrics.pixel_errors(p, t, counted)
    torso = metrics.torso_lengths(t, matched.names)
    alike = metrics.oks(p, t, metrics.box_areas(t), metrics.sigmas_of(matched.names), counted)
    return {
        "keypoints": int(counted.sum()),
        "not_detected": int((counted & ~np.isfinite(p).all(axis=-1)).sum()),
        "median": metrics.median_of(errors),
        "mean": metrics.mean_of(errors),
        "pck_torso": math.nan if torso is None else metrics.mean_of(metrics.pck(p, t, torso, counted, share)),
        "pck_box": metrics.mean_of(metrics.pck(p, t, metrics.box_sides(t), counted, share)),
        "oks": metrics.mean_of(alike),
    }


def _of_frame(
    truth: LabelledFrame, found: LabelledFrame | None, ours: list[int], theirs: list[int], names: tuple[str, ...]
) -> tuple[Array, Array, NDArray[np.uint8], metrics.FrameMatches]:
    """What one frame adds: its T true animals, each with the detected one most alike (NaN where there is none)."""
    labelled = [i for i in truth.instances if i.pose.visibility[ours].any()]
    true = np.array([i.pose.keypoints[ours] for i in labelled]).reshape(-1, len(ours), 2)
    seen = np.array([i.pose.visibility[ours] for i in labelled], dtype=np.uint8).reshape(-1, len(ours))
    instances = () if found is None else found.instances
    given = np.array([i.pose.keypoints[theirs] for i in instances]).reshape(-1, len(ours), 2)
    areas, sigmas = metrics.box_areas(true), metrics.sigmas_of(names)
    alike = np.array([metrics.oks(np.repeat(g[None], len(true), 0), true, areas, sigmas) for g in given])
    alike = alike.reshape(len(given), len(true))
    predicted = np.full_like(true, np.nan)
    for row, column in metrics.match_instances(alike):
        predicted[column] = given[row]
    scores = np.array([_score(i) for i in instances], dtype=np.float64)
    return predicted, true, seen, metrics.FrameMatches(alike, scores)


def _score(instance: Instance) -> float:
    """How sure a prediction is: the mean of the keypoints that it has."""
    return 1.0 if instance.scores is None else float(np.nan_to_num(instance.scores[instance.pose.present]).mean())


def _only(labels: LabelFile, predicted: bool) -> LabelFile:
    """The predictions of a file, or what is no prediction; a file that has only the other kind is taken as it is."""
    if not any(instance.predicted == predicted for instance in labels.instances()):
        return labels
    frames = (
        replace(frame, instances=tuple(i for i in frame.instances if i.predicted == predicted))
        for frame in labels.frames
    )
    return replace(labels, frames=tuple(frame for frame in frames if frame.instances))


def _named_alike(truth: LabelFile, prediction: LabelFile) -> tuple[LabelFile, LabelFile]:
    """Both as they are, or both on the shipped skeleton on which more of their joints are the same.

    Raises:
        PoseInputError: no joint of the one is one of the other.
    """
    from poseviewer.core.errors import LabelFileError
    from poseviewer.io.label_files import map_to_skeleton
    from poseviewer.io.skeleton_files import load_skeleton, shipped_skeletons

    best, most = (truth, prediction), len(common_joints(truth.joint_names, prediction.joint_names))
    for name in shipped_skeletons():
        skeleton = load_skeleton(name)
        try:
            both = map_to_skeleton(truth, skeleton)[0], map_to_skeleton(prediction, skeleton)[0]
        except LabelFileError:
            continue
        used = [np.any([i.pose.present for i in labels.instances()], axis=0) for labels in both]
        shared = int((used[0] & used[1]).sum())
        if shared > most:
            best, most = both, shared
    if not most:
        raise PoseInputError(
            f"{truth.path} and {prediction.path} have no joint in common by name ({', '.join(truth.joint_names[:4])}, "
            f"... and {', '.join(prediction.joint_names[:4])}, ...); rename them with 'poseviewer convert --skeleton'."
        )
    return best


def _media(labels: LabelFile) -> str:
    named = [name or "no media" for name in labels.media]
    return ", ".join(named[:2]) + (f" and {len(named) - 2} more" if len(named) > 2 else "")


def _print(report: dict[str, Any]) -> None:
    write_line(f"{report['instances']} instances in {report['frames']} frames, {len(report['joints'])} joints")
    if report["frames_not_detected"]:
        write_line(f"{report['frames_not_detected']} labelled frames are not in the prediction; see --common-frames.")
    share = f"{report['pck_share']:g}"
    kinds = ("all", "visible", "occluded")
    write_line(f"  {'':<24}" + "".join(f"{kind:>12}" for kind in kinds))
    for key, name, form in (
        ("keypoints", "keypoints", "d"),
        ("not_detected", "not detected", "d"),
        ("median", "median error, px", ".2f"),
        ("mean", "mean error, px", ".2f"),
        ("pck_torso", f"PCK@{share} by torso, %", ".1f"),
        ("pck_box", f"PCK@{share} by box, %", ".1f"),
        ("oks", "OKS", ".3f"),
    ):
        if key != "pck_torso" or report["has_torso"]:
            write_line(f"  {name:<24}" + "".join(f"{_cell(report[kind][key], form):>12}" for kind in kinds))
    if not report["has_torso"]:
        write_line("  PCK by torso needs a left shoulder and a right hip, which these labels do not have.")
    for key, name in (("ap", "AP .50:.05:.95, %"), ("ap50", "AP .50, %"), ("ap75", "AP .75, %")):
        write_line(f"  {name:<24}{_cell(report[key], '.1f'):>12}")
    width = max(len(name) for name in report["joints"])
    write_line(f"  {'joint':<{width}}  keypoints  median px  mean px  PCK by box")
    for name, joint in report["joints"].items():
        errors = f"{_cell(joint['median'], '.2f'):>9}  {_cell(joint['mean'], '.2f'):>7}"
        write_line(f"  {name:<{width}}  {joint['keypoints']:>9}  {errors}  {_cell(joint['pck_box'], '.1f'):>10}")


def _cell(value: float, form: str) -> str:
    return "-" if isinstance(value, float) and math.isnan(value) else f"{value:{form}}"
