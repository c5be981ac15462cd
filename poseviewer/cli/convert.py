"""`poseviewer convert`: label files of other tools, both ways."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from poseviewer.core.errors import PoseviewerError


def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A label file of any supported tool.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Where to write it; the suffix says which format.")],
) -> None:
    """Convert label files between tools."""
    raise PoseviewerError("not yet")
