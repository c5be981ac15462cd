"""Label files that sleap-io reads: SLEAP's .slp and .pkg.slp, analysis .h5 and .csv, LEAP, AlphaTracker and others."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np

from poseviewer.core.errors import LabelFileError
from poseviewer.core.project import Instance
from poseviewer.io.labelled_frames import LabelFile, LabelledFrame, instances_of

SUFFIXES = (".slp", ".json", ".csv", ".h5", ".hdf5", ".mat", ".nwb", ".geojson", ".yaml")
INSTALL = 'pip install "poseviewer[labels]"'


def read_with_sleap_io(path: Path) -> LabelFile:
    """
    Raises:
        LabelFileError: sleap-io is not installed, or cannot read the file.
    """
    try:
        import sleap_io
    except ImportError as error:
        raise LabelFileError(f"{path} is read by sleap-io, which is not installed; run: {INSTALL}") from error
    options = {"open_videos": False} if path.suffix == ".slp" else {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            labels = sleap_io.load_file(str(path), **options)
            return _label_file(path, labels)
    except LabelFileError:
        raise
    except ImportError as error:
        raise LabelFileError(f"{path} needs one more library ({error}).") from error
    except Exception as error:  # sleap-io and the libraries under it raise whatever they meet
        raise LabelFileError(_why_not(path, error)) from error


def _why_not(path: Path, error: Exception) -> str:
    cure = "give a .slp of SLEAP, a COCO .json, a .csv or .h5 of DeepLabCut, or an .npz"
    if path.is_dir():
        return f"{path} is a folder; name the label file in it."
    if path.suffix.lower() not in SUFFIXES:
        return f"{path} is not a file of labels by its name; {cure}."
    return f"{path} cannot be read as labels, so it is damaged or something else ({error}); {cure}."


def _label_file(path: Path, labels: Any) -> LabelFile:
    if not hasattr(labels, "labeled_frames"):
        raise LabelFileError(f"{path} is a video or a picture, not a file of labels; open it as media.")
    if not labels.skeletons:
        raise LabelFileError(
            f"{path} holds no skeleton, so its points have no names; export it again with its skeleton."
        )
    joints = list(dict.fromkeys(name for skeleton in labels.skeletons for name in skeleton.node_names))
    columns = {id(s): [joints.index(name) for name in s.node_names] for s in labels.skeletons}
    frames = []
    for frame in labels.labeled_frames:
        found = (_instance(i, columns[id(i.skeleton)], len(joints)) for i in frame.instances)
        instances = tuple(instance for instance in found if instance is not None)
        if instances:
            frames.append(LabelledFrame(*_place(frame), instances))
    return LabelFile(str(path), "SLEAP" if path.suffix == ".slp" else "sleap-io", tuple(joints), tuple(frames))


def _instance(instance: Any, columns: list[int], count: int) -> Instance | None:
    """SLEAP gives a node that was never clicked coordinates too, and marks it not visible: it is absent."""
    points = instance.points
    keypoints = np.full((1, count, 2), np.nan)
    keypoints[0, columns] = np.where(points["visible"][:, None], points["xy"], np.nan)
    scores = None
    if "score" in points.dtype.names:
        scores = np.full((1, count), np.nan, dtype=np.float32)
        scores[0, columns] = points["score"]
    return instances_of(keypoints, identity=instance.track.name if instance.track else "", scores=scores)[0]


def _place(frame: Any) -> tuple[str, int]:
    """Media and frame number; images embedded in a .pkg.slp belong to the video that they were taken from."""
    video = frame.video if frame.video.source_video is None else frame.video.source_video
    filename = video.filename
    if isinstance(filename, list):
        return str(filename[frame.frame_idx]).replace("\\", "/"), 0
    return str(filename).replace("\\", "/"), int(frame.frame_idx)
