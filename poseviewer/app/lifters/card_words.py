"""What a lifter is, in words: how it lifts, what it learned from and how well it was measured to do. From its card."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from poseviewer.app.train.run_words import count_words
from poseviewer.app.train.stages import FLAT, LIFTER, SOLID, stage_of

if TYPE_CHECKING:
    from poseviewer.models.card import ModelCard

NETWORKS = {
    "default": ("masked network", "Masked network: missing keypoints are guessed, clicked ones keep their place"),
    "cascade": ("cascade", "A cascade of residual networks: needs every keypoint"),
    "depth": ("depths of keypoints", "Gives every keypoint a depth: needs them all"),
    "paper": ("synthesis paper’s network", "The synthesis paper’s network: needs every keypoint"),
}
"""Networks that several stages share: in two words, and in a sentence."""
OVER_FLAT = ("p_mpjpe_over_flat", "of_flat")
"""How measures end that are shares of the flat pose's error."""
_TRAINED_BY = re.compile(r"\btrain (\w+)")

Rows = tuple[tuple[str, str], ...]


def method_of(card: ModelCard) -> str:
    """The training stage that made it: its network's name, or what the command says that makes it again."""
    said = _TRAINED_BY.search(card.command)
    for task in (card.network, said[1] if said else ""):
        if stage_of(task).makes == LIFTER:
            return task
    return LIFTER


def method_words(card: ModelCard) -> str:
    """In two or three words: "masked network", "Random projections (Drover 2018)"."""
    task = method_of(card)
    return stage_of(task).title if task != LIFTER else NETWORKS.get(card.network, (card.network, ""))[0]


def summary_words(card: ModelCard) -> str:
    """One line: the method, what it learned from, and the figure that says most."""
    said = [method_words(card), _material_words(card), *(f"{n} {w}" for n, w in measured(card)[:1])]
    return " · ".join(part for part in said if part)


def card_rows(card: ModelCard) -> Rows:
    """Everything that helps to choose, as (name, words)."""
    task = method_of(card)
    stage = stage_of(task)
    how = stage.title if task != LIFTER else NETWORKS.get(card.network, ("", card.network))[1]
    begun = f", from {card.start.partition(' (')[0]}" if card.start else ""
    rows = [
        ("Method", how),
        ("Preset", f"{card.preset}{begun}"),
        ("Learned from", _material_words(card)),
        ("Poses seen", count_words(card.poses_seen) if card.poses_seen else ""),
        *((f"On {name}", words) for name, words in measured(card)),
        ("Notes", card.notes),
    ]
    return tuple((name, words) for name, words in rows if words)


def measured(card: ModelCard) -> list[tuple[str, str]]:
    """On which data, and how far off: a share of the flat pose's error, without mirroring."""
    found = []
    for key, value in card.metrics.items():
        plain = key.lower().replace(" ", "_")
        ending = next((e for e in OVER_FLAT if plain.endswith(e)), None)
        if ending is not None:
            name = plain.removesuffix(ending).rstrip("_")
            found.append((spoken_data(name), f"{value:.2f} of the flat pose’s error"))
    return found


def spoken_data(name: str) -> str:
    """`hdm05` -> HDM05, `dog` -> dog: names of data sets are capitals."""
    known = name.upper() if any(c.isdigit() for c in name) or name.startswith("cmu") else name
    return known.replace("_", " ") or "poses kept aside"


def _material_words(card: ModelCard) -> str:
    """What it learned from: poses out of ranges, unless its stage learns from poses that somebody has."""
    kind = stage_of(method_of(card)).poses
    if kind == FLAT:
        return "2D poses alone"
    if kind == SOLID:
        return "3D poses"
    return f"ranges of {card.ranges.get('name', '')}" if card.ranges.get("name") else ""
