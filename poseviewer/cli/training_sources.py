"""What a detector learns from, as it is named on the command line: projects, label files, videos and images."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from poseviewer.core.errors import MediaError, PoseviewerError

if TYPE_CHECKING:
    from poseviewer.core.project import MediaRef, Project
    from poseviewer.core.ranges import RangePreset
    from poseviewer.core.skeleton import Skeleton
    from training.detector import Labelled
    from training.detector_config import DetectorConfig
    from training.stage_config import StageConfig


def skeleton_and_ranges(labels: list[Path], skeleton: str, ranges: str) -> tuple[Skeleton, RangePreset | None]:
    """The skeleton that is asked for, the project's, or the one that the first file's names make; and its ranges."""
    from poseviewer.io.label_files import read_labels
    from poseviewer.io.label_skeleton import skeleton_of
    from poseviewer.io.skeleton_files import load_ranges, load_skeleton, shipped_ranges

    project = next((path for path in labels if _is_project(path)), None)
    if skeleton:
        tree = load_skeleton(skeleton)
    elif project is not None:
        tree = _open(project).skeleton
    elif labels:
        tree = skeleton_of(read_labels(labels[0]))
    else:
        tree = load_ranges(ranges).skeleton if ranges else load_skeleton("quadruped16")
    if ranges:
        return tree, load_ranges(ranges, tree)
    if project is not None and not skeleton:
        return tree, _open(project).ranges
    return tree, load_ranges(tree.name) if shipped_ranges(tree.name) and load_skeleton(tree.name) == tree else None


def labelled_images(labels: list[Path], config: DetectorConfig | StageConfig) -> Labelled:
    """The labelled images of projects and label files; with `frames`, as many of all of them.

    Raises:
        PoseviewerError: a project is of another skeleton, or nothing is labelled.
    """
    from dataclasses import replace

    from poseviewer.io.label_files import read_labels
    from training.detector import Labelled, labelled_of
    from training.labelled_images import evenly, of_label_file

    if not labels:
        return Labelled()
    several = config if len(labels) == 1 else replace(config, frames=None)
    found = []
    for path in labels:
        if _is_project(path):
            project = _open(path)
            if project.skeleton.joints != config.skeleton.joints:
                raise PoseviewerError(
                    f"The project {path} is of the skeleton '{project.skeleton.name}', and the detector would be of "
                    f"'{config.skeleton.name}'; leave out --skeleton, or train on each alone."
                )
            found.append(labelled_of(project, several))
        else:
            found.append(Labelled(of_label_file(read_labels(path), config.skeleton, several.frames)))
    images = [image for one in found for image in one.images]
    backgrounds = next((one.backgrounds for one in found if one.backgrounds is not None), None)
    return Labelled(images if len(labels) == 1 else evenly(images, config.frames), backgrounds)


def _is_project(path: Path) -> bool:
    return path.suffix.lower() == ".poseproj"


def _open(path: Path) -> Project:
    from poseviewer.io.project_file import ProjectFile

    file = ProjectFile.open(path)
    try:
        return file.project
    finally:
        file.close()


def media_of(sources: Sequence[Path]) -> list[MediaRef]:
    """The media of projects, and videos, images and folders of them as they are named.

    Raises:
        MediaError: one of them is missing, damaged or none of these.
        ProjectFileError: a project cannot be read.
    """
    from poseviewer.io.media import describe, is_media, open_media

    found: list[MediaRef] = []
    for path in sources:
        if _is_project(path):
            found += _open(path).media
            continue
        if path.exists() and not is_media(path):
            raise MediaError(f"{path} is no video, image, folder of images or project; name some of these.")
        reader = open_media(path)
        try:
            found.append(describe(reader, str(path)))
        finally:
            reader.close()
    return found
