"""Arrays by name in .npz files: written in one step, and which there are."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from poseviewer.io.atomic import replacing


def write_npz(path: Path, **arrays: ArrayLike) -> None:
    """Write an uncompressed .npz; an existing file is replaced only once the new one is complete.

    Raises:
        OSError: the folder is missing, read-only or full.
    """
    named: dict[str, Any] = {name: np.asarray(array) for name, array in arrays.items()}
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, **named)


def has_array(path: Path, name: str) -> bool:
    """Whether an .npz file holds an array of a name; what is no .npz holds none. Only its table of contents is read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return f"{name}.npy" in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False
