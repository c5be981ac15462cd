"""Which joint of human17 a rig's joint is: tables in `resources/motion_maps`, one per family of rigs.

A table names the joints that the rig `needs` to be of its family (the fitting one that needs most is taken), and for
each joint of human17 the rig's joint, or several of which the first that is there is taken. Where the rig lacks it:
`{ from, to, times }` goes on past a joint, and `{ above, millimetres }` goes up from one, in its own axes (or by so
many along each of them). The pelvis
is always the mid-point of the hips, as in Human3.6M. A `lost_bone` is put back in below the joints named.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.skeleton import canonical
from poseviewer.io.motion_clip import MotionClip
from poseviewer.io.resources import resource

Array = NDArray[np.float64]

SKELETON = "human17"
PELVIS, HIPS = "pelvis", ("left_hip", "right_hip")


@dataclass(frozen=True)
class MotionMap:
    """One table.

    Attributes:
        title: what such a rig is, for people.
        targets: joint of human17 -> what the table says of it.
        lost_bone: the table's part of that name, or nothing.
    """

    name: str
    title: str
    needs: tuple[str, ...]
    targets: Mapping[str, Any]
    lost_bone: Mapping[str, Any]


@cache
def motion_maps() -> tuple[MotionMap, ...]:
    """All tables, by name."""
    maps = []
    for path in sorted(resource("motion_maps").glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        maps.append(
            MotionMap(table["name"], table["title"], tuple(table["needs"]), table[SKELETON], table.get("lost_bone", {}))
        )
    return tuple(maps)


def find_map(names: Sequence[str]) -> MotionMap | None:
    """The table of the rig that has these joints, None for a rig of no known family."""
    places = _places(names)
    fitting = [m for m in motion_maps() if all(canonical(need) in places for need in m.needs)]
    return max(fitting, key=lambda m: len(m.needs), default=None)


def on_human17(clip: MotionClip, known: MotionMap, joint_names: Sequence[str], mm: float) -> Array:
    """(F, 17, 3) the joints of human17 in the file's unit and axes, NaN for those that the rig does not have.

    Args:
        joint_names: human17's, in its order.
        mm: millimetres in the file's unit.
    """
    rig = _Rig(clip, known, mm)
    found = {name: rig.place(known.targets[name]) for name in joint_names if name in known.targets}
    found[PELVIS] = (found[HIPS[0]] + found[HIPS[1]]) / 2
    lost = known.lost_bone
    if lost and (at := rig.column(lost["of"])) is not None and clip.turns is not None:
        shift = clip.turns[:, at] @ (np.array(lost["millimetres"], dtype=np.float64) / mm)
        for name in lost["joints"]:
            found[name] = found[name] + shift
    nowhere = np.full((len(clip.joints), 3), np.nan)
    return np.stack([found.get(name, nowhere) for name in joint_names], axis=1)


class _Rig:
    def __init__(self, clip: MotionClip, known: MotionMap, mm: float) -> None:
        self._clip, self._known, self._mm = clip, known, mm
        self._places = _places(clip.names)

    def column(self, name: str) -> int | None:
        return self._places.get(canonical(name))

    def place(self, target: Any) -> Array:
        """(F, 3) of what a table says of one joint."""
        options = target if isinstance(target, list) else [target]
        for option in options:
            found = self._joint(option) if isinstance(option, str) else self._made(option)
            if found is not None:
                return found
        return np.full((len(self._clip.joints), 3), np.nan)

    def _joint(self, name: str) -> Array | None:
        column = self.column(name)
        return None if column is None else self._clip.joints[:, column]

    def _made(self, option: Mapping[str, Any]) -> Array | None:
        if "from" in option:
            start, end = self._joint(option["from"]), self._joint(option["to"])
            times = float(option["times"])
            return None if start is None or end is None else start + times * (end - start)
        column = self.column(option["above"])
        if column is None or self._clip.turns is None:
            return None
        turns, far = self._clip.turns[:, column], option["millimetres"]
        way = np.array(far, dtype=np.float64) if isinstance(far, list) else self._up(turns) * float(far)
        return self._clip.joints[:, column] + turns @ way / self._mm

    def _up(self, turns: Array) -> Array:
        """(3,) the axis of the head's own frame in which the neck goes up: y in most rigs, but not in all."""
        neck = self.place(self._known.targets["neck"]) - self.place(self._known.targets["thorax"])
        own = np.median((turns.transpose(0, 2, 1) @ neck[..., None])[..., 0], axis=0)
        axis = int(np.abs(np.nan_to_num(own)).argmax()) if np.isfinite(own).all() and own.any() else 1
        up: Array = np.eye(3)[axis] * (np.sign(own[axis]) if np.isfinite(own[axis]) and own[axis] else 1.0)
        return up


def _places(names: Sequence[str]) -> dict[str, int]:
    """Spelling -> place, with and without what stands before a colon, or before all names ("Character1_")."""
    first = names[0].partition("_")[0] + "_"
    common = first if all(name.startswith(first) for name in names) else ""
    places: dict[str, int] = {}
    for spell in (str, lambda name: name.rpartition(":")[2], lambda name: name.removeprefix(common)):
        for place, name in enumerate(names):
            places.setdefault(canonical(spell(name)), place)
    return places
