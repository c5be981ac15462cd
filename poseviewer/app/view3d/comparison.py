"""The second pose of a comparison: what another model makes of the same frame. Without Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseviewer.app.colors import RGB, side_color
from poseviewer.app.view3d.composer import ScenePose
from poseviewer.app.view3d.framing import Framing
from poseviewer.app.view3d.look import Look


@dataclass(frozen=True, eq=False)
class Comparison:
    """Joints (J, 3) in the camera frame, root-relative and in pixels like the first pose's, and whose they are."""

    joints: NDArray[np.float64]
    label: str = "B"

    def placed(self, framing: Framing) -> ScenePose:
        """Where the pose stands beside the one that was framed last."""
        return framing.beside(self.joints)

    def legend(self, look: Look, palette: str = "default") -> list[tuple[str, list[RGB]]]:
        """What each colour means."""
        return [
            ("A current", [side_color("left", palette), side_color("right", palette)]),
            (self.label, [look.other]),
        ]
