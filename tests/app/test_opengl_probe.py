"""The probe describes OpenGL on the display that the tests run on."""

from __future__ import annotations

from poseviewer.cli.check import ask


def test_the_probe_finds_opengl() -> None:
    found, reason = ask("poseviewer.app.opengl_probe")

    assert found is not None, reason
    assert found["version"]
    assert found["renderer"]
