"""Writing a file of poses: 3D joints, 2D keypoints or both, and the clips that they are of.

`joints` (N, J, 3) in `unit`, z up; `keypoints` (N, J, 2) pixels; `joint_names`; and for C clips `clip_start`,
`clip_len`, `clip_name`, `clip_subject` and `clip_action`. `poseviewer evaluate` and the trainings read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.io.npz import write_npz


@dataclass(frozen=True, eq=False)
class PoseClips:
    """N poses of C clips, one clip after the other.

    Attributes:
        joints: (N, J, 3) float32, NaN where not known; None where there are keypoints alone.
        keypoints: (N, J, 2) float32 pixels, or None.
        unit: "mm", or "" where nobody knows it.
        fps: frames per second of all clips, 0 where not known or not one.
        clip_len: (C,); the names are C each.
    """

    joint_names: tuple[str, ...]
    joints: NDArray[np.float32] | None
    keypoints: NDArray[np.float32] | None
    unit: str
    fps: float
    clip_len: NDArray[np.int64]
    clip_name: tuple[str, ...]
    clip_subject: tuple[str, ...]
    clip_action: tuple[str, ...]

    def __len__(self) -> int:
        return int(self.clip_len.sum())


def write_poses(path: Path, poses: PoseClips) -> None:
    """Write them; what is not known is left out.

    Raises:
        OSError: the folder is missing, read-only or full.
    """
    arrays: dict[str, Any] = {"joint_names": np.array(poses.joint_names, dtype=np.str_)}
    if poses.joints is not None:
        arrays["joints"] = poses.joints
    if poses.keypoints is not None:
        arrays["keypoints"] = poses.keypoints
    if poses.unit:
        arrays["unit"] = np.array(poses.unit, dtype=np.str_)
    if poses.fps:
        arrays["fps"] = np.array(poses.fps)
    write_npz(
        path,
        **arrays,
        clip_start=np.cumsum(poses.clip_len) - poses.clip_len,
        clip_len=poses.clip_len,
        clip_name=np.array(poses.clip_name, dtype=np.str_),
        clip_subject=np.array(poses.clip_subject, dtype=np.str_),
        clip_action=np.array(poses.clip_action, dtype=np.str_),
    )
