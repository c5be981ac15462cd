from __future__ import annotations

import pytest

from poseviewer.app.document import Document
from poseviewer.app.notices import Notices
from poseviewer.app.ranges.draft import RangeDraft
from poseviewer.core.errors import SkeletonError
from poseviewer.core.project import Project
from poseviewer.core.range_edits import with_interval
from poseviewer.core.ranges import Interval, RangePreset
from poseviewer.io.skeleton_files import load_ranges

ELBOW = "left_shoulder:left_elbow"


@pytest.fixture
def document() -> Document:
    ranges = load_ranges("quadruped16")
    return Document(Project(ranges.skeleton, ranges))


@pytest.fixture
def draft(qapp: object, document: Document) -> RangeDraft:
    return RangeDraft(document, Notices())


def wider(ranges: RangePreset, high: float = 1.5) -> RangePreset:
    bone = ranges.skeleton.bone_names.index(ELBOW)
    return with_interval(ranges, bone, "flexion", Interval(-1.0, high))


def test_a_preview_is_drawn_and_not_written(draft: RangeDraft, document: Document) -> None:
    seen: list[RangePreset] = []
    draft.ranges_changed.connect(seen.append)
    new = wider(draft.ranges)

    draft.preview(new)

    assert draft.ranges is new and seen == [new] and draft.previewing
    assert document.project.ranges == draft.committed != new
    assert not document.can_undo


def test_a_gesture_is_one_edit(draft: RangeDraft, document: Document) -> None:
    for high in (1.3, 1.4, 1.5):
        draft.preview(wider(draft.ranges, high))
    seen: list[RangePreset] = []
    draft.ranges_changed.connect(seen.append)

    assert draft.commit(wider(draft.ranges), "Widen elbow")

    assert document.undo_text == "Widen elbow" and not draft.previewing
    assert seen == [document.project.ranges]
    document.undo()
    assert draft.ranges == load_ranges("quadruped16") and len(seen) == 2


def test_a_gesture_that_ends_where_it_began_writes_nothing(draft: RangeDraft, document: Document) -> None:
    before = draft.ranges
    draft.preview(wider(before))

    assert draft.commit(before, "Widen elbow")

    assert draft.ranges is before and not draft.previewing and not document.can_undo


def test_cancel_and_refuse_show_what_stands(qapp: object, document: Document) -> None:
    notices = Notices()
    draft = RangeDraft(document, notices)
    before = draft.ranges
    said: list[object] = []
    notices.said.connect(lambda *args: said.append(args))

    draft.preview(wider(before))
    draft.cancel()
    assert draft.ranges is before
    draft.preview(wider(before))
    draft.refuse(SkeletonError("The bone is locked; unlock it to change it."))

    assert draft.ranges is before and len(said) == 1


def test_bone_and_mirror_are_told_once(draft: RangeDraft) -> None:
    bones: list[object] = []
    mirrors: list[bool] = []
    draft.bone_changed.connect(bones.append)
    draft.mirror_changed.connect(mirrors.append)

    for _ in range(2):
        draft.set_bone(3)
        draft.set_mirror(False)
    draft.set_bone(None)

    assert bones == [3, None] and mirrors == [False] and draft.bone is None and not draft.mirror
