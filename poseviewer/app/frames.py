"""Which frame is shown: from the media list, the timeline and the keys, through the player, to canvas and selection."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QInputDialog

from poseviewer.app import open_dialogs
from poseviewer.app.annotate.canvas import Canvas
from poseviewer.app.document import Document
from poseviewer.app.live_index import LiveIndex
from poseviewer.app.media.media_list import MediaList
from poseviewer.app.media.player import FramePlayer
from poseviewer.app.media.timeline import Timeline
from poseviewer.app.notices import Notices, sentence_for
from poseviewer.app.opening import OpenedMedia
from poseviewer.app.selection import Selection
from poseviewer.app.tasks import Task, Tasks
from poseviewer.core import edits
from poseviewer.core.project import Edit, FrameKey, MediaRef, Project

if TYPE_CHECKING:
    from poseviewer.io.media import MediaReader

FALLBACK_FPS = 5.0
"""How fast a folder of images plays."""


class Frames(QObject):
    """Keeps picture and keypoints together: the selected frame changes only once its picture is there.

    Otherwise a click that comes between the two would be a label on the wrong frame.
    """

    shown = Signal(object)
    """FrameKey: its picture is on the canvas."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        canvas: Canvas,
        timeline: Timeline,
        media_list: MediaList,
        notices: Notices,
        tasks: Tasks,
        index: LiveIndex,
    ) -> None:
        super().__init__(canvas)
        self._document, self._selection = document, selection
        self._canvas, self._timeline, self._media_list = canvas, timeline, media_list
        self._notices, self._tasks, self._index = notices, tasks, index
        self._player = FramePlayer()
        self._media: MediaRef | None = None
        self._reader: MediaReader | None = None
        self._wanted = 0
        self._damaged: tuple[int, ...] = ()
        self._flawed: tuple[int, ...] = ()
        self._last_frames: dict[str, int] = {}
        self._opening: Task | None = None
        self._connect()
        self._show_media_list()

    def _connect(self) -> None:
        self._player.frame_ready.connect(self._on_frame)
        self._player.frame_failed.connect(self._on_failed_frame)
        self._player.playing_changed.connect(self._timeline.set_playing)
        self._timeline.frame_requested.connect(self.show_frame)
        self._timeline.play_toggled.connect(self.toggle_play)
        self._media_list.media_chosen.connect(self.show_media)
        self._media_list.remove_requested.connect(self.remove_media)
        self._media_list.relink_requested.connect(self.relink_media)
        self._document.media_changed.connect(self._on_media_changed)
        self._index.changed.connect(self._on_labels_changed)

    def close(self) -> None:
        """Stop the player and wait for it."""
        if self._opening is not None:
            self._opening.cancel()
        self._player.close()

    # Media

    def show_first(self) -> None:
        """Show something: the last labelled frame of the first media that is there."""
        missing = self._missing()
        there = [m for m in self._document.project.media if m.id not in missing]
        if there:
            labels = self._index.of(there[0].id)
            begun = [*labels.labelled[:1].tolist(), *labels.predicted[:1].tolist(), 0]
            self._last_frames.setdefault(there[0].id, begun[0])
            self.show_media(there[0].id)
        elif missing:
            self._canvas.set_message(
                "The images or videos of this project have moved; find them again in the media list."
            )
        else:
            self._canvas.set_message("No images or video yet: drop some on this window, or choose File > Open.")

    def show_opened(self, opened: tuple[OpenedMedia, ...]) -> None:
        """Show the first of what was just added, with the reader that is open already."""
        if self._opening is not None:
            self._opening.cancel()
        first, *others = opened
        for media in others:
            media.reader.close()
        self._use(first.ref, first.reader)

    def show_media(self, media_id: str) -> None:
        """Open a media in the background and show the frame of it that was looked at last."""
        media = self._document.project.find_media(media_id)
        if media is None or (self._media is not None and self._media.id == media_id):
            return
        if self._opening is not None:
            self._opening.cancel()
        self._opening = self._tasks.start(open_reader, media, on_result=lambda reader: self._use(media, reader))
        self._opening.error.connect(self._on_unreadable_media)

    def remove_media(self, media_id: str) -> None:
        self._document.push(edits.remove_media(self._document.project, media_id))

    def relink_media(self, media_id: str) -> None:
        """Ask where a media is now; a file that is not the one that was labelled is refused with a sentence."""
        media = self._document.project.find_media(media_id)
        path = open_dialogs.ask_moved_media(self._canvas, media.path) if media else ""
        if not path:
            return

        def link(edit: Edit) -> None:
            # The user may have gone on clicking while the file was compared: the edit is made anew.
            found = edit.after.find_media(media_id)
            if found is not None:
                self._document.push(edits.relink_media(self._document.project, found))

        self._tasks.start(relinked, self._document.project, media_id, path, on_result=link)

    # Frames

    def show_frame(self, number: int) -> None:
        """Ask for a frame of the media in view; numbers beyond its ends mean its ends."""
        if self._media is None or self._media.frame_count == 0:
            return
        self._wanted = min(max(number, 0), self._media.frame_count - 1)
        self._timeline.set_frame(self._wanted)
        self._player.request(self._wanted)

    def show(self, key: FrameKey) -> None:
        """Go to a frame of any media of the project."""
        if self._media is not None and self._media.id == key.media:
            self.show_frame(key.frame)
        else:
            self._last_frames[key.media] = key.frame
            self.show_media(key.media)

    def next(self) -> None:
        self.show_frame(self._wanted + 1)

    def previous(self) -> None:
        self.show_frame(self._wanted - 1)

    def next_4(self) -> None:
        self.show_frame(self._wanted + 4)

    def previous_4(self) -> None:
        self.show_frame(self._wanted - 4)

    def next_100(self) -> None:
        self.show_frame(self._wanted + 100)

    def previous_100(self) -> None:
        self.show_frame(self._wanted - 100)

    def first(self) -> None:
        self.show_frame(0)

    def last(self) -> None:
        if self._media is not None:
            self.show_frame(self._media.frame_count - 1)

    def next_labelled(self) -> None:
        self._show_labelled(lambda frames: frames[bisect_right(frames, self._wanted) :][:1])

    def previous_labelled(self) -> None:
        self._show_labelled(lambda frames: frames[: bisect_left(frames, self._wanted)][-1:])

    def next_media(self) -> None:
        self._step_media(1)

    def previous_media(self) -> None:
        self._step_media(-1)

    def ask(self) -> None:
        """Ask for a frame number."""
        if self._media is None:
            return
        dialog = QInputDialog(self._canvas)
        dialog.setInputMode(QInputDialog.InputMode.IntInput)
        dialog.setWindowTitle("Go to frame")
        dialog.setLabelText(f"Frame number, 0 to {self._media.frame_count - 1}:")
        dialog.setIntRange(0, self._media.frame_count - 1)
        dialog.setIntValue(self._wanted)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.intValueSelected.connect(self.show_frame)
        dialog.open()

    def toggle_play(self) -> None:
        if self._player.playing:
            self._player.pause()
        elif self._media is not None:
            self._player.play(self._media.fps or FALLBACK_FPS)

    def _show_labelled(self, choose: Callable[[list[int]], list[int]]) -> None:
        if self._media is None:
            return
        found = choose(self._index.of(self._media.id).labelled.tolist())
        if found:
            self.show_frame(found[0])
        else:
            self._notices.say("There is no labelled frame in that direction.")

    def _step_media(self, step: int) -> None:
        ids = [m.id for m in self._document.project.media]
        if self._media is not None and self._media.id in ids:
            place = ids.index(self._media.id) + step
            if 0 <= place < len(ids):
                self.show_media(ids[place])

    # Answers

    def _use(self, media: MediaRef, reader: MediaReader) -> None:
        self._opening = None
        self._media, self._reader = media, reader
        self._canvas.set_message("")
        self._player.open(reader)
        self._timeline.set_media(media.frame_count, media.fps)
        self._timeline.set_label(Path(media.path).name)
        self._media_list.set_current(media.id)
        self._show_marks()
        if reader.warning:
            self._notices.warn(reader.warning)
        self.show_frame(self._last_frames.get(media.id, 0))

    def _on_frame(self, number: int, image: NDArray[np.uint8]) -> None:
        if self._media is None or self._reader is None:
            return
        # The player answers the newest request only; while it plays, the requests are its own.
        self._wanted = number
        self._timeline.set_frame(number)
        self._canvas.set_message("")
        self._canvas.set_image(image, 1 / self._reader.scale(number))
        self._select(number)
        self._show_damage()
        if number in self._flawed:
            self._notices.say(f"Frame {number} is damaged in part: what is seen there may be from another frame.")

    def _on_failed_frame(self, number: int, why: str) -> None:
        if self._media is None or self._reader is None:
            return
        self._wanted = number
        self._timeline.set_frame(number)
        self._canvas.set_image(None)
        self._canvas.set_message(why)
        self._select(number)
        self._show_damage()

    def _on_unreadable_media(self, error: Exception) -> None:
        """Its labels are not shown on anything: they stay in the project until the right file is found."""
        self._media = self._reader = None
        self._selection.set_frame(None)
        self._canvas.set_image(None)
        self._canvas.set_message(sentence_for(error))

    def _select(self, number: int) -> None:
        assert self._media is not None
        key = FrameKey(self._media.id, number)
        self._last_frames[self._media.id] = number
        self._selection.set_frame(key)
        self.shown.emit(key)

    def _on_media_changed(self) -> None:
        self._show_media_list()
        before, self._media = self._media, None
        now = self._document.project.find_media(before.id) if before is not None else None
        if now is not None and now == before:
            self._media = before
        elif now is not None:
            self._leave()
            self.show_media(now.id)
        else:
            self._leave()
            self.show_first()

    def _leave(self) -> None:
        """What was in view was removed, or is somewhere else now."""
        self._player.close()
        self._reader = None
        self._selection.set_frame(None)
        self._canvas.set_image(None)
        self._timeline.set_media(0, 0.0)
        self._timeline.set_label("")

    def _on_labels_changed(self, frames: frozenset[FrameKey]) -> None:
        if self._media is not None and any(key.media == self._media.id for key in frames):
            self._show_marks()
        self._show_media_list()

    def _show_marks(self) -> None:
        if self._media is None or self._reader is None:
            return
        self._damaged, self._flawed = self._reader.damaged, self._reader.flawed
        labels = self._index.of(self._media.id)
        self._timeline.set_marks(labels.labelled, self._damaged, self._flawed)
        self._timeline.set_predictions(labels.predicted, labels.confidence)

    def _show_damage(self) -> None:
        """Damage is found as frames are decoded."""
        assert self._reader is not None
        if (self._reader.damaged, self._reader.flawed) != (self._damaged, self._flawed):
            self._show_marks()

    def _show_media_list(self) -> None:
        project = self._document.project
        counts = {m.id: len(self._index.of(m.id).labelled) for m in project.media}
        self._media_list.set_media(project.media, counts, self._missing())

    def _missing(self) -> set[str]:
        from poseviewer.io.project_file import missing_media

        return missing_media(self._document.project)


def open_reader(media: MediaRef) -> Generator[None, None, MediaReader]:
    """The reader of a media of the project, if the file is the one that was labelled.

    Raises:
        MediaError: it is not, or cannot be read.
    """
    from poseviewer.io.media import open_again

    yield
    return open_again(media)


def relinked(project: Project, media_id: str, path: str) -> Generator[None, None, Edit]:
    """The edit that points a media to where it is now.

    Raises:
        MediaError: what is there is not what was labelled.
    """
    from poseviewer.io.media import open_media
    from poseviewer.io.relink import relink

    yield
    reader = open_media(Path(path))
    try:
        return relink(project, media_id, reader)
    finally:
        reader.close()
