"""Things that take a while to make, made in a thread of their own ahead of whoever uses them, within bounds."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Generic, TypeVar

In = TypeVar("In")
Out = TypeVar("Out")

AHEAD = 32
"""How many things are ready at most,"""
AHEAD_BYTES = 192 * 2**20
"""and how large they are together; one that alone is larger still comes."""


class ReadAhead(Generic[In, Out]):
    """`make(each)` for every one of `sources`, in order: iterate over it within `with`, which ends the thread.

    What `make` raises is raised where its result would come.
    """

    def __init__(
        self,
        sources: Iterable[In],
        make: Callable[[In], Out],
        size: Callable[[Out], int],
        ahead: int = AHEAD,
        ahead_bytes: int = AHEAD_BYTES,
    ) -> None:
        self._sources = sources
        self._make = make
        self._size = size
        self._ahead, self._ahead_bytes = ahead, ahead_bytes
        self._changed = threading.Condition()
        self._ready: deque[Out] = deque()
        self._bytes = 0
        self._stopped = self._finished = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="read ahead", daemon=True)

    def __enter__(self) -> ReadAhead[In, Out]:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._stopped = True
            self._ready.clear()
            self._changed.notify_all()
        self._thread.join()

    def __iter__(self) -> Iterator[Out]:
        return self

    def __next__(self) -> Out:
        with self._changed:
            self._changed.wait_for(lambda: self._ready or self._finished)
            if self._ready:
                made = self._ready.popleft()
                self._bytes -= self._size(made)
                self._changed.notify_all()
                return made
            if self._error is not None:
                error, self._error = self._error, None
                raise error
            raise StopIteration

    def _work(self) -> None:
        try:
            for source in self._sources:
                if self._stopped:
                    return
                self._put(self._make(source))
        except BaseException as error:  # whatever it is, it is for the one who waits
            self._error = error
        finally:
            with self._changed:
                self._finished = True
                self._changed.notify_all()

    def _put(self, made: Out) -> None:
        size = self._size(made)
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._has_room(size))
            if not self._stopped:
                self._ready.append(made)
                self._bytes += size
                self._changed.notify_all()

    def _has_room(self, size: int) -> bool:
        return not self._ready or (len(self._ready) < self._ahead and self._bytes + size <= self._ahead_bytes)
