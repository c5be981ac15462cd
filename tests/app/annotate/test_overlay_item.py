"""What is painted: states, the reprojection and the name tags."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem

from poseviewer.app.annotate.overlay import Hint, Overlay
from poseviewer.app.annotate.overlay_item import OverlayItem
from poseviewer.app.annotate.viewport import Viewport
from poseviewer.app.colors import predicted_color, side_color
from poseviewer.core.pose import Pose2D
from poseviewer.core.skeleton import Skeleton

GREY = QColor(128, 128, 128)
VIEW = Viewport(200, 100, (100, 50), 1.0)  # the screen is the image


@pytest.fixture
def paint(qapp: Any, arms: Skeleton) -> Any:
    """`paint(pose=..., ...)` gives what an overlay of the arms looks like on grey, (100, 200, 3)."""

    def painted(**parts: Any) -> np.ndarray:
        item = OverlayItem()
        item.set_viewport(VIEW)
        item.set_overlay(Overlay(arms, **parts))
        page = QImage(200, 100, QImage.Format.Format_RGB32)
        page.fill(GREY)
        painter = QPainter(page)
        item.paint(painter, QStyleOptionGraphicsItem())
        painter.end()
        return np.array(page.constBits()).reshape(100, 200, 4)[..., 2::-1].astype(int)

    return painted


def marked(picture: np.ndarray, left: int, top: int, right: int, bottom: int) -> int:
    """How many pixels of a part are not grey any more."""
    return int((np.abs(picture[top:bottom, left:right] - 128).max(axis=-1) > 12).sum())


def test_nothing_is_painted_without_a_pose(paint: Any) -> None:
    assert marked(paint(), 0, 0, 200, 100) == 0
    assert marked(paint(pose=Pose2D.empty(5)), 0, 0, 200, 100) == 0


def test_bones_join_present_keypoints_only(paint: Any, open_arms: Pose2D) -> None:
    between = (115, 60, 125, 70)  # half way from chest to left elbow
    assert marked(paint(pose=open_arms), *between) > 20
    assert marked(paint(pose=open_arms.without_keypoint(1)), *between) == 0


@pytest.mark.parametrize(("joint", "side"), [(0, "middle"), (1, "left"), (3, "right")])
def test_a_visible_keypoint_is_a_disc_of_its_side(paint: Any, open_arms: Pose2D, joint: int, side: str) -> None:
    x, y = open_arms.keypoints[joint].astype(int)
    assert tuple(paint(pose=open_arms)[y, x]) == side_color(side)
    safe = paint(pose=open_arms, palette="colorblind")
    assert tuple(safe[y, x]) == side_color(side, "colorblind")


def test_an_occluded_keypoint_is_a_ring(paint: Any) -> None:
    alone = Pose2D.empty(5).with_keypoint(2, 100.0, 50.0, 1)
    picture = paint(pose=alone)
    assert np.ptp(picture[50, 100]) < 12  # no colour in the middle
    ring = picture[40:61, 90:111].reshape(-1, 3)
    blue = np.array(side_color("left"))
    assert (np.abs(ring - blue).max(axis=1) < 40).sum() > 10


def test_the_selected_keypoint_has_a_ring_around_it(paint: Any, open_arms: Pose2D) -> None:
    around = (165, 35, 196, 66)
    assert marked(paint(pose=open_arms, selected=2), *around) > marked(paint(pose=open_arms), *around) + 60


def test_crosses_mark_the_joints_that_were_not_clicked(paint: Any, open_arms: Pose2D) -> None:
    seen = open_arms.without_keypoint(2)
    where = (174, 44, 187, 57)
    crossed = paint(pose=seen, reprojection=open_arms.keypoints, given=seen.present)
    all_given = paint(pose=seen, reprojection=open_arms.keypoints, given=open_arms.present)
    assert marked(crossed, *where) > marked(all_given, *where) + 15
    x, y = open_arms.keypoints[1].astype(int)
    assert tuple(crossed[y, x]) == side_color("left")  # keypoints lie over the reprojection


def test_a_hovered_joint_is_named(paint: Any, open_arms: Pose2D) -> None:
    plain, named = paint(pose=open_arms), paint(pose=open_arms, hovered=3)
    assert marked(named, 75, 40, 190, 70) > marked(plain, 75, 40, 190, 70) + 500


def test_the_hint_stands_beside_the_mouse(paint: Any) -> None:
    picture = paint(pose=Pose2D.empty(5), hint=Hint(1, 20.0, 80.0))
    assert marked(picture, 34, 36, 160, 68) > 500
    assert marked(picture, 12, 72, 28, 88) == 0  # the place that is aimed at stays free


def test_a_pose_of_another_skeleton_is_not_painted(paint: Any) -> None:
    assert marked(paint(pose=Pose2D([[50.0, 50.0]] * 9)), 0, 0, 200, 100) == 0


def test_not_a_number_in_a_reprojection_is_left_out(paint: Any, open_arms: Pose2D) -> None:
    broken = open_arms.keypoints.copy()
    broken[2] = np.nan
    broken[1] = np.inf
    assert marked(paint(reprojection=broken), 0, 0, 200, 100) > 0


def test_a_comparison_is_without_colour_and_its_discs_are_on_joints_that_were_not_clicked(
    paint: Any, open_arms: Pose2D
) -> None:
    points = open_arms.keypoints + (0.0, 12.0)
    given = np.array([True, True, False, True, True])
    picture = paint(pose=Pose2D.empty(5), comparison=points, comparison_given=given)
    x, y = points[2].astype(int)
    assert picture[y, x].min() > 220
    assert np.ptp(picture, axis=-1).max() < 12
    assert marked(picture, 115, 72, 125, 82) > 10  # half way along a bone
    assert marked(paint(pose=Pose2D.empty(5), comparison=points[:3]), 0, 0, 200, 100) == 0
    hidden = paint(pose=Pose2D.empty(5), comparison=points, shown=False)
    assert marked(hidden, 0, 0, 200, 100) == 0


def test_a_prediction_is_as_yellow_as_it_is_sure_and_a_doubtful_one_is_a_ring(paint: Any) -> None:
    alone = Pose2D.empty(5).with_keypoint(2, 100.0, 50.0)

    def yellow(score: float, palette: str) -> np.ndarray:
        painted = paint(pose=alone, predicted=True, scores=np.full(5, score, np.float32), palette=palette)
        return (np.abs(painted - predicted_color(palette)).max(axis=-1) < 40)[40:61, 90:111]

    for palette in ("default", "colorblind"):
        areas = [yellow(score, palette).sum() for score in (1.0, 0.7, 0.4)]
        assert areas[0] > 1.2 * areas[1] > 1.4 * areas[2] > 20
        assert yellow(0.4, palette)[10, 10] and not yellow(0.1, palette)[10, 10]
        assert yellow(0.1, palette).sum() > 10


def test_bones_to_unsure_keypoints_are_faint(paint: Any, open_arms: Pose2D) -> None:
    def bone(score: float) -> np.ndarray:
        scores = np.array([1, score, 1, 1, 1], np.float32)
        return paint(pose=open_arms, predicted=True, scores=scores)[65, 120]

    assert np.ptp(bone(1.0)) > 150 > np.ptp(bone(0.0)) > 20


def test_the_tag_of_a_prediction_says_how_sure_it_is(paint: Any, open_arms: Pose2D) -> None:
    def tag(scores: np.ndarray | None) -> int:
        picture = paint(pose=open_arms, predicted=True, scores=scores, hovered=4)
        return int((picture[20:45].max(axis=-1) < 60).sum())  # the dark plate

    assert tag(np.full(5, 0.83, np.float32)) > tag(None) + 200
