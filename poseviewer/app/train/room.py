"""Training in a workspace: the runner, which lives as long as the project is open, and its panel. Composition only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from poseviewer.app.docks import Panel
from poseviewer.app.train.runner import Runner

if TYPE_CHECKING:
    from poseviewer.app.document import Document
    from poseviewer.app.lifters.compare import Comparison
    from poseviewer.app.services import Services
    from poseviewer.app.train.panel import TrainingPanel


class TrainRoom(QObject):
    """Attributes:
    runner: trains whether or not the panel is there.
    """

    def __init__(self, document: Document, comparison: Comparison, services: Services, parent: QObject) -> None:
        """`comparison`: shows a run's model beside the one in use."""
        super().__init__(parent)
        self._document, self._comparison, self._services = document, comparison, services
        self._shown: TrainingPanel | None = None
        self.runner = Runner(document, services.tasks, services.notices, parent=self)

    @property
    def panels(self) -> tuple[Panel, ...]:
        return (Panel("dock.train", "Training", self._panel),)

    def close(self) -> None:
        """Stop what trains, so that it can be continued, and wait for it."""
        self.runner.close()

    def choose(self, task: str) -> None:
        """Offer to train a stage ("lifter", "detector") in the panel, where it has been made."""
        if self._shown is not None:
            self._shown.choose(task)

    def _panel(self) -> QWidget:
        from poseviewer.app.train.panel import TrainingPanel

        services = self._services
        panel = self._shown = TrainingPanel(self.runner, self._document, services.store, services.notices)
        panel.join(self._comparison)
        return panel
