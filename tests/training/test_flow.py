"""The flow's lifter: first the flow learns, then the lifter, and each leaves the other alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from poseviewer.io.skeleton_files import load_ranges
from poseviewer.models.checkpoint import read_tensors
from training.adversarial import CRITIC, LIFTER
from training.adversarial_config import AdversarialConfig, adversarial_config
from training.flow import FlowRun
from training.pose_material import PoseMaterial
from training.run import drive

pytest.importorskip("zuko")


def material() -> PoseMaterial:
    joints = np.random.default_rng(0).normal(size=(50, 17, 3)).astype(np.float32)
    return PoseMaterial(joints, np.zeros((0, 17, 2), np.float32), np.full(50, 0.02))


def config(output: Path, **changes: Any) -> AdversarialConfig:
    return adversarial_config(
        "flow", "default", load_ranges("human17"), output=output, device="cpu", half=False, batch=16, steps=6,
        prior_share=0.5, warmup=2, critic={"kept": 8, "transforms": 2, "hidden": [8]},
        shape={"width": 16, "blocks": 1, "learned_elevation": (0.0, 20.0), "distance": 22.0}, **changes,
    )  # fmt: skip


def moved(run: FlowRun) -> set[str]:
    before = {k: v.clone() for k, v in run.network.state_dict().items()}
    run.advance()
    after = run.network.state_dict()
    return {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}


def test_first_the_flow_learns_and_then_the_lifter(tmp_path: Path) -> None:
    run = FlowRun(config(tmp_path / "m.safetensors"), material())
    assert [moved(run) for _ in range(6)] == [{CRITIC}] * 3 + [{LIFTER}] * 3


def test_each_has_its_own_schedule(tmp_path: Path) -> None:
    run = FlowRun(config(tmp_path / "m.safetensors", learning_rate=1.0, critic_rate=2.0), material())
    rates = []
    for run.step in range(6):
        rates.append(run.rate(CRITIC if run.learning_prior else LIFTER))
    assert rates == pytest.approx([1.0, 1.5, 0.5, 0.5, 0.75, 0.25])


def test_the_flow_is_measured_once_and_goes_on_from_there(tmp_path: Path) -> None:
    whole, halved = config(tmp_path / "whole.safetensors"), config(tmp_path / "halved.safetensors", save_every=4)
    list(drive(FlowRun(whole, material())))
    run = drive(FlowRun(halved, material()))
    for report in run:
        if report.saved and report.step == 4:
            run.close()
    list(drive(FlowRun(replace(halved, resume=True), material())))
    ours, theirs = read_tensors(halved.output), read_tensors(whole.output)
    for name, value in theirs.items():
        torch.testing.assert_close(ours[name], value, msg=name)


def test_a_pose_off_the_chart_does_not_undo_what_was_learned(tmp_path: Path) -> None:
    run = FlowRun(config(tmp_path / "m.safetensors"), material())
    run.turn = LIFTER
    turned = run.turned(run.examples(4, 0, 16))
    wild = replace(turned, keypoints=turned.keypoints * 1e6)
    assert torch.isfinite(run.judged(wild))
