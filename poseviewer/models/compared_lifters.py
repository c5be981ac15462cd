"""Who takes part in a comparison of lifters: each under a name, with its joints found among those of the true poses."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from poseviewer.core.errors import CheckpointError, PoseInputError
from poseviewer.core.joint_names import find_skeleton
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.liftable import liftable
from poseviewer.io.skeleton_files import load_skeleton, shipped_skeletons
from poseviewer.models.base import Lifter, shipped_lifter
from poseviewer.models.borrowed import BorrowedLifter, columns_among
from poseviewer.models.card import read_card
from poseviewer.models.completed import CompletedLifter
from poseviewer.models.lifter import load_lifter

MOST_LACKING = 1 / 3
"""Share of a skeleton's joints that the poses may lack: with fewer keypoints it is not the lifter that is measured."""

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ComparedLifter:
    """A lifter, and where the joints of its skeleton are among those of the true poses.

    Attributes:
        name: what its row is called.
        columns: for every joint of its skeleton the position among the true poses' joints, None where they lack it.
    """

    name: str
    lifter: Lifter
    columns: tuple[int | None, ...]

    @property
    def joints(self) -> tuple[int, ...]:
        """The true poses' joints that it is measured on, in ascending order."""
        return tuple(sorted(column for column in self.columns if column is not None))

    @property
    def parameters(self) -> int:
        """Numbers that were trained, of the lifter itself: not of one that only fills in missing keypoints."""
        network = _owner(self.lifter).network
        return sum(tensor.numel() for tensor in network.parameters())

    def lift(self, keypoints: Array) -> tuple[Array, float]:
        """Joints (N, J, 3) of the keypoints (N, J, 2) of all J true joints, and the seconds it took on one thread.

        Joints that it does not know, that have no keypoint, and all of a pose that cannot be lifted, are NaN.

        Raises:
            PoseInputError: it cannot do without a keypoint that is missing.
        """
        places = [i for i, column in enumerate(self.columns) if column is not None]
        joints = [column for column in self.columns if column is not None]
        own = np.full((len(keypoints), len(self.columns), 2), np.nan)
        own[:, places] = keypoints[:, joints]
        usable = liftable(own)
        lifted = np.full((*keypoints.shape[:2], 3), np.nan)
        if not usable.any():
            return lifted, 0.0
        try:
            with one_thread():
                # Of this thread alone: a machine that is busy with other things does not make a lifter slower.
                clock = time.thread_time if self.lifter.device == "cpu" else time.perf_counter
                began = clock()
                answer = self.lifter.lift(own[usable]).joints
                seconds = clock() - began
        except PoseInputError as error:
            raise PoseInputError(f"{self.name}: {error}") from error
        rows = np.flatnonzero(usable)
        lifted[rows[:, None], joints] = answer[:, places]
        lifted[~np.isfinite(keypoints).all(axis=-1)] = np.nan
        return lifted, seconds


def open_lifter(model: str, names: Sequence[str], device: str = "cpu") -> ComparedLifter:
    """Load a model on its own skeleton, and find its joints among those of true poses.

    Args:
        model: a file, the name of a shipped lifter, or a shipped skeleton (also one that borrows its weights); "" for
            the one shipped for the skeleton that knows most of the names.
        names: of the true poses' joints.

    Raises:
        CheckpointError: there is no such model, it is damaged, or no lifter.
        PoseInputError: the poses lack too many of its joints.
    """
    name, path = model, Path(model)
    if not model:
        name = find_skeleton(names, [load_skeleton(known) for known in shipped_skeletons()]).name
    if model and (path.is_file() or path.suffix == ".safetensors"):
        name = path.name.removesuffix(".safetensors").removesuffix(".lifter") or path.name
    elif shipped_lifter(name).is_file():
        path = shipped_lifter(name)
    elif name in shipped_skeletons():
        skeleton = load_skeleton(name)
        return ComparedLifter(name, load_lifter(None, skeleton, device), find_columns(skeleton, names, name))
    card = read_card(path)
    if card.kind != "lifter":
        raise CheckpointError(f"The model {path} is a {card.kind}, not a lifter; choose a lifter.")
    skeleton = card.load_skeleton()
    columns = find_columns(skeleton, names, name)
    return ComparedLifter(name, load_lifter(path, skeleton, device), columns)


def find_columns(skeleton: Skeleton, names: Sequence[str], model: str) -> tuple[int | None, ...]:
    """For every joint of a skeleton where it is among the names, as `columns_among` finds it; None where it is not.

    Raises:
        PoseInputError: more than a third of its joints are not among them.
    """
    columns = columns_among(names, skeleton)
    lacking = [joint for joint, column in zip(skeleton.joints, columns, strict=True) if column is None]
    if len(lacking) > MOST_LACKING * skeleton.joint_count:
        raise PoseInputError(
            f"The model {model} lifts {skeleton.name}, but the poses lack {len(lacking)} of its "
            f"{skeleton.joint_count} joints ({', '.join(lacking)}); rename them in the poses, or leave the model out."
        )
    return columns


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute on one thread, so that speeds can be compared between machines and with busy ones."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def distinct_names(lifters: Sequence[ComparedLifter], models: Sequence[str]) -> list[str]:
    """Each lifter's name, or the whole path that it was given as where two have one name."""
    names = [lifter.name for lifter in lifters]
    return [model if model and names.count(name) > 1 else name for name, model in zip(names, models, strict=True)]


def _owner(lifter: Lifter) -> Any:
    """The lifter whose network does the work."""
    if isinstance(lifter, BorrowedLifter):
        return _owner(lifter.larger)
    return _owner(lifter.method) if isinstance(lifter, CompletedLifter) else lifter
