"""However a verb fails, people get one sentence, scripts a code, and the log the traceback."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from poseviewer.cli import failures
from poseviewer.cli.failures import guarded
from poseviewer.core.errors import MediaError


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "logs" / "poseviewer.log"
    monkeypatch.setattr(failures, "log_file", lambda: path)
    monkeypatch.delenv(failures.DEBUG_VARIABLE, raising=False)
    return path


def failing(error: BaseException) -> int:
    def work() -> None:
        raise error

    return guarded(work)


def test_success_is_zero_unless_the_work_says_otherwise() -> None:
    assert guarded(lambda: None) == 0
    assert guarded(lambda: 130) == 130


def test_our_own_errors_are_their_sentence(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    assert failing(MediaError("dog.mp4 is empty; copy it again.")) == 1
    assert capsys.readouterr().err == "dog.mp4 is empty; copy it again.\n"
    assert not log.exists()


def test_an_interruption_has_its_own_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert failing(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == "Interrupted.\n"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            FileNotFoundError(errno.ENOENT, "No such file or directory", "a.npz"),
            "a.npz: No such file or directory; check",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "b.npz"), "b.npz: Permission denied; choose a folder"),
        (IsADirectoryError(errno.EISDIR, "Is a directory", "c"), "c: Is a directory; name a file"),
        (OSError(errno.ENOSPC, "No space left on device", "d.npz"), "d.npz: No space left on device; free some space"),
        (OSError("odd"), "The system refused: odd."),
    ],
)
def test_what_the_system_refuses_names_the_file(
    error: OSError, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert failing(error) == 1
    shown = capsys.readouterr().err
    assert shown.startswith(sentence)
    assert shown.count("\n") == 1


def test_what_nobody_expected_goes_to_the_log(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    assert failing(ZeroDivisionError("division by zero")) == 1

    assert "ZeroDivisionError: division by zero" in capsys.readouterr().err
    assert "Traceback" in log.read_text()


def test_without_a_log_the_cure_is_debug(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setattr(failures, "log_file", lambda: blocked / "poseviewer.log")

    assert failing(ZeroDivisionError()) == 1
    assert "--debug" in capsys.readouterr().err


def test_debug_shows_the_traceback(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(failures.DEBUG_VARIABLE, "1")

    assert failing(MediaError("dog.mp4 is empty.")) == 1
    assert "Traceback" in capsys.readouterr().err
