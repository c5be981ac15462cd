"""The frames of the shown media that are worth labelling next, found beside the window as predictions change."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from poseviewer.app.document import Document
from poseviewer.app.frames import Frames
from poseviewer.app.live_index import LiveIndex
from poseviewer.app.media.timeline import Timeline
from poseviewer.app.notices import Notices
from poseviewer.app.selection import Selection
from poseviewer.app.tasks import Task, Tasks
from poseviewer.core.label_index import MediaLabels
from poseviewer.core.project import FrameKey, MediaRef, Project
from poseviewer.geometry.suggestions import FAR, JUMP, LOST, UNSURE, Suggestion, suggest, suggest_spread

MOST, SHARE = 20, 8
"""At most so many frames, and at most one in so many: of a short video, a few."""
CALM_MS = 700
"""After the last change of predictions: while a detector fills in a video, nobody needs every state in between."""

WORDS = {
    UNSURE: "the detector is unsure",
    JUMP: "keypoints jump",
    LOST: "keypoints get lost",
    FAR: "far from every label",
}


class Suggestions(QObject):
    """What to label next. Frames leave the list as they are labelled; it is made anew when predictions change."""

    changed = Signal()

    def __init__(
        self,
        document: Document,
        selection: Selection,
        index: LiveIndex,
        frames: Frames,
        timeline: Timeline,
        tasks: Tasks,
        notices: Notices,
    ) -> None:
        super().__init__(frames)
        self._document, self._selection, self._index = document, selection, index
        self._frames, self._timeline, self._tasks, self._notices = frames, timeline, tasks, notices
        self._media: MediaRef | None = None
        self._found: tuple[Suggestion, ...] = ()
        self._task: Task | None = None
        self._calm = QTimer(self, singleShot=True, interval=CALM_MS)
        self._calm.timeout.connect(self._find)
        selection.frame_changed.connect(self._follow_frame)
        index.changed.connect(self._follow_labels)
        self._follow_frame(selection.frame)

    @property
    def found(self) -> tuple[Suggestion, ...]:
        """The most worth first."""
        return self._found

    @property
    def media(self) -> MediaRef | None:
        """Whose frames these are."""
        return self._media

    @property
    def from_predictions(self) -> bool:
        """Whether there are predictions to judge by."""
        return self._media is not None and len(self._index.of(self._media.id).predicted) > 0

    def next(self) -> None:
        """Go to the next suggested frame of the shown media, after the last to the first."""
        self._step(1)

    def previous(self) -> None:
        self._step(-1)

    def show(self, suggestion: Suggestion) -> None:
        """Go to a suggested frame, and say why it is one."""
        if self._media is not None:
            self._frames.show(FrameKey(self._media.id, suggestion.frame))
            video = "Frame " if self._media.kind == "video" else ""
            self._notices.say(f"{video}{frame_name(self._media, suggestion.frame)}: {WORDS[suggestion.reason]}.")

    def _step(self, step: int) -> None:
        frame = self._selection.frame
        if frame is None:
            return
        if self._calm.isActive() and self._task is None and not self._found:
            self._find()
        inorder = sorted(self._found, key=lambda s: step * s.frame)
        ahead = [s for s in inorder if step * s.frame > step * frame.frame]
        if inorder:
            self.show((ahead or inorder)[0])
        else:
            self._notices.say("There is no frame to suggest.")

    def _follow_frame(self, key: FrameKey | None) -> None:
        media = self._document.project.find_media(key.media) if key is not None else None
        if (media and media.id) != (self._media and self._media.id):
            self._media = media
            self._find()

    def _follow_labels(self, frames: frozenset[FrameKey]) -> None:
        """A label takes a frame off the list; predictions that come, or go other than by that, make it anew."""
        if self._media is None:
            return
        here = [key.frame for key in frames if key.media == self._media.id]
        labels = self._index.of(self._media.id)
        if not here:
            return
        left = tuple(s for s in self._found if not _has(labels.labelled, s.frame))
        if len(left) < len(self._found):
            self._show(left)
        if len(here) > 1 or not left or any(not _has(labels.labelled, number) for number in here):
            self._calm.start()

    def _find(self) -> None:
        self._calm.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self._media is None:
            self._show(())
            return
        labels = self._index.of(self._media.id)
        if not len(labels.predicted):
            self._show(tuple(suggest_spread(self._media.frame_count, labels.labelled, count_for(self._media))))
            return
        self._task = self._tasks.start(found_in, self._document.project, self._media, labels, on_result=self._receive)

    def _receive(self, found: tuple[Suggestion, ...]) -> None:
        self._task = None
        self._show(found)

    def _show(self, found: tuple[Suggestion, ...]) -> None:
        if self._media is not None:
            labelled = self._index.of(self._media.id).labelled
            found = tuple(s for s in found if not _has(labelled, s.frame))
        self._found = found
        self._timeline.set_suggestions({s.frame: WORDS[s.reason] for s in found})
        self.changed.emit()


def found_in(project: Project, media: MediaRef, labels: MediaLabels) -> Generator[None, None, tuple[Suggestion, ...]]:
    """The suggestions from the predictions of one media."""
    keypoints, scores = predicted_arrays(project, media.id, labels.predicted)
    yield
    moving = media.kind == "video"
    return tuple(suggest(labels.predicted, keypoints, scores, labels.labelled, count_for(media), moving))


def count_for(media: MediaRef) -> int:
    """How many frames to suggest."""
    return MOST if media.kind != "video" else min(max(media.frame_count // SHARE, 3), MOST)


def predicted_arrays(
    project: Project, media: str, frames: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Keypoints (F, J, 2) and scores (F, J) of the first prediction on each frame; NaN where there is nothing."""
    joints = project.skeleton.joint_count
    keypoints = np.full((len(frames), joints, 2), np.nan)
    scores = np.full((len(frames), joints), np.nan)
    for row, frame in enumerate(frames.tolist()):
        for instance in project.instances(FrameKey(media, frame)):
            if instance.predicted:
                keypoints[row] = instance.pose.keypoints
                scores[row] = np.nan if instance.scores is None else instance.scores
                break
    return keypoints, scores


def frame_name(media: MediaRef, frame: int) -> str:
    """An image by its file's name, a frame of a video by its number."""
    return Path(media.files[frame]).name if frame < len(media.files) else str(frame)


def _has(frames: NDArray[np.int64], frame: int) -> bool:
    place = int(np.searchsorted(frames, frame))
    return place < len(frames) and int(frames[place]) == frame
