"""`poseviewer ranges diff`: two range presets side by side, bone by bone: how a cat is not a horse."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from poseviewer.cli.console import write_json, write_line
from poseviewer.core.range_diff import (
    BoneDifference,
    FactorDifference,
    by_pairs,
    diff,
    diff_factors,
    spoken_bones,
    trunk_bone,
)
from poseviewer.core.range_edits import spoken_bone
from poseviewer.core.ranges import Interval, LengthFactor, RangePreset, SwingRange

if TYPE_CHECKING:
    from rich.table import Table

Row = tuple[str, ...]
"""What, in a, in b, and how they compare."""


def ranges_diff(
    a: Annotated[str, typer.Argument(metavar="A", help="A shipped preset (quadruped16.dog) or a TOML file.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The one to compare with it.")],
    notes: Annotated[bool, typer.Option("--notes", help="Say where the ranges that differ come from.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Report as JSON.")] = False,
) -> None:
    """Compare two range presets of one skeleton: rotation ranges, rest directions, bone lengths.

    Bones on the left and right that differ alike are one row. Lengths are shares of the trunk. "common" is the share
    of the directions allowed by either that both allow, relative to the bone that carries it.
    """
    from poseviewer.geometry.range_overlap import shared_directions
    from poseviewer.io.skeleton_files import load_ranges

    first, second = load_ranges(a), load_ranges(b)
    differences = diff(first, second)
    factors = diff_factors(first, second)
    common = shared_directions(first, second)
    if as_json:
        write_json(report(first, second, differences, factors, common))
        return
    if not differences and not factors and first.bell == second.bell:
        write_line(f"{first.name} and {second.name} are the same.")
        return
    _print(first, second, differences, factors, common, notes)


def report(
    a: RangePreset,
    b: RangePreset,
    differences: tuple[BoneDifference, ...],
    factors: tuple[FactorDifference, ...],
    common: tuple[float, ...],
) -> dict[str, Any]:
    """Everything that differs as plain values, angles in degrees; each bone of a pair on its own."""
    names = a.skeleton.bone_names
    return {
        "a": {"name": a.name, "source": a.source, "bell": a.bell},
        "b": {"name": b.name, "source": b.source, "bell": b.bell},
        "skeleton": a.skeleton.name,
        "kind": a.kind,
        "trunk": names[trunk_bone(a.skeleton)],
        "factors": [
            {"name": f.name, "a": f.a.spread if f.a else None, "b": f.b.spread if f.b else None} for f in factors
        ],
        "bones": [_bone_report(a, b, d, common[d.bone]) for d in differences],
    }


def _bone_report(a: RangePreset, b: RangePreset, d: BoneDifference, common: float) -> dict[str, Any]:
    length = d.length
    return {
        "bone": a.skeleton.bone_names[d.bone],
        "axes": {x.axis: {"a": _degrees(x.a), "b": _degrees(x.b), "overlap": round(x.overlap, 4)} for x in d.axes},
        "common_directions": common,
        "solid_angle": {"a": d.solid_angle_a, "b": d.solid_angle_b, "change": d.solid_angle_change},
        "rest_angle": round(math.degrees(d.rest_angle), 3),
        "usual_differs": d.usual,
        "rules": list(d.rules),
        "length": None
        if length is None
        else {
            "a": length.a,
            "b": length.b,
            "ratio": length.ratio,
            "spread": [length.spread_a, length.spread_b],
            "flex": [[length.flex_a.min, length.flex_a.max], [length.flex_b.min, length.flex_b.max]],
        },
        "notes": {"a": _note(a, d.bone), "b": _note(b, d.bone)},
    }


def _print(
    a: RangePreset,
    b: RangePreset,
    differences: tuple[BoneDifference, ...],
    factors: tuple[FactorDifference, ...],
    common: tuple[float, ...],
    notes: bool,
) -> None:
    import sys

    from rich.console import Console

    table = _table(a.name, b.name)
    shared = _shared_rows(a, b, factors)
    groups = [("all bones", shared)] if shared else []
    groups += [
        (spoken_bones(a, bones), _rows(a, b, d, common[d.bone])) for bones, d in by_pairs(differences, a.skeleton)
    ]
    for name, rows in groups:
        table.add_row(name, style="bold")
        for what, *values in rows:
            table.add_row(f"  {what}", *values)
    Console(file=sys.stdout, highlight=False).print(table)
    bones_apart = {d.bone for d in differences}
    alike = a.skeleton.bone_count - len(bones_apart)
    trunk = spoken_bone(a, trunk_bone(a.skeleton))
    write_line(f"{alike} of {a.skeleton.bone_count} bones are the same. Lengths are shares of {trunk}.")
    if notes:
        _print_notes(a, b, differences)


def _table(a: str, b: str) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", no_wrap=True)
    for name in (a, b):
        # A name is text, not markup, whatever brackets are in it.
        table.add_column(Text(name), justify="right", overflow="fold")
    table.add_column("", justify="left")
    return table


def _shared_rows(a: RangePreset, b: RangePreset, factors: tuple[FactorDifference, ...]) -> list[Row]:
    rows: list[Row] = [(f.name, _factor(f.a), _factor(f.b), "") for f in factors]
    if a.bell != b.bell:
        rows.insert(0, ("drawn near usual", f"{a.bell:.0%}", f"{b.bell:.0%}", ""))
    return rows


def _rows(a: RangePreset, b: RangePreset, d: BoneDifference, common: float) -> list[Row]:
    rows: list[Row] = [(f"{x.axis}, °", _span(x.a), _span(x.b), f"{x.overlap:.0%} overlap") for x in d.axes]
    if d.rest_angle:
        rows.append(
            ("rest direction", *(_direction(p, d.bone) for p in (a, b)), f"{math.degrees(d.rest_angle):.0f}° apart")
        )
    if d.usual:
        rows.append(("usual, °", *(_usual(p, d.bone) for p in (a, b)), ""))
    if d.axes or d.rest_angle:
        change = f"{d.solid_angle_change:+.0%}" if math.isfinite(d.solid_angle_change) else "from none"
        rows.append(("directions, sr", f"{d.solid_angle_a:.2f}", f"{d.solid_angle_b:.2f}", change))
        if math.isfinite(common):
            rows.append(("directions of both", "", "", f"{common:.0%} common"))
    rows += [(rule, *(_rule(p, d.bone, rule) for p in (a, b)), "") for rule in d.rules]
    if d.length is not None:
        rows += _length_rows(d)
    return rows


def _length_rows(d: BoneDifference) -> list[Row]:
    length = d.length
    assert length is not None
    rows: list[Row] = []
    if abs(length.ratio - 1) > 1e-6:
        rows.append(("length", f"{length.a:.3f}", f"{length.b:.3f}", f"x {length.ratio:.2f}"))
    if length.spread_a != length.spread_b:
        rows.append(("spread", _spread(length.spread_a), _spread(length.spread_b), ""))
    if length.flex_a != length.flex_b:
        rows.append(("bends to", *(f"{f.min:.2f} to {f.max:.2f}" for f in (length.flex_a, length.flex_b)), ""))
    return rows


def _print_notes(a: RangePreset, b: RangePreset, differences: tuple[BoneDifference, ...]) -> None:
    for preset in (a, b):
        write_line()
        write_line(f"{preset.name}: {preset.source or 'no source given'}")
        for bones, d in by_pairs(differences, preset.skeleton):
            write_line(f"  {spoken_bones(preset, bones)}: {_note(preset, d.bone) or 'no note'}")


def _note(preset: RangePreset, bone: int) -> str:
    return preset.notes[bone] if preset.notes else ""


def _rule(preset: RangePreset, bone: int, rule: str) -> str:
    value = getattr(preset.ranges[bone], rule)
    return ("yes" if value else "no") if isinstance(value, bool) else _vector(value)


def _direction(preset: RangePreset, bone: int) -> str:
    rotation = preset.ranges[bone]
    return _vector(rotation.rest) if isinstance(rotation, SwingRange) else ""


def _usual(preset: RangePreset, bone: int) -> str:
    rotation = preset.ranges[bone]
    if not isinstance(rotation, SwingRange):
        return ""
    if rotation.usual is None:
        return "middle"
    return " ".join(f"{math.degrees(v):.0f}" for v in rotation.usual)


def _vector(values: tuple[float, float, float]) -> str:
    return " ".join(f"{v:.2f}" for v in values)


def _factor(factor: LengthFactor | None) -> str:
    return "none" if factor is None else _spread(factor.spread)


def _spread(value: float) -> str:
    return f"{value:.2f}"


def _span(interval: Interval) -> str:
    low, high = _degrees(interval)
    return f"{low:g} to {high:g}"


def _degrees(interval: Interval) -> list[float]:
    return [round(math.degrees(interval.min), 1), round(math.degrees(interval.max), 1)]
