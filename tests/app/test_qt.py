"""The display is looked for before Qt would end the process over it."""

from __future__ import annotations

import socket
import sys

import pytest

from poseviewer.app.qt import application, display_problem

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")


def test_no_display_is_one_sentence_with_a_cure():
    said = display_problem({})
    assert said is not None and "--screenshot" in said and said.count(". ") == 0


def test_a_dead_display_is_named():
    assert ":9471" in (display_problem({"DISPLAY": ":9471"}) or "")


def test_a_living_display_is_fine():
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0/tmp/.X11-unix/X9472")
        server.listen()
        assert display_problem({"DISPLAY": ":9472.0"}) is None


@pytest.mark.parametrize("env", [{"WAYLAND_DISPLAY": "wayland-0"}, {"QT_QPA_PLATFORM": "offscreen"}])
def test_other_platforms_are_left_to_qt(env):
    assert display_problem(env) is None


def test_the_application_has_a_name_and_an_icon(qapp):
    app = application()
    assert app is qapp
    assert app.applicationName() == "poseviewer"
    assert not app.windowIcon().isNull()
