"""Work reports, ends in exactly one way, and is silent once it was cancelled."""

from __future__ import annotations

import threading

import pytest

from poseviewer.app.notices import Notices
from poseviewer.app.tasks import Task, Tasks


class Diary:
    """What a task said, in order."""

    def __init__(self, task: Task) -> None:
        self.lines: list[object] = []
        task.progress.connect(lambda v: self.lines.append(("progress", v)))
        task.result.connect(lambda v: self.lines.append(("result", v)))
        task.error.connect(lambda e: self.lines.append(("error", str(e))))
        task.cancelled.connect(lambda: self.lines.append("cancelled"))
        task.finished.connect(lambda: self.lines.append("finished"))


@pytest.fixture
def tasks(qtbot):
    made = Tasks(Notices())
    yield made
    made.close()


def count_to(number):
    yield from range(number)
    return "done"


def fail():
    yield 0
    raise RuntimeError("the paper jammed")


def test_success(qtbot, tasks):
    task = tasks.start(count_to, 2)
    diary = Diary(task)
    with qtbot.waitSignal(task.finished):
        pass
    assert diary.lines == [("progress", 0), ("progress", 1), ("result", "done"), "finished"]
    assert tasks.count == 0


def test_failure_is_told_to_the_user(qtbot):
    notices = Notices()
    shown = []
    notices.shown.connect(shown.append)
    tasks = Tasks(notices)
    task = tasks.start(fail)
    diary = Diary(task)
    with qtbot.waitSignal(task.finished):
        pass
    assert diary.lines == [("progress", 0), ("error", "the paper jammed"), "finished"]
    assert len(shown) == 1 and "the paper jammed" in shown[0]


def test_cancelling_stops_at_the_next_yield_and_closes_the_generator(qtbot, tasks):
    closed = threading.Event()

    def endless():
        try:
            while True:
                yield
        finally:
            closed.set()

    task = tasks.start(endless)
    with qtbot.waitSignal(task.progress):
        pass
    diary = Diary(task)
    with qtbot.waitSignal(task.finished):
        task.cancel()
    assert diary.lines == ["cancelled", "finished"]
    assert closed.is_set()


def test_a_result_that_was_ready_when_it_was_cancelled_is_not_told(qtbot, tasks):
    task = tasks.start(count_to, 1)
    diary = Diary(task)
    task._thread.join()
    task.cancel()
    with qtbot.waitSignal(task.finished):
        pass
    assert diary.lines == ["cancelled", "finished"]


def test_an_error_after_cancelling_is_not_told(qtbot, tasks):
    gate = threading.Event()

    def slow_failure():
        gate.wait()
        raise RuntimeError("late")
        yield

    task = tasks.start(slow_failure)
    diary = Diary(task)
    task.cancel()
    gate.set()
    with qtbot.waitSignal(task.finished):
        pass
    assert "late" not in str(diary.lines) and diary.lines[-1] == "finished"


def test_what_is_connected_runs_in_the_window_s_thread(qtbot, tasks):
    threads = []
    task = tasks.start(count_to, 1, on_result=lambda _: threads.append(threading.current_thread()))
    with qtbot.waitSignal(task.finished):
        pass
    assert threads == [threading.main_thread()]


def test_closing_cancels_all_and_waits(qtbot):
    tasks = Tasks(Notices())

    def endless():
        while True:
            yield

    diaries = [Diary(tasks.start(endless)) for _ in range(3)]
    tasks.close()
    assert tasks.count == 0
    assert all(d.lines[-2:] == ["cancelled", "finished"] for d in diaries)
    assert not [t for t in threading.enumerate() if t.name.startswith("task")]
