"""A new user opens a photo, clicks keypoints as the guide names them, sees the pose in 3D, and corrects it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PySide6.QtCore import Qt

PLACES = {
    "neck": (260, 110), "nose": (330, 100), "tail_base": (110, 115), "tail_tip": (60, 80),
    "left_shoulder": (250, 140), "left_elbow": (245, 190), "left_front_paw": (250, 250),
    "right_shoulder": (265, 142), "right_elbow": (275, 190), "right_front_paw": (285, 248),
    "left_hip": (120, 140), "left_knee": (130, 190), "left_hind_paw": (105, 252),
    "right_hip": (130, 142), "right_knee": (150, 190), "right_hind_paw": (140, 248),
}  # fmt: skip


def click_what_is_asked_for(person, times: int) -> list[str]:
    """Follow the guide; the names that it gave."""
    joints = person.window.opening.document.project.skeleton.joints
    asked = []
    for _ in range(times):
        asked.append(joints[person.workspace.annotator.next_joint])
        person.clicks(*PLACES[asked[-1]])
    return asked


def test_four_clicks_a_pose_a_drag_and_undo(sit_down, photo):
    person = sit_down()
    person.begins_with(photo)
    workspace, link = person.workspace, person.workspace.link

    asked = click_what_is_asked_for(person, 3)
    assert len(set(asked)) == 3
    assert link.shown_pose is None
    click_what_is_asked_for(person, 1)
    person.sees_3d()
    assert link.shown_pose.given[0].sum() == 4
    # What was clicked is where it was clicked: the lifted pose reprojects onto it.
    given = link.shown_pose.given[0]
    reprojected = link.shown_pose.joints[0, :, :2] + link.shown_pose.origin[0]
    np.testing.assert_allclose(reprojected[given], person.pose.keypoints[given], atol=0.5)

    joint = person.window.opening.document.project.skeleton.joint_index(asked[0])
    before = person.pose
    old = tuple(before.keypoints[joint])
    lifted = link.shown_pose
    person.drags(old, (old[0] + 30, old[1] + 12))
    moved = person.pose.keypoints[joint]
    np.testing.assert_allclose(moved, (old[0] + 30, old[1] + 12), atol=1.0)
    person.waits_for(lambda: link.shown_pose is not lifted)
    assert person.window.actions_.by_id["edit.undo"].text().startswith("&Undo move ")

    person.presses("Ctrl+Z")
    assert person.pose == before
    person.presses("Ctrl+Shift+Z")
    np.testing.assert_array_equal(person.pose.keypoints[joint], moved)
    assert workspace.selection.joint == joint


def test_a_guess_is_marked_by_a_right_click_and_keys_do_the_same(sit_down, photo):
    person = sit_down()
    person.begins_with(photo)
    first = click_what_is_asked_for(person, 1)[0]
    joint = person.window.opening.document.project.skeleton.joint_index(first)
    person.clicks(*PLACES[first], Qt.MouseButton.RightButton)
    assert person.pose.visibility[joint] == 1
    person.presses("O")
    assert person.pose.visibility[joint] == 2
    person.presses("Shift+Right")
    assert person.pose.keypoints[joint][0] == pytest.approx(PLACES[first][0] + 1, abs=1.0)
    person.presses("Delete")
    assert person.pose.present_count == 0


def test_a_joint_picked_in_3d_is_picked_on_the_picture_and_back(sit_down, photo):
    person = sit_down()
    person.begins_with(photo)
    click_what_is_asked_for(person, 5)
    person.sees_3d()
    person.workspace.view3d.joint_selected.emit(0)
    assert person.workspace.selection.joint == 0
    person.workspace.view3d.joint_hovered.emit(1)
    assert person.workspace.selection.hovered == 1


def test_a_real_dog(sit_down, shared_data):
    folder = shared_data / "animal_images" / "stanfordextra_sample"
    record = json.loads((folder / "StanfordExtra_sample.json").read_text())[0]
    person = sit_down()
    person.begins_with(folder / "sample_imgs" / record["img_path"])
    media = person.window.opening.document.project.media[0]
    assert (media.width, media.height) == (record["img_width"], record["img_height"])
    # Paw, elbow, top of each leg, in the dataset's order; the guide is skipped to each.
    legs = ("left_front_paw", "left_elbow", "left_shoulder", "left_hind_paw", "left_knee", "left_hip")
    index = person.window.opening.document.project.skeleton.joint_index
    for name, (x, y, _) in zip(legs, record["joints"], strict=False):
        person.workspace.guide.joint_chosen.emit(index(name))
        person.clicks(x, y)
    assert person.pose.present_count == 6
    person.waits_for(lambda: "3D from 6 of 16 keypoints" in person.window.status.lift.text())
    assert person.workspace.link.shown_pose.joints.shape == (1, 16, 3)
