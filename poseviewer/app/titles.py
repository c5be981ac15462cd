"""Words that follow what is open: the window's title, and what undo and redo would do."""

from __future__ import annotations

from typing import Any


def window_title(document: Any) -> str:
    """The project's name; where it is, the system shows by itself or the user knows."""
    name = "Untitled project" if document.untitled else document.path.stem
    return f"{name} (read-only)" if document.read_only else name


def action_texts(document: Any) -> dict[str, str]:
    """Menu texts by action id: `Undo Place left hip`."""
    return {
        "edit.undo": _with("&Undo", document.undo_text),
        "edit.redo": _with("&Redo", document.redo_text),
    }


def _with(verb: str, what: str) -> str:
    return f"{verb} {what[0].lower()}{what[1:]}" if what else verb
