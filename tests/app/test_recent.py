"""What the start page offers, in words."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from poseviewer.app.recent import recent_projects, when

NOW = datetime(2026, 3, 1, 12, 0)


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (datetime(2026, 3, 1, 11, 59, 30), "just now"),
        (datetime(2026, 3, 1, 0, 5), "today, 00:05"),
        (datetime(2026, 2, 28, 23, 59), "yesterday, 23:59"),
        (datetime(2026, 2, 27, 12, 0), "27 February 2026"),
        (datetime(2025, 3, 1, 12, 0), "1 March 2025"),
    ],
)
def test_times_are_said_as_people_say_them(then, words):
    assert when(then, NOW) == words


def test_projects_are_listed_untitled_first_and_the_missing_are_marked(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    kept, lost, untitled = tmp_path / "dogs" / "trot.poseproj", tmp_path / "gone.poseproj", tmp_path / "u.poseproj"
    kept.parent.mkdir()
    for path in (kept, untitled):
        path.touch()
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    found = recent_projects([str(kept), str(lost), str(untitled)], [untitled], NOW)
    assert [(p.title, p.there, p.untitled) for p in found] == [
        ("Untitled", True, True),
        ("trot", True, False),
        ("gone", False, False),
    ]
    assert found[1].detail == f"{Path('~') / 'dogs'} · just now"
    assert found[2].detail == "not found in ~"
