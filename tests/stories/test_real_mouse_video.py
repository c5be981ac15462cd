"""A video of a mouse in an open field: opened, clicked in several frames, lifted, and there again tomorrow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from poseviewer.io.media import open_media

PLACES = {"nose": (0.35, 0.40), "neck": (0.40, 0.45), "tail_base": (0.55, 0.55), "tail_tip": (0.62, 0.60)}
"""Shares of the picture's width and height."""


@pytest.fixture
def video(shared_data: Path) -> Path:
    return shared_data / "videos" / "dlc_openfield" / "m3v1mp4.mp4"


def click(person, size: tuple[int, int], shift: float = 0.0) -> None:
    """The four joints of PLACES, each chosen in the guide first."""
    index = person.window.opening.document.project.skeleton.joint_index
    for name, (x, y) in PLACES.items():
        person.workspace.guide.joint_chosen.emit(index(name))
        person.clicks((x + shift) * size[0], y * size[1])


def go_to(person, number: int) -> None:
    person.workspace.frames.show_frame(number)
    person.waits_for(lambda: person.workspace.selection.frame.frame == number)


def test_a_mouse_is_clicked_lifted_and_found_again(sit_down, video, tmp_path):
    reader = open_media(video)
    size, count, middle = reader.frame_size(0), reader.frame_count, reader.read(reader.frame_count // 2)
    reader.close()

    person = sit_down()
    person.begins_with(video)
    person.saves_as(tmp_path / "mouse.poseproj")
    media = person.window.opening.document.project.media[0]
    assert (media.frame_count, (media.width, media.height)) == (count, size)
    click(person, size)
    person.sees_3d()
    first = person.pose.keypoints.copy()
    np.testing.assert_allclose(
        first[person.pose.present], [np.multiply(PLACES[n], size) for n in in_order(person)], atol=2.0
    )

    go_to(person, count // 2)
    assert person.pose.present_count == 0 and person.workspace.link.shown_pose is None
    click(person, size, shift=0.05)
    person.sees_3d()
    assert "3D from 4 of 16" in person.window.status.lift.text()
    person.presses("End")
    person.waits_for(lambda: person.workspace.selection.frame.frame == count - 1)
    person.closes()

    person = sit_down()
    person.opens_recent()
    person.sees_3d()
    assert person.workspace.selection.frame.frame == 0
    np.testing.assert_array_equal(person.pose.keypoints, first)
    seen = []
    show = person.workspace.canvas.set_image
    person.workspace.canvas.set_image = lambda image, scale=1.0: (seen.append(image), show(image, scale))
    person.workspace.frames.next_labelled()
    person.waits_for(lambda: person.workspace.selection.frame.frame == count // 2)
    np.testing.assert_array_equal(seen[-1], middle)
    assert person.pose.present_count == 4
    person.sees_3d()


def in_order(person) -> list[str]:
    return [joint for joint in person.window.opening.document.project.skeleton.joints if joint in PLACES]


def test_a_pose_is_carried_on_and_played_over(sit_down, video):
    person = sit_down()
    person.begins_with(video)
    size = person.window.opening.document.project.media[0]
    click(person, (size.width, size.height))
    clicked = person.pose
    person.presses("D")
    person.waits_for(lambda: person.workspace.selection.frame.frame == 1)
    assert person.pose.present_count == 0
    person.presses("C")
    assert person.pose == clicked
    person.sees_3d()
    person.presses("P")
    person.waits_for(lambda: person.workspace.selection.frame.frame > 5)
    person.presses("P")
    assert len(person.window.opening.document.project.labels) == 2, "playing labels nothing"
