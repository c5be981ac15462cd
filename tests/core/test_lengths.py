"""Units by their words, and by the size of a person."""

from __future__ import annotations

import pytest

from poseviewer.core.lengths import guess_unit, millimetres


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("mm", 1),
        ("mm (rig cm x10)", 1),
        (" CM ", 10),
        ("m", 1000),
        ("meters", 1000),
        ("metres", 1000),
        ("inches", None),
    ],
)
def test_a_unit_is_told_by_its_first_word(unit: str, factor: float) -> None:
    assert millimetres(unit) == factor


@pytest.mark.parametrize("unit", ["px", "", "pixels", "body units", "ms", "s"])
def test_what_is_no_length_is_not_known(unit: str) -> None:
    assert millimetres(unit) is None


@pytest.mark.parametrize(("size", "unit"), [(1.7, "m"), (1.0, "m"), (2.5, "m"), (175, "cm"), (1750, "mm"), (700, "mm")])
def test_a_person_tells_the_unit(size: float, unit: str) -> None:
    assert guess_unit(size) == unit


@pytest.mark.parametrize("size", [0.0, 0.1, 12.0, 40000.0])
def test_no_person_has_such_a_size(size: float) -> None:
    assert guess_unit(size) is None
