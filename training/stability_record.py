"""What a stability study has found so far: the error after every epoch of every seed, and what it comes to (004, 6)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from poseviewer.core.errors import PoseviewerError
from poseviewer.io.atomic import write_text

FORMAT = 1
POOL = 0.375
"""The share of the last epochs that are pooled: 004's epochs 500 to 800 of 800."""


@dataclass(frozen=True)
class Curve:
    """One training. errors, reflected: P-MPJPE after each epoch, without and with reflections.

    failed: why it ended before its last epoch, a sentence; "" if it did not, or may go on.
    """

    errors: tuple[float, ...] = ()
    reflected: tuple[float, ...] = ()
    failed: str = ""

    def after(self, error: float, reflected: float) -> Curve:
        """With one epoch more."""
        return Curve((*self.errors, error), (*self.reflected, reflected), self.failed)


@dataclass(frozen=True)
class Spread:
    """std: the sample's standard deviation, NaN for a single value. count: of values."""

    mean: float
    std: float
    count: int

    @classmethod
    def of(cls, values: ArrayLike) -> Spread:
        array = np.asarray(values, dtype=np.float64).ravel()
        if not array.size:
            return cls(math.nan, math.nan, 0)
        return cls(float(array.mean()), float(array.std(ddof=1)) if array.size > 1 else math.nan, array.size)


@dataclass(frozen=True)
class Summary:
    """Three answers to when to stop. last: the last epoch's error, over the seeds. pooled: those of the last epochs
    and all seeds. minimum: of each seed's best epoch, which nobody knows without the truth."""

    last: Spread
    pooled: Spread
    minimum: Spread


@dataclass(frozen=True)
class StabilityRecord:
    """A study, finished or not.

    Attributes:
        settings: what all its trainings have in common; `epochs` is one of them.
        unit: of the errors. flat: of the flat pose, without and with reflections.
        curves: by preset and seed, in the order in which they were begun.
    """

    settings: Mapping[str, Any]
    unit: str
    flat: tuple[float, float]
    curves: Mapping[str, Mapping[int, Curve]] = field(default_factory=dict)

    @property
    def epochs(self) -> int:
        return int(self.settings["epochs"])

    def curve(self, preset: str, seed: int) -> Curve | None:
        """None where it was not begun."""
        return self.curves.get(preset, {}).get(seed)

    def with_curve(self, preset: str, seed: int, curve: Curve) -> StabilityRecord:
        return replace(self, curves={**self.curves, preset: {**self.curves.get(preset, {}), seed: curve}})

    def finished(self, preset: str) -> list[Curve]:
        """The trainings that came to their last epoch."""
        return [c for c in self.curves.get(preset, {}).values() if len(c.errors) >= self.epochs]

    def summary(self, preset: str, reflected: bool, pool: float = POOL) -> Summary:
        """Over the finished trainings of a preset."""
        chosen = [c.reflected if reflected else c.errors for c in self.finished(preset)]
        return summarise(np.reshape(chosen, (len(chosen), self.epochs)), pool)


def pooled_epochs(epochs: int, pool: float = POOL) -> int:
    """How many of the last epochs are pooled, at least one."""
    return max(1, round(pool * epochs))


def summarise(errors: ArrayLike, pool: float = POOL) -> Summary:
    """Of errors (seeds, epochs)."""
    values = np.asarray(errors, dtype=np.float64)
    count = pooled_epochs(values.shape[1], pool)
    return Summary(Spread.of(values[:, -1]), Spread.of(values[:, -count:]), Spread.of(values.min(axis=1)))


def write_record(record: StabilityRecord, path: Path, pool: float = POOL) -> None:
    """Write it as JSON, with its summaries, in one step; errors that are no numbers are null."""
    curves = {
        preset: {
            str(seed): {"p_mpjpe": c.errors, "p_mpjpe_reflection_best": c.reflected, "failed": c.failed}
            for seed, c in of_preset.items()
        }
        for preset, of_preset in record.curves.items()
    }
    document = {
        "format": FORMAT, "settings": dict(record.settings), "unit": record.unit, "flat": record.flat,
        "summary": summary_table(record, pool), "curves": curves,
    }  # fmt: skip
    write_text(path, json.dumps(_without_nan(document), indent=1) + "\n")


def summary_table(record: StabilityRecord, pool: float = POOL) -> list[dict[str, Any]]:
    """A row per preset and alignment."""
    rows = []
    for preset in record.curves:
        for reflected in (False, True):
            found = record.summary(preset, reflected, pool)
            row = {"preset": preset, "alignment": "reflection-best" if reflected else "no reflection"}
            spreads = {"last": found.last, "pooled": found.pooled, "minimum": found.minimum}
            row |= {name: {"mean": s.mean, "std": s.std} for name, s in spreads.items()}
            failed = sum(bool(c.failed) for c in record.curves[preset].values())
            rows.append(row | {"seeds": len(record.finished(preset)), "failed": failed})
    return rows


def read_record(path: Path) -> StabilityRecord:
    """
    Raises:
        PoseviewerError: the file cannot be read, or is no record of a stability study.
    """
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        if table["format"] != FORMAT:
            raise KeyError("format")
        curves = {
            preset: {
                int(seed): Curve(_numbers(c["p_mpjpe"]), _numbers(c["p_mpjpe_reflection_best"]), str(c["failed"]))
                for seed, c in of_preset.items()
            }
            for preset, of_preset in table["curves"].items()
        }
        first, second = _numbers(table["flat"])
        return StabilityRecord(dict(table["settings"]), str(table["unit"]), (first, second), curves)
    except OSError as error:
        raise PoseviewerError(f"{path} cannot be read ({error.strerror}); check its owner.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PoseviewerError(
            f"{path} is there, but it is no record of a stability study; remove it or choose another output."
        ) from error


def differing(record: StabilityRecord, settings: Mapping[str, Any]) -> list[str]:
    """What a study that is to be continued was asked for otherwise."""
    alike = json.loads(json.dumps([dict(record.settings), dict(settings)]))
    return sorted(name for name in {*alike[0], *alike[1]} if alike[0].get(name) != alike[1].get(name))


def _numbers(values: Sequence[float | None]) -> tuple[float, ...]:
    return tuple(math.nan if v is None else float(v) for v in values)


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
