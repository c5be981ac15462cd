"""3D poses of animals and people from a few clicked keypoints, one camera and no 3D annotation.

From a script:

    >>> import poseviewer
    >>> poses = poseviewer.lift(keypoints, skeleton="quadruped16")   # (N, 16, 2) pixels, NaN where missing
    >>> poses.joints.shape                                           # camera frame, relative to the root joint
    (N, 16, 3)
    >>> batch = poseviewer.synthesize("quadruped16", n=1000, seed=0)
    >>> for part in poseviewer.detect("mice.mp4", model="mice.safetensors"):
    ...     print(part.frames, part.keypoints, part.scores)          # (F,), (F, J, 2) pixels, (F, J)
    >>> project = poseviewer.Project.open("mice.poseproj")

Nothing heavy is imported until one of these names is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Project", "__version__", "detect", "lift", "synthesize"]

if TYPE_CHECKING:
    from poseviewer.api import Project, detect, lift, synthesize


def __getattr__(name: str) -> Any:
    if name in __all__:
        import poseviewer.api

        return getattr(poseviewer.api, name)
    raise AttributeError(f"module 'poseviewer' has no attribute '{name}'")
