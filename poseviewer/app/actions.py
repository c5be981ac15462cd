"""Everything that a user can do from a menu or a key, in one table; menus, shortcuts and the keys sheet read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

MENUS = ("File", "Edit", "Go", "View", "Skeleton", "Labels", "Predict", "Lift", "Train", "Help")
TITLES = {"Lift": "L&ift"}
"""Menus that are not opened by their first letter: another one is."""


@dataclass(frozen=True)
class Row:
    """One action.

    Attributes:
        id: what settings call it; never reused for something else.
        text: what the menu says.
        menu: one of `MENUS`.
        keys: default shortcuts; the first is shown in the menu.
        target: "part.method", called without arguments, or with the new state where `checkable`.
        needs: "" for always, or one of `Workspace.states`, what must be there for it to mean something.
        group: rows of one menu with another group than the row before stand behind a separator.
        hint: for the status line and for screen readers.
        on: whether a checkable one is checked to begin with.
    """

    id: str
    text: str
    menu: str
    keys: tuple[str, ...]
    target: str
    needs: str = ""
    group: int = 0
    checkable: bool = False
    hint: str = ""
    on: bool = False


ROWS: tuple[Row, ...] = (
    Row("file.new", "&New project…", "File", ("Ctrl+N",), "opening.new_project", hint="Choose images or a video"),
    Row("file.open", "&Open…", "File", ("Ctrl+O",), "opening.choose", hint="A project, images or a video"),
    Row("file.open_folder", "Open &folder of images…", "File", ("Ctrl+Shift+O",), "opening.choose_folder"),
    Row("file.sample", "Open the samp&le", "File", (), "opening.open_sample"),
    Row("file.save", "&Save", "File", ("Ctrl+S",), "opening.save", "project", 1),
    Row("file.save_as", "Save &as…", "File", ("Ctrl+Shift+S",), "opening.save_as", "project", 1),
    Row("file.close", "&Close project", "File", ("Ctrl+W",), "opening.close_project", "project", 2),
    Row("file.quit", "&Quit", "File", ("Ctrl+Q",), "window.close", "", 2),
    Row("edit.undo", "&Undo", "Edit", ("Ctrl+Z",), "document.undo", "undo"),
    Row("edit.redo", "&Redo", "Edit", ("Ctrl+Shift+Z", "Ctrl+Y"), "document.redo", "redo"),
    Row("edit.copy", "&Copy pose", "Edit", ("Ctrl+C",), "annotator.copy_pose", "pose", 1),
    Row("edit.paste", "&Paste pose", "Edit", ("Ctrl+V",), "annotator.paste_pose", "frame", 1),
    Row("edit.delete", "&Delete keypoint", "Edit", ("Delete", "Backspace"), "annotator.delete_selected", "keypoint", 2),
    Row("edit.clear", "C&lear frame", "Edit", ("Ctrl+Delete",), "annotator.clear_frame", "pose", 2),
    Row("go.next", "&Next frame", "Go", ("Right", "D"), "frames.next", "frames"),
    Row("go.previous", "&Previous frame", "Go", ("Left", "A"), "frames.previous", "frames"),
    Row("go.next_4", "4 frames on", "Go", ("Ctrl+Right",), "frames.next_4", "frames"),
    Row("go.previous_4", "4 frames back", "Go", ("Ctrl+Left",), "frames.previous_4", "frames"),
    Row("go.next_100", "100 frames on", "Go", ("Ctrl+Alt+Right",), "frames.next_100", "frames"),
    Row("go.previous_100", "100 frames back", "Go", ("Ctrl+Alt+Left",), "frames.previous_100", "frames"),
    Row("go.first", "&First frame", "Go", ("Home",), "frames.first", "frames", 1),
    Row("go.last", "&Last frame", "Go", ("End",), "frames.last", "frames", 1),
    Row("go.next_labelled", "Next la&belled frame", "Go", ("Alt+Right",), "frames.next_labelled", "frames", 1),
    Row(
        "go.previous_labelled", "Previous labelled frame", "Go", ("Alt+Left",), "frames.previous_labelled", "frames", 1
    ),
    Row("go.next_suggested", "Next &suggested frame", "Go", ("Space",), "suggestions.next", "frame", 1),
    Row(
        "go.previous_suggested",
        "Previous suggested frame",
        "Go",
        ("Shift+Space",),
        "suggestions.previous",
        "frame",
        1,
    ),
    Row("go.to", "&Go to frame…", "Go", ("Ctrl+J",), "frames.ask", "frames", 1),
    Row("go.next_media", "Next &media", "Go", ("Ctrl+PgDown",), "frames.next_media", "media", 2),
    Row("go.previous_media", "Previous media", "Go", ("Ctrl+PgUp",), "frames.previous_media", "media", 2),
    Row("go.play", "Pla&y or pause", "Go", ("P",), "frames.toggle_play", "frames", 3),
    Row("view.fit", "&Fit the image", "View", ("Ctrl+=", "Ctrl+0"), "canvas.fit", "frame"),
    Row("view.zoom_in", "Zoom &in", "View", ("+",), "canvas.zoom_in", "frame"),
    Row("view.zoom_out", "Zoom &out", "View", ("-",), "canvas.zoom_out", "frame"),
    Row("view.hide", "&Show keypoints", "View", ("H",), "workspace.show_keypoints", "frame", 1, True, on=True),
    Row(
        "view.reprojection",
        "Show &reprojection",
        "View",
        ("R",),
        "workspace.show_reprojection",
        "frame",
        1,
        True,
        "The 3D pose drawn back onto the image",
        on=True,
    ),
    Row("view.front", "3D: fro&nt", "View", ("F1",), "workspace.view_front", "project", 2),
    Row("view.side", "3D: si&de", "View", ("F2",), "workspace.view_side", "project", 2),
    Row("view.top", "3D: &top", "View", ("F3",), "workspace.view_top", "project", 2),
    Row("view.camera", "3D: as the &camera sees it", "View", ("F4",), "workspace.view_camera", "project", 2),
    Row("view.fit_3d", "3D: fit the &pose", "View", ("F5",), "view3d.fit", "project", 2),
    Row("view.label", "Lay out to l&abel", "View", ("Ctrl+1",), "workspace.lay_out_to_label", "project", 3),
    Row("view.ranges", "Lay out for ran&ges", "View", ("Ctrl+2",), "workspace.lay_out_for_ranges", "project", 3),
    Row("view.train", "&Lay out to train", "View", ("Ctrl+3",), "workspace.lay_out_to_train", "project", 3),
    Row("view.reset", "Reset la&yout", "View", (), "workspace.reset_layout", "project", 3),
    Row("view.full", "F&ull screen", "View", ("F11",), "window.set_full_screen", "", 4, True),
    Row("skeleton.ranges", "&Rotation ranges", "Skeleton", (), "workspace.show_ranges", "project"),
    Row("skeleton.poses", "Synthetic &poses", "Skeleton", (), "workspace.show_synthetic_poses", "project"),
    Row(
        "skeleton.check",
        "&Which range is wrong?",
        "Skeleton",
        (),
        "workspace.show_range_check",
        "project",
        hint="Fits the labelled poses inside the ranges",
    ),
    Row("skeleton.gap", "Reality &gap", "Skeleton", (), "workspace.show_reality_gap", "project"),
    Row("labels.next", "&Next keypoint", "Labels", ("Down", "S"), "annotator.select_next_joint", "pose"),
    Row("labels.previous", "&Previous keypoint", "Labels", ("Up", "W"), "annotator.select_previous_joint", "pose"),
    Row("labels.skip", "&Skip keypoint", "Labels", ("X",), "annotator.skip", "frame"),
    Row("labels.back", "&Back to the last keypoint", "Labels", ("Z",), "annotator.back", "frame"),
    Row("labels.occluded", "Toggle &occluded", "Labels", ("O",), "annotator.toggle_selected_occluded", "keypoint", 1),
    Row("labels.left", "Nudge left", "Labels", ("Shift+Left",), "workspace.nudge_left", "keypoint", 2),
    Row("labels.right", "Nudge right", "Labels", ("Shift+Right",), "workspace.nudge_right", "keypoint", 2),
    Row("labels.up", "Nudge up", "Labels", ("Shift+Up",), "workspace.nudge_up", "keypoint", 2),
    Row("labels.down", "Nudge down", "Labels", ("Shift+Down",), "workspace.nudge_down", "keypoint", 2),
    Row(
        "labels.carry",
        "&Carry the last pose forward",
        "Labels",
        ("C",),
        "annotator.carry_forward_from_previous",
        "frame",
        3,
    ),
    Row("labels.import", "&Import labels…", "Labels", ("Ctrl+I",), "import.choose", "project", 4),
    Row(
        "predict.frame",
        "&Detect on this frame",
        "Predict",
        ("Ctrl+D",),
        "detect.detect_frame",
        "frame",
        hint="Predict the keypoints of this frame; labels of your own stay",
    ),
    Row("predict.more", "D&etect on more frames…", "Predict", ("Ctrl+Shift+D",), "workspace.show_detection", "project"),
    Row(
        "predict.accept",
        "&Accept prediction",
        "Predict",
        ("Return", "Enter"),
        "annotator.accept_prediction",
        "prediction",
        1,
        hint="The predicted pose is right: make it your own",
    ),
    Row(
        "predict.accept_to_here",
        "Accept all up to &here",
        "Predict",
        ("Ctrl+Return",),
        "predictions.accept_to_here",
        "predictions",
        1,
        hint="Every prediction up to the shown frame becomes your own",
    ),
    Row(
        "predict.accept_all",
        "Accept &in all frames",
        "Predict",
        (),
        "predictions.accept_all",
        "predictions",
        1,
        hint="Every prediction of the project becomes your own",
    ),
    Row(
        "predict.clear",
        "C&lear predictions",
        "Predict",
        (),
        "predictions.clear",
        "predictions",
        2,
        hint="Take all predictions off; your own labels stay",
    ),
    Row("predict.detector", "Choose a detector &file…", "Predict", (), "detect.choose", "project", 3),
    Row(
        "predict.shipped",
        "&Use the detector that comes with it",
        "Predict",
        (),
        "detect.use_shipped",
        "own detector",
        3,
    ),
    Row(
        "lift.choose",
        "&Lifters…",
        "Lift",
        ("Ctrl+L",),
        "lifters.open",
        "project",
        hint="All lifters for this skeleton, and what is known of each",
    ),
    Row("skeleton.model", "Choose a &file…", "Lift", (), "lifters.choose", "project"),
    Row("skeleton.shipped", "Use the lifter that comes &with it", "Lift", (), "lifters.use_shipped", "own lifter"),
    Row("lift.swap", "Use &B, compare with A", "Lift", (), "lifters.swap", "comparison", 1),
    Row("lift.end", "&End the comparison", "Lift", (), "lifters.end", "comparison", 1, hint="Also by Esc"),
    Row("train.detector", "Train a &detector…", "Train", (), "workspace.train_detector", "project"),
    Row("skeleton.train", "Train a &lifter…", "Train", (), "workspace.train_lifter", "project"),
    Row("help.keys", "&Keys and mouse", "Help", ("?", "Ctrl+/"), "window.show_keys"),
    Row("help.log", "Open the &log folder", "Help", (), "window.open_log_folder", "", 1),
    Row("help.about", "&About poseviewer", "Help", (), "window.show_about", "", 1),
)


class Actions:
    """The table made into menus of one window.

    `find` gives the object that answers for a part's name ("window", "canvas", ...) at the moment it is used, so
    that parts which are made later need nothing here.
    """

    def __init__(
        self,
        window: QMainWindow,
        find: Callable[[str], object],
        rows: Iterable[Row] = ROWS,
        shortcuts: Mapping[str, str] | None = None,
    ) -> None:
        self.rows = tuple(rows)
        self._find = find
        self.by_id: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}
        keys = shortcuts_in_force(self.rows, shortcuts or {})
        for row in self.rows:
            self._add(window, row, keys[row.id])

    def switch_on(self, states: frozenset[str]) -> None:
        """Enable the actions whose need is met, for instance {"project", "frame", "undo"}."""
        for row in self.rows:
            self.by_id[row.id].setEnabled(not row.needs or row.needs in states)

    def reset_toggles(self) -> None:
        """What a project's panels can switch is, for a new one, as it was to begin with."""
        for row in self.rows:
            if row.checkable and row.needs:
                self.by_id[row.id].setChecked(row.on)

    def _add(self, window: QMainWindow, row: Row, keys: tuple[str, ...]) -> None:
        action = QAction(row.text, window)
        action.setObjectName(row.id)
        action.setShortcuts([QKeySequence(k) for k in keys])
        action.setCheckable(row.checkable)
        action.setChecked(row.on)
        action.setStatusTip(row.hint)
        action.setMenuRole(_ROLES.get(row.id, QAction.MenuRole.NoRole))
        (action.toggled if row.checkable else action.triggered).connect(partial(self._run, row))
        menu = self.menus.get(row.menu)
        if menu is None:
            menu = self.menus[row.menu] = window.menuBar().addMenu(TITLES.get(row.menu, f"&{row.menu}"))
        elif self._last_group(row) != row.group:
            menu.addSeparator()
        menu.addAction(action)
        self.by_id[row.id] = action

    def _last_group(self, row: Row) -> int:
        before = [r for r in self.rows[: self.rows.index(row)] if r.menu == row.menu]
        return before[-1].group

    def _run(self, row: Row, checked: bool = False) -> None:
        method = resolve(row.target, self._find)
        if row.checkable:
            method(checked)
        else:
            method()


_ROLES = {
    "file.quit": QAction.MenuRole.QuitRole,
    "help.about": QAction.MenuRole.AboutRole,
}


def resolve(target: str, find: Callable[[str], object]) -> Callable[..., Any]:
    """The method that "part.method" names.

    Raises:
        AttributeError: the part has no such method.
    """
    part, _, method = target.partition(".")
    found: Callable[..., Any] = getattr(find(part), method)
    return found


def shortcuts_in_force(rows: Iterable[Row], changed: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Keys by action: the user's where there are some ("" for none), else the default.

    A key that the user gave to one action is taken from every other one.
    """
    taken = {_portable(keys) for keys in changed.values() if keys}
    return {
        row.id: (changed[row.id],)
        if changed.get(row.id)
        else ()
        if row.id in changed
        else tuple(k for k in row.keys if _portable(k) not in taken)
        for row in rows
    }


def conflicts(keys: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    """Keys that more than one action answers to, with those actions' ids."""
    count = Counter(_portable(k) for several in keys.values() for k in several)
    return {
        key: [i for i, several in keys.items() if key in map(_portable, several)] for key, n in count.items() if n > 1
    }


def plain(text: str) -> str:
    """A menu's text without the mark of its letter."""
    return text.replace("&", "")


def _portable(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)
