"""The picture of a correlation study says what it shows, of whom, and keeps both matrices on one scale."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poseviewer.cli.correlation_figure import Pair, StudiedModel, draw, figure_size, percent
from poseviewer.geometry.correlation import Between
from poseviewer.io.figures import write_drawing

JOINTS = ("root", "left_knee", "left_elbow", "head")


def studied(name: str, most: float) -> StudiedModel:
    change = np.zeros((4, 4, 3))
    change[1, 1] = change[2, 2] = most
    change[2, 3] = [0.3, 0.1, 0.0]
    return StudiedModel(name, JOINTS, (1, 2, 3), 1, np.array([0.5, 0.75, 1]), change, Between(most, 0.05, 0.0), 1234)


def test_the_figure_says_what_is_seen(tmp_path: Path) -> None:
    models, pairs = [studied("full", 0.4), studied("leg-torso", 0.2)], [Pair("left_elbow", "head")]
    write_drawing(tmp_path / "f.svg", figure_size(models, pairs), lambda figure: draw(figure, models, pairs))

    shown = (tmp_path / "f.svg").read_text(encoding="utf-8")

    for words in ("Which keypoint moves which depth", "mean over 1,234 poses", "full", "leg-torso", "left knee"):
        assert words in shown
    assert "own depth 40 %, same group 5 %, legs ↔ torso 0" in shown
    assert "left elbow → head" in shown
    assert "root<" not in shown


def test_one_scale_of_colour_and_one_axis_for_both(tmp_path: Path) -> None:
    models, pairs = [studied("full", 0.4), studied("leg-torso", 0.2)], [Pair("left_elbow", "head")]
    seen = []

    def keep(figure: object) -> None:
        draw(figure, models, pairs)
        seen.append(figure)

    write_drawing(tmp_path / "f.png", figure_size(models, pairs), keep)

    matrices = [axes.get_images()[0] for axes in seen[0].axes if axes.get_images()]  # type: ignore[attr-defined]
    assert [image.get_clim() for image in matrices[:2]] == [(0, pytest.approx(40))] * 2
    curves = [axes for axes in seen[0].axes if axes.get_lines() and axes.get_xlim()[1] == 100]  # type: ignore[attr-defined]
    assert len({axes.get_ylim() for axes in curves}) == 1


def test_a_model_that_answers_nothing_can_be_drawn(tmp_path: Path) -> None:
    still = replace(studied("still", 0.0), change=np.zeros((4, 4, 3)))

    write_drawing(tmp_path / "f.png", (4, 4), lambda figure: draw(figure, [still], [Pair("head", "head")]))

    assert (tmp_path / "f.png").stat().st_size > 0


def test_percents() -> None:
    assert [percent(share) for share in (0.0, 1e-6, 0.0123, 0.5)] == ["0", "0.0001 %", "1.2 %", "50 %"]
