"""What the verbs of `poseviewer study` have in common: how their options are read, and where their results go."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from poseviewer.cli.console import check_output
from poseviewer.core.errors import PoseviewerError
from poseviewer.io.figures import check_can_draw, is_figure

Outputs = Annotated[
    list[Path], typer.Option("-o", "--output", help="Where to write the result; may be given more than once.")
]
Elevation = Annotated[
    str, typer.Option("--views", metavar="A:B", help="Elevation of the cameras that 3D poses are seen by, degrees.")
]
ViewSeed = Annotated[int, typer.Option("--view-seed", min=0, help="The same seed gives the same views.")]
Every = Annotated[int | None, typer.Option("--every", min=1, help="Take every n-th pose of the file.")]


def check_outputs(paths: Sequence[Path], suffixes: Sequence[str]) -> None:
    """Refuse outputs that cannot be written, before any work is done for them.

    Raises:
        PoseviewerError: as `check_output`; or one is a figure, and there is nothing to draw it with.
    """
    for path in paths:
        check_output(path, suffixes)
        if is_figure(path):
            check_can_draw(path)


def parse_elevation(text: str) -> tuple[float, float]:
    """`0:20` -> degrees.

    Raises:
        PoseviewerError: it is not of that form, or no elevation.
    """
    first, colon, last = text.partition(":")
    try:
        low, high = float(first), float(last)
    except ValueError:
        low = high = math.nan
    if not colon or not -90 <= low <= high <= 90:
        raise PoseviewerError(
            f"--views {text} is not understood; write the lowest and the highest elevation in degrees, as in "
            f"--views 0:20."
        )
    return low, high
