"""Tables of measured numbers: as Markdown that lines up in a terminal and can be pasted, and as values for JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Spread:
    """The mean and the standard deviation of one number over repetitions (views, seeds); std NaN where there was one.

    The deviation is that of a sample: n - 1 in the denominator.
    """

    mean: float
    std: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of the values that are numbers; NaN where there is none."""
        known = [value for value in values if math.isfinite(value)]
        if not known:
            return cls(math.nan, math.nan)
        mean = math.fsum(known) / len(known)
        if len(known) == 1:
            return cls(mean, math.nan)
        return cls(mean, math.sqrt(math.fsum((value - mean) ** 2 for value in known) / (len(known) - 1)))


Value = str | int | float | Spread | None


@dataclass(frozen=True)
class Column:
    """key: of its values in a row. title: at its head. form: of its numbers, as in f"{value:{form}}"."""

    key: str
    title: str
    form: str = ".1f"


@dataclass(frozen=True)
class ErrorTable:
    """title: a line above it. rows: the value of each column by its key; absent and None are shown as a dash."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Value], ...]


def to_markdown(table: ErrorTable) -> str:
    """A line with the title, an empty one, and the table; words left, numbers right."""
    cells = [[_cell(row.get(column.key), column.form) for column in table.columns] for row in table.rows]
    titles = [_escaped(column.title) for column in table.columns]
    words = [all(isinstance(row.get(c.key, ""), str) for row in table.rows) for c in table.columns]
    widths = [max(len(text) for text in texts) for texts in zip(titles, *cells, strict=True)]
    widths = [max(width, 2) for width in widths]

    def line(texts: Sequence[str]) -> str:
        padded = (
            text.ljust(width) if left else text.rjust(width)
            for text, width, left in zip(texts, widths, words, strict=True)
        )
        return "| " + " | ".join(padded) + " |"

    rule = ("-" * width if left else "-" * (width - 1) + ":" for width, left in zip(widths, words, strict=True))
    return "\n".join([table.title, "", line(titles), line(list(rule)), *(line(row) for row in cells)]) + "\n"


def to_value(table: ErrorTable) -> dict[str, Any]:
    """What JSON can hold of it: the title, the columns' titles by key, and the rows; a spread is {"mean", "std"}."""
    return {
        "title": table.title,
        "columns": {column.key: column.title for column in table.columns},
        "rows": [{column.key: plain(row.get(column.key)) for column in table.columns} for row in table.rows],
    }


def plain(value: Value) -> Any:
    """A value as JSON can hold it."""
    return {"mean": value.mean, "std": value.std} if isinstance(value, Spread) else value


def _cell(value: Value, form: str) -> str:
    if isinstance(value, Spread):
        mean = _cell(value.mean, form)
        return mean if math.isnan(value.std) else f"{mean} ± {value.std:{form}}"
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    return _escaped(value) if isinstance(value, str) else f"{value:{form}}"


def _escaped(text: str) -> str:
    """A bar would end the cell."""
    return text.replace("|", "\\|").replace("\n", " ")
