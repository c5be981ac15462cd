from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from poseviewer.app.document import Document
from poseviewer.app.notices import Notices
from poseviewer.app.ranges.draft import RangeDraft
from poseviewer.app.ranges.gallery import Gallery
from poseviewer.app.ranges.gallery_poses import GalleryPose
from poseviewer.app.settings import SettingsStore
from poseviewer.core.project import Project
from poseviewer.core.range_edits import with_interval
from poseviewer.core.ranges import Interval, RangePreset
from poseviewer.io.skeleton_files import load_ranges


@pytest.fixture
def draft(qapp: object) -> RangeDraft:
    ranges = load_ranges("quadruped16")
    return RangeDraft(Document(Project(ranges.skeleton, ranges)), Notices())


@pytest.fixture
def gallery(qtbot: QtBot, draft: RangeDraft, tmp_path: Path) -> Gallery:
    made = Gallery(draft, SettingsStore(tmp_path / "settings.toml"))
    qtbot.addWidget(made)
    made.resize(600, 600)
    with qtbot.waitSignal(made.canvas.drawn):
        made.show()
    return made


def wider(ranges: RangePreset, high: float = 2.4) -> RangePreset:
    bone = ranges.skeleton.bone_index("left_shoulder", "left_elbow")
    return with_interval(ranges, bone, "flexion", Interval(-1.2, high))


def test_a_preview_moves_the_same_poses(qtbot: QtBot, gallery: Gallery, draft: RangeDraft) -> None:
    before = gallery.canvas.view
    with qtbot.waitSignal(gallery.canvas.drawn):
        draft.preview(wider(draft.ranges))
    now = gallery.canvas.view

    np.testing.assert_array_equal(now.ghost.joints, before.sample.joints)
    neck = draft.ranges.skeleton.joint_index("nose")
    np.testing.assert_array_equal(now.sample.joints[:, neck], before.sample.joints[:, neck])
    assert not np.array_equal(now.sample.joints, before.sample.joints)
    assert now.frames is before.frames, "nothing else moves on the screen"


def test_letting_go_takes_the_ghost_away_and_undo_the_edit(qtbot: QtBot, gallery: Gallery, draft: RangeDraft) -> None:
    before = gallery.canvas.view.sample
    draft.preview(wider(draft.ranges))
    with qtbot.waitSignal(gallery.canvas.drawn):
        draft.commit(wider(draft.committed), "Widen")
    assert gallery.canvas.view.ghost is None
    assert not np.array_equal(gallery.canvas.view.sample.joints, before.joints)
    with qtbot.waitSignal(gallery.canvas.drawn):
        draft._document.undo()
    np.testing.assert_array_equal(gallery.canvas.view.sample.joints, before.joints)


def test_only_the_newest_of_many_previews_is_worked_out(
    qtbot: QtBot, gallery: Gallery, draft: RangeDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    from poseviewer.app.ranges import gallery as module

    made: list[RangePreset] = []
    real = module.sample_gallery
    monkeypatch.setattr(module, "sample_gallery", lambda ranges, *rest: (made.append(ranges), real(ranges, *rest))[1])
    with qtbot.waitSignal(gallery.canvas.drawn):
        for high in np.linspace(1.3, 2.3, 30):
            draft.preview(wider(draft.committed, high))
    QApplication.processEvents()

    assert made == [draft.ranges]


def test_the_count_of_impossible_poses_is_said(gallery: Gallery) -> None:
    wrong = int(gallery.canvas.view.sample.check.impossible.sum())

    assert gallery._only.text() == f"{wrong} of 64 impossible" and wrong > 0


def test_the_count_is_also_the_filter(qtbot: QtBot, gallery: Gallery) -> None:
    with qtbot.waitSignal(gallery.canvas.drawn):
        gallery._only.click()
    assert list(gallery.canvas.view.picked) == list(np.flatnonzero(gallery.canvas.view.sample.check.impossible))


def test_a_narrow_gallery_does_without_what_is_asked_for_rarely(qtbot: QtBot, gallery: Gallery) -> None:
    assert gallery._counts.isVisible() and gallery._seed_label.isVisible()
    gallery.resize(240, 400)
    qtbot.waitUntil(lambda: not gallery._counts.isVisible())
    shown = gallery._only.fontMetrics().horizontalAdvance(gallery._only.text())
    assert gallery._only.width() > shown, "nothing is cut off"


def test_new_poses_and_fewer_of_them(qtbot: QtBot, gallery: Gallery) -> None:
    before = gallery.canvas.view.sample
    with qtbot.waitSignal(gallery.canvas.drawn):
        gallery.set_seed(gallery.seed + 1)
    assert gallery._seed_label.text() == "seed 1"
    assert not np.array_equal(gallery.canvas.view.sample.joints, before.joints)
    with qtbot.waitSignal(gallery.canvas.drawn):
        gallery.set_count(16)
    assert len(gallery.canvas.view.picked) == 16


def test_a_pose_is_enlarged_follows_the_slider_and_goes_back(qtbot: QtBot, gallery: Gallery, draft: RangeDraft) -> None:
    chosen: list[GalleryPose] = []
    gallery.pose_chosen.connect(chosen.append)
    grid = gallery.canvas.view.grid
    x, y = grid.corners()[5] + grid.cell / 2
    qtbot.mouseClick(gallery.canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    assert [p.index for p in chosen] == [5] and gallery.closeup.isVisible() and not gallery.canvas.isVisible()

    paw = draft.ranges.skeleton.joint_index("left_front_paw")
    place = gallery.closeup.canvas.joint_place(paw)
    draft.preview(wider(draft.ranges))
    assert gallery.closeup.canvas.joint_place(paw) != place

    qtbot.keyClick(gallery.closeup.canvas, Qt.Key.Key_Escape)
    assert gallery.canvas.isVisible() and not gallery.closeup.isVisible()


def test_the_edited_bone_and_its_partner_are_pointed_out(qtbot: QtBot, gallery: Gallery, draft: RangeDraft) -> None:
    skeleton = draft.ranges.skeleton
    left, right = (skeleton.bone_index(f"{s}_hip", f"{s}_knee") for s in ("left", "right"))
    with qtbot.waitSignal(gallery.canvas.drawn):
        draft.set_bone(left)
    assert gallery.canvas.view.bones == (left, right)
    with qtbot.waitSignal(gallery.canvas.drawn):
        draft.set_mirror(False)
    assert gallery.canvas.view.bones == (left,)
    with qtbot.waitSignal(gallery.canvas.drawn):
        draft.set_bone(None)
    assert gallery.canvas.view.bones == ()


def test_another_skeleton_starts_over(qtbot: QtBot, gallery: Gallery, draft: RangeDraft) -> None:
    hand = load_ranges("hand21")
    draft.set_bone(3)
    gallery.enlarge(2)
    with qtbot.waitSignal(gallery.canvas.drawn):
        draft.preview(hand)
    assert gallery.canvas.view.sample.skeleton == hand.skeleton and gallery.canvas.isVisible()


def test_every_control_says_what_it_is_for(gallery: Gallery) -> None:
    from PySide6.QtWidgets import QComboBox, QToolButton

    controls = gallery.findChildren(QToolButton) + gallery.findChildren(QComboBox)
    assert len(controls) >= 10
    assert all(c.toolTip() and (c.accessibleName() or (isinstance(c, QToolButton) and c.text())) for c in controls)
