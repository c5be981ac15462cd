"""The line that begins a part of a panel or a page."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel


def part_title(text: str) -> QLabel:
    """Larger and heavier than what stands below it."""
    label = QLabel(text)
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * 1.15)
    font.setWeight(font.Weight.DemiBold)
    label.setFont(font)
    return label
