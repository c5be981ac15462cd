"""Work is there the next day: named, unnamed, and also when the picture has moved."""

from __future__ import annotations

import numpy as np


def place_four(person) -> np.ndarray:
    for x, y in ((100, 80), (300, 90), (120, 220), (290, 230)):
        person.clicks(x, y)
    return person.pose.keypoints.copy()


def test_a_named_project_is_reopened_from_the_recent_list(sit_down, photo, tmp_path):
    person = sit_down()
    person.begins_with(photo)
    keypoints = place_four(person)
    person.saves_as(tmp_path / "dogs.poseproj")
    assert person.window.windowTitle().startswith("dogs")
    person.clicks(200, 150)
    assert person.pose.present_count == 5
    person.presses("Ctrl+Z")
    person.closes()

    person = sit_down()
    assert person.window.start_page.recent.item(0).text() == "dogs"
    person.opens_recent()
    np.testing.assert_array_equal(person.pose.keypoints, keypoints)
    # Undo reaches back across the night.
    person.presses("Ctrl+Shift+Z")
    assert person.pose.present_count == 5
    person.sees_3d()


def test_a_project_without_a_name_is_offered_again(sit_down, photo):
    person = sit_down()
    person.begins_with(photo)
    keypoints = place_four(person)
    person.closes()

    person = sit_down()
    assert person.window.start_page.recent.item(0).text() == "Untitled"
    person.opens_recent()
    np.testing.assert_array_equal(person.pose.keypoints, keypoints)
    person.sees_3d()


def test_a_window_that_was_only_looked_at_leaves_nothing_behind(sit_down):
    person = sit_down()
    person.closes()
    person = sit_down()
    assert person.window.start_page.recent.count() == 0


def test_a_missing_project_says_so_and_can_be_forgotten(sit_down, photo, tmp_path):
    person = sit_down()
    person.begins_with(photo)
    place_four(person)
    person.saves_as(tmp_path / "dogs.poseproj")
    person.closes()
    (tmp_path / "dogs.poseproj").unlink()

    person = sit_down()
    person.window.start_page.project_chosen.emit(str(tmp_path / "dogs.poseproj"))
    assert "dogs.poseproj" in person.window.notice_bar.text
    assert person.window.workspace is None
    person.window.start_page.project_forgotten.emit(str(tmp_path / "dogs.poseproj"))
    assert person.window.start_page.recent.count() == 0


def test_three_projects_one_after_another_in_one_window(sit_down, photo):
    person = sit_down()
    for count in range(1, 4):
        person.begins_with(photo)
        place_four(person)
        person.sees_3d()
        person.presses("Ctrl+W")
        assert person.window.workspace is None
        assert person.window.start_page.recent.count() == count
