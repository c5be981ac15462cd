"""The clips that a file of poses is made of: which poses follow each other in time, who moves, and what they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

KINDS = ("action", "subject")
"""What poses are grouped by in tables."""


@dataclass(frozen=True, eq=False)
class Clips:
    """For each of N poses the clip that it is of.

    Attributes:
        clip: (N,) the number of the clip of each pose, -1 for none. The poses of a clip follow each other in time.
        labels: for each of `KINDS` that is known, what each of the C clips is called: (C,).
    """

    clip: NDArray[np.int64]
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Clips, those without poses included."""
        return int(max((self.clip.max(initial=-1) + 1, *(len(of) for of in self.labels.values()))))

    def every(self, step: int) -> Clips:
        """Of every `step`-th pose."""
        return Clips(self.clip[::step], self.labels)

    def groups(self, kind: str) -> dict[str, NDArray[np.bool_]]:
        """For every label that a pose has, in order of the alphabet, which poses have it: (N,).

        Poses of no clip, and labels that are empty, are in no group.
        """
        of_clip = np.array([*self.labels.get(kind, ()), ""])
        of_pose = of_clip[np.where(self.clip < 0, len(of_clip) - 1, self.clip)]
        return {str(label): of_pose == label for label in np.unique(of_pose) if label}


def joined(parts: Sequence[Clips]) -> Clips:
    """The clips of several files, one after the other; a kind that a file does not know is empty there."""
    first = np.cumsum([0, *(part.count for part in parts)])
    clip = np.concatenate([np.where(p.clip < 0, -1, p.clip + start) for p, start in zip(parts, first, strict=False)])
    kinds = {kind for part in parts for kind in part.labels}
    labels = {
        kind: tuple(label for part in parts for label in part.labels.get(kind, ("",) * part.count)) for kind in kinds
    }
    return Clips(clip, labels)
