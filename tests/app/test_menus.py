"""Lists in menus show what there is now, and choosing from them does it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QMenu

from poseviewer.core import edits


def texts(menu: QMenu) -> list[str]:
    menu.aboutToShow.emit()
    return [a.text() for a in menu.actions()]


def choose(menu: QMenu, text: str) -> None:
    menu.aboutToShow.emit()
    next(a for a in menu.actions() if a.text() == text).trigger()


def test_recent_projects_are_listed_and_missing_ones_are_off(window, tmp_path):
    menus = window._menus
    assert texts(menus.recent) == ["No projects yet"]
    (tmp_path / "here.poseproj").touch()
    window.store.change(recent=(str(tmp_path / "here.poseproj"), "/gone/away.poseproj"))
    assert [t.split()[0] for t in texts(menus.recent)] == ["here", "away"]
    assert [a.isEnabled() for a in menus.recent.actions()] == [True, False]


@pytest.mark.parametrize(
    ("menu", "text", "field", "value"),
    [
        ("theme", "Dark", "theme", "dark"),
        ("palette", "Colour-blind safe", "palette", "colorblind"),
        ("device", "CPU", "device", "cpu"),
    ],
)
def test_choices_are_settings(window, menu, text, field, value):
    choose(getattr(window._menus, menu), text)
    assert getattr(window.store.current, field) == value
    getattr(window._menus, menu).aboutToShow.emit()
    assert [a.text() for a in getattr(window._menus, menu).actions() if a.isChecked()] == [text]


def test_the_skeleton_of_a_project_changes_and_undo_brings_it_back(window, workspace):
    choose(window._menus.skeleton, "Human, 17 joints")
    document = window.opening.document
    assert document.project.skeleton.name == "human17"
    window.actions_.by_id["edit.undo"].trigger()
    assert document.project.skeleton.name == "quadruped16"


def test_panels_are_listed_while_there_are_any(window, workspace):
    assert "3D pose" in texts(window._menus.panels)
    window.actions_.by_id["file.close"].trigger()
    assert not window._menus.panels.isEnabled()


def test_a_lifter_of_a_species_is_chosen_and_undo_brings_back_the_first(window, workspace):
    menu, document = window._menus.lifter, window.opening.document
    assert texts(menu)[:2] == ["quadruped16", "quadruped16.mouse"]
    choose(menu, "quadruped16.mouse")
    assert document.project.model == "quadruped16.mouse"
    menu.aboutToShow.emit()
    assert [a.text() for a in menu.actions() if a.isChecked()] == ["quadruped16.mouse"]
    window.actions_.by_id["edit.undo"].trigger()
    assert document.project.model == ""


def test_a_lifter_of_the_users_own_is_listed_by_its_file(window, workspace):
    document = window.opening.document
    document.push(edits.set_model(document.project, "/somewhere/mine.safetensors"))
    assert "mine" in texts(window._menus.lifter)
