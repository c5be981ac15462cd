"""The netCDF writer, read back by a reader of the format's specification."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from poseviewer.io.netcdf import Variable, write_netcdf


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "poses.nc"


class Reader:
    """A reader of the classic format, written from the specification for this test."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 4
        assert content[:4] == b"CDF\x02"
        assert self.take(">i") == 0
        self.sizes = [(self.name(), self.take(">i")) for _ in self.items(10)]
        self.attributes = self.read_attributes()
        self.variables = {}
        for _ in self.items(11):
            name = self.name()
            dimensions = [self.sizes[self.take(">i")] for _ in range(self.take(">i"))]
            attributes, kind = self.read_attributes(), self.take(">i")
            length, begin = self.take(">i"), self.take(">q")
            dtype = {2: "S1", 4: ">i4", 5: ">f4", 6: ">f8"}[kind]
            shape = [size for _, size in dimensions]
            count = int(np.prod(shape))
            values = np.frombuffer(content, dtype, count, begin).reshape(shape)
            assert length == -(-count * np.dtype(dtype).itemsize // 4) * 4
            self.variables[name] = ([n for n, _ in dimensions], values, attributes)

    def take(self, form: str):
        (value,) = struct.unpack_from(form, self.content, self.at)
        self.at += struct.calcsize(form)
        return value

    def text(self, length: int) -> str:
        start, self.at = self.at, self.at + -(-length // 4) * 4
        return self.content[start : start + length].decode()

    def name(self) -> str:
        return self.text(self.take(">i"))

    def items(self, tag: int) -> range:
        found, count = self.take(">i"), self.take(">i")
        assert found == (tag if count else 0)
        return range(count)

    def read_attributes(self) -> dict[str, object]:
        found: dict[str, object] = {}
        for _ in self.items(12):
            name, kind, count = self.name(), self.take(">i"), self.take(">i")
            found[name] = self.text(count) if kind == 2 else self.take(">d")
        return found


def test_what_is_written_is_what_the_specification_says(path: Path) -> None:
    values = np.arange(15, dtype=np.float32).reshape(5, 3)
    variables = [
        Variable("keypoint", ("keypoint",), np.array(["nose", "queue é", "x"])),
        Variable("time", ("time",), np.arange(5.0)),
        Variable("position", ("time", "keypoint"), values, {"units": "px"}),
        Variable("count", ("time",), np.arange(5, dtype=np.int64)),
    ]
    write_netcdf(path, variables, {"fps": 25.0, "source_software": "poseviewer"})
    found = Reader(path.read_bytes())
    assert found.attributes == {"fps": 25.0, "source_software": "poseviewer"}
    assert found.variables["position"][0] == ["time", "keypoint"]
    assert np.array_equal(found.variables["position"][1], values) and found.variables["position"][2] == {"units": "px"}
    assert np.array_equal(found.variables["time"][1], np.arange(5.0))
    assert np.array_equal(found.variables["count"][1], np.arange(5))
    names = [b"".join(row).rstrip(b"\0").decode() for row in found.variables["keypoint"][1].tolist()]
    assert names == ["nose", "queue é", "x"] and found.variables["keypoint"][2] == {"_Encoding": "utf-8"}


def test_one_dimension_has_one_length(path: Path) -> None:
    with pytest.raises(ValueError, match="dimension time is 2 and 3 long"):
        write_netcdf(path, [Variable("a", ("time",), np.zeros(2)), Variable("b", ("time",), np.zeros(3))], {})
    assert not path.exists()
