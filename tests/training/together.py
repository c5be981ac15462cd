"""What test_parallel.py lets two processes do (`torchrun together.py FOLDER POSES`): models and notes in FOLDER."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import torch

from poseviewer.core.errors import PoseviewerError
from poseviewer.io.skeleton_files import load_ranges
from training.adversarial_config import AdversarialConfig, adversarial_config
from training.drover import DroverRun
from training.lifter import LifterConfig, LifterRun
from training.material_of import material_of
from training.parallel import team
from training.run import Losses, drive

STEPS = 3


def lifter_config(output: Path, **changes: Any) -> LifterConfig:
    known: dict[str, Any] = {
        "ranges": load_ranges("human17"), "output": output, "shape": {"width": 32, "blocks": 1}, "batch": 31,
        "steps": STEPS, "learning_rate": 1e-3, "ema": 0.9, "clip": 0.5, "device": "cpu", "half": False, "unseen": 64,
        "report_every": 1, "report_seconds": math.inf, "save_every": 1000,
    }  # fmt: skip
    return LifterConfig(**(known | changes))


def drover_config(output: Path, poses: Path) -> AdversarialConfig:
    return adversarial_config(
        "drover", "default", load_ranges("human17"), [poses], output=output, device="cpu", half=False, batch=31,
        steps=STEPS, shape={"width": 16, "blocks": 1, "distance": 22.0}, calm_every=2, critic_steps=2,
        critic={"width": 16, "blocks": 1, "norm": "none", "slope": 0.2}, report_seconds=math.inf,
        # Not "build": what poses have in common is found in each share of a batch (docs/training-on-clusters.md).
        terms={"adversarial": 1.0, "reprojection": 0.5, "pose": 0.05, "symmetry": 1.0}, late={},
    )  # fmt: skip


class Spoilt(LifterRun):
    """The loss is not a number on the second process, from the second step on."""

    def losses(self, batch: Any) -> Losses:
        terms = super().losses(batch)
        return terms | {"depth": terms["depth"] * math.nan} if team().rank == 1 and self.step else terms


class Broken(LifterRun):
    """The second process has no examples for the second step."""

    def examples(self, step: int, first: int, count: int) -> Any:
        if team().rank == 1 and step == 1:
            raise OSError("the disk is gone")
        return super().examples(step, first, count)


class Narrow(LifterRun):
    """The second process has memory for 4 poses at once."""

    smallest = 2

    def losses(self, batch: Any) -> Losses:
        if team().rank == 1 and batch.keypoints.shape[-1] > 4:
            raise torch.OutOfMemoryError("no memory")
        return super().losses(batch)


def ended(run: LifterRun) -> str:
    """The sentence by which a run ends."""
    try:
        for _ in drive(run):
            pass
    except (PoseviewerError, OSError) as error:
        return str(error)
    return ""


def main(folder: Path, poses: Path) -> None:
    notes: dict[str, Any] = {}
    for _ in drive(LifterRun(lifter_config(folder / "lifter.safetensors"))):
        pass
    drover = drover_config(folder / "drover.safetensors", poses)
    for _ in drive(DroverRun(drover, material_of(drover))):
        pass
    notes["spoilt"] = ended(Spoilt(lifter_config(folder / "spoilt.safetensors", save_every=1)))
    notes["broken"] = ended(Broken(lifter_config(folder / "broken.safetensors")))
    narrow = Narrow(lifter_config(folder / "narrow.safetensors"))
    notes["narrow"], notes["piece"] = ended(narrow), narrow.piece

    # The first process is asked to stop after two steps, the second one is not.
    run = LifterRun(lifter_config(folder / "closed.safetensors"))
    reports = drive(run)
    for report in reports:
        if team().first and report.step == 2:
            reports.close()
    notes["closed"] = run.step

    # The second one is asked, and what was begun alone is gone on with together.
    run = LifterRun(lifter_config(folder / "alone.safetensors", resume=True, steps=STEPS))
    notes["begun"] = run.step
    reports = drive(run)
    for report in reports:
        if not team().first and report.step == 2:
            reports.close()
    notes["asked"] = run.step
    (folder / f"notes.{team().rank}.json").write_text(json.dumps(notes))
    team().leave()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
