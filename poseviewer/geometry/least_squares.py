"""Many small least-squares problems at once, each with bounds: damped Gauss-Newton steps with an active set.

Levenberg 1944 and Marquardt 1963; the bounds are kept as in Kanzow, Yamashita and Fukushima 2004 (projected
Levenberg-Marquardt): an unknown that is at its bound and is pushed outwards does not take part in the step.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
State = TypeVar("State")

LARGEST_DAMPING = 1e7
"""A problem that has to be damped more than this is at its minimum as far as numbers can tell."""


class Problems(Protocol[State]):
    """N problems of P unknowns each. `rows` says which of them a state is about."""

    def cost(self, state: State, rows: Rows) -> Array:
        """(n,) what is minimised: half a sum of squares, or a robust stand-in for it."""

    def linearise(self, state: State, rows: Rows) -> tuple[Array, Array]:
        """Residuals (n, R) and their derivatives (n, R, P), scaled so that their squares model the cost."""

    def room(self, state: State, rows: Rows) -> tuple[Array, Array]:
        """How far each unknown may go down (n, P), <= 0, and up (n, P), >= 0; infinite where it is free."""

    def moved(self, state: State, step: Array) -> State:
        """The state after a step (n, P)."""

    def taken(self, state: State, index: Rows) -> State:
        """Some of the problems of a state."""

    def placed(self, state: State, index: Rows, part: State) -> State:
        """The state with some of its problems replaced."""


def minimise(
    problems: Problems[State], state: State, rows: Rows, iterations: int, tolerance: float = 1e-4
) -> Generator[float, None, State]:
    """Go downhill from a state of the problems `rows`; what is returned never costs more than where it began.

    Yields after every iteration the share of them that is done. A problem stops when a step has improved its cost by
    less than the share `tolerance`.
    """
    cost = problems.cost(state, rows)
    damping = np.full(len(rows), 1e-3)
    active = np.arange(len(rows))
    for iteration in range(iterations):
        if not len(active):
            break
        part = problems.taken(state, active)
        residuals, slopes = problems.linearise(part, rows[active])
        step = bounded_step(residuals, slopes, damping[active], *problems.room(part, rows[active]))
        trial = problems.moved(part, step)
        new = problems.cost(trial, rows[active])
        old = cost[active]
        better = new < old
        state = problems.placed(state, active[better], problems.taken(trial, np.flatnonzero(better)))
        cost[active[better]] = new[better]
        damping[active] = np.where(better, np.maximum(damping[active] * 0.25, 1e-9), damping[active] * 6)
        settled = better & (old - new < tolerance * old + 1e-12)
        active = active[~settled & (damping[active] < LARGEST_DAMPING)]
        yield (iteration + 1) / iterations
    return state


def bounded_step(residuals: Array, slopes: Array, damping: Array, down: Array, up: Array) -> Array:
    """The damped step (n, P) that lowers the squares of residuals (n, R) most within the room there is."""
    transposed = np.swapaxes(slopes, -1, -2)
    gradient = (transposed @ residuals[..., None])[..., 0]
    normal = transposed @ slopes
    diagonal = np.einsum("npp->np", normal)
    normal[:, np.arange(normal.shape[1]), np.arange(normal.shape[1])] += damping[:, None] * diagonal + 1e-12
    free = ~(((down >= -1e-12) & (gradient > 0)) | ((up <= 1e-12) & (gradient < 0)))
    step = _solved(normal, gradient, free)
    beyond = free & ((step < down) | (step > up))
    if beyond.any():
        # What would leave its interval goes to the end of it, and the others make the best of that.
        stopped = np.where(beyond, np.clip(step, down, up), 0.0)
        rest = gradient + (normal @ stopped[..., None])[..., 0]
        step = np.where(beyond, stopped, _solved(normal, rest, free & ~beyond))
    held: Array = np.clip(step, down, up)
    return held


def _solved(normal: Array, gradient: Array, free: NDArray[np.bool_]) -> Array:
    """The Newton step of the free unknowns, 0 for the others."""
    both = free[:, :, None] & free[:, None, :]
    matrix = np.where(both, normal, 0.0)
    index = np.arange(matrix.shape[1])
    matrix[:, index, index] = np.where(free, matrix[:, index, index], 1.0)
    step: Array = np.linalg.solve(matrix, np.where(free, -gradient, 0.0)[..., None])[..., 0]
    return step
