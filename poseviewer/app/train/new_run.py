"""What to train, from what, and for how long: the form in front of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from poseviewer.app.part_title import part_title
from poseviewer.app.train.controls import MoreButton, PrimaryButton, quiet
from poseviewer.app.train.pose_source import PoseSource
from poseviewer.app.train.preset_choice import PresetChoice
from poseviewer.app.train.run_words import difference_lines, duration_words, ranges_words
from poseviewer.app.train.stages import Material, caution, learns_words, obstacle
from poseviewer.app.train.start_choice import StartChoice
from poseviewer.core.ranges import RangePreset

if TYPE_CHECKING:
    from poseviewer.app.train.plan import PresetInfo, RunPlan
    from poseviewer.io.run_store import RunRecord

DEVICES = (("auto", "Best there is"), ("cpu", "Processor (CPU)"), ("cuda", "NVIDIA GPU"), ("mps", "Apple GPU"))
MOST_STEPS, MOST_BATCH, MOST_SEED = 10_000_000, 1_000_000, 2**31 - 1


class NewRun(QWidget):
    """Asks for a run; who listens starts it. Setters never emit."""

    train_requested = Signal(object)
    """RunPlan."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rates: dict[tuple[str, str], float] = {}
        self._material = Material()
        self._shown: tuple[str, str] | None = None
        self.choice, self.start, self.source = PresetChoice(), StartChoice(), PoseSource()
        self.what, self.starts, self.reason = self.choice.what, self.start.starts, self.start.reason
        self.about, self.learns, self.ranges, self.time = quiet(), quiet(), quiet(), quiet()
        self.caution = QLabel(wordWrap=True)
        self.more = MoreButton("More")
        self.steps, self.batch, self.seed = _spin(MOST_STEPS, 1), _spin(MOST_BATCH, 1), _spin(MOST_SEED, 0)
        self.device, self.title = QComboBox(), QLineEdit()
        self.train = PrimaryButton("&Train")
        self._arrange()
        self._listen()
        self.set_presets(())

    # What is shown

    def set_presets(self, presets: Sequence[PresetInfo], own: frozenset[str] = frozenset()) -> None:
        """What can be trained for the project's skeleton; the choice stays if it is still there, with its numbers.

        `own`: the kinds ("lifter", "detector") of which the project uses another model than the shipped one.
        """
        self.start.set_own(own)
        self.choice.set_presets(presets)
        self._show_preset()

    def set_runs(self, runs: Sequence[RunRecord]) -> None:
        """Earlier runs, newest first: their models can be gone on from, and how fast they went is known."""
        self.start.set_runs(runs)
        self._show_whether()

    def set_material(self, material: Material) -> None:
        """What the project has to learn from."""
        if material != self._material:
            self._material = material
            self._show_material()

    def set_rates(self, rates: Mapping[tuple[str, str], float]) -> None:
        """Poses per second of earlier runs, by task and preset."""
        if rates != self._rates:
            self._rates = dict(rates)
            self._show_time()

    def set_ranges(self, ranges: RangePreset, shipped: RangePreset | None) -> None:
        """The ranges that the run would draw its poses from; files of poses have to know their skeleton."""
        self.source.set_skeleton(ranges.skeleton)
        self.ranges.setText(f"Poses are drawn from {ranges_words(ranges, shipped)}.")
        lines = difference_lines(shipped, ranges) if shipped is not None else []
        self.ranges.setToolTip("\n".join(f"{bone}: {change}" for bone, change in lines))

    def choose(self, task: str) -> None:
        """Offer the first preset of a stage, unless one of it is offered already."""
        self.choice.choose(task)

    def set_device(self, device: str) -> None:
        self.device.setCurrentIndex(max(self.device.findData(device), 0))

    @property
    def plan(self) -> RunPlan:
        """The run that the form describes."""
        from poseviewer.app.train.plan import RunPlan

        info = self.choice.info
        assert info is not None
        return RunPlan(
            task=info.task,
            preset=info.name,
            start=self.start.start,
            steps=self.steps.value(),
            batch=self.batch.value(),
            seed=self.seed.value(),
            device=str(self.device.currentData()),
            title=self.title.text().strip(),
            poses=self.source.files or (),
        )

    # Composition

    def _arrange(self) -> None:
        for key, title in DEVICES:
            self.device.addItem(title, key)
        self.title.setPlaceholderText("Named by its preset")
        self.train.setToolTip("Start training in the background; the window stays usable")
        last = QHBoxLayout()
        last.addWidget(self.time, 1)
        last.addWidget(self.train)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(part_title("New run"))
        for widget in (
            self.choice, self.about, self.learns, self.source, self.caution, self.start, self.ranges, self.more,
            self._rarely(),
        ):  # fmt: skip
            column.addWidget(widget)
        column.addLayout(last)

    def _rarely(self) -> QWidget:
        """What is seldom changed, behind "More"."""
        self.steps.setToolTip("How often the weights are moved; twice as many take twice as long")
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
        self.choice.changed.connect(self._show_preset)
        self.source.changed.connect(self._show_material)
        self.steps.valueChanged.connect(self._show_time)
        self.batch.valueChanged.connect(self._show_time)
        self.train.clicked.connect(self._ask)

    def _ask(self) -> None:
        if self.choice.info is not None:
            self.train_requested.emit(self.plan)

    def _show_preset(self) -> None:
        """The chosen preset's own words; its numbers too, unless they are shown already and may have been changed."""
        info = self.choice.info
        key = (info.task, info.name) if info is not None else None
        same, self._shown = key == self._shown, key
        for widget in (self.more, self.start):
            widget.setEnabled(info is not None)
        self.start.set_info(info, keep=same)
        self.start.setVisible(info is None or not info.stage.why)  # a method begins with nothing
        self.source.set_stage(info.stage if info is not None else None)
        if info is None:
            self.about.setText("There is no training preset for this skeleton.")
            self.time.clear()
        else:
            self.about.setText(info.about)
            if not same:
                self.steps.setValue(info.steps)
                self.batch.setValue(info.batch)
            self.batch.setToolTip(f"{info.stage.unit.capitalize()} per step")
            self._show_time()
        self._show_material()

    def _show_material(self) -> None:
        """What it would learn from, and what is lacking."""
        info = self.choice.info
        if info is None:
            for label in (self.learns, self.caution, self.ranges, self.source):
                label.hide()
            self._show_whether()
            return
        stage = info.stage
        self.source.set_poses(self._material.poses)
        lacking = self._lacking
        for label, words in (
            (self.learns, learns_words(stage, self._material, info.renders)),
            (self.caution, lacking or caution(stage, self._material)),
        ):
            label.setText(words)
            label.setVisible(bool(words))
        self.ranges.setVisible(stage.draws or info.renders > 0)
        self._show_whether()

    def _show_whether(self) -> None:
        info = self.choice.info
        self.train.setEnabled(info is not None and self.start.possible and not self._lacking)

    @property
    def _lacking(self) -> str:
        info = self.choice.info
        return "" if info is None else obstacle(info.stage, self._material, info.renders, self.source.count)

    def _show_time(self) -> None:
        """As fast as an earlier run of this preset went here; without one, as the preset was measured."""
        info = self.choice.info
        if info is None:
            return
        poses = self.steps.value() * self.batch.value()
        rate = self._rates.get((info.task, info.name), 0.0)
        if rate > 0:
            self.time.setText(f"About {duration_words(poses / rate)} on this computer")
        elif info.minutes is not None:
            share = poses / max(info.steps * info.batch, 1)
            self.time.setText(f"About {duration_words(60 * info.minutes * share)} on two cores")
        else:
            self.time.setText("How long it takes shows after the first seconds")


def _spin(most: int, least: int) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(least, most)
    spin.setGroupSeparatorShown(True)
    spin.setAccelerated(True)
    return spin
