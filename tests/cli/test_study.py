"""What the verbs of `poseviewer study` share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from poseviewer.cli.study import check_outputs, parse_elevation
from poseviewer.core.errors import PoseviewerError


def test_elevations() -> None:
    assert parse_elevation("0:20") == (0, 20)
    assert parse_elevation("-10:10") == (-10, 10)


@pytest.mark.parametrize("text", ["", "20", "20:0", "a:b", "0:91", "nan:3"])
def test_no_elevations(text: str) -> None:
    with pytest.raises(PoseviewerError, match="as in --views 0:20"):
        parse_elevation(text)


def test_outputs_are_refused_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_outputs([tmp_path / "a.png", tmp_path / "b.json"], (".png", ".json"))
    with pytest.raises(PoseviewerError, match=r"must end in \.json"):
        check_outputs([tmp_path / "a.png"], [".json"])

    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    check_outputs([tmp_path / "b.json"], [".json"])
    with pytest.raises(PoseviewerError, match="matplotlib"):
        check_outputs([tmp_path / "a.png"], [".png"])
