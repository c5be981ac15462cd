"""What to train: a detector or a lifter, and by which preset; what papers describe stands last, under a heading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from poseviewer.app.train.stages import FAMILIES, LIFTER

if TYPE_CHECKING:
    from poseviewer.app.train.plan import PresetInfo

Key = tuple[str, str]
"""Task and name of a preset."""

PAPER = "The synthesis paper's stages, in their order"
METHODS = "Other ways to learn, from papers"


class PresetChoice(QWidget):
    """Setters never emit."""

    changed = Signal()
    """The user chose something else: `info` is another one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presets: dict[Key, PresetInfo] = {}
        self.families = {key: QRadioButton(title, toolTip=hint) for key, title, hint in FAMILIES}
        self._group = QButtonGroup(self)
        self._row = QWidget()
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        for button in self.families.values():
            self._group.addButton(button)
            row.addWidget(button)
        row.addStretch(1)
        self.families[LIFTER].setChecked(True)
        self.what = QComboBox()
        self.what.setAccessibleName("What to train")
        self.what.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.what.setMinimumContentsLength(12)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._row)
        column.addWidget(self.what)
        self.setFocusProxy(self.what)
        for key, button in self.families.items():
            button.clicked.connect(lambda _=False, key=key: self._change_family(key))
        self.what.currentIndexChanged.connect(self.changed)

    @property
    def info(self) -> PresetInfo | None:
        """The chosen preset."""
        return self._presets.get(self.what.currentData()) if self.what.count() else None

    def set_presets(self, presets: Sequence[PresetInfo]) -> None:
        """What can be chosen; the choice stays if it is still there."""
        chosen = self.info
        self._presets = {(p.task, p.name): p for p in presets}
        there = {p.stage.family for p in presets}
        self._row.setVisible(len(there) > 1)
        family = next((key for key, button in self.families.items() if button.isChecked()), LIFTER)
        if there and family not in there:
            family = next(key for key, _, _ in FAMILIES if key in there)
            self.families[family].setChecked(True)
        self._fill(family, (chosen.task, chosen.name) if chosen is not None else None)

    def choose(self, task: str) -> None:
        """Offer the first preset of a stage, unless one of it is chosen already."""
        first = next((p for p in self._presets.values() if p.task == task), None)
        if first is None or (self.info is not None and self.info.task == task):
            return
        self.families[first.stage.family].setChecked(True)
        self._fill(first.stage.family, (first.task, first.name))
        self.changed.emit()

    def _change_family(self, family: str) -> None:
        if self.info is None or self.info.stage.family != family:
            self._fill(family, None)
            self.changed.emit()

    def _fill(self, family: str, chosen: Key | None) -> None:
        """The presets of one family."""
        self.what.blockSignals(True)
        self.what.clear()
        begun = False
        for key, info in self._presets.items():
            if info.stage.family != family:
                continue
            if info.stage.apart and not begun:
                begun = True
                self._add_heading(PAPER if info.stage.paper else METHODS)
            self.what.addItem(info.title, key)
        kept = next((i for i in range(self.what.count()) if chosen and self.what.itemData(i) == chosen), 0)
        self.what.setCurrentIndex(kept if self.what.count() else -1)
        self.what.setEnabled(self.what.count() > 0)
        self.what.view().setMinimumWidth(self.what.view().sizeHintForColumn(0) + 24)  # long names are read whole
        self.what.blockSignals(False)

    def _add_heading(self, words: str) -> None:
        """A line that cannot be chosen."""
        if self.what.count():
            self.what.insertSeparator(self.what.count())
        self.what.addItem(words)
        items = self.what.model()
        assert isinstance(items, QStandardItemModel)
        items.item(self.what.count() - 1).setEnabled(False)
