"""What every number of a training run is called, in which unit people read it, and what it means."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """One number that training reports, in the words of somebody who studies animals.

    Attributes:
        key: what the report calls it.
        title: on screen.
        about: one or two sentences for the tooltip, with the field's own name for the number.
        unit: "°", "%", "px" or "" behind the shown number.
        shown: from the reported number to the shown one.
        best: the shown number of a perfect model, None where there is none; smaller is better unless this is 100.
    """

    key: str
    title: str
    about: str
    unit: str = ""
    shown: Callable[[float], float] = float
    best: float | None = 0.0

    def words(self, value: float) -> str:
        """A reported number as people read it: "9.2°", "2.4 %"."""
        return number_with_unit(self.shown(value), self.unit)


def angle_of(mean_cosine_loss: float) -> float:
    """Degrees from minus a mean cosine: -1 is 0 degrees."""
    return math.degrees(math.acos(max(-1.0, min(1.0, -mean_cosine_loss))))


def _percent(value: float) -> float:
    return 100.0 * value


def _root_percent(value: float) -> float:
    return 100.0 * math.sqrt(max(value, 0.0))


LOSSES = (
    Measure("joint", "Joint place", "Mean distance of the 3D joints from where they were, in the animal's radius."),
    Measure("depth", "Depth", "The same once every clicked keypoint keeps its place: what is left is error in depth."),
    Measure("direction", "Bone direction", "Half of 1 minus the mean cosine between true and lifted bones."),
    Measure("length", "Bone length", "A tenth of the mean difference of the logarithms of true and lifted lengths."),
    Measure(
        "nll",
        "Depth spread",
        "Likelihood of the true depths under the spread that the model claims; falls below 0 as it learns how sure "
        "it may be.",
        best=None,
    ),
    Measure(
        "L_ed",
        "Bone direction",
        "L_ed: minus the mean cosine between true and lifted bones, shown as the angle that has that cosine.",
        "°",
        angle_of,
    ),
    Measure("L_el", "Bone length", "L_el: mean square difference between true and lifted bone lengths."),
    Measure("L_sym", "Left like right", "L_sym: mean square difference between left and right bones of one pose."),
    Measure("place", "Keypoint place", "How badly the map of each keypoint shows where it is; it falls as it learns."),
    Measure("offset", "Place within a cell", "How far off the keypoint is inside the cell of the map that shows it."),
    Measure("heat", "Heatmap", "Weighted cross-entropy between the heatmaps and the labelled keypoints (eq. 2)."),
    Measure("L2", "Squared difference", "Mean square difference between what comes out and what should."),
)
"""The terms whose sum is made small."""

SYNTHETIC = (
    Measure(
        "L_ed",
        "Bone direction off by",
        "How far the lifted bones point away from the true ones. The angle whose cosine is the mean over all bones of "
        "poses drawn from your ranges and never trained on; L_ed is minus that cosine, and −1 is perfect.",
        "°",
        angle_of,
    ),
    Measure(
        "L_el",
        "Bone length off by",
        "How far the lifted bone lengths are from the true ones, as a share of the longest bone of the pose "
        "(the root of L_el, on poses never trained on).",
        " %",
        _root_percent,
    ),
    Measure("L_sym", "Left unlike right by", "L_sym on poses never trained on; 0 is perfect.", " %", _root_percent),
    Measure(
        "depth_error",
        "Depth off by",
        "Mean error of each joint's depth, as a share of the animal's radius in the picture, on poses never trained "
        "on.",
        " %",
        _percent,
    ),
    Measure("unseen median px", "Keypoint off by", "Median error on rendered pictures that it never saw.", " px"),
    Measure(
        "unseen PCK@0.1 %",
        "Keypoints in place",
        "Keypoints closer to the truth than a tenth of the animal's size (PCK@0.1), on rendered pictures.",
        " %",
        best=100.0,
    ),
    Measure(
        "L2 unseen",
        "Picture off by",
        "Mean square difference between frames that it never saw and what it makes of them.",
    ),
)
"""On poses drawn from the run's own ranges and on pictures that were kept aside, where the truth is known."""
OWN_PREFIXES = ("own ", "held out ", "median px")
KEPT_ASIDE = "held out median px"
HIDDEN = "own hidden keypoint %"

OWN = (
    Measure(
        HIDDEN,
        "Hidden keypoint off by",
        "Each of your keypoints is hidden in turn and guessed from the others: how far the guess lies from your click, "
        "as a share of the animal's size in the picture. The best sign of whether the model knows this animal.",
        " %",
    ),
    Measure(
        "own reprojection px",
        "Reprojection off by",
        "How far the model's own 3D pose, seen by the camera, lies from your keypoints. Where a click cannot be "
        "explained by any pose inside the ranges, this stays large.",
        " px",
    ),
    Measure(
        "own swaps",
        "Left–right mix-ups",
        "Labelled frames that the model explains better once the left and right of a pair of limbs are exchanged: "
        "either the model is wrong there, or the labels are.",
    ),
    Measure(
        KEPT_ASIDE,
        "Keypoint off by",
        "How far half of the detected keypoints lie from your clicks at most, in pixels of the frame, on labelled "
        "frames that were kept aside and not trained on (median).",
        " px",
    ),
    Measure(
        "held out PCK@0.1 %",
        "Keypoints in place",
        "Keypoints closer to your click than a tenth of the animal's size (PCK@0.1), on labelled frames that were kept "
        "aside.",
        " %",
        best=100.0,
    ),
    Measure(
        "median px",
        "Keypoint off by",
        "How far half of the detected keypoints lie from your clicks at most, in pixels of the picture that the "
        "network sees, on labelled frames that were kept aside (median).",
        " px",
    ),
)
"""On the frames that the user has labelled, where only the clicks are known."""

SAID_OTHERWISE = frozenset({"own reprojection %"})
"""Figures that would say a second time, in another unit, what a shown one says."""


def is_own(key: str) -> bool:
    """Whether a figure of validation is about the user's own frames."""
    return key.startswith(OWN_PREFIXES)


def number_with_unit(value: float, unit: str) -> str:
    """Three digits at most that mean something: "9.24°", "0.031", "12 %"."""
    if not math.isfinite(value):
        return "–"
    size = abs(value)
    digits = 0 if size >= 100 or value == int(value) else 1 if size >= 10 else 2 if size >= 1 else 3
    text = f"{value:.{digits}f}" if size >= 0.001 or size == 0 else f"{value:.1e}"
    return f"{text}{unit}".replace("-", "−").replace(" ", "\u00a0")  # a unit stays with its number


def measures_in(table: Mapping[str, float], known: tuple[Measure, ...]) -> list[Measure]:
    """A measure per number of a report: the known ones in their order, then the others by their own names."""
    table = {key: value for key, value in table.items() if key not in SAID_OTHERWISE}
    found = [measure for measure in known if measure.key in table]
    names = {measure.key for measure in known}
    return found + [Measure(key, key.replace("_", " "), key, best=None) for key in table if key not in names]
