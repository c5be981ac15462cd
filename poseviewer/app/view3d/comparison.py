"""The second pose of a comparison: what another lifter makes of the same frame. Without Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from poseviewer.app.colors import RGB, side_color
from poseviewer.app.view3d.composer import Emphasis, ScenePose, SceneSkeleton, Stage, compose, leaves_view
from poseviewer.app.view3d.framing import Framing
from poseviewer.app.view3d.look import Look
from poseviewer.app.view3d.strokes import Picture, Strokes, joined, strokes

Legend = list[tuple[str, list[RGB]]]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Another lifter's pose of the frame, and how both are shown.

    Attributes:
        joints: (J, 3) in the camera frame, root-relative and in pixels like the first pose's.
        label: whose they are. ours: whose the first pose is.
        apart: both stand side by side, each in half of the view; else they are drawn over each other.
    """

    joints: NDArray[np.float64]
    label: str = "B"
    ours: str = "A current"
    apart: bool = False

    def placed(self, framing: Framing) -> ScenePose:
        """Where the pose stands beside the one that was framed last."""
        return framing.beside(self.joints)

    def picture(
        self, stage: Stage, skeleton: SceneSkeleton, pose: ScenePose, emphasis: Emphasis, framing: Framing
    ) -> Picture:
        """Both poses; `stage` is that of the first one: half of the view where they stand apart."""
        other = self.placed(framing)
        if not self.apart:
            return compose(stage, skeleton, pose, emphasis, other)
        halves = [
            compose(stage, skeleton, pose, emphasis),
            compose(stage, skeleton, other, replace(emphasis, uncertainty=False)),
        ]
        shadows, floors, bodies = (
            [moved(clipped(part, stage.width), number * stage.width) for number, part in enumerate(parts)]
            for parts in zip(*((p.shadow, p.floor, p.body) for p in halves), strict=True)
        )
        edge = [c / 255 for c in stage.look.muted]
        line = strokes([(stage.width, 0.0)], [(stage.width, stage.height)], 0.5, (*edge, 0.5), butt=True)
        return Picture(joined(shadows), joined(floors), joined([*bodies, line]))

    def legend(self, look: Look, palette: str = "default") -> Legend:
        """What each colour means."""
        sides = [side_color("left", palette), side_color("right", palette)]
        return [(self.ours, sides), (self.label, sides if self.apart else [look.other])]


def needs_fit(before: Comparison | None, after: Comparison | None, stage: Stage, framing: Framing) -> bool:
    """Whether the camera has to be placed anew: the poses have more or less room than before, or one has left it."""
    if len({shown.apart if shown is not None else None for shown in (before, after)}) > 1:
        return True
    return after is not None and leaves_view(stage, after.placed(framing))


def clipped(drawn: Strokes, width: float) -> Strokes:
    """What of them lies between the pixels 0 and `width` from left to right."""
    x, along = drawn.start[:, 0], drawn.end - drawn.start
    upright = along[:, 0] == 0
    step = np.where(upright, 1.0, along[:, 0])
    ends = np.sort(np.stack([(0.0 - x) / step, (width - x) / step]), axis=0)
    inside = (x >= 0) & (x <= width)
    first = np.where(upright, 0.0, np.clip(ends[0], 0.0, 1.0))
    last = np.where(upright, 1.0, np.clip(ends[1], 0.0, 1.0))
    kept = np.where(upright, inside, last > first)
    start, end = (drawn.start + along * share[:, None] for share in (first, last))
    return replace(drawn, start=start, end=end).taken(kept)


def moved(drawn: Strokes, right: float) -> Strokes:
    """The same, so many pixels further to the right."""
    shift = (right, 0.0)
    return replace(drawn, start=drawn.start + shift, end=drawn.end + shift)
