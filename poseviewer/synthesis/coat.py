"""The coat: what colour the hair is at a place on the animal at rest, so that it sticks to the skin as it moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from poseviewer.synthesis.noise import Noise

Floats = NDArray[np.float32]
Colour = tuple[float, float, float]


class Coat(Protocol):
    """Colours of the skin by place."""

    def colour(self, rest: Floats) -> Floats:
        """Places (3, n) on the animal at rest, mm -> linear RGB (3, n)."""
        ...


@dataclass(frozen=True)
class PlainCoat:
    """One colour all over."""

    paint: Colour = (0.5, 0.5, 0.5)

    def colour(self, rest: Floats) -> Floats:
        return np.repeat(np.array(self.paint, dtype=np.float32)[:, None], rest.shape[1], axis=1)


@dataclass(frozen=True)
class Patch:
    """A blob of colour: an ellipsoid at rest with a ragged edge."""

    centre: Colour
    radii: Colour
    paint: Colour
    ragged: float = 0.22
    soft: float = 0.07


@dataclass(frozen=True, eq=False)
class PatchedCoat:
    """Patches painted one over the other on a base colour, with the grain of hair.

    Attributes:
        collar: a band round the neck: its middle, a place further along the neck, and its colour.
        freckles: the colour of small spots on the legs and flanks, or None.
        grain: how strongly single strands of hair show.
    """

    base: Colour
    patches: tuple[Patch, ...]
    noise: Noise
    collar: tuple[Colour, Colour, Colour] | None = None
    freckles: Colour | None = None
    grain: float = 0.17

    def colour(self, rest: Floats) -> Floats:
        edge = self.noise.layers(rest * np.float32(1 / 55), 3)
        colour = np.repeat(np.array(self.base, dtype=np.float32)[:, None], rest.shape[1], axis=1)
        for patch in self.patches:
            centre = np.array(patch.centre, dtype=np.float32)[:, None]
            radii = np.array(patch.radii, dtype=np.float32)[:, None]
            reach = np.sqrt((((rest - centre) / radii) ** 2).sum(axis=0)) + patch.ragged * edge
            inside = np.clip((1 - reach) / patch.soft + 0.5, 0, 1)
            colour += inside * (np.array(patch.paint, dtype=np.float32)[:, None] - colour)
        if self.freckles is not None:
            spots = np.clip((self.noise(rest * np.float32(0.1) + np.float32(3.7)) - 0.56) * 9, 0, 1) * np.clip(
                (470 - rest[2]) / 120, 0, 1
            )
            colour += 0.55 * spots * (np.array(self.freckles, dtype=np.float32)[:, None] - colour)
        colour = colour * (1 + self.grain * self._hair(rest))
        return self._with_collar(rest, colour)

    def _hair(self, rest: Floats) -> Floats:
        """Streaks that run backwards along the trunk and down the legs."""
        low = np.clip((330 - rest[2]) / 60, 0, 1)
        back = self.noise(rest * np.array([[1 / 6], [1 / 30], [1 / 8]], dtype=np.float32))
        down = self.noise(rest * np.array([[1 / 6], [1 / 6], [1 / 30]], dtype=np.float32))
        broad = self.noise(rest * np.float32(1 / 26))
        return np.asarray(back * (1 - low) + down * low + 0.6 * broad)

    def _with_collar(self, rest: Floats, colour: Floats) -> Floats:
        if self.collar is None:
            return colour
        middle, onward, paint = (np.array(c, dtype=np.float32)[:, None] for c in self.collar)
        axis = (onward - middle) / np.linalg.norm(onward - middle)
        offset = rest - middle
        along = (offset * axis).sum(axis=0)
        near = np.abs(offset).sum(axis=0) < 260
        band = np.clip((11 - np.abs(along)) / 2 + 0.5, 0, 1) * near
        stitch = 1 - 0.25 * (np.abs(along) > 7)
        return np.asarray(colour + band * (paint * stitch - colour))


def farm_dog(seed: int = 5) -> PatchedCoat:
    """White with a red-brown saddle, a dark mantle, brown ears and mask, a blaze and a white tail tip."""
    white, tan, dark = (0.80, 0.74, 0.64), (0.40, 0.165, 0.055), (0.055, 0.042, 0.036)
    brown = (0.17, 0.062, 0.024)
    patches = (
        Patch((0, 215, 500), (100, 205, 128), tan),
        Patch((0, 215, 520), (92, 150, 78), dark, 0.3, 0.16),
        Patch((0, 470, 515), (60, 95, 70), tan),
        Patch((70, 350, 400), (60, 75, 110), tan, 0.3),
        Patch((-70, 335, 415), (60, 60, 90), tan, 0.3),
        Patch((-75, -60, 400), (45, 55, 60), tan, 0.4),
        Patch((48, -180, 642), (43, 84, 76), tan, 0.12),
        Patch((-48, -180, 642), (43, 84, 76), tan, 0.12),
        Patch((78, -185, 625), (30, 60, 62), brown, 0.2, 0.5),
        Patch((-78, -185, 625), (30, 60, 62), brown, 0.2, 0.5),
        Patch((0, -110, 610), (40, 60, 75), tan, 0.2),
        Patch((0, -283, 564), (60, 42, 3.2), (0.10, 0.06, 0.05), 0.05, 0.5),
    )
    collar = ((0.0, -88.0, 545.0), (0.0, -143.0, 610.0), (0.56, 0.035, 0.03))
    return PatchedCoat(white, patches, Noise(seed), collar, freckles=tan)
