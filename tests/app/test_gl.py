"""OpenGL is tried where it can do no harm, and every way of failing is an answer."""

from __future__ import annotations

import sys

import pytest
from pytestqt.qtbot import QtBot

from poseviewer.app import gl
from poseviewer.app.gl import GlProbe, GlReport, opengl_report


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gl, "_known", None)
    monkeypatch.delenv("POSEVIEWER_OPENGL", raising=False)


def child(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(gl, "CHILD", ("-c", code))


def answer(qtbot: QtBot, probe: GlProbe) -> GlReport:
    with qtbot.waitSignal(probe.answered, timeout=30_000) as heard:
        probe.start()
    report = heard.args[0] if heard.args else None
    assert isinstance(report, GlReport)
    return report


def test_the_software_opengl_of_the_tests_is_usable() -> None:
    report = opengl_report()
    assert report.usable, report.reason
    assert report.renderer.startswith("OpenGL (")
    assert opengl_report() is report


def test_without_a_display_there_is_none_and_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "minimal")
    report = opengl_report()
    assert not report.usable and report.reason


@pytest.mark.parametrize(
    "code",
    ["import os; os.abort()", "print('not json')", "pass", "print('[1]')"],
    ids=["crash", "words", "silence", "another shape"],
)
def test_a_child_that_does_not_answer_properly_means_no(
    monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, code: str
) -> None:
    child(monkeypatch, code)
    assert opengl_report() == GlReport(False, reason="the driver ended the test of it")
    monkeypatch.setattr(gl, "_known", None)
    assert answer(qtbot, GlProbe()) == GlReport(False, reason="the driver ended the test of it")


def test_a_child_that_hangs_means_no(monkeypatch: pytest.MonkeyPatch) -> None:
    child(monkeypatch, "import time; time.sleep(60)")
    monkeypatch.setattr(gl, "SECONDS", 1)
    assert "did not answer in 1 seconds" in opengl_report().reason


def test_a_child_that_cannot_be_started_means_no(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert not opengl_report().usable
    monkeypatch.setattr(gl, "_known", None)
    assert answer(qtbot, GlProbe()) == GlReport(False, reason="the test of it could not be started")


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    monkeypatch.setenv("POSEVIEWER_OPENGL", "off")
    child(monkeypatch, "raise SystemExit('must not run')")
    assert opengl_report() == GlReport(False, reason="POSEVIEWER_OPENGL switches it off")
    assert not answer(qtbot, GlProbe()).usable


def test_it_is_asked_once_for_all(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    child(monkeypatch, """print('{"usable": true, "renderer": "here"}')""")
    first = answer(qtbot, GlProbe())
    assert first == GlReport(True, "here")
    child(monkeypatch, "pass")
    assert answer(qtbot, GlProbe()) is first
    assert opengl_report() is first


def test_a_stopped_question_has_no_answer(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    child(monkeypatch, "import time; time.sleep(60)")
    probe = GlProbe()
    with qtbot.assertNotEmitted(probe.answered, wait=100):
        probe.start()
        probe.stop()
    probe.stop()
    child(monkeypatch, """print('{"usable": true}')""")
    assert answer(qtbot, probe).usable
