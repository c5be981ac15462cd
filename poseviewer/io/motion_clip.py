"""One recording of motion capture, as its file has it: own joint names, own unit, own axes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.errors import LabelFileError

Array = NDArray[np.float64]
Up = Literal["", "y", "z", "camera"]


@dataclass(frozen=True, eq=False)
class MotionClip:
    """F frames of J joints.

    Attributes:
        path: the file it is from.
        names: (J,) the rig's joints.
        joints: (F, J, 3) where they are in space, in the file's unit and axes.
        turns: (F, J, 3, 3) how each joint stands in space (from its own axes to those of space), where the file says.
        fps: frames per second, 0 where nothing says it.
        mm: millimetres in the file's unit, 0 where nothing says it.
        up: the axis that points up ("camera": y points down, z away), "" where nothing says it.
        keypoints: (F, J, 2) the same joints in an image, where the file has them.
    """

    path: str
    names: tuple[str, ...]
    joints: Array
    fps: float = 0.0
    turns: Array | None = None
    mm: float = 0.0
    up: Up = ""
    name: str = ""
    subject: str = ""
    action: str = ""
    keypoints: Array | None = None


@dataclass(frozen=True)
class FrameChoice:
    """Which frames to keep.

    Attributes:
        fps: so many per second; 0 keeps all.
        file_fps: how many the file has, where it does not say; 0 is not known.
        skip: how many at the beginning to leave out.
    """

    fps: float = 0.0
    file_fps: float = 0.0
    skip: int = 0

    def of(self, count: int, file_fps: float, path: str | Path) -> tuple[NDArray[np.intp], float]:
        """The positions of the frames to keep among `count`, and how many there are per second then.

        Raises:
            LabelFileError: the file has fewer per second, or nobody knows how many it has, or none is left.
        """
        if self.skip >= count:
            raise LabelFileError(f"{path} has {count} frames, of which --skip {self.skip} leaves none; lower it.")
        rate = file_fps or self.file_fps
        if not self.fps:
            return np.arange(self.skip, count), rate
        if not rate:
            raise LabelFileError(
                f"{path} does not say how many frames it has per second, so it cannot be thinned out to {self.fps:g}; "
                f"add --file-fps."
            )
        step = rate / self.fps
        if step < 1 - 1e-3:
            raise LabelFileError(
                f"{path} has {rate:g} frames per second, fewer than the {self.fps:g} asked for; lower --fps."
            )
        kept = self.skip + np.rint(np.arange(int(np.ceil(count / step))) * step).astype(np.intp)
        return kept[kept < count], self.fps
