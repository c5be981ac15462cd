"""What every test may ask for."""

from __future__ import annotations

import gc
import importlib.util
import itertools
import os
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent

# As in the program (poseviewer/app/garbage.py): garbage with windows in it may only be collected in their thread.
gc.disable()
_tests = itertools.count(1)
ALL_AFTER = 50
"""Tests between two collections of everything."""


def pytest_runtest_logfinish() -> None:
    gc.collect(1 if next(_tests) % ALL_AFTER else 2)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data, which is not part of the project; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("POSEVIEWER_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the real data is not at {folder}; set POSEVIEWER_DATA to its folder")
    return folder


@pytest.fixture(scope="session")
def dots() -> ModuleType:
    """models/dots.py: an animal of three coloured dots, videos of it, and a detector that finds it."""
    spec = importlib.util.spec_from_file_location("dots", ROOT / "tests" / "models" / "dots.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
