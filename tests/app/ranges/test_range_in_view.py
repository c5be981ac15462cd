"""The range of the chosen bone follows the pose, and pulling it is one edit of the document."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal
from pytestqt.qtbot import QtBot

from poseviewer.app.document import Document
from poseviewer.app.notices import Notices
from poseviewer.app.ranges import range_in_view
from poseviewer.app.ranges.draft import RangeDraft
from poseviewer.app.ranges.range_in_view import RangeInView
from poseviewer.app.view3d.panel import View3D
from poseviewer.app.view3d.range_handles import RangePull, grips_of
from poseviewer.core import edits
from poseviewer.core.lifted import LiftedPoses
from poseviewer.core.project import Project
from poseviewer.core.range_edits import interval_of, with_lock
from poseviewer.core.ranges import Interval, RangePreset
from poseviewer.geometry.body_frame import swings_of_pose
from poseviewer.geometry.camera import body_to_camera
from poseviewer.geometry.kinematics import directions_from_swings, joints_from_vectors
from poseviewer.io.skeleton_files import load_ranges

LEFT = Qt.MouseButton.LeftButton


class Lifted(QObject):
    """What the link tells of the pose that is shown."""

    shown_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.shown_pose: LiftedPoses | None = None

    def show(self, poses: LiftedPoses | None) -> None:
        self.shown_pose = poses
        self.shown_changed.emit(poses)


def trotting(ranges: RangePreset, swing: float = 0.3) -> LiftedPoses:
    """A pose with all bones at rest but for the left elbow, whose flexion is `swing` radians."""
    swings = np.zeros((ranges.skeleton.bone_count, 3))
    swings[elbow(ranges), 0] = swing
    lengths = np.array([length.template for length in ranges.lengths])[:, None]
    joints = 200 * body_to_camera(
        joints_from_vectors(ranges.skeleton, directions_from_swings(ranges, swings) * lengths)
    )
    count = ranges.skeleton.joint_count
    return LiftedPoses(
        ranges.skeleton, joints[None].astype(np.float32), np.ones((1, count), np.float32),
        np.zeros((1, 2), np.float32), np.ones((1, count), bool),
    )  # fmt: skip


def elbow(ranges: RangePreset) -> int:
    return ranges.skeleton.bone_names.index("left_elbow:left_front_paw")


@pytest.fixture
def world(qtbot: QtBot) -> Iterator[SimpleNamespace]:
    """A document, its draft, a 3D view of 480 x 480 from the animal's left, and what joins them."""
    ranges = load_ranges("quadruped16")
    document = Document(Project(ranges.skeleton, ranges))
    draft, view, link = RangeDraft(document, Notices()), View3D(opengl="off"), Lifted()
    qtbot.addWidget(view)
    view.resize(480, 480)
    view.set_skeleton(ranges.skeleton)
    joined = RangeInView(draft, view, link, document)  # type: ignore[arg-type]
    with qtbot.waitSignal(view.drawn):
        view.show()
    made = SimpleNamespace(document=document, draft=draft, view=view, link=link, joined=joined, ranges=ranges)

    def show(poses: LiftedPoses) -> None:
        view.set_pose(poses.joints[0])
        link.show(poses)

    made.show = show
    yield made
    view.close()
    document.close()


@pytest.fixture
def chosen(world: SimpleNamespace) -> SimpleNamespace:
    """The left elbow is chosen and a pose is shown."""
    world.show(trotting(world.ranges))
    world.view.set_view("side")
    world.draft.set_bone(elbow(world.ranges))
    return world


def shown(world: SimpleNamespace):
    return world.view.canvas.range_tool.shown


def pull(qtbot: QtBot, world: SimpleNamespace, by: QPoint, end: str = "max") -> QPoint:
    canvas = world.view.canvas
    grip = next(g for g in grips_of(canvas.range_tool._sight()) if g.name == ("flexion", end))
    start = QPointF(*grip.place.tolist()).toPoint()
    qtbot.mousePress(canvas, LEFT, pos=start)
    for step in range(1, 5):
        world.view.canvas.range_tool.move(QPointF(start + by * step / 4))
    return start + by


def test_the_dot_is_at_the_bone_s_own_angles(chosen: SimpleNamespace) -> None:
    own = shown(chosen).own
    sight = chosen.view.canvas.range_tool._sight()
    flexion, abduction = chosen.joined.angles[own.bone, :2]
    made = [math.cos(abduction) * math.cos(flexion), math.cos(abduction) * math.sin(flexion), math.sin(abduction)]
    assert sight.direction == pytest.approx(made, abs=1e-6)
    assert own.rotation is chosen.ranges.ranges[own.bone]
    child = chosen.ranges.skeleton.bones[own.bone].child
    drawn = sight.stage.project(sight.ball.points(sight.direction)).places[0]
    place = chosen.view.canvas.joint_place(child)
    assert math.hypot(drawn[0] - place.x(), drawn[1] - place.y()) < 1


def test_nothing_is_shown_without_a_bone_or_without_a_pose(world: SimpleNamespace) -> None:
    world.show(trotting(world.ranges))
    assert shown(world) is None
    world.draft.set_bone(3)
    assert shown(world).own.bone == 3
    world.link.show(None)
    assert shown(world) is None
    world.show(trotting(world.ranges))
    world.draft.set_bone(None)
    assert shown(world) is None


def test_angles_are_told_with_every_pose(world: SimpleNamespace) -> None:
    told: list[object] = []
    world.joined.angles_changed.connect(told.append)
    poses = trotting(world.ranges)
    world.show(poses)
    np.testing.assert_allclose(told[-1], swings_of_pose(world.ranges, poses.joints[0].astype(float)))
    world.link.show(None)
    world.link.show(None)
    assert told[-1] is None and len(told) == 2
    other = load_ranges("human17")
    world.link.show(replace(poses, skeleton=other.skeleton))
    assert len(told) == 2


def test_what_nobody_looks_at_is_not_worked_out(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    real = range_in_view.swings_of_pose
    monkeypatch.setattr(range_in_view, "swings_of_pose", lambda *args: (asked.append(args), real(*args))[1])
    world.show(trotting(world.ranges))
    assert asked == []
    assert world.joined.angles.shape == (15, 3) and world.joined.angles is not None
    assert len(asked) == 1
    world.draft.set_bone(4)
    world.draft.set_mirror(False)
    assert len(asked) == 1
    world.show(trotting(world.ranges, 0.1))
    assert len(asked) == 2


def test_a_pull_is_previewed_and_is_one_edit(qtbot: QtBot, chosen: SimpleNamespace) -> None:
    bone, skeleton = elbow(chosen.ranges), chosen.ranges.skeleton
    end = pull(qtbot, chosen, QPoint(6, -40))
    assert chosen.draft.previewing and not chosen.document.can_undo
    assert (
        shown(chosen).committed == chosen.ranges.ranges[bone] and shown(chosen).own.rotation != shown(chosen).committed
    )
    qtbot.mouseRelease(chosen.view.canvas, LEFT, pos=end)

    new = chosen.document.project.ranges
    before, after = (interval_of(r, bone, "flexion") for r in (chosen.ranges, new))
    assert after.min == before.min and after.max > before.max
    partner = skeleton.mirror_bones[bone]
    assert interval_of(new, partner, "flexion") == after
    text = f"Widen left elbow to front paw flexion to −115…{math.degrees(after.max):.0f}°"
    assert chosen.document.undo_text == text
    assert not chosen.draft.previewing and shown(chosen).committed is None
    assert chosen.document.undo() and chosen.document.project.ranges == chosen.ranges
    assert not chosen.document.can_undo


def test_unmirrored_the_other_side_stays(qtbot: QtBot, chosen: SimpleNamespace) -> None:
    assert shown(chosen).partner is not None
    chosen.draft.set_mirror(False)
    assert shown(chosen).partner is None
    qtbot.mouseRelease(chosen.view.canvas, LEFT, pos=pull(qtbot, chosen, QPoint(6, -40)))
    bone = elbow(chosen.ranges)
    partner = chosen.ranges.skeleton.mirror_bones[bone]
    assert chosen.document.project.ranges.ranges[bone] != chosen.ranges.ranges[bone]
    assert chosen.document.project.ranges.ranges[partner] == chosen.ranges.ranges[partner]


def test_escape_brings_back_what_stands(qtbot: QtBot, chosen: SimpleNamespace) -> None:
    end = pull(qtbot, chosen, QPoint(6, -40))
    qtbot.keyClick(chosen.view.canvas, Qt.Key.Key_Escape)
    assert not chosen.draft.previewing and shown(chosen).own.rotation == chosen.ranges.ranges[elbow(chosen.ranges)]
    qtbot.mouseRelease(chosen.view.canvas, LEFT, pos=end)
    assert not chosen.document.can_undo


def test_undo_during_a_pull_takes_the_handle_away(qtbot: QtBot, chosen: SimpleNamespace) -> None:
    qtbot.mouseRelease(chosen.view.canvas, LEFT, pos=pull(qtbot, chosen, QPoint(6, -40)))
    end = pull(qtbot, chosen, QPoint(0, 20))
    chosen.document.undo()
    assert not chosen.view.canvas.range_tool.holding
    qtbot.mouseRelease(chosen.view.canvas, LEFT, pos=end)
    assert chosen.document.project.ranges == chosen.ranges


def test_a_locked_bone_cannot_be_pulled(qtbot: QtBot, chosen: SimpleNamespace) -> None:
    project = chosen.document.project
    locked = with_lock(project.ranges, elbow(chosen.ranges), True)
    chosen.document.push(edits.set_ranges(project, locked, "Lock"))
    assert "locked; unlock it" in shown(chosen).refusal
    qtbot.mouseRelease(chosen.view.canvas, LEFT, pos=pull(qtbot, chosen, QPoint(6, -40)))
    assert chosen.document.undo_text == "Lock" and chosen.draft.ranges == locked


def test_a_pull_that_is_refused_is_said_and_changes_nothing(chosen: SimpleNamespace) -> None:
    bone = elbow(chosen.ranges)
    beyond = RangePull(bone, "abduction", Interval(0.0, 3.0))
    chosen.view.range_pulled.emit(beyond)
    chosen.view.range_released.emit(beyond)
    assert chosen.draft.ranges == chosen.ranges and not chosen.document.can_undo


def test_spherical_ranges_stand_in_the_body_s_frame(world: SimpleNamespace) -> None:
    paper = load_ranges("quadruped16.paper")
    world.document.push(edits.set_ranges(world.document.project, paper, "Use the paper's"))
    world.show(trotting(world.ranges))
    world.draft.set_bone(elbow(world.ranges))
    assert world.joined.angles.shape == (15, 2)
    assert shown(world).own.frame == pytest.approx(np.array(shown(world).partner.frame))
    assert shown(world).twist is None


def test_a_twist_is_shown_where_something_hangs_on_the_bone(chosen: SimpleNamespace) -> None:
    names = chosen.ranges.skeleton.bone_names
    for name, twists in (
        ("left_shoulder:left_elbow", True),
        ("left_elbow:left_front_paw", False),
        ("neck:nose", False),
    ):
        chosen.draft.set_bone(names.index(name))
        assert (shown(chosen).twist is not None) == twists


def test_a_keypoint_that_is_not_known_leaves_the_rest(world: SimpleNamespace) -> None:
    poses = trotting(world.ranges)
    shoulder = world.ranges.skeleton.joint_index("left_shoulder")
    poses.joints[0, shoulder] = np.nan
    world.show(poses)
    world.draft.set_bone(elbow(world.ranges))
    assert np.isfinite(shown(world).own.frame).all()
    assert np.isnan(world.joined.angles).any()
