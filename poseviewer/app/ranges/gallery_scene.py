"""From poses to the lines of the gallery: a grid of cells, all looked at from one place. Without Qt.

Lines of one colour and width go together, since drawing a thousand at once takes as long as drawing fifty by one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from poseviewer.app.colors import RGB, mixed, side_color
from poseviewer.app.ranges.gallery_poses import GallerySample, moved_bones
from poseviewer.app.view3d.orbit import OrbitCamera
from poseviewer.core.skeleton import Skeleton

Array = NDArray[np.float64]
Shows = Literal["3D", "2D", "both"]

FILLED, FLAT_FILLED = 1.08, 0.82
"""How much of a cell a pose of the usual size fills; more than all of it, since few poses are as high as they are long.
A 2D pose has a size of its own, so it takes less and leaves room for what an edit moves."""
LAYERS = ((-math.inf, -0.12, 0.5), (-0.12, 0.12, 0.22), (0.12, math.inf, 0.0))
"""Depth towards the viewer, in sizes of the pose, from and to; and how much of the background it takes on."""
HEADS = ("nose", "head_top", "head")
SIDES = ("middle", "right", "left")


@dataclass(frozen=True)
class Grid:
    """N cells in rows, each `aspect` times as wide as high; what is over is left free around them.

    Attributes:
        left, top, cell: of the first cell and the height of each, in pixels.
    """

    count: int
    columns: int
    cell: float
    aspect: float
    left: float
    top: float

    @classmethod
    def fitted(cls, count: int, width: float, height: float, aspect: float) -> Grid:
        """The grid with the largest cells that fit."""
        best = cls(count, 1, 0.0, aspect, 0.0, 0.0)
        for columns in range(1, max(count, 1) + 1):
            rows = -(-max(count, 1) // columns)
            cell = min(width / columns / aspect, height / rows)
            if cell > best.cell:
                best = cls(
                    count, columns, cell, aspect, (width - columns * cell * aspect) / 2, (height - rows * cell) / 2
                )
        return best

    @property
    def width(self) -> float:
        """Of one cell."""
        return self.cell * self.aspect

    def corners(self) -> Array:
        """(N, 2) the upper left corner of every cell."""
        place = np.arange(self.count)
        columns = max(self.columns, 1)
        corners: Array = np.stack([place % columns * self.width, place // columns * self.cell], axis=-1)
        return corners + (self.left, self.top)

    def at(self, x: float, y: float) -> int | None:
        """The cell at a place, None beside them."""
        if self.cell <= 0:
            return None
        column, row = math.floor((x - self.left) / self.width), math.floor((y - self.top) / self.cell)
        cell = row * self.columns + column
        return cell if 0 <= column < self.columns and row >= 0 and cell < self.count else None


@dataclass(frozen=True, eq=False)
class Frames:
    """What each pose is centred on, and the size that all are divided by. Kept while the ranges are edited, so that
    what moves on the screen is what the edit moved.

    Attributes:
        middle: (N, 3). size: in body units. flat_middle: (N, 2), flat_size: (N,) of the 2D poses.
    """

    middle: Array
    size: float
    flat_middle: Array
    flat_size: Array

    @classmethod
    def of(cls, sample: GallerySample) -> Frames:
        joints = sample.joints.astype(np.float64)
        middle = (joints.min(axis=1) + joints.max(axis=1)) / 2
        reach = np.sqrt(((joints - middle[:, None]) ** 2).sum(axis=-1)).max(axis=-1)
        low, high = np.nanmin(sample.keypoints, axis=1), np.nanmax(sample.keypoints, axis=1)
        flat = (high - low).max(axis=-1) / 2
        return cls(middle, max(float(np.quantile(reach, 0.9)), 1e-6), (low + high) / 2, np.maximum(flat, 1e-6))

    def leaves(self, sample: GallerySample) -> bool:
        """Whether a pose has outgrown its cell, so that it should be framed anew."""
        reach = np.sqrt(((sample.joints - self.middle[:, None]) ** 2).sum(axis=-1)).max()
        return bool(reach > 1.6 * self.size)


@dataclass(frozen=True, eq=False)
class Batch:
    """Lines (M, 4), x0 y0 x1 y1, of one colour and width; `alpha` in 0..1. `dots`: both ends are one, and round."""

    lines: Array
    color: RGB
    width: float
    alpha: float = 1.0
    dots: bool = False


@dataclass(frozen=True)
class Inks:
    """Colours of the gallery in the present theme."""

    base: RGB
    text: RGB
    accent: RGB
    warning: RGB
    palette: str = "default"


@dataclass(frozen=True, eq=False)
class GalleryView:
    """What is drawn and how it is looked at.

    Attributes:
        ghost: the same poses before the edit that is in hand, None while there is none.
        picked: (K,) which poses are in the cells, in order.
        bones: those that are pointed out.
        zoom: over the size at which a pose fills its cell.
    """

    sample: GallerySample
    ghost: GallerySample | None
    frames: Frames
    picked: NDArray[np.intp]
    grid: Grid
    camera: OrbitCamera
    zoom: float
    shows: Shows
    bones: tuple[int, ...]
    inks: Inks


def compose_gallery(view: GalleryView) -> list[Batch]:
    """Everything inside the cells, in the order in which it is drawn."""
    if not len(view.picked) or view.grid.cell <= 0:
        return []
    batches: list[Batch] = []
    if view.shows != "2D":
        batches += _solid(view)
    if view.shows != "3D":
        batches += _flat(view)
    return [b for b in batches if len(b.lines)]


def line_width(cell: float) -> float:
    """Of a bone, in pixels, in cells of this height."""
    return min(max(cell / 42, 1.3), 4.5)


def _solid(view: GalleryView) -> list[Batch]:
    """The 3D skeletons, far bones first."""
    ends, depth = _placed(view, view.sample)
    width = line_width(view.grid.cell)
    batches = _ghosts(view, width) + _halos(view, ends, width)
    sides = _bone_sides(view.sample.skeleton)
    middle = depth[:, _bones(view.sample.skeleton)].mean(axis=-1)  # (K, B)
    drawn = _lengthened(ends, 0.3 * width)
    for near, far, haze in LAYERS:
        inside = (middle > near) & (middle <= far)
        for side, name in enumerate(SIDES):
            color = mixed(side_color(name, view.inks.palette), view.inks.base, haze)
            batches.append(Batch(drawn[inside & (sides == side)], color, width * (1.1 - 0.4 * haze)))
    head = next((j for j in map(view.sample.skeleton.find_joint, HEADS) if j is not None), None)
    if head is not None:
        bone = next(i for i, b in enumerate(view.sample.skeleton.bones) if head in (b.parent, b.child))
        end = 2 if view.sample.skeleton.bones[bone].child == head else 0
        places = np.tile(ends[:, bone, end : end + 2], (1, 2))
        side = view.sample.skeleton.sides[head]
        batches.append(Batch(places, side_color(side, view.inks.palette), 2.4 * width, dots=True))
    return batches


def _ghosts(view: GalleryView, width: float) -> list[Batch]:
    """Where the bones that moved were before."""
    if view.ghost is None:
        return []
    moved = moved_bones(view.sample, view.ghost)[view.picked]
    if not moved.any():
        return []
    ends, _ = _placed(view, view.ghost)
    return [Batch(ends[moved], mixed(view.inks.text, view.inks.base, 0.45), max(width * 0.6, 1.0), 0.75)]


def _halos(view: GalleryView, ends: Array, width: float) -> list[Batch]:
    """Behind the bone whose range is edited, and behind bones that are where they cannot be."""
    check, picked = view.sample.check, view.picked
    wrong = np.zeros((len(picked), ends.shape[1]), dtype=bool)
    for rule, row in zip(check.rules, check.broken[:, picked], strict=True):
        if row.any():
            wrong[row, rule.first] = wrong[row, rule.second] = True
    edited = ends[:, list(view.bones)].reshape(-1, 4)
    return [
        Batch(edited, view.inks.accent, width * 3.2, 0.38),
        Batch(ends[wrong], view.inks.warning, width * 3.2, 0.5),
    ]


def _flat(view: GalleryView) -> list[Batch]:
    """The 2D poses as training sees them, in the right half of the cell where both are shown."""
    skeleton, picked, cell = view.sample.skeleton, view.picked, view.grid.cell
    centre = view.grid.corners() + (view.grid.width - cell / 2, cell / 2)
    flat = view.sample.keypoints[picked] - view.frames.flat_middle[picked][:, None]
    scale = FLAT_FILLED * cell / 2 / view.frames.flat_size[picked]
    places = centre[:, None] + flat * scale[:, None, None]  # (K, J, 2)
    bones, sides = _bones(skeleton), _bone_sides(skeleton)
    ends = places[:, bones].reshape(len(picked), -1, 4)
    known = np.isfinite(ends).all(axis=-1)
    width = 0.8 * line_width(cell)
    batches = [
        Batch(ends[known & (sides == side)], side_color(name, view.inks.palette), width)
        for side, name in enumerate(SIDES)
    ]
    lonely = np.isfinite(places[..., 0])
    for bone, (parent, child) in enumerate(bones):
        lonely[:, parent] &= ~known[:, bone]
        lonely[:, child] &= ~known[:, bone]
    batches.append(
        Batch(np.tile(places[lonely], (1, 2)), mixed(view.inks.text, view.inks.base, 0.3), 2 * width, dots=True)
    )
    return batches


def _placed(view: GalleryView, sample: GallerySample) -> tuple[Array, Array]:
    """Screen lines (K, B, 4) and the depth of joints towards the viewer in sizes (K, J); without perspective, so that
    every cell is seen from the same side."""
    axes = view.camera.axes()
    local = (sample.joints[view.picked] - view.frames.middle[view.picked][:, None]) / view.frames.size
    seen = local @ axes.T
    cell = view.grid.cell
    centre = view.grid.corners() + (cell / 2, cell / 2)
    places = centre[:, None] + seen[..., :2] * (1.0, -1.0) * (view.zoom * FILLED * cell / 2)
    ends: Array = places[:, _bones(sample.skeleton)].reshape(len(view.picked), -1, 4)
    return ends, seen[..., 2]


def _lengthened(lines: Array, by: float) -> Array:
    """Lines (..., 4) a little longer at both ends, so that those that meet at an angle leave no notch."""
    along = lines[..., 2:] - lines[..., :2]
    step = along * (by / np.maximum(np.sqrt((along**2).sum(axis=-1, keepdims=True)), 1e-9))
    longer: Array = np.concatenate([lines[..., :2] - step, lines[..., 2:] + step], axis=-1)
    return longer


def _bones(skeleton: Skeleton) -> NDArray[np.intp]:
    return np.array([(b.parent, b.child) for b in skeleton.bones], dtype=np.intp)


def _bone_sides(skeleton: Skeleton) -> NDArray[np.intp]:
    """(B,) positions in `SIDES`: a bone has the colour of its far joint."""
    return np.array([SIDES.index(skeleton.sides[b.child]) for b in skeleton.bones], dtype=np.intp)
