"""A constant comes in the kind and precision of the array it is wanted beside, and is made once."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from poseviewer.geometry.constants import Constant


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_numpy(kind: type) -> None:
    constant = Constant([[0.1], [0.2]])

    made = constant.like(np.zeros(3, kind))

    assert isinstance(made, np.ndarray)
    assert made.dtype == kind
    assert made.tolist() == pytest.approx(np.array([[0.1], [0.2]]), abs=1e-7)
    assert constant.like(np.ones((2, 2), kind)) is made


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_torch(kind: torch.dtype) -> None:
    constant = Constant(np.arange(4))

    made = constant.like(torch.zeros(1, dtype=kind))

    assert made.dtype == kind
    assert torch.equal(made, torch.arange(4, dtype=kind))
    assert constant.like(np.zeros(1)).dtype == np.float64
