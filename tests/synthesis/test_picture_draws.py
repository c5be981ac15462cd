"""Uniform numbers handed out row by row."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.synthesis.picture_draws import Draws, within

ROWS = np.random.default_rng(0).random((6, 2000), dtype=np.float32)


def test_every_row_is_used_once_and_in_order() -> None:
    draws = Draws(ROWS)

    assert np.array_equal(draws.one(), ROWS[0])
    assert np.array_equal(draws.many(2), ROWS[1:3])
    assert np.array_equal(draws.rest(2).many(2), ROWS[3:5])
    assert draws.used == 5
    with pytest.raises(IndexError, match="7 rows of uniform numbers are wanted, 6 are there"):
        draws.many(2)


def test_numbers_are_distributed_as_asked() -> None:
    draws = Draws(ROWS)
    between, scale, chance = draws.between(2, 4), draws.scale(0.5, 2), draws.chance(0.3)

    assert (between.min(), between.max()) == pytest.approx((2, 4), abs=0.01)
    assert np.median(scale) == pytest.approx(1, abs=0.05)
    assert set(np.unique(chance)) == {0, 1}
    assert chance.mean() == pytest.approx(0.3, abs=0.04)
    assert {between.dtype, scale.dtype, chance.dtype} == {np.dtype(np.float32)}


def test_values_are_held_within_bounds() -> None:
    torch = pytest.importorskip("torch")
    values = np.array([-1, 0.5, 3], np.float32)

    assert within(values, 0.0, 1.0).tolist() == [0, 0.5, 1]
    assert within(torch.from_numpy(values), 0.0, 1.0).tolist() == [0, 0.5, 1]
