"""The door for 3D motion capture: files or folders of it in, one set of poses out, whatever the format is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from poseviewer.core.errors import LabelFileError
from poseviewer.io import human36m
from poseviewer.io.asf_amc import AMC_FPS, AsfRig, find_rig, fps_in_name, read_amc, read_asf
from poseviewer.io.bvh_motion import read_bvh
from poseviewer.io.motion_clip import FrameChoice, MotionClip
from poseviewer.io.motion_frame import UNITS
from poseviewer.io.motion_join import MotionJoin
from poseviewer.io.mpi_inf_3dhp import is_mpi_inf_3dhp, read_mpi_inf_3dhp
from poseviewer.io.poses_npz import PoseClips

__all__ = ["UNITS", "UPS", "MotionOptions", "is_motion", "read_motion"]

UPS = ("y", "z", "keep")
"""What `MotionOptions.up` may be, besides "" (told from the poses)."""

KINDS = {"bvh": "BVH", "amc": "ASF/AMC", "h36m": "Human3.6M", "3dhp": "MPI-INF-3DHP"}
_FOLDER = "folder"


@dataclass(frozen=True)
class MotionOptions:
    """What a file does not say, or says wrongly.

    Attributes:
        fps: how many frames per second to keep; 0 keeps all.
        file_fps: how many the file has; 0 where it says so itself.
        unit: one of `UNITS`, "" to tell it by the size of the person.
        up: one of `UPS`: the axis that points up in the file; "keep" leaves the axes as they are.
        rig: the .asf of .amc motions; None to look for it.
        skip: frames at the beginning of each recording to leave out.
    """

    fps: float = 0.0
    file_fps: float = 0.0
    unit: str = ""
    up: str = ""
    rig: Path | None = None
    skip: int = 0

    def check(self) -> None:
        """Raises:
        LabelFileError: a value is none of those that it may be.
        """
        if self.unit and self.unit not in UNITS:
            raise LabelFileError(f"'{self.unit}' is not a unit that is known; choose {', '.join(UNITS)}.")
        if self.up and self.up not in UPS:
            raise LabelFileError(f"'{self.up}' is no axis that can point up; choose {', '.join(UPS)}.")
        if not (0 <= self.fps < np.inf and 0 <= self.file_fps < np.inf):
            raise LabelFileError(
                f"There are no {min(self.fps, self.file_fps):g} frames per second; give a number above 0."
            )
        if self.skip < 0:
            raise LabelFileError(f"There are no {self.skip} frames to skip; give 0 or more.")
        if self.rig is not None and self.rig.suffix.lower() != ".asf":
            raise LabelFileError(f"{self.rig} is no skeleton of .amc motions; name an .asf file with --rig.")


@dataclass(frozen=True, eq=False)
class ReadMotion:
    """What was read.

    Attributes:
        kinds: which formats, for people.
        notes: sentences about what was decided or left out.
    """

    poses: PoseClips
    kinds: tuple[str, ...]
    notes: tuple[str, ...]


def is_motion(path: Path) -> bool:
    """Whether a path is for `read_motion`: motion capture, or a folder, which no label file is."""
    return _kind(path) is not None


def read_motion(
    path: str | Path, options: MotionOptions | None = None, seen: Callable[[int, int], None] | None = None
) -> ReadMotion:
    """All motion capture in a file, or in a folder and the folders in it.

    Poses of people become human17's joints in mm with z up; other rigs keep their joints. A file of a folder that
    cannot be read is left out, and said.

    Args:
        seen: is told after each file how many are read, of how many.

    Raises:
        LabelFileError: the file cannot be read, or none of the folder's, or an option cannot be.
    """
    path, options = Path(path), options or MotionOptions()
    options.check()
    kind = _kind(path)
    if kind is None:
        raise LabelFileError(
            f"{path} is no motion capture that is known ({', '.join(KINDS.values())}); check its name."
        )
    files = _files_in(path) if kind == _FOLDER else [(path, kind)]
    rigs = [] if options.rig else sorted(path.rglob("*.[aA][sS][fF]")) if kind == _FOLDER else []
    rig_of = cache(read_asf)  # one skeleton has many motions
    join = MotionJoin(options.unit, options.up)
    failures: list[str] = []
    for done, (file, of) in enumerate(files, 1):
        try:
            for clip in _clips(file, of, options, rigs, rig_of):
                join.add(_named(clip, file, path))
        except LabelFileError as error:
            if kind != _FOLDER or len(files) == 1:
                raise
            failures.append(str(error))
        if seen is not None:
            seen(done, len(files))
    if join.empty:
        raise LabelFileError(f"None of the {len(files)} files in {path} could be read; the first: {failures[0]}")
    poses, notes = join.poses()
    if options.fps and not options.file_fps and any(of == "amc" and not fps_in_name(file) for file, of in files):
        notes.append(f"An .amc does not say its frames per second: {AMC_FPS:g} are taken; --file-fps overrules it.")
    return ReadMotion(poses, tuple(dict.fromkeys(KINDS[of] for _, of in files)), (*_left_out(failures), *notes))


def _kind(path: Path) -> str | None:
    """By content where that is quick, else by name."""
    suffix = path.suffix.lower()
    if path.is_dir():
        return None if (path / "config.yaml").is_file() else _FOLDER
    if suffix == ".amc":
        return "amc"
    if suffix == ".asf":
        raise LabelFileError(f"{path} is a skeleton without motion; name the .amc file of one, or the folder of both.")
    if suffix == ".npz":
        return "h36m" if human36m.is_human36m(path) else None
    if suffix == ".mat":
        return "3dhp" if is_mpi_inf_3dhp(path) else None
    if suffix == ".bvh":
        return "bvh"
    return None


def _files_in(folder: Path) -> list[tuple[Path, str]]:
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".bvh", ".amc", ".mat") and p.is_file())
    found = [(file, kind) for file in files if (kind := _kind(file)) is not None]
    if not found:
        raise LabelFileError(
            f"{folder} has no motion capture in it (.bvh, .amc, annot_data.mat); name the folder that has, or a file."
        )
    return found


def _clips(
    file: Path, kind: str, options: MotionOptions, rigs: Sequence[Path], rig_of: Callable[[Path], AsfRig]
) -> Iterator[MotionClip]:
    choice = FrameChoice(options.fps, options.file_fps, options.skip)
    if kind == "bvh":
        yield read_bvh(file, choice)
    elif kind == "amc":
        if not file.is_file():
            raise LabelFileError(f"There is no file {file}; check its name.")
        yield read_amc(file, rig_of(options.rig or find_rig(file, rigs)), choice)
    elif kind == "3dhp":
        yield from read_mpi_inf_3dhp(file, choice)
    elif human36m.has_keypoints(file):
        yield from human36m.read_positions_2d(file, choice)
    else:
        yield from human36m.read_positions_3d(file, choice)


_CMU = re.compile(r"(\d{1,3})_(\d{1,3})")
_HDM05 = re.compile(r"(HDM_[a-z]{2})_(.+?)(?:_\d+)+")


def _named(clip: MotionClip, file: Path, root: Path) -> MotionClip:
    """The clip with its subject and action where its name tells them: 05_01 of CMU, HDM_bd_walk_001_120 of HDM05, or
    else the folder that it is in, and the name without its number."""
    if clip.subject or clip.action:
        return clip
    if found := _CMU.fullmatch(file.stem):
        return replace(clip, subject=found[1])
    if found := _HDM05.fullmatch(file.stem):
        return replace(clip, subject=found[1], action=found[2])
    folder = file.parent.name if file.parent != root and file != root else ""
    return replace(clip, subject=folder, action=re.sub(r"[\s_-]*\d+$", "", file.stem))


def _left_out(failures: list[str]) -> list[str]:
    if not failures:
        return []
    more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
    return [f"{len(failures)} file{'s' * (len(failures) > 1)} could not be read and left out: {failures[0]}{more}"]
