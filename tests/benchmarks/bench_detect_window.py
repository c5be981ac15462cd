"""The window while it detects on a long video, and while a detector is trained: how late its event loop is.

Each part is a process of its own, so that torch is imported where it is in the program: in the work's thread.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.benchmark

ROOT = Path(__file__).resolve().parents[2]
SECONDS = float(os.environ.get("POSEVIEWER_BENCH_SECONDS", "20"))
FRAMES, PREDICTED = 6000, 4000
"""Of the video, and how many of them have a prediction already."""


def test_the_window_lives_while_it_detects_and_trains_a_detector(record_benchmark: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run("prepare", folder)
        alone, detecting, training = (run(what, folder) for what in ("alone", "detect", "train"))
    record_benchmark(
        "window while detecting",
        frames_per_second=detecting["rate"],
        late_p99_ms=detecting["p99"],
        late_worst_ms=detecting["worst"],
        late_p99_ms_while_loading=detecting["begin_p99"],
        late_worst_ms_while_loading=detecting["begin_worst"],
        late_p99_ms_while_training_a_detector=training["p99"],
        late_worst_ms_while_training_a_detector=training["worst"],
        late_p99_ms_without_work=alone["p99"],
        stop_s=detecting["stop_s"],
        load_of_others=os.getloadavg()[2],
    )
    for part in (detecting, training):
        assert part["p99"] <= max(50, 2 * alone["p99"])


def run(*words: str) -> dict[str, float]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, __file__, *words], env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def prepare(folder: Path) -> dict[str, float]:
    """A video, an untrained detector of the shape that is trained by default, and a project that has both."""
    import av

    from poseviewer.core import edits
    from poseviewer.core.pose import Pose2D
    from poseviewer.core.project import FrameKey, Instance, Project
    from poseviewer.io.media import describe, open_media
    from poseviewer.io.project_file import ProjectFile
    from poseviewer.io.skeleton_files import load_ranges
    from training.detector import Labelled, detector_config, train_detector
    from training.labelled_images import labelled_image

    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (240, 320, 3), dtype=np.uint8)
    with av.open(str(folder / "long.mp4"), "w") as file:
        stream = file.add_stream("libx264", rate=30, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for number in range(FRAMES):
            picture = av.VideoFrame.from_ndarray(np.roll(noise, number, axis=1), format="rgb24")
            file.mux(stream.encode(picture))
        file.mux(stream.encode())
    ranges = load_ranges("quadruped16")
    places = rng.uniform(40, 200, (ranges.skeleton.joint_count, 2))
    config = detector_config("default", skeleton=ranges.skeleton, output=folder / "detector.safetensors", steps=1)
    for _ in train_detector(config, Labelled([labelled_image(noise, Pose2D(places))])):
        pass
    media = describe(open_media(folder / "long.mp4"), "long")
    project = Project(ranges.skeleton, ranges, (media,), detector=str(folder / "detector.safetensors"))
    for frame in range(0, 500, 50):
        project = edits.set_pose(project, FrameKey("long", frame), 0, Pose2D(places)).after
    sure = np.ones(len(places), np.float32)
    answers = {FrameKey("long", f): Instance(Pose2D(places), predicted=True, scores=sure) for f in range(PREDICTED)}
    ProjectFile.create(folder / "long.poseproj", edits.add_predictions(project, answers).after).close()
    return {}


def window(what: str, folder: Path) -> None:
    """How late a timer is while nothing else is done, while it detects, or while a detector is trained."""
    from poseviewer.app.qt import prepare_qt

    prepare_qt()
    import platformdirs
    from bench_train_window import Lateness, finish, until
    from PySide6.QtWidgets import QApplication

    own = Path(tempfile.mkdtemp())
    for name in ("user_data_dir", "user_config_dir", "user_log_dir"):
        setattr(platformdirs, name, lambda *_, _n=name, **__: str(own / _n))
    app = QApplication([])
    from poseviewer.app.detect.request import DetectRequest, Scope, places_of
    from poseviewer.app.main_window import MainWindow
    from poseviewer.app.settings import SettingsStore
    from poseviewer.app.train.plan import RunPlan

    shown = MainWindow(SettingsStore())
    shown.show()
    shown.opening.open_project(str(folder / "long.poseproj"))
    until(app, lambda: shown.workspace is not None and bool(shown.workspace.selection.frame))
    until(app, lambda: shown.workspace.link.shown_pose is not None)
    workspace, document = shown.workspace, shown.opening.document
    workspace.docks.reveal("dock.detect")
    lateness = Lateness()
    figures = {"begin_p99": 0.0, "begin_worst": 0.0, "rate": 0.0, "stop_s": 0.0}
    said: list[tuple[float, int]] = []
    detections, runner = workspace.detect.detections, workspace.training.runner
    detections.reported.connect(lambda report: said.append((time.perf_counter(), report.done)) if report.done else None)
    runner.reported.connect(lambda report: said.append((time.perf_counter(), report.step)))
    if what == "detect":
        places = places_of(document.project, Scope("all", None))
        assert detections.start(DetectRequest(document.project, places, least=0.0))
    elif what == "train":
        assert runner.start(RunPlan("detector", "default", device="cpu"))
    if what != "alone":
        until(app, lambda: bool(said), patience=120)
        figures |= {f"begin_{name}": value for name, value in lateness.figures().items()}
    lateness.restart()
    stop = time.perf_counter() + SECONDS
    until(app, lambda: time.perf_counter() > stop, patience=2 * SECONDS)
    figures |= lateness.figures()
    if what != "alone":
        (first, done), (last, more) = said[0], said[-1]
        figures["rate"] = (more - done) / max(last - first, 1e-9)
        began = time.perf_counter()
        (detections.stop if what == "detect" else runner.cancel)()
        until(app, lambda: shown.tasks.count == 0)
        figures["stop_s"] = time.perf_counter() - began
    os._exit(finish(figures))


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        sys.stdout.write(json.dumps(prepare(Path(sys.argv[2]))) + "\n")
    else:
        window(sys.argv[1], Path(sys.argv[2]))
