"""A detector from N labelled frames: python tests/benchmarks/measure_detector.py DATASET N [N ...] [--preset default]

DATASET is a label file, its images beside it. N frames are spread evenly over the labelled ones; all others are what is
measured on. Every preset that is named is trained on the same frames, one after the other in one run. Prints Markdown
rows for docs/RESULTS.md: pixels of the frames; PCK at 5 % and 10 % of the longer side of the box of the keypoints; how
long the training took, and on how many seconds of a processor. "found" is the way a video is detected: the animal is
found in the whole frame and then looked at from near; "whole" is one look at the whole frame, as the plain baseline
is meant to be used.
"""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poseviewer.geometry import detection_metrics as metrics
from poseviewer.io.label_files import read_labels
from poseviewer.io.label_skeleton import skeleton_of
from poseviewer.io.labelled_frames import LabelFile
from poseviewer.models.detector import Detector, load_detector
from poseviewer.models.look import Cutout, Picture, look
from poseviewer.models.track import Tracker, cutout
from training.detector import Labelled, detector_config, train_detector
from training.labelled_images import LabelledImage, of_label_file

HEADER = (
    "| preset | labels | others | found: median px | mean px | PCK@0.05 | PCK@0.1 | whole: median px | mean px "
    "| PCK@0.1 | minutes | CPU minutes |\n|" + "---|" * 12
)


def picked(labels: LabelFile, count: int) -> tuple[LabelFile, LabelFile]:
    """The frames to train on, spread evenly, and all the others."""
    chosen = set(np.linspace(0, len(labels.frames) - 1, count).round().astype(int).tolist())
    first, others = ([f for i, f in enumerate(labels.frames) if (i in chosen) is wanted] for wanted in (True, False))
    return dataclasses.replace(labels, frames=tuple(first)), dataclasses.replace(labels, frames=tuple(others))


def found(detector: Detector, images: Sequence[LabelledImage]) -> NDArray[np.float64]:
    """(N, J, 2) as a video is detected whose frames have nothing to do with each other."""
    waiting = [Picture(i, m.image, m.image.shape[1], m.image.shape[0]) for i, m in enumerate(images)]
    tracker = Tracker(lambda cutouts: look(detector, cutouts), 16, follows=False)
    places: list[NDArray[np.float64]] = []
    while waiting:
        sights = tracker.take(waiting)
        places += [sight.keypoints for sight in sights]
        waiting = waiting[len(sights) :]
    return np.stack(places)


def whole(detector: Detector, images: Sequence[LabelledImage]) -> NDArray[np.float64]:
    """(N, J, 2) from one look at each whole frame."""
    pictures = [Picture(i, m.image, m.image.shape[1], m.image.shape[0]) for i, m in enumerate(images)]
    cutouts: list[Cutout] = [cutout(p, p.whole()) for p in pictures]
    return np.stack([sight.keypoints for sight in look(detector, cutouts)])


def figures(places: NDArray[np.float64], images: Sequence[LabelledImage]) -> list[float]:
    """Median and mean pixels, PCK at 5 and 10 %."""
    shrunk = np.array([m.shrunk for m in images])[:, None, None]
    truth = np.stack([m.keypoints for m in images]) * shrunk
    errors = metrics.pixel_errors(places * shrunk, truth)
    shares = [
        metrics.mean_of(metrics.pck(places * shrunk, truth, metrics.box_sides(truth), share=s)) for s in (0.05, 0.1)
    ]
    return [metrics.median_of(errors), metrics.mean_of(errors), *shares]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("dataset", type=Path)
    parser.add_argument("labels", type=int, nargs="+")
    parser.add_argument("--preset", action="append")
    parser.add_argument("--steps", type=int, default=None)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start", default=None)
    parser.add_argument("--joints", action="store_true", help="also the median of each joint")
    arguments = parser.parse_args()
    labels = read_labels(arguments.dataset)
    skeleton = skeleton_of(labels)
    print(HEADER, flush=True)
    for count in arguments.labels:
        chosen, others = picked(labels, count)
        learned, unseen = of_label_file(chosen, skeleton), of_label_file(others, skeleton)
        for preset in arguments.preset or ["default", "baseline"]:
            with tempfile.TemporaryDirectory() as folder:
                config = detector_config(
                    preset, skeleton=skeleton, output=Path(folder) / "m.safetensors", steps=arguments.steps,
                    seed=arguments.seed, start=arguments.start, hold_out=0,
                )  # fmt: skip
                began, worked = time.perf_counter(), time.process_time()
                for _ in train_detector(config, Labelled(learned)):
                    pass
                took, work = time.perf_counter() - began, time.process_time() - worked
                detector = load_detector(config.output, skeleton)
            near = found(detector, unseen)
            cells = [*figures(near, unseen), *(figures(whole(detector, unseen), unseen)[i] for i in (0, 1, 3))]
            row = " | ".join(f"{value:.2f}" for value in [*cells, took / 60, work / 60])
            print(f"| {preset} | {count} | {len(unseen)} | {row} |", flush=True)
            if arguments.joints:
                truth = np.stack([m.keypoints for m in unseen])
                each = [metrics.median_of(e) for e in metrics.pixel_errors(near, truth).T]
                print("  " + ", ".join(f"{n} {e:.1f}" for n, e in zip(skeleton.joints, each, strict=True)), flush=True)


if __name__ == "__main__":
    main()
