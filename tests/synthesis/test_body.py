"""Parts follow the joints they are bound to."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.synthesis.body import extend, pose_parts
from poseviewer.synthesis.dog import DOG


def turned(points: np.ndarray, angle: float) -> np.ndarray:
    cosine, sine = np.cos(angle), np.sin(angle)
    return points @ np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1.0]])


REST = DOG.rest_points[: len(DOG.joints)]


def test_at_rest_every_hinge_and_part_is_where_it_was_sculpted() -> None:
    parts = pose_parts(DOG, DOG.rest_points)

    sculpted = np.array([[part.a.rest, part.b.rest] for part in DOG.parts])
    assert parts.ends == pytest.approx(sculpted)
    assert parts.radii == pytest.approx(np.array([part.radii for part in DOG.parts]))


def test_hinges_are_found_again_from_the_joints_alone() -> None:
    found = dict(zip(DOG.points, extend(DOG, REST), strict=True))

    for name in ("poll", "tail_mid", "left_hock", "right_hock"):
        assert found[name] == pytest.approx(DOG.rest[name], abs=12)


def test_a_turned_and_moved_animal_is_the_same_animal() -> None:
    shift = np.array([300.0, -200.0, 50.0])
    here = pose_parts(DOG, extend(DOG, REST))
    there = pose_parts(DOG, extend(DOG, turned(REST, 0.7) + shift))

    assert there.ends == pytest.approx(turned(here.ends, 0.7) + shift)
    assert there.lengths == pytest.approx(here.lengths)


def test_a_smaller_animal_has_thinner_parts() -> None:
    parts = pose_parts(DOG, extend(DOG, REST / 2))

    assert parts.radii == pytest.approx(DOG.rest_parts.radii / 2)
    assert parts.lengths == pytest.approx(pose_parts(DOG, extend(DOG, REST)).lengths / 2)


def test_a_part_is_upright_in_its_own_frame() -> None:
    parts = DOG.rest_parts

    for k in range(len(DOG.parts)):
        start, end = (parts.maps[k] @ parts.ends[k, i] + parts.offsets[k] for i in (0, 1))
        assert start == pytest.approx(np.zeros(3), abs=1e-6)
        assert end == pytest.approx([0, 0, parts.lengths[k]], abs=1e-6)


def test_a_narrow_part_is_narrow_towards_the_sides() -> None:
    k = next(i for i, part in enumerate(DOG.parts) if part.name == "ribs")
    parts = DOG.rest_parts

    sideways = parts.maps[k] @ np.array([DOG.parts[k].width, 0, 0])

    assert np.linalg.norm(sideways) == pytest.approx(1.0)
