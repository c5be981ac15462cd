"""What the lifters that run on torch have in common."""

from __future__ import annotations

import pytest
import torch

from poseviewer.core.errors import PoseInputError
from poseviewer.io.skeleton_files import load_skeleton
from poseviewer.models.torch_lifter import refuse_missing

DOG = load_skeleton("quadruped16")


def test_all_keypoints_are_fine() -> None:
    refuse_missing(DOG, torch.ones(3, 16))


def test_those_that_are_missing_are_named_and_the_cure() -> None:
    mask = torch.ones(3, 16)
    mask[0, 0] = mask[2, 1] = 0
    with pytest.raises(PoseInputError, match=f"{DOG.joints[0]}, {DOG.joints[1]} are missing; click them or use"):
        refuse_missing(DOG, mask)
