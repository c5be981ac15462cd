"""Training in a workspace: the runner, which lives as long as the project is open, and its panel. Composition only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from poseviewer.app.docks import Panel
from poseviewer.app.train.runner import Runner

if TYPE_CHECKING:
    from poseviewer.app.annotate.canvas import Canvas
    from poseviewer.app.document import Document
    from poseviewer.app.lift_link import LiftLink
    from poseviewer.app.services import Services
    from poseviewer.app.train.compare import Comparison
    from poseviewer.app.train.panel import TrainingPanel
    from poseviewer.app.view3d.panel import View3D


class TrainRoom(QObject):
    """Attributes:
    runner: trains whether or not the panel is there.
    """

    def __init__(
        self, document: Document, canvas: Canvas, view3d: View3D, link: LiftLink, services: Services, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._document, self._services = document, services
        self._canvas, self._view3d, self._link = canvas, view3d, link
        self._comparison: Comparison | None = None
        self._shown: TrainingPanel | None = None
        self.runner = Runner(document, services.tasks, services.notices, parent=self)

    @property
    def panels(self) -> tuple[Panel, ...]:
        return (Panel("dock.train", "Training", self._panel),)

    def close(self) -> None:
        """Stop what trains, so that it can be continued, and wait for it."""
        if self._comparison is not None:
            self._comparison.close()
        self.runner.close()

    def choose(self, task: str) -> None:
        """Offer to train a stage ("lifter", "detector") in the panel, where it has been made."""
        if self._shown is not None:
            self._shown.choose(task)

    def _panel(self) -> QWidget:
        from poseviewer.app.train.compare import Comparison
        from poseviewer.app.train.panel import TrainingPanel

        services = self._services
        panel = self._shown = TrainingPanel(self.runner, self._document, services.store, services.notices)
        self._comparison = Comparison(self._document, self._link, self._view3d, self._canvas, self, services.load)
        panel.join(self._comparison)
        return panel
