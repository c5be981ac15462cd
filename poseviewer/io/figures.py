"""Figures as files: PNG, SVG or PDF, from a function that draws on one.

matplotlib is an optional dependency and is imported here alone, where something is drawn. No pyplot: nothing is kept
between two figures, and any thread may write one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from poseviewer.core.errors import PoseviewerError
from poseviewer.io.atomic import replacing

FIGURES = (".png", ".svg", ".pdf")
INSTALL = 'pip install "poseviewer[plots]"'
_DOTS = 150
"""Per inch, of a PNG."""
_STYLE: dict[str, Any] = {
    "font.size": 9.0,
    "axes.titlesize": 10.0,
    "svg.fonttype": "none",  # letters stay letters: they can be searched and edited
    "svg.hashsalt": "poseviewer",  # the same figure is the same file
    "pdf.fonttype": 42,
}


def is_figure(path: Path) -> bool:
    """Whether a file of that name would be a figure."""
    return path.suffix.lower() in FIGURES


def check_can_draw(path: Path) -> None:
    """Before any work is done for a figure.

    Raises:
        PoseviewerError: matplotlib is not installed.
    """
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as error:
        raise PoseviewerError(
            f"{path} is drawn by matplotlib, which is not installed; run: {INSTALL}, or write .json instead."
        ) from error


def white_to_dark() -> Any:
    """A colour map for amounts: white for exactly nothing, then evenly darker."""
    from matplotlib import colormaps
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("white_to_dark", ["#ffffff", *colormaps["magma_r"]([*range(12, 236, 8)])])


def write_drawing(path: Path, size: tuple[float, float], draw: Callable[[Any], None]) -> None:
    """Draw on a white figure and write it in the format that the name says.

    Args:
        size: width and height in inches. draw: is given a matplotlib `Figure` laid out so that nothing overlaps.

    Raises:
        PoseviewerError: matplotlib is not installed.
        OSError: the folder is missing, read-only or full; an existing file is then as it was.
    """
    check_can_draw(path)
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    kind = path.suffix.lower().removeprefix(".")
    dates = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=size, layout="constrained", facecolor="white")
        FigureCanvasAgg(figure)
        draw(figure)
        with replacing(path) as temporary:
            figure.savefig(temporary, format=kind, dpi=_DOTS, metadata=dates.get(kind))
