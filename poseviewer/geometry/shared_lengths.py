"""What the poses of one animal say together about its bone lengths, and what that makes likely of each of them.

One view cannot tell a long bone from a short one that lies flat in the image; many views of the same animal can. Each
pose is fitted with its angles free to leave their ranges for a price, so that a range that is wrong does not bend the
lengths to it. All its other unknowns are eliminated (the Schur complement of its normal equations); what is left is a
normal distribution of the animal's log lengths, up to one scale. These are multiplied with each other and with the
preset's own distribution. A pose is told only what the others say, so no pose is counted twice, and one that is alone
is told what the preset says.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.ranges import RangePreset
from poseviewer.geometry.pose_model import SOFT, LengthPrior, PoseState, length_parts
from poseviewer.geometry.pose_search import AT_STOP, LOOSE_PRICE, PoseSearch, shared_out

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

ROUNDS = 2
"""How often the poses are fitted with the lengths that they told each other the time before."""
ENOUGH = 60
"""Poses of one animal that its lengths are learnt from: with more they would not be known much better."""
TOGETHER = 128
"""Poses fitted at once: more need much memory and gain no speed."""


class Message(NamedTuple):
    """What n poses say about their animals' log lengths m (n, B): -m precision m / 2 + pull m, up to a constant."""

    precision: Array
    pull: Array


def template_lengths(preset: RangePreset, n: int) -> LengthPrior:
    """What the preset alone holds likely of n poses."""
    mean, between, within = length_parts(preset)
    root = np.linalg.cholesky(between @ between.T + np.diag(within**2))
    return LengthPrior(np.tile(mean, (n, 1)), np.tile(root, (n, 1, 1)))


def learn_lengths(
    preset: RangePreset, groups: Rows, search: Callable[[Rows, LengthPrior], PoseSearch]
) -> Generator[float, None, LengthPrior]:
    """What is likely of the lengths of N poses, given what the other poses of their group say.

    Args:
        groups: (N,) the animal of each pose, from 0.
        search: of some of the poses, with what is likely of their lengths.
    """
    heard = _heard(groups)
    prior = template_lengths(preset, len(groups))
    parts = in_parts(heard)
    steps = ROUNDS * len(parts)
    for turn in range(ROUNDS if len(heard) else 0):
        said = []
        for place, rows in enumerate(parts):
            work = _fit_and_tell(search(rows, prior.taken(rows)))
            step = turn * len(parts) + place
            said.append((yield from shared_out(work, step / steps, (step + 1) / steps)))
        prior = told(preset, groups, heard, Message(*(np.concatenate(part) for part in zip(*said, strict=True))))
    return prior


def in_parts(rows: Rows) -> list[Rows]:
    """Rows, as many at a time as are fitted together."""
    return np.array_split(rows, max(1, -(-len(rows) // TOGETHER)))


def _fit_and_tell(search: PoseSearch) -> Generator[float, None, Message]:
    inside = yield from shared_out(search.fit_inside(), 0.0, 0.8)
    loose = yield from shared_out(search.fit_loosened(inside), 0.8, 1.0)
    return message(search, loose)


def message(search: PoseSearch, loose: PoseState) -> Message:
    """What poses at their loosened fit say about their animals' lengths, all else being free."""
    model, problems = search.model, search.loosened()
    count, bones, points = len(model.unknowns), loose.lengths.shape[1], 2 * search.given.shape[1]
    residuals, slopes = problems.linearise(loose, np.arange(len(search.given)))
    # What was held likely of the lengths is not what this pose says about them.
    prior = slice(points + count, points + count + bones)
    residuals, slopes = np.delete(residuals, prior, axis=1), np.delete(slopes, prior, axis=1)
    others, lengths = slopes[..., : 6 + count], slopes[..., 6 + count :]
    normal = np.swapaxes(others, 1, 2) @ others + 1e-6 * np.eye(6 + count)
    stopped = (loose.angles >= model.high - AT_STOP) | (loose.angles <= model.low + AT_STOP)
    angles = 6 + np.arange(count)
    normal[:, angles, angles] += np.where(stopped, LOOSE_PRICE / SOFT, 0.0)
    mixed = np.swapaxes(others, 1, 2) @ lengths
    solved = np.linalg.solve(normal, np.concatenate([mixed, np.swapaxes(others, 1, 2) @ residuals[..., None]], axis=2))
    crossed = np.swapaxes(mixed, 1, 2) @ solved
    precision = np.swapaxes(lengths, 1, 2) @ lengths - crossed[..., :bones]
    slope = (np.swapaxes(lengths, 1, 2) @ residuals[..., None])[..., 0] - crossed[..., bones]
    # From standard deviations of the prior to log lengths.
    back = np.linalg.inv(loose.root)
    pull = np.einsum("nzb,nz->nb", back, (precision @ loose.lengths[..., None])[..., 0] - slope)
    precision = np.swapaxes(back, 1, 2) @ precision @ back
    pull = pull + (precision @ loose.mean[..., None])[..., 0]
    return _of_animal(model.preset, precision, pull)


def told(preset: RangePreset, groups: Rows, heard: Rows, said: Message) -> LengthPrior:
    """What is likely of each of N poses, given what the others of its group among `heard` say."""
    mean, between, within = length_parts(preset)
    precision = between.T @ said.precision @ between
    pull = (said.pull - said.precision @ mean) @ between
    total = np.tile(np.eye(between.shape[1]), (len(groups), 1, 1))
    sums = np.zeros((len(groups), between.shape[1]))
    for group in np.unique(groups[heard]):
        mine, members = groups[heard] == group, groups == group
        total[members] += precision[mine].sum(0)
        sums[members] += pull[mine].sum(0)
    total[heard] -= precision
    sums[heard] -= pull
    covariance = np.linalg.inv(total)
    covariance = (covariance + np.swapaxes(covariance, 1, 2)) / 2
    typical = mean + (covariance @ sums[..., None])[..., 0] @ between.T
    root: Array = np.asarray(np.linalg.cholesky(between @ covariance @ between.T + np.diag(within**2)), np.float64)
    return LengthPrior(typical, root)


def _of_animal(preset: RangePreset, precision: Array, pull: Array) -> Message:
    """From what is said about the lengths in a pose to what that says about the animal: each flexes by itself."""
    _, _, within = length_parts(preset)
    damped = np.linalg.inv(np.eye(len(within)) + precision * within**2)
    return Message(damped @ precision, (damped @ pull[..., None])[..., 0])


def _heard(groups: Rows) -> Rows:
    """The poses that lengths are learnt from: of each group of several, evenly, as many as are enough."""
    chosen = []
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        if len(members) > 1:
            places = np.linspace(0, len(members) - 1, min(len(members), ENOUGH))
            chosen.append(members[np.round(places).astype(np.intp)])
    return np.sort(np.concatenate(chosen)) if chosen else np.zeros(0, np.intp)
