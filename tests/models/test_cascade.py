"""The cascade: what each stage adds, and the lifter around it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from poseviewer.core.errors import PoseInputError
from poseviewer.io.skeleton_files import load_skeleton
from poseviewer.models.cascade import CascadeLifter, CascadeNetwork
from poseviewer.models.checkpoint import ModelCard
from poseviewer.models.completed import CompletedLifter
from poseviewer.models.lifter import load_lifter

HUMAN = load_skeleton("human17")
SMALL = {"width": 16, "blocks": 1, "stages": 3, "norm": "layer", "dropout": 0.0}


def keypoints(count: int = 5) -> np.ndarray:
    return np.random.default_rng(0).uniform(100, 400, (count, 17, 2))


@pytest.fixture
def lifter(tmp_path: Path, model_file: Callable[..., Path]) -> CascadeLifter:
    path = model_file(tmp_path / "m.safetensors", "cascade", "human17", shape=SMALL)
    completed = load_lifter(path, HUMAN, "cpu")
    assert isinstance(completed, CompletedLifter)
    assert isinstance(completed.method, CascadeLifter)
    return completed.method


def parameters(network: torch.nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


def test_the_published_networks_have_the_published_sizes() -> None:
    """Width 1024, 16 joints without the root out; entrance, blocks of two layers, linear out, batch normalisation."""
    w, layer = 1024, 1024 * 1024 + 3 * 1024
    for n in (2, 3):
        stage = (34 * w + 3 * w) + n * 2 * layer + (w * 48 + 48)
        assert parameters(CascadeNetwork(HUMAN, 1024, n, n)) == n * stage


def test_the_answer_is_the_sum_of_the_stages_with_the_root_at_the_origin() -> None:
    torch.manual_seed(0)
    network = CascadeNetwork(HUMAN, **SMALL)
    for stage in network.stages:
        torch.nn.init.normal_(stage.leave.weight)
    x = torch.randn(4, 17, 2)

    parts = [network.of_stage(x, k) for k in range(3)]

    assert network(x).allclose(sum(parts), atol=1e-5)  # type: ignore[arg-type]
    assert network.before(x, 2).allclose(parts[0] + parts[1], atol=1e-5)
    assert not network.before(x, 0).any()
    assert not network(x)[:, HUMAN.root].any()


def test_a_new_stage_leaves_alone_what_the_first_says() -> None:
    network = CascadeNetwork(HUMAN, **SMALL)
    x = torch.randn(4, 17, 2)

    assert network(x).equal(network.of_stage(x, 0))


def test_a_root_that_is_not_the_first_joint_keeps_its_place() -> None:
    animal = load_skeleton("human14")
    answer = CascadeNetwork(animal, **SMALL)(torch.randn(2, animal.joint_count, 2))

    assert answer.shape == (2, animal.joint_count, 3)
    assert not answer[:, animal.root].any()
    assert answer.abs().sum((0, 2)).count_nonzero() == animal.joint_count - 1


def test_keypoints_keep_their_place_and_size_and_place_of_the_picture_do_not_matter(lifter: CascadeLifter) -> None:
    xy = keypoints()

    lifted = lifter.lift(xy)
    moved = lifter.lift(3 * xy + [50, -20])

    root = xy[:, :1]
    assert np.allclose(lifted.joints[..., :2], xy - root, atol=1e-3)
    assert np.allclose(moved.joints, 3 * lifted.joints, atol=1e-2)
    assert not lifted.joints[:, HUMAN.root].any()
    assert np.allclose(moved.depth_std, 3 * lifted.depth_std, rtol=1e-4)
    assert (lifted.depth_std > 0).all()


def test_a_mirror_image_is_lifted_to_the_mirror_image(lifter: CascadeLifter) -> None:
    xy = keypoints()
    other = xy[:, list(HUMAN.mirror)] * [-1, 1]

    lifted, image = lifter.lift(xy).joints, lifter.lift(other).joints

    assert np.allclose(image[:, list(HUMAN.mirror)] * [-1, 1, 1], lifted, atol=1e-3)


def test_a_missing_keypoint_is_refused_by_name(lifter: CascadeLifter) -> None:
    xy = keypoints()
    xy[2, [3, 5]] = np.nan

    with pytest.raises(
        PoseInputError, match="This lifter needs every keypoint, but right_ankle, left_knee are missing; click them"
    ):
        lifter.lift(xy)


def test_its_own_places_are_told_for_whole_poses_only(lifter: CascadeLifter) -> None:
    xy = torch.from_numpy(keypoints().astype(np.float32))
    mask = torch.ones(5, 17)
    mask[1, 4] = 0

    places = lifter.own_places(xy, mask)

    assert places[1].isnan().all()
    assert places[[0, 2, 3, 4]].isfinite().all()
    assert places[0, HUMAN.root].allclose(xy[0, HUMAN.root], atol=1e-3)


def test_no_poses_are_no_error(lifter: CascadeLifter) -> None:
    assert lifter.lift(np.zeros((0, 17, 2))).joints.shape == (0, 17, 3)


def test_batch_statistics_and_dropout_are_those_of_the_card(card_of: Callable[..., ModelCard]) -> None:
    from poseviewer.io.skeleton_files import load_ranges
    from poseviewer.models.lifter import make_network

    card = card_of("cascade", "human17", shape={"width": 8, "blocks": 1, "stages": 1, "norm": "batch", "dropout": 0.5})
    kinds = {type(m).__name__ for m in make_network(card, load_ranges("human17")).modules()}

    assert {"BatchNorm1d", "Dropout"} <= kinds
    assert "LayerNorm" not in kinds
