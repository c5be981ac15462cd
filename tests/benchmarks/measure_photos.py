"""The shipped detector on photos that it never saw: python tests/benchmarks/measure_photos.py LABELS SKELETON --few N

LABELS is a label file beside its photos, SKELETON a shipped skeleton. Measured are the detector as it ships, then with
`--few N` the same after N of the photos (spread evenly), and one trained on these from nothing, both on all others.
"found": the animal is looked for in the whole photo; "box": the box around the true keypoints is given. PCK@0.2 is
LSP's (left shoulder to right hip, person-centric); the others go by the longer side of the box. `--sheet P.png` draws
what was found. Prints Markdown rows for docs/RESULTS.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from measure_detector import found, picked
from numpy.typing import NDArray

from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry import detection_metrics as metrics
from poseviewer.geometry.crops import crop_of_box
from poseviewer.io.label_files import read_labels
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.models.detector import Detector, load_detector
from training.detector import Labelled, detector_config, train_detector
from training.labelled_images import LabelledImage, of_label_file

HEADER = (
    "| detector | photos | way | PCK@0.2 by torso | PCK@0.2 by box | PCK@0.1 by box | median, % of box |\n" + "|---" * 7
)
THUMB = 220


def in_box(detector: Detector, images: Sequence[LabelledImage]) -> NDArray[np.float64]:
    """(N, J, 2) where the box is known."""
    crops = [crop_of_box(m.box) for m in images]
    keypoints, _ = detector.detect(np.stack([c.cut(m.image) for c, m in zip(crops, images, strict=True)]))
    return np.stack([c.from_crop(k) for c, k in zip(crops, keypoints, strict=True)])


def rows(name: str, detector: Detector, images: Sequence[LabelledImage], skeleton: Skeleton) -> None:
    truth = np.stack([m.keypoints for m in images])
    sides = metrics.box_sides(truth)
    torso = metrics.torso_lengths(truth, skeleton.joints)
    for way, places in (("found", found(detector, images)), ("box", in_box(detector, images))):
        near = metrics.mean_of(metrics.pck(places, truth, torso, share=0.2)) if torso is not None else float("nan")
        wide, narrow = (metrics.mean_of(metrics.pck(places, truth, sides, share=s)) for s in (0.2, 0.1))
        off = 100 * metrics.median_of(metrics.pixel_errors(places, truth) / sides[:, None])
        print(f"| {name} | {len(images)} | {way} | {near:.1f} | {wide:.1f} | {narrow:.1f} | {off:.1f} |", flush=True)


def sheet(path: Path, detector: Detector, images: Sequence[LabelledImage], skeleton: Skeleton) -> None:
    """Found keypoints (filled, bones) on every photo; true ones as rings."""
    drawn = []
    for image, pose in zip(images, found(detector, images), strict=True):
        scale = THUMB / max(image.image.shape[:2])
        small = cv2.resize(image.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        canvas = np.full((THUMB, THUMB, 3), 40, np.uint8)
        canvas[: small.shape[0], : small.shape[1]] = small
        points = (pose + 0.5) * scale - 0.5
        for bone in skeleton.bones:
            ends = [tuple(int(v) for v in np.rint(points[j])) for j in (bone.parent, bone.child)]
            cv2.line(canvas, *ends, (250, 220, 80), 1, cv2.LINE_AA)
        for joint, side in enumerate(skeleton.sides):
            colour = {"left": (52, 152, 219), "right": (231, 76, 60)}.get(side, (240, 200, 90))
            cv2.circle(canvas, tuple(int(v) for v in np.rint(points[joint])), 3, colour, -1, cv2.LINE_AA)
            true = (image.keypoints[joint] + 0.5) * scale - 0.5
            if np.isfinite(true).all():
                cv2.circle(canvas, tuple(int(v) for v in np.rint(true)), 5, colour, 1, cv2.LINE_AA)
        drawn.append(canvas)
    while len(drawn) % 4:
        drawn.append(np.full_like(drawn[0], 40))
    grid = np.concatenate([np.concatenate(drawn[i : i + 4], 1) for i in range(0, len(drawn), 4)])
    cv2.imwrite(str(path), cv2.cvtColor(grid, cv2.COLOR_RGB2BGR))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("labels", type=Path)
    parser.add_argument("skeleton")
    parser.add_argument("--model", default=None, help="instead of the shipped detector")
    parser.add_argument("--few", type=int, default=0)
    parser.add_argument("--preset", default="default")
    parser.add_argument("--steps", type=int, default=None)
    parser.add_argument("--renders", type=float, default=None)
    parser.add_argument("--sheet", type=Path, default=None)
    arguments = parser.parse_args()
    ranges = load_ranges(arguments.skeleton)
    skeleton = ranges.skeleton
    labels = read_labels(arguments.labels)
    detector = load_detector(arguments.model, skeleton)
    print(HEADER, flush=True)
    everything = of_label_file(labels, skeleton)
    rows("as it ships", detector, everything, skeleton)
    if arguments.sheet:
        sheet(arguments.sheet, detector, everything, skeleton)
    if not arguments.few:
        return
    learned, unseen = (of_label_file(part, skeleton) for part in picked(labels, arguments.few))
    rows("as it ships", detector, unseen, skeleton)
    with tempfile.TemporaryDirectory() as folder:
        for start in (arguments.model or "shipped", "nothing"):
            config = detector_config(
                arguments.preset, skeleton=skeleton, ranges=ranges, output=Path(folder) / "m.safetensors", start=start,
                steps=arguments.steps, hold_out=0, renders=arguments.renders,
            )  # fmt: skip
            for _ in train_detector(config, Labelled(learned)):
                pass
            trained = load_detector(config.output, skeleton)
            name = "nothing" if start == "nothing" else "what ships"
            rows(f"{arguments.few} photos, from {name}", trained, unseen, skeleton)
            if arguments.sheet and start != "nothing":
                sheet(arguments.sheet.with_stem(f"{arguments.sheet.stem}_{arguments.few}"), trained, unseen, skeleton)


if __name__ == "__main__":
    main()
