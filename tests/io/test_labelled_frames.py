"""What a label file says, as plain records."""

import numpy as np

from poseviewer.core.pose import Pose2D
from poseviewer.core.project import Instance
from poseviewer.io.labelled_frames import LabelFile, LabelledFrame, instances_of


def test_a_pose_without_keypoints_is_no_instance() -> None:
    keypoints = np.array([[[1.0, 2.0], [np.nan, np.nan]], [[np.nan, np.nan], [np.nan, 3.0]]])
    assert instances_of(keypoints, identity="Rex") == [Instance(Pose2D(keypoints[0]), "Rex"), None]


def test_absent_goes_before_coordinates_and_scores_make_predictions() -> None:
    keypoints, scores = np.ones((2, 1, 2)), np.array([[0.5], [0.25]], dtype=np.float32)
    hidden, seen = instances_of(keypoints, np.array([[0], [1]], dtype=np.uint8), scores=scores)
    assert hidden is None and seen is not None
    assert seen.predicted and seen.scores is not None and seen.scores.tolist() == [0.25]
    assert seen.pose.visibility.tolist() == [1]


def test_media_are_listed_once_in_order() -> None:
    instance = Instance(Pose2D([[1.0, 2.0]]))
    frames = tuple(LabelledFrame(media, i, (instance,)) for i, media in enumerate(["b", "a", "b"]))
    found = LabelFile("p", "t", ("nose",), frames)
    assert found.media == ("b", "a") and len(list(found.instances())) == 3
