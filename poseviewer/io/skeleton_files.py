"""Skeletons and range presets as TOML files. Angles are degrees in the files and radians in the program."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

import tomli_w

from poseviewer.core.errors import SkeletonError
from poseviewer.core.ranges import (
    ZERO,
    BoneLength,
    Interval,
    LengthFactor,
    RangePreset,
    RotationRange,
    SphericalRange,
    SwingRange,
    Vector,
)
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.atomic import write_text
from poseviewer.io.resources import resource

Table = dict[str, Any]


def shipped_skeletons() -> list[str]:
    """Names of the skeletons that come with the program."""
    return sorted(p.stem for p in resource("skeletons").glob("*.toml"))


def shipped_ranges(skeleton: str) -> list[str]:
    """Names of the range presets that come with the program for one skeleton; the default one is first."""
    names = [p.stem for p in sorted(resource("ranges").glob(f"{skeleton}*.toml"))]
    return sorted((n for n in names if n.split(".")[0] == skeleton), key=lambda n: (n != skeleton, n))


def load_skeleton(name_or_path: str | Path) -> Skeleton:
    """A shipped skeleton by its name, or one from a TOML file.

    Raises:
        SkeletonError: there is none, or it is not a tree.
    """
    path = _find(name_or_path, "skeletons", "skeleton", shipped_skeletons)
    table = _read(path)
    return skeleton_from_table(table, str(path))


def skeleton_from_table(table: Table, where: str) -> Skeleton:
    try:
        joints = [str(j) for j in table["joints"]]
        layout = table.get("layout", {})
        return Skeleton.from_names(
            name=str(table["name"]),
            joints=joints,
            bones=[(str(a), str(b)) for a, b in table["bones"]],
            pairs=[(str(a), str(b)) for a, b in table.get("pairs", [])],
            aliases=[(str(a), str(j)) for a, j in table.get("aliases", {}).items()],
            layout=[(float(layout[j][0]), float(layout[j][1])) for j in joints] if layout else [],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SkeletonError(
            f"{where} is not a skeleton: {_missing(error)}; a skeleton has name, joints and bones."
        ) from error


def skeleton_to_table(skeleton: Skeleton) -> Table:
    names = skeleton.joints
    table: Table = {
        "name": skeleton.name,
        "joints": list(names),
        "bones": [[names[b.parent], names[b.child]] for b in skeleton.bones],
        "pairs": [[names[a], names[b]] for a, b in skeleton.pairs],
    }
    if skeleton.layout:
        table["layout"] = {name: list(place) for name, place in zip(names, skeleton.layout, strict=True)}
    if skeleton.aliases:
        table["aliases"] = dict(skeleton.aliases)
    return table


def load_ranges(name_or_path: str | Path, skeleton: Skeleton | None = None) -> RangePreset:
    """A shipped range preset by its name ("quadruped16", "quadruped16.paper"), or one from a TOML file.

    Raises:
        SkeletonError: there is none, it is damaged, or it is for another skeleton than the one given.
    """
    path = _find(name_or_path, "ranges", "range preset", lambda: [p.stem for p in resource("ranges").glob("*.toml")])
    return ranges_from_table(_read(path), str(path), skeleton)


def save_ranges(preset: RangePreset, path: Path) -> None:
    """Write a range preset; an existing file is replaced only once the new one is complete."""
    write_text(path, tomli_w.dumps(ranges_to_table(preset)))


def ranges_from_table(table: Table, where: str, skeleton: Skeleton | None = None) -> RangePreset:
    try:
        wanted = str(table["skeleton"])
        if skeleton is None:
            # A skeleton that is not shipped lies beside its ranges.
            beside = Path(where).with_name(f"{wanted}.toml")
            skeleton = load_skeleton(wanted if wanted in shipped_skeletons() else beside)
        elif skeleton.name != wanted:
            raise SkeletonError(
                f"{where} holds ranges for the skeleton '{wanted}', but this one is '{skeleton.name}'; "
                f"choose ranges made for '{skeleton.name}'."
            )
        ranges: dict[int, RotationRange] = {}
        lengths: dict[int, BoneLength] = {}
        notes: dict[int, str] = {}
        locked: set[int] = set()
        for row in table["bones"]:
            for bone in _bones_of(row, skeleton):
                mirrored = bone != _bones_of(row, skeleton)[0]
                ranges[bone] = _range_from(row, mirrored)
                lengths[bone] = _length_from(row)
                notes[bone] = str(row.get("note", ""))
                locked |= {bone} if row.get("locked", False) else set()
        lacking = [n for i, n in enumerate(skeleton.bone_names) if i not in ranges]
        if lacking:
            raise SkeletonError(f"{where} has no range for the bone {lacking[0]}; add one for each bone.")
        order = range(skeleton.bone_count)
        factors = tuple(
            LengthFactor(
                str(f["name"]),
                float(f["spread"]),
                tuple(sorted({b for n in f["bones"] for b in _named_bones(str(n), skeleton)})),
            )
            for f in table.get("factors", [])
        )
        return RangePreset(
            name=str(table["name"]),
            skeleton=skeleton,
            ranges=tuple(ranges[i] for i in order),
            lengths=tuple(lengths[i] for i in order),
            factors=factors,
            notes=tuple(notes[i] for i in order),
            source=str(table.get("source", "")),
            bell=float(table.get("bell", 0.0)),
            locked=frozenset(locked),
        )
    except SkeletonError as error:
        message = str(error)
        raise SkeletonError(message if where in message else f"{where}: {message}") from error
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise SkeletonError(
            f"{where} is not a range preset: {_missing(error)}; it has name, skeleton and a [[bones]] row per bone."
        ) from error


def ranges_to_table(preset: RangePreset) -> Table:
    rows = []
    for bone, (rotation, length) in enumerate(zip(preset.ranges, preset.lengths, strict=True)):
        row: Table = {"bone": preset.skeleton.bone_names[bone], "length": length.template, "spread": length.spread}
        if length.flex != Interval(1.0, 1.0):
            row["flex"] = [length.flex.min, length.flex.max]
        if isinstance(rotation, SphericalRange):
            row |= {"theta": _degrees(rotation.theta), "phi": _degrees(rotation.phi)}
        else:
            row |= {
                "rest": list(rotation.rest),
                "outward": list(rotation.outward),
                "flexion": _degrees(rotation.flexion),
                "abduction": _degrees(rotation.abduction),
            }
            if rotation.twist != ZERO:
                row["twist"] = _degrees(rotation.twist)
            if rotation.coupled:
                row["coupled"] = True
            if not rotation.carries:
                row["carries"] = False
            if rotation.usual is not None:
                row["usual"] = [round(math.degrees(v), 6) for v in rotation.usual]
        if bone in preset.locked:
            row["locked"] = True
        if preset.notes and preset.notes[bone]:
            row["note"] = preset.notes[bone]
        rows.append(row)
    names = preset.skeleton.bone_names
    return {
        "name": preset.name,
        "skeleton": preset.skeleton.name,
        "source": preset.source,
        "bell": preset.bell,
        "factors": [{"name": f.name, "spread": f.spread, "bones": [names[b] for b in f.bones]} for f in preset.factors],
        "bones": rows,
    }


def _bones_of(row: Table, skeleton: Skeleton) -> list[int]:
    return _named_bones(str(row["bone"]), skeleton)


def _named_bones(name: str, skeleton: Skeleton) -> list[int]:
    """The bone `parent:child`; written with `*_` for `left_`, that bone and its partner on the right."""
    parent, _, child = name.partition(":")
    if "*_" not in name:
        return [skeleton.bone_index(parent, child)]
    left = skeleton.bone_index(parent.replace("*_", "left_"), child.replace("*_", "left_"))
    return [left, skeleton.mirror_bones[left]]


def _range_from(row: Table, mirrored: bool) -> RotationRange:
    """One row's range; for the right side of a `*_` row, reflected in the plane x = 0."""
    if "theta" in row:
        phi = _radians(row["phi"])
        if mirrored:
            phi = Interval(math.pi - phi.max, math.pi - phi.min)
        return SphericalRange(_radians(row["theta"]), phi)
    sign = -1.0 if mirrored else 1.0
    return SwingRange(
        rest=_unit(row["rest"], sign),
        flexion=_radians(row["flexion"]),
        abduction=_radians(row["abduction"]),
        twist=_radians(row.get("twist", [0.0, 0.0])),
        outward=_unit(row.get("outward", [1.0, 0.0, 0.0]), sign),
        coupled=bool(row.get("coupled", False)),
        carries=bool(row.get("carries", True)),
        usual=_radian_vector(row["usual"]) if "usual" in row else None,
    )


def _length_from(row: Table) -> BoneLength:
    flex = row.get("flex", [1.0, 1.0])
    return BoneLength(float(row["length"]), float(row.get("spread", 0.0)), Interval(float(flex[0]), float(flex[1])))


def _radian_vector(values: Any) -> Vector:
    flexion, abduction, twist = (math.radians(v) for v in values)
    return flexion, abduction, twist


def _unit(values: Any, sign: float) -> Vector:
    x, y, z = (float(v) for v in values)
    norm = math.sqrt(x * x + y * y + z * z)
    if norm == 0:
        raise ValueError("a direction is zero")
    if math.isclose(norm, 1.0, rel_tol=1e-12):
        norm = 1.0  # written by us: dividing again would change its last digit at every round trip
    return sign * x / norm, y / norm, z / norm


def _radians(values: Any) -> Interval:
    low, high = values
    return Interval(math.radians(low), math.radians(high))


def _degrees(interval: Interval) -> list[float]:
    return [round(math.degrees(interval.min), 6), round(math.degrees(interval.max), 6)]


def _find(name_or_path: str | Path, folder: str, noun: str, known: Any) -> Path:
    path = Path(name_or_path)
    if path.suffix == ".toml" or path.is_file():
        if path.is_file():
            return path
    elif (shipped := resource(folder, f"{name_or_path}.toml")).is_file():
        return shipped
    raise SkeletonError(
        f"There is no {noun} '{name_or_path}'; give a TOML file or one of {', '.join(sorted(known()))}."
    )


def _read(path: Path) -> Table:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SkeletonError(f"{path} is not valid TOML ({error}); correct that line.") from error


def _missing(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
