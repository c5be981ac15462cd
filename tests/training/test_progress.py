"""A report of a training loop."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from training.progress import Progress


def test_a_report_does_not_change_after_it_was_made() -> None:
    report = Progress(step=5, steps=10, losses={"L_ed": -0.5}, poses_seen=500, rate=100.0)

    assert report.validation == {}
    with pytest.raises(FrozenInstanceError):
        report.step = 6  # type: ignore[misc]
