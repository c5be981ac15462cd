"""A and B: the same keypoints through two models, drawn beside each other and put into one line."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal

from poseviewer.app.document import Document
from poseviewer.app.lifters.compare import (
    Comparison,
    Other,
    hidden_error,
    keypoints_of,
    largest_difference,
)
from poseviewer.core import edits
from poseviewer.core.errors import CheckpointError
from poseviewer.core.lifted import LiftedPoses
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import Project
from poseviewer.core.skeleton import Skeleton


class FlatLifter:
    """Puts what is given at depth 0, and what is not at the mean of the others."""

    device, description = "cpu", "flat lifter"

    def __init__(self, skeleton):
        self.skeleton = skeleton

    def lift(self, keypoints, visibility=None):
        given = np.isfinite(keypoints[..., 0])
        filled = np.where(given[..., None], keypoints, np.nanmean(keypoints, axis=1, keepdims=True))
        root = filled[:, self.skeleton.root]
        joints = np.zeros((*given.shape, 3), np.float32)
        joints[..., :2] = filled - root[:, None]
        return LiftedPoses(self.skeleton, joints, np.ones(given.shape, np.float32), root.astype(np.float32), given)


class Link(QObject):
    """What the comparison needs of a LiftLink: the pose that is shown, and a word when it changes."""

    shown_changed = Signal(object)

    def __init__(self):
        super().__init__()
        self.shown_pose = None

    def lift(self, skeleton, keypoints):
        self.shown_pose = None if keypoints is None else FlatLifter(skeleton).lift(keypoints[None])
        self.shown_changed.emit(self.shown_pose)


class Drawn:
    """A view that remembers what it was told to compare with."""

    def __init__(self):
        self.shown = None

    def set_comparison(self, points, *more):
        self.shown = None if points is None else (points, *more)


class DeepLifter(FlatLifter):
    """As the flat one, but a joint lies as deep as it is to the left or right of the root."""

    description = "deep lifter"

    def lift(self, keypoints, visibility=None):
        lifted = super().lift(keypoints, visibility)
        joints = lifted.joints.copy()
        joints[..., 2] = np.abs(joints[..., 0])
        return LiftedPoses(lifted.skeleton, joints, lifted.depth_std, lifted.origin, lifted.given)


@pytest.fixture
def loads():
    """Loads the deep lifter for a run's model and the flat one for the shipped; notes for what."""

    def load(choice):
        load.asked.append(choice.model)
        if "broken" in choice.model:
            raise CheckpointError("The model is damaged; choose another.")
        return DeepLifter(choice.skeleton) if choice.model else FlatLifter(choice.skeleton)

    load.asked = []
    return load


@pytest.fixture
def comparison(qtbot, dog, loads):
    document = Document(Project(dog.skeleton, dog))
    link, view3d, canvas = Link(), Drawn(), Drawn()
    made = Comparison(document, link, view3d, canvas, document, loads)
    made.document, made.link, made.view3d, made.canvas, made.words, made.ids = document, link, view3d, canvas, [], []
    made.said.connect(made.words.append)
    made.changed.connect(lambda other: made.ids.append(other.title if other else ""))
    yield made
    made.close()


def shown(comparison):
    return comparison.view3d.shown is not None and comparison.canvas.shown is not None


def test_the_shown_frame_is_lifted_by_both_and_both_are_drawn(qtbot, comparison, make_run, dog, dog_keypoints):
    run = make_run(title="Elbows")
    comparison.link.lift(dog.skeleton, dog_keypoints)
    comparison.show_run(run)
    qtbot.waitUntil(lambda: shown(comparison))
    joints, label = comparison.view3d.shown
    assert joints[:, 2].max() > 10 and "Elbows" in label
    points, given = comparison.canvas.shown
    np.testing.assert_allclose(points, dog_keypoints, atol=1e-3)
    assert given.all()
    line = comparison.words[-1]
    assert "A off by" in line and "B off by" in line and "They differ most at the " in line


def test_each_new_pose_is_compared(qtbot, comparison, make_run, dog, dog_keypoints):
    comparison.show_run(make_run())
    comparison.link.lift(dog.skeleton, dog_keypoints)
    qtbot.waitUntil(lambda: shown(comparison))
    moved = dog_keypoints + 40
    comparison.link.lift(dog.skeleton, moved)
    qtbot.waitUntil(lambda: np.allclose(comparison.canvas.shown[0], moved, atol=1e-3))


def test_what_is_missing_for_one_is_missing_for_the_other(qtbot, comparison, make_run, dog, dog_keypoints):
    dog_keypoints[3] = np.nan
    comparison.show_run(make_run())
    comparison.link.lift(dog.skeleton, dog_keypoints)
    qtbot.waitUntil(lambda: shown(comparison))
    assert not comparison.canvas.shown[1][3] and comparison.canvas.shown[1].sum() == dog.skeleton.joint_count - 1


def test_the_same_run_again_ends_it(qtbot, comparison, make_run, dog, dog_keypoints):
    run = make_run()
    comparison.link.lift(dog.skeleton, dog_keypoints)
    comparison.show_run(run)
    qtbot.waitUntil(lambda: shown(comparison))
    comparison.show_run(run)
    assert not shown(comparison) and comparison.ids == [run.title, ""] and comparison.words[-1] == ""
    comparison.link.lift(dog.skeleton, dog_keypoints + 1)
    assert not shown(comparison)


def test_a_frame_without_a_pose_shows_neither(qtbot, comparison, make_run, dog, dog_keypoints):
    comparison.link.lift(dog.skeleton, dog_keypoints)
    comparison.show_run(make_run())
    qtbot.waitUntil(lambda: shown(comparison))
    comparison.link.lift(dog.skeleton, None)
    assert not shown(comparison) and "Place keypoints" in comparison.words[-1]


def test_accepting_the_run_ends_it_and_another_model_is_compared_anew(
    qtbot, comparison, make_run, dog, dog_keypoints, loads
):
    run, other = make_run(), make_run()
    comparison.link.lift(dog.skeleton, dog_keypoints)
    comparison.show_run(run)
    qtbot.waitUntil(lambda: shown(comparison))
    comparison.document.push(edits.set_model(comparison.document.project, str(other.model)))
    qtbot.waitUntil(lambda: loads.asked[-1] == str(other.model))
    assert comparison.other.run_id == run.id
    comparison.document.push(edits.set_model(comparison.document.project, str(run.model)))
    assert comparison.other is None


def test_any_lifter_is_compared_until_it_is_the_one_in_use(qtbot, comparison, dog, dog_keypoints):
    comparison.link.lift(dog.skeleton, dog_keypoints)
    comparison.show(Other("deep.safetensors", "deep"))
    qtbot.waitUntil(lambda: shown(comparison))
    assert comparison.view3d.shown[1] == "B deep" and comparison.other.run_id == ""
    comparison.document.push(edits.set_model(comparison.document.project, "deep.safetensors"))
    assert comparison.other is None and not shown(comparison)
    comparison.show(Other("", dog.skeleton.name))
    qtbot.waitUntil(lambda: shown(comparison))
    assert comparison.view3d.shown[0][:, 2].max() == 0
    comparison.document.push(edits.set_model(comparison.document.project, dog.skeleton.name))
    assert comparison.other is None  # its name is that of the one that comes with the skeleton


def test_a_model_that_cannot_be_read_is_said(qtbot, comparison, make_run, dog, dog_keypoints):
    comparison.link.lift(dog.skeleton, dog_keypoints)
    run = make_run(id="broken")
    comparison.show_run(run)
    qtbot.waitUntil(lambda: comparison.words[-1] == "The model is damaged; choose another.")
    assert not shown(comparison)


def test_a_skeleton_without_a_lifter_of_its_own_is_compared_by_pose_alone(qtbot, dog, make_run, dog_keypoints):
    def load(choice):
        if not choice.model:
            raise CheckpointError("No lifter is shipped.")
        return DeepLifter(choice.skeleton)

    document = Document(Project(dog.skeleton, dog))
    link, words = Link(), []
    made = Comparison(document, link, Drawn(), Drawn(), document, load)
    made.said.connect(words.append)
    link.lift(dog.skeleton, dog_keypoints)
    made.show_run(make_run())
    qtbot.waitUntil(lambda: "They differ most" in words[-1])
    assert "Hidden" not in words[-1]
    made.close()


def test_the_hidden_error_of_guessing_the_middle_is_the_distance_to_it(dog):
    """Four corners of a square and its centre: the flat lifter puts what is hidden at the mean of the others."""
    skeleton = Skeleton.from_names("cross", list("abcde"), [("a", b) for b in "bcde"])
    square = np.array([[5, 5], [0, 0], [10, 0], [0, 10], [10, 10]], float)
    # The centre is guessed exactly; a corner from the others lies a quarter of a diagonal beyond the centre.
    corner = np.hypot(5, 5) * 1.25
    assert hidden_error(FlatLifter(skeleton), square) == pytest.approx(100 * (4 * corner / 5) / 10, rel=1e-5)
    assert np.isnan(hidden_error(None, square))
    assert np.isnan(hidden_error(FlatLifter(skeleton), square * np.nan))


def test_the_largest_difference_is_the_angle_between_bones():
    arm = Skeleton.from_names("arm", ["a", "b", "c"], [("a", "b"), ("b", "c")])

    def lifted(*joints):
        return LiftedPoses(
            arm, np.array([joints], np.float32), np.ones((1, 3), np.float32), np.zeros((1, 2), np.float32),
            np.ones((1, 3), bool),
        )  # fmt: skip

    straight, bent = lifted((0, 0, 0), (1, 0, 0), (2, 0, 0)), lifted((0, 0, 0), (1, 0, 0), (1, 0, 3))
    bone, angle = largest_difference(straight, bent)
    assert bone == 1 and angle == pytest.approx(90)
    assert largest_difference(straight, straight)[1] == pytest.approx(0)


def test_keypoints_come_back_from_the_pose_they_made(dog, dog_keypoints):
    dog_keypoints[7] = np.nan
    again = keypoints_of(FlatLifter(dog.skeleton).lift(dog_keypoints[None]))
    assert isinstance(again, Pose2D) and again.present_count == dog.skeleton.joint_count - 1
    np.testing.assert_allclose(again.keypoints, dog_keypoints, atol=1e-3)
