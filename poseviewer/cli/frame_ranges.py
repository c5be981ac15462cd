"""Numbers of frames as people write them: "0-100", "0-100:5", "7", "3,9,20-30"."""

from __future__ import annotations

import re

from poseviewer.core.errors import PoseviewerError

_PART = re.compile(r"(\d+)(?:-(\d*)(?::(\d+))?)?")


class FrameRanges:
    """What was written, understood but not yet applied to media.

    Raises:
        PoseviewerError: it is not understood.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._parts: list[tuple[int, int | None, int]] = []
        for part in filter(None, re.split(r"[,\s]+", text.strip())):
            found = _PART.fullmatch(part)
            first = int(found[1]) if found else 0
            last = first if found and found[2] is None else int(found[2]) if found and found[2] else None
            step = int(found[3]) if found and found[3] else 1
            if not found or not step or (last is not None and last < first):
                raise PoseviewerError(
                    f"--frames {text} is not understood; write numbers from 0 and ranges with both ends in them, "
                    f"as in 0-99, 0-999:10 (every tenth), 500- (to the end) or 3,7,20-29."
                )
            self._parts.append((first, last, step))

    def of(self, count: int, name: str) -> tuple[int, ...]:
        """The numbers, in order and each once, for media of so many frames; all where nothing was written.

        Raises:
            PoseviewerError: one is beyond the end.
        """
        if not self._parts:
            return tuple(range(count))
        largest = max(first if last is None else last for first, last, _ in self._parts)
        if largest >= count:
            raise PoseviewerError(
                f"--frames {self._text} asks for frame {largest}, but the {count} frames of {name} are numbered from "
                f"0 to {count - 1}; ask for these."
            )
        chosen: set[int] = set()
        for first, last, step in self._parts:
            chosen.update(range(first, count if last is None else last + 1, step))
        return tuple(sorted(chosen))
