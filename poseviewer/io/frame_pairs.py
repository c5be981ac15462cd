"""The same frames in two label files, however each of them spells their media."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from poseviewer.io.labelled_frames import LabelFile, LabelledFrame
from poseviewer.io.media import VIDEO_EXTENSIONS

_EXTRACTED = re.compile(r"img(\d+)")
"""What DeepLabCut calls the frames that it takes out of a video, in a folder of the video's name."""

Place = tuple[tuple[str, ...], int]


def pair_frames(first: LabelFile, second: LabelFile) -> list[tuple[LabelledFrame, LabelledFrame | None]]:
    """Every frame of the first file with the same one of the second, None where it has none.

    A frame is known by its number and the name of its media, where several have one name by the folders above it; an
    image called `.../walk/img0007.png` is also frame 7 of the video `walk`. Where a file does not name its media, the
    other must have only one.
    """
    known = _Frames(second, nameless=_one_unnamed(first, second))
    return [(frame, known.find(frame)) for frame in merged(first).frames]


def merged(labels: LabelFile) -> LabelFile:
    """The file with each of its frames once, with all its instances."""
    found: dict[tuple[str, int], LabelledFrame] = {}
    for frame in labels.frames:
        key = frame.media, frame.frame
        before = found[key].instances if key in found else ()
        found[key] = LabelledFrame(frame.media, frame.frame, (*before, *frame.instances))
    return LabelFile(labels.path, labels.tool, labels.joint_names, tuple(found.values()))


class _Frames:
    """Finds a frame of a label file by what another one calls it."""

    def __init__(self, labels: LabelFile, nameless: bool) -> None:
        self._nameless = nameless
        self._known: dict[tuple[str, int], list[tuple[tuple[str, ...], LabelledFrame]]] = {}
        for frame in merged(labels).frames:
            for parts, number in self._places(frame):
                self._known.setdefault((parts[-1], number), []).append((parts, frame))

    def find(self, frame: LabelledFrame) -> LabelledFrame | None:
        """The frame that shares most of its media's path; None where there is none, or several share as much."""
        for parts, number in self._places(frame):
            shared = [(_shared(parts, known), found) for known, found in self._known.get((parts[-1], number), [])]
            most = Counter(share for share, _ in shared)
            if shared and most[max(most)] == 1:
                return max(shared, key=lambda pair: pair[0])[1]
        return None

    def _places(self, frame: LabelledFrame) -> Iterator[Place]:
        if self._nameless:
            yield ("",), frame.frame
            return
        yield from places_of(frame)


def places_of(frame: LabelledFrame) -> Iterator[Place]:
    """The (parts of the media's name, number of the frame) that a frame may be known by, the surest first."""
    path = PurePosixPath(frame.media.replace("\\", "/").casefold())
    parts = path.parts or ("",)
    if path.suffix in VIDEO_EXTENSIONS or not path.suffix:
        yield (*parts[:-1], path.stem), frame.frame
        return
    yield parts, frame.frame
    extracted = _EXTRACTED.fullmatch(path.stem)
    if extracted and len(parts) > 1 and frame.frame == 0:
        yield parts[:-1], int(extracted[1])


def _one_unnamed(first: LabelFile, second: LabelFile) -> bool:
    """One of the files does not name its media, and there is one only."""
    return "" in (*first.media, *second.media) and len(first.media) == len(second.media) == 1


def _shared(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    count = 0
    for x, y in zip(reversed(a), reversed(b), strict=False):
        if x != y:
            break
        count += 1
    return count
