"""What `poseviewer lift` is given: keypoints of an .npz, or of any tool's label file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.api import choose_skeleton
from poseviewer.cli.failures import say
from poseviewer.core.errors import PoseInputError
from poseviewer.core.joint_names import match_names
from poseviewer.core.skeleton import Skeleton, canonical

if TYPE_CHECKING:
    from poseviewer.io.label_files import LabelFile


@dataclass(frozen=True, eq=False)
class Keypoints:
    """N poses of K keypoints.

    Attributes:
        points: (N, K, 2) pixels. visibility: (N, K) or None.
        names: (K,) by which a skeleton knows them, or None where the file does not name them.
        spelled: (K,) as the file writes them, or None.
        rows: what else the file says of each pose: (N,) each.
        animals: (N,) the name of the animal, "" where it has none; None where the file names none.
    """

    points: NDArray[Any]
    visibility: NDArray[Any] | None
    names: Sequence[str] | None
    spelled: Sequence[str] | None
    rows: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    animals: Sequence[str] | None = None

    def spelled_on(self, skeleton: Skeleton) -> tuple[str, ...]:
        """The skeleton's joints, each by the file's own name for it, so that whoever wrote it finds them again."""
        if self.names is None or self.spelled is None:
            return skeleton.joints
        columns = match_names(self.names, skeleton)
        named = zip(skeleton.joints, columns, strict=True)
        return tuple(joint if column is None else self.spelled[column] for joint, column in named)


def read_input(source: Path, skeleton: str | None) -> tuple[Keypoints, Skeleton]:
    """The keypoints of a file, and the skeleton: the one asked for, or the one that fits the names best.

    Raises:
        LabelFileError: the file cannot be read.
        PoseInputError: no skeleton fits.
    """
    if source.suffix.lower() == ".npz":
        from poseviewer.io.keypoint_files import read_keypoints_npz

        found = read_keypoints_npz(source)
        with about(source):
            tree = choose_skeleton(skeleton, found.joint_names)
        return Keypoints(found.keypoints, found.visibility, found.joint_names, found.joint_names), tree
    from poseviewer.io.label_files import read_labels

    labels = read_labels(source)
    tree = choose_skeleton(skeleton, None) if skeleton else _best_skeleton(labels)
    return keypoints_of(labels, tree), tree


@contextmanager
def about(source: Path) -> Iterator[None]:
    """What is wrong with the keypoints is said of the file that they are from."""
    try:
        yield
    except PoseInputError as error:
        raise PoseInputError(f"{source}: {error}") from error


def keypoints_of(labels: LabelFile, skeleton: Skeleton) -> Keypoints:
    """One pose per animal and frame, in the file's order. Says how many keypoints the skeleton has no joint for."""
    names = _names_on(labels, skeleton)
    instances = [(frame, number, i) for frame in labels.frames for number, i in enumerate(frame.instances)]
    points = np.stack([instance.pose.keypoints for _, _, instance in instances])
    visibility = np.stack([instance.pose.visibility for _, _, instance in instances])
    columns = match_names(names, skeleton)
    unknown = [name for i, name in enumerate(labels.joint_names) if i not in columns]
    if unknown:
        say(f"Note: {skeleton.name} has no joint for {', '.join(unknown)}; they are left out.")
    rows = {
        "frame": np.array([frame.frame for frame, _, _ in instances], dtype=np.int64),
        "media": np.array([frame.media for frame, _, _ in instances], dtype=np.str_),
        "instance": np.array([number for _, number, _ in instances], dtype=np.int64),
    }
    animals = [instance.identity for _, _, instance in instances]
    return Keypoints(points, visibility, names, labels.joint_names, rows, animals if any(animals) else None)


def _best_skeleton(labels: LabelFile) -> Skeleton:
    """The shipped skeleton that most of the keypoints are joints of, also by the table of a known data set.

    Raises:
        PoseInputError: none has four of them.
    """
    from poseviewer.io.skeleton_files import load_skeleton, shipped_skeletons

    known = [load_skeleton(name) for name in shipped_skeletons()]
    counts = [sum(column is not None for column in match_names(_names_on(labels, tree), tree)) for tree in known]
    order = sorted(zip(counts, known, strict=True), key=lambda pair: (-pair[0], pair[1].joint_count))
    if order[0][0] < 4:
        raise PoseInputError(
            f"No skeleton knows four of the keypoints of {labels.path} ({', '.join(labels.joint_names[:8])}); draw one "
            f"as a TOML file with these names and give it by --skeleton."
        )
    return order[0][1]


def _names_on(labels: LabelFile, skeleton: Skeleton) -> list[str]:
    """The file's keypoints, those of known data sets by the joint that each stands for."""
    from poseviewer.io.label_maps import known_targets

    targets = {canonical(name): joint for name, joint in known_targets(labels.joint_names, skeleton).items()}
    return [targets.get(canonical(name), name) for name in labels.joint_names]
