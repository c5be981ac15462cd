"""The part that is drawn again covers what changed, and little else."""

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.app.annotate.overlay import Hint, Overlay, changed_box, tag_place
from poseviewer.app.annotate.viewport import Viewport
from poseviewer.core.pose import Pose2D
from poseviewer.core.skeleton import Skeleton

ARM = Skeleton.from_names("arm", ["shoulder", "elbow", "hand"], [("shoulder", "elbow"), ("elbow", "hand")])
POSE = Pose2D([[100.0, 100.0], [200.0, 100.0], [800.0, 700.0]])
VIEW = Viewport(1000, 800, (500, 400), 1.0)  # the screen is the image
SHOWN = Overlay(ARM, POSE)


def covers(box: tuple[float, float, float, float] | None, x: float, y: float) -> bool:
    return box is None or (box[0] <= x <= box[2] and box[1] <= y <= box[3])


def test_nothing_changed_nothing_drawn() -> None:
    assert changed_box(SHOWN, replace(SHOWN), VIEW) == (0, 0, 0, 0)


def test_a_moved_joint_touches_its_old_and_new_place_and_its_neighbours() -> None:
    moved = replace(SHOWN, pose=POSE.with_keypoint(0, 60, 120))
    box = changed_box(SHOWN, moved, VIEW)
    assert all(covers(box, *xy) for xy in ((100, 100), (60, 120), (200, 100)))
    assert not covers(box, 800, 700)


def test_a_keypoint_that_came_or_went_is_drawn() -> None:
    gone = replace(SHOWN, pose=POSE.without_keypoint(2))
    for box in (changed_box(SHOWN, gone, VIEW), changed_box(gone, SHOWN, VIEW)):
        assert covers(box, 800, 700)
        assert not covers(box, 100, 100)


def test_a_changed_visibility_is_drawn_though_nothing_moved() -> None:
    assert covers(changed_box(SHOWN, replace(SHOWN, pose=POSE.with_visibility(2, 1)), VIEW), 800, 700)


@pytest.mark.parametrize(
    "change",
    [
        {"selected": 2},
        {"hovered": 2},
        {"reprojection": np.array([[800.0, 700.0]] * 3)},
        {"comparison": np.array([[800.0, 700.0]] * 3)},
        {"hint": Hint(1, 800, 700)},
    ],
)
def test_marks_are_drawn_and_taken_away(change: dict[str, object]) -> None:
    marked = replace(SHOWN, **change)  # type: ignore[arg-type]
    for box in (changed_box(SHOWN, marked, VIEW), changed_box(marked, SHOWN, VIEW)):
        assert covers(box, 800, 700)
        assert not covers(box, 100, 100)


def test_of_a_reprojection_only_what_strayed_is_drawn_again() -> None:
    lifted = np.array([[100.0, 100.0], [200.0, 100.0], [800.0, 700.0]])
    before = replace(SHOWN, reprojection=lifted, given=np.array([True, True, True]))
    rounded = replace(before, reprojection=lifted + 1e-5, given=np.array([True, True, True]))
    assert changed_box(before, rounded, VIEW) == (0, 0, 0, 0)
    strayed = replace(before, reprojection=lifted + [[30, 0], [0, 0], [0, 0]])
    box = changed_box(before, strayed, VIEW)
    assert covers(box, 100, 100) and covers(box, 130, 100) and not covers(box, 800, 700)
    guessed = replace(before, reprojection=lifted.copy(), given=np.array([True, True, False]))
    assert covers(changed_box(before, guessed, VIEW), 800, 700)


@pytest.mark.parametrize(
    "change", [{"palette": "colorblind"}, {"shown": False}, {"predicted": True}, {"scores": np.ones(5)}]
)
def test_what_changes_everything_draws_everything(change: dict[str, object]) -> None:
    assert changed_box(SHOWN, replace(SHOWN, **change), VIEW) is None  # type: ignore[arg-type]


def test_hidden_keypoints_and_those_of_another_skeleton_are_not_there() -> None:
    assert len(replace(SHOWN, shown=False).points(VIEW)) == 0
    assert len(replace(SHOWN, pose=Pose2D.empty(5)).points(VIEW)) == 0
    assert len(replace(SHOWN, reprojection=np.zeros((5, 2))).ghost(VIEW)) == 0


@pytest.mark.parametrize("point", [(5, 5), (995, 5), (5, 795), (995, 795), (500, 400)])
def test_a_tag_is_inside_the_window_and_beside_its_point(point: tuple[float, float]) -> None:
    left, top = tag_place(*point, 150, 24, (1000, 800))
    assert 0 <= left <= 850
    assert 0 <= top <= 776
    assert not (left <= point[0] <= left + 150 and top <= point[1] <= top + 24)


def test_confidence_is_of_predictions_only(arms: Skeleton, open_arms: Pose2D) -> None:
    scores = np.array([0.834, 0.2, np.nan, 1.2, 0.3], np.float32)
    said = Overlay(arms, open_arms.with_visibility(1, 1), predicted=True, scores=scores)
    assert [said.confidence(j) for j in range(6)] == pytest.approx([0.834, 0.2, 0.0, 1.0, 0.3, 1.0])
    assert [said.doubtful(j) for j in range(5)] == [False, True, True, False, False]
    assert [said.note(j) for j in range(3)] == ["0.83", "0.20  ·  occluded", "0.00"]
    own = replace(said, predicted=False)
    assert own.confidence(1) == 1.0 and [own.note(j) for j in range(2)] == ["", "occluded"]
    assert replace(said, scores=None).note(0) == ""
