"""Torch's library can be opened while other threads go on, and torch works on it afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from training.preload import preload_torch

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the import does it as ever")
def test_torch_is_imported_on_the_library_that_was_opened() -> None:
    code = (
        "import sys; from training.preload import preload_torch; opened = preload_torch();"
        "assert 'torch' not in sys.modules;"
        "maps = open('/proc/self/maps').read(); assert 'libtorch_cpu' in maps;"
        "import torch; print(opened, float(torch.ones(3).sum()), preload_torch())"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)

    assert (done.stdout.split(), done.returncode) == (["True", "3.0", "False"], 0), done.stderr


def test_where_there_is_no_torch_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    assert preload_torch() is False
