"""Cascades learn stage by stage, can be stopped and resumed as if they never had been, and are told by their card."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from poseviewer.core.errors import CheckpointError
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, Project
from poseviewer.geometry.kinematics import vectors_from_joints
from poseviewer.io.npz import write_npz
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.models.checkpoint import read_card, read_tensors
from poseviewer.models.lifter import load_lifter
from poseviewer.synthesis.evolution import evolved_joints, first_of_ranges
from training import cascade
from training.cascade import VALIDATION_STREAM
from training.evolution import EvolutionConfig, EvolutionRun, train_evolution
from training.own_frames import OwnFrames
from training.run_config import state_path

HUMAN = load_ranges("human17")
ROOT = HUMAN.skeleton.root


def config(output: Path, **changes: object) -> EvolutionConfig:
    known = {
        "ranges": HUMAN, "output": output, "batch": 64, "steps": 6, "learning_rate": 1e-3, "warmup": 1, "ema": 0.9,
        "shape": {"width": 16, "blocks": 1, "stages": 2, "norm": "batch", "dropout": 0.1}, "device": "cpu",
        "report_every": 3, "report_seconds": math.inf, "save_every": 3, "unseen": 64, "first": 50, "population": 100,
    }  # fmt: skip
    return EvolutionConfig(**(known | changes))  # type: ignore[arg-type]


def stock(count: int = 100, seed: int = 0) -> np.ndarray:
    return evolved_joints(HUMAN, first_of_ranges(HUMAN, count, seed))


def run_of(output: Path, **changes: object) -> EvolutionRun:
    return EvolutionRun(config(output, **changes), stock())


def finish(settings: EvolutionConfig) -> list[object]:
    return [report for report in train_evolution(settings) if report.step]


@pytest.mark.parametrize("norm", ["batch", "layer"])
def test_a_resumed_run_is_the_run_that_never_stopped(tmp_path: Path, norm: str) -> None:
    """Stopped after the first stage."""
    shape = {"width": 16, "blocks": 1, "stages": 2, "norm": norm, "dropout": 0.3}
    whole, parts = (config(tmp_path / name, shape=shape) for name in ("whole", "parts"))

    finish(whole)
    stopped = train_evolution(parts)
    assert next(report for report in stopped if report.step).step == 3
    stopped.close()
    finish(replace(parts, resume=True))

    assert read_card(whole.output).steps == read_card(parts.output).steps == 6
    for of in (lambda c: c.output, lambda c: state_path(c.output)):
        a, b = read_tensors(of(whole)), read_tensors(of(parts))
        assert a.keys() == b.keys()
        assert all(a[k].equal(b[k]) for k in a)


def test_stages_learn_one_after_the_other(tmp_path: Path) -> None:
    run = run_of(tmp_path / "m", steps=4)
    seen = []
    for _ in range(4):
        before = {k: v.clone() for k, v in run.network.state_dict().items()}
        stage = run.stage
        run.advance()
        after = run.network.state_dict()
        moved = {k.split(".")[1] for k in before if k.startswith("stages.") and not before[k].equal(after[k])}
        assert moved == {str(stage)}
        seen.append(stage)

    assert seen == [0, 0, 1, 1]


def test_every_stage_has_a_schedule_of_its_own(tmp_path: Path) -> None:
    run = run_of(tmp_path / "m", steps=20, warmup=2)
    rates = []
    for step in range(20):
        run.step = step
        rates.append(run.rate(""))

    assert rates[:10] == pytest.approx(rates[10:])
    assert max(rates) == rates[2] == 1e-3
    assert rates[0] == pytest.approx(5e-4)
    assert rates[9] < 1e-4


def test_views_of_a_step_depend_on_seed_and_step_alone(tmp_path: Path) -> None:
    run, again, other = (run_of(tmp_path / "m", seed=seed) for seed in (4, 4, 5))
    third = run.shown(3, 64)
    run.shown(5, 64)

    for a, b, c, d in zip(third, again.shown(3, 64), run.shown(4, 64), other.shown(3, 64), strict=True):
        assert a.equal(b)
        assert not a.equal(c)
        assert not a.equal(d)


def test_what_is_shown_is_the_projection_of_the_answer(tmp_path: Path) -> None:
    """Orthographic and without noise, the true joints have the keypoints' x and y, root-relative."""
    shown = run_of(tmp_path / "m", perspective=0.0).shown(0, 64)

    assert (shown.keypoints - shown.keypoints[:, ROOT, None]).allclose(shown.joints[..., :2], atol=1e-5)
    assert shown.keypoints.mean(1).allclose(torch.zeros(64, 2), atol=1e-5)
    assert shown.keypoints.square().sum(-1).mean(1).allclose(torch.ones(64), atol=1e-4)
    # Bones are as long as in the stock, in another unit.
    stocked = EvolutionRun(config(tmp_path / "m"), stock())
    bones = [(b.parent, b.child) for b in HUMAN.skeleton.bones]
    lengths = torch.stack([(shown.joints[:, a] - shown.joints[:, b]).norm(dim=-1) for a, b in bones], 1)
    ratios = lengths / lengths.amax(1, keepdim=True)
    assert ratios.amin() > 0.05 and stocked.stock.shape == (100, 17, 3)


def test_mirrored_poses_are_the_poses_of_mirrored_animals(tmp_path: Path) -> None:
    plain, mirrored = (run_of(tmp_path / "m", mirror=m, perspective=0.0) for m in (0.0, 1.0))
    joints = stock()
    other = joints[:, list(HUMAN.skeleton.mirror)] * np.array([-1, 1, 1], np.float32)
    by_hand = EvolutionRun(config(tmp_path / "m", mirror=0.0, perspective=0.0), other)

    assert mirrored.shown(2, 64).joints.allclose(by_hand.shown(2, 64).joints, atol=1e-5)
    assert not mirrored.shown(2, 64).joints.allclose(plain.shown(2, 64).joints, atol=1e-2)


def test_validation_is_on_poses_that_are_never_trained_on(tmp_path: Path) -> None:
    run = run_of(tmp_path / "m")
    uniforms = np.linspace(0, 1, 500, dtype=np.float32)

    learned, unseen = (set(run.chosen(uniforms, held).tolist()) for held in (False, True))

    assert learned == set(range(95))
    assert unseen == set(range(95, 100))
    assert not run.shown(VALIDATION_STREAM, 64).keypoints.equal(run.shown(0, 64).keypoints)


def test_the_loss_goes_down_and_the_spread_follows_it(tmp_path: Path) -> None:
    shape = {"width": 64, "blocks": 1, "stages": 1, "norm": "batch", "dropout": 0.0}
    run = run_of(tmp_path / "m", steps=120, batch=128, learning_rate=3e-3, shape=shape)
    losses = [run.advance() for _ in range(100)]

    assert set(losses[0]) == {"joint", "depth"}
    assert losses[-1]["joint"] < 0.7 * losses[0]["joint"]
    spread = run.network.spread  # type: ignore[union-attr]
    assert float(spread[ROOT]) < float(spread.mean()) < 0.9  # type: ignore[arg-type, operator]


def test_the_published_loss_is_the_mean_square(tmp_path: Path) -> None:
    run = run_of(tmp_path / "m", loss="square")
    shown = run.shown(0, 64)
    run.network.eval()

    losses = run.losses(shown)

    assert set(losses) == {"square"}
    off = run.network(shown.keypoints) - shown.joints
    assert float(losses["square"].detach()) == pytest.approx(float(off.square().mean().detach()), rel=1e-4)


def test_reports_validate_on_files_of_poses(tmp_path: Path) -> None:
    write_npz(tmp_path / "walk.npz", joints=900 * stock(30, 3), joint_names=np.array(HUMAN.skeleton.joints))
    reports = finish(config(tmp_path / "m", validate=str(tmp_path / "walk.npz"), steps=3))

    figures = reports[-1].validation  # type: ignore[attr-defined]
    assert set(figures) == {"L_ed", "L_el", "depth_error", "p_mpjpe", "of_flat", "of_flat_reflection_best"}
    assert all(math.isfinite(v) for v in figures.values())


def test_stopping_leaves_a_usable_model_with_its_card(tmp_path: Path) -> None:
    settings = config(tmp_path / "m.safetensors", steps=1000, save_every=1000, seed=5)
    training = train_evolution(settings)
    list(islice((report for report in training if report.step), 2))
    training.close()

    card = read_card(settings.output)
    assert (card.kind, card.network, card.steps, card.seed, card.recipe) == (
        "lifter",
        "cascade",
        6,
        5,
        "evolved ranges",
    )
    assert card.command == (
        "poseviewer train evolution --ranges human17 --preset default --seed 5 --steps 1000 --batch 64 -o m.safetensors"
    )
    keypoints = np.random.default_rng(0).uniform(0, 100, (3, 17, 2))
    assert np.isfinite(load_lifter(settings.output, HUMAN.skeleton, "cpu").lift(keypoints).joints).all()


def test_a_run_can_start_from_a_models_weights(tmp_path: Path) -> None:
    first = config(tmp_path / "first")
    finish(first)

    run = EvolutionRun(config(tmp_path / "second", start=first.output, seed=8), stock())

    name = "stages.0.leave.bias"
    assert run.network.state_dict()[name].equal(read_tensors(first.output)[name])
    assert "--start first" in run.card.command
    other = {"width": 8, "blocks": 1, "stages": 2, "norm": "batch", "dropout": 0.0}
    with pytest.raises(CheckpointError, match="has another network or skeleton than this run"):
        EvolutionRun(config(tmp_path / "third", start=first.output, shape=other), stock())


def test_a_batch_in_pieces_teaches_what_the_whole_batch_teaches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape = {"width": 16, "blocks": 1, "stages": 1, "norm": "layer", "dropout": 0.0}
    whole = run_of(tmp_path / "m", half=False, shape=shape)
    monkeypatch.setattr(cascade.CascadeRun, "most", 20)
    parts = run_of(tmp_path / "m", half=False, shape=shape)

    losses = [run.advance() for run in (whole, parts)]

    assert parts.piece == 20
    for name, value in losses[0].items():
        assert float(losses[1][name]) == pytest.approx(float(value), rel=1e-4)


@pytest.mark.parametrize(
    ("stages", "opening", "bounds"),
    [(1, 0.0, [0, 10]), (1, 0.7, [0, 10]), (2, 0.0, [0, 5, 10]), (3, 0.0, [0, 4, 7, 10]), (3, 0.6, [0, 6, 8, 10])],
)
def test_the_steps_are_shared_out_to_the_stages(tmp_path: Path, stages: int, opening: float, bounds: list[int]) -> None:
    shape = {"width": 8, "blocks": 1, "stages": stages}

    assert config(tmp_path / "m", steps=10, shape=shape, opening=opening).bounds == bounds


def test_the_users_own_frames_are_validated_on(tmp_path: Path) -> None:
    poses = np.random.default_rng(0).uniform(0, 200, (3, 17, 2))
    project = Project(HUMAN.skeleton, HUMAN)
    for frame, xy in enumerate(poses):
        project = project.with_instances(FrameKey("clip", frame), (Instance(Pose2D(xy)),))
    run = EvolutionRun(config(tmp_path / "m"), stock(), OwnFrames.of(project))

    figures = run.validate()

    assert figures["own reprojection px"] > 0
    assert "own hidden keypoint %" not in figures  # it cannot be asked about missing keypoints


def test_stretched_poses_point_the_same_way_with_other_symmetric_lengths(tmp_path: Path) -> None:
    plain, stretched = (run_of(tmp_path / "m", perspective=0.0, stretch=s).shown(1, 64) for s in (0.0, 1.0))
    skeleton = HUMAN.skeleton
    edges = [vectors_from_joints(skeleton, shown.joints) for shown in (plain, stretched)]
    lengths = [e.norm(dim=-1) for e in edges]

    assert torch.nn.functional.cosine_similarity(*edges, dim=-1).amin() > 1 - 1e-4
    ratio = (lengths[1] / lengths[0]).log()
    ratio = ratio - ratio.mean(1, keepdim=True)
    left, right = [a for a, _ in skeleton.bone_pairs], [b for _, b in skeleton.bone_pairs]
    assert ratio[:, left].allclose(ratio[:, right], atol=1e-4)
    spread = ratio.std(0)
    assert spread.amin() > 0.02 and spread.amax() < 0.3


def test_on_a_gpu_torch_makes_the_same_kind_of_views(tmp_path: Path) -> None:
    run = run_of(tmp_path / "m", perspective=0.3, stretch=1.0, noise=0.02)
    by_numpy = run.shown(1, 2000)
    run.by_numpy = False
    by_torch, again = run.shown(1, 2000), run.shown(1, 2000)

    for numpy_made, torch_made, same in zip(by_numpy, by_torch, again, strict=True):
        assert torch_made.equal(same)
        assert (torch_made.shape, torch_made.dtype) == (numpy_made.shape, numpy_made.dtype)
        assert torch_made.mean(0).allclose(numpy_made.mean(0), atol=0.1)
        assert torch_made.std(0).allclose(numpy_made.std(0), atol=0.1)
