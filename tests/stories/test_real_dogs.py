"""Photos of real dogs with their published keypoints: opened, imported, lifted, corrected, and there again tomorrow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from poseviewer.io.label_files import read_labels
from poseviewer.io.label_import import labels_to_project_edit

PHOTOS = 12


@pytest.fixture
def sample(shared_data: Path) -> Path:
    return shared_data / "animal_images" / "stanfordextra_sample"


def open_labelled(person, sample: Path):
    """Both breeds as folders of images, with the labels of the data set; the edit that brought them."""
    person.begins_with(*sorted((sample / "sample_imgs").iterdir()))
    document = person.window.opening.document
    edit, report = labels_to_project_edit(document.project, read_labels(sample / "StanfordExtra_sample.json"))
    assert not any("media" in sentence for sentence in report)
    assert document.push(edit)
    return edit


def look_at(person, key) -> None:
    """Go to a photo, of either folder, and wait for its pose."""
    workspace = person.workspace
    workspace.frames.show_media(key.media)
    person.waits_for(lambda: workspace.selection.frame is not None and workspace.selection.frame.media == key.media)
    workspace.frames.show_frame(key.frame)
    person.waits_for(lambda: workspace.selection.frame == key and reprojects(person))


def test_twelve_dogs_are_lifted_and_found_again(sit_down, sample, tmp_path):
    person = sit_down()
    edit = open_labelled(person, sample)
    person.saves_as(tmp_path / "dogs.poseproj")
    keys = sorted(edit.change.frames, key=str)
    assert len(keys) == PHOTOS
    for key in keys:
        look_at(person, key)
        lifted = person.workspace.link.shown_pose
        assert lifted.given[0].sum() >= 4
        assert is_a_dog(lifted), key

    wanted = dict(person.window.opening.document.project.labels)
    person.closes()
    person = sit_down()
    person.opens_recent()
    assert dict(person.window.opening.document.project.labels) == wanted
    person.sees_3d()
    for key in (keys[0], keys[-1]):
        look_at(person, key)


def reprojects(person) -> bool:
    """The pose in 3D is the one on this photo, and not still that of the photo before."""
    lifted, pose = person.workspace.link.shown_pose, person.pose
    if lifted is None or not np.array_equal(lifted.given[0], pose.present):
        return False
    shown = (lifted.joints[0, :, :2] + lifted.origin[0])[pose.present]
    return np.allclose(shown, pose.keypoints[pose.present], atol=0.5)


def is_a_dog(lifted) -> bool:
    """No bone shrinks to nothing, left and right agree, and the body is no deeper than it can be."""
    skeleton, joints = lifted.skeleton, lifted.joints[0]
    lengths = {
        (skeleton.joints[bone.parent], skeleton.joints[bone.child]): float(
            np.linalg.norm(joints[bone.parent] - joints[bone.child])
        )
        for bone in skeleton.bones
    }
    longest = max(lengths.values())
    ratios = [
        length / lengths[tuple(name.replace("left", "right") for name in bone)]
        for bone, length in lengths.items()
        if bone[1].startswith("left")
    ]
    extent = np.ptp(joints, axis=0)
    whole = min(lengths.values()) > 0.05 * longest
    even = min(ratios) > 0.4 and max(ratios) < 2.5
    return whole and even and 0.05 * longest < extent[2] < 2.0 * max(extent[:2])


def test_a_published_keypoint_is_corrected_by_hand(sit_down, sample, tmp_path):
    person = sit_down()
    edit = open_labelled(person, sample)
    key = min(edit.change.frames, key=str)
    look_at(person, key)
    joint = int(np.flatnonzero(person.pose.present)[0])
    x, y = person.pose.keypoints[joint]
    before, lifted = person.pose, person.workspace.link.shown_pose
    person.drags((x, y), (x + 15, y + 10))
    np.testing.assert_allclose(person.pose.keypoints[joint], (x + 15, y + 10), atol=1.5)
    person.waits_for(lambda: person.workspace.link.shown_pose is not lifted)
    person.presses("Ctrl+Z")
    assert person.pose == before
    # One more: the import itself, as one thing.
    person.presses("Ctrl+Z")
    assert not person.window.opening.document.project.labels
