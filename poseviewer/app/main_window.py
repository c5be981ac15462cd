"""The window: composition only. A feature is a new file and a line here or in the workspace."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices, QDragEnterEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QMessageBox, QStackedWidget, QVBoxLayout, QWidget

from poseviewer.app.actions import ROWS, Actions, shortcuts_in_force
from poseviewer.app.log_file import log_path
from poseviewer.app.menus import Menus
from poseviewer.app.notices import NoticeBar, Notices
from poseviewer.app.opening import OpenedMedia, Opening
from poseviewer.app.recent import recent_projects
from poseviewer.app.settings import SettingsStore
from poseviewer.app.start_page import PITCH, StartPage
from poseviewer.app.status import StatusLine
from poseviewer.app.tasks import Tasks
from poseviewer.app.titles import action_texts, window_title
from poseviewer.io.skeleton_files import shipped_skeletons
from poseviewer.io.untitled import untitled_projects

if TYPE_CHECKING:
    from poseviewer.app.live_lift import Load
    from poseviewer.app.workspace import Workspace

SIZE = QSize(1360, 860)


class MainWindow(QMainWindow):
    """Shows the start page, or a workspace on what is open."""

    workspace_opened = Signal(object)
    """Workspace."""
    first_painted = Signal()
    """Once: the user can see the window."""

    def __init__(self, store: SettingsStore, load: Load | None = None) -> None:
        super().__init__()
        self.store = store
        self._load = load
        self.workspace: Workspace | None = None
        self.notices = Notices(self)
        self.tasks = Tasks(self.notices, self)
        self.opening = Opening(self, store, self.notices, self.tasks)
        self.start_page = StartPage(shipped_skeletons(), store.current.skeleton)
        self.notice_bar, self.status = NoticeBar(), StatusLine()
        self.actions_ = Actions(self, self._find, ROWS, store.current.shortcuts)
        self._menus = Menus(self, self.actions_, self.opening, store)
        self._keys_sheet: QWidget | None = None
        self._painted = False
        self._arrange()
        self._listen()
        self._show_start_page()
        self._take_geometry()

    # What actions ask for

    def set_full_screen(self, on: bool) -> None:
        self.setWindowState(
            self.windowState() | Qt.WindowState.WindowFullScreen
            if on
            else self.windowState() & ~Qt.WindowState.WindowFullScreen
        )

    def show_keys(self) -> None:
        from poseviewer.app.keys_sheet import KeysSheet, entries

        if self._keys_sheet is None:
            keys = shortcuts_in_force(ROWS, self.store.current.shortcuts)
            self._keys_sheet = KeysSheet(entries(ROWS, keys), self)
        self._keys_sheet.show()
        self._keys_sheet.raise_()
        self._keys_sheet.activateWindow()

    def open_log_folder(self) -> None:
        log_path().parent.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_path().parent)))

    def show_about(self) -> None:
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("poseviewer")
        except PackageNotFoundError:
            number = "source"
        box = QMessageBox(QMessageBox.Icon.NoIcon, "About poseviewer", f"<b>poseviewer {number}</b>", parent=self)
        box.setInformativeText(f"{PITCH} No 3D annotation is needed. BSD 3-Clause licence.")
        box.setIconPixmap(self.windowIcon().pixmap(64, 64))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    # Composition

    def _arrange(self) -> None:
        self._pages = QStackedWidget()
        self._pages.addWidget(self.start_page)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice_bar)
        column.addWidget(self._pages, 1)
        self.setCentralWidget(middle)
        self.setStatusBar(self.status)
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)

    def _listen(self) -> None:
        self.notices.shown.connect(self.notice_bar.show_sentence)
        self.notices.said.connect(self.status.say)
        self.opening.closing.connect(self._take_down)
        self.opening.document_changed.connect(self._show_document)
        self.opening.media_added.connect(self._show_media)
        page, store, opening = self.start_page, self.store, self.opening
        page.new_requested.connect(opening.new_project)
        page.open_requested.connect(opening.choose)
        page.sample_requested.connect(opening.open_sample)
        page.project_chosen.connect(opening.open_project)
        page.project_forgotten.connect(self._forget_recent)
        page.skeleton_chosen.connect(lambda name: store.change(skeleton=name))

    def _find(self, part: str) -> object:
        """What an action is aimed at."""
        if part == "window":
            return self
        if part == "opening":
            return self.opening
        assert self.workspace is not None
        return self.workspace.parts[part]

    def _show_document(self, document: Any) -> None:
        if document is None:
            self._show_start_page()
            return
        # From here on the heavy libraries come in; nothing above needs them.
        from poseviewer.app.live_lift import load_shipped
        from poseviewer.app.services import Services
        from poseviewer.app.workspace import Workspace

        services = Services(self.store, self.notices, self.tasks, self.status, self._load or load_shipped)
        workspace = Workspace(self, document, services)
        self.workspace = workspace
        self._pages.addWidget(workspace.centre)
        self._show_page(workspace.centre)
        self._show_layout_switch(workspace)
        self.actions_.reset_toggles()
        self._menus.set_workspace(workspace, document)
        workspace.states_changed.connect(self.actions_.switch_on)
        document.history_changed.connect(self._say_history)
        self._say_history()
        workspace.canvas.setFocus()
        workspace.frames.show_first()
        self.workspace_opened.emit(workspace)

    def _take_down(self) -> None:
        workspace, self.workspace = self.workspace, None
        if workspace is None:
            return
        self._menus.set_workspace(None, None)
        workspace.close()
        self.menuBar().setCornerWidget(None)
        self._pages.removeWidget(workspace.centre)
        workspace.centre.deleteLater()
        workspace.deleteLater()

    def _show_layout_switch(self, workspace: Workspace) -> None:
        from poseviewer.app.layout_switch import LayoutSwitch

        switch = LayoutSwitch()
        switch.set_layout_name(workspace.docks.layout_name)
        switch.chosen.connect(workspace.docks.switch)
        workspace.docks.layout_changed.connect(switch.set_layout_name)
        self.menuBar().setCornerWidget(switch)
        switch.show()

    def _show_start_page(self) -> None:
        self._list_recent()
        self._show_page(self.start_page)
        self.status.clear_fields()
        self.setWindowTitle("poseviewer")
        self.actions_.switch_on(frozenset())
        self.start_page.setFocus()

    def _show_page(self, page: QWidget) -> None:
        """Qt keeps the window as large as what is in it needs: a page that is not shown must need nothing."""
        needed = self.start_page.minimumSizeHint() if page is self.start_page else QSize(1, 1)
        self.start_page.setMinimumSize(needed)
        self._pages.setCurrentWidget(page)

    def _show_media(self, opened: tuple[OpenedMedia, ...]) -> None:
        assert self.workspace is not None
        self.workspace.frames.show_opened(opened)

    def _say_history(self) -> None:
        assert self.workspace is not None
        document = self.opening.document
        self.setWindowTitle(window_title(document))
        for action, text in action_texts(document).items():
            self.actions_.by_id[action].setText(text)
        self.actions_.switch_on(self.workspace.states)

    def _list_recent(self) -> None:
        self.start_page.set_recent(recent_projects(self.store.current.recent, _untitled(), datetime.now()))

    def _forget_recent(self, path: str) -> None:
        self.store.put(self.store.current.without_recent(path))
        self._list_recent()

    def _take_geometry(self) -> None:
        room = self.screen().availableGeometry().size()
        self.resize(SIZE.boundedTo(room))
        if self.store.current.geometry:
            self.restoreGeometry(QByteArray.fromBase64(self.store.current.geometry.encode()))

    # Qt's events

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped_paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.opening.open_paths(_dropped_paths(event))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nothing is unsaved, so nothing is asked: stop what runs, wait for it, close."""
        self.store.change(geometry=bytes(self.saveGeometry().toBase64().data()).decode("ascii"))
        self.opening.close_project()
        self.tasks.close()
        super().closeEvent(event)


def _untitled() -> Iterable[Any]:
    try:
        return untitled_projects()
    except OSError:
        return []


def _dropped_paths(event: QDropEvent) -> list[str]:
    return [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
