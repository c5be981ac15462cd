"""What people and machines are shown: results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from poseviewer.core.errors import PoseviewerError


def write_json(value: Any) -> None:
    """One JSON document on stdout; numbers that are not finite become null, which JSON has a word for."""
    sys.stdout.write(json_text(value))


def json_text(value: Any) -> str:
    """The document that `write_json` writes."""
    return json.dumps(_finite(value), indent=2, ensure_ascii=False) + "\n"


def write_line(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")


def check_output(path: Path, suffixes: Sequence[str]) -> None:
    """Refuse an output that cannot be written, before any work is done for it.

    Raises:
        PoseviewerError: an unknown suffix, a missing folder, or a folder in the place of the file.
    """
    if not any(path.name.lower().endswith(suffix) for suffix in suffixes):
        raise PoseviewerError(f"Cannot write {path}: the name must end in {' or '.join(suffixes)}.")
    if path.is_dir():
        raise PoseviewerError(f"Cannot write {path}: it is a folder; name a file in it.")
    if not path.absolute().parent.is_dir():
        raise PoseviewerError(f"Cannot write {path}: the folder {path.parent} does not exist; create it first.")


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
