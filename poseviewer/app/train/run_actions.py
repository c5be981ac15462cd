"""What can be done with the run that is selected in the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from poseviewer.app.train.controls import PrimaryButton
from poseviewer.app.train.stages import LIFTER, VERBS, stage_of

if TYPE_CHECKING:
    from poseviewer.io.run_store import RunRecord

GOING = ("running", "paused")


class RunActions(QWidget):
    """Buttons for what is done often, a menu for the rest; the same menu opens by a right click on a row."""

    use_requested = Signal(str)
    compare_requested = Signal(str)
    continue_requested = Signal(str)
    export_requested = Signal(str)
    discard_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._record: RunRecord | None = None
        self.use = PrimaryButton("&Use this model")
        self.compare = QPushButton("&Compare", checkable=True)
        self.go_on = QPushButton("Co&ntinue")
        self.more = QToolButton(text="…", toolTip="More to do with this run")
        self.more.setAccessibleName("More to do with this run")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self.export = self._menu.addAction("&Export the model…")
        self.discard = self._menu.addAction("&Discard…")
        self.more.setMenu(self._menu)
        self.more.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        row = QHBoxLayout()
        for button in (self.use, self.compare, self.more):
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self.go_on, 0, Qt.AlignmentFlag.AlignLeft)
        self._listen()
        self.set_record(None)

    @property
    def menu(self) -> QMenu:
        return self._menu

    def set_record(
        self,
        record: RunRecord | None,
        used: bool = False,
        latest: bool = True,
        compared: bool = False,
        free: bool = True,
    ) -> None:
        """The run that is acted on.

        Args:
            record: None for no run. used: the project uses its model.
            latest: and it is the model that the run has now. compared: it is shown beside the model in use.
            free: nothing trains, so that a run can be continued.
        """
        self._record = record
        same = used and latest
        going = record is not None and record.state in GOING
        usable = record is not None and record.model.is_file()
        makes = stage_of(record.task).makes if record is not None else LIFTER
        self.use.setVisible(bool(makes))
        self.use.setEnabled(usable and not same and not going)
        self.use.setText("In use" if same else "&Use this model")
        self.use.setToolTip(
            f"The project {VERBS.get(makes, '')}s with this model; undo goes back to the one before"
            if same
            else f"{VERBS.get(makes, '').capitalize()} with this model from now on; undo takes it back"
        )
        self.compare.setVisible(makes == LIFTER)
        self.compare.setEnabled(usable and not same)
        self.compare.setChecked(compared)
        self.compare.setToolTip(
            "This is the model in use; choose another run to compare it with"
            if same
            else "Show this model's pose beside the current one's, in both views; again or Esc ends it"
        )
        resumable = record is not None and not going and record.resumable
        self.go_on.setVisible(resumable)
        self.go_on.setEnabled(free)
        self.go_on.setText(f"Co&ntinue from step {record.step:,}" if record is not None else "Co&ntinue")
        self.go_on.setToolTip("Train on from where it stopped" if free else "Another run is training; let it end first")
        self.export.setEnabled(usable)
        self.discard.setEnabled(record is not None and not going and not used)
        self.more.setEnabled(record is not None)

    def _listen(self) -> None:
        for signal, asked in (
            (self.use.clicked, self.use_requested),
            (self.compare.clicked, self.compare_requested),
            (self.go_on.clicked, self.continue_requested),
            (self.export.triggered, self.export_requested),
            (self.discard.triggered, self.discard_requested),
        ):
            signal.connect(lambda _=False, asked=asked: self._ask(asked))

    def _ask(self, asked: Signal) -> None:
        if self._record is not None:
            asked.emit(self._record.id)  # type: ignore[attr-defined]
