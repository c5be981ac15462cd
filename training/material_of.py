"""Where a run's poses come from: the files that it names, else the project's own keypoints."""

from __future__ import annotations

from poseviewer.core.errors import PoseInputError
from poseviewer.core.project import Project
from training.adversarial_config import AdversarialConfig
from training.pose_material import PoseMaterial, project_material, read_material


def material_of(config: AdversarialConfig, project: Project | None = None) -> PoseMaterial:
    """
    Raises:
        LabelFileError: a file cannot be read.
        PoseInputError: there are too few poses, or none at all.
    """
    if config.poses:
        return read_material(config.poses, config.ranges.skeleton, config.weights)
    if project is None:
        raise PoseInputError("There are no poses to learn from; name files of 2D or 3D poses (.npz).")
    return project_material(project)
