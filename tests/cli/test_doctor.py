"""`poseviewer doctor` names what is broken and its cure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from poseviewer.cli import check, checks_software, checks_system, doctor
from poseviewer.cli.check import Check, Status

LDD = """\tlinux-vdso.so.1 (0x00007f7a8dea4000)
\tlibQt6Gui.so.6 => /opt/libQt6Gui.so.6 (0x00007f7a8d200000)
\tlibxcb-cursor.so.0 => not found
\tlibxkbcommon-x11.so.0 => not found
\tlibxcb-cursor.so.0 => not found
"""


def test_missing_libraries_are_named_once() -> None:
    assert checks_system.missing_libraries(LDD) == ["libxcb-cursor.so.0", "libxkbcommon-x11.so.0"]


def test_the_cure_is_one_apt_command() -> None:
    cure = checks_system.cure_for(["libxcb-cursor.so.0", "libxkbcommon-x11.so.0"])

    assert cure == "Run: sudo apt-get install -y libxcb-cursor0 libxkbcommon-x11-0"


def test_an_unknown_library_is_named_itself() -> None:
    assert "libodd.so.3" in checks_system.cure_for(["libodd.so.3"])


def test_a_missing_library_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(checks_system, "_xcb_plugin", lambda: Path("libqxcb.so"))
    monkeypatch.setattr(checks_system, "_ldd", lambda plugin: LDD)

    found = checks_system.check_qt_libraries()

    assert found.status is Status.BROKEN
    assert "libxcb-cursor0" in found.cure


def test_a_probe_that_crashes_is_reported_and_not_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "crashing_probe.py").write_text("import os; os.abort()")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    answer, reason = check.ask("crashing_probe")

    assert answer is None
    assert reason


def test_a_probe_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hanging_probe.py").write_text("import threading; threading.Event().wait()")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    assert check.ask("hanging_probe", timeout=0.5) == (None, "no answer in 0 s")


def test_without_a_display_nothing_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)

    assert {c.status for c in checks_system.check_opengl()} == {Status.WARNING}


def test_opengl_is_described_where_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = {"usable": True, "renderer": "llvmpipe", "reason": ""}
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(checks_system, "ask", lambda module: (answer, ""))

    assert checks_system.check_opengl()[1] == Check("OpenGL", Status.OK, "llvmpipe")


def test_no_opengl_is_a_warning_because_the_view_is_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = {"usable": False, "renderer": "", "reason": "the driver is too old"}
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(checks_system, "ask", lambda module: (answer, ""))

    found = checks_system.check_opengl()[1]

    assert found.status is Status.WARNING
    assert "the driver is too old" in found.found


def test_a_second_opencv_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks_software, "_version", lambda name: "4.10" if name == "opencv-python" else "")

    found = checks_software.check_opencv()

    assert found.status is Status.BROKEN
    assert "uninstall opencv-python" in found.cure


def test_a_broken_torch_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks_software, "ask", lambda module: (None, "DLL load failed"))

    found = checks_software.check_torch()

    assert found.status is Status.BROKEN
    assert "DLL load failed" in found.found


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks_software, "_version", lambda name: "" if name == "av" else "6.11.3")

    found = checks_software.check_packages()

    assert found.status is Status.BROKEN
    assert found.cure == "Run: python -m pip install av"


def test_damaged_models_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "quadruped16.lifter.safetensors").write_bytes(b"nonsense")
    monkeypatch.setattr("poseviewer.io.resources.resource", lambda *parts: tmp_path)

    found = checks_software.check_weights()

    assert found.status is Status.BROKEN
    assert "quadruped16.lifter" in found.found


@pytest.mark.skipif(not hasattr(__import__("os"), "geteuid"), reason="folder permissions are POSIX")
def test_folders_that_cannot_be_written_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setattr(checks_system.platformdirs, "user_config_path", lambda *a, **k: file / "poseviewer")

    found = checks_system.check_folders()

    assert found.status is Status.BROKEN
    assert str(file / "poseviewer") in found.found


def test_the_exit_code_says_whether_something_is_broken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good, odd = Check("A", Status.OK, "fine"), Check("B", Status.WARNING, "so so", "Do this.")
    monkeypatch.setattr(doctor, "checks", lambda: iter([good, odd]))
    assert doctor.doctor() == 0
    assert "Do this." in capsys.readouterr().out

    monkeypatch.setattr(doctor, "checks", lambda: iter([good, Check("C", Status.BROKEN, "no", "Do that.")]))
    assert doctor.doctor(as_json=True) == 1
    report = json.loads(capsys.readouterr().out)
    assert not report["ok"]
    assert report["checks"][1] == {"name": "C", "status": "broken", "found": "no", "cure": "Do that."}


def test_this_machine_can_run_the_tests() -> None:
    broken = [found for found in doctor.checks() if found.status is Status.BROKEN]

    assert not broken
