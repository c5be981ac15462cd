"""The loop of critic and lifter: both learn in turn, runs are continued as if never stopped, and the model is whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from poseviewer.core.errors import CheckpointError, PoseviewerError
from poseviewer.io.npz import write_npz
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.models.checkpoint import read_card, read_tensors
from poseviewer.models.depth_lifter import DepthLifter
from poseviewer.models.lifter import load_lifter
from poseviewer.synthesis.generate import synthesize
from training.adversarial import CRITIC, LIFTER, AdversarialRun
from training.adversarial_config import AdversarialConfig, adversarial_config
from training.drover import DroverRun
from training.hardy import HardyRun
from training.material_of import material_of
from training.run import drive
from training.run_config import state_path
from training.svma import SvmaRun

RUNS: dict[str, type[AdversarialRun]] = {"drover": DroverRun, "hardy": HardyRun, "svma": SvmaRun}
SMALL: dict[str, dict[str, Any]] = {
    "drover": {"shape": {"width": 16, "blocks": 1, "distance": 22.0, "dropout": 0.1}},
    "hardy": {"shape": {"representation": "legs-torso", "width": 16, "blocks": 1, "head": "tanh"}},
    "svma": {"shape": {"width": 16, "blocks": 3, "camera": True, "norm": "batch", "dropout": 0.1}},
}


@pytest.fixture(scope="module")
def poses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Synthetic people on 17 joints, which all three methods can be trained on."""
    path = tmp_path_factory.mktemp("poses") / "people.npz"
    ranges = load_ranges("human17")
    write_npz(path, joints=synthesize(ranges.skeleton, ranges, 60, seed=1).joints, joint_names=ranges.skeleton.joints)
    return path


def config(method: str, poses: Path, output: Path, **changes: Any) -> AdversarialConfig:
    return adversarial_config(
        method, "default", load_ranges("human17"), [poses], output=output, device="cpu", half=False,
        critic={"width": 16, "blocks": 1, "norm": "none", "slope": 0.2},
        **({"batch": 24, "steps": 6, "validate": str(poses), "calm_every": 2} | SMALL[method] | changes),
    )  # fmt: skip


def trained(method: str, made: AdversarialConfig) -> dict[str, torch.Tensor]:
    for _ in drive(RUNS[method](made, material_of(made))):
        pass
    return read_tensors(made.output)


@pytest.mark.parametrize("method", RUNS)
def test_it_ends_with_a_lifter_without_its_critic(method: str, poses: Path, tmp_path: Path) -> None:
    made = config(method, poses, tmp_path / "model.safetensors")
    weights = trained(method, made)
    assert not any(CRITIC in name or LIFTER in name for name in weights)
    card = read_card(made.output)
    assert card.steps == 6 and {"p_mpjpe", "of_flat", "of_flat_reflection_best", "disagreement"} == set(card.metrics)
    assert card.command.startswith(f"poseviewer train {method} people.npz")
    lifter = load_lifter(made.output, made.ranges.skeleton, "cpu")
    inner = getattr(lifter, "method", lifter)
    assert isinstance(inner, DepthLifter)
    assert np.isfinite(lifter.lift(np.random.default_rng(0).normal(size=(3, 17, 2))).joints).all()


@pytest.mark.parametrize("method", RUNS)
def test_a_run_is_continued_as_if_it_had_never_stopped(method: str, poses: Path, tmp_path: Path) -> None:
    whole = trained(method, config(method, poses, tmp_path / "whole.safetensors"))
    made = config(method, poses, tmp_path / "halved.safetensors", save_every=3)
    run = drive(RUNS[method](made, material_of(made)))
    for report in run:
        if report.saved and report.step == 3:
            run.close()
    halved = trained(method, replace(made, resume=True))
    for name, value in whole.items():
        torch.testing.assert_close(halved[name], value, msg=name)


@pytest.mark.parametrize("method", RUNS)
def test_pieces_of_a_batch_learn_what_the_whole_does(method: str, poses: Path, tmp_path: Path) -> None:
    shape = SMALL[method]["shape"] | {"norm": "layer", "dropout": 0.0}
    ends = []
    for piece in (24, 8):
        made = config(method, poses, tmp_path / f"{piece}.safetensors", shape=shape, clip=0.0, flips=0.0)
        run = RUNS[method](made, material_of(made))
        run.piece = piece
        run.advance()
        ends.append({k: v.clone() for k, v in run.network.state_dict().items()})
    for name, value in ends[0].items():
        torch.testing.assert_close(ends[1][name], value, atol=2e-5, rtol=1e-3, msg=name)


def test_each_learns_in_its_own_turn(poses: Path, tmp_path: Path) -> None:
    made = config("drover", poses, tmp_path / "model.safetensors")
    run = DroverRun(made, material_of(made))
    before = {k: v.clone() for k, v in run.network.state_dict().items()}
    for run.turn in (CRITIC, LIFTER):
        run.network.zero_grad(set_to_none=True)
        run.train_mode()
        sum(run.losses(run.examples(0, 0, 24)).values()).backward()  # type: ignore[union-attr]
        moved = {name.split(".")[0] for name, p in run.network.named_parameters() if p.grad is not None}
        assert moved == {run.turn}
    run.advance()
    after = run.network.state_dict()
    assert {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])} == {CRITIC, LIFTER}


def test_a_critic_may_have_several_turns_with_fresh_poses(poses: Path, tmp_path: Path) -> None:
    made = config("drover", poses, tmp_path / "model.safetensors", critic_steps=3)
    run = DroverRun(made, material_of(made))
    seen = []
    look = run.examples
    run.examples = lambda *a: seen.append((run.turn, run.repeat, look(*a))) or seen[-1][2]  # type: ignore[method-assign,func-returns-value]
    run.advance()
    assert [(turn, repeat) for turn, repeat, _ in seen] == [(CRITIC, 0), (CRITIC, 1), (CRITIC, 2), (LIFTER, 0)]
    for i in range(3):
        assert not torch.equal(seen[i][2].xy, seen[i + 1][2].xy)


def test_another_recipe_cannot_go_on_from_a_run(poses: Path, tmp_path: Path) -> None:
    made = config("drover", poses, tmp_path / "model.safetensors")
    trained("drover", made)
    assert state_path(made.output).is_file()
    with pytest.raises(CheckpointError, match="another seed"):
        DroverRun(replace(made, resume=True, seed=4), material_of(made))


def test_a_loss_that_is_no_number_is_named_and_the_last_good_model_kept(poses: Path, tmp_path: Path) -> None:
    made = config("drover", poses, tmp_path / "model.safetensors", save_every=2)
    run = DroverRun(made, material_of(made))
    judged = run.judged
    run.judged = lambda turned: judged(turned) * (float("nan") if run.step >= 3 else 1.0)  # type: ignore[method-assign]
    with pytest.raises(PoseviewerError, match=r"'adversarial' is no longer a number.*model\.safetensors"):
        for _ in drive(run):
            pass
    assert read_card(made.output).steps == 2
    assert all(torch.isfinite(v).all() for v in read_tensors(made.output).values())


def test_a_loss_that_the_method_does_not_have_is_named(poses: Path, tmp_path: Path) -> None:
    made = config("drover", poses, tmp_path / "model.safetensors", terms={"adversarial": 1.0, "quarter": 1.0})
    run = DroverRun(made, material_of(made))
    with pytest.raises(PoseviewerError, match=r"drover has no loss 'quarter'"):
        run.advance()
