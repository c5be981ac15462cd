"""`poseviewer evaluate lifters`: models side by side on seeded views of true 3D poses."""

from __future__ import annotations

import math
import sys
from dataclasses import asdict, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from poseviewer.cli.console import check_output, write_json, write_line
from poseviewer.cli.error_tables import SUFFIXES, as_text, as_values, write_tables
from poseviewer.core.clips import Clips, joined
from poseviewer.core.error_table import Column, ErrorTable, Value, plain
from poseviewer.core.errors import PoseInputError
from poseviewer.core.skeleton import canonical

if TYPE_CHECKING:
    from poseviewer.geometry.pose_views import ViewRange
    from poseviewer.models.compared_lifters import ComparedLifter
    from poseviewer.models.lifter_comparison import ComparedPoses, LifterResult


class Camera(StrEnum):
    ORTHOGRAPHIC = "orthographic"
    PERSPECTIVE = "perspective"


class By(StrEnum):
    ACTION = "action"
    SUBJECT = "subject"


def evaluate_lifters(
    poses: Annotated[
        list[Path], typer.Argument(metavar="POSES.npz...", help="True 3D poses, z up; several are joined.")
    ],
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model", help="A file, or a shipped lifter or skeleton by name; once for each.  [default: what fits best]"
        ),
    ] = None,
    elevation: Annotated[
        str, typer.Option("--elevation", metavar="LOW:HIGH", help="Degrees that the cameras stand above the horizon.")
    ] = "0:20",
    views: Annotated[int, typer.Option("--views", min=1, help="Views of each pose: one per seed.")] = 3,
    camera: Annotated[Camera, typer.Option("--camera", help="How the cameras project.")] = Camera.ORTHOGRAPHIC,
    distance: Annotated[
        float, typer.Option("--distance", min=1.5, help="Perspective: from the root, in mean head-root distances.")
    ] = 10.0,
    every: Annotated[int, typer.Option("--every", metavar="N", min=1, help="Only every Nth pose of each file.")] = 1,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The first seed of the views.")] = 0,
    ensemble: Annotated[
        bool, typer.Option("--ensemble", help="Also the mean of the models of one skeleton, aligned to the first.")
    ] = False,
    by: Annotated[By | None, typer.Option("--by", help="Also a table by action or by subject.")] = None,
    table: Annotated[
        Path | None, typer.Option("--table", metavar="FILE.md|.json", help="Write the tables to a file.")
    ] = None,
    device: Annotated[str, typer.Option("--device", help="auto, cpu, cuda or mps.")] = "cpu",
    as_json: Annotated[bool, typer.Option("--json", help="Report as JSON.")] = False,
) -> None:
    """Compare lifters on true 3D poses that are seen from random places.

    Each pose is seen from a uniform azimuth, lifted by each model, and measured against the truth, also as a ratio to
    the flat pose of the same joints: 1 is worth nothing. Joints are matched by name, each row says how many it compares
    and, where rows differ, two more columns are about the joints that all share. Numbers are means and standard
    deviations over the views. Speed is measured on one thread.
    """
    from poseviewer.geometry.pose_views import ViewRange
    from poseviewer.models.compared_lifters import distinct_names, open_lifter
    from poseviewer.models.lifter_comparison import compare_lifters

    if table is not None:
        check_output(table, SUFFIXES)
    spots = ViewRange(parse_elevation(elevation), camera.value, distance)
    truth, unit, remarks = read_poses(poses, every)
    if by is not None and not truth.clips.groups(by.value):
        raise PoseInputError(
            f"{' and '.join(map(str, poses))} do not say which poses are of which {by.value}; add clip_start, clip_len "
            f"and clip_{by.value}, or leave out --by."
        )
    models = list(dict.fromkeys(model or [""]))
    lifters = [open_lifter(name, truth.names, device) for name in models]
    rows = compare_lifters(
        _renamed(lifters, distinct_names(lifters, models)),
        truth,
        spots,
        range(seed, seed + views),
        make_ensembles(lifters) if ensemble else None,
        by.value if by else "",
        _show_progress,
    )
    tables = [main_table(rows, unit, every, spots, views)]
    if by is not None:
        tables.append(group_table(rows, truth.clips, by.value, unit))
    if table is not None:
        write_tables(table, tables)
    if as_json:
        write_json(_report(rows, tables, truth, unit, remarks, spots, range(seed, seed + views), every))
        return
    for remark in remarks:
        write_line(remark)
    write_line(as_text(tables).rstrip("\n"))


def parse_elevation(text: str) -> tuple[float, float]:
    """ "0:20" -> (0, 20).

    Raises:
        PoseInputError: it is no such range.
    """
    low, colon, high = text.partition(":")
    try:
        found = float(low), float(high if colon else low)
    except ValueError:
        found = (math.nan, math.nan)
    if not -90 <= found[0] <= found[1] <= 90:
        raise PoseInputError(
            f"'{text}' is no range of elevations; write LOW:HIGH in degrees from -90 to 90, like 0:20."
        )
    return found


def read_poses(paths: list[Path], every: int) -> tuple[ComparedPoses, str, list[str]]:
    """All files' poses, on all joints that any of them names; their unit; and what was done to units.

    A file without clips is taken as one.

    Raises:
        PoseInputError: a file does not name its joints, or the files are in different units.
        LabelFileError: a file cannot be read.
    """
    from poseviewer.io.truth_poses import read_truth_poses
    from poseviewer.models.lifter_comparison import ComparedPoses

    files = [read_truth_poses(path) for path in paths]
    names: dict[str, str] = {}
    for path, file in zip(paths, files, strict=True):
        if file.joint_names is None:
            raise PoseInputError(f"{path} does not name its joints; add joint_names.")
        if file.unit != files[0].unit:
            raise PoseInputError(
                f"{paths[0]} is in {files[0].unit or 'an unknown unit'} but {path} in {file.unit or 'an unknown one'}; "
                f"write the unit into both ('unit': mm, cm or m)."
            )
        for name in file.joint_names:
            names.setdefault(canonical(name), name)
    spelled = list(names)
    parts, clips = [], []
    for file in files:
        part = np.full((len(file.joints), len(names), 3), np.nan)
        part[:, [spelled.index(canonical(name)) for name in file.joint_names or ()]] = file.joints
        parts.append(part[::every])
        clips.append((file.clips or Clips(np.zeros(len(part), dtype=np.int64))).every(every))
    remarks = [file.remark for file in files if file.remark]
    return ComparedPoses(np.concatenate(parts), tuple(names.values()), joined(clips)), files[0].unit, remarks


def make_ensembles(lifters: list[ComparedLifter]) -> dict[str, list[int]]:
    """For each skeleton with two lifters or more, what their mean is called and where they are.

    Raises:
        PoseInputError: no two have the same skeleton.
    """
    of: dict[tuple[Any, ...], list[int]] = {}
    for i, lifter in enumerate(lifters):
        of.setdefault((lifter.lifter.skeleton.joints, lifter.lifter.skeleton.bones), []).append(i)
    several = {
        f"ensemble of {len(members)} ({lifters[members[0]].lifter.skeleton.name})": members
        for members in of.values()
        if len(members) > 1
    }
    if not several:
        raise PoseInputError("An ensemble needs two models of one skeleton; give --model for each.")
    return several


def main_table(rows: list[LifterResult], unit: str, every: int, spots: ViewRange, views: int) -> ErrorTable:
    """One row per lifter."""
    word = unit or "units"
    step = "frame" if every == 1 else f"{every} frames"
    columns = [
        Column("name", "model"),
        Column("joints", "joints", "d"),
        Column("p_mpjpe", f"P-MPJPE {word}"),
        Column("ratio", "of flat", ".3f"),
        Column("p_mpjpe_reflection_best", f"P-MPJPE refl.-best {word}"),
        Column("ratio_reflection_best", "of flat", ".3f"),
        Column("n_mpjpe", f"N-MPJPE {word}"),
    ]
    if unit == "mm":
        columns += [
            Column("pck3d_150", "PCK@150 %"),
            Column("auc", "AUC %"),
            Column("pck3d_150_aligned", "PCK@150 aligned %"),
            Column("auc_aligned", "AUC aligned %"),
        ]
    columns.append(Column("mpjve", f"MPJVE {word}/{step}", ".2f"))
    if len({row.joints for row in rows}) > 1:
        count = _shared(rows)
        columns += [
            Column("shared_p_mpjpe", f"P-MPJPE {count} shared joints {word}"),
            Column("shared_ratio", "of flat, shared", ".3f"),
        ]
    columns += [Column("parameters", "parameters", ","), Column("speed", "poses/s, 1 thread", ",.0f")]
    poses = int(rows[0].spread("poses").mean)
    where = f" at {spots.distance:g} head-root distances" if spots.camera == "perspective" else ""
    title = (
        f"{poses} poses, {views} {'views' if views > 1 else 'view'} of each: azimuth uniform, elevation "
        f"{spots.elevation[0]:g} to {spots.elevation[1]:g} degrees, {spots.camera}{where}"
    )
    return ErrorTable(title, tuple(columns), tuple(_row(row, columns) for row in rows))


def group_table(rows: list[LifterResult], clips: Clips, kind: str, unit: str) -> ErrorTable:
    """One row per action or subject, and their mean, each counting once; two columns per lifter."""
    word = unit or "units"
    columns = [Column("group", kind), Column("poses", "poses", "d")]
    for row in rows:
        columns.append(Column(f"{row.name}/p_mpjpe", f"{row.name} P-MPJPE {word}"))
        if row.members:
            columns.append(Column(f"{row.name}/ratio", f"{row.name} of flat", ".3f"))
    groups = list(clips.groups(kind))
    lines: list[dict[str, Value]] = []
    for group in groups:
        line: dict[str, Value] = {"group": group, "poses": int(rows[0].spread("poses", group).mean)}
        for row in rows:
            for measure in ("p_mpjpe", "ratio"):
                line[f"{row.name}/{measure}"] = row.spread(measure, group)
        lines.append(line)
    mean: dict[str, Value] = {
        "group": f"mean of {len(groups)} {kind}{'s' * (len(groups) > 1)}",
        "poses": int(rows[0].spread("poses").mean),
    }
    for row in rows:
        for measure in ("p_mpjpe", "ratio"):
            mean[f"{row.name}/{measure}"] = row.mean_of_groups(measure)
    return ErrorTable(f"By {kind}", tuple(columns), (*lines, mean))


def _row(row: LifterResult, columns: list[Column]) -> dict[str, Value]:
    known: dict[str, Value] = {
        "name": row.name,
        "joints": len(row.joints),
        "parameters": row.parameters if row.members else None,
        "speed": row.poses_per_second,
    }
    return {column.key: known[column.key] if column.key in known else row.spread(column.key) for column in columns}


def _shared(rows: list[LifterResult]) -> int:
    return len(set.intersection(*(set(row.joints) for row in rows)))


def _renamed(lifters: list[ComparedLifter], names: list[str]) -> list[ComparedLifter]:
    return [replace(lifter, name=name) for lifter, name in zip(lifters, names, strict=True)]


def _report(
    rows: list[LifterResult],
    tables: list[ErrorTable],
    truth: ComparedPoses,
    unit: str,
    remarks: list[str],
    spots: ViewRange,
    seeds: range,
    every: int,
) -> dict[str, Any]:
    """Everything that was measured; `tables` are what people are shown of it."""
    return {
        "poses": len(truth.joints),
        "unit": unit,
        "remarks": remarks,
        "views": {**asdict(spots), "seeds": list(seeds)},
        "every": every,
        "threads": 1,
        "rows": [
            {
                "name": row.name,
                "members": row.members,
                "joints": list(row.joints),
                "root": list(row.root),
                "parameters": row.parameters,
                "poses_per_second": row.poses_per_second,
                "measures": {key: plain(row.spread(key)) for key in row.seeds[0][""]},
                "groups": {
                    group: {key: plain(row.spread(key, group)) for key in of}
                    for group, of in row.seeds[0].items()
                    if group
                },
            }
            for row in rows
        ],
        "tables": as_values(tables),
    }


def _show_progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\rlifting {done} of {total}" + ("\n" if done == total else ""))
        sys.stderr.flush()
