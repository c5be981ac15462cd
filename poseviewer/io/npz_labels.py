"""Labels as our own .npz: one row per animal and frame, as `poseviewer lift` reads it."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import numpy as np

from poseviewer.core.errors import LabelFileError
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import Instance
from poseviewer.io.keypoint_files import read_keypoints_npz
from poseviewer.io.labelled_frames import LabelFile, LabelledFrame
from poseviewer.io.npz import write_npz


def write_npz_labels(path: Path, labels: LabelFile) -> None:
    """Everything that a label file can say. Where no pose has scores, none are written.

    Raises:
        OSError: the folder is missing, read-only or full.
    """
    rows = [(frame, number, instance) for frame in labels.frames for number, instance in enumerate(frame.instances)]
    none = np.full(len(labels.joint_names), np.nan, dtype=np.float32)
    scores = [none if instance.scores is None else instance.scores for _, _, instance in rows]
    scored = any(instance.scores is not None for _, _, instance in rows)
    write_npz(
        path,
        keypoints=np.stack([instance.pose.keypoints for _, _, instance in rows]),
        visibility=np.stack([instance.pose.visibility for _, _, instance in rows]),
        joint_names=np.array(labels.joint_names, dtype=np.str_),
        frame=np.array([frame.frame for frame, _, _ in rows], dtype=np.int64),
        media=np.array([frame.media for frame, _, _ in rows], dtype=np.str_),
        instance=np.array([number for _, number, _ in rows], dtype=np.int64),
        identity=np.array([instance.identity for _, _, instance in rows], dtype=np.str_),
        predicted=np.array([instance.predicted for _, _, instance in rows], dtype=np.bool_),
        **({"scores": np.stack(scores)} if scored else {}),
    )


def read_npz_labels(path: Path) -> LabelFile:
    """What `write_npz_labels` wrote, or any .npz of keypoints: without frame numbers, each pose is a frame.

    Raises:
        LabelFileError: it cannot be read, or does not name its joints.
    """
    found = read_keypoints_npz(path)
    if found.joint_names is None:
        raise LabelFileError(f"{path} does not name its joints; add joint_names to convert it.")
    count = len(found.keypoints)
    media = found.rows.get("media", np.full(count, ""))
    number = found.rows.get("frame", np.arange(count))
    identity = found.rows.get("identity", np.full(count, ""))
    predicted = found.rows.get("predicted", np.zeros(count, dtype=np.bool_))
    scores = found.rows.get("scores")
    poses = Pose2D.many(found.keypoints, found.visibility)
    instances = []
    for i in [i for i, pose in enumerate(poses) if pose.present_count]:
        own = None if scores is None or np.isnan(scores[i]).all() else scores[i].astype(np.float32)
        place = str(media[i]), int(number[i])
        instances.append((place, Instance(poses[i], str(identity[i]), bool(predicted[i]), own)))
    frames = (
        LabelledFrame(name, frame, tuple(instance for _, instance in group))
        for (name, frame), group in groupby(instances, key=lambda pair: pair[0])
    )
    return LabelFile(str(path), "npz", found.joint_names, tuple(frames))
