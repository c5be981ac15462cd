"""Units of length: how many millimetres a word is, and which one a person is probably measured in."""

from __future__ import annotations

MILLIMETRES = {
    "mm": 1.0,
    "millimetre": 1.0,
    "millimeter": 1.0,
    "cm": 10.0,
    "centimetre": 10.0,
    "centimeter": 10.0,
    "dm": 100.0,
    "m": 1000.0,
    "metre": 1000.0,
    "meter": 1000.0,
    "inch": 25.4,
    "ft": 304.8,
}

SMALLEST_PERSON, LARGEST_PERSON = 500.0, 3000.0
"""mm: the longer side of the box around a person, from a crouched child's to raised arms."""


def millimetres(unit: str) -> float | None:
    """How many mm one of the unit is, by its first word ("mm (rig cm x10)" is mm); None for pixels and others."""
    words = unit.strip().lower().split()
    word = words[0].strip(",;()") if words else ""
    return MILLIMETRES.get(word, MILLIMETRES.get(word.removesuffix("s")) if len(word) > 3 else None)


def guess_unit(person: float) -> str | None:
    """Of mm, cm and m the unit in which a number is the size of a person; None where it is in none."""
    for unit in ("mm", "cm", "m"):
        if SMALLEST_PERSON <= person * MILLIMETRES[unit] < LARGEST_PERSON:
            return unit
    return None
