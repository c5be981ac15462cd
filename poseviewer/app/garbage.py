"""Garbage is collected in the window's thread alone.

Python looks for garbage in whichever thread happens to allocate. Where that is a worker, Qt's objects are destroyed
there: their destructor holds a lock of Qt while it waits for Python's, and the window, which holds Python's, waits for
that lock of Qt the next time it connects anything. Both wait for ever.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, QTimer

EVERY = 250
"""Milliseconds between two looks at whether there is enough to collect."""
WHOLE = 120.0
"""Seconds between two collections of everything: the only ones that take long."""


class GarbageCollector(QObject):
    """Replaces Python's automatic collection as long as it lives; make it in the window's thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._whole = time.monotonic()
        self._timer = QTimer(self, interval=EVERY)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Collect as much as Python would have: the youngest often, what has survived seldom."""
        counts, limits = gc.get_count(), gc.get_threshold()
        if counts[0] <= limits[0]:
            return
        oldest = 1 if counts[1] > limits[1] else 0
        if oldest and counts[2] > limits[2] and time.monotonic() - self._whole > WHOLE:
            oldest, self._whole = 2, time.monotonic()
        gc.collect(oldest)

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.enable()
