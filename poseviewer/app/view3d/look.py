"""The colours of the 3D view in a light and a dark window. Without Qt."""

from __future__ import annotations

from dataclasses import dataclass

from poseviewer.app.colors import RGB, luminance, mixed


@dataclass(frozen=True)
class Look:
    """Colours in 0..255 and strengths in 0..1.

    Attributes:
        top, bottom: the background runs from one to the other.
        grid, grid_alpha: lines of the floor.
        shadow_alpha: of black, where the animal's shadow is darkest.
        haze: how much of the background a joint at the far end of the animal takes on.
        text, plate: words and the plate behind them.
        muted: the camera on the floor, and words that only explain.
        ring: around the joint that is pointed at or selected; also a rotation range and its handles.
        stop: a bone at the end of its range.
        other: the second pose of a comparison, neither left nor right.
    """

    top: RGB
    bottom: RGB
    grid: RGB
    grid_alpha: float
    shadow_alpha: float
    haze: float
    text: RGB
    plate: RGB
    muted: RGB
    ring: RGB
    stop: RGB
    other: RGB


def look_for(base: RGB, text: RGB, accent: RGB) -> Look:
    """The look that goes with a window whose lists have the background `base` and whose words are `text`."""
    dark = luminance(base) < 0.2
    return Look(
        top=mixed(base, (255, 255, 255), 0.05) if dark else mixed(base, (0, 0, 0), 0.015),
        bottom=mixed(base, (0, 0, 0), 0.22) if dark else mixed(base, (86, 104, 124), 0.15),
        grid=mixed(base, (255, 255, 255), 0.55) if dark else mixed(text, (110, 130, 150), 0.6),
        grid_alpha=0.34 if dark else 0.42,
        shadow_alpha=0.5 if dark else 0.2,
        haze=0.4 if dark else 0.34,
        text=text,
        plate=mixed(base, (255, 255, 255), 0.1) if dark else base,
        muted=mixed(text, base, 0.42),
        ring=mixed(accent, (255, 255, 255), 0.3) if dark else accent,
        stop=(255, 84, 72) if dark else (206, 28, 28),
        other=mixed(text, base, 0.12),
    )
