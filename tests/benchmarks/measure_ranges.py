"""Whether the range that is wrong is found: python tests/benchmarks/measure_ranges.py [skeleton] [poses]

One bone after the other has its range doubled (flexion and abduction about their middles); poses are drawn uniformly
from the ranges thus widened and seen from anywhere, 40 % of them in perspective, with clicks that are off by one pixel
at a radius of 100. Each set is fitted inside the shipped ranges. A bone is found where it ranks first. The residual is
that of the ninth of ten poses: inside the shipped ranges, and inside those that the first bone's proposal widens. One
view cannot tell a bone that points to the camera from one that points away, so some can hardly be found by anybody.
"""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path

import numpy as np

from poseviewer.geometry.range_stops import widened, wrong_ranges
from poseviewer.io.skeleton_files import load_ranges

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "geometry"))
import narrow_ranges as narrow


def main(name: str = "quadruped16", poses: str = "100") -> None:
    preset = load_ranges(name)
    first = listed = 0
    for bone, spoken in enumerate(preset.skeleton.bone_names):
        keypoints = narrow.clicked(narrow.doubled(preset, bone), int(poses))
        began = time.perf_counter()
        inside = narrow.fit(preset, keypoints)
        seconds = time.perf_counter() - began
        stops = wrong_ranges(inside)
        ranks = list(dict.fromkeys(stop.bones for stop in stops))
        rank = next((n for n, bones in enumerate(ranks, 1) if bone in bones), 0)
        first += rank == 1
        listed += rank > 0
        after = inside
        if stops:
            proposal = widened(preset, [s for s in stops if s.bones == stops[0].bones], math.radians(5))
            after = narrow.fit(proposal, keypoints)
        before_px, after_px = (float(np.quantile(f.residual_px, 0.9)) for f in (inside, after))
        print(
            f"{spoken:32s} rank {rank or '-'} of {len(ranks)}  {before_px:5.2f} -> {after_px:5.2f} px  {seconds:4.1f} s"
        )
    print(f"{name}, {poses} poses each: {first} of {preset.skeleton.bone_count} bones first, {listed} listed")


if __name__ == "__main__":
    main(*sys.argv[1:])
