"""Times, counts and ranges of runs, as they are read."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime

import pytest

from poseviewer.app.train.run_words import (
    count_words,
    difference_lines,
    differing_bones,
    duration_words,
    interval_words,
    ranges_words,
    when_words,
)
from poseviewer.core.range_edits import with_interval
from poseviewer.core.ranges import Interval
from poseviewer.io.skeleton_files import load_ranges


@pytest.fixture(scope="module")
def dog():
    return load_ranges("quadruped16")


def widened(ranges, bone=5):
    old = ranges.ranges[bone].flexion
    return with_interval(ranges, bone, "flexion", Interval(old.min, old.max + math.radians(20)))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (3.4, "3 s"), (41, "40 s"), (58, "1 min"), (200, "3 min"), (3600, "1 h"), (4900, "1 h 22 min"),
     (float("inf"), "unknown"), (float("nan"), "unknown")],
)  # fmt: skip
def test_durations_are_as_exact_as_one_wants_to_know(seconds, words):
    assert duration_words(seconds) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(940, "940"), (12_400, "12,400"), (999_960, "1.0 million"), (1_240_000, "1.2 million"), (2.1e9, "2.1 billion")],
)
def test_large_counts_are_said_in_millions(number, words):
    assert count_words(number) == words


def test_a_run_of_today_is_said_by_its_clock():
    assert when_words("2026-03-02T14:20:00", datetime(2026, 3, 2, 16, 0)) == "today, 14:20"
    assert when_words("once", datetime(2026, 3, 2)) == "once"


def test_a_mirrored_edit_differs_in_both_sides(dog):
    new = widened(dog)
    assert differing_bones(new, dog) == sorted({5, dog.skeleton.mirror_bones[5]})
    assert differing_bones(dog, dog) == []
    assert ranges_words(new, dog) == "quadruped16 · 2 bones differ from shipped"
    assert ranges_words(dog, dog) == "quadruped16 · as shipped"
    assert ranges_words(dog, None) == "quadruped16"


def test_ranges_of_another_kind_are_not_compared_bone_by_bone(dog):
    paper = load_ranges("quadruped16.paper")
    assert ranges_words(paper, dog).endswith("of another kind than shipped")
    assert difference_lines(dog, paper) == []


def test_a_difference_names_bone_axis_and_both_intervals(dog):
    lines = difference_lines(dog, widened(dog))
    before = dog.ranges[5].flexion
    assert len(lines) == 2
    words = lines[0][1]
    assert words.startswith("flexion ") and interval_words(before) in words
    after = Interval(before.min, before.max + math.radians(20))
    assert words.endswith(interval_words(after))


def test_a_length_and_a_posture_are_differences_too(dog):
    longer = dog.with_length(0, replace(dog.lengths[0], template=2 * dog.lengths[0].template))
    assert "length" in difference_lines(dog, longer)[0][1]
    turned = dog.with_range(0, replace(dog.ranges[0], carries=not dog.ranges[0].carries))
    assert difference_lines(dog, turned)[0][1] == "another rest direction or posture"


def test_intervals_are_in_degrees_with_a_true_minus():
    assert interval_words(Interval(math.radians(-30), math.radians(60))) == "−30…60°"
    assert interval_words(Interval(-1e-9, 0.0)) == "0…0°"
