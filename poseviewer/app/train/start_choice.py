"""What a run begins with: the shipped model, the one in use, that of an earlier run, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLabel, QRadioButton, QVBoxLayout, QWidget

from poseviewer.app.train.controls import quiet
from poseviewer.app.train.stages import DETECTOR, Stage, stage_of

if TYPE_CHECKING:
    from poseviewer.app.train.plan import PresetInfo
    from poseviewer.io.run_store import RunRecord

RUN = "run"
SHIPPED_IN_USE = "the model in use is the shipped one."
STARTS = (
    ("shipped", "Shipped", "Begin with the model that comes with the program: the quickest way"),
    ("current", "Current", "Begin with the model that this project uses now"),
    ("nothing", "Nothing", "Begin with random weights: takes longest, and owes nothing to older training"),
    (RUN, "A run", "Begin with the model of an earlier run"),
)


class StartChoice(QWidget):
    """Where a run cannot begin is off, and says why. Setters never emit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._own: frozenset[str] = frozenset()
        self._runs: tuple[RunRecord, ...] = ()
        self._info: PresetInfo | None = None
        self.starts = {key: QRadioButton(title, toolTip=tip) for key, title, tip in STARTS}
        self._group = QButtonGroup(self)
        self.run, self.reason = QComboBox(), quiet()
        self.run.setAccessibleName("The run to begin with")
        self.run.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.run.setMinimumContentsLength(12)
        row = QHBoxLayout()
        for button in self.starts.values():
            self._group.addButton(button)
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(QLabel("Start from"))
        column.addLayout(row)
        column.addWidget(self.run)
        column.addWidget(self.reason)
        self.starts[RUN].toggled.connect(self._show_run)
        self.set_info(None)

    @property
    def start(self) -> str:
        """As in `RunPlan.start`: a path where it is an earlier run's model."""
        chosen = next((key for key, button in self.starts.items() if button.isChecked()), "nothing")
        return str(self.run.currentData() or "nothing") if chosen == RUN else chosen

    @property
    def possible(self) -> bool:
        """Whether there is anything to begin with."""
        return bool(self._can_start)

    def set_own(self, own: frozenset[str]) -> None:
        """The kinds of which the project uses another model than the shipped one."""
        self._own = own

    def set_runs(self, runs: Sequence[RunRecord]) -> None:
        """Earlier runs with a model, newest first."""
        if tuple(runs) != self._runs:
            self._runs = tuple(runs)
            self.set_info(self._info, keep=True)

    def set_info(self, info: PresetInfo | None, keep: bool = False) -> None:
        """What this preset can begin with. Its own choice is made; with `keep`, only where the old one is gone."""
        self._info = info
        stage = info.stage if info is not None else stage_of("")
        kept = self.run.currentData()
        self.run.clear()
        for record in runs_for(stage, self._runs):
            self.run.addItem(record.title, str(record.model))
        self.run.setCurrentIndex(max(self.run.findData(kept), 0) if self.run.count() else -1)
        reasons = {key: self._why_not(stage, key) for key in self.starts}
        for key, _, tip in STARTS:
            self.starts[key].setEnabled(not reasons[key])
            self.starts[key].setToolTip(sentence(reasons[key]) or tip)
            self.starts[key].setVisible(key == RUN or not reasons[key] if stage.paper else key != RUN)
        can = self._can_start
        chosen = next((key for key, button in self.starts.items() if button.isChecked()), "")
        if can and not (keep and chosen in can):
            self.starts[can[0]].setChecked(True)
        said = [f"{title}: {reasons[key]}" for key, title, _ in STARTS if self._says(key, reasons)]
        if stage.paper and can:  # what it goes on from is there
            said = []
        self.reason.setText(" ".join(said))
        self.reason.setVisible(bool(said))
        self._show_run()

    @property
    def _can_start(self) -> list[str]:
        """What can be chosen; a stage that goes on from another one does so where it can."""
        if self._info is None:
            return []
        with_run = [RUN] if self._info.stage.after and self.run.count() else []
        others = list(self._info.can_start)
        return with_run + others if self._info.stage.paper else others

    def _says(self, key: str, reasons: dict[str, str]) -> bool:
        return bool(reasons[key]) and not self.starts[key].isHidden()

    def _why_not(self, stage: Stage, start: str) -> str:
        """Why a run of the preset cannot begin there, "" where it can."""
        if start in self._can_start:
            return ""
        if start == RUN:
            names = [f"“{stage_of(task).title}”" for task in stage.after if task != stage.task]
            return f"train {' or '.join(names)} first." if names else "there is no earlier run of this stage."
        if start == "shipped":
            return "no model comes with the program that this preset could begin with."
        if start == "current":
            if stage.makes in self._own:
                return "the model in use has another network than this preset."
            return "this project has no detector of its own yet." if stage.makes == DETECTOR else SHIPPED_IN_USE
        return "this preset teaches a model that is there already."

    def _show_run(self) -> None:
        self.run.setVisible(self.starts[RUN].isChecked() and self.starts[RUN].isEnabled() and self.run.count() > 0)


def runs_for(stage: Stage, runs: Sequence[RunRecord]) -> list[RunRecord]:
    """The runs whose models a stage can begin with: those of the stage right before it first, then newest first."""
    fitting = [record for record in runs if record.task in stage.after and record.model.is_file()]
    return sorted(fitting, key=lambda record: stage.after.index(record.task))


def sentence(words: str) -> str:
    """With a capital letter."""
    return words[:1].upper() + words[1:]
