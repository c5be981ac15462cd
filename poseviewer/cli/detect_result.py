"""What `poseviewer detect` found so far, and writing it: as labels of any tool, or into a project."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from poseviewer.cli.detect_places import Place
from poseviewer.core import edits
from poseviewer.core.errors import ProjectFileError
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, MediaRef, Project
from poseviewer.core.skeleton import Skeleton

if TYPE_CHECKING:
    from poseviewer.core.lifted import LiftedPoses
    from poseviewer.io.project_file import ProjectFile
    from poseviewer.models.detect_media import DetectedFrames

PROJECT = ".poseproj"


@dataclass
class Found:
    """Grows while detection goes on.

    Attributes:
        parts: what was found in each place, in order. lifted: the same as 3D poses, where they were asked for.
    """

    skeleton: Skeleton
    parts: list[tuple[Place, DetectedFrames]] = field(default_factory=list)
    lifted: list[LiftedPoses] = field(default_factory=list)

    @property
    def frames(self) -> int:
        return sum(len(part.frames) for _, part in self.parts)

    @property
    def unreadable(self) -> list[tuple[Place, int]]:
        return [(place, frame) for place, part in self.parts for frame in part.unreadable]

    @property
    def detected(self) -> int:
        """How many frames have at least one keypoint."""
        return sum(int(np.isfinite(part.keypoints).all(-1).any(-1).sum()) for _, part in self.parts)

    @property
    def keypoints(self) -> int:
        return sum(int(np.isfinite(part.keypoints).all(-1).sum()) for _, part in self.parts)

    def instances(self) -> Iterator[tuple[Place, int, Instance]]:
        """One prediction per frame; without keypoints where there is no animal."""
        for place, part in self.parts:
            poses = Pose2D.many(part.keypoints)
            for frame, pose, scores in zip(part.frames.tolist(), poses, part.scores, strict=True):
                yield place, frame, Instance(pose, predicted=True, scores=scores)


def write_found(path: Path, found: Found, source: Path) -> None:
    """Write predictions into a project (one that is there, or a new one) or a label file.

    Raises:
        PoseviewerError, OSError: it cannot be written.
    """
    if path.suffix.lower() == PROJECT:
        _into_project(path, found)
        return
    from poseviewer.io.label_writers import write_labels
    from poseviewer.io.labelled_frames import LabelFile, LabelledFrame

    frames = [
        LabelledFrame(*place.name(frame), (instance,))
        for place, frame, instance in found.instances()
        if instance.pose.present_count
    ]
    write_labels(path, LabelFile(str(source), "poseviewer", found.skeleton.joints, tuple(frames)))


def write_poses(path: Path, found: Found) -> None:
    """Write the lifted poses, one per frame, with the frames' numbers and media.

    Raises:
        LabelFileError, OSError: they cannot be written.
    """
    from poseviewer.io.keypoint_files import write_lifted
    from poseviewer.models.lift_detected import joined

    named = [place.name(frame) for place, part in found.parts for frame in part.frames.tolist()]
    numbers = np.array([number for _, number in named], dtype=np.int64)
    media = np.array([name for name, _ in named], dtype=np.str_)
    write_lifted(path, joined(found.lifted), rows={"frame": numbers, "media": media})


def check_project(path: Path, skeleton: Skeleton) -> None:
    """
    Raises:
        ProjectFileError: the project is for another skeleton, or cannot be written; or a new one cannot be made.
    """
    if not path.exists():
        _ranges(skeleton, path)
        return
    file = _open(path)
    try:
        own = file.project.skeleton
        if file.read_only:
            raise ProjectFileError(file.read_only_reason)
    finally:
        file.close()
    if own.joints != skeleton.joints:
        raise ProjectFileError(
            f"{path} is for the skeleton '{own.name}' ({own.joint_count} joints), but the detector finds "
            f"'{skeleton.name}' ({skeleton.joint_count} joints); choose another detector, or another output."
        )


def _into_project(path: Path, found: Found) -> None:
    file = _open(path) if path.exists() else _new(path, found.skeleton)
    try:
        ids: dict[Path, str] = {}
        for place in dict.fromkeys(place for place, _ in found.parts):
            ids[place.path] = _media_id(file, place)
        said = {FrameKey(ids[place.path], frame): instance for place, frame, instance in found.instances()}
        edit = edits.add_predictions(file.project, said)
        if not edit.empty:
            file.commit(edit)
    finally:
        file.close()


def _media_id(file: ProjectFile, place: Place) -> str:
    """The media of the project that a place is of; added where it is new."""
    from poseviewer.io.media import describe, frames_match

    if file.project.find_media(place.media_id) is not None:
        return place.media_id
    reader = place.open()
    try:
        for media in file.project.media:
            if Path(media.path).name == place.path.name and frames_match(reader, media):
                return media.id
        ref: MediaRef = describe(reader, uuid.uuid4().hex)
    finally:
        reader.close()
    file.commit(edits.add_media(file.project, ref))
    return ref.id


def _open(path: Path) -> ProjectFile:
    from poseviewer.io.project_file import ProjectFile

    return ProjectFile.open(path)


def _new(path: Path, skeleton: Skeleton) -> ProjectFile:
    from poseviewer.io.project_file import ProjectFile

    return ProjectFile.create(path, Project(skeleton, _ranges(skeleton, path)))


def _ranges(skeleton: Skeleton, path: Path) -> Any:
    """The rotation ranges that a new project of a skeleton begins with.

    Raises:
        ProjectFileError: none are shipped for it.
    """
    from poseviewer.io.skeleton_files import load_ranges, shipped_ranges

    if skeleton.name not in shipped_ranges(skeleton.name):
        raise ProjectFileError(
            f"{path} cannot be made, because no rotation ranges are shipped for the skeleton '{skeleton.name}'; write "
            f"a .slp, or name a project that is there."
        )
    return load_ranges(skeleton.name, skeleton)
