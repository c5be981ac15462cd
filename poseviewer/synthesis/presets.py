"""Which poses, seen how: the recipes that turn uniform numbers into training poses."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from poseviewer.core.errors import PoseviewerError
from poseviewer.core.ranges import ZERO, Interval


@dataclass(frozen=True)
class Views:
    """How cameras look at the poses.

    upright: share of poses seen with the animal on its feet (a random azimuth, elevation and roll); the rest
        is turned by a uniform 3D rotation.
    pitch: of the upright views, how far the animal itself tilts head up (sitting, rearing) or down, radians.
    elevation, roll: of the upright views, radians. All three are drawn towards the middle (mean of two uniforms).
    perspective: share of full-perspective cameras; the rest is orthographic (a weak perspective is an
        orthographic view of another size, and sizes are `scale`).
    distance: of a perspective camera, in body radii, log-uniform.
    scale: size of the animal in the picture, log-uniform.
    """

    upright: float = 0.0
    pitch: Interval = ZERO
    elevation: Interval = ZERO
    roll: Interval = ZERO
    perspective: float = 0.0
    distance: Interval = field(default=Interval(4.0, 20.0))
    scale: Interval = field(default=Interval(1.0, 1.0))


@dataclass(frozen=True)
class Flaws:
    """What real keypoints have and perfect ones have not.

    noise: standard deviation of a click, as a fraction of the body's RMS radius; each pose draws its own level
        uniformly from 0 to this.
    outliers: share of keypoints with six times that noise.
    complete: share of poses with every keypoint.
    missing: of the others, each draws a rate uniformly from 0 to this at which its keypoints are missing.
    limbs: of the others, the chance that each chain of bones beyond a girdle is hidden as a whole.
    """

    noise: float = 0.0
    outliers: float = 0.0
    complete: float = 1.0
    missing: float = 0.0
    limbs: float = 0.0


@dataclass(frozen=True)
class SynthesisPreset:
    """lengths: "uniform" is the paper's U(0, 1); "template" is the skeleton's own distribution.

    rigid: bones keep their length from pose to pose, ignoring `BoneLength.flex`.
    """

    name: str
    lengths: str
    rigid: bool
    views: Views
    flaws: Flaws


PAPER = SynthesisPreset("paper", "uniform", rigid=True, views=Views(), flaws=Flaws())
"""001, section 3.3.2: lengths U(0, 1), any rotation, orthographic, perfect keypoints."""

PLAIN = SynthesisPreset("plain", "template", rigid=True, views=Views(), flaws=Flaws())
"""The skeleton's own lengths; otherwise as in the paper. What `poseviewer synthesize` writes."""

DEFAULT = SynthesisPreset(
    "default",
    "template",
    rigid=False,
    views=Views(
        upright=0.85,
        pitch=Interval(math.radians(-30), math.radians(45)),
        elevation=Interval(math.radians(-35), math.radians(75)),
        roll=Interval(math.radians(-20), math.radians(20)),
        perspective=0.4,
        distance=Interval(4.0, 25.0),
        scale=Interval(0.5, 2.0),
    ),
    flaws=Flaws(noise=0.03, outliers=0.02, complete=0.45, missing=0.5, limbs=0.25),
)
"""What a real animal needs: its own lengths, mostly upright, many cameras, clicks that miss, limbs that are hidden."""

PRESETS = {preset.name: preset for preset in (PAPER, PLAIN, DEFAULT)}


def find_preset(name: str) -> SynthesisPreset:
    """A preset by name.

    Raises:
        PoseviewerError: there is none of that name.
    """
    if name not in PRESETS:
        raise PoseviewerError(f"There is no synthesis preset '{name}'; choose one of {', '.join(PRESETS)}.")
    return PRESETS[name]
