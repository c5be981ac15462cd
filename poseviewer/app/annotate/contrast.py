"""A small panel with brightness and contrast of the shown picture; the files themselves are never changed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSlider, QWidget

STEPS = 100


class ContrastPanel(QWidget):
    """Two sliders and a button that takes both back to the middle."""

    contrast_changed = Signal(float, float)
    """Brightness and contrast, each from -1 to 1: what `Canvas.set_contrast` takes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QGridLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setHorizontalSpacing(10)
        self.brightness, self._brightness_value = self._row(layout, 0, "B&rightness")
        self.contrast, self._contrast_value = self._row(layout, 1, "&Contrast")
        self.reset = QPushButton("Rese&t", self)
        self.reset.clicked.connect(lambda: self._put(0, 0))
        layout.addWidget(self.reset, 2, 1, 1, 2, Qt.AlignmentFlag.AlignRight)
        self._show_values()

    def set_values(self, brightness: float, contrast: float) -> None:
        """Move the sliders without telling anyone."""
        self.blockSignals(True)
        self._put(round(brightness * STEPS), round(contrast * STEPS))
        self.blockSignals(False)

    def values(self) -> tuple[float, float]:
        """Brightness and contrast, each from -1 to 1."""
        return self.brightness.value() / STEPS, self.contrast.value() / STEPS

    def _row(self, layout: QGridLayout, row: int, name: str) -> tuple[QSlider, QLabel]:
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setRange(-STEPS, STEPS)
        slider.setPageStep(10)
        slider.setMinimumWidth(160)
        slider.setAccessibleName(name.replace("&", ""))
        slider.valueChanged.connect(self._changed)
        label, value = QLabel(name, self), QLabel(self)
        label.setBuddy(slider)
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        value.setMinimumWidth(value.fontMetrics().horizontalAdvance("-100"))
        for column, widget in enumerate((label, slider, value)):
            layout.addWidget(widget, row, column)
        return slider, value

    def _put(self, brightness: int, contrast: int) -> None:
        self.brightness.setValue(brightness)
        self.contrast.setValue(contrast)

    def _changed(self) -> None:
        self._show_values()
        self.contrast_changed.emit(*self.values())

    def _show_values(self) -> None:
        for slider, label in ((self.brightness, self._brightness_value), (self.contrast, self._contrast_value)):
            label.setText(f"{slider.value():+d}" if slider.value() else "0")
        self.reset.setEnabled(any(self.values()))
