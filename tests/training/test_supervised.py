"""Supervised training: which poses are drawn how often, and which never."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from poseviewer.core.errors import PoseInputError
from poseviewer.io.npz import write_npz
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.models.checkpoint import read_card
from poseviewer.synthesis.evolution import evolved_joints, first_of_ranges
from training.job import Job, train
from training.pose_material import read_material
from training.presets import preset_names
from training.supervised import SupervisedConfig, SupervisedRun, supervised_config, train_supervised

HUMAN = load_ranges("human17")
SMALL = {
    "shape": {"width": 8, "blocks": 1, "stages": 2, "norm": "layer", "dropout": 0.0}, "batch": 32, "steps": 2,
    "unseen": 32, "device": "cpu", "report_seconds": math.inf,
}  # fmt: skip


def written(path: Path, count: int, seed: int = 0) -> Path:
    joints = 900 * evolved_joints(HUMAN, first_of_ranges(HUMAN, count, seed))
    write_npz(path, joints=joints, joint_names=np.array(HUMAN.skeleton.joints))
    return path


@pytest.mark.parametrize("name", preset_names("supervised"))
def test_every_preset_is_a_config(name: str, tmp_path: Path) -> None:
    config = supervised_config(name, ranges=HUMAN, output=tmp_path / "m.safetensors")

    assert isinstance(config, SupervisedConfig)
    assert (config.preset, config.network) == (name, "cascade")
    assert config.warmup < config.bounds[1]


def test_it_trains_and_says_by_what(tmp_path: Path) -> None:
    files = [written(tmp_path / "walks.npz", 40), written(tmp_path / "jumps.npz", 30, 1)]
    config = supervised_config(
        ranges=HUMAN, output=tmp_path / "m", poses=files, weights={"walks": 0.25}, validate=files[1], **SMALL
    )

    reports = list(train_supervised(config))

    assert reports[-1].step == 2
    assert "of_flat" in reports[-1].validation
    card = read_card(tmp_path / "m")
    assert (card.recipe, card.network, card.preset) == ("recorded poses", "cascade", "supervised")
    assert card.command == (
        "poseviewer train supervised walks.npz jumps.npz --weight walks=0.25 --ranges human17 --preset default "
        "--seed 0 --steps 2 --batch 32 -o m"
    )


def test_poses_are_drawn_by_their_weight_and_whole_blocks_are_kept_back(tmp_path: Path) -> None:
    files = [written(tmp_path / "a.npz", 2000), written(tmp_path / "b.npz", 1000, 1)]
    weights = {"a": 0.25}
    config = supervised_config(ranges=HUMAN, output=tmp_path / "m", poses=files, weights=weights, **SMALL)
    run = SupervisedRun(config, read_material(files, HUMAN.skeleton, weights))
    uniforms = np.random.default_rng(0).random(200_000, dtype=np.float32)

    learned, unseen = (run.chosen(uniforms, held) for held in (False, True))

    assert set(unseen.tolist()) == set(range(1900, 2000))
    assert not set(learned.tolist()) & set(unseen.tolist())
    assert (learned < 2000).mean() == pytest.approx(0.25 * 1900 / (0.25 * 1900 + 1000), abs=0.01)
    assert np.array_equal(run.chosen(torch.from_numpy(uniforms), False).numpy(), learned)


def test_few_poses_keep_some_back_and_one_pose_is_its_own_validation(tmp_path: Path) -> None:
    for count in (1, 5):
        files = [written(tmp_path / "few.npz", count)]
        config = supervised_config(ranges=HUMAN, output=tmp_path / "m", poses=files, **SMALL)
        run = SupervisedRun(config, read_material(files, HUMAN.skeleton))
        uniforms = np.linspace(0, 1, 50, endpoint=False, dtype=np.float32)
        assert set(run.chosen(uniforms, True).tolist()) == {count - 1}
        assert set(run.chosen(uniforms, False).tolist()) == set(range(max(1, count - 1)))


def test_the_window_asks_by_a_job(tmp_path: Path) -> None:
    path = written(tmp_path / "walks.npz", 40)
    job = Job("supervised", "default", HUMAN, tmp_path / "m", settings=SMALL | {"poses": [str(path)]})

    assert list(train(job))[-1].step == 2


def test_what_cannot_be_learned_from_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PoseInputError, match="learns from 3D poses; name files of them"):
        list(train_supervised(supervised_config(ranges=HUMAN, output=tmp_path / "m", **SMALL)))
    write_npz(
        tmp_path / "flat.npz", keypoints=np.random.default_rng(0).random((300, 17, 2)),
        joint_names=np.array(HUMAN.skeleton.joints),
    )  # fmt: skip
    config = supervised_config(ranges=HUMAN, output=tmp_path / "m", poses=[tmp_path / "flat.npz"], **SMALL)
    with pytest.raises(PoseInputError, match=r"flat\.npz hold 2D poses only"):
        list(train_supervised(config))
