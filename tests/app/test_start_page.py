"""The start page says what the user wants, by mouse and by keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from poseviewer.app.recent import RecentProject
from poseviewer.app.start_page import CardButton, StartPage, spoken_skeleton

PROJECTS = [
    RecentProject("/u.poseproj", "Untitled", "not saved under a name yet", untitled=True),
    RecentProject("/gone.poseproj", "gone", "not found in /", there=False),
]


@pytest.fixture
def page(qtbot):
    made = StartPage(["hand21", "quadruped16"], "quadruped16")
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    return made


@pytest.mark.parametrize(
    ("title", "signal"),
    [("New project…", "new_requested"), ("Open…", "open_requested"), ("Try the sample", "sample_requested")],
)
def test_each_way_in_answers_to_mouse_and_keyboard(qtbot, page, title, signal):
    button = next(b for b in page.findChildren(CardButton) if b.accessibleName() == title)
    assert button.accessibleDescription()
    with qtbot.waitSignal(getattr(page, signal)):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(getattr(page, signal)):
        qtbot.keyClick(button, Qt.Key.Key_Space)


def test_a_recent_project_opens_with_enter_or_a_click(qtbot, page):
    page.set_recent(PROJECTS)
    with qtbot.waitSignal(page.project_chosen) as chosen:
        qtbot.keyClick(page.recent, Qt.Key.Key_Return)
    assert chosen.args == ["/u.poseproj"]
    place = page.recent.visualItemRect(page.recent.item(1)).center()
    with qtbot.waitSignal(page.project_chosen) as chosen:
        qtbot.mouseClick(page.recent.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == ["/gone.poseproj"]


def test_delete_takes_a_project_off_the_list(qtbot, page):
    page.set_recent(PROJECTS)
    page.recent.setCurrentRow(1)
    with qtbot.waitSignal(page.project_forgotten) as forgotten:
        qtbot.keyClick(page.recent, Qt.Key.Key_Delete)
    assert forgotten.args == ["/gone.poseproj"]


def test_a_missing_project_is_paler(page):
    page.set_recent(PROJECTS)
    there, gone = (page.recent.item(i).data(Qt.ItemDataRole.ForegroundRole) for i in (0, 1))
    assert there is None and gone is not None


def test_without_projects_it_says_what_the_list_will_hold(page):
    page.set_recent([])
    assert not page.recent.isVisible()
    page.set_recent(PROJECTS)
    assert page.recent.isVisible()


def test_the_skeleton_is_chosen_by_name(qtbot, page):
    assert page.skeletons.currentData() == "quadruped16"
    with qtbot.waitSignal(page.skeleton_chosen) as chosen:
        qtbot.keyClick(page.skeletons, Qt.Key.Key_Up)
    assert chosen.args == ["hand21"]


def test_a_skeleton_that_is_gone_is_replaced_by_one_that_is_there(qtbot):
    page = StartPage(["hand21"], "unicorn5")
    qtbot.addWidget(page)
    assert page.skeletons.currentData() == "hand21"


@pytest.mark.parametrize(("name", "words"), [("quadruped16", "Quadruped, 16 joints"), ("my-fly", "my-fly")])
def test_skeletons_have_names_for_people(name, words):
    assert spoken_skeleton(name) == words
