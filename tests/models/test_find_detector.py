"""Detectors are found by file, by skeleton or by name; what does not fit is refused with the cure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from poseviewer.core.errors import CheckpointError
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.skeleton_files import skeleton_to_table
from poseviewer.models import find_detector as module
from poseviewer.models.card import ModelCard
from poseviewer.models.checkpoint import save_checkpoint
from poseviewer.models.find_detector import find_detector, no_detector, shipped_detectors

DOTS = Skeleton.from_names("dots", ["red", "green"], [("red", "green")])
OTHER = Skeleton.from_names("other", ["a", "b", "c"], [("a", "b"), ("b", "c")])


def written(path: Path, kind: str = "detector", skeleton: Skeleton = DOTS) -> Path:
    card = ModelCard(
        kind=kind, network="pyramid", shape={}, skeleton=skeleton_to_table(skeleton), ranges={}, preset="default",
        recipe="", seed=0, steps=1, poses_seen=8, device="cpu",
    )  # fmt: skip
    save_checkpoint(path, {"x": torch.zeros(1)}, card)
    return path


def test_a_file_is_found_for_its_skeleton_or_any(tmp_path: Path) -> None:
    path = written(tmp_path / "m.safetensors")

    for skeleton in (DOTS, None):
        found = find_detector(path, skeleton)
        assert found is not None
        assert found[0] == path
        assert found[1].load_skeleton() == DOTS


def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"trained for the skeleton 'other' \(3 joints\).*'dots'"):
        find_detector(written(tmp_path / "o.safetensors", skeleton=OTHER), DOTS)
    with pytest.raises(CheckpointError, match="is a lifter, not a detector"):
        find_detector(written(tmp_path / "l.safetensors", kind="lifter"), DOTS)
    with pytest.raises(CheckpointError, match="There is no model"):
        find_detector(tmp_path / "none.safetensors", DOTS)
    (tmp_path / "bad.safetensors").write_bytes(b"\x10\0\0\0\0\0\0\0not a model at all")
    with pytest.raises(CheckpointError, match="damaged"):
        find_detector(tmp_path / "bad.safetensors", DOTS)


def test_the_shipped_one_is_found_by_skeleton_and_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "resource", lambda *parts: tmp_path.joinpath(*parts[1:]))
    assert find_detector("", DOTS) is None
    assert find_detector(None, None) is None
    path = written(tmp_path / "dots.detector.safetensors")
    written(tmp_path / "dots.white.detector.safetensors")

    found = find_detector("", DOTS), find_detector("dots", None)

    assert [f and f[0] for f in found] == [path, path]
    assert shipped_detectors("dots") == ["dots", "dots.white"]


def test_where_there_is_none_the_cure_is_named() -> None:
    assert "train detector" in str(no_detector(DOTS))
    assert "--model" in str(no_detector(None))


def test_it_needs_no_torch() -> None:
    code = "import sys, poseviewer.models.find_detector; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
