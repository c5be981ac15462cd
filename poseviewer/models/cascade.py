"""A cascade of residual networks (Li et al. 2020, section 4): each stage regresses what those before it left over."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from poseviewer.core.skeleton import Skeleton
from poseviewer.models.normalise import normalise
from poseviewer.models.torch_lifter import TorchLifter, refuse_missing


class CascadeBlock(nn.Module):
    """[Linear - norm - ReLU - dropout] twice, and a skip."""

    def __init__(self, width: int, norm: str, dropout: float) -> None:
        super().__init__()
        self.layers = nn.Sequential(*_layer(width, width, norm, dropout), *_layer(width, width, norm, dropout))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x)


class CascadeStage(nn.Module):
    """Keypoints (N, 2J) -> (N, 3(J - 1)): entrance, residual blocks, and a linear way out."""

    def __init__(self, joints: int, width: int, blocks: int, norm: str, dropout: float) -> None:
        super().__init__()
        self.enter = nn.Sequential(*_layer(2 * joints, width, norm, dropout))
        self.blocks = nn.Sequential(*(CascadeBlock(width, norm, dropout) for _ in range(blocks)))
        self.leave = nn.Linear(width, 3 * (joints - 1))

    def forward(self, x: Tensor) -> Tensor:
        answer: Tensor = self.leave(self.blocks(self.enter(x)))
        return answer


class CascadeNetwork(nn.Module):
    """All keypoints, centred and scaled -> root-relative joints in the same frame: the sum of all stages.

    Args:
        norm: "batch", as published, or "layer".

    Attributes:
        spread: (J,) how far off the depths were in training, root mean square, in the normalised frame.
    """

    spread: Tensor

    def __init__(
        self,
        skeleton: Skeleton,
        width: int = 1024,
        blocks: int = 2,
        stages: int = 2,
        norm: str = "batch",
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        count = skeleton.joint_count
        self.root = skeleton.root
        self.stages = nn.ModuleList(CascadeStage(count, width, blocks, norm, dropout) for _ in range(stages))
        self.register_buffer("spread", torch.ones(count))
        for stage in list(self.stages)[1:]:
            # A stage begins by leaving alone what those before it say.
            leave = stage.leave
            nn.init.zeros_(leave.weight)  # type: ignore[union-attr]
            nn.init.zeros_(leave.bias)  # type: ignore[union-attr]

    def forward(self, keypoints: Tensor) -> Tensor:
        """(N, J, 2) -> (N, J, 3), the root at the origin."""
        return self.before(keypoints, len(self.stages))

    def before(self, keypoints: Tensor, stage: int) -> Tensor:
        """What the stages before one of that number say, (N, J, 3)."""
        flat = keypoints.flatten(1)
        total = keypoints.new_zeros(len(keypoints), 3 * (keypoints.shape[1] - 1))
        for k in range(stage):
            total = total + self.stages[k](flat).float()
        return self._with_root(total)

    def of_stage(self, keypoints: Tensor, stage: int) -> Tensor:
        """What one stage adds, (N, J, 3)."""
        return self._with_root(self.stages[stage](keypoints.flatten(1)).float())

    def _with_root(self, flat: Tensor) -> Tensor:
        """(N, 3(J - 1)) -> (N, J, 3)."""
        joints = flat.unflatten(1, (-1, 3))
        return torch.cat([joints[:, : self.root], torch.zeros_like(joints[:, :1]), joints[:, self.root :]], dim=1)


class CascadeLifter(TorchLifter):
    """The cascade; a keypoint keeps its x and y. It knows no missing keypoints.

    A pose is lifted as it is and mirrored, and the mean is taken: the network does not know by itself that left and
    right are alike.
    """

    def own_places(self, points: Tensor, mask: Tensor) -> Tensor:
        whole = mask.amin(1) > 0
        places = torch.full_like(points, torch.nan)
        if bool(whole.any()):
            normal = normalise(points[whole], mask[whole])
            own = self._joints(normal.xy)[..., :2] + normal.xy[:, self.skeleton.root, None]
            places[whole] = own * normal.radius[:, None, None] + normal.centre[:, None]
        return places

    def _lift_tensors(self, points: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        refuse_missing(self.skeleton, mask)
        normal = normalise(points, mask)
        depth = self._joints(normal.xy)[..., 2:] * normal.radius[:, None, None]
        spread: Tensor = self.network.spread  # type: ignore[assignment]
        return torch.cat([points, depth], dim=-1), spread * normal.radius[:, None]

    def _joints(self, xy: Tensor) -> Tensor:
        """(N, J, 2) centred and scaled -> (N, J, 3), the root at the origin."""
        joints, other = self.network(torch.cat([xy, mirrored(self.skeleton, xy)])).chunk(2)
        both: Tensor = (joints + mirrored(self.skeleton, other)) / 2
        return both


def mirrored(skeleton: Skeleton, points: Tensor) -> Tensor:
    """Points (N, J, 2 or 3) seen in a mirror: x turned round, left and right exchanged."""
    return torch.cat([-points[..., :1], points[..., 1:]], dim=-1)[:, list(skeleton.mirror)]


def _layer(inputs: int, width: int, norm: str, dropout: float) -> list[nn.Module]:
    layers: list[nn.Module] = [nn.Linear(inputs, width)]
    layers.append(nn.BatchNorm1d(width) if norm == "batch" else nn.LayerNorm(width))
    layers.append(nn.ReLU())
    return [*layers, nn.Dropout(dropout)] if dropout else layers
