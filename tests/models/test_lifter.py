"""Lifting: any subset of keypoints from four up, clicks kept, wherever and however large the animal is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from poseviewer.core.errors import CheckpointError, PoseInputError
from poseviewer.io.skeleton_files import load_ranges, load_skeleton
from poseviewer.models.lifter import Lifter, load_lifter
from poseviewer.synthesis.generate import synthesize

SKELETON = load_skeleton("quadruped16")
POSES = 200.0 * synthesize(SKELETON, load_ranges("quadruped16"), 40, seed=1).keypoints.astype(np.float64)
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def lifter(default_model: Path) -> Lifter:
    return load_lifter(default_model, SKELETON, "cpu")


@quick
@given(kept=st.sets(st.integers(0, 15), min_size=4), pose=st.integers(0, 39), place=st.sampled_from([0.0, 1e3, -1e5]))
def test_any_four_keypoints_lift_and_stay_where_they_are(
    lifter: Lifter, kept: set[int], pose: int, place: float
) -> None:
    keypoints = POSES[pose : pose + 1] + (place, -place)
    keypoints[:, sorted(set(range(16)) - kept)] = np.nan

    lifted = lifter.lift(keypoints)

    assert np.isfinite(lifted.joints).all()
    assert (lifted.depth_std > 0).all()
    assert set(np.flatnonzero(lifted.given[0])) == kept
    assert np.all(lifted.joints[:, SKELETON.root] == 0)
    there = sorted(kept)
    # Single precision holds a pixel at 100,000 to less than a hundredth.
    tolerance = 1e-3 + abs(place) * 2**-23
    back = lifted.joints[:, there, :2] + lifted.origin[:, None].astype(np.float64)
    assert np.abs(back - keypoints[:, there]).max() < tolerance


def test_far_from_the_origin_the_pose_itself_loses_nothing(lifter: Lifter) -> None:
    near, far = lifter.lift(POSES), lifter.lift(POSES + 1e5)

    assert far.joints == pytest.approx(near.joints, abs=1e-3)
    between = (far.joints - far.joints[:, :1])[..., :2] - (POSES - POSES[:, :1])
    assert np.abs(between).max() < 1e-3


@quick
@given(scale=st.floats(0.01, 100), x=st.floats(-2000, 2000), y=st.floats(-2000, 2000))
def test_a_moved_and_scaled_picture_gives_a_moved_and_scaled_pose(
    lifter: Lifter, scale: float, x: float, y: float
) -> None:
    before, after = lifter.lift(POSES), lifter.lift(scale * POSES + (x, y))

    tolerance = scale * 0.05
    assert np.abs(after.joints - scale * before.joints).max() < tolerance
    assert np.abs(after.depth_std - scale * before.depth_std).max() < tolerance
    assert np.abs(after.origin - (scale * before.origin + (x, y))).max() < tolerance + 1e-3


def test_each_pose_is_lifted_on_its_own(lifter: Lifter) -> None:
    together, alone = lifter.lift(POSES), [lifter.lift(p[None]) for p in POSES[:5]]

    for i, one in enumerate(alone):
        assert one.joints[0] == pytest.approx(together.joints[i], abs=0.01)


def test_visibility_zero_means_missing_whatever_the_coordinates_say(lifter: Lifter) -> None:
    seen = np.full((1, 16), 2, np.uint8)
    seen[0, [2, 5]] = 0
    nan = POSES[:1].copy()
    nan[0, [2, 5]] = np.nan

    by_visibility, by_nan = lifter.lift(POSES[:1], seen), lifter.lift(nan)

    assert np.array_equal(by_visibility.joints, by_nan.joints)
    assert not by_visibility.given[0, 2]


def test_an_infinite_keypoint_is_missing(lifter: Lifter) -> None:
    wild = POSES[:1].copy()
    wild[0, 3] = np.inf, 5

    assert np.isfinite(lifter.lift(wild).joints).all()


def test_two_keypoints_in_one_place_are_lifted(lifter: Lifter) -> None:
    same = POSES[:1].copy()
    same[0, 4] = same[0, 7]

    assert np.isfinite(lifter.lift(same).joints).all()


def test_no_poses_give_no_poses(lifter: Lifter) -> None:
    assert len(lifter.lift(np.zeros((0, 16, 2)))) == 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda k: k.__setitem__((0, slice(3, None)), np.nan), "Only 3 keypoints are placed; .* at least 4"),
        (lambda k: k.__setitem__(0, np.nan), "Only 0 keypoints are placed; .* at least 4"),
        (lambda k: k.__setitem__(0, 12.5), "All keypoints lie in one place; move them"),
    ],
)
def test_what_cannot_be_lifted_says_why(lifter: Lifter, change: object, sentence: str) -> None:
    keypoints = POSES[:1].copy()
    change(keypoints)  # type: ignore[operator]

    with pytest.raises(PoseInputError, match=sentence):
        lifter.lift(keypoints)


def test_of_many_poses_the_bad_one_is_named(lifter: Lifter) -> None:
    keypoints = POSES.copy()
    keypoints[7, 2:] = np.nan

    with pytest.raises(PoseInputError, match="Only 2 keypoints are placed in pose 7"):
        lifter.lift(keypoints)


@pytest.mark.parametrize("shape", [(16, 2), (1, 15, 2), (1, 16, 3)])
def test_the_wrong_number_of_keypoints_says_so(lifter: Lifter, shape: tuple[int, ...]) -> None:
    with pytest.raises(PoseInputError, match=r"Expected keypoints of shape \(N, 16, 2\) for quadruped16"):
        lifter.lift(np.ones(shape))


# --- the paper's ----------------------------------------------------------------------------------------


def test_the_papers_lifter_needs_every_keypoint(paper_model: Path) -> None:
    lifter = load_lifter(paper_model, SKELETON, "cpu")
    lacking = POSES[:1].copy()
    lacking[0, 1] = np.nan

    whole = lifter.lift(POSES)

    assert np.isfinite(whole.joints).all()
    assert np.abs(whole.origin - POSES[:, SKELETON.root]).max() < 1e-3
    with pytest.raises(PoseInputError, match="needs every keypoint, but nose is missing"):
        lifter.lift(lacking)


def test_the_papers_lifter_follows_place_and_size(paper_model: Path) -> None:
    lifter = load_lifter(paper_model, SKELETON, "cpu")

    before, after = lifter.lift(POSES), lifter.lift(3 * POSES + (50, -70))

    assert after.joints == pytest.approx(3 * before.joints, abs=0.1)


# --- loading --------------------------------------------------------------------------------------------


def test_a_model_of_another_skeleton_is_refused(default_model: Path) -> None:
    with pytest.raises(
        CheckpointError, match=r"trained for the skeleton 'quadruped16' \(16 joints\), but this is 'human17'"
    ):
        load_lifter(default_model, load_skeleton("human17"))


def test_a_skeleton_without_weights_names_the_command_that_makes_them() -> None:
    with pytest.raises(CheckpointError, match="poseviewer train lifter --skeleton hand21"):
        load_lifter(None, load_skeleton("hand21"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kind": "detector"}, "is a detector, not a lifter"),
        ({"network": "transformer"}, "does not know the network 'transformer'"),
        ({"shape": {"width": 64, "blocks": 1}}, "is damaged"),
    ],
)
def test_a_card_that_does_not_fit_is_refused(
    tmp_path: Path, default_model: Path, changes: dict[str, object], sentence: str
) -> None:
    from dataclasses import replace

    from poseviewer.models.checkpoint import read_card, read_tensors, save_checkpoint

    path = tmp_path / "other.safetensors"
    save_checkpoint(path, read_tensors(default_model), replace(read_card(default_model), **changes))  # type: ignore[arg-type]

    with pytest.raises(CheckpointError, match=sentence):
        load_lifter(path, SKELETON, "cpu")


def test_a_lifter_says_what_it_is(lifter: Lifter) -> None:
    assert lifter.description == "quadruped16 default"
    assert lifter.device == "cpu"


def test_ranges_of_other_bones_of_the_same_skeleton_are_fine(tmp_path: Path, model_file: Any) -> None:
    """The ranges are what it was trained on; they do not decide what it can lift."""
    path = model_file(tmp_path / "spherical.safetensors", ranges="quadruped16.paper")

    assert np.isfinite(load_lifter(path, SKELETON, "cpu").lift(POSES).joints).all()
