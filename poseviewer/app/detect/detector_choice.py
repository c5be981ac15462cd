"""Which detector a project uses, in words: the one that comes with the program, the project's own, or none yet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from poseviewer.app.train.stages import DETECTOR, stage_of
from poseviewer.core.errors import CheckpointError
from poseviewer.core.skeleton import Skeleton

if TYPE_CHECKING:
    from poseviewer.models.card import ModelCard

FILE = "file"
"""The entry that asks for a file."""


@dataclass(frozen=True)
class DetectorChoices:
    """Attributes:
    entries: (key, title): "" for the shipped one, a path for the project's own.
    current: the key of the one in use.
    about: one or two sentences about it; why it cannot be used where it cannot.
    usable: whether it can detect.
    """

    entries: tuple[tuple[str, str], ...]
    current: str
    about: str
    usable: bool


def choices_for(skeleton: Skeleton, detector: str, before: str = "") -> DetectorChoices:
    """What there is to choose from.

    Args:
        detector: the project's, "" for the shipped one.
        before: one of the user's own that was in use before; it is still offered.
    """
    from poseviewer.models.find_detector import shipped_detectors

    names = shipped_detectors(skeleton.name)
    entries = [("", f"Comes with the program ({skeleton.name})" if skeleton.name in names else "None yet")]
    entries += [(name, f"Comes with the program ({name})") for name in names if name != skeleton.name]
    known = {key for key, _ in entries}
    entries += [(path, own_title(path)) for path in dict.fromkeys((detector, before)) if path not in known]
    card, why = _found(detector, skeleton)
    if card is not None:
        about = about_words(card, own=bool(detector))
    else:
        about = why or (
            f"No detector comes with the program for the skeleton “{skeleton.name}”: label a few frames and train one "
            "(menu Train), or choose a file."
        )
    return DetectorChoices(tuple(entries), detector, about, card is not None)


def own_title(path: str) -> str:
    """A detector that was trained in this window is called by how it was trained, another one by its file."""
    name = Path(path)
    parts = name.stem.split("-")
    if stage_of(parts[0]).makes != DETECTOR or len(parts) < 3 or not parts[-1].isdigit():
        return name.name
    return f"Trained here ({'-'.join(parts[1:-1])}, {int(parts[-1]):,} steps)"


def about_words(card: ModelCard, own: bool) -> str:
    """What a detector was trained on and measured to do, as its card says."""
    from poseviewer.app.train.measures import OWN

    said = [card.notes] if card.notes else []
    said += [f"{m.title} {m.words(card.metrics[m.key])}." for m in OWN if m.key in card.metrics][:1]
    if not own:
        said.append("A few frames that you label make one that knows your recording better.")
    return " ".join(said) or "A detector of your own."


def _found(detector: str, skeleton: Skeleton) -> tuple[ModelCard | None, str]:
    """The card of a detector; None and why where it cannot be used."""
    from poseviewer.models.find_detector import find_detector

    try:
        found = find_detector(detector or None, skeleton)
    except CheckpointError as error:
        return None, str(error)
    return (found[1], "") if found is not None else (None, "")
