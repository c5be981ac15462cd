"""Detection on a video against the bare network on the same crops, and its memory on a long one."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from poseviewer.io.media import open_media
from poseviewer.models.detect_media import detect_media

WIDTH, HEIGHT = 640, 480
FRAMES = 128
ROUNDS = 3
LONG = 12_000
SHARE = 0.7
"""Of the bare network's speed: what is asked."""


def animal_at(frame: int) -> tuple[int, int]:
    """Where the middle of the animal is: it walks around the picture, a few pixels per frame."""
    return (
        round(WIDTH / 2 + WIDTH / 3 * np.sin(frame / 90)),
        round(HEIGHT / 2 + HEIGHT / 3 * np.cos(frame / 70)),
    )


def write_video(path: Path, frames: int, width: int = WIDTH, height: int = HEIGHT) -> Path:
    """Noise that costs something to decode, and a dark animal on it."""
    noise = np.random.default_rng(0).integers(110, 190, (height // 4, width // 4, 3), dtype=np.uint8)
    ground = np.kron(noise, np.ones((4, 4, 1), np.uint8))
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=30, options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for i in range(frames):
            image = ground.copy()
            cv2.ellipse(image, animal_at(i), (38, 16), i % 360, 0, 360, (30, 25, 20), -1)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        out.mux(stream.encode(None))
    return path


class Recorder:
    """Has the network look at crops and keeps them, to ask the bare network the same.

    What it answers is where the crops are dark: an untrained network finds nothing that could be followed.
    """

    def __init__(self, detector: Any) -> None:
        self.skeleton, self.device = detector.skeleton, detector.device
        self._detector = detector
        self.batches: list[np.ndarray] = []
        self.spent = 0.0

    def detect(self, crops: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self.batches.append(crops)
        began = time.perf_counter()
        self._detector.detect(crops)
        self.spent += time.perf_counter() - began
        return dark_places(crops, self.skeleton.joint_count)


def dark_places(crops: np.ndarray, joints: int) -> tuple[np.ndarray, np.ndarray]:
    """Keypoints around the middle of what is dark in each crop, all of them sure."""
    dark = (crops[:, ::4, ::4, 0] < 60).astype(np.float32)
    total = np.maximum(dark.sum((1, 2)), 1)
    middle = np.stack([dark.sum(1) @ np.arange(0, 256, 4), dark.sum(2) @ np.arange(0, 256, 4)], -1) / total[:, None]
    size = np.sqrt(total)[:, None] * 3
    turn = np.linspace(0, 2 * np.pi, joints, endpoint=False)
    around = np.stack([np.cos(turn), np.sin(turn)], -1) * size[:, None]
    return (middle[:, None] + around).astype(np.float32), np.full((len(crops), joints), 0.9, np.float32)


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("bench") / "walk.mp4", FRAMES)


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Of the default preset's shape, untrained: its speed does not depend on what it has learned."""
    from poseviewer.io.skeleton_files import load_ranges
    from poseviewer.models.card import ModelCard, tables
    from poseviewer.models.detector import Detector, choose_device, make_network
    from training.detector import detector_config

    ranges = load_ranges("quadruped16")
    skeleton, table = tables(ranges)
    shape = detector_config("default", skeleton=ranges.skeleton, output=tmp_path_factory.mktemp("m") / "m.safetensors")
    card = ModelCard("detector", shape.network, dict(shape.shape), skeleton, table, "default", "none", 0, 0, 0, "cpu")
    return Detector(make_network(card), card, ranges.skeleton, choose_device("auto"))


@dataclass(frozen=True)
class Run:
    """What one way through all frames took: seconds on the clock and of the processors, and the crops looked at.

    `network` is the seconds on the clock within the network.
    """

    seconds: float
    processor: float
    network: float
    batches: list[np.ndarray]


def ours(path: Path, detector: Any, boxes: str) -> Run:
    """The pipeline from the file to keypoints."""
    recorder = Recorder(detector)
    reader = open_media(path)
    began, used = time.perf_counter(), time.process_time()
    done = sum(len(part.frames) for part in detect_media(reader, recorder, range(reader.frame_count), boxes))
    spent, used = time.perf_counter() - began, time.process_time() - used
    reader.close()
    assert done == FRAMES
    return Run(spent, used, recorder.spent, recorder.batches)


def bare(detector: Any, batches: list[np.ndarray]) -> Run:
    """Nothing but the network, on the same crops."""
    began, used = time.perf_counter(), time.process_time()
    for batch in batches:
        detector.detect(batch)
    spent = time.perf_counter() - began
    return Run(spent, time.process_time() - used, spent, batches)


@pytest.mark.benchmark
@pytest.mark.parametrize("boxes", ["frame", "motion", "track"])
def test_detection_is_nearly_as_fast_as_the_network(boxes: str, video: Path, detector: Any, record_benchmark) -> None:
    """By processor time the share holds also where others use the machine; on a GPU it means nothing."""
    detector.detect(np.zeros((16, 256, 256, 3), np.uint8))
    pairs = []
    for _ in range(ROUNDS):
        run = ours(video, detector, boxes)
        pairs.append((run, bare(detector, run.batches)))
    looked = [sum(map(len, run.batches)) / FRAMES for run, _ in pairs]
    record_benchmark(
        f"detect on a video: {boxes}",
        frames_per_second=FRAMES / min(run.seconds for run, _ in pairs),
        share_of_the_network=statistics.median(alone.seconds / run.seconds for run, alone in pairs),
        share_by_processor_time=statistics.median(alone.processor / run.processor for run, alone in pairs),
        time_within_the_network=statistics.median(run.network / run.seconds for run, _ in pairs),
        share_asked=SHARE,
        crops_per_frame=statistics.median(looked),
        device=detector.device,
    )


MEASURE = """
import json, resource, sys
from pathlib import Path
import numpy as np
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.media import open_media
from poseviewer.models.detect_media import detect_media

class Dark:
    skeleton = Skeleton.from_names("two", ["a", "b"], [("a", "b")])
    device = "cpu"
    def detect(self, crops):
        weight = (crops[..., 0] < 70).astype(np.float32)
        total = np.maximum(weight.sum((1, 2)), 1)
        x = (weight.sum(1) * np.arange(256)).sum(1) / total
        y = (weight.sum(2) * np.arange(256)).sum(1) / total
        places = np.stack([x, y], -1)[:, None] + np.array([[-20.0, 0], [20, 0]])
        return places.astype(np.float32), np.full((len(crops), 2), 0.9, np.float32)

reader = open_media(Path(sys.argv[1]))
peaks = []
for part in detect_media(reader, Dark(), range(reader.frame_count), sys.argv[2]):
    peaks.append((int(part.frames[-1]), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))
early = next(peak for frame, peak in peaks if frame >= reader.frame_count // 10)
print(json.dumps([len(peaks), early, peaks[-1][1]]))
"""


@pytest.mark.benchmark
@pytest.mark.parametrize("boxes", ["frame", "track"])
def test_memory_does_not_grow_with_the_video(boxes: str, tmp_path: Path, record_benchmark) -> None:
    """Peak memory after a tenth of a long video and at its end, in a process of its own."""
    path = write_video(tmp_path / "long.mp4", LONG, 320, 240)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path), boxes], capture_output=True, text=True, check=True, timeout=900
    )

    reports, early, late = json.loads(done.stdout)

    assert reports >= LONG / 16 / 4
    assert late - early < 60
    record_benchmark(f"detect on {LONG:,} frames: {boxes}", megabytes_after_a_tenth=early, megabytes_at_the_end=late)
