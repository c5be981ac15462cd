"""Lifters: from keypoints in one image to joints in 3D, whatever network is behind them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from poseviewer.core.errors import CheckpointError, PoseInputError
from poseviewer.core.lifted import LiftedPoses
from poseviewer.core.ranges import RangePreset
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.camera import body_to_camera
from poseviewer.geometry.kinematics import f, joints_from_vectors
from poseviewer.io.resources import resource
from poseviewer.models.checkpoint import ModelCard, read_card, read_tensors
from poseviewer.models.device import choose_device
from poseviewer.models.networks import DefaultNetwork, PaperNetwork
from poseviewer.models.normalise import NormalisedKeypoints, normalise

MIN_KEYPOINTS = 4
BATCH = 8192


class Lifter(ABC):
    """A trained network and its card, ready to lift keypoints of its skeleton."""

    def __init__(self, network: torch.nn.Module, card: ModelCard, skeleton: Skeleton, device: torch.device) -> None:
        self.network = network.to(device).eval()
        self.card = card
        self.skeleton = skeleton
        self.torch_device = device

    @property
    def description(self) -> str:
        """What people call it: 'quadruped16 default'."""
        return f"{self.skeleton.name} {self.card.preset}"

    @property
    def device(self) -> str:
        return self.torch_device.type

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
        with torch.inference_mode():
            for start in range(0, max(1, len(xy)), BATCH):  # no poses are one empty batch
                part = slice(start, start + BATCH)
                points = torch.from_numpy(local[part]).to(self.torch_device)
                mask = torch.from_numpy(given[part].astype(np.float32)).to(self.torch_device)
                parts.append([t.float().cpu().numpy() for t in self._lift(points, mask)])
        joints, std = (np.concatenate(p) for p in zip(*parts, strict=True))
        root = self.skeleton.root
        origin = (joints[:, root, :2] + middle).astype(np.float32)
        return LiftedPoses(self.skeleton, joints - joints[:, root : root + 1], std, origin, given)

    @abstractmethod
    def _lift(self, points: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """(N, J, 2) and (N, J) -> joints (N, J, 3) in the same pixels, and the std of their depths (N, J)."""


class DefaultLifter(Lifter):
    """The masked network; a keypoint that was given keeps its x and y."""

    def _lift(self, points: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        normal = normalise(points, mask)
        joints, log_std = default_joints(self.network, self.skeleton, normal)
        joints = keep_given(joints, normal)
        size = normal.radius[:, None]
        xy = joints[..., :2] * size[..., None] + normal.centre[:, None]
        return torch.cat([xy, joints[..., 2:] * size[..., None]], dim=-1), torch.exp(log_std) * size


class PaperLifter(Lifter):
    """001's network. It knows no missing keypoints, and it was trained on poses whose longest bone is 1.

    The paper does not say how big a real animal is in those units. Several sizes are tried and the one is
    taken whose 3D pose reprojects best.
    """

    SIZES = (0.7, 0.8, 0.9, 1.0)
    """Candidates for the longest bone's length in the image, seen at full length it would be 1."""

    def _lift(self, points: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        if bool((mask == 0).any()):
            lacking = [n for n, m in zip(self.skeleton.joints, mask.amin(0).tolist(), strict=True) if m == 0]
            raise PoseInputError(
                f"The paper's lifter needs every keypoint, but {', '.join(lacking[:4])} "
                f"{'is' if len(lacking) == 1 else 'are'} missing; click them or use the default lifter."
            )
        root = points[:, self.skeleton.root : self.skeleton.root + 1]
        flat = points - root
        longest = _longest_bone(self.skeleton, flat)
        best = best_error = None
        for size in self.SIZES:
            unit = longest / size
            joints = paper_joints(self.network, self.skeleton, flat / unit[:, None, None]) * unit[:, None, None]
            error = (joints[..., :2] - flat).square().sum(-1).mean(1)
            if best is None or best_error is None:
                best, best_error = joints, error
            else:
                better = error < best_error
                best = torch.where(better[:, None, None], joints, best)
                best_error = torch.where(better, error, best_error)
        assert best is not None and best_error is not None
        joints = torch.cat([best[..., :2] + root, best[..., 2:]], dim=-1)
        return joints, best_error.sqrt()[:, None].expand(-1, flat.shape[1])


def default_joints(network: torch.nn.Module, skeleton: Skeleton, normal: NormalisedKeypoints) -> tuple[Tensor, Tensor]:
    """Joints (N, J, 3) by forward kinematics, in normalised units, and the log std of their depths (N, J)."""
    directions, lengths, root, log_std = network(normal.features())
    joints = joints_from_vectors(skeleton, directions * lengths[..., None])
    return joints + torch.nn.functional.pad(root, (0, 1))[:, None], log_std


def keep_given(joints: Tensor, normal: NormalisedKeypoints) -> Tensor:
    """The same joints with the given keypoints' own x and y."""
    xy = torch.where(normal.mask[..., None] > 0, normal.xy, joints[..., :2])
    return torch.cat([xy, joints[..., 2:]], dim=-1)


def paper_joints(network: torch.nn.Module, skeleton: Skeleton, flat: Tensor) -> Tensor:
    """(N, J, 2) camera x and y in units of the longest bone -> joints (N, J, 3) in the camera frame, by eq. 5."""
    upright = torch.stack([flat[..., 0], -flat[..., 1]], dim=-1)  # the paper's xz-plane, z up
    return body_to_camera(f(skeleton, network(upright)))


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


def make_network(card: ModelCard, preset: RangePreset) -> torch.nn.Module:
    """An untrained network of the card's shape.

    Raises:
        CheckpointError: the card names a network that this version does not know.
    """
    skeleton = preset.skeleton
    if card.network == "paper":
        return PaperNetwork(skeleton.joint_count, skeleton.bone_count, **card.shape)
    if card.network == "default":
        template = torch.log(torch.tensor([b.template for b in preset.lengths]))
        return DefaultNetwork(skeleton.joint_count, skeleton.bone_count, template, **card.shape)
    raise CheckpointError(f"This poseviewer does not know the network '{card.network}'; update poseviewer.")


def shipped_lifter(skeleton: str) -> Path:
    """Where the lifter shipped for a skeleton is, or would be."""
    return resource("weights", f"{skeleton}.lifter.safetensors")


def load_lifter(model: str | Path | None, skeleton: Skeleton, device: str = "auto") -> Lifter:
    """A lifter from a file, or the one shipped for the skeleton when `model` is None or "".

    A shipped skeleton without weights of its own may be lifted by those of a larger one (human14 by human17's).

    Raises:
        CheckpointError: there is no such model, it is damaged, or it is for another skeleton.
    """
    from poseviewer.models.borrowed import BorrowedLifter, lender

    path = Path(model) if model else shipped_lifter(skeleton.name)
    if not model and not path.is_file():
        borrowed = lender(skeleton)
        if borrowed is not None:
            return BorrowedLifter(load_lifter(None, borrowed.skeleton, device), skeleton, borrowed.joints)
        raise CheckpointError(
            f"No lifter is shipped for the skeleton '{skeleton.name}'; train one with "
            f"`poseviewer train lifter --skeleton {skeleton.name} -o {skeleton.name}.safetensors`."
        )
    card = read_card(path)
    if card.kind != "lifter":
        raise CheckpointError(f"The model {path} is a {card.kind}, not a lifter; choose a lifter.")
    own = card.load_skeleton()
    if own.joints != skeleton.joints or own.bones != skeleton.bones:
        raise CheckpointError(
            f"The model {path} was trained for the skeleton '{own.name}' ({own.joint_count} joints), but this is "
            f"'{skeleton.name}' ({skeleton.joint_count} joints); choose a model of '{skeleton.name}' or train one."
        )
    network = make_network(card, card.load_ranges())
    try:
        network.load_state_dict(read_tensors(path))
    except RuntimeError as error:
        raise CheckpointError(f"The model {path} is damaged; choose another or train it again.") from error
    return make_lifter(network, card, skeleton, choose_device(device))


def make_lifter(network: torch.nn.Module, card: ModelCard, skeleton: Skeleton, device: torch.device) -> Lifter:
    """A lifter around a network that is already there (as training has it)."""
    kind = PaperLifter if card.network == "paper" else DefaultLifter
    return kind(network, card, skeleton, device)


def _longest_bone(skeleton: Skeleton, flat: Tensor) -> Tensor:
    """(N,) length in the image of the bone that looks longest."""
    parents = [b.parent for b in skeleton.bones]
    children = [b.child for b in skeleton.bones]
    return (flat[:, children] - flat[:, parents]).norm(dim=-1).amax(1).clamp(min=1e-9)
