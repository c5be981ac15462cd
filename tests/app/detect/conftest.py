"""A detector that needs no torch and knows the answer: where the animal is follows from the number of the frame."""

from __future__ import annotations

import sys
import threading
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from poseviewer.app.detect import kept
from poseviewer.app.document import Document
from poseviewer.app.notices import Notices
from poseviewer.app.tasks import Tasks
from poseviewer.core.errors import MediaError
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import Project
from poseviewer.io.media import describe, open_media
from poseviewer.io.skeleton_files import load_ranges


@dataclass
class Bench:
    """What the detection in a test does, and what it was asked.

    Attributes:
        loads: how often a detector was loaded.
        asked: frames, boxes and labelled boxes of each media.
        gate: cleared, no batch is given out until it is set.
        empty: frames without an animal. unreadable: frames that cannot be read.
        fails_at: the frame at which the detector fails.
    """

    loads: int = 0
    asked: list[tuple[list[int], str, dict[int, Any]]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    empty: set[int] = field(default_factory=set)
    unreadable: set[int] = field(default_factory=set)
    fails_at: int = -1
    batch: int = 4

    def detect_media(
        self,
        reader: Any,
        detector: Any,
        frames: Sequence[int],
        boxes: str = "track",
        labelled: Mapping[int, Any] | None = None,
    ) -> Generator[Any, None, None]:
        self.asked.append((list(frames), boxes, dict(labelled or {})))
        for start in range(0, len(frames), self.batch):
            assert self.gate.wait(20)
            part = frames[start : start + self.batch]
            if self.fails_at in part:
                raise MediaError("The detector has had enough; try another one.")
            there = [f for f in part if f not in self.unreadable]
            places = np.array([keypoints_of(f, detector.joints) for f in there]).reshape(-1, detector.joints, 2)
            scores = np.full((len(there), detector.joints), 0.9, np.float32)
            scores[:, 1] = 0.1
            scores[[f in self.empty for f in there]] = 0.0
            yield SimpleNamespace(
                frames=np.array(there, int),
                keypoints=places,
                scores=scores,
                boxes=np.zeros((len(there), 4)),
                unreadable=tuple(f for f in part if f in self.unreadable),
            )


def keypoints_of(frame: int, joints: int) -> np.ndarray:
    """Where the detector says that they are."""
    return np.stack([10.0 + frame + np.arange(joints), np.full(joints, 20.0)], axis=-1)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    made = Bench()
    made.gate.set()
    module = ModuleType("poseviewer.models.detect_media")
    module.detect_media = made.detect_media  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "poseviewer.models.detect_media", module)
    monkeypatch.setitem(sys.modules, "training.preload", SimpleNamespace(preload_torch=lambda: False))

    def load(model: str, skeleton: Any, device: str) -> Any:
        made.loads += 1
        return SimpleNamespace(joints=skeleton.joint_count, skeleton=skeleton, device="cpu")

    monkeypatch.setattr(kept, "load", load)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twenty pictures of 80 x 60 pixels."""
    import cv2

    made = tmp_path / "pictures"
    made.mkdir()
    for number in range(20):
        cv2.imwrite(str(made / f"{number:02}.png"), np.full((60, 80, 3), 10 * number, np.uint8))
    return made


@pytest.fixture
def project(folder: Path) -> Project:
    ranges = load_ranges("quadruped16")
    reader = open_media(folder)
    media = describe(reader, "a")
    reader.close()
    return Project(ranges.skeleton, ranges, (media,))


@pytest.fixture
def document(project: Project) -> Any:
    made = Document(project)
    yield made
    made.close()


@pytest.fixture
def notices(qapp: Any) -> Any:
    """With `heard`: what it said, whether it passes or stays."""
    made = Notices()
    made.heard = []
    made.said.connect(made.heard.append)
    made.shown.connect(made.heard.append)
    return made


@pytest.fixture
def tasks(notices: Notices) -> Any:
    made = Tasks(notices)
    yield made
    made.close()


def pose_of(project: Project, x: float = 5.0) -> Pose2D:
    """One that the user might have clicked: two keypoints."""
    return Pose2D.empty(project.skeleton.joint_count).with_keypoint(0, x, 6.0).with_keypoint(2, x + 10, 16.0)


@pytest.fixture(name="pose_of")
def _pose_of() -> Any:
    return pose_of


@pytest.fixture(name="keypoints_of")
def _keypoints_of() -> Any:
    return keypoints_of
