"""File dialogs offer what can be opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from poseviewer.app.open_dialogs import both_cases, with_suffix


def test_patterns_match_in_both_cases():
    assert both_cases("*.png *.mp4") == "*.png *.mp4 *.PNG *.MP4"


@pytest.mark.parametrize("typed", ["/a/dogs", "/a/dogs.poseproj"])
def test_a_project_always_has_its_suffix(typed):
    assert with_suffix(typed) == Path("/a/dogs.poseproj")
