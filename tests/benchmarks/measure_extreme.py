"""A pose outside the ranges, before and after: python tests/benchmarks/measure_extreme.py AFTER [PICTURE.png] [DATA]

The most curled poses of a real mouse: the tenth whose nose is nearest to the base of the tail for the length of its
trunk's bones, seen level from 24 sides, orthographic. BEFORE is the shipped quadruped lifter, AFTER a model that was
fine-tuned on other ranges. Reprojection, hidden keypoint and swaps are the figures that training shows of labelled
frames (training/own_frames.py); P-MPJPE is without reflection.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, Project
from poseviewer.core.ranges import RangePreset, SwingRange
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.body_frame import swings_of_pose
from poseviewer.geometry.camera import body_to_camera
from poseviewer.geometry.metrics import flat_baseline, p_mpjpe
from poseviewer.geometry.procrustes import fit_similarity
from poseviewer.geometry.rotations import planar_vectors, rotate, trailing_vectors, view_rotations
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.models.lifter import Lifter, load_lifter
from training.own_frames import OwnFrames

Array = NDArray[np.float64]
SIDES = 24
SLACK = np.radians(5)


def curled(joints: Array, names: tuple[str, ...], share: float = 0.1) -> Array:
    """The most curled poses (M, J, 3)."""
    nose, neck, tail = (names.index(n) for n in ("nose", "neck", "tail_base"))
    reach = np.linalg.norm(joints[:, nose] - joints[:, tail], axis=1)
    along = np.linalg.norm(joints[:, nose] - joints[:, neck], axis=1) + np.linalg.norm(
        joints[:, neck] - joints[:, tail], axis=1
    )
    order = np.argsort(reach / along)
    return joints[order[: max(1, round(share * len(joints)))]]


def around(joints: Array) -> Array:
    """Every pose from all sides, in the camera frame."""
    azimuth = np.tile(np.linspace(-np.pi, np.pi, SIDES, endpoint=False), len(joints))
    many = np.repeat(joints, SIDES, axis=0)
    zero = np.zeros(len(many))
    turned = trailing_vectors(rotate(view_rotations(azimuth, zero, zero, zero), planar_vectors(many)))
    return np.asarray(body_to_camera(turned))


def beyond(preset: RangePreset, joints: Array) -> float:
    """The share of bones whose direction lies outside its range by more than the slack."""
    swings = swings_of_pose(preset, joints)
    outside, known = 0, 0
    for bone, rotation in enumerate(preset.ranges):
        assert isinstance(rotation, SwingRange)
        angles = swings[:, bone]
        seen = np.isfinite(angles[:, 0])
        far = np.zeros(len(angles), bool)
        for k, interval in enumerate((rotation.flexion, rotation.abduction)):
            far |= (angles[:, k] < interval.min - SLACK) | (angles[:, k] > interval.max + SLACK)
        outside, known = outside + int((far & seen).sum()), known + int(seen.sum())
    return outside / known


def own_figures(lifter: Lifter, keypoints: Array) -> dict[str, float]:
    """What the window shows of a lifter on labelled frames."""
    labels = Project(lifter.skeleton, lifter.card.load_ranges())
    for frame, pose in enumerate(keypoints):
        labels = labels.with_instances(FrameKey("m", frame), (Instance(Pose2D(pose)),))
    frames = OwnFrames.of(labels)
    assert frames is not None

    @torch.no_grad()
    def explain(places: NDArray[np.float32]) -> NDArray[Any]:
        given = np.isfinite(places[..., 0])
        xy = torch.from_numpy(np.where(given[..., None], places, 0))
        return lifter.own_places(xy, torch.from_numpy(given.astype(np.float32))).numpy()

    asking = frames.figures(explain)
    while True:
        try:
            next(asking)
        except StopIteration as done:
            return dict(done.value)


COLORS = {"left": (215, 140, 50), "right": (60, 70, 220), "middle": (90, 160, 190)}
WORDS = ("as the camera sees it", "from a right angle to it")
WIDE, HIGH, TOP = 330, 200, 34


def draw(path: Path, poses: list[Array], titles: list[str], skeleton: Skeleton) -> None:
    """As the camera sees them, and from a right angle to it: what the lifter could not see."""
    sheet = np.full((2 * HIGH + TOP, WIDE * len(poses), 3), 255, np.uint8)
    low, high = np.nanmin(poses[0], axis=0), np.nanmax(poses[0], axis=0)
    scale = 0.8 * WIDE / max(high[0] - low[0], high[2] - low[2])
    for column, (pose, title) in enumerate(zip(poses, titles, strict=True)):
        write(sheet, title, column * WIDE + 14, 22, (40, 40, 40))
        for row, axes in enumerate(([0, 1], [2, 1])):
            middle = np.array([(column + 0.5) * WIDE, TOP + (row + 0.5) * HIGH])
            at = (pose - (low + high) / 2)[:, axes] * scale + middle
            for bone in skeleton.bones:
                ends = at[[bone.parent, bone.child]]
                if np.isfinite(ends).all():
                    a, b = (tuple(int(v) for v in np.round(end * 16)) for end in ends)
                    cv2.line(sheet, a, b, COLORS[skeleton.sides[bone.child]], 4, cv2.LINE_AA, 4)
            if column == 0:
                write(sheet, WORDS[row], 14, TOP + (row + 1) * HIGH - 10, (140, 140, 140))
    cv2.imwrite(str(path), sheet)


def write(sheet: NDArray[np.uint8], words: str, x: int, y: int, color: tuple[int, int, int]) -> None:
    cv2.putText(sheet, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.45, color, 1, cv2.LINE_AA)


def main() -> None:
    after = sys.argv[1]
    picture = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    data = Path(sys.argv[3]) if len(sys.argv) > 3 else Path("../shared/data")
    skeleton = load_ranges("quadruped16").skeleton
    path = next(iter(sorted(data.glob("quadruped3d/mouse_*.npz"))))
    poses = curled(np.load(path)["joints"].astype(np.float64), skeleton.joints)
    truth = around(poses)
    print(f"{len(poses)} curled poses of {path.stem} from {SIDES} sides")
    for name in ("quadruped16", "quadruped16.mouse"):
        print(f"bones outside the ranges of {name}: {beyond(load_ranges(name), truth[::SIDES]):.0%}")
    print("| lifter | reprojection | hidden keypoint | swaps | P-MPJPE, mm | of the flat pose's |")
    print("|---|---|---|---|---|---|")
    flat = np.nanmean(p_mpjpe(flat_baseline(truth[..., :2]), truth))
    row, drawn, titles = 3, [], ["true"]
    drawn.append(truth[row])
    for title, model in (("before: shipped", None), (f"after: {Path(after).name.split('.lifter')[0]}", after)):
        lifter = load_lifter(model, skeleton, "cpu")
        lifted = lifter.lift(truth[..., :2]).joints.astype(np.float64)
        known = np.where(np.isfinite(truth), lifted, np.nan)
        error = np.nanmean(p_mpjpe(known, truth))
        own = own_figures(lifter, truth[..., :2])
        print(
            f"| {title} | {own['own reprojection %']:.1f} % | {own['own hidden keypoint %']:.1f} % | "
            f"{own['own swaps']:.0f} of {min(200, len(truth))} | {error:.1f} | {error / flat:.2f} |"
        )
        drawn.append(fit_similarity(known[row : row + 1], truth[row : row + 1]).apply(known[row : row + 1])[0])
        titles.append(title)
    if picture is not None:
        draw(picture, drawn, titles, skeleton)


if __name__ == "__main__":
    main()
