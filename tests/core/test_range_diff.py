"""Two presets side by side: nothing differs from itself, and the other way round is the mirror of it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.core.errors import SkeletonError
from poseviewer.core.range_diff import (
    BoneDifference,
    by_pairs,
    diff,
    diff_factors,
    overlap,
    solid_angle,
    spoken_bones,
    trunk_bone,
)
from poseviewer.core.range_edits import LIMITS, axes_of, with_bone_length, with_interval, with_rest
from poseviewer.core.ranges import BoneLength, Interval, LengthFactor, RangePreset, SphericalRange, SwingRange
from poseviewer.io.skeleton_files import load_ranges, ranges_from_table, ranges_to_table, shipped_ranges

SWING, SPHERICAL = load_ranges("quadruped16"), load_ranges("quadruped16.paper")
SKELETON = SWING.skeleton
ELBOW = SKELETON.bone_names.index("left_shoulder:left_elbow")
RIGHT_ELBOW = SKELETON.mirror_bones[ELBOW]
NOSE = SKELETON.bone_names.index("neck:nose")
QUARTER = math.pi / 2


@st.composite
def presets(draw: st.DrawFn) -> RangePreset:
    """The default preset after a few random edits."""
    preset = draw(st.sampled_from([SWING, load_ranges("quadruped16.horse")]))
    for _ in range(draw(st.integers(0, 4))):
        bone = draw(st.integers(0, SKELETON.bone_count - 1))
        axis = draw(st.sampled_from(axes_of(preset.ranges[bone])))
        ends = sorted(draw(st.lists(st.floats(LIMITS[axis].min, LIMITS[axis].max), min_size=2, max_size=2)))
        preset = with_interval(preset, bone, axis, Interval(*ends), draw(st.booleans()))
        preset = with_bone_length(preset, bone, BoneLength(draw(st.floats(0.05, 3)), draw(st.floats(0, 0.5))))
        x, y = draw(st.floats(-1, 1)), draw(st.floats(-1, 1))
        preset = with_rest(preset, bone, (x, y, -1.0), draw(st.booleans()))
    return preset


@given(presets())
def test_nothing_differs_from_itself(preset: RangePreset) -> None:
    assert diff(preset, preset) == () and diff_factors(preset, preset) == ()


@given(presets())
def test_a_preset_in_other_units_is_the_same(preset: RangePreset) -> None:
    longer = replace(preset, lengths=tuple(replace(x, template=2.5 * x.template) for x in preset.lengths))

    assert diff(preset, longer) == ()


@given(presets(), presets())
def test_the_other_way_round_is_the_mirror(a: RangePreset, b: RangePreset) -> None:
    there, back = diff(a, b), diff(b, a)

    assert [d.bone for d in there] == [d.bone for d in back]
    for d, e in zip(there, back, strict=True):
        assert [(x.axis, x.a, x.b) for x in d.axes] == [(x.axis, x.b, x.a) for x in e.axes]
        assert [x.overlap for x in d.axes] == pytest.approx([x.overlap for x in e.axes])
        assert (d.solid_angle_a, d.solid_angle_b) == (e.solid_angle_b, e.solid_angle_a)
        assert d.rest_angle == pytest.approx(e.rest_angle) and (d.usual, d.rules) == (e.usual, e.rules)
        assert (d.length is None) == (e.length is None)
        if d.length and e.length:
            assert d.length.ratio * e.length.ratio == pytest.approx(1)
            assert (d.length.spread_a, d.length.flex_a) == (e.length.spread_b, e.length.flex_b)


@given(presets(), presets())
def test_what_is_not_listed_is_the_same(a: RangePreset, b: RangePreset) -> None:
    listed = {d.bone for d in diff(a, b)}
    trunk = trunk_bone(SKELETON)

    for bone in set(range(SKELETON.bone_count)) - listed:
        first, second = a.ranges[bone], b.ranges[bone]
        for axis in axes_of(first):
            x, y = getattr(first, axis), getattr(second, axis)
            assert (x.min, x.max) == pytest.approx((y.min, y.max), abs=1e-5)
        shares = [p.lengths[bone].template / p.lengths[trunk].template for p in (a, b)]
        assert shares[0] == pytest.approx(shares[1], rel=1e-5)


@given(*[st.tuples(st.floats(-3, 3), st.floats(0, 3)) for _ in range(2)])
def test_an_overlap_is_a_share_and_has_no_sides(first: tuple[float, float], second: tuple[float, float]) -> None:
    a, b = (Interval(low, low + width) for low, width in (first, second))

    assert 0 <= overlap(a, b) <= 1 and overlap(a, b) == pytest.approx(overlap(b, a))
    assert overlap(a, a) == 1


@pytest.mark.parametrize(
    ("a", "b", "share"),
    [
        ((0, 2), (1, 3), 1 / 3),
        ((0, 4), (1, 2), 1 / 4),
        ((0, 1), (1, 2), 0),
        ((0, 1), (2, 3), 0),
        ((1, 1), (1, 1), 1),
        ((1, 1), (2, 2), 0),
        ((1, 1), (0, 2), 0),
    ],
)
def test_overlaps_with_a_known_answer(a: tuple[float, float], b: tuple[float, float], share: float) -> None:
    assert overlap(Interval(*a), Interval(*b)) == pytest.approx(share)


def test_solid_angles_with_a_known_answer() -> None:
    rest = (0.0, 0.0, -1.0)
    whole = SwingRange(rest, Interval(-math.pi, math.pi), Interval(-QUARTER, QUARTER))
    eighth = SwingRange(rest, Interval(0, QUARTER), Interval(0, QUARTER))
    line = SwingRange(rest, Interval(0, 1), Interval(0, 0))
    upper = SphericalRange(Interval(0, QUARTER), Interval(0, 2 * math.pi))

    assert solid_angle(whole) == pytest.approx(4 * math.pi)
    assert solid_angle(eighth) == pytest.approx(4 * math.pi / 8)
    assert solid_angle(line) == 0
    assert solid_angle(upper) == pytest.approx(2 * math.pi)
    assert solid_angle(replace(whole, flexion=Interval(-9, 9))) == pytest.approx(4 * math.pi), "no more than a sphere"


def only(differences: tuple[BoneDifference, ...], bone: int) -> BoneDifference:
    return next(d for d in differences if d.bone == bone)


def test_one_edit_is_found_and_measured() -> None:
    old = SWING.ranges[ELBOW]
    assert isinstance(old, SwingRange)
    wider = Interval(old.flexion.min, old.flexion.min + 1.5 * old.flexion.width)

    found = diff(SWING, with_interval(SWING, ELBOW, "flexion", wider))

    assert [d.bone for d in found] == [ELBOW, RIGHT_ELBOW]
    (axis,) = found[0].axes
    assert (axis.axis, axis.a, axis.b, axis.overlap) == ("flexion", old.flexion, wider, pytest.approx(2 / 3))
    assert found[0].solid_angle_change == pytest.approx(0.5)
    assert not found[0].usual, "neither says one"
    assert (found[0].rest_angle, found[0].length, found[0].rules) == (0.0, None, ())


def test_rest_usual_rules_and_lengths_are_found() -> None:
    nose = SWING.ranges[NOSE]
    assert isinstance(nose, SwingRange)
    turned = with_rest(SWING, NOSE, (0.0, -0.57, -0.82))
    posed = SWING.with_range(NOSE, replace(nose, usual=(0.1, 0.0, 0.0)))
    ruled = SWING.with_range(NOSE, replace(nose, carries=False, outward=(0.0, 0.0, 1.0)))
    length = SWING.lengths[NOSE]
    longer = SWING.with_length(NOSE, replace(length, template=3 * length.template, spread=0.9))

    assert only(diff(SWING, turned), NOSE).rest_angle == pytest.approx(QUARTER, abs=1e-3)
    assert only(diff(SWING, posed), NOSE).usual
    assert only(diff(SWING, ruled), NOSE).rules == ("carries", "outward")
    grown = only(diff(SWING, longer), NOSE).length
    assert grown is not None and grown.ratio == pytest.approx(3) and grown.spread_b == 0.9
    assert only(diff(SWING, longer), NOSE).axes == ()


def test_a_usual_posture_in_the_middle_is_the_one_that_is_not_said() -> None:
    nose = SWING.ranges[NOSE]
    assert isinstance(nose, SwingRange) and nose.usual is None
    middle = (nose.flexion.middle, nose.abduction.middle, nose.twist.middle)

    assert diff(SWING, SWING.with_range(NOSE, replace(nose, usual=middle))) == ()


def test_a_longer_trunk_shows_as_shorter_everything_else() -> None:
    trunk = trunk_bone(SKELETON)
    old = SWING.lengths[trunk]

    found = diff(SWING, SWING.with_length(trunk, replace(old, template=2 * old.template)))

    assert {d.bone for d in found} == set(range(SKELETON.bone_count)) - {trunk}
    assert all(d.length is not None and d.length.ratio == pytest.approx(0.5) for d in found)


def test_left_and_right_are_one_where_they_differ_alike() -> None:
    flexion = Interval(-0.1, 0.1)
    both = with_rest(with_interval(SWING, ELBOW, "flexion", flexion), ELBOW, (0.2, 0.3, -0.9))
    one = with_interval(SWING, ELBOW, "flexion", flexion, mirror=False)
    unlike = with_interval(both, ELBOW, "abduction", flexion, mirror=False)

    def bones(other: RangePreset) -> list[tuple[int, ...]]:
        return [bones for bones, _ in by_pairs(diff(SWING, other), SKELETON)]

    assert bones(both) == [(ELBOW, RIGHT_ELBOW)]
    assert bones(one) == [(ELBOW,)]
    assert bones(unlike) == [(ELBOW,), (RIGHT_ELBOW,)]
    assert spoken_bones(SWING, (ELBOW, RIGHT_ELBOW)) == "shoulder to elbow"
    assert spoken_bones(SWING, (RIGHT_ELBOW,)) == "right shoulder to right elbow"


@pytest.mark.parametrize("name", shipped_ranges("quadruped16")[1:])
def test_shipped_presets_differ_alike_on_both_sides(name: str) -> None:
    other = load_ranges(name)
    if other.kind == "swing":
        assert all(
            len(bones) == 2 or SKELETON.mirror_bones[d.bone] == d.bone
            for bones, d in by_pairs(diff(SWING, other), SKELETON)
        )


def test_a_preset_that_was_saved_is_the_same() -> None:
    assert diff(SWING, ranges_from_table(ranges_to_table(SWING), "here", SKELETON)) == ()


def test_factors_are_matched_by_name() -> None:
    legs, girdles = SWING.factors
    shorter = replace(legs, spread=0.1)
    tails = LengthFactor("long or short tails", 0.3, (4,))

    found = diff_factors(SWING, replace(SWING, factors=(shorter, tails)))

    assert [(f.name, f.a, f.b) for f in found] == [
        (legs.name, legs, shorter),
        (girdles.name, girdles, None),
        (tails.name, None, tails),
    ]


def test_the_trunk_is_in_the_middle_with_most_hanging_on_it() -> None:
    for name, trunk in (("quadruped16", "neck:tail_base"), ("human17", "pelvis:spine")):
        skeleton = load_ranges(name).skeleton
        assert skeleton.bone_names[trunk_bone(skeleton)] == trunk
    assert 0 <= trunk_bone(load_ranges("hand21").skeleton) < 20


def test_presets_that_do_not_compare_say_why() -> None:
    with pytest.raises(SkeletonError, match=r"'quadruped16' are for .* 'human17'.*same skeleton"):
        diff(SWING, load_ranges("human17"))
    with pytest.raises(SkeletonError, match=r"are swing and 'quadruped16\.paper' are spherical"):
        diff(SWING, SPHERICAL)
    renamed = replace(SWING, skeleton=replace(SKELETON, joints=("throat", *SKELETON.joints[1:])))
    with pytest.raises(SkeletonError, match="with other bones"):
        diff(SWING, renamed)


def test_spherical_presets_compare_too() -> None:
    theta = Interval(0.5, 1.0)

    found = diff(SPHERICAL, with_interval(SPHERICAL, NOSE, "theta", theta))

    assert [(d.bone, [x.axis for x in d.axes], d.rest_angle) for d in found] == [(NOSE, ["theta"], 0.0)]
