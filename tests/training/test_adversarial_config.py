"""Presets of the methods that learn from 2D: they can all be built, and a paper's says what the paper says."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from poseviewer.io.skeleton_files import load_ranges
from poseviewer.models.depth_network import DepthNetwork
from training.adversarial_config import METHODS, adversarial_config, job_config, reproduce
from training.critic import GAMES, Critic
from training.flow_prior import FlowPrior
from training.job import Job
from training.presets import preset_names, preset_words

PRESETS = [(method, preset) for method in METHODS for preset in preset_names(method)]


@pytest.mark.parametrize(("method", "preset"), PRESETS)
def test_every_preset_makes_networks_for_its_skeleton(method: str, preset: str, tmp_path: Path) -> None:
    config = adversarial_config(method, preset, output=tmp_path / "m.safetensors")
    skeleton = config.ranges.skeleton
    with torch.device("meta"):
        DepthNetwork(skeleton, **config.shape)
    if method == "flow":
        pytest.importorskip("zuko")
        FlowPrior(skeleton, **config.critic)
        assert config.terms["likelihood"] > 0 and 0 < config.prior_share < 1
    else:
        with torch.device("meta"):
            Critic(skeleton, **config.critic)
        assert config.game in GAMES and config.terms["adversarial"] > 0
    assert preset_words(method, preset)["about"]
    if config.turns.upright == "learned":
        assert tuple(config.shape["learned_elevation"]) == config.turns.elevation


def test_003_as_published(tmp_path: Path) -> None:
    config = adversarial_config("drover", "paper", output=tmp_path / "m.safetensors")
    assert config.ranges.skeleton.name == "human14"
    assert (config.batch, config.learning_rate, config.game) == (32768, 2e-4, "standard")
    assert (config.shape["width"], config.shape["blocks"], config.critic["blocks"]) == (1024, 4, 3)
    assert config.critic["outputs"] == 2
    assert (config.turns.azimuth, config.turns.elevation, config.turns.upright) == (180.0, (0.0, 20.0), "level")
    assert dict(config.terms) == {"adversarial": 1.0}


def test_002_as_published(tmp_path: Path) -> None:
    config = adversarial_config("svma", "paper", output=tmp_path / "m.safetensors")
    assert (config.learning_rate, config.betas, config.game, config.penalty) == (5.5e-5, (0.7, 0.9), "wasserstein", 10)
    assert dict(config.terms) == {
        "adversarial": 1.0, "angle": 1.0, "camera": 1.0, "symmetry": 0.01, "pose": 0.1, "views": 10.0
    }  # fmt: skip
    assert config.turns.elevation == (0.0, 0.0)


@pytest.mark.parametrize("preset", ["paper", "paper-full", "paper-split", "paper-five", "paper-split-five"])
def test_004_as_published(preset: str, tmp_path: Path) -> None:
    config = adversarial_config("hardy", preset, output=tmp_path / "m.safetensors")
    assert config.ranges.skeleton.name == "human16"
    assert (config.batch, config.learning_rate, config.game, config.flips) == (8192, 2e-4, "least-squares", 0.1)
    assert dict(config.terms) == {"adversarial": 1.0, "reprojection": 10.0, "quarter": 3.0}
    assert (config.turns.azimuth, config.turns.elevation, config.turns.one) == (160.0, (-10.0, 10.0), True)


def test_a_job_of_the_window_says_what_differs(tmp_path: Path) -> None:
    job = Job(
        "hardy", "default", load_ranges("human17"), tmp_path / "m.safetensors",
        settings={"steps": 7, "poses": ["a.npz"], "seed": 3}, save_seconds=60.0,
    )  # fmt: skip
    config = job_config("hardy", job)
    assert (config.steps, config.poses, config.seed, config.save_seconds) == (7, ("a.npz",), 3, 60.0)
    assert config.ranges.skeleton.name == "human17"


def test_the_command_makes_it_again(tmp_path: Path) -> None:
    config = adversarial_config(
        "drover", "default", None, ["data/bandai2.npz"], weights={"bandai2": 0.25}, output=tmp_path / "m.safetensors"
    )
    assert reproduce(config).startswith(
        "poseviewer train drover bandai2.npz --preset default --weight bandai2=0.25 --skeleton human17"
    )
