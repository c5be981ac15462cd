"""What every lifter has in common, whatever computes it: checks, batches, and the frame of the answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.errors import CheckpointError, PoseInputError
from poseviewer.core.joint_names import match_names
from poseviewer.core.lifted import LiftedPoses
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.resources import resource
from poseviewer.models.card import ModelCard, read_card

MIN_KEYPOINTS = 4
KNOWS_NO_BONES = ("depth",)
"""Networks to which a skeleton is a list of joints."""
BATCH = 8192


class Lifter(ABC):
    """A trained network and its card, ready to lift keypoints of its skeleton.

    Attributes:
        quick: one pose takes it a millisecond or so, on any machine: it need not be asked in a thread of its own.
    """

    quick = False

    def __init__(self, card: ModelCard, skeleton: Skeleton) -> None:
        self.card = card
        self.skeleton = skeleton

    @property
    def description(self) -> str:
        """What people call it by the ranges it was trained on, and how: 'quadruped16 default'."""
        return f"{self.card.ranges.get('name', self.skeleton.name)} {self.card.preset}"

    @property
    def device(self) -> str:
        """Where it runs: cpu, cuda or mps."""
        return "cpu"

    def lift(self, keypoints: NDArray[Any], visibility: NDArray[Any] | None = None) -> LiftedPoses:
        """Lift N poses.

        Args:
            keypoints: (N, J, 2) pixels, NaN where missing.
            visibility: (N, J) or None; 0 means missing whatever the coordinates say.

        Raises:
            PoseInputError: a pose has fewer than four keypoints, or all of them in one place.
        """
        xy = np.asarray(keypoints, dtype=np.float64)
        if xy.ndim != 3 or xy.shape[1:] != (self.skeleton.joint_count, 2):
            raise PoseInputError(
                f"Expected keypoints of shape (N, {self.skeleton.joint_count}, 2) for {self.skeleton.name}, "
                f"but got {xy.shape}."
            )
        given = np.isfinite(xy).all(-1)
        if visibility is not None:
            given &= np.asarray(visibility) > 0
        check_liftable(xy, given)
        # Centred in double precision first: far from the origin, single precision would lose the pose.
        middle = np.where(given[..., None], xy, 0).sum(1) / given.sum(1)[:, None]
        local = np.where(given[..., None], xy - middle[:, None], 0).astype(np.float32)
        parts = []
        for start in range(0, max(1, len(xy)), BATCH):  # no poses are one empty batch
            part = slice(start, start + BATCH)
            parts.append(self._lift(local[part], given[part]))
        joints, std = (np.concatenate(p) for p in zip(*parts, strict=True))
        root = self.skeleton.root
        origin = (joints[:, root, :2] + middle).astype(np.float32)
        return LiftedPoses(self.skeleton, joints - joints[:, root : root + 1], std, origin, given)

    @abstractmethod
    def _lift(self, points: NDArray[np.float32], given: NDArray[np.bool_]) -> tuple[NDArray[Any], NDArray[Any]]:
        """(N, J, 2), 0 where not given (N, J) -> joints (N, J, 3) in the same pixels, std of their depths (N, J)."""


def check_liftable(keypoints: NDArray[Any], given: NDArray[np.bool_]) -> None:
    """Raises PoseInputError for the first pose that cannot be lifted, saying why."""
    counts = given.sum(1)
    if not len(counts):
        return
    which = "" if len(counts) == 1 else f" in pose {int(np.argmin(counts))}"
    if counts.min() < MIN_KEYPOINTS:
        raise PoseInputError(
            f"Only {int(counts.min())} keypoints are placed{which}; a 3D pose needs at least {MIN_KEYPOINTS}."
        )
    known = np.where(given[..., None], keypoints, np.nan)
    spread = np.nanmax(known, axis=1) - np.nanmin(known, axis=1)
    if spread.max(1).min() <= 1e-6:
        raise PoseInputError("All keypoints lie in one place; move them to where the joints are.")


def shipped_lifter(name: str) -> Path:
    """Where the lifter shipped under a name is, or would be: a skeleton's ("quadruped16") or that of one of its range
    presets ("quadruped16.mouse")."""
    return resource("weights", f"{name}.lifter.safetensors")


def shipped_lifters(skeleton: str) -> list[str]:
    """The names of the lifters that are shipped for a skeleton, its own first."""
    found = (path.name.removesuffix(".lifter.safetensors") for path in resource("weights").glob("*.lifter.safetensors"))
    return sorted((n for n in found if n == skeleton or n.startswith(f"{skeleton}.")), key=lambda n: (n != skeleton, n))


def find_model(model: str | Path | None, skeleton: Skeleton) -> tuple[Path, ModelCard] | None:
    """The file and card of a lifter for a skeleton; None where none is named and none is shipped.

    Args:
        model: a file, or the name of a shipped one.

    Raises:
        CheckpointError: there is no such model, it is damaged, no lifter, or for another skeleton.
    """
    path = _named(model) if model else shipped_lifter(skeleton.name)
    if not model and not path.is_file():
        return None
    card = read_card(path)
    if card.kind != "lifter":
        raise CheckpointError(f"The model {path} is a {card.kind}, not a lifter; choose a lifter.")
    own = card.load_skeleton()
    if not fits(card, skeleton):
        raise CheckpointError(
            f"The model {path} was trained for the skeleton '{own.name}' ({own.joint_count} joints), but this is "
            f"'{skeleton.name}' ({skeleton.joint_count} joints); choose a model of '{skeleton.name}' or train one."
        )
    return path, card


def same_tree(card: ModelCard, skeleton: Skeleton) -> bool:
    """Whether a model is for just this skeleton, whatever it is called."""
    own = card.load_skeleton()
    return own.joints == skeleton.joints and own.bones == skeleton.bones


def fits(card: ModelCard, skeleton: Skeleton) -> bool:
    """Whether a model can lift a skeleton's poses: it is for its tree, or a method that knows some of its joints.

    A method that gives depths to keypoints does not care for bones; joints that it lacks come from another lifter.
    """
    if same_tree(card, skeleton):
        return True
    return card.network in KNOWS_NO_BONES and None not in match_names(skeleton.joints, card.load_skeleton())


def _named(model: str | Path) -> Path:
    """A file as it is given; a bare name that is no file is that of a shipped lifter."""
    path = Path(model)
    shipped = shipped_lifter(str(model))
    return shipped if path.name == str(model) and not path.is_file() and shipped.is_file() else path


def none_shipped(skeleton: Skeleton) -> CheckpointError:
    """What to say where a skeleton has no lifter."""
    return CheckpointError(
        f"No lifter is shipped for the skeleton '{skeleton.name}'; train one with "
        f"`poseviewer train lifter --skeleton {skeleton.name} -o {skeleton.name}.safetensors`."
    )
