"""The first window comes without the heavy libraries, with or without a display."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "cv2", "vispy", "av", "sleap_io", "pyqtgraph", "h5py", "scipy")
WITH_SHOT = """
from pathlib import Path
from poseviewer.app.start import run_window
print(run_window([], screenshot=Path({path!r})))
"""


def run(code: str, tmp_path: Path, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """Python code in a fresh process with folders of its own."""
    env = os.environ | {"PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    env = {k: v for k, v in (env | changes).items() if v is not None}
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=120)


def test_the_start_page_is_painted_without_heavy_libraries(tmp_path):
    code = f"""
import sys
from pathlib import Path
from poseviewer.app.start import run_window
code = run_window([], screenshot=Path({str(tmp_path / "start.png")!r}))
print(code, [m for m in {HEAVY!r} if m in sys.modules])
"""
    done = run(code, tmp_path)
    assert done.stdout.strip() == "0 []", done.stderr
    assert (tmp_path / "start.png").stat().st_size > 5000


def test_the_sample_is_lifted_and_drawn_without_torch(tmp_path):
    """Torch would cost the window 200 MB and a second, for one pose at a time."""
    code = f"""
import sys
from pathlib import Path
from poseviewer.app.lift_link import LiftLink
from poseviewer.app.start import run_window
shown, show = [], LiftLink._show
LiftLink._show = lambda self, lifted: (show(self, lifted), shown.append(lifted is not None))
code = run_window([], demo=True, screenshot=Path({str(tmp_path / "demo.png")!r}))
print(code, any(shown), "torch" in sys.modules)
"""
    done = run(code, tmp_path, QT_QPA_PLATFORM="offscreen")
    assert done.stdout.strip() == "0 True False", done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")
def test_without_a_display_a_screenshot_works_and_a_window_is_refused_in_one_sentence(tmp_path):
    shot = tmp_path / "start.png"
    code = WITH_SHOT.format(path=str(shot))
    none = {"DISPLAY": None, "WAYLAND_DISPLAY": None, "QT_QPA_PLATFORM": None}
    done = run(code, tmp_path, **none)
    assert done.stdout.strip() == "0" and shot.exists(), done.stderr
    done = run("from poseviewer.app.start import run_window; print(run_window([]))", tmp_path, **none)
    assert done.stdout.strip() == "1"
    assert "no display" in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_a_screenshot_that_cannot_be_written_is_an_error(tmp_path):
    done = run(WITH_SHOT.format(path="/nowhere/x.png"), tmp_path)
    assert done.stdout.strip() == "1"
    assert "/nowhere/x.png" in done.stderr


def test_a_screenshot_of_a_file_that_is_not_there_is_an_error(tmp_path):
    code = f"""
from pathlib import Path
from poseviewer.app.start import run_window
print(run_window(["missing.poseproj"], screenshot=Path({str(tmp_path / "x.png")!r})))
"""
    done = run(code, tmp_path)
    assert done.stdout.strip() == "1"
    assert "missing.poseproj" in done.stderr
