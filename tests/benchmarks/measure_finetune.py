"""Fine-tuning after a range was doubled, beside a lifter trained from nothing:

    python tests/benchmarks/measure_finetune.py ranges FILE            write the doubled ranges
    python tests/benchmarks/measure_finetune.py tune SECONDS MODEL     fine-tune the shipped lifter on them
    python tests/benchmarks/measure_finetune.py scratch STEPS MODEL    train one from nothing (hours)
    python tests/benchmarks/measure_finetune.py table MODEL...         L_ed of each and of the shipped one

Flexion and abduction of the upper arm, both sides, are made twice as wide about their middles. L_ed is eq. 9 of 001,
clicked x and y kept, of 50,000 poses never trained on: of the old ranges; of the new ones; and of those among the
latter whose upper arm is where the old ranges never let it be.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from poseviewer.core.range_edits import with_interval
from poseviewer.core.ranges import Interval, RangePreset, SwingRange
from poseviewer.geometry.kinematics import swings_from_directions, vectors_from_joints
from poseviewer.io.resources import resource
from poseviewer.io.skeleton_files import load_ranges, save_ranges
from poseviewer.models.lifter import default_joints, keep_given, load_lifter
from poseviewer.synthesis.generate import PlanarBatch, batch_rows, chunk_uniforms, sample_batch
from poseviewer.synthesis.presets import DEFAULT
from training.lifter import default_task, lifter_config, train_lifter
from training.lifter_losses import edge_direction_loss

BONES = ("left_shoulder:left_elbow", "right_shoulder:right_elbow")
COUNT = 50_000
SHIPPED = resource("weights", "quadruped16.lifter.safetensors")


def doubled(preset: RangePreset) -> RangePreset:
    """The preset with twice the range of the upper arm."""
    bone = preset.skeleton.bone_names.index(BONES[0])
    for axis in ("flexion", "abduction"):
        old: Interval = getattr(preset.ranges[bone], axis)
        preset = with_interval(preset, bone, axis, Interval(old.middle - old.width, old.middle + old.width))
    return replace(preset, name="quadruped16.upper-arm-doubled")


def batch_of(preset: RangePreset, seed: int) -> PlanarBatch:
    return sample_batch(preset, DEFAULT, torch.from_numpy(chunk_uniforms(batch_rows(preset, DEFAULT), seed, 0, COUNT)))


def outside(preset: RangePreset, batch: PlanarBatch) -> torch.Tensor:
    """(N,) whether either upper arm lies outside the given ranges."""
    directions = np.moveaxis(np.asarray(batch.poses.directions), (0, 1, 2), (2, 1, 0))
    swings = swings_from_directions(preset, np.ascontiguousarray(directions, dtype=np.float64))
    beyond = np.zeros(len(directions), bool)
    for name in BONES:
        bone = preset.skeleton.bone_names.index(name)
        rotation = preset.ranges[bone]
        assert isinstance(rotation, SwingRange)
        for k, interval in enumerate((rotation.flexion, rotation.abduction)):
            beyond |= (swings[:, bone, k] < interval.min) | (swings[:, bone, k] > interval.max)
    return torch.from_numpy(beyond)


@torch.no_grad()
def direction_losses(model: Path, batch: PlanarBatch, rows: torch.Tensor) -> float:
    """L_ed of the poses in `rows`."""
    skeleton = load_ranges("quadruped16").skeleton
    network = load_lifter(model, skeleton, "cpu").network
    normal, truth = default_task(network, batch)
    joints = keep_given(default_joints(network, skeleton, normal)[0], normal)
    edges, true = vectors_from_joints(skeleton, joints), vectors_from_joints(skeleton, truth.joints)
    return float(edge_direction_loss(true[rows], edges[rows]))


def tune(seconds: float, output: Path) -> None:
    """As many steps as fit in the time: the schedule is laid out after a second of trying."""
    new = doubled(load_ranges("quadruped16"))
    began = time.perf_counter()
    config = lifter_config("finetune", ranges=new, output=output, start=SHIPPED)
    last = None
    for report in train_lifter(config):
        last = report
        if time.perf_counter() - began > seconds:
            print(f"stopped early at step {report.step} of {report.steps}")
            break
    assert last is not None
    print(f"{last.step} steps, {last.poses_seen:,} poses, {time.perf_counter() - began:.0f} s")


def scratch(steps: int, output: Path) -> None:
    config = lifter_config("default", ranges=doubled(load_ranges("quadruped16")), output=output, steps=steps)
    resume = output.with_name(output.name + ".state").exists()
    for report in train_lifter(replace(config, resume=resume, report_every=200, save_every=1000)):
        print(report.step, f"{report.rate:.0f} poses/s", report.validation or report.losses, flush=True)


def table(models: list[Path]) -> None:
    old = load_ranges("quadruped16")
    new = doubled(old)
    before, after = batch_of(old, 101), batch_of(new, 102)
    everything = torch.ones(COUNT, dtype=torch.bool)
    moved = outside(old, after)
    print(f"| lifter | old ranges | new ranges | of these, the {float(moved.float().mean()):.0%} out of the old |")
    print("|---|---|---|---|")
    for model in [SHIPPED, *models]:
        values = [
            direction_losses(model, batch, rows)
            for batch, rows in ((before, everything), (after, everything), (after, moved))
        ]
        print(f"| {model.name} | " + " | ".join(f"{v:.4f}" for v in values) + " |", flush=True)


def main() -> None:
    what, *rest = sys.argv[1:]
    if what == "ranges":
        save_ranges(doubled(load_ranges("quadruped16")), Path(rest[0]))
    elif what == "tune":
        tune(float(rest[0]), Path(rest[1]))
    elif what == "scratch":
        scratch(int(rest[0]), Path(rest[1]))
    else:
        table([Path(p) for p in rest])


if __name__ == "__main__":
    main()
