"""Which joint of a skeleton a known data set's keypoint is: tables in `resources/label_maps`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from poseviewer.core.skeleton import Skeleton, canonical
from poseviewer.io.resources import resource


@dataclass(frozen=True)
class LabelMap:
    """The keypoints of one data set.

    Attributes:
        joints: their names, in the data set's order.
        indices: their positions in the data set's arrays, where these hold more.
        targets: skeleton name -> keypoint name -> joint name.
    """

    name: str
    joints: tuple[str, ...]
    indices: tuple[int, ...]
    targets: Mapping[str, Mapping[str, str]]


@cache
def label_map(name: str) -> LabelMap:
    """The shipped table of that name.

    Raises:
        FileNotFoundError: there is none.
    """
    table = tomllib.loads(resource("label_maps", f"{name}.toml").read_text(encoding="utf-8"))
    joints = tuple(table["joints"])
    targets = {key: value for key, value in table.items() if isinstance(value, dict)}
    return LabelMap(table["name"], joints, tuple(table.get("indices", range(len(joints)))), targets)


def known_targets(names: Sequence[str], skeleton: Skeleton) -> Mapping[str, str]:
    """Keypoint name -> joint name for a file that has exactly the keypoints of a known data set; else nothing."""
    spelled = {canonical(name) for name in names}
    for path in sorted(resource("label_maps").glob("*.toml")):
        known = label_map(path.stem)
        if skeleton.name in known.targets and {canonical(joint) for joint in known.joints} == spelled:
            return known.targets[skeleton.name]
    return {}
