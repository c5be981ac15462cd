"""The .npz files that poseviewer exchanges with scripts: 2D keypoints in, 3D truths in, lifted poses out.

Nothing in them is ever unpickled. Every problem is found here, at the door, and named in one sentence.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.errors import LabelFileError
from poseviewer.core.pose import Visibility
from poseviewer.io.pose_exports import write_lifted

_ZIP, _BARE = b"PK", b"\x93NUMPY"
"""How .npz files and .npy files begin."""

ROWS = {"frame": "iu", "media": "U", "identity": "U", "predicted": "b", "scores": "f"}
"""What our own files say of each pose besides, and the kind of array that says it."""

ABOUT = ("meta", "fps", "clip_start", "clip_len", "clip_name", "clip_subject", "clip_action")
"""What a file of true poses may say of them besides; `io/truth_poses.py` reads it."""

LARGEST = 1e9
"""Pixels. Whatever is farther away is no keypoint, and beyond what single precision can tell apart."""

__all__ = ["KeypointFile", "TruthFile", "read_keypoints_npz", "read_truth_npz", "write_lifted"]


@dataclass(frozen=True, eq=False)
class KeypointFile:
    """2D keypoints of N poses.

    Attributes:
        keypoints: (N, J, 2) float64 pixels, NaN where missing.
        visibility: (N, J) uint8 as in `Visibility`; 0 exactly where a keypoint is NaN.
        joint_names: (J,), or None where the file does not name them.
        rows: those of `ROWS` that are there, (N,) each; scores (N, J).
    """

    keypoints: NDArray[np.float64]
    visibility: NDArray[np.uint8]
    joint_names: tuple[str, ...] | None
    rows: Mapping[str, NDArray[Any]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class TruthFile:
    """3D joints of N poses: a truth, or what `write_lifted` wrote.

    Attributes:
        joints: (N, J, 3) float64, NaN where not known.
        joint_names: (J,), or None where the file does not name them.
        unit: "px", "mm" or whatever the file says; "" where it says nothing.
        about: those of `ABOUT` that are there, unchecked.
    """

    joints: NDArray[np.float64]
    joint_names: tuple[str, ...] | None
    unit: str
    about: Mapping[str, NDArray[Any]] = field(default_factory=dict)


def read_keypoints_npz(path: str | Path) -> KeypointFile:
    """Read `keypoints` (N, J, 2) with optional `visibility` (N, J) and `joint_names` (J,).

    What else our own files say of each pose is taken along where it is of the right shape and kind. A keypoint that is
    not finite, or marked 0, is missing.

    Raises:
        LabelFileError: the file is missing or damaged, an array has the wrong shape or kind, or all are missing.
    """
    arrays = _read(Path(path), required="keypoints", optional=("visibility", "joint_names", *ROWS))
    keypoints = _numbers(arrays["keypoints"], "keypoints", "(N, J, 2)", 3, 2, path)
    _check_pixels(keypoints, path)
    finite = np.isfinite(keypoints).all(axis=-1)
    visibility = np.where(finite, Visibility.VISIBLE, Visibility.ABSENT).astype(np.uint8)
    if "visibility" in arrays:
        visibility = np.where(finite, _visibility(arrays["visibility"], finite.shape, path), Visibility.ABSENT)
    keypoints[visibility == Visibility.ABSENT] = np.nan
    if not visibility.any():
        raise LabelFileError(f"Every keypoint in {path} is missing (NaN or visibility 0); export the keypoints again.")
    rows = {name: arrays[name] for name, kinds in ROWS.items() if name in arrays and arrays[name].dtype.kind in kinds}
    rows = {name: row for name, row in rows.items() if row.shape == finite.shape[: 2 if name == "scores" else 1]}
    return KeypointFile(keypoints, visibility.astype(np.uint8), _names(arrays, keypoints.shape[1], path), rows)


def read_truth_npz(path: str | Path) -> TruthFile:
    """Read `joints` (N, J, 3) with optional `joint_names` (J,) and `unit`.

    Raises:
        LabelFileError: the file is missing or damaged, or an array has the wrong shape or kind.
    """
    arrays = _read(Path(path), required="joints", optional=("joint_names", "unit", *ABOUT))
    joints = _numbers(arrays["joints"], "joints", "(N, J, 3)", 3, 3, path)
    unit = arrays.get("unit")
    about = {name: arrays[name] for name in ABOUT if name in arrays}
    return TruthFile(joints, _names(arrays, joints.shape[1], path), "" if unit is None else str(unit), about)


def _read(path: Path, required: str, optional: tuple[str, ...]) -> dict[str, NDArray[Any]]:
    """Those of the arrays that are there."""
    try:
        with path.open("rb") as stream:
            _check_kind(stream, path)
            archive = np.load(stream, allow_pickle=False)
            if isinstance(archive, np.ndarray):
                raise LabelFileError(f"{path} is a bare array; save it by name: np.savez(..., {required}=array).")
            with archive:
                if required not in archive:
                    there = ", ".join(archive.files[:6]) or "nothing"
                    raise LabelFileError(f"{path} has no array '{required}' (it has {there}); add it under that name.")
                return {name: _member(archive, name, path) for name in (required, *optional) if name in archive}
    except FileNotFoundError:
        raise LabelFileError(f"There is no file {path}; check its name.") from None
    except IsADirectoryError:
        raise LabelFileError(f"{path} is a folder; name an .npz file.") from None
    except OSError as error:
        raise LabelFileError(
            f"{path} cannot be read ({error.strerror or error}); check the disk or its owner."
        ) from error
    except (ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, TypeError, AttributeError) as error:
        raise LabelFileError(f"{path} is not an .npz file, or it is damaged ({error}); write it again.") from error


def _check_kind(stream: BinaryIO, path: Path) -> None:
    """Refuse what numpy would take for a pickle, which it suggests to load unsafely."""
    start = stream.read(len(_BARE))
    stream.seek(0)
    if not start:
        raise LabelFileError(f"{path} is empty (0 bytes); write it again.")
    if start != _BARE and not start.startswith(_ZIP):
        raise LabelFileError(f"{path} is not an .npz file, whatever its name; write it with numpy's savez.")


def _member(archive: Any, name: str, path: Path) -> NDArray[Any]:
    try:
        array: NDArray[Any] = np.asarray(archive[name])
    except ValueError as error:
        if "allow_pickle" not in str(error):
            raise
        raise LabelFileError(
            f"'{name}' in {path} is an array of Python objects, which is never read because it could run a program; "
            f"save it as {'text: np.array(names, dtype=str)' if name == 'joint_names' else 'numbers'}."
        ) from error
    return array


def _numbers(array: NDArray[Any], name: str, shape: str, ndim: int, last: int, path: str | Path) -> NDArray[np.float64]:
    if array.dtype.kind not in "fiu":
        raise LabelFileError(f"'{name}' in {path} holds {array.dtype}, not numbers; save it as float.")
    if array.ndim != ndim or array.shape[-1] != last:
        raise LabelFileError(
            f"Expected '{name}' in {path} to have the shape {shape}, but it has {array.shape}; save one row per joint "
            f"of every pose, also of a single one."
        )
    if array.size == 0:
        raise LabelFileError(f"'{name}' in {path} is empty, with the shape {array.shape}; there is nothing to read.")
    return array.astype(np.float64)


def _check_pixels(keypoints: NDArray[np.float64], path: str | Path) -> None:
    largest = float(np.max(np.abs(keypoints), initial=0.0, where=np.isfinite(keypoints)))
    if largest > LARGEST:
        raise LabelFileError(
            f"A keypoint in {path} is {largest:.0e} pixels from the image's corner, so it is not one; mark missing "
            f"keypoints by NaN."
        )


def _visibility(array: NDArray[Any], shape: tuple[int, ...], path: str | Path) -> NDArray[np.uint8]:
    if array.shape != shape:
        raise LabelFileError(f"Expected 'visibility' in {path} to have the shape {shape}, but it has {array.shape}.")
    if array.dtype.kind == "b":
        return np.where(array, Visibility.VISIBLE, Visibility.ABSENT).astype(np.uint8)
    if array.dtype.kind not in "fiu" or not np.isin(array, list(Visibility)).all():
        raise LabelFileError(
            f"'visibility' in {path} has values other than 0 (absent), 1 (occluded) and 2 (visible); write those."
        )
    return array.astype(np.uint8)


def _names(arrays: dict[str, NDArray[Any]], count: int, path: str | Path) -> tuple[str, ...] | None:
    if "joint_names" not in arrays:
        return None
    array = arrays["joint_names"]
    if array.dtype.kind not in "US" or array.shape != (count,):
        raise LabelFileError(
            f"Expected 'joint_names' in {path} to be {count} names, but it is {array.dtype} of the shape "
            f"{array.shape}; save one name per joint."
        )
    names = tuple(name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name) for name in array.tolist())
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise LabelFileError(
            f"'joint_names' in {path} names {', '.join(twice)} more than once; give each its own name."
        )
    return names
