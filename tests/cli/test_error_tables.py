"""Tables in files: Markdown to paste, JSON to read."""

from __future__ import annotations

import json
from pathlib import Path

from poseviewer.cli.error_tables import as_text, as_values, write_tables
from poseviewer.core.error_table import Column, ErrorTable

TABLES = [
    ErrorTable(title, (Column("name", "model"), Column("error", "mm")), ({"name": "a", "error": value},))
    for title, value in (("One", 1.0), ("Two", float("nan")))
]


def test_markdown_has_one_table_under_the_other(tmp_path: Path) -> None:
    write_tables(tmp_path / "t.md", TABLES)

    assert (tmp_path / "t.md").read_text(encoding="utf-8") == as_text(TABLES)
    assert as_text(TABLES).count("\n\n") == 3
    assert "| a     | 1.0 |" in as_text(TABLES)


def test_json_can_be_read_again_also_where_a_number_is_none(tmp_path: Path) -> None:
    write_tables(tmp_path / "t.JSON", TABLES)

    read = json.loads((tmp_path / "t.JSON").read_text(encoding="utf-8"))

    assert read[0] == as_values(TABLES)[0]
    assert read[1]["rows"] == [{"name": "a", "error": None}]
