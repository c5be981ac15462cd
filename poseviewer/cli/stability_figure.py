"""The picture of a stability study: the mean error of every epoch, with a band of one deviation over the seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.cli.correlation_figure import COLOURS

if TYPE_CHECKING:
    from training.stability_record import Curve, StabilityRecord

SIZE = (11.5, 4.6)
"""Inches."""
_ALIGNMENTS = ("no reflection", "reflection-best")


def draw(figure: Any, record: StabilityRecord, pooled: int) -> None:
    """Draw on a matplotlib figure of `SIZE`.

    Args:
        pooled: how many of the last epochs are pooled; they are shaded.
    """
    left, right = figure.subplots(1, 2, sharey=True)
    method, epochs = record.settings["method"], record.epochs
    most = max((len(seeds) for seeds in record.curves.values()), default=0)
    figure.suptitle(
        f"How stable is the training of {method}: error after each of {epochs} epochs "
        f"(mean of {most} seed{'s' * (most != 1)}, band ± one standard deviation)",
        fontsize=11,
    )
    for axes, reflected, name in ((left, False, _ALIGNMENTS[0]), (right, True, _ALIGNMENTS[1])):
        axes.axvspan(epochs - pooled + 0.5, epochs + 0.5, color="#eeeeee", zorder=0, label="pooled epochs")
        axes.axhline(record.flat[reflected], color="#777777", linewidth=1, linestyle="--", label="flat pose")
        for number, (preset, seeds) in enumerate(record.curves.items()):
            errors = aligned([c.reflected if reflected else c.errors for c in seeds.values()])
            _band(axes, errors, COLOURS[number % len(COLOURS)], f"{preset} ({_count(list(seeds.values()), epochs)})")
        axes.set_title(f"P-MPJPE, {name}")
        axes.set_xlabel("epoch")
        axes.set_xlim(0.5, epochs + 0.5)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#e0e0e0", linewidth=0.5)
        axes.set_axisbelow(True)
    left.set_ylabel(f"error, {record.unit or 'units of the poses'}")
    left.set_ylim(bottom=0)
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=6, frameon=False, fontsize=9)


def aligned(curves: list[tuple[float, ...]]) -> NDArray[np.float64]:
    """(S, E) curves of different lengths, NaN where one did not come."""
    longest = max((len(curve) for curve in curves), default=0)
    rows = np.full((len(curves), longest), np.nan)
    for row, curve in zip(rows, curves, strict=True):
        row[: len(curve)] = curve
    return rows


def _band(axes: Any, errors: NDArray[np.float64], colour: str, label: str) -> None:
    """Each seed as a thin line, their mean as a thick one, one deviation around it where there are two or more."""
    if not errors.size:
        return
    epochs = np.arange(1, errors.shape[1] + 1)
    there = np.isfinite(errors)
    count = there.sum(axis=0)
    known = np.where(there, errors, 0.0)
    mean = np.where(count > 0, known.sum(axis=0) / np.maximum(count, 1), np.nan)
    squares = (np.where(there, errors - mean, 0.0) ** 2).sum(axis=0)
    deviation = np.where(count > 1, np.sqrt(squares / np.maximum(count - 1, 1)), 0.0)
    marker = "o" if errors.shape[1] <= 30 else ""
    axes.fill_between(epochs, mean - deviation, mean + deviation, color=colour, alpha=0.2, linewidth=0)
    for row in errors if len(errors) > 1 else []:
        axes.plot(epochs, row, color=colour, linewidth=0.6, alpha=0.45)
    axes.plot(epochs, mean, color=colour, linewidth=2, marker=marker, markersize=3.5, label=label)


def _count(curves: list[Curve], epochs: int) -> str:
    done = sum(len(curve.errors) >= epochs for curve in curves)
    failed = sum(bool(curve.failed) for curve in curves)
    words = f"{done} seed{'s' * (done != 1)}" if done == len(curves) - failed else f"{done} of {len(curves)} seeds"
    return words + (f", {failed} failed" if failed else "")
