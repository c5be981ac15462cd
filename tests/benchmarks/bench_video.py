"""Frames by number against a bare decoder that does the same without knowing which frame it gives."""

from __future__ import annotations

import random
import statistics
import time
from pathlib import Path

import av
import numpy as np
import pytest

from poseviewer.io.media import describe, open_media
from poseviewer.io.video import open_video

CASES = {
    "720p, keyframe every 30": (1280, 720, 30, "libx264", "mp4"),
    "720p, keyframe every 250": (1280, 720, 250, "libx264", "mp4"),
    "1080p, keyframe every 250": (1920, 1080, 250, "libx264", "mp4"),
    "720p, every frame alone": (1280, 720, 1, "mjpeg", "avi"),
}
FRAMES = 300
SEEKS = 16
ROUNDS = 3


@pytest.fixture(scope="module", params=CASES.items(), ids=CASES.keys())
def case(request, tmp_path_factory) -> tuple[str, Path]:
    """A video with B-frames of noise that moves, so that it costs something to decode."""
    name, (width, height, gop, codec, suffix) = request.param
    path = tmp_path_factory.mktemp("bench") / f"{gop}.{suffix}"
    texture = np.random.default_rng(0).integers(0, 255, (height // 4, width // 4, 3), dtype=np.uint8)
    texture = np.kron(texture, np.ones((4, 4, 1), np.uint8))
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=30, options={"preset": "veryfast"} if codec == "libx264" else {})
        stream.width, stream.height = width, height
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.gop_size = gop
        for i in range(FRAMES):
            image = np.roll(texture, (i, 3 * i), axis=(0, 1))
            out.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        out.mux(stream.encode(None))
    return name, path


def bare_random(path: Path, frames: list[int]) -> float:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        pts = sorted(p.pts for p in container.demux(stream) if p.size)
        began = time.perf_counter()
        for frame in frames:
            container.seek(pts[frame], stream=stream)
            next(p for p in container.decode(stream) if p.pts >= pts[frame]).to_ndarray(format="rgb24")
        return time.perf_counter() - began


def our_random(path: Path, frames: list[int]) -> float:
    reader = open_video(path)
    began = time.perf_counter()
    for frame in frames:
        reader.read(frame)
    spent = time.perf_counter() - began
    reader.close()
    return spent


def bare_sequential(path: Path) -> float:
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        began = time.perf_counter()
        for picture in container.decode(video=0):
            picture.to_ndarray(format="rgb24")
        return time.perf_counter() - began


def our_sequential(path: Path) -> float:
    reader = open_video(path)
    began = time.perf_counter()
    for frame in range(reader.frame_count):
        reader.read(frame)
    spent = time.perf_counter() - began
    reader.close()
    return spent


@pytest.mark.benchmark
def test_random_access(case, record_benchmark):
    name, path = case
    frames = random.Random(0).sample(range(FRAMES), SEEKS)
    rounds = [(our_random(path, frames), bare_random(path, frames)) for _ in range(ROUNDS)]
    record_benchmark(
        f"video random access: {name}",
        milliseconds=1000 * min(ours for ours, _ in rounds) / SEEKS,
        ratio=statistics.median(ours / bare for ours, bare in rounds),
        ratio_limit=1.3,
    )


@pytest.mark.benchmark
def test_sequential_access(case, record_benchmark):
    name, path = case
    rounds = [(our_sequential(path), bare_sequential(path)) for _ in range(ROUNDS)]
    record_benchmark(
        f"video in order: {name}",
        frames_per_second=FRAMES / min(ours for ours, _ in rounds),
        ratio=statistics.median(ours / bare for ours, bare in rounds),
        ratio_limit=1.1,
    )


@pytest.mark.benchmark
def test_opening_and_describing(case, record_benchmark):
    name, path = case
    began = time.perf_counter()
    reader = open_media(path)
    opened = time.perf_counter()
    describe(reader, "m")
    described = time.perf_counter()
    reader.close()
    record_benchmark(
        f"video open: {name}", open_seconds=opened - began, describe_seconds=described - opened, describe_limit=0.3
    )
