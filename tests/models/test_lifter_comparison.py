"""Rows of a comparison whose answers are known: a lifter that is told the truth, one that knows nothing, and others."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from poseviewer.core.clips import Clips
from poseviewer.geometry.pose_views import SeenPoses, ViewRange
from poseviewer.models import lifter_comparison
from poseviewer.models.lifter_comparison import FLAT, ComparedPoses, LifterResult, compare_lifters, shared_joints

NAMES = ("pelvis", "left_wrist", "right_wrist", "left_ankle", "right_ankle", "head")
RANDOM = np.random.default_rng(0)
POSES = ComparedPoses(
    RANDOM.normal(size=(12, 6, 3)) * 300,
    NAMES,
    Clips(np.repeat([0, 1, 2], 4), {"action": ("walk", "jump", "walk"), "subject": ("A", "A", "B")}),
)


@dataclass
class Oracle:
    """Stands in for a lifter: it is told what is seen, and errs by `noise` mm in depth."""

    name: str
    joints: tuple[int, ...] = tuple(range(6))
    noise: float = 0.0
    parameters: int = 10
    calls: int = 0

    def lift(self, keypoints: np.ndarray) -> tuple[np.ndarray, float]:
        self.calls += 1
        seen = SEEN[-1].joints
        lifted = seen[: len(keypoints)] + [0, 0, self.noise] * RANDOM.normal(size=(len(keypoints), 6, 1))
        lifted[:, [i for i in range(6) if i not in self.joints]] = np.nan
        return lifted, 0.001 * len(keypoints)


SEEN: list[SeenPoses] = []


@pytest.fixture(autouse=True)
def oracles_see(monkeypatch: pytest.MonkeyPatch) -> None:
    look = lifter_comparison.see_poses

    def remember(*args: Any) -> SeenPoses:
        SEEN.append(look(*args))
        return SEEN[-1]

    monkeypatch.setattr(lifter_comparison, "see_poses", remember)


def compare(*oracles: Oracle, poses: ComparedPoses = POSES, **options: Any) -> dict[str, LifterResult]:
    options = {"views": ViewRange(), "seeds": [0, 1], **options}
    return {row.name: row for row in compare_lifters(oracles, poses, **options)}  # type: ignore[arg-type]


def test_the_truth_is_perfect_and_the_flat_pose_is_its_own_measure() -> None:
    rows = compare(Oracle("truth"))

    assert list(rows) == [FLAT, "truth"]
    truth, flat = rows["truth"], rows[FLAT]
    for measure in ("p_mpjpe", "n_mpjpe", "mpjpe", "ratio", "mpjve", "shared_p_mpjpe"):
        assert truth.spread(measure).mean == pytest.approx(0, abs=1e-6)
    assert truth.spread("pck3d_150_aligned").mean == 100
    assert truth.spread("auc").mean == pytest.approx(100 * 30 / 31)
    assert flat.spread("ratio").mean == pytest.approx(1)
    assert flat.spread("ratio_reflection_best").mean == pytest.approx(1, abs=0.05)
    assert flat.spread("p_mpjpe").mean > 50
    assert flat.spread("p_mpjpe").std > 0


def test_a_row_says_what_it_is_about() -> None:
    rows = compare(Oracle("small", joints=(1, 2, 3, 4)), Oracle("large"))

    assert rows["small"].joints == NAMES[1:5]
    assert rows["small"].root == ("left_wrist",)
    assert (rows["large"].joints, rows["large"].root) == (NAMES, ("pelvis",))
    assert rows[FLAT].joints == NAMES
    assert (rows["large"].parameters, rows["large"].members, rows[FLAT].members) == (10, 1, 0)
    assert rows["large"].poses_per_second == pytest.approx(1000)
    assert math.isnan(rows[FLAT].poses_per_second)


def test_rows_can_be_compared_on_the_joints_that_all_share() -> None:
    oracles = Oracle("small", joints=(1, 2, 3, 4), noise=50), Oracle("large", noise=50)

    rows = compare(*oracles)

    assert shared_joints(oracles) == (1, 2, 3, 4)  # type: ignore[arg-type]
    assert rows["small"].spread("shared_p_mpjpe") == rows["small"].spread("p_mpjpe")
    assert rows["large"].spread("shared_p_mpjpe").mean < rows["large"].spread("p_mpjpe").mean
    assert rows[FLAT].spread("shared_ratio").mean == pytest.approx(1)


def test_an_ensemble_is_better_than_its_members() -> None:
    oracles = [Oracle(f"m{i}", noise=100) for i in range(8)]

    rows = compare(*oracles, ensembles={"ensemble of 8": range(8)})

    alone = np.mean([rows[f"m{i}"].spread("p_mpjpe").mean for i in range(8)])
    assert rows["ensemble of 8"].spread("p_mpjpe").mean < 0.6 * alone
    assert rows["ensemble of 8"].parameters == 80
    assert rows["ensemble of 8"].poses_per_second == pytest.approx(1000 / 8)


def test_groups_are_measured_apart_and_each_counts_once_in_their_mean() -> None:
    row = compare(Oracle("m", noise=100), by="action")["m"]

    walk, jump = (row.spread("p_mpjpe", group).mean for group in ("walk", "jump"))
    assert (row.spread("poses", "walk").mean, row.spread("poses", "jump").mean) == (8, 4)
    assert row.mean_of_groups("p_mpjpe").mean == pytest.approx((walk + jump) / 2)
    assert row.spread("p_mpjpe").mean == pytest.approx((8 * walk + 4 * jump) / 12)
    flat = [row.spread("p_mpjpe_flat", group).mean for group in ("walk", "jump")]
    assert row.mean_of_groups("ratio").mean == pytest.approx((walk + jump) / sum(flat), rel=0.05)


def test_motion_is_measured_on_views_that_a_clip_shares() -> None:
    still = ComparedPoses(np.repeat(POSES.joints[::4], 4, axis=0), NAMES, POSES.clips)

    rows = compare(Oracle("truth"), poses=still)

    # Within a clip nothing moves, so that even the flat pose makes no mistake in its motion.
    assert rows[FLAT].spread("mpjve").mean == pytest.approx(0, abs=1e-6)
    assert compare(Oracle("truth"))[FLAT].spread("mpjve").mean > 50


def test_single_poses_have_no_motion() -> None:
    alone = ComparedPoses(POSES.joints, NAMES, Clips(np.arange(12)))
    oracle = Oracle("m")

    assert math.isnan(compare(oracle, poses=alone)["m"].spread("mpjve").mean)
    assert oracle.calls == 3  # one to warm up, one per seed


def test_a_joint_that_is_missing_in_the_truth_counts_for_nobody() -> None:
    joints = POSES.joints.copy()
    joints[:, 5] = np.nan
    joints[0] = np.nan

    rows = compare(Oracle("m"), poses=ComparedPoses(joints, NAMES, POSES.clips))

    assert rows["m"].spread("p_mpjpe").mean == pytest.approx(0, abs=1e-6)
    assert rows["m"].spread("poses").mean == 11


def test_progress_reaches_its_end() -> None:
    told: list[tuple[int, int]] = []

    compare(Oracle("a"), Oracle("b"), report=lambda done, total: told.append((done, total)))

    assert told == [(i + 1, 8) for i in range(8)]
