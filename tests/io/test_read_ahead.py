"""What is made ahead comes in order, within bounds, and stops when nobody wants it any more."""

from __future__ import annotations

import threading

import pytest

from poseviewer.io.read_ahead import ReadAhead


class Maker:
    """Makes numbers of a given size, and tells when it has made so many."""

    def __init__(self) -> None:
        self.made: list[int] = []
        self.more = threading.Condition()

    def __call__(self, number: int) -> int:
        with self.more:
            self.made.append(number)
            self.more.notify_all()
        return number

    def wait_for(self, count: int) -> bool:
        with self.more:
            return self.more.wait_for(lambda: len(self.made) >= count, timeout=10)


def test_all_come_in_order() -> None:
    with ReadAhead(range(100), lambda n: n * n, lambda _: 1, ahead=3) as ahead:
        assert list(ahead) == [n * n for n in range(100)]


@pytest.mark.parametrize(("ahead", "ahead_bytes", "most"), [(4, 10**9, 4), (100, 30, 3), (100, 1, 1)])
def test_no_more_is_made_than_there_is_room_for(ahead: int, ahead_bytes: int, most: int) -> None:
    """One more than is ready waits in the thread's hand."""
    maker = Maker()
    with ReadAhead(range(100), maker, lambda _: 10, ahead, ahead_bytes) as made:
        assert maker.wait_for(most + 1)
        assert next(made) == 0
        assert maker.wait_for(most + 2)
    assert len(maker.made) == most + 2


def test_what_goes_wrong_is_raised_in_its_place() -> None:
    with ReadAhead([1, 2, 0, 4], lambda n: 12 // n, lambda _: 1) as ahead:
        assert (next(ahead), next(ahead)) == (12, 6)
        with pytest.raises(ZeroDivisionError):
            next(ahead)
        with pytest.raises(StopIteration):
            next(ahead)


def test_the_thread_is_gone_afterwards() -> None:
    with ReadAhead(range(10**9), lambda n: n, lambda _: 1) as ahead:
        next(ahead)
        assert any(thread.name == "read ahead" for thread in threading.enumerate())

    assert not any(thread.name == "read ahead" for thread in threading.enumerate())
