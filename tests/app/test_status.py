"""The status line keeps its fields while messages pass."""

from __future__ import annotations

from poseviewer.app.status import StatusLine


def test_messages_pass_and_fields_stay(qtbot):
    status = StatusLine()
    qtbot.addWidget(status)
    status.model.setText("CPU · quadruped16 default")
    status.say("Saved.")
    assert status.currentMessage() == "Saved."
    status.clearMessage()
    assert status.model.text() == "CPU · quadruped16 default"
    status.clear_fields()
    assert status.model.text() == ""
