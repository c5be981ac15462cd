"""The frames that were used last, up to a number of bytes."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")


class FrameCache(Generic[T]):
    """Pictures by frame number; the ones not used for longest leave first. The newest always stays."""

    def __init__(self, limit: int) -> None:
        """`limit` in bytes."""
        self._limit = limit
        self._bytes = 0
        self._frames: OrderedDict[int, tuple[T, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._frames)

    def __contains__(self, frame: int) -> bool:
        return frame in self._frames

    @property
    def bytes(self) -> int:
        return self._bytes

    def get(self, frame: int) -> T | None:
        found = self._frames.get(frame)
        if found is None:
            return None
        self._frames.move_to_end(frame)
        return found[0]

    def put(self, frame: int, picture: T, size: int) -> None:
        """Keep a picture of `size` bytes."""
        self.drop(frame)
        self._frames[frame] = (picture, size)
        self._bytes += size
        while self._bytes > self._limit and len(self._frames) > 1:
            self.drop(next(iter(self._frames)))

    def drop(self, frame: int) -> None:
        if frame in self._frames:
            self._bytes -= self._frames.pop(frame)[1]

    def clear(self) -> None:
        self._frames.clear()
        self._bytes = 0
