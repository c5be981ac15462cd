"""Untrained models: what must hold for any weights needs no training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from poseviewer.io.skeleton_files import load_ranges
from poseviewer.models.checkpoint import ModelCard, save_checkpoint, tables
from poseviewer.models.lifter import make_network

SHAPES = {
    "default": {"width": 32, "blocks": 1},
    "paper": {"width": 32, "blocks": 1},
    "depth": {"width": 16, "blocks": 1},
    "cascade": {"width": 16, "blocks": 1, "stages": 2, "norm": "layer", "dropout": 0.0},
}


def _card_of(network: str = "default", ranges: str = "quadruped16", **changes: Any) -> ModelCard:
    skeleton, table = tables(load_ranges(ranges))
    known = {
        "kind": "lifter", "network": network, "shape": SHAPES[network], "skeleton": skeleton, "ranges": table,
        "preset": network, "recipe": network, "seed": 3, "steps": 10, "poses_seen": 640, "device": "cpu",
        "metrics": {"L_ed": -0.5},
    }  # fmt: skip
    return ModelCard(**(known | changes))


def _model_file(path: Path, network: str = "default", ranges: str = "quadruped16", **changes: Any) -> Path:
    torch.manual_seed(0)
    card = _card_of(network, ranges, **changes)
    save_checkpoint(path, make_network(card, load_ranges(ranges)).state_dict(), card)
    return path


@pytest.fixture
def card_of() -> Callable[..., ModelCard]:
    """`card_of(network, ranges, **changes)` is a model card."""
    return _card_of


@pytest.fixture
def model_file() -> Callable[..., Path]:
    """`model_file(path, network, ranges, **changes)` writes a model with random weights."""
    return _model_file


@pytest.fixture
def default_model(tmp_path: Path) -> Path:
    return _model_file(tmp_path / "default.safetensors")


@pytest.fixture
def paper_model(tmp_path: Path) -> Path:
    return _model_file(tmp_path / "paper.safetensors", "paper")
