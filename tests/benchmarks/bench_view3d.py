"""How long a new pose takes to be seen in 3D, through the window's own event loop, with software OpenGL."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from poseviewer.app.view3d.panel import OpenGl, View3D
from poseviewer.app.view3d.range_patch import RangeOfBone, RangeShown
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.body_frame import body_rotation, swings_of_pose
from poseviewer.geometry.kinematics import parent_frame
from poseviewer.io.skeleton_files import load_ranges, load_skeleton

POSES = 300
Record = Callable[..., None]


@pytest.fixture
def quadruped() -> Skeleton:
    return load_skeleton("quadruped16")


def stride(skeleton: Skeleton) -> np.ndarray:
    """(POSES, J, 3) camera frame, pixels: the skeleton's diagram with some depth, each joint swinging."""
    layout = np.array(skeleton.layout) * 300.0
    side = np.array([{"left": -30.0, "right": 30.0}.get(s, 0.0) for s in skeleton.sides])
    rest = np.column_stack([layout, side])
    phase = np.linspace(0, 20 * np.pi, POSES)[:, None, None] + np.arange(skeleton.joint_count)[:, None]
    poses = rest + 12.0 * np.sin(phase)
    return poses - poses[:, skeleton.root][:, None]


def repainted(view: View3D, poses: np.ndarray) -> tuple[list[float], list[float]]:
    """Show pose after pose; milliseconds from each to the end of its repaint, and of processor time for it."""
    painted = [0]
    view.drawn.connect(lambda: painted.__setitem__(0, painted[0] + 1))
    given = np.ones(poses.shape[1], dtype=bool)
    given[-3:] = False
    std = np.full(poses.shape[1], 15.0)
    times, busy = [], []
    for pose in poses:
        before, start, worked = painted[0], time.perf_counter(), time.process_time()
        view.set_pose(pose, given, std)
        while painted[0] == before:
            QApplication.processEvents()
        times.append(1e3 * (time.perf_counter() - start))
        busy.append(1e3 * (time.process_time() - worked))
    return times, busy


@pytest.mark.benchmark
@pytest.mark.parametrize("opengl", ["on", "off"])
def test_pose_to_repainted_view(qtbot: QtBot, quadruped: Skeleton, record_benchmark: Record, opengl: OpenGl) -> None:
    """A 640x560 view in a 1280x800 window: from `set_pose` to the end of its repaint."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1280, 800)
    view = View3D(window, opengl=opengl)
    view.set_skeleton(quadruped)
    with qtbot.waitSignal(view.drawn):
        window.show()
    strip = view.height() - view.canvas.height()
    view.setGeometry(620, 0, 640, 560 + strip)
    times, busy = repainted(view, stride(quadruped))
    measured = np.array(times[20:])  # the first ones compile shaders and fill caches
    median, p99 = float(np.median(measured)), float(np.percentile(measured, 99))
    processor = float(np.median(busy[20:]))
    assert (view.canvas.width(), view.canvas.height()) == (640, 560)
    record_benchmark(
        f"view3d_pose_to_paint_{'opengl' if opengl == 'on' else 'painted'}",
        scene=view.scene_name, median_ms=median, p99_ms=p99, processor_ms=processor, goal_median_ms=9.0,
    )  # fmt: skip
    view.close()
    assert view.canvas.scene_name == "painted"
    if opengl == "on":
        # Of all threads, the software renderer's too. Unlike the clock it does not count what else the machine does.
        assert processor <= 9.0


@pytest.mark.benchmark
@pytest.mark.parametrize("opengl", ["on", "off"])
def test_what_a_range_and_a_comparison_add(
    qtbot: QtBot, quadruped: Skeleton, record_benchmark: Record, opengl: OpenGl
) -> None:
    """The same view alone, with the range of the left upper foreleg, and with a second pose."""
    view = View3D(opengl=opengl)
    qtbot.addWidget(view)
    view.resize(640, 600)
    view.set_skeleton(quadruped)
    with qtbot.waitSignal(view.drawn):
        view.show()
    poses = stride(quadruped)[:150]
    preset = load_ranges("quadruped16")
    bone = quadruped.bone_index("left_shoulder", "left_elbow")
    rotation = body_rotation(preset, poses[0])
    frame = rotation @ parent_frame(preset, bone, swings_of_pose(preset, poses[0], rotation))
    medians = {}
    for name, shown, second in (
        ("alone", None, None),
        ("range", RangeShown(RangeOfBone(bone, preset.ranges[bone], frame)), None),
        ("comparison", None, poses[5]),
    ):
        view.set_range(shown)
        view.set_comparison(second)
        medians[name] = float(np.median(repainted(view, poses)[1][20:]))
    record_benchmark(
        f"view3d_range_and_comparison_{'opengl' if opengl == 'on' else 'painted'}",
        scene=view.scene_name, **{f"{name}_processor_ms": ms for name, ms in medians.items()},
    )  # fmt: skip
    view.close()
    assert medians["range"] < medians["alone"] + 8.0
