from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import immutables
import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from poseviewer.app.document import Document
from poseviewer.app.notices import Notices
from poseviewer.app.ranges.draft import RangeDraft
from poseviewer.app.ranges.gap_panel import GapPanel
from poseviewer.app.selection import Selection
from poseviewer.app.settings import SettingsStore
from poseviewer.app.tasks import Tasks
from poseviewer.core import edits
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, MediaRef, Project
from poseviewer.core.range_edits import with_interval
from poseviewer.core.ranges import Interval, RangePreset
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis import reality_gap
from poseviewer.synthesis.generate import synthesize
from poseviewer.synthesis.presets import DEFAULT

USUAL, STRANGE = 10, 3


class Bench:
    """A panel with all it needs; the last frames hold dogs with their joints in disorder."""

    def __init__(self, tmp_path: Path, labelled: bool = True) -> None:
        ranges = load_ranges("quadruped16")
        video = MediaRef("v", "/films/walk.mp4", "video", 1, "", 50, 80, 60, 25.0)
        labels = labels_of(ranges) if labelled else immutables.Map()
        self.document = Document(Project(ranges.skeleton, ranges, (video,), labels))
        self.notices, self.selection = Notices(), Selection()
        self.draft = RangeDraft(self.document, self.notices)
        self.tasks = Tasks(self.notices)
        store = SettingsStore(tmp_path / "settings.toml")
        self.panel = GapPanel(self.document, self.draft, self.selection, self.tasks, store, self.notices)


def labels_of(ranges: RangePreset) -> immutables.Map:
    poses = synthesize(ranges.skeleton, ranges, 60, seed=12, recipe=DEFAULT).keypoints.astype(float) * 100
    whole = poses[np.isfinite(poses).all(axis=(1, 2))][: USUAL + STRANGE]
    rng = np.random.default_rng(1)
    for pose in whole[USUAL:]:
        pose[:] = pose[rng.permutation(len(pose))]
    return immutables.Map({FrameKey("v", n): (Instance(Pose2D(pose)),) for n, pose in enumerate(whole)})


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reality_gap, "SYNTHETIC", 8_000)
    monkeypatch.setattr(reality_gap, "CLOUD", 4_000)


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path, few: None) -> Iterator[Bench]:
    made = Bench(tmp_path)
    qtbot.addWidget(made.panel)
    made.panel.resize(400, 500)
    with qtbot.waitExposed(made.panel):
        made.panel.show()
    yield made
    made.tasks.close()


def update(qtbot: QtBot, bench: Bench) -> None:
    with qtbot.waitSignal(bench.panel.updated, timeout=30_000):
        qtbot.mouseClick(bench.panel._button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not bench.panel.running)


def wider(ranges: RangePreset) -> RangePreset:
    bone = ranges.skeleton.bone_index("left_shoulder", "left_elbow")
    return with_interval(ranges, bone, "flexion", Interval(-1.5, 2.0))


def test_frames_outside_are_listed_and_open_on_a_click(qtbot: QtBot, bench: Bench) -> None:
    chosen: list[FrameKey] = []
    bench.panel.frame_chosen.connect(chosen.append)

    update(qtbot, bench)

    rows = bench.panel.frames.topLevelItemCount()
    listed = {bench.panel.frames.topLevelItem(i).text(0) for i in range(rows)}
    strange = {f"walk.mp4 · {n}" for n in range(USUAL, USUAL + STRANGE)}
    assert len(listed & strange) >= 2 and len(listed) <= STRANGE + 1
    assert bench.panel.frames.topLevelItem(0).text(0) in strange
    assert bench.panel.frames.topLevelItem(0).text(1) and bench.panel.frames.topLevelItem(0).text(2).endswith(" ×")
    first = bench.panel.frames.topLevelItem(0)
    place = bench.panel.frames.visualItemRect(first).center()
    qtbot.mouseClick(bench.panel.frames.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert [f"walk.mp4 · {key.frame}" for key in chosen] == [first.text(0)]
    bench.panel.map.pose_clicked.emit(2)
    assert chosen[-1] == FrameKey("v", 2)


def test_the_frame_looked_at_is_marked(qtbot: QtBot, bench: Bench) -> None:
    update(qtbot, bench)
    first = bench.panel.frames.topLevelItem(0)
    number = int(first.text(0).split(" · ")[1])
    chosen: list[object] = []
    bench.panel.frame_chosen.connect(chosen.append)

    bench.selection.set_frame(FrameKey("v", number))

    assert bench.panel.map._current == number and bench.panel.frames.currentItem() is first and not chosen
    bench.selection.set_frame(FrameKey("v", 40))
    assert bench.panel.map._current is None and not bench.panel.frames.selectedItems()


def test_an_edit_of_the_ranges_makes_the_map_anew(qtbot: QtBot, bench: Bench) -> None:
    update(qtbot, bench)
    before = bench.panel.gap
    bench.draft.preview(wider(bench.draft.ranges))
    assert not bench.panel.stale, "a preview is not an edit"

    with qtbot.waitSignal(bench.panel.updated, timeout=30_000):
        bench.draft.commit(wider(bench.draft.committed), "Widen")
        assert bench.panel.stale and "out of date" in bench.panel._summary.text()

    assert bench.panel.gap is not before and bench.panel.gap.ranges == bench.draft.committed
    assert not bench.panel.stale and "out of date" not in bench.panel._summary.text()


def test_a_hidden_panel_waits_until_it_is_seen(qtbot: QtBot, bench: Bench) -> None:
    update(qtbot, bench)
    bench.panel.hide()
    bench.draft.commit(wider(bench.draft.committed), "Widen")
    assert bench.panel.stale and not bench.panel._settled.isActive() and not bench.panel.running

    with qtbot.waitSignal(bench.panel.updated, timeout=30_000):
        bench.panel.show()
    assert not bench.panel.stale


def test_new_labels_make_it_out_of_date(qtbot: QtBot, bench: Bench) -> None:
    update(qtbot, bench)
    bench.document.push(edits.clear_frame(bench.document.project, FrameKey("v", 3)))
    assert bench.panel.stale and not bench.panel.running
    assert bench.panel.frames.topLevelItemCount() > 0, "what is known is still shown"


def test_it_can_be_cancelled(qtbot: QtBot, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reality_gap, "SYNTHETIC", 4_000_000)
    bench.panel.update_map()
    assert bench.panel._button.text() == "Cancel" and bench.panel.running
    task = bench.panel._task
    with qtbot.waitSignals([task.cancelled, task.finished], timeout=20_000):
        qtbot.mouseClick(bench.panel._button, Qt.MouseButton.LeftButton)
    assert bench.panel.gap is None and bench.panel._button.text() == "Update" and bench.panel._button.isEnabled()


def test_without_labels_it_says_what_to_do(qtbot: QtBot, tmp_path: Path) -> None:
    bench = Bench(tmp_path, labelled=False)
    qtbot.addWidget(bench.panel)
    bench.panel.show()

    bench.panel.update_map()

    assert not bench.panel.running and not bench.panel._button.isEnabled()
    assert bench.panel._message.isVisible() and "Label an animal" in bench.panel._message.text()


def test_another_skeleton_empties_it(qtbot: QtBot, bench: Bench) -> None:
    update(qtbot, bench)
    bench.document.skeleton_changed.emit()
    assert bench.panel.gap is None and bench.panel.frames.topLevelItemCount() == 0


def test_the_map_is_saved_as_a_picture(qtbot: QtBot, bench: Bench, tmp_path: Path) -> None:
    said: list[str] = []
    shown: list[str] = []
    bench.notices.said.connect(said.append)
    bench.notices.shown.connect(shown.append)
    update(qtbot, bench)

    bench.panel.save_picture(tmp_path / "gap.png")
    bench.panel.save_picture(tmp_path / "missing" / "gap.png")

    assert (tmp_path / "gap.png").read_bytes()[:4] == b"\x89PNG"
    assert said == ["The map was saved as gap.png."]
    assert len(shown) == 1 and "missing" in shown[0]
