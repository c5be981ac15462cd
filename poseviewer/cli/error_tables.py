"""Tables of errors on the screen, in a report for machines, and in files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from poseviewer.cli.console import json_text
from poseviewer.core.error_table import ErrorTable, to_markdown, to_value
from poseviewer.io.atomic import write_text

SUFFIXES = (".md", ".json")


def as_text(tables: Sequence[ErrorTable]) -> str:
    """One table under the other, as Markdown."""
    return "\n".join(to_markdown(table) for table in tables)


def as_values(tables: Sequence[ErrorTable]) -> list[dict[str, Any]]:
    return [to_value(table) for table in tables]


def write_tables(path: Path, tables: Sequence[ErrorTable]) -> None:
    """Write them to a file: JSON where its name ends in .json, Markdown otherwise.

    Raises:
        OSError: the folder is missing, read-only or full.
    """
    write_text(path, json_text(as_values(tables)) if path.name.lower().endswith(".json") else as_text(tables))
