"""MPI-INF-3DHP: `annot_data.mat` of its test set (TS1 to TS6), and `annot.mat` of its training recordings.

The test set's file is MATLAB 7.3, which is HDF5: `annot2` (F, 1, 17, 2) pixels, `annot3` and `univ_annot3`
(F, 1, 17, 3) millimetres in the camera's axes, `valid_frame` (F,) and `activity_annotation` (F,). `univ_annot3` is what
is compared with: the person scaled to one height. The training file is MATLAB 5, with a cell per camera: (F, 56)
and (F, 84) of 28 joints.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.errors import LabelFileError
from poseviewer.io.motion_clip import FrameChoice, MotionClip
from poseviewer.io.skeleton_files import load_skeleton
from poseviewer.io.sleap_labels import INSTALL

Array = NDArray[np.float64]

JOINTS = (
    "head", "thorax", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist",
    "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle", "pelvis", "spine", "neck",
)  # fmt: skip
"""human17's names of the 17 joints in the file's order. What the data set calls neck is the base of the neck (thorax),
and what it calls head, beside the top of the head, is the skull's base or nearly so (neck)."""

OF_28 = (7, 5, 14, 15, 16, 9, 10, 11, 23, 24, 25, 18, 19, 20, 4, 3, 6)
"""Those 17 among the 28 joints of the training recordings."""

ACTIVITIES = ("", "standing", "exercise", "sitting", "crouching", "on the floor", "sports", "miscellaneous")

_HDF5, _MATLAB5 = b"\x89HDF", b"MATLAB 5.0 MAT-file"


def is_mpi_inf_3dhp(path: Path) -> bool:
    """Whether it is one of these files: by their names, which nobody changes, or by what is in an HDF5 file."""
    if path.suffix.lower() != ".mat":
        return False
    if path.name.lower() in ("annot_data.mat", "annot.mat"):
        return True
    try:
        import h5py  # type: ignore[import-untyped,unused-ignore]

        with h5py.File(path) as root:
            return "univ_annot3" in root and "valid_frame" in root
    except (ImportError, OSError):
        return False


def read_mpi_inf_3dhp(path: str | Path, choice: FrameChoice | None = None) -> Iterator[MotionClip]:
    """Joints (F, 17, 3) and keypoints (F, 17, 2) as human17 orders them; of the test set, only valid frames.

    A clip of the test set ends where a frame is not valid or the activity changes; a clip of the training set is what
    one camera saw.

    Raises:
        LabelFileError: the file is missing, damaged or of another kind, or needs a library that is not there.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            start = file.read(len(_MATLAB5))
    except FileNotFoundError:
        raise LabelFileError(f"There is no file {path}; check its name.") from None
    except OSError as error:
        raise LabelFileError(
            f"{path} cannot be read ({error.strerror or error}); check the file or its owner."
        ) from error
    try:
        if start.startswith(_HDF5) or start.startswith(b"MATLAB 7.3"):
            yield from _test_set(path, choice or FrameChoice())
        elif start == _MATLAB5:
            yield from _training_set(path, choice or FrameChoice())
        else:
            raise LabelFileError(f"{path} is no MATLAB file; download it again.")
    except ImportError as error:
        raise LabelFileError(f"{path} is read by {error.name}, which is not installed; run: {INSTALL}") from error
    except (OSError, KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        raise LabelFileError(f"{path} is damaged, or not of MPI-INF-3DHP ({error}); download it again.") from error


def _test_set(path: Path, choice: FrameChoice) -> Iterator[MotionClip]:
    import h5py

    with h5py.File(path) as root:
        lacking = [name for name in ("annot2", "univ_annot3", "valid_frame") if name not in root]
        if lacking:
            raise LabelFileError(
                f"{path} has no {lacking[0]}, which MPI-INF-3DHP's test set has; name an annot_data.mat."
            )
        keypoints, joints = _rows(root["annot2"][()], 2), _rows(root["univ_annot3"][()], 3)
        valid = np.asarray(root["valid_frame"][()]).ravel() != 0
        activity = np.asarray(root["activity_annotation"][()] if "activity_annotation" in root else valid * 0).ravel()
    if not len(keypoints) == len(joints) == len(valid) == len(activity):
        raise LabelFileError(f"{path} has other numbers of poses, keypoints and valid frames; download it again.")
    if not valid.any():
        raise LabelFileError(f"{path} has no valid frame; download it again.")
    subject = path.parent.name if path.name.lower() == "annot_data.mat" else path.stem
    kind = np.where(valid, activity.astype(np.int64), -1)
    ends = np.append(np.flatnonzero(np.diff(kind)) + 1, len(kind))
    for start, end in zip(np.concatenate([[0], ends[:-1]]), ends, strict=True):
        if valid[start]:
            what = int(kind[start])
            action = ACTIVITIES[what] if 0 <= what < len(ACTIVITIES) else str(what)
            clip = f"{subject}/{start:05d}"
            yield _clip(path, clip, subject, action, joints[start:end], keypoints[start:end], choice)


def _training_set(path: Path, choice: FrameChoice) -> Iterator[MotionClip]:
    from scipy.io import loadmat  # type: ignore[import-untyped,unused-ignore]

    content: dict[str, Any] = loadmat(path, variable_names=["annot2", "univ_annot3"])
    if not {"annot2", "univ_annot3"} <= content.keys():
        raise LabelFileError(f"{path} has no annot2 and univ_annot3, which MPI-INF-3DHP's recordings have; check it.")
    subject, sequence = path.parent.parent.name, path.parent.name
    for camera, (points, places) in enumerate(
        zip(content["annot2"].ravel(), content["univ_annot3"].ravel(), strict=True)
    ):
        keypoints = np.asarray(points, dtype=np.float64).reshape(-1, 28, 2)[:, OF_28]
        joints = np.asarray(places, dtype=np.float64).reshape(-1, 28, 3)[:, OF_28]
        if len(joints):
            yield _clip(path, f"{subject}/{sequence}/camera {camera}", subject, "", joints, keypoints, choice)


def _rows(array: Any, size: int) -> Array:
    """(F, 17, size), whichever way round the file has them."""
    values = np.asarray(array, dtype=np.float64)
    if values.shape[-2:] != (17, size) and values.shape[:2] == (size, 17):
        values = values.T
    if values.shape[-2:] != (17, size):
        raise ValueError(f"an array of the shape {values.shape} is not of 17 joints")
    return values.reshape(-1, 17, size)


def _clip(
    path: Path, name: str, subject: str, action: str, joints: Array, keypoints: Array, choice: FrameChoice
) -> MotionClip:
    names = load_skeleton("human17").joints
    order = [JOINTS.index(joint) for joint in names]
    kept, fps = choice.of(len(joints), 0.0, path)
    return MotionClip(
        str(path), names, joints[kept][:, order], fps, mm=1.0, up="camera", name=name, subject=subject, action=action,
        keypoints=keypoints[kept][:, order],
    )  # fmt: skip
