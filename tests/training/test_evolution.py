"""Training on evolved poses: from ranges alone, from a few poses, and as the window asks for it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from poseviewer.core.errors import PoseInputError, PoseviewerError
from poseviewer.io.npz import write_npz
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.models.checkpoint import read_card, read_tensors
from poseviewer.synthesis.evolution import evolved_joints, first_of_ranges
from training.evolution import EvolutionConfig, evolution_config, train_evolution, train_job
from training.job import Job, train
from training.presets import preset_names
from training.run_config import state_path

HUMAN = load_ranges("human17")
SMALL = {
    "shape": {"width": 8, "blocks": 1, "stages": 2, "norm": "layer", "dropout": 0.0}, "batch": 32, "steps": 2,
    "first": 40, "population": 90, "unseen": 32, "device": "cpu", "report_seconds": math.inf,
}  # fmt: skip


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """A file of twenty 3D poses, one of them incomplete."""
    joints = 900 * evolved_joints(HUMAN, first_of_ranges(HUMAN, 20, 3))
    joints[7, 2] = np.nan
    write_npz(tmp_path / "few.npz", joints=joints, joint_names=np.array(HUMAN.skeleton.joints))
    return tmp_path / "few.npz"


@pytest.mark.parametrize("name", preset_names("evolution"))
def test_every_preset_is_a_config(name: str, tmp_path: Path) -> None:
    config = evolution_config(name, ranges=HUMAN, output=tmp_path / "m.safetensors")

    assert isinstance(config, EvolutionConfig)
    assert (config.preset, config.network) == (name, "cascade")
    assert config.loss in ("distance", "square")
    assert config.warmup < config.bounds[1]
    assert config.views.elevation.max < math.pi / 2
    assert config.population >= config.first


def test_the_published_presets_are_the_published_ones(tmp_path: Path) -> None:
    """Li et al. 2020: Adam at 1e-3, batches of 8192, width 1024, two stages of two blocks or three of three."""
    for name, n in (("weak", 2), ("full", 3)):
        config = evolution_config(name, ranges=HUMAN, output=tmp_path / "m")
        assert config.shape == {"width": 1024, "blocks": n, "stages": n, "norm": "batch", "dropout": 0.5}
        assert (config.batch, config.learning_rate, config.loss) == (8192, 1e-3, "square")
        assert (config.schedule, config.warmup, config.weight_decay, config.ema, config.clip) == (
            "constant",
            0,
            0,
            0,
            0,
        )
        assert len(config.bounds) == n + 1


def test_from_ranges_alone(tmp_path: Path) -> None:
    reports = list(train_evolution(evolution_config(ranges=HUMAN, output=tmp_path / "m", **SMALL)))

    assert reports[0].message == "Evolving poses: 40 of 90."
    assert reports[-1].step == 2
    assert read_card(tmp_path / "m").recipe == "evolved ranges"


def test_from_a_few_poses(tmp_path: Path, few: Path) -> None:
    config = evolution_config(ranges=HUMAN, output=tmp_path / "m", poses=[str(few)], **SMALL)
    reports = list(train_evolution(config))

    assert reports[0].message == "Evolving poses: 19 of 90."
    card = read_card(tmp_path / "m")
    assert card.recipe == "evolved poses"
    assert card.command.startswith("poseviewer train evolution few.npz --ranges human17")


def test_a_population_grows_to_a_factor_of_the_first(tmp_path: Path, few: Path) -> None:
    changes = SMALL | {"population": 1, "factor": 2.5, "poses": [few]}
    reports = list(train_evolution(evolution_config(ranges=HUMAN, output=tmp_path / "m", **changes)))

    assert reports[0].message == "Evolving poses: 19 of 48."


def test_the_window_asks_by_a_job(tmp_path: Path, few: Path) -> None:
    job = Job("evolution", "default", HUMAN, tmp_path / "m", settings=SMALL | {"poses": [str(few)]})

    reports = list(train(job))

    assert reports[-1].step == 2 and reports[-1].saved
    again = Job(
        "evolution", "default", HUMAN, tmp_path / "m", settings=SMALL | {"poses": [str(few)], "steps": 3}, resume=True
    )
    assert list(train_job(again))[-1].step == 3
    assert read_card(state_path(tmp_path / "m")).steps == 3


def test_a_seed_gives_the_population_and_the_model(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        list(train_evolution(evolution_config(ranges=HUMAN, output=tmp_path / name, seed=seed, **SMALL)))
    a, b, c = (read_tensors(tmp_path / name)["stages.0.leave.weight"] for name in "abc")

    assert a.equal(b)
    assert not a.equal(c)


def test_animals_evolve_too(tmp_path: Path) -> None:
    dog = load_ranges("quadruped16.dog")
    reports = list(train_evolution(evolution_config(ranges=dog, output=tmp_path / "m", **SMALL)))

    assert reports[-1].step == 2


def test_poses_of_another_animal_are_refused(tmp_path: Path, few: Path) -> None:
    config = evolution_config(ranges=load_ranges("quadruped16"), output=tmp_path / "m", poses=[few], **SMALL)

    with pytest.raises(PoseInputError, match=r"few\.npz has no joint"):
        list(train_evolution(config))
    with pytest.raises(PoseviewerError, match="no evolution preset 'fast'; choose one of default"):
        evolution_config("fast", ranges=HUMAN, output=tmp_path / "m")
