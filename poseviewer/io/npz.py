"""Writing arrays by name, in one step."""

from __future__ import annotations

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
