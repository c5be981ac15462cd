"""How many poses a file holds, and of which joints, without reading the poses: a file may be large."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from poseviewer.core.errors import LabelFileError

ARRAYS = ("joints", "keypoints")


@dataclass(frozen=True)
class PoseSummary:
    """poses: how many. dimensions: 3 for joints in 3D, 2 for keypoints. joint_names: None where the file has none."""

    path: Path
    poses: int
    dimensions: int
    joint_names: tuple[str, ...] | None


def summarise_poses(path: Path) -> PoseSummary:
    """What a poses file (.npz with `joints` (N, J, 3) or `keypoints` (N, J, 2)) holds.

    Raises:
        LabelFileError: it cannot be read, or holds no poses.
    """
    try:
        with zipfile.ZipFile(path) as archive, np.load(path, allow_pickle=False) as file:
            name = next((array for array in ARRAYS if array in file.files), "")
            shape = _shape(archive, name) if name else ()
            names = tuple(str(n) for n in file["joint_names"]) if "joint_names" in file.files else None
    except FileNotFoundError as error:
        raise LabelFileError(f"There is no file {path}; choose another.") from error
    except (OSError, ValueError, TypeError, AttributeError, zipfile.BadZipFile, EOFError) as error:
        raise LabelFileError(f"{path.name} is not a poses file (.npz), or it is damaged; choose another.") from error
    dimensions = 3 if name == "joints" else 2
    if len(shape) != 3 or shape[2] != dimensions or not shape[0]:
        raise LabelFileError(
            f"{path.name} holds no poses: it needs joints of shape (N, J, 3) or keypoints of shape (N, J, 2)."
        )
    return PoseSummary(path, shape[0], dimensions, names)


def _shape(archive: zipfile.ZipFile, name: str) -> tuple[int, ...]:
    """Of an array in an .npz, from its header."""
    with archive.open(f"{name}.npy") as member:
        version = np.lib.format.read_magic(member)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        return tuple(read(member)[0])
