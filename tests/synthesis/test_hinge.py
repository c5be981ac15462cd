"""A two-bone arm reaches where it is told to and bends to the side it is told to."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from poseviewer.synthesis.hinge import cross, hinge, unit

LEFT = np.array([1.0, 0.0, 0.0])


def test_a_right_angle() -> None:
    bent = hinge(np.array([0.0, 0.0, 5.0]), np.array([0.0, 0.0, 0.0]), 3.0, 4.0, LEFT, 1.0)

    # 3-4-5: the hinge is 9/5 down the way and 12/5 off it, forwards (-y) for a leg that points down.
    assert bent == pytest.approx([0.0, -2.4, 5 - 1.8])


def test_the_other_side() -> None:
    start, end = np.array([0.0, 0.0, 5.0]), np.zeros(3)

    forwards, backwards = (hinge(start, end, 3.0, 4.0, LEFT, toward) for toward in (1.0, -1.0))

    assert backwards[1] == pytest.approx(-forwards[1])
    assert backwards[2] == pytest.approx(forwards[2])


def test_both_pieces_keep_their_lengths_in_any_direction() -> None:
    random = np.random.default_rng(3)
    start = random.normal(size=(50, 3))
    end = start + unit(random.normal(size=(50, 3))) * random.uniform(1.1, 4.9, (50, 1))

    bent = hinge(start, end, 2.0, 3.0, random.normal(size=(50, 3)), 1.0)

    assert np.linalg.norm(bent - start, axis=-1) == pytest.approx(np.full(50, 2.0))
    assert np.linalg.norm(end - bent, axis=-1) == pytest.approx(np.full(50, 3.0))


def test_out_of_reach_it_is_straight_and_stretched_in_proportion() -> None:
    bent = hinge(np.zeros(3), np.array([0.0, 10.0, 0.0]), 1.0, 3.0, LEFT, 1.0)

    assert bent == pytest.approx([0.0, 2.5, 0.0])


def test_torch_agrees_with_numpy() -> None:
    start, end = np.array([[0.0, 1.0, 5.0]]), np.array([[0.5, 0.0, 0.0]])

    ours = hinge(start, end, 3.0, 4.0, LEFT[None], 1.0)
    theirs = hinge(torch.tensor(start), torch.tensor(end), 3.0, 4.0, torch.tensor(LEFT)[None], 1.0)

    assert theirs.numpy() == pytest.approx(ours)


def test_the_cross_product_and_unit_vectors() -> None:
    assert cross(np.array([1.0, 0, 0]), np.array([0, 2.0, 0])) == pytest.approx([0, 0, 2])
    assert unit(np.array([[3.0, 0, 4.0], [0, 0, 0]])) == pytest.approx(np.array([[0.6, 0, 0.8], [0, 0, 0]]))
    assert math.isclose(float(np.linalg.norm(unit(np.array([1.0, 2.0, 3.0])))), 1.0)
