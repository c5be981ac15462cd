"""Human3.6M in the layout of VideoPose3D's `data_3d_h36m.npz` and `data_2d_h36m_*.npz`, as most people have it.

`positions_3d` is {subject: {action: (F, 32, 3)}}, metres, z up, 50 frames per second; `positions_2d` is
{subject: {action: [(F, J, 2) for each camera]}}, pixels, with `metadata` of the layout of the J keypoints. Both are
Python objects: see `pickled_arrays`.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from poseviewer.core.errors import LabelFileError
from poseviewer.io.motion_clip import FrameChoice, MotionClip
from poseviewer.io.pickled_arrays import read_object_arrays
from poseviewer.io.skeleton_files import load_skeleton

FPS = 50.0

KEPT = (0, 1, 2, 3, 6, 7, 8, 12, 13, 14, 15, 17, 18, 19, 25, 26, 27)
"""Those of the 32 joints that are 17 places of their own, in human17's order: Human3.6M has the others twice."""

_COCO = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
    "right_ankle",
)  # fmt: skip
_MPII = (
    "right_ankle", "right_knee", "right_hip", "left_hip", "left_knee", "left_ankle", "pelvis", "thorax", "neck", "head",
    "right_wrist", "right_elbow", "right_shoulder", "left_shoulder", "left_elbow", "left_wrist",
)  # fmt: skip


def is_human36m(path: Path) -> bool:
    """Whether the .npz has the arrays of this layout, by their names."""
    return "positions_3d" in _names(path) or has_keypoints(path)


def has_keypoints(path: Path) -> bool:
    """Whether it is the 2D half of the layout."""
    return "positions_2d" in _names(path)


def read_positions_3d(path: str | Path, choice: FrameChoice | None = None) -> Iterator[MotionClip]:
    """One clip of human17 per subject and action.

    Raises:
        LabelFileError: the file is missing, damaged, of another layout, or holds what is no array.
    """
    for subject, action, poses in _recordings(Path(path), "positions_3d"):
        joints = _array(poses, 3, f"{subject}, {action}", path)
        if joints.shape[1] not in (32, 17):
            raise LabelFileError(
                f"{subject}, {action} in {path} has {joints.shape[1]} joints; Human3.6M has 32, or 17 of them."
            )
        joints = joints[:, KEPT] if joints.shape[1] == 32 else joints
        kept, fps = (choice or FrameChoice()).of(len(joints), FPS, path)
        names = load_skeleton("human17").joints
        title = f"{subject}/{action}"
        yield MotionClip(
            str(path), names, joints[kept], fps, up="z", name=title, subject=subject, action=_plain(action)
        )


def read_positions_2d(path: str | Path, choice: FrameChoice | None = None) -> Iterator[MotionClip]:
    """One clip per subject, action and camera, with keypoints (F, J, 2) and joints (F, 0, 3).

    Raises:
        LabelFileError: as `read_positions_3d`, or the layout of its keypoints is not known.
    """
    path = Path(path)
    names: tuple[str, ...] | None = None
    for subject, action, cameras in _recordings(path, "positions_2d"):
        if not isinstance(cameras, list | tuple):
            cameras = [cameras]
        for number, points in enumerate(cameras):
            keypoints = _array(points, (2, 3), f"{subject}, {action}, camera {number}", path)[..., :2]
            names = names or _layout(path, keypoints.shape[1])
            if keypoints.shape[1] != len(names):
                raise LabelFileError(
                    f"{subject}, {action}, camera {number} in {path} has {keypoints.shape[1]} keypoints, but others "
                    f"have {len(names)}; get the file again."
                )
            kept, fps = (choice or FrameChoice()).of(len(keypoints), FPS, path)
            title = f"{subject}/{action}/camera {number}"
            nothing = np.zeros((len(kept), 0, 3))
            yield MotionClip(
                str(path), names, nothing, fps, name=title, subject=subject, action=_plain(action),
                keypoints=keypoints[kept],
            )  # fmt: skip


def _names(path: Path) -> set[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return {name.removesuffix(".npy") for name in archive.namelist()}
    except (OSError, zipfile.BadZipFile):
        return set()


def _recordings(path: Path, what: str) -> Iterator[tuple[str, str, Any]]:
    found = read_object_arrays(path).get(what)
    if not isinstance(found, dict) or not all(isinstance(actions, dict) for actions in found.values()):
        raise LabelFileError(f"{path} has no {what} of subjects and their actions; is it VideoPose3D's file?")
    if not any(found.values()):
        raise LabelFileError(f"{path} has no recordings in {what}; prepare it again.")
    for subject, actions in found.items():
        for action, content in actions.items():
            yield str(subject), str(action), content


def _array(content: Any, last: int | tuple[int, ...], where: str, path: str | Path) -> np.ndarray[Any, Any]:
    array = np.asarray(content) if isinstance(content, np.ndarray) else np.zeros(0)
    sizes = (last,) if isinstance(last, int) else last
    if array.ndim != 3 or array.shape[2] not in sizes or array.dtype.kind not in "fiu" or not len(array):
        raise LabelFileError(
            f"{where} in {path} should be numbers of the shape (frames, joints, {' or '.join(map(str, sizes))}); "
            f"prepare the file again."
        )
    return array.astype(np.float64)


def _layout(path: Path, count: int) -> tuple[str, ...]:
    metadata = read_object_arrays(path).get("metadata")
    layout = str(metadata.get("layout_name", "")) if isinstance(metadata, dict) else "h36m"
    known = {"h36m": load_skeleton("human17").joints, "coco": _COCO, "mpii": _MPII}
    names = known.get(layout)
    if names is None or len(names) != count:
        raise LabelFileError(
            f"{path} has {count} keypoints in the layout '{layout}', which is not known; known are "
            f"{', '.join(f'{name} ({len(joints)})' for name, joints in known.items())}."
        )
    return names


def _plain(action: str) -> str:
    """The action without the number of its take: "Directions 1" and "Directions" are the same."""
    return re.sub(r"\s+\d+$", "", action)
