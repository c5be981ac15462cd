"""The window: how soon it is there, how fast a drag is seen in 3D, how much memory an hour of video takes."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from poseviewer.app.qt import prepare_qt

prepare_qt()
pytestmark = pytest.mark.benchmark

ROOT = Path(__file__).resolve().parents[2]
REPEATS = 7
MOVES = 300

REPORT = """
import json, os, sys, time
def report():
    rss = next(int(l.split()[1]) / 1024 for l in open("/proc/self/status") if l.startswith("VmRSS"))
    print(json.dumps({"seconds": time.time() - float(sys.argv[1]), "rss_mb": rss}), flush=True)
    os._exit(0)
"""

BARE = (
    REPORT
    + """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
import pyqtgraph
app = QApplication([])
class View(pyqtgraph.GraphicsLayoutWidget):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, report)
window = QMainWindow()
window.setCentralWidget(View())
window.resize(1360, 860)
window.show()
app.exec()
"""
)

OURS = (
    REPORT
    + """
from poseviewer.app import start, main_window
make = main_window.MainWindow.__init__
def make_and_listen(self, *args):
    make(self, *args)
    self.first_painted.connect(report)
main_window.MainWindow.__init__ = make_and_listen
start.run_window([])
"""
)


def launch(code: str, folder: Path) -> dict[str, float]:
    """Seconds from the start of a process to its first painted window, and its memory then."""
    env = os.environ | {"PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", code, repr(time.time())], env=env, capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_first_window(record_benchmark, tmp_path):
    for code in (BARE, OURS):  # the disk's cache is warm afterwards
        launch(code, tmp_path)
    bare, ours = [], []
    for _ in range(REPEATS):
        bare.append(launch(BARE, tmp_path))
        ours.append(launch(OURS, tmp_path))
    seconds = {n: statistics.median(r["seconds"] for r in runs) for n, runs in (("bare", bare), ("ours", ours))}
    rss = statistics.median(r["rss_mb"] for r in ours)
    record_benchmark("first_window", bare_s=seconds["bare"], ours_s=seconds["ours"], rss_mb=rss)
    assert seconds["ours"] <= seconds["bare"] + 0.15
    assert rss <= 250


STANDING_DOG = {
    "neck": (260, 110), "nose": (330, 100), "tail_base": (110, 115), "tail_tip": (60, 80),
    "left_shoulder": (250, 140), "left_elbow": (245, 190), "left_front_paw": (250, 250),
    "right_shoulder": (265, 142), "right_elbow": (275, 190), "right_front_paw": (285, 248),
    "left_hip": (120, 140), "left_knee": (130, 190), "left_hind_paw": (105, 252),
    "right_hip": (130, 142), "right_knee": (150, 190), "right_hind_paw": (140, 248),
}  # fmt: skip


@pytest.fixture
def dog(qtbot, tmp_path, monkeypatch):
    """The main window as it is shipped, on a picture with sixteen keypoints, its 3D pose drawn."""
    import cv2
    import platformdirs

    from poseviewer.app.main_window import MainWindow
    from poseviewer.app.settings import SettingsStore
    from poseviewer.core import edits
    from poseviewer.core.pose import Pose2D

    for name in ("user_data_dir", "user_config_dir", "user_log_dir"):
        monkeypatch.setattr(platformdirs, name, lambda *_, _n=name, **__: str(tmp_path / _n))
    cv2.imwrite(str(tmp_path / "dog.png"), np.full((300, 400, 3), 90, np.uint8))
    window = MainWindow(SettingsStore())
    with qtbot.waitExposed(window):
        window.show()
    window.opening.open_paths([str(tmp_path / "dog.png")])
    qtbot.waitUntil(
        lambda: window.workspace is not None and window.workspace.selection.frame is not None, timeout=20000
    )
    workspace, document = window.workspace, window.opening.document
    keypoints = [STANDING_DOG[j] for j in document.project.skeleton.joints]
    document.push(edits.set_pose(document.project, workspace.selection.frame, 0, Pose2D(keypoints)))
    qtbot.waitUntil(lambda: workspace.link.shown_pose is not None, timeout=60000)
    qtbot.waitUntil(lambda: workspace.view3d.scene_name != "painted", timeout=20000)
    yield window
    window.close()


def test_drag_to_redrawn_3d(dog, qtbot, record_benchmark):
    """From the mouse event in the queue to the 3D view painted with the pose that follows from it."""
    workspace = dog.workspace
    paper = workspace.canvas.surface.viewport()
    elbow = STANDING_DOG["left_elbow"]
    answered = []
    workspace.live.lifted.connect(answered.append)

    def mouse(kind: QEvent.Type, x: float, y: float, held: bool) -> None:
        place = QPointF(*workspace.canvas.screen_point(x, y))
        button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
        buttons = Qt.MouseButton.LeftButton if held else Qt.MouseButton.NoButton
        none = Qt.KeyboardModifier.NoModifier
        QApplication.postEvent(paper, QMouseEvent(kind, place, paper.mapToGlobal(place), button, buttons, none))

    mouse(QEvent.Type.MouseMove, *elbow, False)
    mouse(QEvent.Type.MouseButtonPress, *elbow, True)
    seconds, busy = [], time.process_time()
    for step in range(MOVES):
        qtbot.wait(3)  # the hand's pause, in which what was left over is painted
        answered.clear()
        with qtbot.waitSignal(workspace.view3d.drawn, check_params_cb=lambda: bool(answered)):
            start = time.perf_counter()
            mouse(QEvent.Type.MouseMove, elbow[0] + 20 * np.sin(step / 9), elbow[1] + 15 * np.cos(step / 7), True)
        seconds.append(time.perf_counter() - start)
    busy = (time.process_time() - busy) / MOVES
    mouse(QEvent.Type.MouseButtonRelease, *elbow, False)
    qtbot.wait(20)
    median, p99 = (float(np.percentile(seconds, q)) * 1000 for q in (50, 99))
    # The processor's time, all threads together, is what a machine with other work to do is judged by.
    record_benchmark(
        "drag_to_3d",
        median_ms=median,
        median_limit=16,
        p99_ms=p99,
        p99_limit=33,
        cpu_ms=busy * 1000,
        drawn_by=workspace.view3d.scene_name,
    )


def write_an_hour(path: Path) -> None:
    """An hour of 1080p at 25 frames per second whose pictures are copies: 250 frames are coded, and repeated."""
    import av

    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25, options={"preset": "ultrafast", "g": "250", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        picture = np.full((1080, 1920, 3), 90, np.uint8)
        packets = []
        for number in range(250):
            picture[500:580, 4 * number : 4 * number + 80] = number  # something moves, and what moved stays
            packets += stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24"))
        packets += stream.encode(None)
        coded = [(bytes(p), p.is_keyframe) for p in packets]
        for number in range(25 * 3600):
            data, key = coded[number % len(coded)]
            packet = av.Packet(data)
            packet.stream, packet.pts, packet.dts, packet.duration = stream, number, number, 1
            packet.time_base, packet.is_keyframe = Fraction(1, 25), key
            out.mux(packet)


WATCH = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from poseviewer.app import start, main_window
make = main_window.MainWindow.__init__
jumps = iter([int(i * 89999 / 60) for i in range(1, 61)])
seen = []
def make_and_listen(self, *args):
    make(self, *args)
    self.workspace_opened.connect(lambda w: w.frames.shown.connect(lambda key: soon(self, w)))
    self.notices.shown.connect(lambda s: (print(s, file=sys.stderr), self.close()))
def soon(window, workspace):
    QTimer.singleShot(0, lambda: go(window, workspace))
def go(window, workspace):
    number = next(jumps, None)
    if number is not None:
        workspace.frames.show_frame(number)
        return
    lines = open("/proc/self/status").read().splitlines()
    peak = next(int(l.split()[1]) / 1024 for l in lines if l.startswith("VmHWM"))
    now = next(int(l.split()[1]) / 1024 for l in lines if l.startswith("VmRSS"))
    print(json.dumps({"peak_mb": peak, "rss_mb": now}), flush=True)
    window.close()
main_window.MainWindow.__init__ = make_and_listen
start.run_window([sys.argv[1]])
"""


def test_memory_on_an_hour_of_video(record_benchmark, tmp_path):
    video = tmp_path / "hour.mp4"
    write_an_hour(video)
    env = os.environ | {"PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", WATCH, str(video)], env=env, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0 and done.stdout, done.stderr
    memory = json.loads(done.stdout.splitlines()[-1])
    record_benchmark("hour_of_video", **memory, file_mb=video.stat().st_size / 2**20)
    assert memory["peak_mb"] <= 600
