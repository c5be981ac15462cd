"""Titles and texts follow what is open."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from poseviewer.app.titles import action_texts, window_title


@pytest.mark.parametrize(
    ("document", "title"),
    [
        (SimpleNamespace(untitled=True, path=Path("/x/untitled 3.poseproj"), read_only=False), "Untitled project"),
        (SimpleNamespace(untitled=False, path=Path("/x/Dogs.poseproj"), read_only=False), "Dogs"),
        (SimpleNamespace(untitled=False, path=Path("/x/Dogs.poseproj"), read_only=True), "Dogs (read-only)"),
    ],
)
def test_the_title_is_the_project_s_name(document, title):
    assert window_title(document) == title


def test_undo_and_redo_say_what_they_would_do():
    texts = action_texts(SimpleNamespace(undo_text="Move left elbow", redo_text=""))
    assert texts == {"edit.undo": "&Undo move left elbow", "edit.redo": "&Redo"}
