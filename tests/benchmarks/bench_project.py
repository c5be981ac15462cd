"""The project file: how long a click takes to be safe on the disk, and a large project to open."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import immutables
import numpy as np
import pytest

from poseviewer.core import edits
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, MediaRef, Project
from poseviewer.io.project_file import ProjectFile, Step
from poseviewer.io.skeleton_files import load_ranges, load_skeleton

pytestmark = pytest.mark.benchmark

FRAMES = 100_000
CLICKS = 300
PREDICTED = 10_000


def test_a_large_project_opens_soon_and_a_click_is_safe_soon(tmp_path: Path, record_benchmark) -> None:
    skeleton = load_skeleton("quadruped16")
    poses = Pose2D.many(np.random.default_rng(0).uniform(0, 500, (FRAMES, skeleton.joint_count, 2)))
    labels = immutables.Map({FrameKey("clip", i): (Instance(pose),) for i, pose in enumerate(poses)})
    path = tmp_path / "large.poseproj"
    ProjectFile.create(path, Project(skeleton, load_ranges("quadruped16"), labels=labels)).close()

    start, cpu = time.perf_counter(), time.process_time()
    file = ProjectFile.open(path)
    opened, opened_cpu = time.perf_counter() - start, time.process_time() - cpu
    seconds = []
    for frame in range(CLICKS):
        edit = edits.place_keypoint(file.project, FrameKey("clip", frame), 0, 3, (1.0, 2.0))
        start = time.perf_counter()
        file.commit(edit)
        seconds.append(time.perf_counter() - start)
    file.close()

    record_benchmark(
        "project file",
        frames=FRAMES,
        open_seconds=opened,
        open_cpu_seconds=opened_cpu,
        commit_median_ms=1e3 * statistics.median(seconds),
        commit_p99_ms=1e3 * float(np.quantile(seconds, 0.99)),
    )
    assert opened_cpu < 1.5, "processor time: the machine may be busy with other things"


def test_a_whole_videos_predictions_are_one_step_there_and_back(tmp_path: Path, record_benchmark) -> None:
    skeleton = load_skeleton("quadruped16")
    rng = np.random.default_rng(0)
    poses = Pose2D.many(rng.uniform(0, 500, (PREDICTED, skeleton.joint_count, 2)))
    scores = rng.random((PREDICTED, skeleton.joint_count), np.float32)
    clip = MediaRef("clip", str(tmp_path / "clip.mp4"), "video", 1, "", PREDICTED, 640, 480, 30.0)
    predictions = {FrameKey("clip", i): Instance(pose, "", True, scores[i]) for i, pose in enumerate(poses)}
    file = ProjectFile.create(
        tmp_path / "predicted.poseproj", Project(skeleton, load_ranges("quadruped16"), media=(clip,))
    )
    before = file.project
    seconds = {}
    start = time.perf_counter()
    edit = edits.add_predictions(file.project, predictions)
    seconds["edit"] = time.perf_counter() - start
    start = time.perf_counter()
    file.commit(edit)
    seconds["commit"] = time.perf_counter() - start
    start = time.perf_counter()
    undo = file.recall(Step.UNDO)
    assert undo is not None
    file.commit(undo, Step.UNDO)
    seconds["undo"] = time.perf_counter() - start
    assert file.project.labels == before.labels
    file.close()

    record_benchmark("predictions", frames=PREDICTED, **{f"{name}_ms": 1e3 * value for name, value in seconds.items()})
    assert seconds["commit"] < 2.0
