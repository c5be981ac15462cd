"""Training: it learns, it can be stopped and resumed as if it never had been, and it keeps what is good."""

from __future__ import annotations

import math
import resource
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from poseviewer.core.errors import CheckpointError, PoseviewerError
from poseviewer.io.skeleton_files import load_ranges, load_skeleton
from poseviewer.models.checkpoint import read_card, read_tensors
from poseviewer.models.lifter import load_lifter
from poseviewer.synthesis.generate import synthesize
from training import lifter
from training.lifter import LifterConfig, LifterRun, rate_at, state_path, train_lifter

SMALL = {"width": 32, "blocks": 1}


def config(output: Path, network: str = "default", **changes: object) -> LifterConfig:
    paper = network == "paper"
    known = {
        "ranges": load_ranges("quadruped16.paper" if paper else "quadruped16"), "output": output, "network": network,
        "preset": network, "recipe": network, "shape": SMALL, "batch": 64, "steps": 6, "learning_rate": 1e-3,
        "warmup": 2, "weight_decay": 0.01, "ema": 0.0 if paper else 0.9, "clip": 1.0, "device": "cpu",
        "report_every": 3, "report_seconds": math.inf, "save_every": 3,
    }  # fmt: skip
    return LifterConfig(**(known | changes))  # type: ignore[arg-type]


def nothing() -> torch.Tensor:
    return torch.tensor(math.nan, requires_grad=True)


def finish(settings: LifterConfig) -> list[object]:
    return list(train_lifter(settings))


@pytest.mark.parametrize("half", [False, True], ids=["float32", "bfloat16"])
@pytest.mark.parametrize("network", ["default", "paper"])
def test_a_resumed_run_is_the_run_that_never_stopped(tmp_path: Path, network: str, half: bool) -> None:
    whole, parts = (config(tmp_path / name, network, half=half) for name in ("whole", "parts"))

    finish(whole)
    stopped = train_lifter(parts)
    assert next(stopped).step == 3
    stopped.close()
    finish(replace(parts, resume=True))

    for path in (whole.output, parts.output):
        assert read_card(path).steps == 6
    for of in (lambda c: c.output, lambda c: state_path(c.output)):
        a, b = read_tensors(of(whole)), read_tensors(of(parts))
        assert a.keys() == b.keys()
        assert all(a[k].equal(b[k]) for k in a)


def test_a_run_of_the_same_seed_is_the_same_and_of_another_is_not(tmp_path: Path) -> None:
    runs = [config(tmp_path / name, seed=seed) for name, seed in (("a", 1), ("b", 1), ("c", 2))]
    for run in runs:
        finish(run)

    a, b, c = (read_tensors(run.output)["enter.weight"] for run in runs)
    assert a.equal(b)
    assert not a.equal(c)


def test_stopping_leaves_a_usable_model_with_its_card(tmp_path: Path) -> None:
    settings = config(tmp_path / "model.safetensors", steps=1000, save_every=1000, seed=5)
    skeleton = load_skeleton("quadruped16")

    training = train_lifter(settings)
    reports = list(islice(training, 2))
    training.close()

    card = read_card(settings.output)
    assert [r.step for r in reports] == [3, 6]
    assert (card.steps, card.poses_seen, card.seed, card.recipe) == (6, 6 * 64, 5, "default")
    assert "L_ed" in card.metrics
    assert "--seed 5" in card.command
    assert card.load_ranges().skeleton == skeleton
    keypoints = synthesize(skeleton, settings.ranges, 3).keypoints
    assert np.isfinite(load_lifter(settings.output, skeleton, "cpu").lift(keypoints).joints).all()


def test_reports_count_steps_poses_and_losses(tmp_path: Path) -> None:
    reports = finish(config(tmp_path / "model", steps=7))

    assert [r.step for r in reports] == [3, 6, 7]  # type: ignore[attr-defined]
    assert [r.poses_seen for r in reports] == [192, 384, 448]  # type: ignore[attr-defined]
    for report in reports:
        assert set(report.losses) == {"joint", "depth", "direction", "length", "nll"}  # type: ignore[attr-defined]
        assert report.rate > 0  # type: ignore[attr-defined]
        assert set(report.validation) == {"L_ed", "L_el", "depth_error"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(("network", "name"), [("default", "joint"), ("paper", "L_ed")])
def test_the_loss_goes_down(tmp_path: Path, network: str, name: str) -> None:
    settings = config(tmp_path / "model", network, steps=60, batch=256, report_every=10, save_every=60, warmup=5)
    losses = [r.losses[name] for r in train_lifter(replace(settings, learning_rate=5e-3))]

    assert losses[-1] < losses[0] - 0.1
    assert max(losses) == losses[0]


def test_half_precision_learns_as_well(tmp_path: Path) -> None:
    ends = []
    for half in (False, True):
        settings = config(tmp_path / f"{half}", steps=40, batch=256, report_every=20, save_every=40, half=half)
        ends.append(finish(settings)[-1].losses["joint"])  # type: ignore[attr-defined]

    assert ends[1] == pytest.approx(ends[0], rel=0.02)


def test_a_loss_that_is_no_number_stops_and_keeps_the_last_good_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = config(tmp_path / "model.safetensors", steps=100)
    training = train_lifter(settings)
    next(training)
    good = settings.output.read_bytes(), state_path(settings.output).read_bytes()
    losses = LifterRun.losses
    monkeypatch.setattr(LifterRun, "losses", lambda run, batch: losses(run, batch) | {"joint": nothing()})

    with pytest.raises(PoseviewerError, match=r"the loss 'joint' is no longer a number; .*model\.safetensors holds"):
        next(training)

    assert (settings.output.read_bytes(), state_path(settings.output).read_bytes()) == good
    assert read_card(settings.output).steps == 3


def test_resuming_what_is_not_there_or_was_another_run_is_refused(tmp_path: Path) -> None:
    settings = config(tmp_path / "model")
    with pytest.raises(CheckpointError, match=r"no run to resume at .*model\.state; start it without --resume"):
        next(train_lifter(replace(settings, resume=True)))

    finish(settings)
    with pytest.raises(CheckpointError, match="had another shape and seed; resume it with the same settings"):
        next(train_lifter(replace(settings, resume=True, seed=9, shape={"width": 16, "blocks": 1})))


def test_a_run_can_start_from_a_models_weights(tmp_path: Path) -> None:
    first = config(tmp_path / "first")
    finish(first)

    run = LifterRun(config(tmp_path / "second", start=first.output, seed=8))

    weight = read_tensors(first.output)["enter.weight"]
    assert run.network.state_dict()["enter.weight"].equal(weight)
    with pytest.raises(CheckpointError, match="has another network or skeleton than this run"):
        LifterRun(config(tmp_path / "third", start=first.output, shape={"width": 16, "blocks": 1}))


def test_poses_of_a_step_depend_on_seed_and_step_alone_and_are_never_used_twice(tmp_path: Path) -> None:
    run, again = (LifterRun(config(tmp_path / "m", seed=4)) for _ in range(2))
    third = run.uniforms(3)
    run.uniforms(5)

    assert again.uniforms(3).equal(third)
    assert not run.uniforms(4).equal(third)
    assert not LifterRun(config(tmp_path / "m", seed=5)).uniforms(3).equal(third)


def test_the_paper_sees_perfect_keypoints_of_poses_whose_longest_bone_is_one(tmp_path: Path) -> None:
    run = LifterRun(config(tmp_path / "m", "paper"))
    batch = run.sample(run.uniforms(0))

    assert batch.poses.lengths.amax(0).allclose(torch.ones(64))
    assert batch.keypoints.equal(batch.views.joints[:2])
    assert batch.present.min() == 1


def test_the_rate_warms_up_and_falls(tmp_path: Path) -> None:
    falling = config(tmp_path / "m", steps=102, warmup=2, schedule="cosine")
    constant = replace(falling, schedule="constant", warmup=0)

    assert [rate_at(s, falling) for s in (0, 1, 2, 52, 102)] == pytest.approx([0.5, 1, 1, 0.5, 0])
    assert {rate_at(s, constant) for s in range(102)} == {1.0}


def test_an_output_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"Cannot write the model .*nowhere"):
        finish(config(tmp_path / "nowhere" / "model"))


def test_a_batch_in_pieces_teaches_what_the_whole_batch_teaches(tmp_path: Path) -> None:
    whole, parts = (LifterRun(config(tmp_path / "m", half=False)) for _ in range(2))
    parts.piece = 20  # the last one is smaller

    losses = [run.advance() for run in (whole, parts)]

    for name, value in losses[0].items():
        assert float(losses[1][name]) == pytest.approx(float(value), rel=1e-4, abs=1e-6)
    for a, b in zip(whole.network.parameters(), parts.network.parameters(), strict=True):
        assert a.grad is not None and b.grad is not None
        assert torch.allclose(a.grad, b.grad, rtol=1e-3, atol=1e-6)


def test_reports_come_in_the_middle_of_a_step_and_closing_there_saves_whole_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifter, "PIECE", 16)
    settings = config(tmp_path / "m", report_seconds=0.0, unseen=32)
    training = train_lifter(settings)

    reports = [next(training) for _ in range(7)]
    training.close()

    assert [(r.step, r.poses_seen) for r in reports] == [(0, n) for n in (0, 0, 16, 16, 16, 32, 32)]
    finish(replace(settings, resume=True))
    finish(replace(settings, output=tmp_path / "whole"))
    a, b = read_tensors(settings.output), read_tensors(tmp_path / "whole")
    assert all(a[k].equal(b[k]) for k in a)


def test_what_is_thrown_in_ends_it_without_saving(tmp_path: Path) -> None:
    settings = config(tmp_path / "m", steps=100, save_every=100)
    training = train_lifter(settings)
    next(training)

    with pytest.raises(KeyError):
        training.throw(KeyError("enough"))

    assert list(tmp_path.iterdir()) == []


def test_a_device_that_cannot_hold_a_few_poses_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(run: LifterRun, batch: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(LifterRun, "losses", never)
    with pytest.raises(PoseviewerError, match=r"too little memory even for 32 poses at once; .* --device cpu"):
        finish(config(tmp_path / "m"))


def test_a_disk_that_fills_up_leaves_the_last_checkpoint(tmp_path: Path) -> None:
    settings = config(tmp_path / "m.safetensors", steps=100)
    training = train_lifter(settings)
    next(training)
    good = settings.output.read_bytes(), state_path(settings.output).read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))  # the system then refuses as a full disk does
    try:
        with pytest.raises(CheckpointError, match=r"Cannot write the model .*m\.safetensors"):
            next(training)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert (settings.output.read_bytes(), state_path(settings.output).read_bytes()) == good
    assert len(list(tmp_path.iterdir())) == 2
