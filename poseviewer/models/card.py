"""Model cards: what a model is and what it was made from. They are read without the weights, and without torch."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from poseviewer.core.errors import CheckpointError
from poseviewer.core.ranges import RangePreset
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.skeleton_files import ranges_from_table, ranges_to_table, skeleton_from_table, skeleton_to_table

FORMAT = 1


@dataclass(frozen=True)
class ModelCard:
    """What a model is, what it was trained on and what it was measured to do.

    kind: "lifter". network: "default" or "paper", with its `shape` (width, blocks, ...).
    skeleton, ranges: TOML-like tables of what it was trained for.
    recipe: the synthesis preset. command: what reproduces it.
    start: the model whose weights it started from, "" for none.
    """

    kind: str
    network: str
    shape: dict[str, Any]
    skeleton: dict[str, Any]
    ranges: dict[str, Any]
    preset: str
    recipe: str
    seed: int
    steps: int
    poses_seen: int
    device: str
    command: str = ""
    metrics: dict[str, float] = field(default_factory=dict)
    notes: str = ""
    start: str = ""
    format: int = FORMAT

    def load_skeleton(self) -> Skeleton:
        return skeleton_from_table(self.skeleton, "the model card")

    def load_ranges(self) -> RangePreset:
        return ranges_from_table(self.ranges, "the model card", self.load_skeleton())


def tables(preset: RangePreset) -> tuple[dict[str, Any], dict[str, Any]]:
    """The skeleton's and the ranges' tables for a card; which bones were locked is not what a model learns from."""
    return skeleton_to_table(preset.skeleton), ranges_to_table(replace(preset, locked=frozenset()))


def read_card(path: Path) -> ModelCard:
    """The card alone, without reading the weights.

    Raises:
        CheckpointError: there is no such file, it is damaged, not a model of ours, or from a newer version.
    """
    try:
        with path.open("rb") as file:
            (size,) = struct.unpack("<Q", file.read(8))
            if size > 50_000_000:
                raise ValueError("not a safetensors file")
            header = json.loads(file.read(size))
        table = json.loads(header["__metadata__"]["card"])
        if int(table.get("format", 0)) > FORMAT:
            raise CheckpointError(f"The model {path} was made by a newer poseviewer; update poseviewer to use it.")
        return ModelCard(**table)
    except CheckpointError:
        raise
    except FileNotFoundError as error:
        raise CheckpointError(
            f"There is no model {path}; check the name or train one with `poseviewer train`."
        ) from error
    except OSError as error:
        raise CheckpointError(f"Cannot read the model {path} ({error.strerror}); check its permissions.") from error
    except (ValueError, KeyError, TypeError, struct.error) as error:
        raise CheckpointError(
            f"{path} is not a model of poseviewer, or it is damaged; choose another or train it again."
        ) from error
