"""The picture is resampled when it or the view changes, and otherwise only copied."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from poseviewer.app.annotate import picture_item
from poseviewer.app.annotate.canvas import Canvas
from poseviewer.core.pose import Pose2D


@pytest.fixture
def resampled(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Where the picture was each time that it was resampled."""
    places: list[Any] = []
    real = picture_item.resampled

    def counting(levels: Any, place: Any) -> Any:
        places.append(place)
        return real(levels, place)

    monkeypatch.setattr(picture_item, "resampled", counting)
    return places


def test_what_is_drawn_over_it_does_not_resample_it(canvas: Canvas, open_arms: Pose2D, resampled: list[Any]) -> None:
    canvas.set_image(np.zeros((100, 200, 3), np.uint8))
    canvas.grab()
    assert len(resampled) == 1
    canvas.set_pose(open_arms)
    canvas.set_selected_joint(2)
    canvas.grab()
    assert len(resampled) == 1


def test_another_picture_or_view_does(canvas: Canvas, picture: np.ndarray, resampled: list[Any]) -> None:
    canvas.set_image(picture)
    canvas.grab()
    canvas.set_image(picture + 1)
    canvas.grab()
    canvas.zoom_in()
    canvas.grab()
    canvas.set_contrast(0.1, 0.0)
    canvas.grab()
    assert len(resampled) == 4
    zooms = [place.zoom[0] for place in resampled]
    assert zooms[0] == zooms[1] < zooms[2] == zooms[3]
