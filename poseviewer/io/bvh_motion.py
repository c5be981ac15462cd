"""Motion capture in BVH files: where every joint is in every frame.

A BVH file is a tree of joints, each at an OFFSET from its parent and with CHANNELS, and then one row of numbers per
frame, one number per channel. A joint's rotation channels multiply in the order in which they are listed, so
`Zrotation Xrotation Yrotation` is Rz Rx Ry. Nothing says what the unit is, nor which axis points up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.errors import LabelFileError
from poseviewer.io.euler_angles import turned
from poseviewer.io.motion_clip import FrameChoice, MotionClip
from poseviewer.io.motion_text import number_rows, numbers_of, text_lines

Array = NDArray[np.float64]

END = "_end"
"""What the end of a chain is called: its joint's name and this."""


@dataclass
class _Joint:
    name: str
    parent: int
    offset: Array = field(default_factory=lambda: np.zeros(3))
    channels: tuple[str, ...] = ()


def read_bvh(path: str | Path, choice: FrameChoice | None = None) -> MotionClip:
    """Joints (F, J, 3) of the frames chosen. Ends of chains are joints too, unless they have no length.

    Raises:
        LabelFileError: the file is missing, cut off or no BVH file, or a line of it is wrong: it is named.
    """
    path = Path(path)
    lines = text_lines(path)
    start, joints = _hierarchy(lines, path)
    count, seconds, rows = _motion(lines, start, path)
    kept, fps = (choice or FrameChoice()).of(count, 1 / seconds, path)
    width = sum(len(joint.channels) for joint in joints)
    channels = number_rows([rows[i] for i in kept], width, "channels", path)
    places, turns = _forward(joints, channels)
    shown = [i for i, joint in enumerate(joints) if not joint.name.endswith(END) or joint.offset.any()]
    return MotionClip(
        str(path),
        tuple(joints[i].name for i in shown),
        places[:, shown],
        fps=fps,
        turns=turns[:, shown],
        name=path.stem,
    )


def _hierarchy(lines: list[str], path: Path) -> tuple[int, list[_Joint]]:
    """The line after the tree, and its joints, parents first."""
    joints: list[_Joint] = []
    stack: list[int] = []
    names: set[str] = set()
    if not any(line.strip().upper() == "HIERARCHY" for line in lines[:20]):
        raise LabelFileError(f"{path} is no BVH file: it does not begin with HIERARCHY; check which file it is.")
    for number, piece in _pieces(lines):
        word, _, rest = piece.replace("\t", " ").partition(" ")
        word, rest = word.upper(), rest.strip()
        if word == "MOTION":
            if stack or not joints:
                raise LabelFileError(f"{path}, line {number}: MOTION begins before the tree of joints is closed.")
            return number, joints
        if word in ("ROOT", "JOINT", "END"):
            if word == "END":
                name = joints[stack[-1]].name + END if stack else ""
            else:
                name = _free_name(rest or f"joint{len(joints)}", names)
            joints.append(_Joint(name, stack[-1] if stack else -1))
        elif piece == "{":
            stack.append(len(joints) - 1)
        elif piece == "}" and stack:
            stack.pop()
        elif word == "OFFSET" and joints:
            joints[-1].offset = np.array(numbers_of(rest, 3, "an OFFSET", path, number))
        elif word == "CHANNELS" and joints:
            joints[-1].channels = _channels(rest.split(), path, number)
        elif word != "HIERARCHY":
            raise LabelFileError(f"{path}, line {number}: '{piece[:40]}' is not part of a BVH file; export it again.")
    raise LabelFileError(f"{path} has no MOTION after its tree of joints: it was cut off; export or copy it again.")


def _pieces(lines: list[str]) -> Iterator[tuple[int, str]]:
    """(line number from 1, text) of every part of a line: a brace, or what is between braces."""
    for number, line in enumerate(lines, 1):
        for piece in re.split(r"([{}])", line):
            if piece.strip():
                yield number, piece.strip()


def _free_name(name: str, taken: set[str]) -> str:
    free, again = name, 2
    while free in taken:
        free, again = f"{name}_{again}", again + 1
    taken.add(free)
    return free


def _channels(words: list[str], path: Path, number: int) -> tuple[str, ...]:
    known = [f"{axis}{kind}" for axis in "xyz" for kind in ("position", "rotation")]
    given = tuple(word.lower() for word in words[1:])
    if not words or words[0] != str(len(given)) or any(word not in known for word in given):
        raise LabelFileError(
            f"{path}, line {number}: 'CHANNELS {' '.join(words)[:60]}' should be a count and as many of Xposition ... "
            f"Zrotation; export it again."
        )
    return given


def _motion(lines: list[str], start: int, path: Path) -> tuple[int, float, list[tuple[int, str]]]:
    """How many frames, seconds per frame, and each frame's line with its number.

    Lines that are not wanted are not looked into, so a file of 100 MB that is thinned out is read quickly.
    """
    said: dict[str, float] = {}
    rows: list[tuple[int, str]] = []
    for number, line in enumerate(lines[start:], start + 1):
        if not line.strip():
            continue
        if len(said) < 2 and (found := re.fullmatch(r"\s*(Frames|Frame Time)\s*:\s*(\S+)\s*", line, re.IGNORECASE)):
            said[found[1].lower()] = numbers_of(found[2], 1, found[1], path, number)[0]
        elif len(said) < 2:
            raise LabelFileError(f"{path}, line {number}: expected 'Frames: N' and 'Frame Time: S' after MOTION.")
        else:
            rows.append((number, line))
    if len(said) < 2:
        raise LabelFileError(f"{path} ends before its frames: it was cut off; export or copy it again.")
    if len(rows) != said["frames"] or not rows:
        raise LabelFileError(
            f"{path} says that it has {said['frames']:g} frames, but {len(rows)} follow; "
            f"{'it was cut off: ' if len(rows) < said['frames'] else ''}export or copy it again."
        )
    if said["frame time"] <= 0:
        raise LabelFileError(f"{path} says that a frame takes {said['frame time']:g} s; correct its Frame Time.")
    return len(rows), said["frame time"], rows


def _forward(joints: Sequence[_Joint], channels: Array) -> tuple[Array, Array]:
    """(F, J, 3) places and (F, J, 3, 3) turns in space of all joints."""
    count = len(channels)
    places, turns = np.empty((count, len(joints), 3)), np.empty((count, len(joints), 3, 3))
    first = 0
    for j, joint in enumerate(joints):
        own = channels[:, first : first + len(joint.channels)]
        first += len(joint.channels)
        local = _local_place(joint, own)
        spins = [k for k, channel in enumerate(joint.channels) if channel.endswith("rotation")]
        turn = turned("".join(joint.channels[k][0] for k in spins), np.radians(own[:, spins]))
        if joint.parent < 0:
            places[:, j], turns[:, j] = local, turn
        else:
            places[:, j] = places[:, joint.parent] + (turns[:, joint.parent] @ local[..., None])[..., 0]
            turns[:, j] = turns[:, joint.parent] @ turn
    return places, turns


def _local_place(joint: _Joint, own: Array) -> Array:
    """(F, 3) from the parent. Position channels are added to the OFFSET, as the format says.

    Some exporters give every joint such channels and repeat the OFFSET in them. Where the channels stay closer to the
    OFFSET than to zero, they are in its place.
    """
    moved = np.zeros((len(own), 3))
    given = [k for k, channel in enumerate(joint.channels) if channel.endswith("position")]
    axes = ["xyz".index(joint.channels[k][0]) for k in given]
    moved[:, axes] = own[:, given]
    offset = joint.offset.copy()
    typical = np.median(moved[:, axes], axis=0)
    if joint.parent >= 0 and np.linalg.norm(typical - offset[axes]) < np.linalg.norm(typical):
        offset[axes] = 0
    return offset + moved
