"""The detection of one project: started, held, stopped; what it finds goes into the project while it runs.

A whole detection is one step of undo, however many times it was written: a killed program loses what was found in the
last second. Undoing it while it runs stops it. What the user clicks meanwhile stays theirs, and is undone apart.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from poseviewer.app.detect.detect_work import DetectReport, Hold, detect_frames
from poseviewer.app.detect.kept import Kept
from poseviewer.app.detect.request import DetectRequest
from poseviewer.app.document import Document
from poseviewer.app.notices import Notices
from poseviewer.app.tasks import Task, Tasks
from poseviewer.core import edits
from poseviewer.core.errors import PoseviewerError
from poseviewer.core.project import FrameKey, Instance

KEEP_S = 1.0
"""Between two times that what was found is written."""
SHARE = 0.05
"""Writing takes at most this share of the window's time: in large projects it happens more rarely."""


@dataclass(frozen=True)
class Outcome:
    """How a detection ended.

    found: frames with an animal. empty, unreadable: frames without one, and such as could not be read.
    total: frames that were asked for. stopped: before all of them were looked at.
    """

    title: str
    found: int
    empty: int
    unreadable: int
    total: int
    stopped: bool

    @property
    def done(self) -> int:
        return self.found + self.empty + self.unreadable

    @property
    def words(self) -> str:
        """Up to three sentences for the panel."""
        if self.stopped and not self.done:
            return "Stopped before the first frame."
        head = f"Stopped after {self.done:,} of {_frames(self.total)}: " if self.stopped else ""
        if not self.found:
            said = [f"{head}no animal was found in {self.title}."]
        elif self.total == 1:
            said = [f"Found an animal in {self.title}."]
        else:
            said = [f"{head}found an animal in {_frames(self.found)} of {self.title}."]
        if self.stopped and self.found:
            said.append("What was found is kept.")
        if self.empty and self.found:
            said.append(f"{_frames(self.empty)} show{'s' if self.empty == 1 else ''} none.")
        if self.unreadable:
            said.append(f"{_frames(self.unreadable)} could not be read.")
        return " ".join(sentence[:1].upper() + sentence[1:] for sentence in said)


class Detections(QObject):
    """At most one detection at a time. All methods are for the window's thread, and none waits but `close`."""

    changed = Signal()
    """It began, is held, goes on, or is over."""
    reported = Signal(object)
    """DetectReport of the detection that runs."""
    ended = Signal(object)
    """Outcome."""

    def __init__(self, document: Document, tasks: Tasks, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._tasks, self._notices = document, tasks, notices
        self._kept = Kept()
        self._request: DetectRequest | None = None
        self._next: deque[DetectRequest] = deque()
        self._task: Task | None = None
        self._hold = Hold()
        self._pending: dict[FrameKey, Instance] = {}
        self._whole, self._found = 0, 0
        self._written, self._took = 0.0, 0.0
        self._last: DetectReport | None = None
        document.history_changed.connect(self._follow_history)
        document.skeleton_changed.connect(self._follow_skeleton)

    @property
    def request(self) -> DetectRequest | None:
        """What is being detected, None while nothing is."""
        return self._request

    @property
    def held(self) -> bool:
        return self._task is not None and self._hold.on

    def start(self, request: DetectRequest) -> bool:
        """Detect beside the window; False where that is refused, and why is said."""
        if self._request is not None and self._request.frame_count == 1 and request.frame_count == 1:
            self._next.append(request)  # a frame takes a moment: whoever is ahead of it need not press again
            return True
        refusal = self._why_not(request)
        if refusal:
            self._notices.say(refusal)
            return False
        self._request, self._hold, self._last = request, Hold(), None
        self._pending, self._whole, self._found = {}, 0, 0
        self._written = time.monotonic()
        self._task = task = self._tasks.start(detect_frames, request, self._hold, self._kept)
        task.progress.connect(self._note)
        task.result.connect(self._finish)
        task.error.connect(self._fail)
        task.cancelled.connect(self._close_books)
        self.changed.emit()
        return True

    def hold(self) -> None:
        """Pause after the frames in hand."""
        if self._task is not None:
            self._hold.set(True)
            self.changed.emit()

    def go_on(self) -> None:
        if self._task is not None:
            self._hold.set(False)
            self.changed.emit()

    def stop(self) -> None:
        """End now. What was found so far is kept and said."""
        if self._task is None:
            return
        self._leave()
        self._keep()
        self._end(stopped=True)

    def close(self) -> None:
        """The project closes: what was found is kept, the thread is waited for."""
        task = self._task
        self._next.clear()
        if task is not None:
            self.stop()
            task.wait()
        self._kept.close()

    # What the thread says

    def _note(self, report: DetectReport) -> None:
        if self._request is None:
            return
        self._last = report
        self._pending.update(report.found)
        self._found += sum(instance.pose.present_count > 0 for instance in report.found.values())
        waited = time.monotonic() - self._written
        first = self._whole == 0 and self._found > 0
        if first or report.held or waited > max(KEEP_S, self._took / SHARE):
            self._keep()
        if self._request is not None:
            self.reported.emit(report)

    def _finish(self, failed: tuple[str, ...]) -> None:
        self._keep()
        if self._request is None:
            return
        self._end(stopped=False)
        if failed:
            self._notices.warn(" ".join(failed))

    def _fail(self, error: Exception) -> None:
        """The task's own error is shown by `Tasks`; what was found before it stays."""
        self._keep()
        if self._request is not None:
            self._end(stopped=True)

    def _close_books(self) -> None:
        """All tasks were cancelled: the window closes."""
        if self._request is not None:
            self._keep()
            self._end(stopped=True)

    def _follow_history(self) -> None:
        if self._whole and self._request is not None and self._document.is_undone(self._whole):
            self._leave()
            self._end(stopped=True, taken_back=True)

    def _follow_skeleton(self) -> None:
        if self._request is not None:
            self._pending.clear()
            self.stop()

    # Smaller parts

    def _why_not(self, request: DetectRequest) -> str:
        if self._task is not None:
            return "A detection is running already; stop it or let it finish first."
        if self._document.read_only:
            return self._document.read_only_reason
        if not request.frame_count:
            return "There is no frame to detect on: all of these have labels of your own, and they stay as they are."
        return ""

    def _keep(self) -> None:
        """Write what was found since the last time, as a part of the same step of undo."""
        if not self._pending or self._request is None:
            return
        found, self._pending = self._pending, {}
        began = time.monotonic()
        try:
            edit = edits.add_predictions(self._document.project, found, f"Detect in {self._request.title}")
        except PoseviewerError as error:
            self._notices.error(error)
            self._drop()
            return
        whole, self._whole = self._whole, 0  # the history that follows the edit is not about this one
        self._whole = self._document.push_part(edit, whole)
        self._written = time.monotonic()
        self._took = self._written - began
        if not self._whole and not edit.empty:  # it could not be saved, and that was said
            self._drop()

    def _drop(self) -> None:
        self._leave()
        self._end(stopped=True)

    def _leave(self) -> None:
        """Ask the thread to end; nothing that it says from now on is heard."""
        if self._task is not None:
            self._task.cancelled.disconnect(self._close_books)
            self._task.cancel()
            self._hold.set(False)

    def _end(self, stopped: bool, taken_back: bool = False) -> None:
        request = self._request
        assert request is not None
        last = self._last or DetectReport({}, 0, request.frame_count)
        self._request = self._task = None
        self._pending = {}
        self.changed.emit()
        if taken_back:
            self._notices.say("The detection was stopped and taken back; Redo brings back what it had found.")
        else:
            short = stopped and last.done < request.frame_count
            outcome = Outcome(request.title, self._found, last.empty, last.unreadable, request.frame_count, short)
            self._notices.say(outcome.words)
            self.ended.emit(outcome)
        if self._next and self._request is None:
            self.start(self._next.popleft())


def _frames(count: int) -> str:
    return "1 frame" if count == 1 else f"{count:,} frames"
