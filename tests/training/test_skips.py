"""Skip connections are trained one after the other, the inner one first, and all else stands still."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from poseviewer.models.card import read_card
from poseviewer.models.checkpoint import read_tensors
from training.autoencoder import train_autoencoder
from training.run_config import state_path
from training.skips import SkipsRun, train_skips
from training.stage_config import StageConfig, stage_config
from training.unlabelled import Pictures

TINY: dict[str, Any] = {"batch": 2, "device": "cpu"}


@pytest.fixture
def pictures() -> Pictures:
    return np.random.default_rng(0).integers(0, 255, (4, 256, 256, 3), dtype=np.uint8)


@pytest.fixture
def config_of(tmp_path: Path, pictures: Pictures) -> Callable[..., StageConfig]:
    before = tmp_path / "autoencoder.safetensors"
    shape = {"width": 4, "skips": False}
    list(train_autoencoder(stage_config("autoencoder", output=before, steps=2, shape=shape, **TINY), pictures))

    def build(name: str = "m", **changes: Any) -> StageConfig:
        return stage_config("skips", output=tmp_path / f"{name}.safetensors", start=before, **(TINY | changes))

    return build


def differing(a: dict[str, Tensor], b: dict[str, Tensor]) -> set[str]:
    return {name for name in a if not torch.equal(a[name], b[name])}


def test_the_inner_one_first(config_of: Callable[..., StageConfig], pictures: Pictures) -> None:
    run = SkipsRun(config_of(steps=4), pictures)
    states = [{k: v.clone() for k, v in run.network.state_dict().items()}]
    for _ in range(4):
        run.advance()
        states.append({k: v.clone() for k, v in run.network.state_dict().items()})

    moved = [differing(a, b) for a, b in itertools.pairwise(states)]
    inner, outer = ({f"skips.{name}.weight", f"skips.{name}.bias"} for name in ("inner", "outer"))
    assert moved == [inner, inner, outer, outer]


def test_the_model_begins_as_the_autoencoder(config_of: Callable[..., StageConfig], pictures: Pictures) -> None:
    run = SkipsRun(config_of(), pictures)

    assert run.config.start is not None
    before = read_tensors(run.config.start)
    after = run.network.state_dict()
    assert {name for name in after if name not in before} == {
        f"skips.{s}.{p}" for s in ("inner", "outer") for p in ("weight", "bias")
    }
    assert not differing(before, dict(after))
    assert run.card.shape == {"width": 4, "skips": True}


def test_a_resumed_run_is_the_run_that_was_never_stopped(
    config_of: Callable[..., StageConfig], pictures: Pictures
) -> None:
    """It is stopped after the turn of the inner one, and while the outer one has no moments yet."""
    list(train_skips(config_of("straight", steps=4), pictures))
    stopped = train_skips(config_of("broken", steps=4, report_every=1, report_seconds=1e9), pictures)
    for report in stopped:
        if report.step == 2:
            break
    stopped.close()
    assert read_card(config_of("broken").output).steps == 2

    list(train_skips(config_of("broken", steps=4, resume=True), pictures))

    straight, broken = (read_tensors(state_path(config_of(name).output)) for name in ("straight", "broken"))
    assert straight.keys() == broken.keys()
    assert not differing(straight, broken)
