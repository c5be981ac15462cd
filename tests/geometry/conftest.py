"""What tests of the fit inside the ranges share."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def narrow() -> ModuleType:
    """The functions of narrow_ranges.py: poses that a range is too narrow for, and their fit."""
    spec = importlib.util.spec_from_file_location("narrow_ranges", Path(__file__).with_name("narrow_ranges.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
