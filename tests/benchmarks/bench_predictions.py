"""The window on a project with 100,000 predicted frames: what a click, a step and the suggestions take."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import immutables
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer.app.qt import prepare_qt

prepare_qt()
pytestmark = pytest.mark.benchmark

FRAMES = 100_000
CLICKS = 40


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The main window on a video of 100,000 small frames with a prediction on each."""
    import cv2
    import platformdirs

    from poseviewer.app.main_window import MainWindow
    from poseviewer.app.settings import SettingsStore
    from poseviewer.core.pose import Pose2D
    from poseviewer.core.project import FrameKey, Instance, Project
    from poseviewer.io.media import describe, open_media
    from poseviewer.io.project_file import ProjectFile
    from poseviewer.io.skeleton_files import load_ranges, load_skeleton

    for name in ("user_data_dir", "user_config_dir", "user_log_dir"):
        monkeypatch.setattr(platformdirs, name, lambda *_, **__: str(tmp_path))
    path = tmp_path / "long.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (64, 48))
    for number in range(FRAMES):
        writer.write(np.full((48, 64, 3), number % 256, np.uint8))
    writer.release()
    reader = open_media(path)
    media = describe(reader, "long")
    reader.close()
    rng = np.random.default_rng(0)
    skeleton = load_skeleton("quadruped16")
    steps = rng.normal(0, 0.3, (FRAMES, 1, 2)).cumsum(axis=0) % 20
    poses = Pose2D.many(rng.uniform(5, 40, (16, 2)) + steps)
    scores = rng.uniform(0.3, 1.0, (FRAMES, 16)).astype(np.float32)
    labels = immutables.Map(
        {FrameKey("long", i): (Instance(p, "", True, s),) for i, (p, s) in enumerate(zip(poses, scores, strict=True))}
    )
    project = tmp_path / "long.poseproj"
    ProjectFile.create(
        project, Project(skeleton, load_ranges("quadruped16", skeleton), (media,), labels=labels)
    ).close()
    made = MainWindow(SettingsStore())
    qtbot.addWidget(made)
    made.resize(1360, 860)
    with qtbot.waitExposed(made):
        made.show()
    made.opening.open_paths([str(project)])
    qtbot.waitUntil(lambda: made.workspace is not None and made.workspace.selection.frame is not None, timeout=60_000)
    yield made
    made.close()


def lateness_while(work: Callable[[], None]) -> list[float]:
    """How many seconds a timer of 5 ms comes too late, again and again, while something is done."""
    from PySide6.QtCore import QTimer

    late: list[float] = []
    before = time.perf_counter()

    def tick() -> None:
        nonlocal before
        now = time.perf_counter()
        late.append(max(now - before - 0.005, 0.0))
        before = now

    timer = QTimer()
    timer.setInterval(5)
    timer.timeout.connect(tick)
    timer.start()
    work()
    timer.stop()
    return late


def test_a_hundred_thousand_predictions(window, qtbot: QtBot, record_benchmark) -> None:
    from poseviewer.app.suggest.suggestions import found_in
    from poseviewer.core import edits
    from poseviewer.core.label_index import LabelIndex
    from poseviewer.core.project import FrameKey

    workspace, document = window.workspace, window.opening.document
    qtbot.waitUntil(lambda: bool(workspace.suggestions.found) and workspace.suggestions._task is None, timeout=30_000)
    start = time.process_time()
    LabelIndex(document.project)
    index_seconds = time.process_time() - start
    labels = workspace.index.of("long")
    start = time.process_time()
    list(found_in(document.project, workspace.suggestions.media, labels))
    suggestion_seconds = time.process_time() - start

    track = workspace.timeline._track
    paints, accepts = [], []
    for frame in range(CLICKS):
        start = time.perf_counter()
        track.repaint()
        paints.append(time.perf_counter() - start)
        start = time.perf_counter()
        document.push(edits.accept_predictions(document.project, [FrameKey("long", 1000 + frame)]))
        accepts.append(time.perf_counter() - start)

    def look_again() -> None:
        for _ in range(3):
            with qtbot.waitSignal(workspace.suggestions.changed, timeout=30_000):
                workspace.suggestions._find()

    def accept_all() -> None:
        workspace.predictions.accept_all()
        qtbot.waitUntil(lambda: not workspace.predictions.busy, timeout=120_000)

    late = lateness_while(look_again)
    start = time.perf_counter()
    late_accepting = lateness_while(accept_all)
    accept_all_seconds = time.perf_counter() - start
    record_benchmark(
        "100,000 predictions",
        index_ms=1e3 * index_seconds,
        suggestions_ms=1e3 * suggestion_seconds,
        timeline_paint_ms=1e3 * statistics.median(paints),
        accept_median_ms=1e3 * statistics.median(accepts),
        accept_max_ms=1e3 * max(accepts),
        late_p99_ms=1e3 * float(np.quantile(late, 0.99)),
        late_max_ms=1e3 * max(late),
        accept_all_seconds=accept_all_seconds,
        accept_all_late_p99_ms=1e3 * float(np.quantile(late_accepting, 0.99)),
    )
    assert statistics.median(paints) < 0.016
    assert statistics.median(accepts) < 0.03
