"""How many training pictures a second, on two cores; 150 of 256 x 256 are asked for."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import pytest

from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.pictures import picture_stream

pytestmark = pytest.mark.benchmark

COUNT = 96
REPEATS = 7
ASKED = 150


@pytest.mark.parametrize("name", ["quadruped16", "quadruped16.mouse", "human17", "hand21"])
def test_pictures_per_second(record_benchmark: Callable[..., None], name: str) -> None:
    """Uniform numbers included. The rate per two CPU seconds is what two cores give that nobody else uses."""
    ranges = load_ranges(name)
    picture_stream(ranges, 0, 0, COUNT)
    walls, cpus = [], []
    for repeat in range(REPEATS):
        wall, cpu = time.perf_counter(), time.process_time()
        made = len(picture_stream(ranges, 0, repeat, COUNT).images)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
        assert made == COUNT

    record_benchmark(
        f"pictures {name}",
        pictures_per_second_best=COUNT / min(walls),
        pictures_per_second_median=COUNT / statistics.median(walls),
        pictures_per_two_cpu_seconds=2 * COUNT / min(cpus),
        of_those_asked_for=2 * COUNT / min(cpus) / ASKED,
    )
    assert 2 * COUNT / min(cpus) > ASKED
