"""The panel that says which range is wrong: checked, read, clicked, widened and undone on a real document."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import immutables
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from poseviewer.app.document import Document
from poseviewer.app.notices import Notices
from poseviewer.app.ranges import check_panel
from poseviewer.app.ranges.check_panel import NO_STOP, RangeCheckPanel
from poseviewer.app.ranges.draft import RangeDraft
from poseviewer.app.ranges.range_check import CheckRequest, RangeCheck
from poseviewer.app.selection import Selection
from poseviewer.app.settings import SettingsStore
from poseviewer.app.tasks import Tasks
from poseviewer.core import edits
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, MediaRef, Project
from poseviewer.core.range_edits import interval_of
from poseviewer.core.ranges import Interval
from poseviewer.geometry.range_fit import RangeFit
from poseviewer.geometry.range_stops import RangeStop, UnusedRange
from poseviewer.io.skeleton_files import load_ranges, load_skeleton
from poseviewer.synthesis.generate import synthesize

QUADRUPED = load_ranges("quadruped16")
KNEE = QUADRUPED.skeleton.bone_index("left_hip", "left_knee")
PAW = QUADRUPED.skeleton.bone_index("left_knee", "left_hind_paw")
VIDEO = MediaRef("v", "/films/walk.mp4", "video", 1, "", 60, 80, 60, 25.0)


def project_of(count: int, keypoints: int = 16) -> Project:
    xy = 150.0 * synthesize(QUADRUPED.skeleton, QUADRUPED, max(count, 1), 7).keypoints + 400
    xy[:, keypoints:] = np.nan
    labels = {FrameKey("v", 2 * n): (Instance(Pose2D(pose)),) for n, pose in enumerate(xy[:count])}
    return Project(QUADRUPED.skeleton, QUADRUPED, (VIDEO,), immutables.Map(labels))


def a_stop(bone: int, axis: str, side: int, frames: list[int], degrees: list[float]) -> RangeStop:
    interval = interval_of(QUADRUPED, bone, axis)
    needed = math.radians(max(degrees, key=abs))
    end = interval.min if side < 0 else interval.max
    size = len(frames)
    return RangeStop(
        (bone,),
        axis,
        side,
        end,
        needed,
        tuple(frames),
        np.radians(degrees),
        np.full(size, 8.0),
        np.full(size, 1.0),
        20.0,
    )


def told(stops: tuple[RangeStop, ...], unused: tuple[UnusedRange, ...] = ()):
    """A check that finds what it is told to, in no time."""

    def check(request: CheckRequest):
        yield 0.5
        count = len(request.poses.places)
        fit = RangeFit(
            request.ranges,
            np.ones(count, bool),
            *3 * [np.zeros((count, 1))],
            np.zeros(count),
            *5 * [np.zeros(count)],
            (),
        )
        return RangeCheck(request, fit, stops, unused)

    return check


STOPS = (a_stop(KNEE, "flexion", 1, [3, 1], [80, 70]), a_stop(PAW, "abduction", -1, [2], [-50]))


class Bench:
    """A panel with all it needs."""

    def __init__(self, qtbot: QtBot, project: Project) -> None:
        self.qtbot = qtbot
        self.document = Document(project)
        self.notices, self.selection = Notices(), Selection()
        self.draft = RangeDraft(self.document, self.notices)
        self.tasks = Tasks(self.notices)
        store = SettingsStore(None, keep=False)
        self.panel = RangeCheckPanel(self.document, self.draft, self.selection, self.tasks, self.notices, store)
        self.said: list[str] = []
        self.notices.said.connect(self.said.append)
        self.panel.resize(420, 420)
        qtbot.addWidget(self.panel)
        with qtbot.waitActive(self.panel):
            self.panel.show()
            self.panel.activateWindow()

    def checks(self) -> None:
        with self.qtbot.waitSignal(self.panel.updated, timeout=60_000):
            self.qtbot.mouseClick(self.panel._button, Qt.MouseButton.LeftButton)
        self.qtbot.waitUntil(lambda: not self.panel.running)

    def clicks(self, stop: int, frame: int | None = None, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        row = self.panel.stops.topLevelItem(stop)
        if frame is not None:
            row.setExpanded(True)
            row = row.child(frame)
        self.panel.stops.scrollToItem(row)
        place = self.panel.stops.visualItemRect(row).center()
        self.qtbot.mouseClick(self.panel.stops.viewport(), Qt.MouseButton.LeftButton, modifiers, place)

    def flexion(self) -> float:
        return math.degrees(interval_of(self.document.project.ranges, KNEE, "flexion").max)


@pytest.fixture
def make(qtbot: QtBot) -> Iterator:
    made: list[Bench] = []

    def bench(project: Project) -> Bench:
        made.append(Bench(qtbot, project))
        return made[-1]

    yield bench
    for one in made:
        one.tasks.close()


@pytest.fixture
def bench(make, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Five labelled frames, two stops found in them."""
    monkeypatch.setattr(check_panel, "check_ranges", told(STOPS))
    return make(project_of(5))


# --- what it says before there is anything ---------------------------------------------------------------


def test_without_labels_it_says_what_to_do(make) -> None:
    panel = make(project_of(0)).panel

    assert "Label an animal in some frames" in panel._message.text()
    assert not panel._button.isEnabled()


def test_too_few_keypoints_are_named_as_the_reason(make) -> None:
    panel = make(project_of(3, keypoints=3)).panel

    assert "fewer than 4 keypoints" in panel._message.text()
    assert not panel._button.isEnabled()


def test_it_counts_what_it_would_check(make) -> None:
    bench = make(project_of(3))
    assert bench.panel._button.text() == "Check 3 labelled poses"

    bench.document.push(edits.clear_frame(bench.document.project, FrameKey("v", 0)))

    assert bench.panel._button.text() == "Check 2 labelled poses"


# --- the check -------------------------------------------------------------------------------------------


def test_a_real_check_of_valid_poses_arrives(make) -> None:
    bench = make(project_of(4))

    bench.checks()

    assert bench.panel.check is not None and bench.panel.check.fit.fitted.sum() == 4
    assert np.nanmedian(bench.panel.check.fit.residual_px) < 3
    assert bench.panel._no_stop.isVisible() == (not bench.panel.check.stops)
    assert "needs 20 labelled poses; there are 4" in bench.panel._unused_message.text()


def test_stops_are_listed_with_their_frames(bench: Bench) -> None:
    bench.checks()

    first = bench.panel.stops.topLevelItem(0)
    assert [first.text(c) for c in range(4)] == ["left hip to knee · flexion", "58° → 80°", "2", "8.0 → 1.0 px"]
    assert [first.child(n).text(0) for n in range(2)] == ["walk.mp4 · 6", "walk.mp4 · 2"]
    assert [first.child(n).text(1) for n in range(2)] == ["80°", "70°"]
    assert bench.panel._summary.text() == "2 bones at their stop in 5 poses"


def test_a_check_can_be_cancelled_and_nothing_arrives(make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(request: CheckRequest):
        while True:
            yield 0.3

    monkeypatch.setattr(check_panel, "check_ranges", endless)
    bench = make(project_of(2))
    bench.panel.run()
    qtbot.waitUntil(lambda: bench.panel._bar.value() == 30)
    assert bench.panel._button.text() == "Cancel" and bench.panel._bar.isVisible()

    qtbot.mouseClick(bench.panel._button, Qt.MouseButton.LeftButton)

    assert not bench.panel.running and bench.panel.check is None
    qtbot.waitUntil(lambda: bench.tasks.count == 0)
    assert bench.panel._button.text() == "Check 2 labelled poses"


def test_it_says_when_it_is_out_of_date(bench: Bench) -> None:
    bench.checks()
    assert not bench.panel.stale

    pose = bench.document.project.pose(FrameKey("v", 0)).moved(5, 5)
    bench.document.push(edits.set_pose(bench.document.project, FrameKey("v", 0), 0, pose))

    assert bench.panel.stale and bench.panel._summary.text().endswith("out of date")
    bench.checks()
    assert not bench.panel.stale


def test_another_skeleton_clears_the_list(bench: Bench) -> None:
    bench.checks()

    human = load_skeleton("human17")
    bench.document.push(edits.set_skeleton(bench.document.project, human, load_ranges("human17")))

    assert bench.panel.check is None and bench.panel.stops.topLevelItemCount() == 0


# --- clicks ----------------------------------------------------------------------------------------------


def test_a_frame_opens_on_a_click_and_its_bone_is_looked_at(bench: Bench) -> None:
    bench.checks()
    opened: list[FrameKey] = []
    bench.panel.frame_chosen.connect(opened.append)

    bench.clicks(0, 1)

    assert opened == [FrameKey("v", 2)]
    assert bench.draft.bone == KNEE


def test_a_stop_looks_at_its_bone_and_opens_no_frame(bench: Bench) -> None:
    bench.checks()
    opened: list[FrameKey] = []
    bench.panel.frame_chosen.connect(opened.append)
    assert bench.draft.bone is None, "a check that arrives chooses nothing for the user"

    bench.clicks(1)

    assert bench.draft.bone == PAW and opened == []


def test_keys_do_what_clicks_do(bench: Bench, qtbot: QtBot) -> None:
    bench.checks()
    opened: list[FrameKey] = []
    bench.panel.frame_chosen.connect(opened.append)
    tree = bench.panel.stops
    tree.setFocus()

    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(tree, key)

    assert opened == [FrameKey("v", 6)]


# --- widening --------------------------------------------------------------------------------------------


def test_one_press_widens_what_is_first_and_one_undo_takes_it_back(bench: Bench, qtbot: QtBot) -> None:
    bench.checks()
    shown: list[float] = []
    bench.draft.ranges_changed.connect(
        lambda ranges: shown.append(math.degrees(interval_of(ranges, KNEE, "flexion").max))
    )

    qtbot.mousePress(bench.panel._widen, Qt.MouseButton.LeftButton)
    assert bench.draft.previewing and bench.flexion() == pytest.approx(58)
    qtbot.mouseRelease(bench.panel._widen, Qt.MouseButton.LeftButton)

    assert bench.flexion() == pytest.approx(85)
    assert shown == pytest.approx([85, 85]), "seen while held, then made: never back in between"
    assert bench.document.undo_text == "Widen left hip to knee flexion to 85°"
    mirrored = interval_of(bench.document.project.ranges, QUADRUPED.skeleton.mirror_bones[KNEE], "flexion")
    assert math.degrees(mirrored.max) == pytest.approx(85)
    assert bench.panel.stale
    bench.document.undo()
    assert bench.document.project.ranges == QUADRUPED


def test_letting_go_beside_the_button_changes_nothing(bench: Bench, qtbot: QtBot) -> None:
    bench.checks()
    qtbot.mousePress(bench.panel._widen, Qt.MouseButton.LeftButton)
    assert bench.draft.previewing

    beside = QPointF(-200, -200)
    left = Qt.MouseButton.LeftButton
    there = QPointF(bench.panel._widen.mapToGlobal(beside))
    # The test moves of Qt carry no button.
    move = QMouseEvent(QEvent.Type.MouseMove, beside, there, left, left, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(bench.panel._widen, move)
    qtbot.mouseRelease(bench.panel._widen, left, pos=beside.toPoint())

    qtbot.waitUntil(lambda: not bench.draft.previewing)
    assert bench.document.project.ranges == QUADRUPED


def test_chosen_frames_are_covered_with_the_margin_asked_for(bench: Bench, qtbot: QtBot) -> None:
    bench.checks()
    bench.panel.set_margin(2)
    bench.clicks(0, 1)

    qtbot.mouseClick(bench.panel._widen, Qt.MouseButton.LeftButton)

    assert bench.flexion() == pytest.approx(72)


def test_several_ranges_are_one_edit(bench: Bench, qtbot: QtBot) -> None:
    bench.checks()
    bench.clicks(0)
    bench.clicks(1, modifiers=Qt.KeyboardModifier.ControlModifier)

    qtbot.mouseClick(bench.panel._widen, Qt.MouseButton.LeftButton)

    assert bench.document.undo_text == "Widen 2 ranges to cover labelled poses"
    assert math.degrees(interval_of(bench.document.project.ranges, PAW, "abduction").min) == pytest.approx(-55)


def test_without_mirroring_one_side_is_widened(bench: Bench, qtbot: QtBot) -> None:
    bench.draft.set_mirror(False)
    bench.checks()

    qtbot.mouseClick(bench.panel._widen, Qt.MouseButton.LeftButton)

    partner = QUADRUPED.skeleton.mirror_bones[KNEE]
    assert bench.flexion() == pytest.approx(85)
    assert bench.document.project.ranges.ranges[partner] == QUADRUPED.ranges[partner]


def test_what_is_covered_already_is_said(bench: Bench, qtbot: QtBot) -> None:
    bench.checks()
    bench.panel.set_margin(5)
    qtbot.mouseClick(bench.panel._widen, Qt.MouseButton.LeftButton)

    qtbot.mouseClick(bench.panel._widen, Qt.MouseButton.LeftButton)

    assert "cover these poses already" in bench.said[-1]


def test_nothing_chosen_is_nothing_to_widen(bench: Bench) -> None:
    bench.checks()
    bench.panel.stops.clearSelection()

    assert not bench.panel._widen.isEnabled()
    assert "Choose a range" in bench.panel._widen.toolTip()


# --- hardly used -----------------------------------------------------------------------------------------


def test_ranges_that_are_hardly_used_are_on_the_second_tab(make, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    interval = interval_of(QUADRUPED, PAW, "flexion")
    used = type(interval)(0.0, 0.5)
    unused = UnusedRange(PAW, "flexion", interval, used, 0.19, 24)
    monkeypatch.setattr(check_panel, "check_ranges", told((), (unused,)))
    bench = make(project_of(24))
    bench.checks()
    bench.panel._tabs.setCurrentIndex(1)

    row = bench.panel.unused.topLevelItem(0)
    assert [row.text(c) for c in range(4)] == ["left knee to hind paw · flexion", "−35…115°", "0…29°", "19%"]
    place = bench.panel.unused.visualItemRect(row).center()
    qtbot.mouseClick(bench.panel.unused.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert bench.draft.bone == PAW
    bench.panel._tabs.setCurrentIndex(0)
    assert bench.panel._no_stop.isVisible() and bench.panel._no_stop.text() == NO_STOP


def used_little(frames: int = 24) -> UnusedRange:
    return UnusedRange(
        PAW, "flexion", interval_of(QUADRUPED, PAW, "flexion"), Interval(0.0, math.radians(40)), 0.3, frames
    )


@pytest.fixture
def idle(make, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A check that found one range of which little is used; it is chosen."""
    monkeypatch.setattr(check_panel, "check_ranges", told((), (used_little(),)))
    bench = make(project_of(24))
    bench.checks()
    bench.panel._tabs.setCurrentIndex(1)
    bench.panel.unused.topLevelItem(0).setSelected(True)
    return bench


def paw_flexion(bench: Bench) -> tuple[float, float]:
    interval = interval_of(bench.document.project.ranges, PAW, "flexion")
    return math.degrees(interval.min), math.degrees(interval.max)


def test_a_range_is_narrowed_to_what_is_used_and_undone(idle: Bench, qtbot: QtBot) -> None:
    before = paw_flexion(idle)

    qtbot.mouseClick(idle.panel._narrow, Qt.MouseButton.LeftButton)

    assert paw_flexion(idle) == pytest.approx((-5, 45))
    assert idle.document.undo_text == "Narrow left knee to hind paw flexion to −5…45°"
    idle.document.undo()
    assert paw_flexion(idle) == pytest.approx(before)


def test_while_the_button_is_held_the_narrower_range_is_seen(idle: Bench, qtbot: QtBot) -> None:
    qtbot.mousePress(idle.panel._narrow, Qt.MouseButton.LeftButton)

    assert math.degrees(interval_of(idle.draft.ranges, PAW, "flexion").max) == pytest.approx(45)
    assert idle.document.project.ranges == QUADRUPED
    qtbot.mouseRelease(idle.panel._narrow, Qt.MouseButton.LeftButton)


def test_a_locked_range_is_not_narrowed_and_says_so(idle: Bench, qtbot: QtBot) -> None:
    locked = replace(QUADRUPED, locked=frozenset({PAW}))
    idle.draft.commit(locked, "Lock")

    qtbot.mouseClick(idle.panel._narrow, Qt.MouseButton.LeftButton)

    assert idle.document.project.ranges == locked
    assert "locked" in idle.said[-1]


def test_each_list_has_its_own_action(idle: Bench) -> None:
    assert idle.panel._narrow.isVisible() and not idle.panel._widen.isVisible()
    idle.panel.unused.clearSelection()
    assert not idle.panel._narrow.isEnabled()
    idle.panel._tabs.setCurrentIndex(0)
    assert idle.panel._widen.isVisible() and not idle.panel._narrow.isVisible()


def test_everything_is_named_for_those_who_do_not_see_it(bench: Bench) -> None:
    bench.checks()
    panel = bench.panel

    for widget in (panel._button, panel._bar, panel._margin, panel._widen, panel._narrow, panel.stops, panel.unused):
        assert isinstance(widget, QWidget) and (widget.accessibleName() or getattr(widget, "text", str)()), widget
    assert panel._widen.focusPolicy() & Qt.FocusPolicy.TabFocus
