"""A lifter that was hardly trained: enough for what surrounds it."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def barely_trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of quadruped16."""
    from training.lifter import lifter_config, train_lifter

    path = tmp_path_factory.mktemp("model") / "quadruped.safetensors"
    config = lifter_config("quick", skeleton="quadruped16", output=path, steps=3, batch=16, device="cpu")
    for _ in train_lifter(config):
        pass
    return path
