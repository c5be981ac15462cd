"""The poses that the user has labelled, of all frames, as one array. Without Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.project import FrameKey, Project
from poseviewer.synthesis.pose_cloud import FEWEST


@dataclass(frozen=True, eq=False)
class LabelledPoses:
    """N poses with enough keypoints to be compared; predictions are left out.

    Attributes:
        places: (frame, number of the animal in it) of each.
        keypoints: (N, J, 2) pixels, NaN where missing.
    """

    places: tuple[tuple[FrameKey, int], ...]
    keypoints: NDArray[np.float64]

    @classmethod
    def of(cls, project: Project) -> LabelledPoses:
        found = [
            ((key, number), instance.pose.keypoints)
            for key, instances in sorted(project.labels.items())
            for number, instance in enumerate(instances)
            if not instance.predicted and instance.pose.present_count >= FEWEST
        ]
        none = np.zeros((0, project.skeleton.joint_count, 2))
        return cls(tuple(place for place, _ in found), np.array([k for _, k in found]) if found else none)

    def name(self, project: Project, pose: int) -> str:
        """What people call a pose: its image or its frame, and the animal where there are several."""
        key, number = self.places[pose]
        media = project.find_media(key.media)
        frame = f"frame {key.frame}"
        if media is not None and key.frame < len(media.files):
            frame = media.files[key.frame]
        elif media is not None:
            name = Path(media.path).name
            frame = name if media.frame_count == 1 else f"{name} · {key.frame}"
        alone = number == 0 and (key, 1) not in self.places
        return frame if alone else f"{frame} · animal {number + 1}"
