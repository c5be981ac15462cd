"""Poses of an animal that one range of a preset is too narrow for, as a user would click them."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import replace
from typing import Any

import numpy as np

from poseviewer.core.ranges import Interval, RangePreset, SwingRange
from poseviewer.geometry.range_fit import RangeFit, fit_ranges
from poseviewer.models.light import load_light_lifter
from poseviewer.synthesis.generate import batch_rows, sample_batch, synthesize
from poseviewer.synthesis.poses import pose_rows
from poseviewer.synthesis.presets import DEFAULT

RADIUS = 100.0
"""RMS size of the animal in pixels."""


def driven(work: Generator[float, None, Any]) -> tuple[Any, list[float]]:
    """What a generator returns, and what it yielded."""
    shares = []
    while True:
        try:
            shares.append(next(work))
        except StopIteration as end:
            return end.value, shares


def doubled(preset: RangePreset, bone: int) -> RangePreset:
    """Flexion and abduction of one bone (of both, where they are coupled) about their middles, twice as wide."""
    for one in {bone, preset.skeleton.mirror_bones[bone]} if _coupled(preset, bone) else {bone}:
        old = preset.ranges[one]
        assert isinstance(old, SwingRange)
        flexion, abduction = _twice(old.flexion, math.pi), _twice(old.abduction, math.pi / 2)
        preset = preset.with_range(one, replace(old, flexion=flexion, abduction=abduction))
    return preset


def clicked(preset: RangePreset, n: int, seed: int = 7, noise: float = 1.0) -> np.ndarray:
    """Keypoints (n, J, 2) in pixels of poses from all of the ranges, seen from anywhere, some in perspective."""
    perfect = replace(DEFAULT, flaws=replace(DEFAULT.flaws, noise=0, outliers=0, missing=0, limbs=0))
    xy = synthesize(preset.skeleton, replace(preset, bell=0.0), n, seed, perfect).keypoints.astype(np.float64)
    return in_pixels(xy, seed, noise)


def in_pixels(xy: np.ndarray, seed: int, noise: float) -> np.ndarray:
    """Keypoints of any size at a radius of 100 pixels, clicked."""
    radius = np.sqrt(((xy - xy.mean(1, keepdims=True)) ** 2).sum(2).mean(1))
    pixels = xy * (RADIUS / radius)[:, None, None] + 300
    return pixels + np.random.default_rng(seed).normal(0, noise, pixels.shape)


def of_one_animal(preset: RangePreset, n: int, seed: int = 7, noise: float = 1.0) -> np.ndarray:
    """As `clicked`, but all poses are of one animal: its bones, drawn from the preset, change only by what flexes."""
    perfect = replace(DEFAULT, flaws=replace(DEFAULT.flaws, noise=0, outliers=0, missing=0, limbs=0))
    ranges = replace(preset, bell=0.0)
    uniforms = np.random.default_rng(seed).random((batch_rows(ranges, perfect), n))
    end = pose_rows(ranges, perfect) - preset.skeleton.bone_count  # what follows flexes from pose to pose
    animal = len(set(preset.skeleton.length_groups)) + len(preset.factors)
    animal += animal % 2  # normal numbers are made two at a time
    uniforms[end - animal : end] = uniforms[end - animal : end, :1]
    xy = sample_batch(ranges, perfect, uniforms).keypoints.transpose(2, 1, 0)
    return in_pixels(xy, seed, noise)


def lifted(preset: RangePreset, keypoints: np.ndarray) -> np.ndarray:
    """3D poses to start from, by the lifter that is shipped."""
    lifter = load_light_lifter(None, preset.skeleton)
    assert lifter is not None
    return lifter.lift(keypoints).joints


def fit(preset: RangePreset, keypoints: np.ndarray, noise: float = 0.01, one_animal: bool = False) -> RangeFit:
    groups = np.zeros(len(keypoints), int) if one_animal else None
    result, _ = driven(fit_ranges(preset, keypoints, starts=lifted(preset, keypoints), noise=noise, groups=groups))
    assert isinstance(result, RangeFit)
    return result


def _coupled(preset: RangePreset, bone: int) -> bool:
    return bool(getattr(preset.ranges[bone], "coupled", False))


def _twice(interval: Interval, limit: float) -> Interval:
    half = interval.width / 2
    return Interval(max(-limit, interval.min - half), min(limit, interval.max + half))
