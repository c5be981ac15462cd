"""The picture of a correlation study: a matrix per model on one scale of colour, and curves of pairs of joints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.geometry.correlation import Between
from poseviewer.io.figures import white_to_dark

Array = NDArray[np.float64]

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
"""Okabe and Ito's, told apart with every common kind of colour blindness."""
_LEGS, _TORSO = "#8c510a", "#01665e"
_SIDE = 5.0
_CURVES = 2.9
"""Inches: a matrix's width, and the height of a row of curves."""


@dataclass(frozen=True, eq=False)
class StudiedModel:
    """What was found out about one model.

    Attributes:
        name: of the model. joints: (J,) names. order: the joints that are drawn, the legs first.
        legs: how many of them are legs. factors: (F,). change: (J, J, F) as of `Influence`.
        means: over pairs of joints. poses: how many were looked at.
    """

    name: str
    joints: tuple[str, ...]
    order: tuple[int, ...]
    legs: int
    factors: Array
    change: Array
    means: Between
    poses: int

    @property
    def matrix(self) -> Array:
        """(K, K) in percent of the pose's size, of the joints that are drawn."""
        chosen: Array = 100 * self.change.mean(axis=2)[np.ix_(self.order, self.order)]
        return chosen


@dataclass(frozen=True)
class Pair:
    """A keypoint that moves and a depth that answers, by name."""

    keypoint: str
    depth: str


def figure_size(models: Sequence[StudiedModel], pairs: Sequence[Pair]) -> tuple[float, float]:
    """Inches."""
    return _SIDE * len(models) + 1.3, _SIDE + 0.7 + (_CURVES if pairs else 0)


def draw(figure: Any, models: Sequence[StudiedModel], pairs: Sequence[Pair]) -> None:
    """Draw on a matplotlib figure of `figure_size`."""
    rows = [_SIDE, _CURVES] if pairs else [_SIDE]
    axes = figure.subplots(len(rows), len(models), squeeze=False, height_ratios=rows)
    first, last = models[0].factors[0], models[0].factors[-1]
    figure.suptitle(
        f"Which keypoint moves which depth\n(each keypoint scaled by {first:.2f} to {last:.2f} about the root; "
        f"mean over {models[0].poses:,} poses)",
        fontsize=11,
    )
    most = max(float(model.matrix.max()) for model in models) or 1.0
    image = None
    for column, (place, model) in enumerate(zip(axes[0], models, strict=True)):
        image = _matrix(place, model, most, labelled=column == 0 or model.joints != models[0].joints)
    bar = figure.colorbar(image, ax=list(axes[0]), shrink=0.8, pad=0.02)
    bar.set_label("mean change of the depth, % of the pose's size")
    bar.outline.set_linewidth(0.5)
    if pairs:
        for column, (place, model) in enumerate(zip(axes[1], models, strict=True)):
            _curves(place, model, pairs, named=column == 0)
        highest = max(place.get_ylim()[1] for place in axes[1])
        for place in axes[1]:
            place.set_ylim(0, highest)


def _matrix(axes: Any, model: StudiedModel, most: float, labelled: bool) -> Any:
    values = model.matrix
    image = axes.imshow(values, cmap=white_to_dark(), vmin=0, vmax=most, interpolation="nearest")
    names = [model.joints[j].replace("_", " ") for j in model.order]
    count = len(names)
    axes.set_xticks(range(count), names, rotation=90, fontsize=8)
    axes.set_yticks(range(count), names if labelled else [], fontsize=8)
    for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
        for place, label in enumerate(labels):
            label.set_color(_LEGS if place < model.legs else _TORSO)
    axes.set_xticks(np.arange(count + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(count + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="#d0d0d0", linewidth=0.4)
    axes.tick_params(which="both", length=0)
    for spine in axes.spines.values():
        spine.set_linewidth(0.5)
    if 0 < model.legs < count:
        axes.axhline(model.legs - 0.5, color="black", linewidth=1.2)
        axes.axvline(model.legs - 0.5, color="black", linewidth=1.2)
    _numbers(axes, values, most)
    _groups(axes, model.legs, count)
    axes.set_xlabel("depth that answers")
    if labelled:
        axes.set_ylabel("keypoint that moves")
    axes.set_title(f"{model.name}\n{_in_words(model.means)}", pad=18)
    return image


def _numbers(axes: Any, values: Array, most: float) -> None:
    """Percents in the cells that have any, with a decimal where all are small."""
    decimals = 0 if most >= 9.95 else 1
    for (k, j), value in np.ndenumerate(values):
        if round(value, decimals) > 0:
            colour = "white" if value > 0.5 * most else "#333333"
            axes.text(j, k, f"{value:.{decimals}f}", ha="center", va="center", fontsize=6.5, color=colour)


def _groups(axes: Any, legs: int, count: int) -> None:
    for name, first, last, colour in (("legs", 0, legs, _LEGS), ("torso", legs, count, _TORSO)):
        if 0 < last - first < count:
            axes.text((first + last - 1) / 2, -0.75, name, ha="center", va="bottom", fontsize=9, color=colour)


def _in_words(means: Between) -> str:
    words = f"own depth {percent(means.own)}"
    if np.isfinite(means.across):
        words += f", same group {percent(means.within)}, legs ↔ torso {percent(means.across)}"
    return words


def percent(share: float) -> str:
    """A share as people read it; what is exactly nothing is told from what is nearly nothing."""
    return "0" if share == 0 else f"{100 * share:.2g} %" if share < 0.1 else f"{100 * share:.0f} %"


def _curves(axes: Any, model: StudiedModel, pairs: Sequence[Pair], named: bool) -> None:
    for colour, pair in zip(_cycle(len(pairs)), pairs, strict=True):
        k, j = model.joints.index(pair.keypoint), model.joints.index(pair.depth)
        words = f"{pair.keypoint} → {pair.depth}".replace("_", " ")
        axes.plot(
            100 * model.factors,
            100 * model.change[k, j],
            color=colour,
            linewidth=1.6,
            label=words,
            clip_on=False,  # a curve at 0 lies on the axis and is to be seen whole
            zorder=3,
        )
    axes.axvline(100, color="#999999", linewidth=0.8, linestyle=":")
    axes.set_xlabel("the keypoint's distance from the root, % of its own")
    if named:
        axes.set_ylabel("change of the depth,\n% of the pose's size")
    axes.set_xlim(100 * model.factors[0], 100 * model.factors[-1])
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8, title="keypoint → depth", title_fontsize=8)


def _cycle(count: int) -> list[str]:
    return [COLOURS[i % len(COLOURS)] for i in range(count)]
