"""The program as Python functions: what the command line does, on arrays instead of files.

Import them from `poseviewer`; this module loads torch only where a function needs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.core.joint_names import columns_on, find_skeleton
from poseviewer.core.lifted import LiftedPoses
from poseviewer.core.ranges import RangePreset
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.project_file import ProjectFile as Project
from poseviewer.io.skeleton_files import load_ranges, load_skeleton, shipped_skeletons
from poseviewer.synthesis.generate import SyntheticBatch

if TYPE_CHECKING:
    from poseviewer.models.detect_media import DetectedFrames

__all__ = ["Project", "detect", "lift", "load_skeleton", "synthesize"]


def synthesize(
    skeleton: str | Path | Skeleton,
    n: int,
    seed: int = 0,
    ranges: str | Path | RangePreset | None = None,
    recipe: str = "plain",
) -> SyntheticBatch:
    """Draw n valid poses and their 2D views; the same arguments give the same poses.

    Args:
        skeleton: a shipped skeleton's name, a TOML file, or one that was loaded before.
        ranges: rotation ranges and bone lengths; default: those shipped for the skeleton.
        recipe: "plain" for perfect orthographic views from anywhere, "default" for the cameras and flaws that
            lifters are trained with, "paper" for the synthesis paper's lengths.

    Returns:
        joints (n, J, 3), keypoints (n, J, 2), bone_lengths (n, B), bone_spherical (n, B, 3), rotation (n, 3, 3).

    Raises:
        PoseviewerError: the skeleton, ranges or recipe cannot be used, or n is below 1.
    """
    from poseviewer.synthesis.generate import synthesize as generate
    from poseviewer.synthesis.presets import find_preset

    tree = skeleton if isinstance(skeleton, Skeleton) else load_skeleton(skeleton)
    if not isinstance(ranges, RangePreset):
        ranges = load_ranges(tree.name if ranges is None else ranges, tree)
    return generate(tree, ranges, n, seed, find_preset(recipe))


def lift(
    keypoints: ArrayLike,
    visibility: ArrayLike | None = None,
    *,
    skeleton: str | Path | Skeleton | None = None,
    joint_names: Sequence[str] | None = None,
    model: str | Path | None = None,
    device: str = "auto",
) -> LiftedPoses:
    """3D poses of 2D keypoints.

    Args:
        keypoints: (N, K, 2) pixels, x right and y down; NaN where missing. A pose needs four.
        visibility: (N, K), 0 where a keypoint is missing whatever its coordinates say.
        skeleton: a shipped skeleton's name, a TOML file or a `Skeleton`; default: the shipped one that knows most of
            the joint names, or quadruped16 without names.
        joint_names: of the K keypoints, in any spelling or order; default: the skeleton's joints in its order.
        model: a lifter's file; default: the one shipped with the skeleton.

    Returns:
        Poses in the camera frame, relative to the root joint, in pixels.

    Raises:
        PoseInputError: the shapes do not fit, or a pose has fewer than four keypoints.
        CheckpointError: the model cannot be used with the skeleton.
    """
    tree = choose_skeleton(skeleton, joint_names)
    points, seen = on_skeleton(tree, keypoints, visibility, joint_names)
    from poseviewer.models.lifter import load_lifter

    return load_lifter(model, tree, device).lift(points, seen)


def detect(
    media: str | Path,
    *,
    model: str | Path | None = None,
    skeleton: str | Path | Skeleton | None = None,
    frames: Sequence[int] | None = None,
    boxes: str = "track",
    device: str = "auto",
) -> Iterator[DetectedFrames]:
    """Keypoints of one animal in each frame of a video, an image or a folder of images, in parts as they are found.

    Args:
        model: a detector's file; default: the one shipped with the skeleton.
        skeleton: a shipped skeleton's name, a TOML file or a `Skeleton`; default: the model's, or quadruped16.
        frames: their numbers from 0; default: all.
        boxes: where to look: "track", "frame" (the whole), or "motion".

    Yields:
        frames (F,), keypoints (F, J, 2) in pixels, scores (F, J) from 0 to 1; a video of any length needs the memory of
        a short one.

    Raises:
        MediaError: the media cannot be opened.
        CheckpointError: the model cannot be used with the skeleton.
    """
    from poseviewer.io.media import open_media
    from poseviewer.models.detect_media import detect_media
    from poseviewer.models.detector import load_detector

    tree = None if skeleton is None and model is not None else choose_skeleton(skeleton, None)
    detector = load_detector(model, tree, device)
    reader = open_media(media)
    try:
        yield from detect_media(reader, detector, range(reader.frame_count) if frames is None else frames, boxes)
    finally:
        reader.close()


def choose_skeleton(skeleton: str | Path | Skeleton | None, joint_names: Sequence[str] | None) -> Skeleton:
    """The skeleton asked for, else the shipped one that the names fit best, else quadruped16."""
    if isinstance(skeleton, Skeleton):
        return skeleton
    if skeleton is None and joint_names is not None:
        return find_skeleton(joint_names, [load_skeleton(name) for name in shipped_skeletons()])
    return load_skeleton("quadruped16" if skeleton is None else skeleton)


def on_skeleton(
    skeleton: Skeleton, keypoints: ArrayLike, visibility: ArrayLike | None, joint_names: Sequence[str] | None
) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Keypoints and visibility in the skeleton's order; joints that are not named are missing.

    Returns:
        (N, J, 2) and (N, J), or None where no visibility was given.

    Raises:
        PoseInputError: the arrays do not fit each other or the skeleton.
    """
    columns = columns_on(skeleton, joint_names, keypoints, visibility)
    points = np.asarray(keypoints, dtype=np.float64)
    placed = np.full((len(points), skeleton.joint_count, 2), np.nan)
    there = [joint for joint, column in enumerate(columns) if column is not None]
    taken = [column for column in columns if column is not None]
    placed[:, there] = points[:, taken]
    if visibility is None:
        return placed, None
    seen = np.zeros(placed.shape[:2], dtype=np.uint8)
    seen[:, there] = np.asarray(visibility)[:, taken] > 0
    return placed, seen
