"""What is drawn over the image, as plain data, and which part of the screen a change of it touches. Without Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseviewer.app.annotate.viewport import Viewport
from poseviewer.core.pose import Pose2D, Visibility
from poseviewer.core.project import SURE
from poseviewer.core.skeleton import Skeleton

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in screen pixels."""
Points = NDArray[np.float64]

HANDLE_MARGIN = 16.0
"""Further than any handle, ring or halo reaches from its keypoint, in screen pixels."""
UNSEEN = 0.001
"""A move in screen pixels that comes of rounding; hundreds of them in a row would not be seen either."""
TAG_WIDTH, TAG_HEIGHT, TAG_GAP = 280.0, 30.0, 14.0
"""The largest name tag and how far it stands from its point, in screen pixels."""


@dataclass(frozen=True)
class Hint:
    """The name of the joint that a click would place, shown beside the mouse at (x, y) on the screen."""

    joint: int
    x: float
    y: float


@dataclass(frozen=True, eq=False)
class Overlay:
    """Everything drawn over the image.

    Attributes:
        skeleton: None while there is none; nothing is drawn then.
        pose: keypoints in image pixels.
        predicted: whether a detector placed them.
        scores: (J,) how sure the detector is of each, 0 to 1, or None where it does not say.
        selected, hovered: a joint or None.
        reprojection: (J, 2) image pixels of the lifted pose, or None.
        given: (J,) the joints that were clicked; the others get a cross on the reprojection.
        comparison, comparison_given: the same of what another model makes of the same keypoints.
        palette: a key of `colors.PALETTES`.
        shown: whether the user wants to see keypoints at all.
        hint: the joint that a click would place, or None.
    """

    skeleton: Skeleton | None = None
    pose: Pose2D | None = None
    predicted: bool = False
    scores: NDArray[np.float32] | None = None
    selected: int | None = None
    hovered: int | None = None
    reprojection: Points | None = None
    given: NDArray[np.bool_] | None = None
    comparison: Points | None = None
    comparison_given: NDArray[np.bool_] | None = None
    palette: str = "default"
    shown: bool = True
    hint: Hint | None = None

    def points(self, viewport: Viewport) -> Points:
        """(J, 2) keypoints on the screen, NaN where absent; (0, 2) where there is nothing to draw or to pick."""
        if self.skeleton is None or self.pose is None or not self.shown or len(self.pose) != self.skeleton.joint_count:
            return np.empty((0, 2))
        return viewport.to_screen(self.pose.keypoints)

    def confidence(self, joint: int) -> float:
        """How sure a keypoint is, from 0 to 1: 1 for the user's own, and where the detector does not say."""
        if not self.predicted or self.scores is None or joint >= len(self.scores):
            return 1.0
        score = float(self.scores[joint])
        return min(max(score, 0.0), 1.0) if math.isfinite(score) else 0.0

    def doubtful(self, joint: int) -> bool:
        """Whether the detector is so unsure of a keypoint that it is not used for lifting."""
        return self.confidence(joint) < SURE

    def note(self, joint: int) -> str:
        """What a name tag says of a keypoint beside its name: "0.83", "occluded", both, or nothing."""
        assert self.pose is not None
        said = self.predicted and self.scores is not None
        words = [f"{self.confidence(joint):.2f}"] if said else []
        return "  ·  ".join(words + ["occluded"] * bool(self.pose.visibility[joint] == Visibility.OCCLUDED))

    def ghost(self, viewport: Viewport) -> Points:
        """(J, 2) the reprojection on the screen, or (0, 2)."""
        return self._on_screen(self.reprojection, viewport)

    def other_ghost(self, viewport: Viewport) -> Points:
        """(J, 2) the other model's reprojection on the screen, or (0, 2)."""
        return self._on_screen(self.comparison, viewport)

    def _on_screen(self, points: Points | None, viewport: Viewport) -> Points:
        if self.skeleton is None or points is None or not self.shown:
            return np.empty((0, 2))
        if points.shape != (self.skeleton.joint_count, 2):
            return np.empty((0, 2))
        return viewport.to_screen(points)


def changed_box(old: Overlay, new: Overlay, viewport: Viewport) -> Box | None:
    """The part of the screen to draw again, as small as is easily found. None: all of it. Empty: nothing.

    A dragged point then costs its own surroundings and not the whole picture.
    """
    if _looks_different_everywhere(old, new):
        return None
    boxes: list[Box] = []
    if old.pose is not new.pose:
        moved = _touched_joints(old, new)
        boxes += [_around(overlay.points(viewport)[moved], HANDLE_MARGIN) for overlay in (old, new)]
    if old.reprojection is not new.reprojection or old.given is not new.given:
        boxes += _around_ghosts(old, new, viewport)
    if old.comparison is not new.comparison or old.comparison_given is not new.comparison_given:
        boxes += [_around(overlay.other_ghost(viewport), HANDLE_MARGIN) for overlay in (old, new)]
    for overlay in (old, new):
        boxes += _marks(overlay, viewport) if _marks_differ(old, new) else []
    return united(boxes)


def united(boxes: list[Box]) -> Box:
    """The box around boxes; an empty box, (0, 0, 0, 0), around none."""
    real = [b for b in boxes if b[2] > b[0]]
    if not real:
        return 0.0, 0.0, 0.0, 0.0
    return min(b[0] for b in real), min(b[1] for b in real), max(b[2] for b in real), max(b[3] for b in real)


def tag_place(x: float, y: float, width: float, height: float, room: tuple[float, float]) -> tuple[float, float]:
    """The top left corner of a tag beside a point: above and to the right, but always inside the window."""
    left = x + TAG_GAP if x + TAG_GAP + width <= room[0] else x - TAG_GAP - width
    top = y - TAG_GAP - height if y - TAG_GAP - height >= 0 else y + TAG_GAP
    return max(min(left, room[0] - width), 0.0), max(min(top, room[1] - height), 0.0)


def _looks_different_everywhere(old: Overlay, new: Overlay) -> bool:
    return (
        old.skeleton is not new.skeleton
        or old.palette != new.palette
        or old.shown != new.shown
        or old.predicted != new.predicted
        or old.scores is not new.scores
        or (old.pose is None) != (new.pose is None)
        or (old.pose is not None and new.pose is not None and len(old.pose) != len(new.pose))
    )


def _touched_joints(old: Overlay, new: Overlay) -> list[int]:
    """The joints that moved or changed state, and those at the other end of their bones."""
    a, b = old.pose, new.pose
    if a is None or b is None or new.skeleton is None or len(b) != new.skeleton.joint_count:
        return []
    same = (a.visibility == b.visibility) & ((a.keypoints == b.keypoints).all(axis=1) | ~b.present)
    return _with_neighbours(new.skeleton, ~same)


def _around_ghosts(old: Overlay, new: Overlay, viewport: Viewport) -> list[Box]:
    """Where the reprojection differs: if all keypoints were clicked, only around the dragged one."""
    before, after = old.ghost(viewport), new.ghost(viewport)
    if new.skeleton is None or len(before) != len(after):
        return [_around(before, HANDLE_MARGIN), _around(after, HANDLE_MARGIN)]
    moved = ~(np.abs(before - after) < UNSEEN).all(axis=1)
    if len(moved) and not np.array_equal(old.given, new.given):
        moved |= True
    touched = _with_neighbours(new.skeleton, moved) if len(moved) else []
    return [_around(before[touched], HANDLE_MARGIN), _around(after[touched], HANDLE_MARGIN)]


def _with_neighbours(skeleton: Skeleton, changed: NDArray[np.bool_]) -> list[int]:
    """Joints (J,) that changed, and those at the other end of their bones."""
    joints = set(np.flatnonzero(changed).tolist())
    for bone in skeleton.bones:
        if changed[bone.parent] or changed[bone.child]:
            joints |= {bone.parent, bone.child}
    return sorted(joints)


def _marks_differ(old: Overlay, new: Overlay) -> bool:
    def marks(overlay: Overlay) -> tuple[object, ...]:
        return overlay.selected, overlay.hovered, overlay.hint

    return marks(old) != marks(new) or (old.pose is not new.pose and new.hovered is not None)


def _marks(overlay: Overlay, viewport: Viewport) -> list[Box]:
    """Where the rings and the name tags are."""
    points, ghost = overlay.points(viewport), overlay.ghost(viewport)
    boxes = []
    for joint in (overlay.selected, overlay.hovered):
        for place in (points, ghost):
            if joint is not None and joint < len(place):
                boxes.append(_around(place[joint : joint + 1], HANDLE_MARGIN))
                boxes.append(_around_tag(float(place[joint, 0]), float(place[joint, 1]), viewport))
    if overlay.hint is not None:
        boxes.append(_around_tag(overlay.hint.x, overlay.hint.y, viewport))
    return boxes


def _around(points: Points, margin: float) -> Box:
    there = points[np.isfinite(points).all(axis=1)]
    if not len(there):
        return 0.0, 0.0, 0.0, 0.0
    (left, top), (right, bottom) = there.min(axis=0), there.max(axis=0)
    return float(left - margin), float(top - margin), float(right + margin), float(bottom + margin)


def _around_tag(x: float, y: float, viewport: Viewport) -> Box:
    """A box in which the tag of a point lies, whichever its words and side."""
    if not (np.isfinite(x) and np.isfinite(y)):
        return 0.0, 0.0, 0.0, 0.0
    left = x - TAG_GAP - TAG_WIDTH if x + TAG_GAP + TAG_WIDTH > viewport.width else x
    right = x if left < x else x + TAG_GAP + TAG_WIDTH
    reach = TAG_GAP + TAG_HEIGHT
    # Held inside the window, a tag may stand over its own point.
    return min(left, viewport.width - TAG_WIDTH), y - reach, max(right, TAG_WIDTH), y + reach
