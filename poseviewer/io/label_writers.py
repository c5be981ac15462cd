"""Labels as files of other tools: SLEAP's .slp, COCO .json, DeepLabCut .csv, and our own .npz.

An absent keypoint has no coordinates in any of them.
"""

from __future__ import annotations

import csv
import importlib.util
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
from poseviewer.io.npz_labels import write_npz_labels
from poseviewer.io.sleap_labels import INSTALL

__all__ = ["SUFFIXES", "write_labels"]

IMAGES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp")


def write_labels(path: str | Path, labels: LabelFile) -> None:
    """Write labels; the suffix says how. A file that is there is replaced once the new one is complete.

    Occluded is kept by .json and .npz; .slp and .csv know only places. Predictions are told apart, and keep their
    scores, in .slp, .json and .npz, and in a .csv that holds nothing else (DeepLabCut's likelihood).

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


def _write_coco(path: Path, labels: LabelFile) -> None:
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number, frame in enumerate(labels.frames, start=1):
        images.append({"id": number, "file_name": image_name(frame)})
        for instance in (i for i in frame.instances if i.pose.present_count):
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
        **_coco_scores(instance),
    }


def _coco_scores(instance: Instance) -> dict[str, Any]:
    """COCO's score of a result, and beside it, as mmpose has it, that of every keypoint (0 where it is absent)."""
    if not instance.predicted:
        return {}
    scores = np.ones(len(instance.pose)) if instance.scores is None else np.nan_to_num(instance.scores)
    scores = np.where(instance.pose.present, scores, 0.0)
    return {"score": float(scores[instance.pose.present].mean()), "keypoint_scores": scores.tolist()}


def _write_deeplabcut(path: Path, labels: LabelFile) -> None:
    """DeepLabCut's `CollectedData`; with several animals in a frame, its multi-animal form.

    Where all are predictions, what its `analyze_videos` writes: likelihoods, and a single video's frames by number.
    """
    animals = max(len(frame.instances) for frame in labels.frames)
    joints = labels.joint_names
    predicted = all(instance.predicted for instance in labels.instances())
    axes = ("x", "y", "likelihood") if predicted else ("x", "y")
    numbered = predicted and len(labels.media) == 1 and not _is_image(labels.frames[0])
    columns = [(f"individual{a + 1}", joint, axis) for a in range(animals) for joint in joints for axis in axes]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["scorer", *["poseviewer"] * len(columns)])
    if animals > 1:
        writer.writerow(["individuals", *[animal for animal, _, _ in columns]])
    writer.writerow(["bodyparts", *[joint for _, joint, _ in columns]])
    writer.writerow(["coords", *[axis for _, _, axis in columns]])
    for frame in labels.frames:
        values = np.full((animals, len(joints), 3), np.nan)
        for number, instance in enumerate(frame.instances):
            values[number, :, :2] = instance.pose.keypoints
            values[number, :, 2] = np.where(instance.pose.present, 1.0, np.nan)
            if instance.scores is not None:
                values[number, :, 2] = instance.scores
        cells = ["" if math.isnan(value) else repr(value) for value in values[..., : len(axes)].ravel().tolist()]
        writer.writerow([frame.frame if numbered else image_name(frame), *cells])
    write_text(path, text.getvalue())


def check_sleap(path: Path) -> None:
    """
    Raises:
        LabelFileError: what writes .slp is not installed.
    """
    if importlib.util.find_spec("sleap_io") is None:
        raise LabelFileError(f"{path} is written by sleap-io, which is not installed; run: {INSTALL}")


def _write_sleap(path: Path, labels: LabelFile) -> None:
    check_sleap(path)
    import sleap_io

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
    ".npz": write_npz_labels,
}
SUFFIXES = tuple(_WRITERS)
