"""How many poses a second, with their 2D views, on two cores; the synthesis paper (001) reports 500."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import pytest

from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.generate import stream
from poseviewer.synthesis.presets import find_preset

pytestmark = pytest.mark.benchmark

COUNT = 400_000
REPEATS = 7
PAPERS_RATE = 500


@pytest.mark.parametrize(
    ("ranges", "recipe"),
    [("quadruped16.paper", "paper"), ("quadruped16", "plain"), ("quadruped16", "default"), ("human17", "default")],
)
def test_poses_per_second(record_benchmark: Callable[..., None], ranges: str, recipe: str) -> None:
    """Uniform numbers included. The rate per two CPU seconds is what two cores give that nobody else uses."""
    preset, how = load_ranges(ranges), find_preset(recipe)
    walls, cpus = [], []
    for repeat in range(REPEATS):
        wall, cpu = time.perf_counter(), time.process_time()
        made = sum(batch.present.shape[-1] for _, batch in stream(preset, how, COUNT, repeat, workers=2))
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
        assert made == COUNT

    best = COUNT / min(walls)
    record_benchmark(
        f"synthesis {ranges} {recipe}",
        poses_per_second_best=best,
        poses_per_second_median=COUNT / statistics.median(walls),
        poses_per_two_cpu_seconds=2 * COUNT / min(cpus),
        times_the_papers=best / PAPERS_RATE,
    )
    assert best > PAPERS_RATE
