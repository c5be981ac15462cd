"""How a press is understood, and when it stops being a click."""

import pytest

from poseviewer.app.annotate.gesture import CLICK_PIXELS, DRAG_PIXELS, Intent, begun, moved
from poseviewer.app.annotate.hit_test import NOTHING, HitTarget

JOINT = HitTarget(3, True, 2.0)
BETWEEN = HitTarget(None, True)


@pytest.mark.parametrize(
    ("target", "button", "whole_pose", "intent"),
    [
        (NOTHING, "left", False, Intent.BACKGROUND),
        (BETWEEN, "left", False, Intent.BACKGROUND),
        (JOINT, "left", False, Intent.JOINT),
        (JOINT, "left", True, Intent.POSE),
        (BETWEEN, "left", True, Intent.POSE),
        (NOTHING, "left", True, Intent.BACKGROUND),
        (JOINT, "right", False, Intent.OCCLUDE),
        (NOTHING, "right", False, Intent.NOTHING),
        (JOINT, "middle", False, Intent.PAN),
        (JOINT, "other", False, Intent.NOTHING),
    ],
)
def test_intent(target: HitTarget, button: str, whole_pose: bool, intent: Intent) -> None:
    assert begun(target, button, whole_pose, 0, 0).intent is intent


def test_a_small_movement_is_still_a_click() -> None:
    gesture = moved(begun(NOTHING, "left", False, 10, 10), 10 + CLICK_PIXELS - 0.1, 10)
    assert not gesture.moved
    assert moved(gesture, 10 + CLICK_PIXELS, 10).moved


def test_what_moved_once_stays_a_drag_back_at_its_start() -> None:
    gesture = moved(begun(JOINT, "left", False, 0, 0), DRAG_PIXELS, 0)
    back = moved(gesture, 0, 0)
    assert back.moved
    assert back.offset == (0, 0)


def test_steps_add_up_to_the_way_from_the_start() -> None:
    gesture, total = begun(NOTHING, "left", False, 0, 0), [0.0, 0.0]
    for x, y in ((1, 1), (3, 2), (9, 4), (7, 20)):
        gesture = moved(gesture, x, y)
        if gesture.moved:
            total = [total[0] + gesture.step[0], total[1] + gesture.step[1]]
    assert tuple(total) == gesture.offset == (7, 20)
