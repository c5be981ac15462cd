"""Labels as files of other tools: SLEAP's .slp, COCO .json, DeepLabCut .csv, and our own .npz.

An absent keypoint has no coordinates in any of them.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from poseviewer.core.errors import LabelFileError
from poseviewer.core.project import Instance
from poseviewer.io.atomic import replacing, write_text
from poseviewer.io.labelled_frames import LabelFile, LabelledFrame
from poseviewer.io.npz import write_npz
from poseviewer.io.sleap_labels import INSTALL

__all__ = ["SUFFIXES", "write_labels"]

IMAGES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp")


def write_labels(path: str | Path, labels: LabelFile) -> None:
    """Write labels; the suffix says how. A file that is there is replaced once the new one is complete.

    Occluded is kept by .json and .npz; .slp and .csv know only places. Which are predictions is kept by .slp.

    Raises:
        LabelFileError: the suffix is none of these, or a library is not there.
        OSError: the folder is missing, read-only or full.
    """
    path = Path(path)
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise LabelFileError(f"Labels cannot be written as {path.name}; end its name in {', '.join(_WRITERS)}.")
    write(path, labels)


def image_name(frame: LabelledFrame, digits: int = 6) -> str:
    """What the image of a frame is called: its own name, or for a video DeepLabCut's, zero-padded."""
    media = PurePosixPath(frame.media.replace("\\", "/"))
    if _is_image(frame):
        return str(media)
    return f"labeled-data/{media.stem or 'video'}/img{frame.frame:0{digits}d}.png"


def _write_npz(path: Path, labels: LabelFile) -> None:
    """One pose per animal and frame, as `poseviewer lift` reads it."""
    rows = [(frame, number, instance) for frame in labels.frames for number, instance in enumerate(frame.instances)]
    write_npz(
        path,
        keypoints=np.stack([instance.pose.keypoints for _, _, instance in rows]),
        visibility=np.stack([instance.pose.visibility for _, _, instance in rows]),
        joint_names=np.array(labels.joint_names, dtype=np.str_),
        frame=np.array([frame.frame for frame, _, _ in rows], dtype=np.int64),
        media=np.array([frame.media for frame, _, _ in rows], dtype=np.str_),
        instance=np.array([number for _, number, _ in rows], dtype=np.int64),
        identity=np.array([instance.identity for _, _, instance in rows], dtype=np.str_),
    )


def _write_coco(path: Path, labels: LabelFile) -> None:
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number, frame in enumerate(labels.frames, start=1):
        images.append({"id": number, "file_name": image_name(frame)})
        for instance in frame.instances:
            annotations.append({"id": len(annotations) + 1, "image_id": number} | _annotation(instance))
    category = {"id": 1, "name": "animal", "keypoints": list(labels.joint_names), "skeleton": []}
    content = {"images": images, "annotations": annotations, "categories": [category]}
    write_text(path, json.dumps(content, ensure_ascii=False) + "\n")


def _annotation(instance: Instance) -> dict[str, Any]:
    pose = instance.pose
    there = pose.keypoints[pose.present]
    (left, top), (right, bottom) = there.min(axis=0).tolist(), there.max(axis=0).tolist()
    places = np.where(pose.present[:, None], pose.keypoints, 0.0)
    triples = np.concatenate([places, pose.visibility[:, None]], axis=1)
    return {
        "category_id": 1,
        "keypoints": [int(v) if i % 3 == 2 else v for i, v in enumerate(triples.ravel().tolist())],
        "num_keypoints": pose.present_count,
        "bbox": [left, top, right - left, bottom - top],
        "area": (right - left) * (bottom - top),
        "iscrowd": 0,
    }


def _write_deeplabcut(path: Path, labels: LabelFile) -> None:
    """DeepLabCut's `CollectedData`; with several animals in a frame, its multi-animal form."""
    animals = max(len(frame.instances) for frame in labels.frames)
    joints = labels.joint_names
    columns = [(f"individual{a + 1}", joint, axis) for a in range(animals) for joint in joints for axis in "xy"]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["scorer", *["poseviewer"] * len(columns)])
    if animals > 1:
        writer.writerow(["individuals", *[animal for animal, _, _ in columns]])
    writer.writerow(["bodyparts", *[joint for _, joint, _ in columns]])
    writer.writerow(["coords", *[axis for _, _, axis in columns]])
    for frame in labels.frames:
        places = np.full((animals, len(joints), 2), np.nan)
        for number, instance in enumerate(frame.instances):
            places[number] = instance.pose.keypoints
        cells = ["" if math.isnan(value) else repr(value) for value in places.ravel().tolist()]
        writer.writerow([image_name(frame), *cells])
    write_text(path, text.getvalue())


def _write_sleap(path: Path, labels: LabelFile) -> None:
    try:
        import sleap_io
    except ImportError as error:
        raise LabelFileError(f"{path} is written by sleap-io, which is not installed; run: {INSTALL}") from error
    skeleton = sleap_io.Skeleton(nodes=list(labels.joint_names), name="skeleton")
    images = {media: i for i, media in enumerate(dict.fromkeys(f.media for f in labels.frames if _is_image(f)))}
    videos = {media: _sleap_video(sleap_io, media) for media in labels.media if media not in images}
    if images:
        folder = _sleap_video(sleap_io, list(images))
    tracks: dict[str, Any] = {}
    frames = []
    for frame in labels.frames:
        video, number = (folder, images[frame.media]) if _is_image(frame) else (videos[frame.media], frame.frame)
        instances = [_sleap_instance(sleap_io, instance, skeleton, tracks) for instance in frame.instances]
        frames.append(sleap_io.LabeledFrame(video=video, frame_idx=number, instances=instances))
    listed = [*videos.values(), *([folder] if images else [])]
    written = sleap_io.Labels(frames, videos=listed, skeletons=[skeleton], tracks=list(tracks.values()))
    with replacing(path) as temporary:
        written.save(str(temporary), format="slp", embed=False, verbose=False)


def _sleap_video(sleap_io: Any, media: str | list[str]) -> Any:
    """A video, or a list of images as one; not opened, because it need not be on this computer."""
    if isinstance(media, str):
        return sleap_io.Video(filename=media or "video", open_backend=False)
    # What sleap-io itself writes for images, without which it takes the list for one path when it reads.
    described = {"type": "ImageVideo", "filename": media[0], "filenames": media}
    return sleap_io.Video(filename=media, open_backend=False, backend_metadata=described)


def _is_image(frame: LabelledFrame) -> bool:
    return PurePosixPath(frame.media).suffix.lower() in IMAGES


def _sleap_instance(sleap_io: Any, instance: Instance, skeleton: Any, tracks: dict[str, Any]) -> Any:
    track = None
    if instance.identity:
        track = tracks.setdefault(instance.identity, sleap_io.Track(instance.identity))
    if not instance.predicted:
        return sleap_io.Instance.from_numpy(instance.pose.keypoints, skeleton=skeleton, track=track)
    scores = np.ones(len(instance.pose)) if instance.scores is None else np.nan_to_num(instance.scores)
    return sleap_io.PredictedInstance.from_numpy(
        instance.pose.keypoints, skeleton=skeleton, point_scores=scores, score=float(scores.mean()), track=track
    )


_WRITERS: dict[str, Callable[[Path, LabelFile], None]] = {
    ".slp": _write_sleap,
    ".json": _write_coco,
    ".csv": _write_deeplabcut,
    ".npz": _write_npz,
}
SUFFIXES = tuple(_WRITERS)
