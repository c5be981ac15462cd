"""Whether a project uses the model of a run: accepting one gives the project a copy beside the run's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from poseviewer.io.run_store import RunRecord


def comes_from(model: str, record: RunRecord) -> bool:
    """Whether a project's model, "" for the shipped one, is this run's, be it of an earlier step."""
    return bool(model) and Path(model).absolute().parent == record.model.absolute().parent


def is_latest(model: str, record: RunRecord) -> bool:
    """Whether it is the run's model as it is now: a run that was continued has a newer one than was accepted."""
    if not comes_from(model, record):
        return False
    name = Path(model)
    return name.name == record.model.name or name.stem.rpartition("-")[2] == str(record.step)
