"""The search for the poses nearest to keypoints: what a lifter sees of the depths, and what opening a stop promises."""

from __future__ import annotations

from types import ModuleType

import numpy as np

from poseviewer.geometry.least_squares import minimise
from poseviewer.geometry.pose_model import PoseModel, PoseProblems
from poseviewer.geometry.pose_search import PoseSearch, middle_and_radius
from poseviewer.geometry.shared_lengths import template_lengths
from poseviewer.io.skeleton_files import load_ranges

QUADRUPED = load_ranges("quadruped16")


def search_of(keypoints: np.ndarray, starts: np.ndarray | None) -> PoseSearch:
    given = np.isfinite(keypoints).all(-1)
    prior = template_lengths(QUADRUPED, len(keypoints))
    return PoseSearch(PoseModel(QUADRUPED), keypoints, given, np.zeros(given.shape, bool), 0.015, prior, starts)


def test_depths_are_taken_in_the_unit_of_the_keypoints(narrow: ModuleType) -> None:
    keypoints = narrow.clicked(QUADRUPED, 6, noise=0.0)
    lifted = narrow.lifted(QUADRUPED, keypoints)

    one, tenth = (search_of(keypoints, unit * lifted + 3.0).observed for unit in (1.0, 0.1))

    _, radius = middle_and_radius(keypoints, np.ones(keypoints.shape[:2], bool))
    wanted = (lifted[..., 2] - lifted[..., 2].mean(1, keepdims=True)) / radius[:, None]
    np.testing.assert_allclose(one.depth, wanted, atol=0.02)
    np.testing.assert_allclose(tenth.depth, one.depth, atol=1e-5)
    assert (one.sure > 0).all()


def test_without_a_lifted_pose_depths_are_free(narrow: ModuleType) -> None:
    keypoints = narrow.clicked(QUADRUPED, 3)
    starts = narrow.lifted(QUADRUPED, keypoints).copy()
    starts[1] = np.nan

    assert (search_of(keypoints, starts).observed.sure.max(1) > 0).tolist() == [True, False, True]
    assert not search_of(keypoints, None).observed.sure.any()


def test_the_fit_stays_by_the_depths_that_a_lifter_saw(narrow: ModuleType) -> None:
    keypoints = narrow.clicked(QUADRUPED, 20)
    lifted = narrow.lifted(QUADRUPED, keypoints)

    def error(starts: np.ndarray | None) -> float:
        search = search_of(keypoints, starts)
        state, _ = narrow.driven(search.fit_inside())
        depth = search.model.joints(state)[..., 2]
        seen = search_of(keypoints, lifted).observed.depth
        return float(np.median(np.abs(depth - depth.mean(1, keepdims=True) - seen)))

    assert error(lifted) < 0.7 * error(None)


def test_what_a_stop_promises_is_what_opening_it_brings(narrow: ModuleType) -> None:
    knee = QUADRUPED.skeleton.bone_index("left_hip", "left_knee")
    keypoints = narrow.clicked(narrow.doubled(QUADRUPED, knee), 40)
    search = search_of(keypoints, narrow.lifted(QUADRUPED, keypoints))
    state, _ = narrow.driven(search.fit_inside())
    promise = search.promise(state)
    column = next(c for c, u in enumerate(search.model.unknowns) if u.bones == (knee,) and u.axis == 0)
    rows = np.flatnonzero(promise[:, column] > 0.5)
    low, high = search.observed.low.copy(), search.observed.high.copy()
    low[:, column], high[:, column] = -np.pi, np.pi
    opened = PoseProblems(search.model, search.observed.bounded(low, high, search.observed.price))

    before = opened.taken(state, rows)
    after, _ = narrow.driven(minimise(opened, before, rows, 20))

    assert len(rows) >= 3
    gain = opened.cost(before, rows) - opened.cost(after, rows)
    assert np.corrcoef(np.log(promise[rows, column]), np.log(np.maximum(gain, 1e-3)))[0, 1] > 0.5
    assert (gain > 0.05).mean() > 0.8
