"""Acclaim's motion capture, as the CMU and HDM05 databases have it: an .asf skeleton and .amc motions on it.

A bone of the .asf has a direction and a length in space, and an `axis`: the frame C in which its angles turn it. With M
the turn by a frame's angles (those of `dof`, the first one first), a bone stands at parent * C M C^-1, and it
ends at start + stand * direction * length. What is called a joint here is the end of the bone of that name.
Lengths are in units of 1 / `length` inches: CMU's 0.45 makes a unit 56.4 mm. The y axis points up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.errors import LabelFileError
from poseviewer.io.euler_angles import turned
from poseviewer.io.motion_clip import FrameChoice, MotionClip
from poseviewer.io.motion_text import number_rows, numbers_of, text_lines

Array = NDArray[np.float64]

INCH = 25.4
AMC_FPS = 120.0
"""What an .amc does not say. Nearly all of CMU's were recorded at 120 frames per second, and HDM05's all."""
ROOT = "root"


@dataclass
class AsfBone:
    """A bone, or the root (of no length).

    Attributes:
        direction: (3,) of length 1, in the rest pose; and its length.
        frame: (3, 3) the axes that its angles turn about.
        dof: what a line of the .amc gives for it, in order: "rx", "ry", "rz" and, of the root, "tx", "ty", "tz".
    """

    name: str
    direction: Array = field(default_factory=lambda: np.zeros(3))
    length: float = 0.0
    frame: Array = field(default_factory=lambda: np.eye(3))
    dof: tuple[str, ...] = ()


@dataclass(frozen=True)
class AsfRig:
    """The skeleton of one person: bones, parents first; `bones[0]` is the root.

    Attributes:
        parents: (J,) the place of each bone's parent, -1 for the root.
        mm: millimetres in a unit.
        degrees: what its motions are in unless they say otherwise.
    """

    path: Path
    bones: tuple[AsfBone, ...]
    parents: tuple[int, ...]
    position: Array
    mm: float
    degrees: bool


def find_rig(motion: Path, others: Iterable[Path] = ()) -> Path:
    """The .asf of an .amc: of those beside it the one that the motion's name begins with (05.asf for 05_01.amc,
    HDM_bd.asf for HDM_bd_...; the longest such name), else the only one; else the one of such a name among `others`.

    Raises:
        LabelFileError: there is none, or none can be told.
    """
    beside = _asf_in(motion.parent)
    for rigs in (beside, sorted(others)):
        named = [rig for rig in rigs if motion.stem.lower().startswith(rig.stem.lower())]
        if named:
            return max(named, key=lambda rig: len(rig.stem))
        if len(rigs) == 1 and rigs is beside:
            return rigs[0]
    expected = f"{motion.stem.rpartition('_')[0] or motion.stem}.asf"
    there = f"; beside it are {', '.join(rig.name for rig in beside[:4])}" if beside else ""
    raise LabelFileError(
        f"The skeleton of {motion} is not there{there}: put its {expected} into the same folder, or name it with --rig."
    )


def _asf_in(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix.lower() == ".asf") if folder.is_dir() else []


def read_asf(path: str | Path) -> AsfRig:
    """The skeleton.

    Raises:
        LabelFileError: the file is missing, damaged or no .asf; the line is named.
    """
    return _AsfReader(Path(path)).read()


class _AsfReader:
    """Reads one file, section by section; a section begins with a colon."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._scale, self._degrees = 1.0, True
        self._root = AsfBone(ROOT, dof=("tx", "ty", "tz", "rx", "ry", "rz"))
        self._position = np.zeros(3)
        self._bones: dict[str, AsfBone] = {ROOT: self._root}
        self._parents: dict[str, str] = {}
        self._orientation, self._axis = (np.zeros(3), "xyz")

    def read(self) -> AsfRig:
        section, bone = "", AsfBone("")
        for line, words in _lines(text_lines(self._path)):
            if words[0].startswith(":"):
                section = words[0].lower()
                continue
            if section == ":units":
                self._unit(words, line)
            elif section == ":root":
                self._of_root(words, line)
            elif section == ":bonedata":
                bone = self._of_bone(bone, words, line)
            elif section == ":hierarchy" and words[0] not in ("begin", "end"):
                for child in words[1:]:
                    self._parents[child] = words[0]
        self._root.frame = turned(self._axis[::-1], self._angle(self._orientation[::-1]))
        return self._rig()

    def _unit(self, words: list[str], line: int) -> None:
        if words[0] == "length":
            (self._scale,) = numbers_of(" ".join(words[1:]), 1, "length", self._path, line)
            if self._scale <= 0:
                raise LabelFileError(f"{self._path}, line {line}: the unit of length is {self._scale:g}; correct it.")
        elif words[0] == "angle":
            self._degrees = words[-1].lower().startswith("deg")

    def _of_root(self, words: list[str], line: int) -> None:
        if words[0] == "order":
            self._root.dof = self._dof(words[1:], line)
        elif words[0] == "axis":
            self._axis = self._order(words[-1], line)
        elif words[0] in ("position", "orientation"):
            values = np.array(numbers_of(" ".join(words[1:4]), 3, words[0], self._path, line))
            if words[0] == "position":
                self._position = values
            else:
                self._orientation = values

    def _of_bone(self, bone: AsfBone, words: list[str], line: int) -> AsfBone:
        what, rest = words[0].lower(), " ".join(words[1:4])
        if what == "begin":
            return AsfBone("")
        if what == "name":
            bone.name = words[-1]
            self._bones[bone.name] = bone
        elif what == "direction":
            way = np.array(numbers_of(rest, 3, "the direction", self._path, line))
            bone.direction = way / (np.linalg.norm(way) or 1.0)
        elif what == "length":
            (bone.length,) = numbers_of(rest, 1, "the length", self._path, line)
        elif what == "axis":
            angles = np.array(numbers_of(rest, 3, "the axis", self._path, line))
            order = self._order(words[-1], line)
            bone.frame = turned(order[::-1], self._angle(angles[["xyz".index(a) for a in order[::-1]]]))
        elif what == "dof":
            bone.dof = self._dof(words[1:], line)
        return bone

    def _dof(self, words: list[str], line: int) -> tuple[str, ...]:
        dof = tuple(word.lower() for word in words)
        unknown = [word for word in dof if word not in ("rx", "ry", "rz", "tx", "ty", "tz")]
        if unknown:
            raise LabelFileError(
                f"{self._path}, line {line}: '{unknown[0]}' is no turn and no shift about x, y or z; a bone that "
                f"changes its length cannot be read."
            )
        return dof

    def _order(self, word: str, line: int) -> str:
        order = word.lower()
        if sorted(order) != ["x", "y", "z"]:
            raise LabelFileError(
                f"{self._path}, line {line}: '{word}' is no order of the axes, such as XYZ; correct it."
            )
        return order

    def _angle(self, values: Array) -> Array:
        return np.radians(values) if self._degrees else values

    def _rig(self) -> AsfRig:
        if len(self._bones) < 2 or not self._parents:
            raise LabelFileError(
                f"{self._path} is no .asf skeleton, or it is cut off: it has no bones or no hierarchy."
            )
        unknown = next((n for pair in self._parents.items() for n in pair if n not in self._bones), None)
        if unknown is not None:
            raise LabelFileError(f"{self._path}: the hierarchy names {unknown}, which is no bone of it; correct it.")
        order = [ROOT]
        for name in order:  # grows while it is read: parents come first
            order += [child for child, parent in self._parents.items() if parent == name and child not in order]
        return AsfRig(
            self._path,
            tuple(self._bones[name] for name in order),
            tuple(order.index(self._parents[name]) if name in self._parents else -1 for name in order),
            self._position,
            INCH / self._scale,
            self._degrees,
        )


def read_amc(path: str | Path, rig: AsfRig, choice: FrameChoice | None = None) -> MotionClip:
    """The ends of all bones (F, J, 3) in the frames chosen, and how the bones stand.

    Raises:
        LabelFileError: the file is missing, cut off or no .amc, or it is not of this skeleton: the line is named.
    """
    path = Path(path)
    lines = text_lines(path)
    starts, degrees = _starts(lines, rig, path)
    if choice is None or not choice.file_fps:
        choice = replace(choice or FrameChoice(), file_fps=fps_in_name(path) or AMC_FPS)
    kept, fps = choice.of(len(starts), 0.0, path)
    starts.append(len(lines))
    values = _values([_frame(lines, starts[i], starts[i + 1]) for i in kept], rig, path)
    places, turns = _forward(rig, values, degrees)
    names = tuple(bone.name for bone in rig.bones)
    return MotionClip(str(path), names, places, fps=fps, turns=turns, mm=rig.mm, up="y", name=path.stem)


def fps_in_name(path: Path) -> float:
    """HDM05 has it as the last part of the name, HDM_bd_walk_001_120.amc; 0 where the name does not say."""
    last = path.stem.rpartition("_")[2]
    return float(last) if path.stem.startswith("HDM_") and last in ("120", "100", "60") else 0.0


_Frame = list[tuple[int, str]]


def _starts(lines: list[str], rig: AsfRig, path: Path) -> tuple[list[int], bool]:
    """The places of the lines that have a frame's number, and whether angles are degrees.

    Frames that are not wanted are not looked into: of CMU's 4 million, one in ten is usual.
    """
    degrees = rig.degrees
    starts = [i for i, line in enumerate(lines) if line[:1] <= "9" and line.strip().isdigit()]
    for number, line in enumerate(lines[: starts[0] if starts else None], 1):
        text = line.strip()
        if text[:1] == ":":
            degrees = {":DEGREES": True, ":RADIANS": False}.get(text.upper(), degrees)
        elif text and text[0] != "#":
            raise LabelFileError(f"{path}, line {number}: '{text[:30]}' is before the first frame; is it an .amc file?")
    if not starts:
        raise LabelFileError(f"{path} has no frames: it is cut off or no .amc file; copy it again.")
    return starts, degrees


def _frame(lines: list[str], start: int, end: int) -> _Frame:
    texts = ((number, line.strip()) for number, line in enumerate(lines[start + 1 : end], start + 2))
    return [(number, text) for number, text in texts if text and text[0] != "#"]


def _values(frames: list[_Frame], rig: AsfRig, path: Path) -> dict[str, Array]:
    """Bone -> (F, D) its numbers, D as its dof; a bone that turns must be in every frame."""
    turning = {bone.name: bone.dof for bone in rig.bones if bone.dof}
    rows: dict[str, _Frame] = {name: [] for name in turning}
    for frame in frames:
        for number, text in frame:
            name, _, rest = text.partition(" ")
            if name not in turning:
                raise LabelFileError(
                    f"{path}, line {number}: {rig.path.name} has no bone {name[:30]} that turns; name the skeleton "
                    f"that the motion is of with --rig."
                )
            rows[name].append((number, rest))
        short = next((name for name in turning if len(rows[name]) != len(rows[ROOT]) or not rows[ROOT]), None)
        if short is not None:
            line = frame[-1][0] if frame else "the last"
            raise LabelFileError(
                f"{path}, line {line}: the frame that ends here has no {short}, or has it twice; the file was cut off: "
                f"copy it again."
            )
    return {name: number_rows(rows[name], len(dof), f"angles of {name}", path) for name, dof in turning.items()}


def _forward(rig: AsfRig, values: dict[str, Array], degrees: bool) -> tuple[Array, Array]:
    count = len(values[ROOT])
    places, turns = np.empty((count, len(rig.bones), 3)), np.empty((count, len(rig.bones), 3, 3))
    for j, (bone, parent) in enumerate(zip(rig.bones, rig.parents, strict=True)):
        own = values.get(bone.name, np.zeros((count, 0)))
        shift, turn = _local(bone, own, degrees)
        if parent < 0:
            places[:, j], turns[:, j] = rig.position + shift, turn
        else:
            turns[:, j] = turns[:, parent] @ turn
            places[:, j] = places[:, parent] + (turns[:, j] @ (bone.direction * bone.length + shift)[..., None])[..., 0]
    return places, turns


def _local(bone: AsfBone, own: Array, degrees: bool) -> tuple[Array, Array]:
    """(F, 3) shift and (F, 3, 3) turn C M C^-1 that a frame's numbers are."""
    shift = np.zeros((len(own), 3))
    for k, what in enumerate(bone.dof):
        if what[0] == "t":
            shift[:, "xyz".index(what[1])] = own[:, k]
    spins = [k for k, what in enumerate(bone.dof) if what[0] == "r"][::-1]  # the first turns first: it is rightmost
    angles = np.radians(own[:, spins]) if degrees else own[:, spins]
    return shift, bone.frame @ turned("".join(bone.dof[k][1] for k in spins), angles) @ bone.frame.T


def _lines(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """(line number from 1, its words) without comments, parentheses of limits and empty lines."""
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if words and not words[0].startswith("("):
            yield number, words
