"""A stability record: what it comes to, as the paper counts it, and its way to a file and back."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from poseviewer.core.errors import PoseviewerError
from training.stability_record import (
    Curve,
    StabilityRecord,
    differing,
    pooled_epochs,
    read_record,
    summarise,
    summary_table,
    write_record,
)

ERRORS = np.array([[90.0, 50, 40, 44], [80, 60, 52, 48]])


def record(*curves: Curve, epochs: int = 4) -> StabilityRecord:
    found = StabilityRecord({"method": "hardy", "epochs": epochs}, "mm", (120.0, 118.0))
    for seed, curve in enumerate(curves):
        found = found.with_curve("full", seed, curve)
    return found


def test_last_pooled_and_minimum() -> None:
    found = summarise(ERRORS, pool=0.5)

    assert (found.last.mean, found.last.std, found.last.count) == (46, pytest.approx(math.sqrt(8)), 2)
    assert found.pooled.mean == 46  # 40, 44, 52, 48
    assert found.pooled.std == pytest.approx(np.std([40, 44, 52, 48], ddof=1))
    assert (found.minimum.mean, found.minimum.std) == (44, pytest.approx(math.sqrt(32)))


def test_the_papers_pool_is_epochs_500_to_800() -> None:
    assert pooled_epochs(800) == 300
    assert pooled_epochs(1) == 1
    assert pooled_epochs(4, 0.0) == 1


def test_one_seed_has_no_deviation() -> None:
    found = summarise(ERRORS[:1])

    assert found.last.mean == 44
    assert math.isnan(found.last.std)


def test_only_trainings_that_came_to_their_end_count() -> None:
    whole = Curve(tuple(ERRORS[0]), tuple(ERRORS[0] - 10))
    found = record(whole, Curve((1.0,), (1.0,)), Curve((2.0,), (2.0,), failed="it is no longer a number"))

    assert found.summary("full", reflected=False).last.mean == 44
    assert found.summary("full", reflected=True).last.mean == 34
    row = summary_table(found)[0]
    assert (row["seeds"], row["failed"], row["alignment"]) == (1, 1, "no reflection")
    assert found.summary("nothing", reflected=False).last.count == 0


def test_to_a_file_and_back(tmp_path: Path) -> None:
    found = record(Curve((1.5, math.nan), (1.0, 2.0)), Curve(failed="why"))
    write_record(found, tmp_path / "r.json")

    again = read_record(tmp_path / "r.json")

    assert again.settings == found.settings
    assert (again.unit, again.flat) == ("mm", (120.0, 118.0))
    assert again.curve("full", 1) == Curve(failed="why")
    curve = again.curve("full", 0)
    assert curve is not None
    assert math.isnan(curve.errors[1])
    assert curve.reflected == (1.0, 2.0)
    assert "NaN" not in (tmp_path / "r.json").read_text(encoding="utf-8")


def test_what_was_asked_for_otherwise() -> None:
    assert differing(record(), {"method": "hardy", "epochs": 4}) == []
    assert differing(record(), {"method": "hardy", "epochs": 5, "batch": None, "views": (0, 20)}) == ["epochs", "views"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', json.dumps({"format": 99})])
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.json").write_text(text, encoding="utf-8")

    with pytest.raises(PoseviewerError, match="no record of a stability study"):
        read_record(tmp_path / "r.json")
