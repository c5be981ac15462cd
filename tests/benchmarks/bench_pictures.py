"""How many training pictures a second, on two cores; 150 of 256 x 256 are asked for."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import pytest

from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.pictures import PictureStream, picture_stream

pytestmark = pytest.mark.benchmark

COUNT = 128
REPEATS = 4
IN_ONE_CALL = 1280
ASKED = 150


@pytest.mark.parametrize("name", ["quadruped16", "quadruped16.mouse", "human17", "hand21"])
def test_pictures_per_second(record_benchmark: Callable[..., None], name: str) -> None:
    """Two processes, two threads and one thread in turn, uniform numbers included.

    By the clock it depends on who else uses the two cores; what each way makes of a core's second does not.
    """
    ranges = load_ranges(name)
    with (
        PictureStream(ranges, 0, cores=2) as processes,
        PictureStream(ranges, 0, cores=2) as threads,
        PictureStream(ranges, 0, cores=1) as one,
    ):
        threads.workers.start = lambda: None  # type: ignore[method-assign]
        processes.workers.start()
        assert processes.workers.wait(30)
        ways = {"processes": processes, "threads": threads, "one thread": one}
        walls: dict[str, list[float]] = {way: [] for way in ways}
        cpus: dict[str, list[float]] = {way: [] for way in ways}
        for repeat in range(-1, REPEATS):
            for way, stream in ways.items():
                wall, cpu = time.perf_counter(), seconds_of_processor(stream)
                made = len(stream.pictures(repeat + 1, COUNT).images)
                assert made == COUNT
                if repeat >= 0:  # the first lays out memory and constants
                    walls[way].append(time.perf_counter() - wall)
                    cpus[way].append(seconds_of_processor(stream) - cpu)
        assert len(processes.workers.processes) == 2

    rates = {way: [COUNT / wall for wall in walls[way]] for way in ways}
    record_benchmark(
        f"pictures {name}",
        **{f"per second, best, {way}": max(rates[way]) for way in ways},
        **{f"per second, median, {way}": statistics.median(rates[way]) for way in ways},
        **{f"ms of processor, {way}": 1000 * statistics.median(cpus[way]) / COUNT for way in ways},
        cores_given_to_processes=max(c / w for c, w in zip(cpus["processes"], walls["processes"], strict=True)),
        pictures_per_two_cpu_seconds=2 * COUNT / min(cpus["processes"]),
        of_those_asked_for=max(rates["processes"]) / ASKED,
    )
    assert 2 * COUNT / min(cpus["processes"]) > ASKED
    assert max(rates["processes"]) > max(rates["threads"])


def test_pictures_of_one_call(record_benchmark: Callable[..., None]) -> None:
    """Starting and ending the processes included."""
    ranges = load_ranges("quadruped16")
    walls = []
    for step in range(2):
        wall = time.perf_counter()
        picture_stream(ranges, 0, step, IN_ONE_CALL)
        walls.append(time.perf_counter() - wall)

    record_benchmark("pictures of one call", per_second_best=IN_ONE_CALL / min(walls))


def seconds_of_processor(stream: PictureStream) -> float:
    """Of this process and of those that draw for it."""
    if sys.platform != "linux" and stream.workers.processes:
        pytest.skip("what other processes use is read from Linux's clocks")
    # A process has a clock too: its number, inverted, above three bits that say which of its clocks.
    return time.process_time() + sum(time.clock_gettime(~pid << 3 | 2) for pid in stream.workers.processes)
