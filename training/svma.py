"""Deng et al. 2022 (002): a pose and a camera from one view, checked against themselves from another angle.

Where the text contradicts itself, this is the reading taken (docs/decisions/0017):
- the pose head gives N depths, not 3N numbers: only D is used (3.2);
- the camera K acts on the root-relative pose: eq. 6 as printed would project a body that stands 10 units away;
- KK² in eqs. 12 and 13 is KKᵀ; the penalty of eq. 10 is (‖∇D‖₂ − 1)²; ‖·‖ in eq. 8 is the 1-norm, as printed;
- L_eq is part of L_cam (eq. 13), so it has λ₂; the views of eq. 9 are those of `_views`.
"""

from __future__ import annotations

from collections.abc import Generator

from torch import Tensor

from poseviewer.core.errors import PoseInputError
from poseviewer.geometry.turns import back_project
from poseviewer.models.depth_lifter import root_normal
from training.adversarial import AdversarialRun, Examples
from training.adversarial_config import AdversarialConfig, job_config
from training.job import Job
from training.material_of import material_of
from training.pose_losses import angle_loss, apart, camera_loss, facing, symmetry_loss, whole_distance
from training.pose_material import PoseMaterial
from training.progress import Progress
from training.run import Losses, drive
from training.turned_poses import Turned


class SvmaRun(AdversarialRun):
    """The losses of eq. 17."""

    def __init__(self, config: AdversarialConfig, material: PoseMaterial) -> None:
        super().__init__(config, material)
        self.facing = facing(self.skeleton)
        if self.facing is None and config.terms.get("angle"):
            raise PoseInputError(
                f"SVMA tells front from back by nose or neck and shoulders, which '{self.skeleton.name}' has not; "
                f"train it for a human skeleton, or use another method."
            )

    def lifter_terms(self, batch: Examples) -> Losses:
        turned = self.turned(batch)
        camera = _camera(turned)
        seen = self._reprojected(turned, camera)
        with self.autocast():
            said = self.lifter(seen.xy)
            answer = self.critic(seen.xy)
        again = back_project(seen.xy, said.depth, self.lifter.distance)
        assert said.camera is not None and self.facing is not None
        equal = (camera - said.camera).abs().mean()
        # All in the unit of the first view: what was lifted from the second is brought to it.
        there = again * seen.radius[:, None, None]
        first, second = _views(turned, there, camera, said.camera)
        return {
            "adversarial": -answer.mean(),
            "angle": angle_loss(turned.lifted, self.facing),
            "camera": camera_loss(camera) + camera_loss(said.camera) + equal,
            "symmetry": symmetry_loss(self.skeleton, turned.lifted),
            "pose": whole_distance(there, turned.seen),
            "views": apart(first) + apart(second),
        } | self.priors(turned)

    def fakes(self, batch: Examples) -> Tensor:
        """What the estimated camera sees of the turned pose."""
        turned = self.turned(batch)
        return self._reprojected(turned, _camera(turned)).xy

    def _reprojected(self, turned: Turned, camera: Tensor):  # type: ignore[no-untyped-def]
        """x̃ = K X̃ (eq. 6), normalised as every input is."""
        return root_normal(_project(camera, turned.seen), self.roots)


def _camera(turned: Turned) -> Tensor:
    assert turned.said.camera is not None
    return turned.said.camera


def _project(camera: Tensor, points: Tensor) -> Tensor:
    """(N, 2, 3) and (N, J, 3) -> (N, J, 2)."""
    return points @ camera.transpose(1, 2)


def _views(turned: Turned, there: Tensor, first: Tensor, second: Tensor) -> tuple[list[Tensor], list[Tensor]]:
    """What any of both poses looks like by any of both cameras, from the first angle and from the second (eq. 9)."""
    back = turned.turn_back(there)
    cameras = (first, second)
    here = [_project(camera, pose) for pose in (turned.lifted, back) for camera in cameras]
    away = [_project(camera, pose) for pose in (turned.seen, there) for camera in cameras]
    return [turned.xy, *here], away


def train_svma(config: AdversarialConfig) -> Generator[Progress, None, None]:
    """Train as `training.run.drive` does.

    Raises:
        PoseInputError, LabelFileError: the poses cannot be read, or are of no human. PoseviewerError: as `drive`.
    """
    yield from drive(SvmaRun(config, material_of(config)))


def train_job(job: Job) -> Generator[Progress, None, None]:
    """A run as the window asks for it."""
    config = job_config("svma", job)
    yield from drive(SvmaRun(config, material_of(config, job.project)))
