"""A seed means the same poses, however many are asked for and on however many cores they are made."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.core.errors import PoseviewerError
from poseviewer.geometry.camera import body_to_camera
from poseviewer.geometry.kinematics import f
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.generate import CHUNK, SyntheticBatch, batch_rows, chunk_uniforms, stream, synthesize
from poseviewer.synthesis.presets import DEFAULT, PAPER, PLAIN, SynthesisPreset

PRESET = load_ranges("quadruped16")
FIELDS = ("joints", "keypoints", "bone_lengths", "bone_spherical", "rotation")


def made(n: int, seed: int = 0, recipe: SynthesisPreset = PLAIN) -> SyntheticBatch:
    return synthesize(PRESET.skeleton, PRESET, n, seed, recipe)


def test_the_first_poses_do_not_depend_on_how_many_are_made() -> None:
    few, many = made(5, recipe=DEFAULT), made(2 * CHUNK + 3, recipe=DEFAULT)

    for field in FIELDS:
        # In other company the processor may add in another order, which is worth the last bit.
        np.testing.assert_allclose(getattr(few, field), getattr(many, field)[:5], rtol=0, atol=2e-6)


@pytest.mark.parametrize("recipe", [PAPER, PLAIN, DEFAULT], ids=lambda r: r.name)
def test_the_number_of_workers_changes_nothing(recipe: SynthesisPreset) -> None:
    n = 3 * CHUNK + 17
    one, many = (list(stream(PRESET, recipe, n, 7, workers)) for workers in (1, 5))

    assert [first for first, _ in one] == [first for first, _ in many] == [0, CHUNK, 2 * CHUNK, 3 * CHUNK]
    assert [b.present.shape[-1] for _, b in one] == [CHUNK, CHUNK, CHUNK, 17]
    for (_, a), (_, b) in zip(one, many, strict=True):
        assert np.array_equal(a.keypoints, b.keypoints)
        assert np.array_equal(a.present, b.present)
        assert np.array_equal(a.poses.joints, b.poses.joints)


def test_other_seeds_make_other_poses_and_chunks_are_independent() -> None:
    rows = batch_rows(PRESET, PLAIN)

    assert np.array_equal(made(10, 3).joints, made(10, 3).joints)
    assert not np.allclose(made(10, 3).joints, made(10, 4).joints)
    a, b, c = (chunk_uniforms(rows, *key, 500).ravel() for key in ((0, 0), (0, 1), (1, 0)))
    for other in (b, c):
        assert abs(np.corrcoef(a, other)[0, 1]) < 0.02


def test_what_is_written_fits_together() -> None:
    batch = made(300)

    assert f(PRESET.skeleton, batch.bone_spherical) == pytest.approx(batch.joints, abs=1e-5)
    assert batch.bone_spherical[..., 0] == pytest.approx(batch.bone_lengths, abs=1e-5)
    turned = batch.joints @ batch.rotation.transpose(0, 2, 1)
    assert batch.keypoints == pytest.approx(body_to_camera(turned)[..., :2], abs=1e-5)
    assert {getattr(batch, field).dtype for field in FIELDS} == {np.dtype(np.float32)}


def test_missing_keypoints_are_nan() -> None:
    batch = made(2000, recipe=DEFAULT)
    there = np.isfinite(batch.keypoints)

    assert np.array_equal(there[..., 0], there[..., 1])
    assert there.all(-1).sum(1).min() >= 4
    assert 0.05 < 1 - there.mean() < 0.5


def test_less_than_one_pose_is_refused() -> None:
    with pytest.raises(PoseviewerError, match="Cannot synthesize 0 poses; ask for at least 1"):
        made(0)


def test_ranges_of_another_skeleton_are_refused() -> None:
    other = load_ranges("human17")
    with pytest.raises(PoseviewerError, match=r"'human17' are for the skeleton 'human17', not 'quadruped16'"):
        synthesize(PRESET.skeleton, other, 1)
