"""The door: what opens the window, what goes to the verbs, and what is said about the rest."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

import poseviewer
from poseviewer import __main__ as door
from poseviewer.__main__ import VERBS, WindowRequest, main, window_request
from poseviewer.cli.failures import DEBUG_VARIABLE


@pytest.mark.parametrize(
    ("arguments", "request_"),
    [
        ([], WindowRequest()),
        (["demo"], WindowRequest(demo=True)),
        (["./demo"], WindowRequest((Path("demo"),))),
        (["a.mp4", "b.png"], WindowRequest((Path("a.mp4"), Path("b.png")))),
        (["demo", "--screenshot", "p.png"], WindowRequest(demo=True, screenshot=Path("p.png"))),
        (["--screenshot=p.png", "a.mp4"], WindowRequest((Path("a.mp4"),), screenshot=Path("p.png"))),
        (["a.mp4", "lift"], WindowRequest((Path("a.mp4"), Path("lift")))),
    ],
)
def test_paths_are_for_the_window(arguments: list[str], request_: WindowRequest) -> None:
    assert window_request(arguments) == request_


@pytest.mark.parametrize(
    "arguments", [["lift", "a.npz"], ["--help"], ["a.mp4", "--what"], ["--screenshot"], ["doctor"]]
)
def test_verbs_and_unknown_options_are_not(arguments: list[str]) -> None:
    assert window_request(arguments) is None


def test_every_verb_is_known_to_the_door() -> None:
    import typer

    from poseviewer.cli.verbs import app

    assert set(VERBS) == {name.split()[0] for name in typer.main.get_command(app).commands}


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"poseviewer {poseviewer.__version__}\n"
    assert re.fullmatch(r"\d+\.\d+\.\d+", poseviewer.__version__)


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0

    shown = capsys.readouterr().out
    assert all(verb in shown for verb in (*VERBS, "demo", "PATH"))


def test_a_wrong_option_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--wat"]) == 2
    assert "--wat" in capsys.readouterr().err


def test_a_missing_file_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main([str(tmp_path / "none.mp4")]) == 1
    assert (
        capsys.readouterr().err
        == f"There is no file {tmp_path / 'none.mp4'}; check the name, or run 'poseviewer --help'.\n"
    )


def test_a_mistyped_verb_is_understood(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evalute"]) == 1
    assert "did you mean 'poseviewer evaluate'?" in capsys.readouterr().err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only there may a display be missing")
def test_without_a_display_the_window_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)

    assert main(["demo"]) == 1
    assert "display" in capsys.readouterr().err


def test_the_window_gets_what_was_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = []
    monkeypatch.setenv("DISPLAY", ":99")
    monkeypatch.setattr("poseviewer.app.start.run_window", lambda *arguments: asked.append(arguments) or 0)
    video = tmp_path / "dog.mp4"
    video.touch()

    assert main([str(video)]) == 0
    assert main(["demo", "--screenshot", "p.png"]) == 0
    assert asked == [([str(video)], False, None), ([], True, Path("p.png"))]


def test_debug_is_understood_anywhere(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv(DEBUG_VARIABLE, "")

    assert main(["none.mp4", "--debug"]) == 1
    assert os.environ[DEBUG_VARIABLE] == "1"
    assert "Traceback" in capsys.readouterr().err


def test_the_public_names_are_these() -> None:
    assert sorted(poseviewer.__all__) == ["Project", "__version__", "detect", "lift", "synthesize"]
    assert all(callable(getattr(poseviewer, name)) for name in ("Project", "detect", "lift", "synthesize"))
    assert callable(poseviewer.Project.open)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = poseviewer.nothing


def test_the_door_is_the_scripts_entry() -> None:
    assert door.main is main
