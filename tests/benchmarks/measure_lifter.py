"""The shipped lifters on real motion capture: python tests/benchmarks/measure_lifter.py [DATA] [--model M]

Views: azimuth uniform, elevation 0-30 degrees (people 0-20), orthographic, seed 0. P-MPJPE without reflection, as a
ratio to the flat pose (every joint at depth 0) of the same views. Prints Markdown rows for docs/RESULTS.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poseviewer.geometry.metrics import flat_baseline, mean_error, p_mpjpe
from poseviewer.geometry.pose_views import ViewRange, see_poses
from poseviewer.io.skeleton_files import load_skeleton
from poseviewer.models.lifter import Lifter, load_lifter

SETS = (
    ("quadruped16", "quadruped3d/dog_*.npz", 30.0, 1),
    ("quadruped16", "quadruped3d/mouse_*.npz", 30.0, 1),
    ("human17", "human3d/hdm05_*.npz", 20.0, 1),
    ("human17", "human3d/cmu_*.npz", 20.0, 4),
)


def measure(lifter: Lifter, joints: NDArray[np.float64], highest: float, seed: int = 0) -> tuple[float, float]:
    """Mean P-MPJPE of the lifted and of the flat poses."""
    seen = see_poses(joints, ViewRange((0.0, highest)), seed)
    truth, keypoints = seen.joints, seen.keypoints
    lifted = lifter.lift(keypoints).joints
    known = np.isfinite(truth).all(-1)
    return (
        mean_error(p_mpjpe(np.where(known[..., None], lifted, np.nan), truth)),
        mean_error(p_mpjpe(flat_baseline(keypoints), truth)),
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", nargs="?", default="../shared/data", type=Path)
    parser.add_argument("--model", default=None)
    parser.add_argument("--seeds", default=3, type=int)
    arguments = parser.parse_args()
    print("| data | poses | lifted, mm | flat, mm | ratio |\n|---|---|---|---|---|")
    for name, pattern, highest, every in SETS:
        skeleton = load_skeleton(name)
        try:
            lifter = load_lifter(arguments.model, skeleton, "cpu")
        except Exception as error:
            print(f"| {pattern} | | {error} | | |")
            continue
        rows = []
        for path in sorted(arguments.data.glob(pattern)):
            joints = np.load(path)["joints"].astype(np.float64)[::every]
            errors = np.mean([measure(lifter, joints, highest, seed) for seed in range(arguments.seeds)], axis=0)
            rows.append((len(joints), *errors))
            print(f"| {path.stem} | {len(joints)} | {errors[0]:.1f} | {errors[1]:.1f} | {errors[0] / errors[1]:.3f} |")
        weight = np.array([r[0] for r in rows], float)
        lifted, flat = (float(np.average([r[k] for r in rows], weights=weight)) for k in (1, 2))
        print(f"| **all {pattern}** | {int(weight.sum())} | {lifted:.1f} | {flat:.1f} | **{lifted / flat:.3f}** |")


if __name__ == "__main__":
    main()
