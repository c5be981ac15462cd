from __future__ import annotations

from typing import Any

from pytestqt.qtbot import QtBot


def test_the_panel_belongs_to_the_runner_of_the_project(qtbot: QtBot, window: Any, workspace: Any) -> None:
    window.actions_.by_id["view.train"].trigger()
    panel = workspace.docks.panel("dock.train")

    qtbot.waitUntil(panel.isVisible)
    assert panel.form.train.isEnabled()
    assert workspace.training.runner.records() == ()


def test_closing_a_project_that_never_trained_is_quick_and_quiet(qtbot: QtBot, window: Any, workspace: Any) -> None:
    workspace.docks.panel("dock.train")

    window.actions_.by_id["file.close"].trigger()

    assert window.workspace is None and window.tasks.count == 0
