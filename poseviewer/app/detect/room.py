"""Detection in a workspace: what runs, which lives as long as the project is open, and its panel. Composition only."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from poseviewer.app.detect.detections import Detections
from poseviewer.app.docks import Panel

if TYPE_CHECKING:
    from poseviewer.app.document import Document
    from poseviewer.app.selection import Selection
    from poseviewer.app.services import Services


class DetectRoom(QObject):
    """Attributes:
    detections: detects whether or not the panel is there.
    """

    def __init__(
        self,
        document: Document,
        selection: Selection,
        services: Services,
        train: Callable[[], object],
        parent: QObject,
    ) -> None:
        """`train`: shows where a detector is trained."""
        super().__init__(parent)
        self._document, self._selection, self._services, self._train = document, selection, services, train
        self.detections = Detections(document, services.tasks, services.notices, parent=self)

    @property
    def panels(self) -> tuple[Panel, ...]:
        return (Panel("dock.detect", "Detect", self._panel),)

    def close(self) -> None:
        """Stop what runs, keep what it found, and wait for it."""
        self.detections.close()

    # What actions ask for

    def detect_frame(self) -> None:
        """Detect on the frame in view, with or without the panel."""
        from poseviewer.app.detect.detector_choice import choices_for
        from poseviewer.app.detect.panel import options_of
        from poseviewer.app.detect.request import DetectRequest, Scope, places_of

        services, project = self._services, self._document.project
        boxes, least = options_of(services.store)
        places = places_of(project, Scope("frame", self._selection.frame))
        if not places:
            services.notices.say("This frame has labels of your own, and they stay as they are; clear it to detect.")
            return
        choices = choices_for(project.skeleton, project.detector)
        if not choices.usable:
            services.notices.warn(choices.about)
            return
        self.detections.start(DetectRequest(project, places, boxes, least, services.store.current.device))

    def choose(self) -> None:
        """Ask for a detector from a file."""
        from poseviewer.app import open_dialogs
        from poseviewer.core import edits

        store = self._services.store
        path = open_dialogs.ask_model(None, store.current.folder, "Choose a detector")
        if path:
            self._document.push(edits.set_detector(self._document.project, path))

    def use_shipped(self) -> None:
        from poseviewer.core import edits

        self._document.push(edits.set_detector(self._document.project, ""))

    def _panel(self) -> QWidget:
        from poseviewer.app.detect.panel import DetectPanel

        panel = DetectPanel(self.detections, self._document, self._selection, self._services.store)
        panel.train_requested.connect(self._train)
        return panel
