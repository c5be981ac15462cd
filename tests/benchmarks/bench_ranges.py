"""How long a moved slider takes to be seen in the gallery, through the window's own event loop."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from poseviewer.app.document import Document
from poseviewer.app.notices import Notices
from poseviewer.app.ranges.draft import RangeDraft
from poseviewer.app.ranges.gallery import Gallery
from poseviewer.app.ranges.gallery_scene import Shows
from poseviewer.app.settings import SettingsStore
from poseviewer.core.project import Project
from poseviewer.core.range_edits import with_interval
from poseviewer.core.ranges import Interval
from poseviewer.io.skeleton_files import load_ranges

MOVES = 200
WARM_UP = 20
GOAL_MS = 33.0
Record = Callable[..., None]


@pytest.mark.benchmark
@pytest.mark.parametrize("shows", ["3D", "both"])
def test_slider_move_to_redrawn_gallery(qtbot: QtBot, record_benchmark: Record, tmp_path, shows: Shows) -> None:
    """64 poses in a 600x600 gallery in a 1280x800 window: from the previewed range to the end of the repaint, while
    the shoulder's flexion is pulled to and fro. Every move is another range, so nothing comes from a cache."""
    ranges = load_ranges("quadruped16")
    draft = RangeDraft(Document(Project(ranges.skeleton, ranges)), Notices())
    bone = ranges.skeleton.bone_index("left_shoulder", "left_elbow")
    draft.set_bone(bone)
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1280, 800)
    gallery = Gallery(draft, SettingsStore(tmp_path / "settings.toml"), window)
    gallery.set_shows(shows)
    gallery.resize(600, 600)
    painted = [0]
    gallery.canvas.drawn.connect(lambda: painted.__setitem__(0, painted[0] + 1))
    with qtbot.waitSignal(gallery.canvas.drawn):
        window.show()
    times, busy = [], []
    for move in range(MOVES):
        new = with_interval(ranges, bone, "flexion", Interval(-1.2, 1.2 + 0.9 * np.sin(move / 9) + 1e-4 * move))
        before, start, worked = painted[0], time.perf_counter(), time.process_time()
        draft.preview(new)
        while painted[0] == before:
            QApplication.processEvents()
        times.append(1e3 * (time.perf_counter() - start))
        busy.append(1e3 * (time.process_time() - worked))
    measured, processor = np.array(times[WARM_UP:]), np.array(busy[WARM_UP:])
    p50, p95 = (float(np.percentile(measured, q)) for q in (50, 95))
    record_benchmark(
        f"gallery_slider_to_paint_{shows}", p50_ms=p50, p95_ms=p95,
        processor_p50_ms=float(np.percentile(processor, 50)), processor_p95_ms=float(np.percentile(processor, 95)),
        goal_p95_ms=GOAL_MS, width=gallery.canvas.width(), height=gallery.canvas.height(),
        pixel_ratio=gallery.devicePixelRatioF(), load=_load(),
    )  # fmt: skip
    assert len(gallery.canvas.view.picked) == 64
    # Unlike the clock, the processor's time does not count what else the machine does.
    assert float(np.percentile(processor, 95)) <= GOAL_MS


def _load() -> float:
    """Processes that wanted a core during the last minute: what the clock's numbers must be read with."""
    import os

    return os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
