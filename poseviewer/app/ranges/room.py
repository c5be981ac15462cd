"""Everything around rotation ranges that a workspace has: one draft, and the panels that draw it. Composition only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from poseviewer.app.docks import Panel
from poseviewer.app.ranges.draft import RangeDraft
from poseviewer.app.ranges.range_in_view import RangeInView

if TYPE_CHECKING:
    from poseviewer.app.document import Document
    from poseviewer.app.frames import Frames
    from poseviewer.app.lift_link import LiftLink
    from poseviewer.app.selection import Selection
    from poseviewer.app.services import Services
    from poseviewer.app.view3d.panel import View3D


class RangeRoom(QObject):
    """Attributes:
    draft: the ranges as they are being edited.
    in_view: the chosen bone's range in the 3D view.
    """

    def __init__(
        self,
        document: Document,
        selection: Selection,
        view3d: View3D,
        link: LiftLink,
        frames: Frames,
        services: Services,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._frames, self._services = document, selection, frames, services
        self.draft = RangeDraft(document, services.notices, self)
        self.in_view = RangeInView(self.draft, view3d, link, document)

    @property
    def panels(self) -> tuple[Panel, ...]:
        return (
            Panel("dock.ranges", "Rotation ranges", self._editor),
            Panel("dock.gallery", "Synthetic poses", self._gallery),
            Panel("dock.check", "Which range is wrong?", self._check),
            Panel("dock.gap", "Reality gap", self._gap),
        )

    def _editor(self) -> QWidget:
        from poseviewer.app.ranges.editor import RangeEditor

        services = self._services
        editor = RangeEditor(self.draft, self._selection, self._document, services.store, services.notices)
        self.in_view.angles_changed.connect(editor.set_current_angles)
        editor.set_current_angles(self.in_view.angles)
        return editor

    def _gallery(self) -> QWidget:
        from poseviewer.app.ranges.gallery import Gallery

        return Gallery(self.draft, self._services.store)

    def _check(self) -> QWidget:
        from poseviewer.app.ranges.check_panel import RangeCheckPanel

        services = self._services
        panel = RangeCheckPanel(
            self._document, self.draft, self._selection, services.tasks, services.notices, services.store
        )
        panel.frame_chosen.connect(self._frames.show)
        return panel

    def _gap(self) -> QWidget:
        from poseviewer.app.ranges.gap_panel import GapPanel

        services = self._services
        panel = GapPanel(self._document, self.draft, self._selection, services.tasks, services.store, services.notices)
        panel.frame_chosen.connect(self._frames.show)
        return panel
