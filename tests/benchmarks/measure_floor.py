"""The default lifter beside the exact Bayes floor: python tests/benchmarks/measure_floor.py [steps] [output]

The floor's prior (16 nodes rooted at the neck, boxes of sagittal and lateral angles in the body frame, left and
right lengths tied, U(0, 1) divided by the longest, any rotation, orthographic, absolute size known) has an exact
posterior. Its mean depth, with the given x and y kept, has a mean edge cosine of 0.988: no lifter can do better.
This trains the default network on the same prior and measures the same cosine on poses it never saw.
"""

from __future__ import annotations

import json
import math
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from poseviewer.core.ranges import BoneLength, Interval, RangePreset, SwingRange
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.kinematics import planar_joints
from poseviewer.geometry.rotations import random_rotations, rotate
from poseviewer.synthesis.generate import PlanarBatch
from poseviewer.synthesis.poses import PlanarPoses
from poseviewer.synthesis.views import PlanarViews
from training.lifter import LifterRun, lifter_config

# parent, child, sagittal angle (from down towards forwards), lateral angle, half ranges of both; degrees.
EDGES = [("neck", "head", 130, 0, 40, 30), ("neck", "back", -90, 0, 15, 15), ("back", "hip", -85, 0, 15, 15)]
for _side, _sign in (("left", 1), ("right", -1)):
    EDGES += [
        ("neck", f"{_side}_shoulder", 20, 30 * _sign, 15, 10),
        (f"{_side}_shoulder", f"{_side}_elbow", -10, 0, 35, 12),
        (f"{_side}_elbow", f"{_side}_front_paw", 0, 0, 35, 12),
        ("hip", f"{_side}_thigh", -10, 30 * _sign, 15, 10),
        (f"{_side}_thigh", f"{_side}_knee", 20, 0, 35, 12),
        (f"{_side}_knee", f"{_side}_hind_paw", -15, 0, 35, 12),
    ]


def floor_skeleton() -> Skeleton:
    joints = ["neck"] + [child for _, child, *_ in EDGES]
    pairs = [(j, j.replace("left_", "right_")) for j in joints if j.startswith("left_")]
    return Skeleton.from_names("floor16", joints, [(p, c) for p, c, *_ in EDGES], pairs)


class FloorRun(LifterRun):
    """A run whose poses come from the floor's prior instead of a range preset."""

    def sample(self, uniforms: Tensor) -> PlanarBatch:
        skeleton = self.config.ranges.skeleton
        by_name = {(p, c): rest for p, c, *rest in EDGES}
        rows = [by_name[skeleton.joints[b.parent], skeleton.joints[b.child]] for b in skeleton.bones]
        a0, b0, ha, hb = (
            torch.tensor(np.radians([r[k] for r in rows]), dtype=torch.float32)[:, None] for k in range(4)
        )
        a = a0 + ha * (2 * uniforms[:15] - 1)
        b = b0 + hb * (2 * uniforms[15:30] - 1)
        directions = torch.stack([b.sin(), -b.cos() * a.sin(), -b.cos() * a.cos()])
        lengths = uniforms[30:45][list(skeleton.length_groups)]
        lengths = lengths / lengths.amax(0)
        joints = planar_joints(skeleton, directions * lengths)
        rotation = random_rotations(*uniforms[45:48])
        turned = rotate(rotation, joints)
        seen = torch.stack([turned[0], -turned[2], turned[1]])
        one = torch.ones_like(uniforms[0])
        views = PlanarViews(rotation, seen, seen[:2], one)
        return PlanarBatch(PlanarPoses(lengths, directions, joints), views, seen[:2], torch.ones_like(seen[0]))


def main() -> None:
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 24000
    output = Path(sys.argv[2] if len(sys.argv) > 2 else "build/floor.safetensors")
    output.parent.mkdir(exist_ok=True)
    skeleton = floor_skeleton()
    free = SwingRange((0.0, 0.0, -1.0), Interval(-math.pi, math.pi), Interval(0, 0))
    preset = RangePreset("floor16", skeleton, (free,) * 15, (BoneLength(0.5, 0.0),) * 15)
    run = FloorRun(lifter_config("floor", ranges=preset, output=output, steps=steps, unseen=16384))
    run.rows = 48  # 15 sagittal and 15 lateral angles, 15 lengths, 3 of a rotation
    began = time.time()
    while run.step < steps:
        run.advance()
        if run.step % 1000 == 0:
            values = run.validate()
            print(run.step, int(time.time() - began), values, flush=True)
            run.save(values)
    run.config = replace(run.config, unseen=100_000)
    final = run.validate()
    print(json.dumps({"cosine": -final["L_ed"], "floor": 0.988, "poses": run.step * run.config.batch} | final))


if __name__ == "__main__":
    main()
