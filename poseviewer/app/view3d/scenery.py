"""A pose as it is looked at: where its joints are on the screen, and which of them is meant there. Without Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseviewer.app.view3d.composer import Emphasis, ScenePose, SceneSkeleton, Stage
from poseviewer.app.view3d.heading import heading
from poseviewer.core.edits import spoken
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.picking import nearest_point

PICK_RADIUS = 14.0
Place = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Scenery:
    """The view, whose joints and bones are drawn how, and the pose."""

    stage: Stage
    skeleton: Skeleton
    drawn: SceneSkeleton
    pose: ScenePose

    @property
    def facing(self) -> NDArray[np.float64] | None:
        """(2,) which way the animal faces, None where its pose does not tell."""
        return heading(self.pose.joints, self.skeleton)

    def joint_place(self, joint: int) -> Place | None:
        """The pixel where a joint is drawn, None where it is not."""
        at = self.stage.project(self.pose.joints[joint])
        x, y = at.places[0].tolist()
        return None if at.behind[0] or not np.isfinite(x + y) else (x, y)

    def joint_at(self, x: float, y: float) -> int | None:
        """The joint that a pixel means."""
        at = self.stage.project(self.pose.joints)
        places = np.where(at.behind[:, None], np.nan, at.places)
        return nearest_point(places, (x, y), PICK_RADIUS, at.depth)

    def names(self, emphasis: Emphasis, crowded: bool = False) -> list[tuple[str, Place, bool]]:
        """Of the joints pointed out: name, place, and whether it is the selected one.

        `crowded`: a range is drawn there, whose handles a plate would cover; only the joint under the pointer is named.
        """
        found = []
        pointed_out = (emphasis.hovered,) if crowded else (emphasis.selected, emphasis.hovered)
        for joint in dict.fromkeys(pointed_out):
            if joint is not None and joint < self.skeleton.joint_count:
                place = self.joint_place(joint)
                if place is not None:
                    found.append((spoken(self.skeleton.joints[joint]), place, joint == emphasis.selected))
        return found
