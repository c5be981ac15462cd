from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.app.ranges.range_words import (
    angles_of_rest,
    bone_words,
    changed_words,
    edit_verb,
    interval_words,
    number,
    positive_words,
    range_words,
    rest_from_angles,
    rest_words,
)
from poseviewer.core.range_edits import with_degrees, with_rest
from poseviewer.core.ranges import ZERO, Interval
from poseviewer.io.skeleton_files import load_ranges

DOG, PAPER = load_ranges("quadruped16"), load_ranges("quadruped16.paper")


def bone(name: str) -> int:
    return DOG.skeleton.bone_names.index(name)


def test_numbers_are_as_printed() -> None:
    assert [number(v) for v in (-115, 60.04, 0.25, -0.01)] == ["−115", "60", "0.2", "0"]
    assert interval_words(Interval(math.radians(-65), math.radians(70.5))) == "−65…70.5°"
    assert interval_words(ZERO) == "0°"


@pytest.mark.parametrize(
    ("new", "verb"),
    [((-2, 2), "Widen"), ((-1, 2), "Widen"), ((-0.5, 0.5), "Narrow"), ((0, 2), "Move"), ((0, 3), "Change")],
)
def test_the_verb_says_what_happened(new: tuple[float, float], verb: str) -> None:
    assert edit_verb(Interval(-1, 1), Interval(*new)) == verb


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("left_shoulder:left_elbow", "left shoulder to elbow"),
        ("left_elbow:left_front_paw", "left elbow to front paw"),
        ("tail_base:tail_tip", "tail base to tip"),
        ("neck:right_shoulder", "neck to right shoulder"),
    ],
)
def test_a_bone_in_few_words(name: str, words: str) -> None:
    assert bone_words(DOG.skeleton, bone(name)) == words


def test_what_is_positive_follows_the_bone() -> None:
    """As swing_frame's docstring has it: down: backwards; forwards: down; backwards: up."""
    expected = {
        "right_elbow:right_front_paw": ("positive is backwards", "positive is outwards"),
        "neck:nose": ("positive is down", "positive is to the left"),
        "neck:tail_base": ("positive is up", "positive is to the left"),
    }
    for name, words in expected.items():
        side = DOG.skeleton.sides[DOG.skeleton.bones[bone(name)].child]
        said = tuple(positive_words(DOG.ranges[bone(name)], axis, side) for axis in ("flexion", "abduction"))
        assert said == words
    nose = bone("neck:nose")
    assert positive_words(DOG.ranges[nose], "twist").endswith("positive from down to the left")
    assert "nothing hangs" in positive_words(DOG.ranges[0], "twist", moves_others=False)
    assert "90° level" in positive_words(PAPER.ranges[0], "theta")


def test_a_range_and_what_it_was() -> None:
    elbow = bone("left_shoulder:left_elbow")
    assert range_words(DOG.ranges[elbow]) == "flexion −65…70°, abduction −18…30°, twist −12…12°"
    assert changed_words(DOG, DOG, elbow) == ""
    wider = with_degrees(DOG, elbow, "flexion", -80, 70)
    assert changed_words(wider, DOG, elbow) == "Changed; it was flexion −65…70°, abduction −18…30°, twist −12…12°."
    assert changed_words(with_rest(DOG, elbow, (0, 1, 0)), DOG, elbow) == "Changed; it was rest 60° down, backwards."


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        ((0, 0, -1), "straight down"),
        ((0, -1, 0), "level, forwards"),
        ((1, 0, 0), "level, left"),
        ((0.5, 0.5, -math.sqrt(0.5)), "45° down, backwards and left"),
        ((-0.5, -0.5, math.sqrt(0.5)), "45° up, forwards and right"),
    ],
)
def test_where_a_bone_points(rest: tuple[float, float, float], words: str) -> None:
    assert rest_words(rest) == words


@given(st.floats(-89, 89), st.floats(-179, 179))
def test_angles_and_directions_are_inverse(elevation: float, heading: float) -> None:
    assert angles_of_rest(rest_from_angles(elevation, heading)) == pytest.approx((elevation, heading), abs=1e-6)


def test_backwards_is_180_on_both_sides() -> None:
    assert angles_of_rest((0.0, 1.0, 0.0)) == angles_of_rest((-0.0, 1.0, 0.0)) == (0.0, 180.0)
