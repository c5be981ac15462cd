"""What a press of the mouse turns into: a click, a drag of a point or of the pose, or a pan. Without Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum, auto

from poseviewer.app.annotate.hit_test import HitTarget

CLICK_PIXELS = 4.0
"""A press that moves less than this on the background is a click; further, it pans."""
DRAG_PIXELS = 3.0
"""A point follows the mouse once it moved this far, so that a click to select does not shift it."""


class Intent(Enum):
    """What the user means by pressing here."""

    NOTHING = auto()
    BACKGROUND = auto()  # a click places the next joint, a drag pans
    PAN = auto()
    JOINT = auto()  # a click selects, a drag moves the joint
    OCCLUDE = auto()
    POSE = auto()  # a drag moves every keypoint


@dataclass(frozen=True)
class Gesture:
    """A press of the mouse up to its release, in screen pixels.

    Attributes:
        intent: decided by where and how it began.
        joint: the joint under the press, or None.
        start: where it began; `last`: the place before this one; `now`: where it is.
        moved: true once it has gone further than a click does, and from then on.
    """

    intent: Intent
    joint: int | None
    start: tuple[float, float]
    last: tuple[float, float]
    now: tuple[float, float]
    moved: bool = False

    @property
    def pans(self) -> bool:
        """Whether it has become a drag of the picture."""
        return self.intent is Intent.PAN or (self.intent is Intent.BACKGROUND and self.moved)

    @property
    def offset(self) -> tuple[float, float]:
        """From where it began."""
        return self.now[0] - self.start[0], self.now[1] - self.start[1]

    @property
    def step(self) -> tuple[float, float]:
        """From the place before."""
        return self.now[0] - self.last[0], self.now[1] - self.last[1]


def begun(target: HitTarget, button: str, whole_pose: bool, x: float, y: float) -> Gesture:
    """The gesture that begins with this press.

    Args:
        target: what lies under the mouse.
        button: "left", "middle" or "right".
        whole_pose: whether the key for moving the whole pose is held.
    """
    here = (x, y)
    return Gesture(_intent(target, button, whole_pose), target.joint, here, here, here)


def moved(gesture: Gesture, x: float, y: float) -> Gesture:
    """The same gesture, with the mouse at another place."""
    far = math.hypot(x - gesture.start[0], y - gesture.start[1])
    limit = CLICK_PIXELS if gesture.intent in (Intent.BACKGROUND, Intent.PAN) else DRAG_PIXELS
    began = gesture.moved or far >= limit
    # Until it counts as moved nothing follows the mouse; then the first step makes up for the whole way.
    last = gesture.now if gesture.moved else gesture.start
    return replace(gesture, last=last, now=(x, y), moved=began)


def _intent(target: HitTarget, button: str, whole_pose: bool) -> Intent:
    if button == "middle":
        return Intent.PAN
    if button == "right":
        return Intent.OCCLUDE if target.joint is not None else Intent.NOTHING
    if button != "left":
        return Intent.NOTHING
    if whole_pose and target.on_pose:
        return Intent.POSE
    return Intent.JOINT if target.joint is not None else Intent.BACKGROUND
