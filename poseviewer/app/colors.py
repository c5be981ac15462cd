"""Colours of joints and bones, the same on the image, on the diagram and in 3D: left blue, right red.

Plain (r, g, b) in 0..255, without Qt, so that every kind of view can use them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from poseviewer.core.skeleton import Skeleton

RGB = tuple[int, int, int]

WARNING: RGB = (224, 138, 30)
"""Something is not as it should be. Orange reads on light and dark alike."""


@dataclass(frozen=True)
class Palette:
    """The colours that tell left from right, and a prediction from what a user clicked."""

    title: str
    left: RGB
    right: RGB
    middle: RGB
    predicted: RGB


PALETTES: dict[str, Palette] = {
    "default": Palette(
        "Blue and red", left=(52, 152, 219), right=(231, 76, 60), middle=(212, 178, 106), predicted=(255, 221, 0)
    ),
    # Okabe and Ito's set: told apart with every common kind of colour blindness.
    "colorblind": Palette(
        "Colour-blind safe", left=(86, 180, 233), right=(213, 94, 0), middle=(204, 204, 204), predicted=(240, 228, 66)
    ),
}


def palette_named(name: str) -> Palette:
    """A palette by its key in `PALETTES`; the default one for a name that is not there (an old settings file)."""
    return PALETTES.get(name, PALETTES["default"])


def side_color(side: str, palette: str = "default") -> RGB:
    """The colour of 'left', 'right' or 'middle' (anything else is drawn as middle)."""
    colors = palette_named(palette)
    return {"left": colors.left, "right": colors.right}.get(side, colors.middle)


def predicted_color(palette: str = "default") -> RGB:
    """The colour of keypoints that a detector placed and no user has accepted."""
    return palette_named(palette).predicted


def joint_color(skeleton: Skeleton, joint: int, palette: str = "default") -> RGB:
    return side_color(skeleton.sides[joint], palette)


def bone_color(skeleton: Skeleton, bone: int, palette: str = "default") -> RGB:
    """A bone has the colour of its far joint, so that a leg is blue or red from the hip on."""
    return joint_color(skeleton, skeleton.bones[bone].child, palette)


def mixed(color: Sequence[int], other: Sequence[int], amount: float) -> RGB:
    """`color` with a share of `other`: 0 keeps it, 1 is the other."""
    r, g, b = (round(a + (c - a) * amount) for a, c in zip(color, other, strict=True))
    return r, g, b


def luminance(color: Sequence[int]) -> float:
    """Relative luminance in [0, 1] (WCAG 2): what decides whether black or white text is readable on a colour."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: Sequence[int], b: Sequence[int]) -> float:
    """The contrast ratio of two colours (WCAG 2), from 1 (none) to 21 (black on white)."""
    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


def readable_on(background: Sequence[int]) -> RGB:
    """Black or white, whichever is easier to read on a background."""
    return (0, 0, 0) if contrast((0, 0, 0), background) >= contrast((255, 255, 255), background) else (255, 255, 255)


def text_color(color: Sequence[int], background: Sequence[int], ratio: float = 4.5) -> RGB:
    """A colour moved towards black or white until its words can be read on a background (WCAG's 4.5 to 1)."""
    target = readable_on(background)
    for step in range(11):
        candidate = mixed(color, target, step / 10)
        if contrast(candidate, background) >= ratio:
            return candidate
    return target
