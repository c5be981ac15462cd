"""The newest pose is lifted, late answers are dropped, and errors are sentences."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from poseviewer.app.live_lift import LiveLift, ModelChoice
from poseviewer.core.errors import CheckpointError, PoseInputError
from poseviewer.core.lifted import LiftedPoses
from poseviewer.core.pose import Pose2D
from poseviewer.core.skeleton import Skeleton

CHAIN = Skeleton.from_names("chain", "abcde", [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e")])


class FlatLifter:
    """Lifts to depth 0; remembers what it was asked for, and can be held."""

    device, description = "cpu", "flat"

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.gate = threading.Event()
        self.busy = threading.Event()
        self.gate.set()

    def lift(self, keypoints, visibility=None):
        self.asked.append(float(keypoints[0, 0, 0]))
        self.busy.set()
        self.gate.wait()
        if keypoints[0, 0, 0] < 0:
            raise PoseInputError("The keypoints lie outside the image; click them again.")
        joints = np.zeros((1, 5, 3), np.float32)
        joints[..., :2] = keypoints - keypoints[:, :1]
        given = np.isfinite(keypoints[..., 0])
        return LiftedPoses(CHAIN, joints, np.zeros((1, 5), np.float32), keypoints[:, 0].astype(np.float32), given)

    def hold(self) -> None:
        self.asked.clear()
        self.gate.clear()
        self.busy.clear()


def pose(x: float, count: int = 5) -> Pose2D:
    xy = np.full((5, 2), np.nan)
    xy[:count] = [(x + i, i) for i in range(count)]
    return Pose2D(xy)


@pytest.fixture
def lifter():
    return FlatLifter()


@pytest.fixture
def live(qtbot, lifter):
    made = LiveLift(lambda choice: lifter)
    with qtbot.waitSignal(made.model_ready) as ready:
        made.set_model(ModelChoice(CHAIN))
    assert str(ready.args[0]) == "CPU · flat"
    yield made
    lifter.gate.set()
    made.close()
    assert not [t for t in threading.enumerate() if t.name == "live lift"]


def test_a_pose_is_lifted_from_the_fourth_keypoint_on(qtbot, live):
    with qtbot.waitSignal(live.lifted) as answer:
        live.request(pose(3, 3))
    assert answer.args == [None]
    with qtbot.waitSignal(live.lifted) as answer:
        live.request(pose(3, 4))
    assert answer.args[0].given.tolist() == [[True] * 4 + [False]]


def test_only_the_newest_of_the_waiting_poses_is_lifted(qtbot, live, lifter):
    lifter.hold()
    shown = []
    live.lifted.connect(lambda answer: shown.append(float(answer.origin[0, 0])))
    live.request(pose(0))
    assert lifter.busy.wait(5)
    for x in range(1, 50):
        live.request(pose(x))
    lifter.gate.set()
    qtbot.waitUntil(lambda: len(shown) == 2)
    # The first is shown although it is old: a pose that follows the pointer late is better than one that stands still.
    assert shown == [0, 49]
    assert lifter.asked == [0, 49]


def test_an_answer_for_another_frame_is_dropped(qtbot, live, lifter):
    lifter.hold()
    shown = []
    live.lifted.connect(lambda answer: shown.append(float(answer.origin[0, 0])))
    live.request(pose(1))
    assert lifter.busy.wait(5)
    live.forget()
    live.request(pose(2))
    lifter.gate.set()
    qtbot.waitUntil(lambda: bool(shown))
    assert shown == [2]


def test_too_few_keypoints_win_over_an_older_request(qtbot, live, lifter):
    lifter.hold()
    shown = []
    live.lifted.connect(shown.append)
    live.request(pose(1))
    assert lifter.busy.wait(5)
    live.request(pose(1, 2))
    lifter.gate.set()
    with qtbot.waitSignal(live.lifted):
        live.request(pose(7))
    assert shown[0] is None and len(shown) == 2


def test_a_pose_that_cannot_be_lifted_is_a_sentence(qtbot, live):
    with qtbot.waitSignal(live.failed) as said:
        live.request(pose(-1))
    assert said.args == ["The keypoints lie outside the image; click them again."]


def test_a_model_that_cannot_be_loaded_is_a_sentence_and_another_can_be(qtbot, lifter):
    def load(choice):
        if choice.model == "bad":
            raise CheckpointError("bad is not a checkpoint; choose another.")
        if choice.model == "worse":
            raise OSError("no such library")
        return lifter

    live = LiveLift(load)
    try:
        with qtbot.waitSignal(live.failed) as said:
            live.set_model(ModelChoice(CHAIN, "bad"))
        assert said.args == ["bad is not a checkpoint; choose another."]
        with qtbot.waitSignal(live.failed) as said:
            live.request(pose(1))
        assert said.args == ["bad is not a checkpoint; choose another."]
        with qtbot.waitSignal(live.failed) as said:
            live.set_model(ModelChoice(CHAIN, "worse"))
        assert "no such library" in said.args[0]
        with qtbot.waitSignal(live.model_ready):
            live.set_model(ModelChoice(CHAIN))
        with qtbot.waitSignal(live.lifted):
            live.request(pose(1))
    finally:
        live.close()


def test_closing_without_a_model_needs_no_thread(qtbot):
    live = LiveLift()
    live.request(pose(1))
    live.close()
    assert not [t for t in threading.enumerate() if t.name == "live lift"]


def test_a_quick_lifter_is_not_waited_for(qtbot, lifter):
    lifter.quick = True
    live = LiveLift(lambda choice: lifter)
    shown = []
    live.lifted.connect(lambda answer: shown.append(float(answer.origin[0, 0])))
    try:
        with qtbot.waitSignal(live.model_ready):
            live.set_model(ModelChoice(CHAIN))
        live.request(pose(5))
        assert shown == [5]
        with qtbot.waitSignal(live.failed) as said:
            live.request(pose(-1))
        assert said.args == ["The keypoints lie outside the image; click them again."]
        # Another one is on its way: what is asked meanwhile is for it, not for the one before.
        lifter.hold()
        live.set_model(ModelChoice(CHAIN, "another"))
        live.request(pose(6))
        assert shown == [5]
        lifter.gate.set()
        qtbot.waitUntil(lambda: shown == [5, 6])
    finally:
        lifter.gate.set()
        live.close()
