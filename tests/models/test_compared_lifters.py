"""Models are found by file and by name, and their joints among those of the poses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from poseviewer.core.errors import CheckpointError, PoseInputError
from poseviewer.io.skeleton_files import load_skeleton
from poseviewer.models import base, compared_lifters
from poseviewer.models.compared_lifters import ComparedLifter, distinct_names, find_columns, one_thread, open_lifter
from poseviewer.models.completed import CompletedLifter

PERSON = (
    "pelvis", "r_hip", "r_knee", "r_ankle", "l_hip", "l_knee", "l_ankle", "spine", "thorax", "neck", "head",
    "l_shoulder", "l_elbow", "l_wrist", "r_shoulder", "r_elbow", "r_wrist",
)  # fmt: skip


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model_file: Any) -> Path:
    """A folder in which human17 is shipped, untrained."""
    model_file(tmp_path / "human17.lifter.safetensors", ranges="human17")
    for module in (base, compared_lifters):
        monkeypatch.setattr(module, "shipped_lifter", lambda name: tmp_path / f"{name}.lifter.safetensors")
    return tmp_path


def test_a_model_is_found_by_file_by_name_and_by_what_fits(shipped: Path) -> None:
    by_file = open_lifter(str(shipped / "human17.lifter.safetensors"), PERSON)
    by_name = open_lifter("human17", PERSON)
    fitting = open_lifter("", PERSON)

    assert by_file.name == by_name.name == fitting.name == "human17"
    assert by_file.columns == by_name.columns == fitting.columns == tuple(range(17))
    assert by_file.parameters == sum(p.numel() for p in by_file.lifter.network.parameters()) > 1000


def test_a_skeleton_without_weights_borrows_them(shipped: Path) -> None:
    small, large = open_lifter("human14", PERSON), open_lifter("human17", PERSON)

    assert small.lifter.skeleton.name == "human14"
    assert small.parameters == large.parameters
    assert len(small.joints) == 14


def test_the_neck_of_14_joints_is_the_thorax_of_17() -> None:
    skeleton = load_skeleton("human14")

    columns = find_columns(skeleton, PERSON, "a")

    assert PERSON[columns[skeleton.joint_index("neck")] or 0] == "thorax"
    assert {PERSON[c] for c in columns if c is not None} == set(PERSON) - {"pelvis", "spine", "neck"}


def test_among_its_own_names_the_neck_is_the_neck() -> None:
    skeleton = load_skeleton("human14")

    assert find_columns(skeleton, skeleton.joints, "a") == tuple(range(14))


def test_a_model_of_another_animal_is_refused_with_what_lacks() -> None:
    with pytest.raises(PoseInputError, match=r"quadruped16, but the poses lack 7 of its 16 joints \(nose, tail_"):
        find_columns(load_skeleton("quadruped16"), PERSON, "m")


@pytest.mark.parametrize("missing", ["none.safetensors", "nobody"])
def test_a_model_that_is_not_there_is_named(missing: str) -> None:
    with pytest.raises(CheckpointError, match=missing):
        open_lifter(missing, PERSON)


def test_no_lifter_is_said_to_be_none(tmp_path: Path, model_file: Any) -> None:
    path = model_file(tmp_path / "d.safetensors", ranges="human17", kind="detector")

    with pytest.raises(CheckpointError, match=r"d\.safetensors is a detector, not a lifter"):
        open_lifter(str(path), PERSON)


def test_what_is_lifted_stands_at_the_places_of_the_truth(shipped: Path) -> None:
    small = open_lifter("human14", PERSON)
    keypoints = np.random.default_rng(0).normal(size=(6, 17, 2)) * 100
    keypoints[1, 3] = np.nan
    keypoints[2] = np.nan

    joints, seconds = small.lift(keypoints)

    unknown = [PERSON.index(name) for name in ("pelvis", "spine", "neck")]
    known = [i for i in range(17) if i not in unknown]
    assert joints.shape == (6, 17, 3)
    assert seconds > 0
    assert np.isnan(joints[:, unknown]).all()
    assert np.isnan(joints[2]).all()
    assert np.isnan(joints[1, 3]).all()
    assert np.isfinite(joints[0][known]).all()
    # The default lifter keeps x and y of the keypoints.
    across = joints[0][known, :2] - joints[0][known[0], :2]
    np.testing.assert_allclose(across, keypoints[0, known] - keypoints[0, known[0]], atol=1e-3)


def test_a_lifter_that_needs_every_keypoint_says_whose_fault_it_is(tmp_path: Path, model_file: Any) -> None:
    skeleton = load_skeleton("quadruped16")
    lifter = open_lifter(str(model_file(tmp_path / "p.safetensors", "paper")), skeleton.joints)
    keypoints = np.random.default_rng(0).normal(size=(2, 16, 2))
    keypoints[0, 0] = np.nan

    with pytest.raises(PoseInputError, match=r"^p: .*lifter needs every keypoint"):
        lifter.lift(keypoints)


def test_two_of_one_name_go_by_their_paths(tmp_path: Path, model_file: Any) -> None:
    paths = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        paths.append(str(model_file(tmp_path / folder / "m.safetensors")))
    lifters = [open_lifter(path, load_skeleton("quadruped16").joints) for path in paths]

    assert [lifter.name for lifter in lifters] == ["m", "m"]
    assert distinct_names(lifters, paths) == paths
    assert distinct_names(lifters[:1], paths[:1]) == ["m"]


def test_torch_has_its_threads_back() -> None:
    before = torch.get_num_threads()

    with pytest.raises(RuntimeError), one_thread():
        assert torch.get_num_threads() == 1
        raise RuntimeError

    assert torch.get_num_threads() == before


def test_a_lifter_that_fills_in_for_another_is_not_counted(shipped: Path, model_file: Any) -> None:
    method = open_lifter(
        str(model_file(shipped / "small.safetensors", ranges="human17", shape={"width": 8, "blocks": 1})), PERSON
    )
    filler = open_lifter("human17", PERSON)

    both = ComparedLifter("both", CompletedLifter(method.lifter, filler.lifter, method.lifter.skeleton), method.columns)

    assert both.parameters == method.parameters < filler.parameters
