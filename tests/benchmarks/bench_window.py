"""The window: how soon it is there, how fast a drag is seen in 3D, how much memory an hour of video takes."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.benchmark

ROOT = Path(__file__).resolve().parents[2]
REPEATS = 7

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
