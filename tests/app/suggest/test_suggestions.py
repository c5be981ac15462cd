"""What is worth labelling follows what is predicted and labelled, and the keys go there."""

from __future__ import annotations

import numpy as np

from poseviewer.app.media.timeline import Track
from poseviewer.core import edits
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey
from poseviewer.geometry.suggestions import FAR, JUMP, UNSURE


def reach(qtbot, workspace, frame: int) -> None:
    qtbot.waitUntil(lambda: workspace.selection.frame.frame == frame)


def judged(qtbot, workspace) -> None:
    qtbot.waitUntil(lambda: any(s.reason == UNSURE for s in workspace.suggestions.found))


def test_without_predictions_frames_are_spread_and_space_goes_through_them(qtbot, window, walk):
    found = walk.suggestions.found
    assert {s.reason for s in found} == {FAR} and len(found) == 10
    assert not walk.suggestions.from_predictions
    order = sorted(s.frame for s in found)
    assert order[0] == 0
    window.actions_.by_id["go.next_suggested"].trigger()
    reach(qtbot, walk, order[1])
    assert window.status.currentMessage() == f"Frame {order[1]}: far from every label."
    window.actions_.by_id["go.previous_suggested"].trigger()
    reach(qtbot, walk, 0)
    window.actions_.by_id["go.previous_suggested"].trigger()
    reach(qtbot, walk, order[-1])
    window.actions_.by_id["go.next_suggested"].trigger()
    reach(qtbot, walk, 0)


def test_predictions_are_judged_once_they_are_there(qtbot, window, walk, predict):
    predict()
    judged(qtbot, walk)
    best = {s.frame: s.reason for s in walk.suggestions.found[:2]}
    assert best == {40: UNSURE, 60: JUMP}
    assert walk.timeline.findChild(Track).describe(60).endswith("worth labelling: keypoints jump")


def test_what_is_labelled_leaves_the_list_at_once_and_undo_brings_it_back(qtbot, window, walk, predict):
    media = predict()
    judged(qtbot, walk)
    document = window.opening.document
    document.push(edits.accept_predictions(document.project, [FrameKey(media, 40)]))
    frames = [s.frame for s in walk.suggestions.found]
    assert 40 not in frames and 60 in frames
    document.undo()
    qtbot.waitUntil(lambda: 40 in [s.frame for s in walk.suggestions.found])


def test_cleared_predictions_leave_a_spread(qtbot, window, walk, predict):
    predict()
    judged(qtbot, walk)
    window.actions_.by_id["predict.clear"].trigger()
    qtbot.waitUntil(lambda: {s.reason for s in walk.suggestions.found} == {FAR})


def test_when_all_are_labelled_the_list_is_made_anew_until_nothing_is_left(qtbot, window, workspace):
    """One picture: it is suggested, labelled, and then there is nothing to go to."""
    document, key = window.opening.document, workspace.selection.frame
    assert [s.frame for s in workspace.suggestions.found] == [0]
    document.push(edits.set_pose(document.project, key, 0, Pose2D(np.full((16, 2), 20.0))))
    assert workspace.suggestions.found == ()
    window.actions_.by_id["go.next_suggested"].trigger()
    assert window.status.currentMessage() == "There is no frame to suggest."


def test_without_media_there_is_nothing_to_suggest(qtbot, window, walk):
    walk.frames.remove_media(walk.suggestions.media.id)
    assert walk.suggestions.media is None and walk.suggestions.found == ()
    assert not walk.suggestions.from_predictions
