"""The picture of a stability study: what it says, also while the study is not finished."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poseviewer.cli.stability_figure import SIZE, aligned, draw
from poseviewer.io.figures import write_drawing
from training.stability_record import Curve, StabilityRecord


def record(*curves: Curve, preset: str = "leg-torso", epochs: int = 4) -> StabilityRecord:
    found = StabilityRecord({"method": "hardy", "epochs": epochs}, "mm", (127.3, 120.0))
    for seed, curve in enumerate(curves):
        found = found.with_curve(preset, seed, curve)
    return found


def test_the_figure_says_what_is_seen(tmp_path: Path) -> None:
    found = record(Curve((9, 8, 7, 6), (8, 7, 6, 5)), Curve((9, 9, 9, 9), (8, 8, 8, 8)), Curve((5.0,), (4.0,)))

    write_drawing(tmp_path / "f.svg", SIZE, lambda figure: draw(figure, found, 2))

    shown = (tmp_path / "f.svg").read_text(encoding="utf-8")
    for words in ("How stable is the training of hardy", "4 epochs", "mean of 3 seeds", "error, mm", "flat pose"):
        assert words in shown
    assert "leg-torso (2 of 3 seeds)" in shown
    assert "P-MPJPE, no reflection" in shown
    assert "P-MPJPE, reflection-best" in shown


def test_the_line_is_the_mean_of_the_seeds_that_came_so_far(tmp_path: Path) -> None:
    found = record(Curve((8, 6, 4, 4), (1, 1, 1, 1)), Curve((4, 2), (1, 1), "its loss is no longer a number"))
    seen: list[Any] = []

    def keep(figure: Any) -> None:
        draw(figure, found, 1)
        seen.append(figure)

    write_drawing(tmp_path / "f.png", SIZE, keep)

    lines = {line.get_label(): line.get_ydata() for line in seen[0].axes[0].get_lines()}
    np.testing.assert_allclose(lines["leg-torso (1 seed, 1 failed)"], [6, 4, 4, 4])


@pytest.mark.parametrize("curves", [[], [Curve()], [Curve((float("nan"),), (1.0,))]])
def test_hardly_anything_can_be_drawn_too(tmp_path: Path, curves: list[Curve]) -> None:
    write_drawing(tmp_path / "f.png", SIZE, lambda figure: draw(figure, record(*curves), 1))

    assert (tmp_path / "f.png").stat().st_size > 0


def test_curves_of_different_lengths() -> None:
    np.testing.assert_array_equal(aligned([(1.0, 2.0), (3.0,)]), [[1, 2], [3, np.nan]])
    assert aligned([]).shape == (0, 0)
