"""All about the range of one bone: a slider per angle, its rest direction, its length, and where it comes from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from poseviewer.app.colors import bone_color
from poseviewer.app.ranges.axis_row import AxisRow
from poseviewer.app.ranges.length_fields import LengthFields
from poseviewer.app.ranges.range_words import bone_words, changed_words, number, positive_words
from poseviewer.app.ranges.rest_fields import RestFields
from poseviewer.core.range_edits import axes_of
from poseviewer.core.ranges import RangePreset, RotationRange, SwingRange

NOTHING = "Choose a bone in the list, or click a joint in the 3D view, to see and change how it may turn."


class BoneFields(QWidget):
    """Shows one bone of ranges and says what the user does to it. Setters never emit."""

    interval_previewed = Signal(str, float, float)
    """An axis and its new ends in degrees."""
    interval_committed = Signal(str, float, float)
    rest_previewed = Signal(object)
    rest_committed = Signal(object)
    length_previewed = Signal(object)
    length_committed = Signal(object)
    cancelled = Signal()
    refused = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bone: int | None = None
        self._colors = "default"
        self._kind = ""
        self._now: NDArray[np.float64] | None = None
        self.rows: dict[str, AxisRow] = {}
        self._title, self._empty = QLabel(self), QLabel(NOTHING, self)
        self._changed, self._facts, self._note = QLabel(self), QLabel(self), QLabel(self)
        self._body = QWidget(self)
        self._axes = QVBoxLayout()
        self.rest, self.length = RestFields(self), LengthFields(self)
        self._rest_title = _heading("Rest direction", self)
        self._arrange()
        self._connect()
        self._show_body(False)

    @property
    def held(self) -> bool:
        """Whether a slider or a field is in hand."""
        return any(part.held for part in (*self.rows.values(), self.rest, self.length))

    def set_colors(self, palette: str) -> None:
        """A key of `colors.PALETTES`; seen at the next `show_bone`."""
        self._colors = palette

    def clear(self) -> None:
        """No bone is chosen."""
        self._bone = None
        self._show_body(False)

    def show_bone(self, bone: int, shown: RangePreset, committed: RangePreset, reset: RangePreset) -> None:
        """Look at another bone, or at other ranges of the same one: as shown, as they stand, as reset has them."""
        self._bone = bone
        self._make_rows(shown.kind, axes_of(shown.ranges[bone]))
        self._say_words(bone, shown)
        self._say_facts(bone, shown)
        self.show_ranges(shown, committed, reset)
        self._show_now()
        self._show_body(True)

    def show_ranges(self, shown: RangePreset, committed: RangePreset, reset: RangePreset) -> None:
        """The numbers of the bone in hand; this is what runs at each move of a slider."""
        if self._bone is None:
            return
        bone = self._bone
        new, old, home = (preset.ranges[bone] for preset in (shown, committed, reset))
        for axis, row in self.rows.items():
            row.show_interval(getattr(new, axis), getattr(old, axis), getattr(home, axis))
        if isinstance(new, SwingRange):
            self.rest.show_rest(new.rest)
        self.length.show_length(shown.lengths[bone])
        changed = changed_words(shown, reset, bone)
        self._changed.setText(changed)
        self._changed.setVisible(bool(changed))

    def set_now(self, angles: NDArray[np.float64] | None) -> None:
        """An angle per slider, as this bone has it in the pose that is shown: radians, NaN where unknown."""
        self._now = angles
        self._show_now()

    def drop_gesture(self) -> None:
        """Forget what is in hand: it was about another bone or older ranges."""
        for part in (*self.rows.values(), self.rest, self.length):
            part.drop_gesture()

    def set_editable(self, reason: str, paired: bool) -> None:
        """ "" where the bone may be edited, else why not."""
        for row in self.rows.values():
            row.set_editable(not reason, reason)
        self.rest.set_editable(not reason, reason)
        self.length.set_editable(not reason, reason, paired)

    def _make_rows(self, kind: str, axes: tuple[str, ...]) -> None:
        """Sliders for the angles of this kind of range; the ones there are, are kept."""
        if kind == self._kind:
            return
        self._kind = kind
        for row in self.rows.values():
            self._axes.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = {axis: AxisRow(axis, self) for axis in axes}
        before: QWidget | None = None
        for axis, row in self.rows.items():
            self._axes.addWidget(row)
            row.previewed.connect(lambda low, high, axis=axis: self.interval_previewed.emit(axis, low, high))
            row.committed.connect(lambda low, high, axis=axis: self.interval_committed.emit(axis, low, high))
            row.cancelled.connect(self.cancelled)
            if before is not None:
                self.setTabOrder(before, row.low)
            before = row.bar
        if before is not None:
            self.setTabOrder(before, self.rest.elevation)
        for part in (self._rest_title, self.rest):
            part.setVisible(kind == "swing")

    def _say_words(self, bone: int, shown: RangePreset) -> None:
        skeleton = shown.skeleton
        name, color = bone_words(skeleton, bone), QColor(*bone_color(skeleton, bone, self._colors))
        self._title.setText(name[:1].upper() + name[1:])
        moves_others = bone in skeleton.parent_bones
        side = skeleton.sides[skeleton.bones[bone].child]
        for axis, row in self.rows.items():
            row.set_words(positive_words(shown.ranges[bone], axis, side, moves_others), name, color)

    def _say_facts(self, bone: int, shown: RangePreset) -> None:
        facts = fact_words(shown.ranges[bone])
        self._facts.setText(facts)
        self._facts.setVisible(bool(facts))
        note = shown.notes[bone] if shown.notes else ""
        words = [
            note or "Nothing is noted about this range.",
            f"Ranges “{shown.name}”: {shown.source}" * bool(shown.source),
        ]
        self._note.setText("\n\n".join(w for w in words if w))

    def _show_now(self) -> None:
        known = self._now if self._bone is not None else None
        for place, row in enumerate(self.rows.values()):
            row.set_now(None if known is None else float(known[place]))

    def _show_body(self, on: bool) -> None:
        self._body.setVisible(on)
        self._empty.setVisible(not on)

    def _arrange(self) -> None:
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 1.2)
        font.setBold(True)
        self._title.setFont(font)
        for label in (self._title, self._empty, self._changed, self._facts, self._note):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self._empty, self._note):
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._axes.setSpacing(12)
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addLayout(self._axes)
        column.addWidget(_line(self))
        column.addWidget(self._rest_title)
        column.addWidget(self.rest)
        column.addWidget(_heading("Bone length", self))
        column.addWidget(self.length)
        column.addWidget(self._facts)
        column.addWidget(_heading("Where this comes from", self))
        # At the end: it comes and goes while a slider is held, and nothing may jump then.
        column.addWidget(self._changed)
        column.addWidget(self._note)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 8, 12, 12)
        outer.addWidget(self._empty)
        outer.addWidget(self._body)
        outer.addStretch(1)

    def _connect(self) -> None:
        for part, previewed, committed in (
            (self.rest, self.rest_previewed, self.rest_committed),
            (self.length, self.length_previewed, self.length_committed),
        ):
            part.previewed.connect(previewed)
            part.committed.connect(committed)
            part.cancelled.connect(self.cancelled)
            part.refused.connect(self.refused)


def fact_words(rotation: RotationRange) -> str:
    """What else there is to know of a swing range, in a sentence each."""
    if not isinstance(rotation, SwingRange):
        return ""
    said = []
    if rotation.coupled:
        said.append("Both sides move as one, mirrored.")
    if not rotation.carries:
        said.append("What hangs on it does not swing with it.")
    if rotation.usual is not None:
        flexion, abduction, twist = (number(float(np.degrees(v))) for v in rotation.usual)
        said.append(f"At ease: flexion {flexion}°, abduction {abduction}°, twist {twist}°.")
    return " ".join(said)


def _heading(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


def _line(parent: QWidget) -> QFrame:
    line = QFrame(parent)
    line.setFrameShape(QFrame.Shape.HLine)
    line.setForegroundRole(QPalette.ColorRole.Mid)
    line.setFrameShadow(QFrame.Shadow.Plain)
    return line
