"""Label files that are JSON: COCO keypoints, StanfordExtra's dogs, BADJA's animal videos.

Read here and not through sleap-io, which drops images that are not on this computer and knows no occluded keypoints.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from poseviewer.core.pose import Visibility
from poseviewer.core.project import Instance
from poseviewer.io.label_maps import label_map
from poseviewer.io.labelled_frames import LabelFile, LabelledFrame, instances_of


def read_json(path: Path, content: Any) -> LabelFile | None:
    """What a parsed JSON file says; None where it is of none of these formats.

    Raises:
        KeyError, TypeError, ValueError: it is of one of them, but damaged.
    """
    if isinstance(content, dict) and {"images", "annotations", "categories"} <= content.keys():
        return _coco(path, content)
    if isinstance(content, list) and content and isinstance(content[0], dict):
        if {"img_path", "joints"} <= content[0].keys():
            return _stanford_extra(path, content)
        if {"image_path", "joints", "visibility"} <= content[0].keys():
            return _badja(path, content)
    return None


def _coco(path: Path, content: dict[str, Any]) -> LabelFile:
    """Several categories (AP-10K has one per species, of equal keypoints) become one list of joints."""
    categories = {c["id"]: [str(k) for k in c.get("keypoints", [])] for c in content["categories"]}
    joints = list(dict.fromkeys(name for names in categories.values() for name in names))
    if not joints:
        raise ValueError("its categories have no keypoints, only boxes or masks")
    columns = {identifier: [joints.index(name) for name in names] for identifier, names in categories.items()}
    files = {image["id"]: str(image["file_name"]) for image in content["images"]}
    by_image: dict[Any, list[Instance]] = {}
    for annotation in content["annotations"]:
        if not annotation.get("keypoints"):
            continue
        given = np.asarray(annotation["keypoints"], dtype=np.float64).reshape(-1, 3)
        placed = np.zeros((len(joints), 3))
        placed[columns[annotation["category_id"]]] = given
        instance = _instance(
            placed[:, :2],
            np.clip(np.nan_to_num(placed[:, 2]), 0, 2),
            _coco_scores(annotation, columns[annotation["category_id"]], len(joints)),
        )
        if instance is not None:
            by_image.setdefault(annotation["image_id"], []).append(instance)
    frames = (LabelledFrame(files[image], 0, tuple(found)) for image, found in by_image.items())
    return LabelFile(str(path), "COCO", tuple(joints), tuple(frames))


def _coco_scores(annotation: dict[str, Any], columns: list[int], count: int) -> Any:
    """(1, count) of a prediction: of its keypoints where it says them (as mmpose does), else its own for all."""
    if "score" not in annotation and "keypoint_scores" not in annotation:
        return None
    scores = np.full((1, count), np.nan, dtype=np.float32)
    scores[0, columns] = annotation.get("keypoint_scores", annotation.get("score"))
    return scores


def _stanford_extra(path: Path, content: list[dict[str, Any]]) -> LabelFile:
    """Joints (24, 3): x, y and whether it was labelled; an unlabelled one may have coordinates all the same."""
    joints = label_map("stanford_extra").joints
    by_image: dict[str, list[Instance]] = {}
    for dog in content:
        given = np.asarray(dog["joints"], dtype=np.float64).reshape(len(joints), 3)
        instance = _instance(given[:, :2], np.where(given[:, 2] > 0, Visibility.VISIBLE, Visibility.ABSENT))
        if instance is not None:
            by_image.setdefault(str(dog["img_path"]), []).append(instance)
    frames = (LabelledFrame(image, 0, tuple(found)) for image, found in by_image.items())
    return LabelFile(str(path), "StanfordExtra", joints, tuple(frames))


def _badja(path: Path, content: list[dict[str, Any]]) -> LabelFile:
    """Joints (37, 2) are row before column; one that is not visible but has a place is a guess, (0, 0) is none."""
    known = label_map("badja")
    frames = []
    for image in content:
        rows_columns = np.asarray(image["joints"], dtype=np.float64)[list(known.indices)]
        seen = np.asarray(image["visibility"], dtype=bool)[list(known.indices)]
        placed = (rows_columns != 0).any(axis=1)
        visibility = np.where(seen, Visibility.VISIBLE, np.where(placed, Visibility.OCCLUDED, Visibility.ABSENT))
        instance = _instance(rows_columns[:, ::-1], visibility)
        if instance is not None:
            frames.append(LabelledFrame(str(image["image_path"]), 0, (instance,)))
    return LabelFile(str(path), "BADJA", known.joints, tuple(frames))


def _instance(keypoints: Any, visibility: Any, scores: Any = None) -> Instance | None:
    return instances_of(np.asarray(keypoints)[None], np.asarray(visibility, dtype=np.uint8)[None], scores=scores)[0]
