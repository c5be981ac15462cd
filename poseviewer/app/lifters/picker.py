"""The lifters to choose from, with what is known of each: it opens under its button, and Esc closes it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from poseviewer.app.lifters.choices import LifterEntry
from poseviewer.app.own_keys import OwnKeys
from poseviewer.app.train.controls import PrimaryButton, narrow, quiet
from poseviewer.app.train.run_list import RunList, RunRow

WIDTH, LOWEST = 400, 470
NONE = "There is no lifter for the skeleton “{}” yet. Train one (menu Train), or choose a file."


class LifterPicker(QFrame):
    """Setters never emit. Enter or a double click uses the lifter, C compares with it."""

    use_requested = Signal(object)
    """LifterEntry."""
    compare_requested = Signal(object)
    """LifterEntry: to compare the one in use with."""
    file_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName("Lifters")
        self._entries: dict[str, LifterEntry] = {}
        self.list, self.nothing, self.problem = RunList(), quiet(), QLabel(wordWrap=True)
        self.list.setAccessibleName("Lifters for this skeleton")
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        OwnKeys(self.list)
        self.list.installEventFilter(self)
        self.details = QLabel(wordWrap=True, textFormat=Qt.TextFormat.RichText)
        self.details.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.details.setAccessibleName("About this lifter")
        self.use = PrimaryButton("&Use")
        self.compare = narrow(QPushButton("&Compare with it"))
        self.compare.setToolTip("Show its pose beside that of the lifter in use (C)")
        self.file = narrow(QPushButton("Choose a &file…"))
        self._arrange()
        self._listen()

    @property
    def current(self) -> LifterEntry | None:
        """The lifter that is looked at."""
        return self._entries.get(self.list.current)

    def set_entries(self, entries: Sequence[LifterEntry], skeleton: str, compared: str = "") -> None:
        """What there is to choose from; the one in use is looked at first.

        `compared`: the key of the entry that is compared now.
        """
        self._entries = {entry.key: entry for entry in entries}
        self.list.set_rows([row_of(entry, compared) for entry in entries])
        self.list.set_current(next((e.key for e in entries if e.used), entries[0].key if entries else ""))
        self.list.setVisible(bool(entries))
        self.nothing.setText("" if entries else NONE.format(skeleton))
        self.nothing.setVisible(not entries)
        self._show_current()

    def open_under(self, widget: QWidget) -> None:
        """Show it below a widget, or where the screen has room; the list has the keyboard."""
        self.resize(self.sizeHint().expandedTo(QSize(WIDTH, LOWEST)))
        room = widget.screen().availableGeometry()
        place = widget.mapToGlobal(QPoint(0, widget.height()))
        left = min(place.x(), room.right() - self.width())
        top = min(place.y(), room.bottom() - self.height())
        self.move(max(left, room.left()), max(top, room.top()))
        self.show()
        (self.list if self._entries else self.file).setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """C is for comparing: the list would look for a name that begins with it."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            if plain and event.key() == Qt.Key.Key_C and self.compare.isEnabled():
                self._ask(self.compare_requested)
                return True
        return False

    # Composition

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.use)
        buttons.addWidget(self.compare)
        buttons.addStretch(1)
        buttons.addWidget(self.file)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 10)
        column.setSpacing(8)
        for widget in (self.list, self.nothing, self.problem):
            column.addWidget(widget)
        column.addWidget(self.details, 1)
        column.addLayout(buttons)

    def _listen(self) -> None:
        self.list.run_chosen.connect(self._show_current)
        self.list.use_requested.connect(self._use)
        self.use.clicked.connect(self._use)
        self.compare.clicked.connect(lambda: self._ask(self.compare_requested))
        self.file.clicked.connect(self._ask_file)

    def _use(self) -> None:
        if self.use.isEnabled():
            self._ask(self.use_requested)

    def _ask(self, asked: Signal) -> None:
        entry = self.current
        self.close()
        if entry is not None:
            asked.emit(entry)  # type: ignore[attr-defined]

    def _ask_file(self) -> None:
        self.close()
        self.file_requested.emit()

    def _show_current(self) -> None:
        entry = self.current
        can = entry is not None and not entry.used and not entry.problem
        self.use.setEnabled(can)
        self.compare.setEnabled(can)
        self.problem.setText(entry.problem if entry is not None else "")
        self.problem.setVisible(bool(self.problem.text()))
        muted = self.palette().color(QPalette.ColorRole.PlaceholderText).name()
        self.details.setText(table_of(entry, muted) if entry is not None else "")


def row_of(entry: LifterEntry, compared: str = "") -> RunRow:
    """What the list says of a lifter."""
    said = "compared" if entry.key == compared else "cannot be used" if entry.problem else ""
    detail = " · ".join(part for part in (entry.origin, entry.about) if part)
    return RunRow(entry.key, entry.title, said, detail, entry.used)


def table_of(entry: LifterEntry, muted: str) -> str:
    """Everything about a lifter, as HTML; `muted`: the colour of the names."""
    style = f"color: {muted}; padding: 1px 14px 1px 0;"
    rows = (f'<tr><td style="{style}">{escape(n)}</td><td>{escape(words)}</td></tr>' for n, words in entry.rows)
    return f"<table cellspacing='0'>{''.join(rows)}</table>"
