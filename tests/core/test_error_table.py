"""Tables that line up, and what JSON gets of them."""

from __future__ import annotations

import math

from poseviewer.core.error_table import Column, ErrorTable, Spread, to_markdown, to_value

TABLE = ErrorTable(
    "Two models",
    (Column("name", "model"), Column("error", "P-MPJPE mm"), Column("size", "numbers", ",d")),
    (
        {"name": "flat", "error": Spread(123.456, 1.04), "size": None},
        {"name": "a|b", "error": Spread(45.0, math.nan), "size": 1234567},
        {"name": "none", "error": math.nan},
    ),
)


def test_markdown_lines_up_and_can_be_pasted() -> None:
    assert to_markdown(TABLE) == (
        "Two models\n"
        "\n"
        "| model |  P-MPJPE mm |   numbers |\n"
        "| ----- | ----------: | --------: |\n"
        "| flat  | 123.5 ± 1.0 |         – |\n"
        "| a\\|b  |        45.0 | 1,234,567 |\n"
        "| none  |           – |         – |\n"
    )


def test_json_has_every_value_unrounded() -> None:
    value = to_value(TABLE)

    assert value["columns"] == {"name": "model", "error": "P-MPJPE mm", "size": "numbers"}
    assert value["rows"][0] == {"name": "flat", "error": {"mean": 123.456, "std": 1.04}, "size": None}


def test_the_deviation_is_that_of_a_sample() -> None:
    # (1, 2, 3): the squares of the deviations are 1, 0, 1, over n - 1 = 2.
    assert Spread.of([1.0, 2.0, 3.0, math.nan]) == Spread(2.0, 1.0)


def test_one_value_has_no_deviation_and_none_no_mean() -> None:
    assert Spread.of([4.0]).mean == 4.0
    assert math.isnan(Spread.of([4.0]).std)
    assert math.isnan(Spread.of([]).mean)
