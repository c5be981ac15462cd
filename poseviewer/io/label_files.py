"""Label files of other tools: read any of them, and put what it says on one of our skeletons."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.errors import LabelFileError
from poseviewer.core.joint_names import match_names
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import Instance
from poseviewer.core.skeleton import Skeleton, canonical
from poseviewer.io import deeplabcut
from poseviewer.io.bulk import no_garbage_collection
from poseviewer.io.json_labels import read_json
from poseviewer.io.label_maps import known_targets
from poseviewer.io.labelled_frames import LabelFile, LabelledFrame
from poseviewer.io.sleap_labels import INSTALL, read_with_sleap_io

__all__ = ["LabelFile", "LabelledFrame", "map_to_skeleton", "read_labels"]


def read_labels(path: str | Path) -> LabelFile:
    """Read labels or predictions of SLEAP, DeepLabCut, COCO, StanfordExtra, BADJA, LEAP, AlphaTracker and others.

    Raises:
        LabelFileError: the file is missing, damaged or of no known format, or needs a library that is not there.
    """
    path = Path(path)
    try:
        with no_garbage_collection():
            found = _read(path)
    except LabelFileError:
        raise
    except FileNotFoundError:
        raise LabelFileError(f"There is no file {path}; check its name.") from None
    except IsADirectoryError:
        raise LabelFileError(f"{path} is a folder; name the label file in it.") from None
    except OSError as error:
        raise LabelFileError(
            f"{path} cannot be read ({error.strerror or error}); check the file or its owner."
        ) from error
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise LabelFileError(f"{path} is damaged or not a label file ({error}); export it again.") from error
    if not found.frames:
        raise LabelFileError(f"{path} holds no keypoints; label something in it first, or choose another file.")
    return found


def map_to_skeleton(
    labels: LabelFile, skeleton: Skeleton, mapping: Mapping[str, str] | None = None
) -> tuple[LabelFile, list[str]]:
    """The labels with the skeleton's joints in its order, and sentences about what could not be kept.

    A keypoint's joint is the one that `mapping` names (file's name -> joint's name), else what the table of a known
    data set says, else the joint of that name or alias.

    Raises:
        LabelFileError: none of the file's keypoints is a joint of the skeleton.
        SkeletonError: `mapping` names a joint that the skeleton does not have.
    """
    targets = {canonical(k): v for k, v in known_targets(labels.joint_names, skeleton).items()}
    targets |= {canonical(k): skeleton.joints[skeleton.joint_index(v)] for k, v in (mapping or {}).items()}
    columns = match_names([targets.get(canonical(name), name) for name in labels.joint_names], skeleton)
    if all(column is None for column in columns):
        raise LabelFileError(
            f"None of the keypoints of {labels.path} ({_listed(labels.joint_names)}) is a joint of {skeleton.name} "
            f"({_listed(skeleton.joints)}); choose another skeleton, or say which is which."
        )
    with no_garbage_collection():
        frames = _frames_on(labels, columns)
    mapped = replace(labels, joint_names=skeleton.joints, frames=frames)
    emptied = sum(len(f.instances) for f in labels.frames) - sum(len(f.instances) for f in frames)
    return mapped, _report(labels, skeleton, columns, emptied)


def _read(path: Path) -> LabelFile:
    suffix = path.suffix.lower()
    if path.stat().st_size == 0:
        raise LabelFileError(f"{path} is empty; export the labels again.")
    if suffix == ".json":
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        return read_json(path, content) or read_with_sleap_io(path)
    if suffix == ".csv" and deeplabcut.is_csv(path):
        return deeplabcut.read_csv(path)
    if suffix in (".h5", ".hdf5"):
        return _read_h5(path)
    return read_with_sleap_io(path)


def _read_h5(path: Path) -> LabelFile:
    try:
        import h5py  # type: ignore[import-untyped,unused-ignore]
    except ImportError as error:
        raise LabelFileError(f"{path} is read by h5py, which is not installed; run: {INSTALL}") from error
    with h5py.File(path) as root:
        if deeplabcut.is_h5(root):
            return deeplabcut.read_h5(path, root)
    return read_with_sleap_io(path)


def _frames_on(labels: LabelFile, columns: tuple[int | None, ...]) -> tuple[LabelledFrame, ...]:
    """The frames with other joints, without poses and frames that have no keypoint among them."""
    moved = iter(_moved(list(labels.instances()), columns))
    frames = []
    for frame in labels.frames:
        kept = tuple(i for i in islice(moved, len(frame.instances)) if i.pose.visibility.any())
        if kept:
            frames.append(replace(frame, instances=kept))
    return tuple(frames)


def _moved(instances: list[Instance], columns: tuple[int | None, ...]) -> list[Instance]:
    """The instances with their joints in another order; absent where the column is None. All at once, for speed."""
    taken = [column or 0 for column in columns]
    known = np.array([column is not None for column in columns])
    keypoints = np.stack([instance.pose.keypoints for instance in instances])[:, taken]
    visibility = np.where(known, np.stack([instance.pose.visibility for instance in instances])[:, taken], 0)
    return [
        Instance(pose, old.identity, old.predicted, None if old.scores is None else _scores(old.scores, taken, known))
        for old, pose in zip(instances, Pose2D.many(keypoints, visibility), strict=True)
    ]


def _scores(scores: NDArray[np.float32], taken: list[int], known: NDArray[np.bool_]) -> NDArray[np.float32]:
    moved: NDArray[np.float32] = scores[taken]
    moved[~known] = np.nan
    return moved


def _report(labels: LabelFile, skeleton: Skeleton, columns: tuple[int | None, ...], emptied: int) -> list[str]:
    counts = np.sum([instance.pose.visibility > 0 for instance in labels.instances()], axis=0)
    left_out = [i for i in range(len(counts)) if i not in columns and counts[i]]
    report = []
    if left_out:
        names = _listed([labels.joint_names[i] for i in left_out])
        report.append(f"{counts[left_out].sum():,} keypoints were left out: {skeleton.name} has no joint for {names}.")
    lacking = [joint for joint, column in zip(skeleton.joints, columns, strict=True) if column is None]
    if lacking:
        report.append(f"The file has no keypoints for {_listed(lacking)}; they stay empty.")
    if emptied:
        report.append(f"{emptied:,} poses were left out: they have no keypoint that is a joint of {skeleton.name}.")
    return report


def _listed(names: Any, most: int = 12) -> str:
    shown = list(names)[:most]
    return ", ".join(shown) + (f" and {len(names) - most} more" if len(names) > most else "")
