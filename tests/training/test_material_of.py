"""Files that a run names go before the project's own keypoints."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from poseviewer.core.errors import PoseInputError
from poseviewer.core.project import Project
from poseviewer.io.npz import write_npz
from poseviewer.io.skeleton_files import load_ranges
from training.adversarial_config import adversarial_config
from training.material_of import material_of

HUMAN14 = load_ranges("human14")


def test_files_go_first(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    write_npz(path, joints=np.random.default_rng(0).normal(size=(4, 14, 3)), joint_names=HUMAN14.skeleton.joints)
    config = adversarial_config("drover", "default", HUMAN14, [path], output=tmp_path / "m.safetensors")
    assert len(material_of(config, Project(HUMAN14.skeleton, HUMAN14))) == 4


def test_without_files_and_poses_it_is_said_what_to_do(tmp_path: Path) -> None:
    config = adversarial_config("drover", "default", HUMAN14, output=tmp_path / "m.safetensors")
    with pytest.raises(PoseInputError, match="detect a video"):
        material_of(config, Project(HUMAN14.skeleton, HUMAN14))
    with pytest.raises(PoseInputError, match="name files"):
        material_of(config)
