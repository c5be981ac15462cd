"""Processes answer what threads would, end with whoever started them, and their loss is made up for."""

from __future__ import annotations

import gc
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from poseviewer.core.errors import PoseviewerError
from poseviewer.synthesis import picture_processes
from poseviewer.synthesis.picture_processes import Workers

ROOT = Path(__file__).resolve().parents[2]
SOON = 30
"""Seconds within which a process starts or ends on the slowest machine."""
posix = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_processes, "_said", threading.Event())


@pytest.fixture
def evaluating() -> Iterator[Workers]:
    """Two processes that evaluate what they are told."""
    with Workers(eval, 2) as workers:
        workers.start()
        assert workers.wait(SOON)
        yield workers


def test_until_there_are_processes_threads_answer() -> None:
    with Workers(pow, 2) as workers:
        assert [f.result() for f in [workers.submit(2, k) for k in range(20)]] == [2**k for k in range(20)]
        assert workers.processes == []


def test_processes_answer_in_the_place_of_threads(evaluating: Workers) -> None:
    answers = [evaluating.submit(f"({k} ** 2, __import__('os').getpid())") for k in range(40)]

    assert [f.result()[0] for f in answers] == [k**2 for k in range(40)]
    assert {f.result()[1] for f in answers} == set(evaluating.processes)


def test_with_one_core_there_is_no_process() -> None:
    with Workers(os.getpid, 1) as workers:
        workers.start()

        assert workers.submit().result() == os.getpid()
        assert not workers.wait(0)


def test_fixed_arrays_are_shared_and_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_processes.tempfile, "tempdir", str(tmp_path))
    frames = np.arange(3 * 70_001, dtype=np.uint8).reshape(3, 70_001)
    numbers = np.linspace(0, 1, 3003).reshape(3, 1001)
    function = partial(np.hstack, [frames, numbers])

    path = picture_processes._lay_down(function)
    there = picture_processes._pick_up(str(path))
    assert not there.args[0][1].flags.writeable
    assert there.args[0][1].flags.aligned

    with Workers(function, 2) as workers:
        here = workers.submit().result()
        workers.start()
        assert workers.wait(SOON)
        np.testing.assert_array_equal(workers.submit().result(), here)


def test_an_error_there_is_an_error_here(evaluating: Workers) -> None:
    with pytest.raises(ZeroDivisionError, match="division by zero") as caught:
        evaluating.submit("1 / 0").result()
    assert "In another process" in caught.value.__notes__[0]
    with pytest.raises(PoseviewerError, match="ask for less"):
        evaluating.submit(
            "(_ for _ in ()).throw(__import__('poseviewer.core.errors').core.errors.PoseviewerError('ask for less'))"
        ).result()
    with pytest.raises(ValueError, match="invalid literal"):
        evaluating.submit("int('x')").result()
    with pytest.raises(RuntimeError, match="cannot be pickled"):
        evaluating.submit("(_ for _ in ()).throw(type('Odd', (Exception,), {})('cannot be pickled'))").result()

    assert len(evaluating.processes) == 2
    assert evaluating.submit("40 + 2").result() == 42


def test_a_lost_process_is_made_up_for_and_said_once(evaluating: Workers, caplog: pytest.LogCaptureFixture) -> None:
    dies_there = f"7 if __import__('os').getpid() == {os.getpid()} else __import__('os')._exit(5)"
    with caplog.at_level(logging.WARNING):
        answers = [evaluating.submit(dies_there) for _ in range(6)]
        assert [f.result() for f in answers] == [7] * 6

    assert evaluating.processes == []
    assert [r.getMessage() for r in caplog.records] == [
        "Pictures are drawn more slowly, without further processes: one ended with exit code 5."
    ]


def test_without_an_interpreter_threads_answer(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "executable", "")
    with Workers(pow, 2) as workers:
        workers.start()
        assert picture_processes._said.wait(SOON)
        assert workers.submit(2, 3).result() == 8
        assert workers.processes == []
    assert "no Python interpreter" in caplog.text


@pytest.mark.parametrize("function", [lambda: 3, partial(sum, [1, 2])], ids=["nobody finds", "fine"])
def test_no_file_is_left_behind(
    function: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(picture_processes.tempfile, "tempdir", str(tmp_path))
    forgotten = threading.Event()
    real = picture_processes._start
    monkeypatch.setattr(picture_processes, "_start", lambda *a: (real(*a), forgotten.set()))
    with Workers(function, 2) as workers:  # type: ignore[arg-type]
        workers.start()
        assert forgotten.wait(SOON)
        assert list(tmp_path.iterdir()) == []
        assert workers.submit().result() == 3


def test_closing_and_forgetting_end_the_processes(evaluating: Workers) -> None:
    running = evaluating.submit("__import__('time').sleep(600)")
    other = Workers(eval, 2)
    other.start()
    assert other.wait(SOON)
    handles = [*evaluating._alive, *other._alive]

    evaluating.close()
    del other
    gc.collect()

    assert all(handle._process.returncode is not None for handle in handles)
    assert running.cancelled() or running.exception() is not None
    with pytest.raises(RuntimeError):
        evaluating.submit("1")


def test_a_process_imports_what_it_needs_alone() -> None:
    with Workers(eval, 2) as workers:
        workers.start()
        assert workers.wait(SOON)
        found = workers.submit(
            "(__import__('poseviewer.synthesis.pictures'), sorted(__import__('sys').modules))[1]"
        ).result()

    assert {"numpy", "poseviewer.synthesis.pictures"} <= set(found)
    assert {m.partition(".")[0] for m in found}.isdisjoint({"torch", "PySide6", "pytest", "training", "cv2", "vispy"})


UNGUARDED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started the tests may have switched it off
from poseviewer.synthesis.picture_processes import Workers
workers = Workers(eval, 2)
workers.start()
assert workers.wait(30)
print("ready", *workers.processes, flush=True)
"""


def script(end: str) -> subprocess.Popen[str]:
    """A program without `if __name__ == "__main__"`, once its processes are there."""
    code = UNGUARDED + end
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip


@posix
def test_when_the_program_is_killed_its_processes_end() -> None:
    """They hold its stderr, which ends with the last of them."""
    with script("workers.submit('__import__(\"time\").sleep(0.01)'); sys.stdin.read()") as program:
        assert program.stdout is not None
        assert program.stdout.readline().startswith("ready ")
        os.killpg(program.pid, signal.SIGSTOP)  # it can do nothing for them any more
        program.kill()
        assert program.communicate(timeout=SOON) == ("", "")


@posix
def test_ctrl_c_is_for_the_program() -> None:
    end = """
import threading
for number in workers.processes:
    os.kill(number, 2)
assert workers.submit("6 * 7").result() == 42
try:
    with workers:
        asked = workers.submit("__import__('time').sleep(600)")
        print("alive", len(workers.processes), flush=True)
        asked.result()
except KeyboardInterrupt:
    print("stopped", flush=True)
"""
    with script(end) as program:
        assert program.stdout is not None
        assert program.stdout.readline().startswith("ready ")
        assert program.stdout.readline() == "alive 2\n"
        os.killpg(program.pid, signal.SIGINT)
        assert program.communicate(timeout=SOON) == ("stopped\n", "")
    assert program.returncode == 0


def test_a_program_that_closes_nothing_ends() -> None:
    with script("print(workers.submit('6 * 7').result())") as program:
        out, err = program.communicate(timeout=SOON)

    assert out.splitlines()[1:] == ["42"]
    assert err == ""
    assert program.returncode == 0
