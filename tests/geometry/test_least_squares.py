"""Bounded least squares: the corner, the edge or the middle of a box, whichever is lowest, for many boxes at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poseviewer.geometry.least_squares import bounded_step, minimise


class Boxed:
    """Residuals A x - b of N problems with low <= x <= high; a state is x (n, P)."""

    def __init__(self, a: np.ndarray, b: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        self.a, self.b, self.low, self.high = a, b, low, high

    def residuals(self, state: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return (self.a[rows] @ state[..., None])[..., 0] - self.b[rows]

    def cost(self, state, rows):
        return (self.residuals(state, rows) ** 2).sum(1) / 2

    def linearise(self, state, rows):
        return self.residuals(state, rows), self.a[rows]

    def room(self, state, rows):
        return self.low[rows] - state, self.high[rows] - state

    def moved(self, state, step):
        return state + step

    def taken(self, state, index):
        return state[index]

    def placed(self, state, index, part):
        new = state.copy()
        new[index] = part
        return new


def run(work):
    shares = []
    while True:
        try:
            shares.append(next(work))
        except StopIteration as end:
            return end.value, shares


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_the_lowest_point_of_the_box_is_found(seed: int) -> None:
    """At it, no unknown can move within its bounds and lower the cost (the conditions of Karush, Kuhn and Tucker)."""
    random = np.random.default_rng(seed)
    a, b = random.normal(size=(5, 6, 4)), 3 * random.normal(size=(5, 6))
    low, high = -random.random((5, 4)), random.random((5, 4))
    problem = Boxed(a, b, low, high)

    found, _ = run(minimise(problem, np.zeros((5, 4)), np.arange(5), 200, tolerance=1e-12))

    slope = np.einsum("nrp,nr->np", a, problem.residuals(found, np.arange(5)))
    assert (found >= low - 1e-12).all() and (found <= high + 1e-12).all()
    inner = (found > low + 1e-6) & (found < high - 1e-6)
    assert np.abs(slope[inner]).max(initial=0) < 1e-2
    assert (slope[found <= low + 1e-6] > -1e-2).all()
    assert (slope[found >= high - 1e-6] < 1e-2).all()


def test_without_bounds_it_is_ordinary_least_squares() -> None:
    random = np.random.default_rng(1)
    a, b = random.normal(size=(3, 7, 4)), random.normal(size=(3, 7))
    far = np.full((3, 4), np.inf)

    found, shares = run(minimise(Boxed(a, b, -far, far), np.zeros((3, 4)), np.arange(3), 60, tolerance=1e-14))

    for i in range(3):
        np.testing.assert_allclose(found[i], np.linalg.lstsq(a[i], b[i], rcond=None)[0], atol=1e-5)
    assert shares == sorted(shares) and shares[-1] <= 1


def test_it_never_ends_higher_than_it_began() -> None:
    class Bent(Boxed):
        """Its derivatives are wrong by a sign for one of the problems: no step of that helps."""

        def linearise(self, state, rows):
            residuals, slopes = super().linearise(state, rows)
            return residuals, np.where((rows == 0)[:, None, None], -slopes, slopes)

    random = np.random.default_rng(2)
    far = np.full((2, 3), np.inf)
    problem = Bent(random.normal(size=(2, 5, 3)), random.normal(size=(2, 5)), -far, far)
    start = np.zeros((2, 3))

    found, _ = run(minimise(problem, start, np.arange(2), 40))

    np.testing.assert_array_equal(found[0], start[0])
    assert problem.cost(found, np.arange(2))[1] < problem.cost(start, np.arange(2))[1]


def test_what_is_stopped_lets_the_others_make_the_best_of_it() -> None:
    """min (x + y - 2)^2 + 0.01 (x - y)^2 with x <= 0.5: x stops and y takes over nearly all of the rest."""
    slopes = np.array([[[1.0, 1.0], [0.1, -0.1]]])
    residuals = np.array([[-2.0, 0.0]])

    step = bounded_step(residuals, slopes, np.zeros(1), np.full((1, 2), -9.0), np.array([[0.5, 9.0]]))

    assert step[0, 0] == pytest.approx(0.5)
    assert step[0, 1] == pytest.approx((1.5 + 0.01 * 0.5) / 1.01)
