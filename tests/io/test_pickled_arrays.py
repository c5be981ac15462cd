"""Arrays are read out of pickles of every protocol and both Pythons, and a pickle that does more is refused."""

from __future__ import annotations

import os
import pickle
from collections import OrderedDict, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from poseviewer.core.errors import LabelFileError
from poseviewer.io.pickled_arrays import read_object_arrays, read_pickled
from poseviewer.io.pickled_names import ForeignPickleError

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
CONTENT: dict[str, Any] = {
    "S1": {"Directions 1": np.arange(12, dtype=np.float32).reshape(2, 2, 3), "names": ["a", "b"]},
    "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "numbers": (1, 2.5, True, None, 2**70, np.float64(3.5), np.int32(4)),
    "big": np.arange(3, dtype=">i4"),
    "empty": np.zeros((0, 3), dtype=np.uint8),
    "text": np.array(["x", "yz"]),
}


def same(found: Any, expected: Any) -> None:
    if isinstance(expected, dict):
        assert list(found) == list(expected)
        for key in expected:
            same(found[key], expected[key])
    elif isinstance(expected, list | tuple):
        assert type(found) is type(expected) and len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            same(one, other)
    elif isinstance(expected, np.ndarray):
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == expected.dtype
    else:
        assert found == expected


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_was_pickled_is_read(protocol: int) -> None:
    same(read_pickled(pickle.dumps(CONTENT, protocol)), CONTENT)


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        arrays.arrays(st.sampled_from(["f4", "f8", "i2", "?", "<u8"]), arrays.array_shapes(max_dims=4, max_side=4))
        | st.integers() | st.text() | st.floats(allow_nan=False) | st.none() | st.binary(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=5,
    ),
    st.sampled_from(PROTOCOLS),
)  # fmt: skip
def test_whatever_holds_only_arrays_comes_back(content: Any, protocol: int) -> None:
    same(read_pickled(pickle.dumps(content, protocol)), content)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_other_dictionaries_become_plain_ones(protocol: int) -> None:
    nested = defaultdict(dict, {"a": {"b": np.ones(2)}})
    same(read_pickled(pickle.dumps(nested, protocol)), {"a": {"b": np.ones(2)}})
    same(read_pickled(pickle.dumps(OrderedDict(z=1, a=2), protocol)), {"z": 1, "a": 2})


def test_python_2_kept_bytes_as_text() -> None:
    """As Python 2 with protocol 2 wrote np.array([1, 2], dtype='i4')."""
    raw = np.array([1, 300], dtype="<i4").tobytes()
    pickled = (
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x00cnumpy\nndarray\nq\x01K\x00\x85q\x02U\x01bq\x03\x87q\x04Rq\x05"
        b"(K\x01K\x02\x85q\x06cnumpy\ndtype\nq\x07U\x02i4q\x08K\x00K\x01\x87q\tRq\n(K\x03U\x01<q\x0bNNNJ\xff\xff\xff\xff"
        b"J\xff\xff\xff\xffK\x00tq\x0cb\x89U" + bytes([len(raw)]) + raw + b"q\x0dtq\x0eb."
    )
    np.testing.assert_array_equal(read_pickled(pickled), [1, 300])


class Bomb:
    def __init__(self, function: Any, *arguments: Any) -> None:
        self._reduced = function, arguments

    def __reduce__(self) -> Any:
        return self._reduced


BOMBS = [
    Bomb(exec, "raise SystemExit('it ran')"), Bomb(os.system, "true"), Bomb(getattr, "a", "upper"),
    Bomb(np.load, "x"), Bomb(np.zeros, 10**12), Path("x"), object(),
]  # fmt: skip


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: repr(bomb)[:20])
def test_a_program_is_refused_and_not_run(bomb: Any, protocol: int) -> None:
    with pytest.raises(ForeignPickleError):
        read_pickled(pickle.dumps({"S1": bomb}, protocol))


def test_a_file_with_a_program_in_it_is_refused_in_a_sentence(tmp_path: Path) -> None:
    marker = tmp_path / "it_ran"
    np.savez(tmp_path / "evil.npz", positions_3d=np.array({"S1": Bomb(os.mkdir, str(marker))}, dtype=object))

    with pytest.raises(LabelFileError, match=r"'positions_3d' in .*evil.npz is a pickle that holds more than arrays"):
        read_object_arrays(tmp_path / "evil.npz")
    assert not marker.exists()


def test_lists_that_hold_themselves_and_ever_more_lists_end() -> None:
    itself: list[Any] = []
    itself.append(itself)
    with pytest.raises(ForeignPickleError, match="nested"):
        read_pickled(pickle.dumps(itself))
    many: list[Any] = ["ha"]
    for _ in range(40):  # 10^12 laughs, if each were made anew
        many = [many] * 2
    assert len(read_pickled(pickle.dumps(many))) == 2


def test_a_damaged_one_is_refused_wherever_it_ends() -> None:
    whole = pickle.dumps(CONTENT, 4)
    for end in range(len(whole)):
        with pytest.raises(ForeignPickleError):
            read_pickled(whole[:end])


def test_an_array_of_another_size_than_its_bytes_is_refused() -> None:
    whole = pickle.dumps(np.arange(7, dtype=np.uint8), 4)
    wrong = whole.replace(b"K\x07\x85", b"K\xff\x85")
    assert wrong != whole
    with pytest.raises(ForeignPickleError, match="other bytes"):
        read_pickled(wrong)


def test_arrays_of_an_npz_are_read(tmp_path: Path) -> None:
    three = np.empty(2, dtype=object)
    three[:] = [np.ones(2), {"a": 1}]
    np.savez_compressed(tmp_path / "a.npz", nested=np.array(CONTENT, dtype=object), several=three, plain=np.arange(3))

    found = read_object_arrays(tmp_path / "a.npz")

    same(found, {"nested": CONTENT, "several": [np.ones(2), {"a": 1}], "plain": np.arange(3)})


@pytest.mark.parametrize(
    ("content", "words"), [(None, "There is no file"), (b"", "no .npz"), (b"PK\x03\x04", "no .npz")]
)
def test_what_is_no_npz_is_said(tmp_path: Path, content: bytes | None, words: str) -> None:
    if content is not None:
        (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(LabelFileError, match=words):
        read_object_arrays(tmp_path / "a.npz")
