"""A small writer of netCDF files, in the classic format with 64-bit offsets: every netCDF library reads it.

The layout follows the format's specification, "The NetCDF Classic Format Specification" (Unidata): a header of
dimensions, attributes and variables, then each variable's numbers in big-endian order.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.io.atomic import replacing

_CHAR, _INT, _FLOAT, _DOUBLE = 2, 4, 5, 6
_DIMENSION, _VARIABLE, _ATTRIBUTE = 10, 11, 12
_KINDS = {"S": _CHAR, "i": _INT, "f": _FLOAT, "d": _DOUBLE}

Attributes = Mapping[str, str | float]


@dataclass(frozen=True, eq=False)
class Variable:
    """An array with named dimensions: float32, float64, int32, or text (kept as characters, UTF-8)."""

    name: str
    dimensions: tuple[str, ...]
    values: NDArray[Any]
    attributes: Attributes = field(default_factory=dict)


def write_netcdf(path: Path, variables: Sequence[Variable], attributes: Attributes) -> None:
    """Write one file; a variable named like its only dimension holds that dimension's coordinates.

    Raises:
        OSError: the folder is missing, read-only or full.
    """
    plain = [_without_text(v) for v in variables]
    sizes: dict[str, int] = {}
    for variable in plain:
        for name, size in zip(variable.dimensions, variable.values.shape, strict=True):
            if sizes.setdefault(name, size) != size:
                raise ValueError(f"dimension {name} is {sizes[name]} and {size} long")
    places = {name: i for i, name in enumerate(sizes)}
    payloads = [_payload(v) for v in plain]

    def header(begins: list[int]) -> bytes:
        dimensions = [_name(n) + struct.pack(">i", size) for n, size in sizes.items()]
        described = [
            _name(v.name)
            + struct.pack(f">i{len(v.dimensions)}i", len(v.dimensions), *(places[d] for d in v.dimensions))
            + _attributes(v.attributes)
            + struct.pack(">iiq", _KINDS[_code(v)], len(payload), begin)
            for v, payload, begin in zip(plain, payloads, begins, strict=True)
        ]
        none = struct.pack(">i", 0)  # no record dimension
        return b"CDF\x02" + none + _list(_DIMENSION, dimensions) + _attributes(attributes) + _list(_VARIABLE, described)

    begins = [len(header([0] * len(plain)))]
    for payload in payloads[:-1]:
        begins.append(begins[-1] + len(payload))
    with replacing(path) as temporary, temporary.open("wb") as file:
        file.write(header(begins))
        for payload in payloads:
            file.write(payload)


def _without_text(variable: Variable) -> Variable:
    """Text becomes characters along one more dimension, the convention of xarray and the netCDF libraries."""
    if variable.values.dtype.kind != "U":
        return variable
    encoded = np.char.encode(variable.values, "utf-8")
    width = max(encoded.dtype.itemsize, 1)
    characters = np.frombuffer(encoded.astype(f"S{width}").tobytes(), dtype="S1").reshape(*encoded.shape, width)
    attributes = {**variable.attributes, "_Encoding": "utf-8"}
    return Variable(variable.name, (*variable.dimensions, f"string{width}"), characters, attributes)


def _code(variable: Variable) -> str:
    return "S" if variable.values.dtype.kind == "S" else variable.values.dtype.char.replace("l", "i")


def _payload(variable: Variable) -> bytes:
    values = variable.values
    if values.dtype.kind != "S":
        values = values.astype(f">{'i4' if values.dtype.kind == 'i' else values.dtype.str[1:]}")
    return _padded(values.tobytes())


def _attributes(attributes: Attributes) -> bytes:
    return _list(_ATTRIBUTE, [_attribute(name, value) for name, value in attributes.items()])


def _attribute(name: str, value: str | float) -> bytes:
    if isinstance(value, str):
        text = value.encode("utf-8")
        return _name(name) + struct.pack(">ii", _CHAR, len(text)) + _padded(text)
    return _name(name) + struct.pack(">iid", _DOUBLE, 1, value)


def _list(tag: int, items: list[bytes]) -> bytes:
    return struct.pack(">ii", tag if items else 0, len(items)) + b"".join(items)


def _name(name: str) -> bytes:
    text = name.encode("utf-8")
    return struct.pack(">i", len(text)) + _padded(text)


def _padded(content: bytes) -> bytes:
    return content + b"\x00" * (-len(content) % 4)
