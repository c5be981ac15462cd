"""What to train, from what, and for how long: the form in front of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from poseviewer.app.part_title import part_title
from poseviewer.app.train.controls import MoreButton, PrimaryButton, quiet
from poseviewer.app.train.run_words import difference_lines, duration_words, ranges_words
from poseviewer.core.ranges import RangePreset

if TYPE_CHECKING:
    from poseviewer.app.train.plan import PresetInfo, RunPlan

STARTS = (
    ("shipped", "Shipped", "Begin with the model that comes with the program: the quickest way to new ranges"),
    ("current", "Current", "Begin with the model that this project uses now"),
    ("nothing", "Nothing", "Begin with random weights: takes longest, and owes nothing to older ranges"),
)
DEVICES = (("auto", "Best there is"), ("cpu", "Processor (CPU)"), ("cuda", "NVIDIA GPU"), ("mps", "Apple GPU"))
MOST_STEPS, MOST_BATCH, MOST_SEED = 10_000_000, 1_000_000, 2**31 - 1


class NewRun(QWidget):
    """Asks for a run; who listens starts it. Setters never emit."""

    train_requested = Signal(object)
    """RunPlan."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presets: tuple[PresetInfo, ...] = ()
        self._own_model = False
        self._rates: dict[tuple[str, str], float] = {}
        self.what = QComboBox()
        self.about, self.ranges, self.time, self.reason = quiet(), quiet(), quiet(), quiet()
        self.starts = {key: QRadioButton(title, toolTip=tip) for key, title, tip in STARTS}
        self._group = QButtonGroup(self)
        for button in self.starts.values():
            self._group.addButton(button)
        self.more = MoreButton("More")
        self.steps, self.batch, self.seed = _spin(MOST_STEPS, 1), _spin(MOST_BATCH, 1), _spin(MOST_SEED, 0)
        self.device, self.title = QComboBox(), QLineEdit()
        self.train = PrimaryButton("&Train")
        self._arrange()
        self._listen()
        self.set_presets(())

    # What is shown

    def set_presets(self, presets: Sequence[PresetInfo], own_model: bool = False) -> None:
        """What can be trained for the project's skeleton; the choice stays if it is still there, with its numbers.

        `own_model`: the project uses another model than the shipped one.
        """
        self._own_model = own_model
        chosen = self._chosen_key()
        self._presets = tuple(presets)
        tasks = {p.task for p in presets}
        self.what.blockSignals(True)
        self.what.clear()
        for info in self._presets:
            self.what.addItem(f"{info.task}: {info.title}" if len(tasks) > 1 else info.title)
        kept = next((i for i, p in enumerate(self._presets) if (p.task, p.name) == chosen), 0)
        self.what.setCurrentIndex(kept if self._presets else -1)
        self.what.blockSignals(False)
        if self._chosen_key() == chosen and chosen is not None:
            self._show_starts(self._presets[kept], keep=True)
            self._show_time()
        else:
            self._show_preset()

    def set_rates(self, rates: Mapping[tuple[str, str], float]) -> None:
        """Poses per second of earlier runs, by task and preset."""
        if rates != self._rates:
            self._rates = dict(rates)
            self._show_time()

    def set_ranges(self, ranges: RangePreset, shipped: RangePreset | None) -> None:
        """The ranges that the run would draw its poses from."""
        self.ranges.setText(f"Poses are drawn from {ranges_words(ranges, shipped)}.")
        lines = difference_lines(shipped, ranges) if shipped is not None else []
        self.ranges.setToolTip("\n".join(f"{bone}: {change}" for bone, change in lines))

    def choose(self, task: str) -> None:
        """Offer the first preset of a stage, unless one of it is offered already."""
        chosen = self._chosen_key()
        index = next((i for i, p in enumerate(self._presets) if p.task == task), -1)
        if index >= 0 and (chosen is None or chosen[0] != task):
            self.what.setCurrentIndex(index)

    def set_device(self, device: str) -> None:
        self.device.setCurrentIndex(max(self.device.findData(device), 0))

    @property
    def plan(self) -> RunPlan:
        """The run that the form describes."""
        from poseviewer.app.train.plan import RunPlan

        info = self._presets[self.what.currentIndex()]
        start = next((key for key, button in self.starts.items() if button.isChecked()), "nothing")
        return RunPlan(
            task=info.task,
            preset=info.name,
            start=start,
            steps=self.steps.value(),
            batch=self.batch.value(),
            seed=self.seed.value(),
            device=str(self.device.currentData()),
            title=self.title.text().strip(),
        )

    # Composition

    def _arrange(self) -> None:
        self.what.setAccessibleName("What to train")
        self.what.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.what.setMinimumContentsLength(12)
        for key, title in DEVICES:
            self.device.addItem(title, key)
        self.title.setPlaceholderText("Named by its preset")
        self.train.setToolTip("Start training in the background; the window stays usable")
        starts = QHBoxLayout()
        for button in self.starts.values():
            starts.addWidget(button)
        starts.addStretch(1)
        label = QLabel("Start from")
        last = QHBoxLayout()
        last.addWidget(self.time, 1)
        last.addWidget(self.train)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(part_title("New run"))
        for widget in (self.what, self.about, label):
            column.addWidget(widget)
        column.addLayout(starts)
        for widget in (self.reason, self.ranges, self.more, self._rarely()):
            column.addWidget(widget)
        column.addLayout(last)

    def _rarely(self) -> QWidget:
        """What is seldom changed, behind "More"."""
        self.steps.setToolTip("How often the weights are moved; twice as many take twice as long")
        self.batch.setToolTip("Poses per step, each drawn once and never used again")
        self.seed.setToolTip("The same seed, settings and device give the same model")
        self.device.setToolTip("Where the run computes")
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, field in (
            ("St&eps", self.steps), ("&Batch", self.batch), ("See&d", self.seed), ("De&vice", self.device),
            ("&Name", self.title),
        ):  # fmt: skip
            form.addRow(name, field)
            field.setAccessibleName(name.replace("&", ""))
        box = QWidget()
        box.setLayout(form)
        box.hide()
        self.more.toggled.connect(box.setVisible)
        self.more.setAccessibleName("More settings")
        return box

    def _listen(self) -> None:
        self.what.currentIndexChanged.connect(self._show_preset)
        self.steps.valueChanged.connect(self._show_time)
        self.batch.valueChanged.connect(self._show_time)
        self.train.clicked.connect(self._ask)

    def _chosen_key(self) -> tuple[str, str] | None:
        index = self.what.currentIndex()
        return (self._presets[index].task, self._presets[index].name) if 0 <= index < len(self._presets) else None

    def _ask(self) -> None:
        if self._presets:
            self.train_requested.emit(self.plan)

    def _show_preset(self) -> None:
        """The chosen preset's own words and numbers."""
        there = bool(self._presets)
        for widget in (self.train, self.what, self.more, *self.starts.values()):
            widget.setEnabled(there)
        if not there:
            self.about.setText("There is no training preset for this skeleton.")
            self.time.clear()
            return
        info = self._presets[self.what.currentIndex()]
        self.about.setText(info.about)
        self.steps.setValue(info.steps)
        self.batch.setValue(info.batch)
        self._show_starts(info)
        self._show_time()

    def _show_starts(self, info: PresetInfo, keep: bool = False) -> None:
        """Where a run cannot begin is off, and says why.

        The preset's own choice is made; with `keep`, only where the one that was made is not there any more.
        """
        reasons = {key: self._why_not(info, key) for key in self.starts}
        for key, _, tip in STARTS:
            self.starts[key].setEnabled(not reasons[key])
            self.starts[key].setToolTip(sentence(reasons[key]) or tip)
        if info.can_start and not (keep and self.plan.start in info.can_start):
            self.starts[info.can_start[0]].setChecked(True)
        self.train.setEnabled(bool(info.can_start))
        said = [f"{title}: {reasons[key]}" for key, title, _ in STARTS if reasons[key]]
        self.reason.setText(" ".join(said))
        self.reason.setVisible(bool(said))

    def _why_not(self, info: PresetInfo, start: str) -> str:
        """Why a run of a preset cannot begin there, "" where it can."""
        if start in info.can_start:
            return ""
        if start == "shipped":
            return "no model comes with the program that this preset could begin with."
        if start == "current":
            return (
                "the model in use has another network than this preset."
                if self._own_model
                else "the model in use is the shipped one."
            )
        return "this preset teaches a model that is there already."

    def _show_time(self) -> None:
        """As fast as an earlier run of this preset went here; without one, as the preset was measured."""
        if not self._presets:
            return
        info = self._presets[self.what.currentIndex()]
        poses = self.steps.value() * self.batch.value()
        rate = self._rates.get((info.task, info.name), 0.0)
        if rate > 0:
            self.time.setText(f"About {duration_words(poses / rate)} on this computer")
        elif info.minutes is not None:
            share = poses / max(info.steps * info.batch, 1)
            self.time.setText(f"About {duration_words(60 * info.minutes * share)} on two cores")
        else:
            self.time.setText("How long it takes shows after the first seconds")


def sentence(words: str) -> str:
    """With a capital letter."""
    return words[:1].upper() + words[1:]


def _spin(most: int, least: int) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(least, most)
    spin.setGroupSeparatorShown(True)
    spin.setAccelerated(True)
    return spin
