"""Long work beside the window: generators run in threads, where each yield is a report and a place to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from poseviewer.app.notices import Notices

Work = Callable[..., Generator[Any, None, Any]]


class Task(QObject):
    """One piece of work. Exactly one of `result`, `error` and `cancelled` arrives, then `finished`.

    All signals arrive in the thread that made the task. After `cancel` nothing but `cancelled` and `finished` does,
    even if the work was done meanwhile.
    """

    progress = Signal(object)
    """What the generator yielded."""
    result = Signal(object)
    """What it returned."""
    error = Signal(object)
    """The exception that ended it."""
    cancelled = Signal()
    finished = Signal()

    _reported = Signal(object)
    _ended = Signal(object, object)

    def __init__(self, work: Work, args: tuple[Any, ...]) -> None:
        super().__init__()
        self._stop = threading.Event()
        self._over = False
        # The thread only emits the private signals; these bound methods run where the task lives, so that
        # whatever is connected to the public ones never runs in the thread.
        self._reported.connect(self._report)
        self._ended.connect(self._end)
        self._thread = threading.Thread(target=self._run, args=(work, args), name=f"task {work.__name__}")

    @property
    def running(self) -> bool:
        return not self._over

    def start(self) -> None:
        self._thread.start()

    def cancel(self) -> None:
        """Ask it to stop at its next yield."""
        self._stop.set()

    def wait(self) -> None:
        """Block until the thread is over and what it said has arrived."""
        self._thread.join()
        QCoreApplication.sendPostedEvents(self)

    def _run(self, work: Work, args: tuple[Any, ...]) -> None:
        result: Any = None
        failure: BaseException | None = None
        try:
            result = self._drive(work(*args))
        # Whatever ends the work must end the task too; a thread that dies silently leaves its user waiting.
        except BaseException as caught:
            failure = caught
        self._ended.emit(result, failure)

    def _drive(self, generator: Generator[Any, None, Any]) -> Any:
        try:
            while not self._stop.is_set():
                self._reported.emit(next(generator))
        except StopIteration as done:
            return done.value
        finally:
            generator.close()
        return None

    def _report(self, value: object) -> None:
        if not self._stop.is_set():
            self.progress.emit(value)

    def _end(self, result: object, failure: BaseException | None) -> None:
        self._over = True
        self._thread.join()
        if self._stop.is_set():
            self.cancelled.emit()
        elif failure is not None:
            self.error.emit(failure)
        else:
            self.result.emit(result)
        self.finished.emit()


class Tasks(QObject):
    """All the work that is under way, so that closing the window can end it."""

    def __init__(self, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notices = notices
        self._running: list[Task] = []

    def start(self, work: Work, *args: Any, on_result: Callable[[Any], object] | None = None) -> Task:
        """Start a generator function. Its errors are shown; `on_result` is called with what it returns."""
        # Neither a Qt parent nor deleteLater: PySide 6.11 crashes when Qt deletes an object whose signals
        # still hold Python functions, so Python alone owns a task.
        task = Task(work, args)
        self._running.append(task)
        task.error.connect(self._notices.error)
        task.finished.connect(self._forget_finished)
        if on_result is not None:
            task.result.connect(on_result)
        task.start()
        return task

    @property
    def count(self) -> int:
        return len(self._running)

    def close(self) -> None:
        """Cancel everything and wait for it."""
        for task in list(self._running):
            task.cancel()
        for task in list(self._running):
            task.wait()

    def _forget_finished(self) -> None:
        self._running = [task for task in self._running if task.running]
