"""Batches of tensors, and what the networks are asked."""

from __future__ import annotations

import numpy as np
import torch

from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.generate import batch_rows, chunk_uniforms, sample_batch
from poseviewer.synthesis.presets import find_preset
from training.lifter_tasks import joined, paper_task


def test_pieces_joined_are_the_whole() -> None:
    ranges, recipe = load_ranges("quadruped16"), find_preset("default")
    uniforms = chunk_uniforms(batch_rows(ranges, recipe), 0, 0, 8)
    whole = sample_batch(ranges, recipe, uniforms.copy())

    parts = joined([sample_batch(ranges, recipe, uniforms[:, a : a + 4].copy()) for a in (0, 4)])

    assert isinstance(parts.keypoints, torch.Tensor)
    np.testing.assert_allclose(parts.keypoints.numpy(), whole.keypoints, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(parts.views.joints.numpy(), whole.views.joints, rtol=1e-5, atol=1e-6)


def test_the_paper_is_asked_for_the_edges_whose_projection_it_sees() -> None:
    ranges, recipe = load_ranges("quadruped16.paper"), find_preset("paper")
    batch = joined([sample_batch(ranges, recipe, chunk_uniforms(batch_rows(ranges, recipe), 0, 0, 5))])

    keypoints, edges = paper_task(ranges.skeleton, batch)

    assert keypoints.shape == (5, 16, 2)
    assert edges.shape == (5, 15, 3)
    np.testing.assert_allclose(keypoints[..., 0].T, batch.keypoints[0], atol=1e-6)
