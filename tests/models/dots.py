"""A world with a known answer: an animal of three coloured dots, and a detector that finds them and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import av
import cv2
import numpy as np

from poseviewer.core.skeleton import Skeleton

DOTS = Skeleton.from_names("dots", ["red", "green", "blue"], [("red", "green"), ("green", "blue")])
COLOURS = np.array([[230, 20, 20], [20, 230, 20], [20, 20, 230]], np.int16)
SHAPE = np.array([[-20.0, 0.0], [20.0, -12.0], [16.0, 18.0]])
"""Where the dots are from the animal's middle."""


class DotDetector:
    """Finds the dots in crops; a dot that is not there is unsure. Keeps what it was asked."""

    skeleton = DOTS
    device = "cpu"
    description = "dots"

    def __init__(self) -> None:
        self.asked: list[int] = []

    def detect(self, crops: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        assert crops.shape[1:] == (256, 256, 3) and crops.dtype == np.uint8
        self.asked.append(len(crops))
        found = [[place_of(crop, colour) for colour in COLOURS] for crop in crops]
        keypoints = np.array([[place for place, _ in row] for row in found], dtype=np.float32)
        return keypoints, np.array([[score for _, score in row] for row in found], dtype=np.float32)


def place_of(crop: np.ndarray, colour: np.ndarray) -> tuple[tuple[float, float], float]:
    """Centre of the pixels of a colour, and a score that grows with how near the dot is looked at."""
    weight = np.clip(90 - np.abs(crop.astype(np.int16) - colour).max(-1), 0, None)
    total = weight.sum()
    if total < 90:
        return (128.0, 128.0), 0.02
    rows, columns = np.indices(weight.shape)
    return ((weight * columns).sum() / total, (weight * rows).sum() / total), 0.9


def draw(places: np.ndarray, width: int = 320, height: int = 240, radius: float = 5.0) -> np.ndarray:
    """(height, width, 3): dots at (3, 2) on grey, NaN for none, with something dark between them."""
    image = np.full((height, width, 3), 120, np.uint8)
    there = places[np.isfinite(places).all(-1)]
    if len(there):
        cv2.polylines(image, [np.rint(16 * there).astype(np.int32)], True, (60, 60, 60), round(radius), cv2.LINE_AA, 4)
    for place, colour in zip(places, COLOURS, strict=True):
        if np.isfinite(place).all():
            centre = tuple(round(v * 16) for v in place)
            cv2.circle(image, centre, round(radius * 16), colour.tolist(), -1, cv2.LINE_AA, shift=4)
    return image


def write_video(path: Path, places: Sequence[np.ndarray] | Callable[[int], np.ndarray], count: int = 0) -> np.ndarray:
    """A video of the places of every frame; returns them (F, 3, 2)."""
    frames = [places(i) for i in range(count)] if callable(places) else list(places)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=30, options={"crf": "4"})
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv444p"
        stream.codec_context.gop_size = 12
        for place in frames:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(draw(place), format="rgb24")))
        out.mux(stream.encode(None))
    return np.array(frames)


def walk(frame: int) -> np.ndarray:
    """(3, 2) an animal that goes around, a few pixels per frame."""
    return SHAPE + [160 + 90 * np.sin(frame / 13), 120 + 60 * np.cos(frame / 17)]
