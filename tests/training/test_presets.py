"""Training presets that ship."""

from __future__ import annotations

from pathlib import Path

import pytest

from poseviewer.core.errors import PoseviewerError
from poseviewer.models.base import shipped_lifter
from poseviewer.models.card import read_card
from poseviewer.synthesis.presets import PRESETS
from training.lifter import LifterConfig, lifter_config
from training.presets import load_preset, preset_names, preset_words, stages


def test_the_default_is_first() -> None:
    names = preset_names("lifter")

    assert names[0] == "default"
    assert {"paper", "paper-fast", "quick", "finetune"} <= set(names)


@pytest.mark.parametrize("name", preset_names("lifter"))
def test_every_preset_is_a_config(name: str, tmp_path: Path) -> None:
    config = lifter_config(name, skeleton="quadruped16", output=tmp_path / "model.safetensors")

    assert isinstance(config, LifterConfig)
    assert config.preset == name
    assert config.recipe in PRESETS
    assert config.network in ("default", "paper")
    assert config.warmup < config.steps


def test_the_papers_preset_is_the_papers(tmp_path: Path) -> None:
    """001, section 4: 25 million poses in batches of 500, Adam at 1e-6; figure 6: width 1024, three blocks."""
    config = lifter_config("paper", skeleton="quadruped16", output=tmp_path / "model.safetensors")

    assert (config.network, config.recipe, config.ranges.name) == ("paper", "paper", "quadruped16.paper")
    assert config.batch == 500
    assert config.batch * config.steps == 25_000_000
    assert config.learning_rate == 1e-6
    assert (config.schedule, config.warmup, config.weight_decay, config.ema, config.clip) == ("constant", 0, 0, 0, 0)
    assert config.shape == {"width": 1024, "blocks": 3}


def test_an_unknown_preset_lists_the_known_ones() -> None:
    with pytest.raises(PoseviewerError, match="no lifter preset 'fast'; choose one of default, finetune, floor"):
        load_preset("lifter", "fast")


def test_what_is_given_goes_before_the_preset(tmp_path: Path) -> None:
    config = lifter_config("quick", ranges="human17", output=tmp_path / "m.safetensors", steps=7, seed=None)

    assert (config.steps, config.seed, config.ranges.name) == (7, 0, "human17")
    with pytest.raises(PoseviewerError, match="needs a skeleton or ranges"):
        lifter_config("quick", output=tmp_path / "m.safetensors")


def test_every_preset_says_what_it_is_for() -> None:
    for stage in stages():
        for name in preset_names(stage):
            words = preset_words(stage, name)
            assert words["title"] and words["about"].endswith(".")
            assert not set(words) & set(load_preset(stage, name))


def test_a_preset_without_a_shape_takes_that_of_the_model_it_starts_from(tmp_path: Path) -> None:
    config = lifter_config("finetune", skeleton="quadruped16", output=tmp_path / "m.safetensors")

    assert config.start == shipped_lifter("quadruped16")
    assert config.shape == read_card(config.start).shape
    with pytest.raises(PoseviewerError, match="'finetune' goes on from a model; give --start shipped"):
        lifter_config("finetune", skeleton="quadruped16", output=tmp_path / "m.safetensors", start="nothing")
    with pytest.raises(PoseviewerError, match="No lifter is shipped for the skeleton 'hand21'"):
        lifter_config("finetune", skeleton="hand21", output=tmp_path / "m.safetensors")
