"""The index of the open document is ahead of whoever listens to it."""

from __future__ import annotations

import numpy as np

from poseviewer.app.document import Document
from poseviewer.app.live_index import LiveIndex
from poseviewer.core import edits
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, MediaRef, Project
from poseviewer.io.skeleton_files import load_ranges, load_skeleton

SKELETON = load_skeleton("human14")
CLIP = MediaRef("clip", "/clip.mp4", "video", 1, "f", 10, 64, 48)
SAID = Instance(Pose2D(np.ones((14, 2))), "", True, np.full(14, 0.5, np.float32))


def test_it_follows_edits_and_undo_before_it_tells(qapp: object) -> None:
    document = Document(Project(SKELETON, load_ranges("human14", SKELETON), (CLIP,)))
    index = LiveIndex(document)
    told: list[tuple[object, list[int], list[int]]] = []
    index.changed.connect(
        lambda frames: told.append((frames, index.of("clip").predicted.tolist(), index.of("clip").labelled.tolist()))
    )
    key = FrameKey("clip", 3)

    document.push(edits.add_predictions(document.project, {key: SAID}))
    document.push(edits.accept_predictions(document.project, [key]))
    assert not index.any_predicted
    document.undo()

    frames = frozenset({key})
    assert told == [(frames, [3], []), (frames, [], [3]), (frames, [3], [])] and index.any_predicted
    document.close()
