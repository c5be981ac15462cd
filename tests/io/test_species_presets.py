"""The shipped templates of species: every bone says where its range comes from, and they stand like their animals."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from poseviewer.core.range_diff import trunk_bone
from poseviewer.core.range_edits import mirrored
from poseviewer.core.ranges import RangePreset, SwingRange
from poseviewer.geometry.kinematics import directions_from_swings, joints_from_vectors
from poseviewer.io.skeleton_files import load_ranges, shipped_ranges
from poseviewer.synthesis.poses import pose_rows, sample_poses
from poseviewer.synthesis.presets import find_preset

SPECIES = ("dog", "cat", "horse", "mouse", "rat")
TEMPLATES = {species: load_ranges(f"quadruped16.{species}") for species in SPECIES}
DOCS = Path(__file__).parents[2] / "docs" / "species.md"
CITATION = re.compile(r"[A-Z]\w+(?: et al\.| and [A-Z]\w+| \w+)? (?:19|20)\d\d|encyclopedia")

each = pytest.mark.parametrize("species", SPECIES)


def length(preset: RangePreset, bone: str) -> float:
    """A template length as a share of the trunk."""
    lengths = [each.template for each in preset.lengths]
    return lengths[preset.skeleton.bone_names.index(bone)] / lengths[trunk_bone(preset.skeleton)]


def standing(preset: RangePreset) -> dict[str, np.ndarray]:
    """The joints of the usual posture with template lengths, by name; the trunk is about 1."""
    swings = [r.usual for r in preset.ranges if isinstance(r, SwingRange)]
    directions = directions_from_swings(preset, np.array([s or (0.0, 0.0, 0.0) for s in swings]))
    joints = joints_from_vectors(preset.skeleton, directions * np.array([[x.template] for x in preset.lengths]))
    return dict(zip(preset.skeleton.joints, joints, strict=True))


def test_every_species_is_shipped_and_documented() -> None:
    assert {f"quadruped16.{s}" for s in SPECIES} <= set(shipped_ranges("quadruped16"))
    assert shipped_ranges("quadruped16")[0] == "quadruped16", "the default is still the first"
    text = DOCS.read_text(encoding="utf-8")
    assert all(f"`quadruped16.{SPECIES[0]}`" in text and f".{species}`" in text for species in SPECIES)


@each
def test_every_bone_names_a_source_or_says_that_it_is_an_estimate(species: str) -> None:
    preset = TEMPLATES[species]
    for bone, note in zip(preset.skeleton.bone_names, preset.notes, strict=True):
        assert CITATION.search(note) or "estimate" in note.lower(), bone
    assert CITATION.search(preset.source)


@each
def test_every_source_of_a_note_is_in_the_table(species: str) -> None:
    preset = TEMPLATES[species]
    table = DOCS.read_text(encoding="utf-8")
    cited = {c for text in (preset.source, *preset.notes) for c in CITATION.findall(text)} - {"encyclopedia"}

    for citation in cited:
        first, year = citation.split()[0], citation[-4:]
        assert re.search(rf"{first}[^|\n]*{year}", table), citation


@each
def test_left_and_right_are_mirror_images(species: str) -> None:
    preset = TEMPLATES[species]
    for left, right in preset.skeleton.bone_pairs:
        assert mirrored(preset.ranges[left]) == preset.ranges[right]
        assert preset.lengths[left] == preset.lengths[right] and preset.notes[left] == preset.notes[right]


@each
def test_the_usual_posture_is_said_and_lies_inside(species: str) -> None:
    for rotation in TEMPLATES[species].ranges:
        assert isinstance(rotation, SwingRange) and rotation.usual is not None
        for value, interval in zip(rotation.usual, (rotation.flexion, rotation.abduction, rotation.twist), strict=True):
            assert interval.contains(value)


@each
def test_it_stands_on_all_fours(species: str) -> None:
    place = standing(TEMPLATES[species])
    front, hind = place["left_front_paw"], place["left_hind_paw"]
    leg = max(-front[2], -hind[2])

    assert abs(front[2] - hind[2]) < 0.10 * leg, "the paws reach the same floor"
    assert front[0] > 0.05 and hind[0] > 0.05, "the feet of the left stand on the left"
    assert -0.35 < front[1] < 0.25 and 0.6 < hind[1] < 1.15, "below the shoulders, and below the hips"
    assert all(joint[2] > min(front[2], hind[2]) for name, joint in place.items() if "paw" not in name)
    assert place["left_knee"][1] < place["left_hip"][1] and place["left_elbow"][1] > place["left_shoulder"][1]
    assert place["nose"][1] < place["left_front_paw"][1] and place["tail_tip"][1] > place["tail_base"][1]


def bend(place: dict[str, np.ndarray], a: str, b: str, c: str) -> float:
    """The angle at joint b in degrees."""
    u, v = place[a] - place[b], place[c] - place[b]
    return float(np.degrees(np.arccos(u @ v / np.linalg.norm(u) / np.linalg.norm(v))))


def test_small_mammals_crouch_and_horses_do_not() -> None:
    knees, elbows, height = {}, {}, {}
    for species, preset in TEMPLATES.items():
        place = standing(preset)
        knees[species] = bend(place, "left_hip", "left_knee", "left_hind_paw")
        elbows[species] = bend(place, "left_shoulder", "left_elbow", "left_front_paw")
        height[species] = -float(place["left_front_paw"][2])

    assert knees["mouse"] < 120 < knees["cat"] < knees["dog"] < knees["horse"]
    assert elbows["mouse"] < 110 < elbows["cat"] < elbows["dog"]
    assert height["mouse"] < 0.65 < height["cat"] < height["dog"] < height["horse"]


def test_proportions_are_those_of_the_sources() -> None:
    """Cats: Kartal et al. 2026, radius and paw to humerus, humerus to femur. Rodents' tails: Hofstetter et al. 2006."""
    humerus, femur = "left_shoulder:left_elbow", "left_hip:left_knee"
    cat, horse = TEMPLATES["cat"], TEMPLATES["horse"]

    assert length(cat, humerus) / length(cat, femur) == pytest.approx(0.944, abs=0.055)
    assert length(cat, "left_elbow:left_front_paw") / length(cat, humerus) == pytest.approx(0.967 + 0.45, abs=0.06)
    assert length(horse, "left_elbow:left_front_paw") > 3 * length(horse, humerus), "long distal limbs"
    for species in ("mouse", "rat"):
        preset = TEMPLATES[species]
        body = 1 + length(preset, "neck:nose")
        assert 0.85 < length(preset, "tail_base:tail_tip") / body < 1.2


def test_horses_are_stiff_and_cats_are_supple() -> None:
    def width(species: str, bone: str, axis: str) -> float:
        preset = TEMPLATES[species]
        return float(getattr(preset.ranges[preset.skeleton.bone_names.index(bone)], axis).width)

    for bone, axis in (
        ("neck:tail_base", "flexion"),
        ("neck:tail_base", "abduction"),
        ("left_hip:left_knee", "abduction"),
    ):
        assert width("horse", bone, axis) < width("dog", bone, axis) < width("cat", bone, axis)


@each
def test_poses_can_be_drawn_from_it_in_its_own_proportions(species: str) -> None:
    """Half of all humeri are within a sixth of the template's share of the trunk."""
    preset, recipe = TEMPLATES[species], find_preset("plain")
    uniforms = np.random.default_rng(3).random((pose_rows(preset, recipe), 4000))

    poses = sample_poses(preset, recipe, uniforms)

    names = preset.skeleton.bone_names
    ratio = poses.lengths[names.index("left_shoulder:left_elbow")] / poses.lengths[names.index("neck:tail_base")]
    expected = length(preset, "left_shoulder:left_elbow")
    assert np.median(ratio) == pytest.approx(expected, rel=0.03)
    assert np.percentile(ratio, 25) > expected / 1.17 and np.percentile(ratio, 75) < expected * 1.17
    assert np.isfinite(poses.joints).all()
