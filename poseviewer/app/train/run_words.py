"""How times, counts, ranges and states of a training run are said to people."""

from __future__ import annotations

import math
from datetime import datetime

from poseviewer.app.recent import when
from poseviewer.core.range_edits import axes_of, interval_of, spoken_bone
from poseviewer.core.ranges import BoneLength, Interval, RangePreset

STATES = {
    "running": "running",
    "paused": "paused",
    "stopped": "stopped early",
    "finished": "finished",
    "failed": "failed",
    "interrupted": "interrupted",
}


def when_words(created: str, now: datetime) -> str:
    """`today, 14:20` for an ISO time; as it stands where it is none."""
    try:
        then = datetime.fromisoformat(created)
    except ValueError:
        return created
    local = then.astimezone().replace(tzinfo=None) if then.tzinfo is not None else then
    return when(local, now)


def duration_words(seconds: float) -> str:
    """`40 s`, `3 min`, `1 h 20 min`: as exact as somebody who waits wants to know."""
    if not math.isfinite(seconds) or seconds < 0:
        return "unknown"
    if seconds < 55:
        return f"{max(1, round(seconds / 5) * 5) if seconds > 5 else max(1, round(seconds))} s"
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def count_words(number: float) -> str:
    """`940`, `12,400`, `1.2 million`."""
    if number >= 999_950_000:
        return f"{number / 1e9:.1f} billion"
    if number >= 999_950:
        return f"{number / 1e6:.1f} million"
    return f"{round(number):,}"


def differing_bones(ranges: RangePreset, other: RangePreset) -> list[int]:
    """The bones whose range or length is not the other's; all of them where the skeletons or kinds differ."""
    if not comparable(ranges, other):
        return list(range(ranges.skeleton.bone_count))
    return [
        bone
        for bone in range(ranges.skeleton.bone_count)
        if (ranges.ranges[bone], ranges.lengths[bone]) != (other.ranges[bone], other.lengths[bone])
    ]


def comparable(ranges: RangePreset, other: RangePreset) -> bool:
    """Whether two presets can be compared bone by bone."""
    return ranges.skeleton.bones == other.skeleton.bones and ranges.kind == other.kind


def ranges_words(ranges: RangePreset, other: RangePreset | None, what: str = "shipped") -> str:
    """`quadruped16 · 2 bones differ from shipped`."""
    if other is None:
        return ranges.name
    if not comparable(ranges, other):
        return f"{ranges.name} · of another kind than {what}"
    count = len(differing_bones(ranges, other))
    if not count:
        return f"{ranges.name} · as {what}"
    return f"{ranges.name} · {count} bone{'s differ' if count > 1 else ' differs'} from {what}"


def difference_lines(old: RangePreset, new: RangePreset) -> list[tuple[str, str]]:
    """What the new ranges changed, a line per bone and axis: ("left hip to left knee", "flexion −30…60° → −30…95°")."""
    lines = []
    for bone in differing_bones(new, old):
        if not comparable(old, new):
            break
        name = spoken_bone(new, bone)
        for axis in axes_of(new.ranges[bone]):
            before, after = interval_of(old, bone, axis), interval_of(new, bone, axis)
            if before != after:
                lines.append((name, f"{axis} {interval_words(before)} → {interval_words(after)}"))
        if old.lengths[bone] != new.lengths[bone]:
            lines.append((name, f"length {_length(old.lengths[bone])} → {_length(new.lengths[bone])}"))
        if not lines or lines[-1][0] != name:
            lines.append((name, "another rest direction or posture"))
    return lines


def interval_words(interval: Interval) -> str:
    """`−30…60°`: radians in, degrees out."""
    low, high = round(math.degrees(interval.min)), round(math.degrees(interval.max))
    return f"{low}…{high}°".replace("-", "−")


def _length(length: BoneLength) -> str:
    return f"{length.template:.3g} ± {100 * length.spread:.0f} %"
