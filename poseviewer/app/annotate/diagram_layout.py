"""Where each joint stands on the diagram of a skeleton: as its file says, else as a tidy tree. Without Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.skeleton import Skeleton

NARROWEST, WIDEST = 0.8, 1.5
"""How far the square in which a skeleton describes its layout may be stretched, width over height."""


def diagram_places(skeleton: Skeleton) -> NDArray[np.float64]:
    """(J, 2) x right and y down in [0, 1]: the skeleton's own layout, or a tree with the root on top."""
    if len(skeleton.layout) == skeleton.joint_count:
        return np.clip(np.array(skeleton.layout, dtype=np.float64), 0.0, 1.0)
    return _tree(skeleton)


def on_page(places: NDArray[np.float64], width: float, height: float, margin: float) -> NDArray[np.float64]:
    """(J, 2) the places in pixels of a page, in its middle and not distorted much."""
    room_x, room_y = max(width - 2 * margin, 1.0), max(height - 2 * margin, 1.0)
    drawn_x = min(room_x, room_y * WIDEST)
    drawn_y = min(room_y, drawn_x / NARROWEST)
    corner = np.array([(width - drawn_x) / 2, (height - drawn_y) / 2])
    pixels: NDArray[np.float64] = corner + places * np.array([drawn_x, drawn_y])
    return pixels


def _tree(skeleton: Skeleton) -> NDArray[np.float64]:
    """Depth downwards; every leaf has its own column and a parent stands over the middle of its children."""
    children: dict[int, list[int]] = {}
    depth = {skeleton.root: 0}
    for bone in skeleton.bones:
        children.setdefault(bone.parent, []).append(bone.child)
        depth[bone.child] = depth[bone.parent] + 1
    column: dict[int, float] = {}
    leaves = _leaves_in_order(skeleton, children)
    for i, leaf in enumerate(leaves):
        column[leaf] = (i + 0.5) / len(leaves)
    for bone in reversed(skeleton.bones):  # children before parents
        if bone.parent not in column:
            below = [_column_of(j, children, column) for j in children[bone.parent]]
            column[bone.parent] = sum(below) / len(below)
    deepest = max(depth.values())
    rows = [[column[j], (depth[j] + 0.5) / (deepest + 1)] for j in range(skeleton.joint_count)]
    return np.array(rows)


def _leaves_in_order(skeleton: Skeleton, children: dict[int, list[int]]) -> list[int]:
    found, waiting = [], [skeleton.root]
    while waiting:
        joint = waiting.pop()
        below = children.get(joint, [])
        if not below:
            found.append(joint)
        waiting += reversed(below)
    return found


def _column_of(joint: int, children: dict[int, list[int]], column: dict[int, float]) -> float:
    if joint not in column:
        below = [_column_of(j, children, column) for j in children[joint]]
        column[joint] = sum(below) / len(below)
    return column[joint]
