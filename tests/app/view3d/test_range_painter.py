"""What is painted of a range: a translucent patch without seams, a dot that is red at its stop, handles."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from poseviewer.app.view3d.composer import SceneSkeleton, Stage
from poseviewer.app.view3d.framing import Framing
from poseviewer.app.view3d.look import look_for
from poseviewer.app.view3d.orbit import OrbitCamera
from poseviewer.app.view3d.range_handles import grips_of
from poseviewer.app.view3d.range_painter import paint_grips, paint_range
from poseviewer.app.view3d.range_patch import RangeShown, RangeSight, picture_of, sight_of
from poseviewer.core.ranges import Interval
from poseviewer.core.skeleton import Skeleton

LOOK = look_for((255, 255, 255), (20, 20, 20), (0, 128, 128))
STAGE = Stage(OrbitCamera(azimuth=0.3, elevation=0.0, distance=3.0), 400, 360, LOOK)


@pytest.fixture
def sight(qapp: QApplication, table: Skeleton, standing: np.ndarray, table_range: RangeShown) -> RangeSight:
    return look(table, standing, table_range)


def look(table: Skeleton, standing: np.ndarray, shown: RangeShown) -> RangeSight:
    found = sight_of(STAGE, shown, Framing().placed(standing), SceneSkeleton.of(table, "default").bones)
    assert found is not None
    return found


def painted(sight: RangeSight, grips: bool = False, **how: object) -> np.ndarray:
    """(360, 400, 3) on white."""
    image = QImage(400, 360, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    with QPainter(image) as painter:
        if grips:
            paint_grips(painter, grips_of(sight), LOOK, **{"hovered": None, "held": False, "locked": False, **how})  # type: ignore[arg-type]
        else:
            paint_range(painter, picture_of(sight), LOOK)
    return np.array(image.constBits()).reshape(360, 400, 4)[..., 2::-1].astype(int)


def test_the_patch_is_of_the_accent_s_colour_and_lets_the_scene_through(sight: RangeSight) -> None:
    picture = painted(sight)
    marked = picture[(picture < 250).any(axis=-1)]
    assert len(marked) > 800
    assert (marked[:, 0] <= marked[:, 1] + 6).all()  # nothing red in it
    values, counts = np.unique(marked, axis=0, return_counts=True)
    fill = values[counts.argmax()]
    assert 180 < fill.mean() < 250  # translucent, and the same all over: no seams


def test_the_dot_is_red_at_the_stop(
    qapp: QApplication, table: Skeleton, standing: np.ndarray, table_range: RangeShown
) -> None:
    tight = replace(table_range.own.rotation, flexion=Interval(-0.01, 0.01))  # type: ignore[call-arg]
    stopped = look(table, standing, RangeShown(replace(table_range.own, rotation=tight)))
    free = look(table, standing, table_range)
    for sight, color in ((stopped, LOOK.stop), (free, LOOK.ring)):
        x, y = picture_of(sight).dot.place.round().astype(int)
        pixel = painted(sight)[y, x]
        share = 0.7 if picture_of(sight).dot.behind else 1.0
        np.testing.assert_allclose(pixel, 255 - share * (255 - np.array(color)), atol=40)


def test_committed_partner_and_twist_add_to_the_picture(
    qapp: QApplication, table: Skeleton, standing: np.ndarray, table_range: RangeShown
) -> None:
    plain = painted(look(table, standing, table_range))
    wider = replace(table_range.own.rotation, flexion=Interval(-1.4, 1.6), twist=Interval(-0.5, 0.5))  # type: ignore[call-arg]
    for more in (
        replace(table_range, committed=wider),
        replace(table_range, partner=replace(table_range.own, bone=3)),
        RangeShown(replace(table_range.own, rotation=wider), twist=0.1),
    ):
        assert (painted(look(table, standing, more)) != plain).any()


def test_handles_show_whether_they_can_be_pulled(sight: RangeSight) -> None:
    grip = next(g for g in grips_of(sight) if not g.behind)
    x, y = grip.place.round().astype(int)
    plain, hovered = painted(sight, grips=True), painted(sight, grips=True, hovered=grip.name)
    held = painted(sight, grips=True, hovered=grip.name, held=True)
    assert tuple(plain[y, x]) == LOOK.plate
    assert tuple(hovered[y, x]) == LOOK.ring == tuple(held[y, x])
    assert (held != hovered).any()
    locked = painted(sight, grips=True, hovered=grip.name, locked=True)
    assert tuple(locked[y, x]) != LOOK.ring
    ring = locked[y - 8 : y + 9, x - 8 : x + 9].reshape(-1, 3)
    assert np.abs(ring - LOOK.muted).sum(axis=1).min() < 60


def test_nothing_is_painted_for_a_place_that_is_not_finite(sight: RangeSight) -> None:
    lost = tuple(replace(grip, place=np.array([math.nan, 0.0])) for grip in grips_of(sight))
    image = QImage(400, 360, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    with QPainter(image) as painter:
        paint_grips(painter, lost, LOOK, None, False, False)
    assert (np.array(image.constBits()).reshape(360, 400, 4)[..., :3] == 255).all()
