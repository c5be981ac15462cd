"""Choosing a lifter is an edit, and one that cannot be used is said in the 3D view and the status line."""

from __future__ import annotations

from poseviewer.app import open_dialogs


def test_a_chosen_lifter_can_be_undone(window, workspace, monkeypatch, tmp_path):
    monkeypatch.setattr(open_dialogs, "ask_model", lambda *_: str(tmp_path / "mine.safetensors"))
    document = window.opening.document
    window.actions_.by_id["skeleton.model"].trigger()
    assert document.project.model == str(tmp_path / "mine.safetensors")
    window.actions_.by_id["skeleton.shipped"].trigger()
    assert document.project.model == ""
    window.actions_.by_id["edit.undo"].trigger()
    assert document.project.model.endswith("mine.safetensors")


def test_thinking_better_of_it_changes_nothing(window, workspace, monkeypatch):
    monkeypatch.setattr(open_dialogs, "ask_model", lambda *_: "")
    before = window.opening.document.project
    window.actions_.by_id["skeleton.model"].trigger()
    assert window.opening.document.project is before
