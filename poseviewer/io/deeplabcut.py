"""DeepLabCut's tables of labels and predictions, as .csv or .h5: one animal, several, or several with unique parts.

Column names are (scorer, [individual], bodypart, x | y | likelihood); rows are images, or frames of one video.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.project import Instance
from poseviewer.io.labelled_frames import LabelFile, LabelledFrame, instances_of

TOOL = "DeepLabCut"


class TableError(ValueError):
    """A file that is not laid out as DeepLabCut lays them out."""


@dataclass(frozen=True, eq=False)
class Table:
    """columns: (C,) tuples of names; rows: (N,) image paths or frame numbers; values: (N, C), NaN where empty."""

    columns: Sequence[tuple[str, ...]]
    rows: Sequence[str | int]
    values: NDArray[np.float64]


def is_csv(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(7) == b"scorer,"


def read_csv(path: Path) -> LabelFile:
    """
    Raises:
        TableError: it is not laid out like one of DeepLabCut's.
    """
    with path.open(newline="", encoding="utf-8-sig") as stream:
        lines = [line for line in csv.reader(stream) if line]
    header = [line for line in lines[:4] if line[0] in ("scorer", "individuals", "bodyparts", "coords")]
    if [line[0] for line in header] not in (
        ["scorer", "bodyparts", "coords"],
        ["scorer", "individuals", "bodyparts", "coords"],
    ):
        raise TableError("its first rows are not scorer, bodyparts and coords")
    first = next((i for i, cell in enumerate(header[0]) if i and cell), 1)  # an image's path may be in three columns
    lines = _squared(lines, max(map(len, header)))
    header = lines[: len(header)]
    body = lines[len(header) :]
    try:
        values = np.array([[float(c) if c else np.nan for c in line[first:]] for line in body], dtype=np.float64)
    except ValueError as error:
        raise TableError(f"a coordinate is not a number: {error}") from error
    columns = list(zip(*(line[first:] for line in header), strict=True))
    rows = [_row_name(line[:first]) for line in body]
    return label_file(path, Table(columns, rows, values.reshape(len(rows), len(columns))))


def _squared(lines: list[list[str]], width: int) -> list[list[str]]:
    """All rows equally wide: spreadsheets drop empty cells at the end of a row, or add some."""
    for number, line in enumerate(lines):
        if any(line[width:]):
            raise TableError(f"row {number + 1} has {len(line)} cells, but there are {width} columns")
    return [line[:width] + [""] * (width - len(line)) for line in lines]


def label_file(path: Path, table: Table) -> LabelFile:
    """What a table says.

    Raises:
        TableError: a bodypart has no x or no y.
    """
    places = {
        (column[1] if len(column) == 4 else "", column[-2], column[-1]): i for i, column in enumerate(table.columns)
    }
    individuals = list(dict.fromkeys(individual for individual, _, _ in places))
    joints = list(dict.fromkeys(part for _, part, _ in places))
    animals = [_individual(table.values, places, individual, joints) for individual in individuals]
    video = video_of(path)
    frames = []
    for number, row in enumerate(table.rows):
        there = tuple(animal[number] for animal in animals)
        instances = tuple(instance for instance in there if instance is not None)
        if instances:
            media, frame = (row, 0) if isinstance(row, str) else (video, row)
            frames.append(LabelledFrame(media, frame, instances))
    return LabelFile(str(path), TOOL, tuple(joints), tuple(frames))


def video_of(path: Path) -> str:
    """The name of the video that a file of predictions is about: DeepLabCut writes it before "DLC", without suffix."""
    name, found, _ = path.name.partition("DLC_")
    return name if found else ""


def _individual(
    values: NDArray[np.float64], places: dict[tuple[str, str, str], int], individual: str, joints: list[str]
) -> list[Instance | None]:
    keypoints = np.full((len(values), len(joints), 2), np.nan)
    scores = np.full((len(values), len(joints)), np.nan, dtype=np.float32)
    predicted = False
    for joint, part in enumerate(joints):
        x, y = places.get((individual, part, "x")), places.get((individual, part, "y"))
        if (x is None) != (y is None):
            raise TableError(f"the bodypart {part} has only one of x and y")
        if x is None or y is None:
            continue  # a part of other individuals
        keypoints[:, joint, 0], keypoints[:, joint, 1] = values[:, x], values[:, y]
        likelihood = places.get((individual, part, "likelihood"))
        if likelihood is not None:
            predicted = True
            scores[:, joint] = values[:, likelihood]
    return instances_of(keypoints, identity=individual, scores=scores if predicted else None)


def _row_name(cells: list[str]) -> str | int:
    text = "/".join(cells)
    return int(text) if text.isdigit() else text.replace("\\", "/")


# .h5


def is_h5(root: Any) -> bool:
    """Whether an open HDF5 file holds a pandas table, as DeepLabCut's do."""
    return any("pandas_type" in group.attrs for group in root.values())


def read_h5(path: Path, root: Any) -> LabelFile:
    """Read an open HDF5 file without PyTables, and without unpickling what pandas pickled in it.

    Raises:
        TableError: it is not laid out like one of DeepLabCut's.
    """
    group = next(group for group in root.values() if "pandas_type" in group.attrs)
    kind = _text(group.attrs["pandas_type"])
    if kind == "frame_table":
        table = _appendable_table(group["table"])
    elif kind == "frame":
        table = _fixed_table(group)
    else:
        raise TableError(f"it holds a pandas {kind}, not a table")
    return label_file(path, table)


def _appendable_table(node: Any) -> Table:
    from poseviewer.io.pickled_names import read_names

    names = read_names(bytes(node.attrs["values_block_0_kind"]))
    columns = [tuple(str(part) for part in name) for name in names if isinstance(name, tuple)]
    stored = node[:]
    values = np.asarray(stored["values_block_0"], dtype=np.float64)
    if len(columns) != values.shape[1] or any(len(c) not in (3, 4) for c in columns):
        raise TableError("its column names are not scorer, bodypart and coordinate")
    return Table(columns, [_index_name(value) for value in stored["index"].tolist()], values)


def _fixed_table(group: Any) -> Table:
    columns = list(zip(*_levels(group, "axis0"), strict=True))
    if any(len(c) not in (3, 4) for c in columns):
        raise TableError("its column names are not scorer, bodypart and coordinate")
    if "axis1" in group:
        rows = [_index_name(value) for value in group["axis1"][:].tolist()]
    else:
        rows = [_row_name(list(cells)) for cells in zip(*_levels(group, "axis1"), strict=True)]
    values = np.asarray(group["block0_values"][:], dtype=np.float64)
    if values.shape != (len(rows), len(columns)):
        raise TableError("its numbers are not in one block")
    order = list(zip(*_levels(group, "block0_items"), strict=True))
    return Table(columns, rows, values[:, [order.index(column) for column in columns]])


def _levels(group: Any, axis: str) -> list[list[str]]:
    """The names along an axis of several levels: pandas keeps each level's values and an index into them."""
    levels: list[list[str]] = []
    while f"{axis}_level{len(levels)}" in group:
        values = [_text(v) for v in group[f"{axis}_level{len(levels)}"][:].tolist()]
        levels.append([values[i] for i in group[f"{axis}_label{len(levels)}"][:].tolist()])
    if not levels:
        raise TableError("its column names have no levels")
    return levels


def _index_name(value: Any) -> str | int:
    return int(value) if isinstance(value, int) else _row_name([_text(value)])


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
