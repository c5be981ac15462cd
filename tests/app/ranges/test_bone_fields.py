from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from poseviewer.app.ranges.bone_fields import NOTHING, BoneFields, fact_words
from poseviewer.core.range_edits import with_degrees
from poseviewer.io.skeleton_files import load_ranges

DOG, PAPER, MAN = (load_ranges(name) for name in ("quadruped16", "quadruped16.paper", "human17"))
ELBOW = DOG.skeleton.bone_names.index("left_shoulder:left_elbow")


@pytest.fixture
def fields(qtbot: QtBot) -> Any:
    widget = BoneFields()
    qtbot.addWidget(widget)
    widget.show()
    widget.told = []
    for name in ("interval_committed", "rest_committed", "length_committed", "refused"):
        getattr(widget, name).connect(lambda *args, name=name: widget.told.append((name, *args)))
    return widget


def words(fields: BoneFields) -> str:
    return "\n".join(label.text() for label in fields.findChildren(QLabel) if label.isVisible())


def test_without_a_bone_it_says_what_to_do(fields: Any) -> None:
    assert words(fields) == NOTHING
    fields.show_bone(ELBOW, DOG, DOG, DOG)
    assert NOTHING not in words(fields)
    fields.clear()
    assert words(fields) == NOTHING


def test_a_swing_range_shows_angles_rest_length_and_where_it_is_from(fields: Any) -> None:
    fields.show_bone(ELBOW, DOG, DOG, DOG)
    said = words(fields)

    assert list(fields.rows) == ["flexion", "abduction", "twist"]
    assert fields.rows["flexion"].bar.ends == (-65, 70) and fields.rest.isVisible()
    assert "Left shoulder to elbow" in said and "60° down, backwards" in said
    assert "Jaegger" in said and "Changed" not in said and fields.told == []


def test_a_spherical_range_has_two_angles_and_no_rest(fields: Any) -> None:
    fields.show_bone(ELBOW, DOG, DOG, DOG)
    fields.show_bone(ELBOW, PAPER, PAPER, PAPER)

    assert list(fields.rows) == ["theta", "phi"] and not fields.rest.isVisible()
    fields.set_now(np.array([1.5, 0.5]))
    assert fields.rows["theta"].bar.now == pytest.approx(np.degrees(1.5))
    assert fields.rows["phi"].bar.now == pytest.approx(np.degrees(0.5))


def test_what_was_changed_is_said_with_what_it_was(fields: Any) -> None:
    wider = with_degrees(DOG, ELBOW, "flexion", -80, 70)
    fields.show_bone(ELBOW, DOG, DOG, DOG)
    fields.show_ranges(wider, DOG, DOG)

    assert "Changed; it was flexion −65…70°" in words(fields)
    fields.show_ranges(wider, wider, wider)
    assert "Changed" not in words(fields)


def test_edits_name_their_axis(fields: Any) -> None:
    fields.show_bone(ELBOW, DOG, DOG, DOG)
    fields.rows["twist"].committed.emit(-1.0, 2.0)
    fields.rest.committed.emit((0.0, 0.0, 1.0))

    assert fields.told == [("interval_committed", "twist", -1.0, 2.0), ("rest_committed", (0.0, 0.0, 1.0))]


def test_facts_of_a_range() -> None:
    hip = DOG.ranges[DOG.skeleton.bone_names.index("tail_base:left_hip")]
    knee = MAN.ranges[MAN.skeleton.bone_names.index("left_knee:left_ankle")]

    assert "Both sides move as one" in fact_words(hip) and "does not swing with it" in fact_words(hip)
    assert "At ease: flexion 25°" in fact_words(knee) and fact_words(PAPER.ranges[0]) == ""
