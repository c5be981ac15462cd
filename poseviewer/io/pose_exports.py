"""Lifted 3D poses as files for other programs: .npz, .csv, .nc (netCDF, as movement reads it) and .bvh."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.core.errors import LabelFileError
from poseviewer.core.lifted import LiftedPoses
from poseviewer.io.atomic import write_text
from poseviewer.io.bvh import bvh_text
from poseviewer.io.netcdf import Variable, write_netcdf
from poseviewer.io.npz import write_npz

Rows = Mapping[str, NDArray[Any]]


def write_lifted(
    path: str | Path,
    poses: LiftedPoses,
    joint_names: Sequence[str] | None = None,
    fps: float = 0.0,
    rows: Mapping[str, ArrayLike] | None = None,
) -> None:
    """Write lifted poses; the suffix says how. A file that is there is replaced once the new one is complete.

    Args:
        joint_names: (J,) what to call the joints; default: as the skeleton does.
        fps: frames per second of the video, 0 where it is not known (.bvh then says 30, .nc counts frames).
        rows: what else is known of each pose, (N,) each: `frame` is its number in .csv and .nc, if it only
            grows; all are arrays of the .npz.

    Raises:
        LabelFileError: the suffix is none of these, or the poses cannot be written in that format.
        OSError: the folder is missing, read-only or full.
    """
    path = Path(path)
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise LabelFileError(f"Poses cannot be written as {path.name}; end its name in {', '.join(_WRITERS)}.")
    names = poses.skeleton.joints if joint_names is None else tuple(joint_names)
    if len(names) != poses.skeleton.joint_count:
        raise LabelFileError(
            f"There are {len(names)} names for the {poses.skeleton.joint_count} joints of {poses.skeleton.name}; "
            "give one name per joint."
        )
    write(path, poses, names, fps, {name: np.asarray(values) for name, values in (rows or {}).items()})


def _write_npz(path: Path, poses: LiftedPoses, names: tuple[str, ...], fps: float, rows: Rows) -> None:
    write_npz(
        path,
        joints=poses.joints,
        depth_std=poses.depth_std,
        bone_lengths=poses.bone_lengths,
        bone_spherical=poses.bone_spherical,
        joint_names=np.array(names, dtype=np.str_),
        bones=np.array([(b.parent, b.child) for b in poses.skeleton.bones], dtype=np.int64),
        unit=np.array(poses.unit, dtype=np.str_),
        **rows,
    )


def _write_csv(path: Path, poses: LiftedPoses, names: tuple[str, ...], fps: float, rows: Rows) -> None:
    """One row per frame; columns named as by Anipose, with `fnum` last; an unknown number is an empty cell."""
    columns = [f"{name}_{what}" for name in names for what in ("x", "y", "z", "depth_std")]
    numbers = np.concatenate([poses.joints, poses.depth_std[..., None]], axis=-1)  # (N, J, 4)
    row = ",".join(["%.7g"] * len(columns))
    lines = [",".join([*map(_cell, columns), "fnum"])]
    frames = _frame_numbers(rows, len(poses)).tolist()
    for frame, values in zip(frames, numbers.reshape(len(numbers), -1).tolist(), strict=True):
        lines.append(f"{row % tuple(values)},{frame}".replace("nan", ""))
    write_text(path, "\n".join(lines) + "\n")


def _frame_numbers(rows: Rows, count: int) -> NDArray[Any]:
    """The poses' own frame numbers; 0, 1, ... where they repeat: several animals, videos or single images."""
    frames = rows.get("frame", np.arange(count))
    return np.arange(count) if (np.diff(frames) <= 0).any() else frames


def _cell(text: str) -> str:
    """A name in a CSV header, quoted where it must be."""
    quoted = text.replace('"', '""')
    return f'"{quoted}"' if any(c in text for c in ',"\n') else text


def _write_netcdf(path: Path, poses: LiftedPoses, names: tuple[str, ...], fps: float, rows: Rows) -> None:
    """A movement "poses" dataset of one individual; its confidence is not known, so it is NaN."""
    position = poses.joints.transpose(0, 2, 1)[..., None]  # (time, space, keypoint, individual)
    depth_std = poses.depth_std[..., None]
    frames = _frame_numbers(rows, len(poses)).astype(np.float64)
    per_keypoint = ("time", "keypoint", "individual")
    write_netcdf(
        path,
        [
            Variable("time", ("time",), frames / fps if fps else frames),
            Variable("space", ("space",), np.array(["x", "y", "z"])),
            Variable("keypoint", ("keypoint",), np.array(names)),
            Variable("individual", ("individual",), np.array(["id_0"])),
            Variable("position", ("time", "space", "keypoint", "individual"), position, {"units": poses.unit}),
            Variable("confidence", per_keypoint, np.full_like(depth_std, np.nan)),
            Variable("depth_std", per_keypoint, depth_std, {"units": poses.unit}),
        ],
        {
            "source_software": "poseviewer",
            "ds_type": "poses",
            "time_unit": "seconds" if fps else "frames",
            "frame_of_reference": "camera: x right, y down, z away; relative to the root joint",
        }
        | ({"fps": fps} if fps else {}),
    )


def _write_bvh(path: Path, poses: LiftedPoses, names: tuple[str, ...], fps: float, rows: Rows) -> None:
    write_text(path, bvh_text(poses, names, fps or 30.0))


_WRITERS: dict[str, Callable[[Path, LiftedPoses, tuple[str, ...], float, Rows], None]] = {
    ".npz": _write_npz,
    ".csv": _write_csv,
    ".nc": _write_netcdf,
    ".bvh": _write_bvh,
}
