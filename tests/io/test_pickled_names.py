"""Names are read out of pickles of every protocol, and a pickle that does more is refused, not run."""

import pickle

import pytest

from poseviewer.io.pickled_names import ForeignPickleError, read_names

NAMES = [("scorer", "nose", "x"), ("scorer", "nose", "y"), ("scorer", "Schwänzchen", "x")]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("names", [NAMES, [], [("a", "b"), ("a", "b", "c", "d")], ["plain"]], ids=len)
def test_names_come_back(names: list[object], protocol: int) -> None:
    assert read_names(pickle.dumps(names, protocol)) == names


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise SystemExit('it ran')",)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_program_is_refused_and_not_run(protocol: int) -> None:
    with pytest.raises(ForeignPickleError, match="is not followed"):
        read_names(pickle.dumps([Bomb()], protocol))


@pytest.mark.parametrize("content", [b"", b"hello", pickle.dumps(NAMES)[:-4], pickle.dumps(("a", "b")), b"t."])
def test_a_damaged_one_is_refused(content: bytes) -> None:
    with pytest.raises(ForeignPickleError):
        read_names(content)
