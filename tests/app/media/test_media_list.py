"""The media list shows what the project refers to, and offers to find again what is missing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QTreeWidget

from poseviewer.app.media.media_list import MediaList
from poseviewer.core.project import MediaRef

MOUSE = MediaRef("a", "/data/mouse.mp4", "video", 1, "", 2330, 640, 480, 30.0)
DOGS = MediaRef("b", "/data/dogs", "images", 1, "", 12, 640, 480)


@pytest.fixture
def media(qtbot):
    widget = MediaList()
    qtbot.addWidget(widget)
    widget.resize(300, 200)
    widget.show()
    qtbot.waitExposed(widget)
    widget.chosen, widget.relinked, widget.removed = [], [], []
    widget.media_chosen.connect(widget.chosen.append)
    widget.relink_requested.connect(widget.relinked.append)
    widget.remove_requested.connect(widget.removed.append)
    widget.set_media((MOUSE, DOGS), {"a": 7}, set())
    return widget


def rows(media) -> list[list[str]]:
    tree = media.findChild(QTreeWidget)
    return [[tree.topLevelItem(i).text(c) for c in range(3)] for i in range(tree.topLevelItemCount())]


def click(qtbot, media, row: int) -> None:
    tree = media.findChild(QTreeWidget)
    place = tree.visualItemRect(tree.topLevelItem(row)).center()
    place.setX(20)
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_names_and_numbers(media):
    assert rows(media) == [["mouse.mp4", "2,330", "7"], ["dogs", "12", "–"]]
    media.set_media((MOUSE, DOGS), {"a": 8, "b": 1}, set())
    assert [row[2] for row in rows(media)] == ["8", "1"]


def test_a_click_chooses_and_setters_do_not(qtbot, media):
    media.set_current("b")
    assert media.chosen == [] and media.current == "b"
    click(qtbot, media, 0)
    assert media.chosen == ["a"]


def test_the_selection_survives_new_numbers_and_new_media(media):
    media.set_current("b")
    media.set_media((MOUSE, DOGS), {"b": 3}, set())
    assert media.current == "b"
    media.set_media((DOGS,), {}, set())
    assert media.current == "b" and rows(media) == [["dogs", "12", "–"]]


def test_missing_media_offer_to_be_found_again(qtbot, media):
    media.set_media((MOUSE, DOGS), {}, {"a"})
    click(qtbot, media, 0)
    assert media.chosen == []
    buttons = [b for b in media.findChildren(QPushButton) if b.isVisible()]
    assert [b.text() for b in buttons] == ["Relink…"]
    buttons[0].click()
    assert media.relinked == ["a"]
    media.set_media((MOUSE, DOGS), {}, set())
    assert rows(media)[0][1] == "2,330"
    click(qtbot, media, 0)
    assert media.chosen == ["a"]


def test_the_menu_of_one_media(media):
    media.set_media((MOUSE, DOGS), {}, {"b"})
    menu = media.menu_for("b")
    actions = {a.text(): a for a in menu.actions() if a.text()}
    assert not actions["Show"].isEnabled()
    actions["Relink…"].trigger()
    actions["Remove from the project"].trigger()
    assert (media.relinked, media.removed) == (["b"], ["b"])


def test_delete_asks_to_remove_the_selected_one(qtbot, media):
    click(qtbot, media, 1)
    qtbot.keyClick(media.findChild(QTreeWidget), Qt.Key.Key_Delete)
    assert media.removed == ["b"]
