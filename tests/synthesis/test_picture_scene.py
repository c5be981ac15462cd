"""Who is in front of whom: visibility against a brute-force depth made of spheres."""

from __future__ import annotations

import numpy as np

from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.picture_clutter import THINGS
from poseviewer.synthesis.picture_cones import FAR, Canvas
from poseviewer.synthesis.picture_scene import MELT, fill, picture_rows, sample_scene, visibility
from poseviewer.synthesis.picture_textures import textures

RANGES = load_ranges("quadruped16")
SIDE = 64
COUNT = 60


def scene_and_canvases() -> tuple:
    uniforms = np.random.default_rng(1).random((picture_rows(RANGES), COUNT), dtype=np.float32)
    scene = sample_scene(RANGES, uniforms, SIDE, 0)
    flat = textures().like(uniforms)
    canvases = []
    for i in range(COUNT):
        canvas = Canvas.blank(1, SIDE, scene.terms)
        fill(canvas, scene, slice(i, i + 1), flat)
        canvases.append(canvas)
    return scene, canvases


SCENE, CANVASES = scene_and_canvases()


def brute(i: int) -> np.ndarray:
    """(SIDE, SIDE) the depth of the body alone."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(float)
    depth = np.full((SIDE, SIDE), FAR)
    ends, radii = SCENE.figures.ends[..., i], SCENE.figures.radii[..., i]
    for s in np.linspace(0, 1, 40):
        centres = ends[0] + s * (ends[1] - ends[0])
        for (cx, cy, cz), radius in zip(centres, radii[0] + s * (radii[1] - radii[0]), strict=True):
            inside = radius**2 - (x - cx) ** 2 - (y - cy) ** 2
            depth = np.where(inside > 0, np.minimum(depth, cz - np.sqrt(np.maximum(inside, 0))), depth)
    return depth


def test_what_is_visible_is_what_brute_force_says() -> None:
    agree, looked = 0, 0
    for i, canvas in enumerate(CANVASES):
        if (canvas.cone > len(SCENE.body.plan.cones)).any():
            continue  # something else is in the picture
        depth = brute(i)
        seen = visibility(canvas, SCENE.figures, slice(i, i + 1), SIDE)[0]
        for j in np.flatnonzero(seen):
            column, row = np.rint(SCENE.figures.keypoints[:, j, i]).astype(int)
            allowed = SCENE.figures.flesh[j, i] + 0.5 * MELT * SCENE.figures.size[i] + 1
            clear = SCENE.figures.depth[j, i] - depth[row, column] <= allowed
            agree += clear == (seen[j] == 2)
            looked += 1

    assert looked > 60
    assert agree / looked > 0.95


def test_a_thing_in_front_hides_what_is_behind_it() -> None:
    first_thing = len(SCENE.body.plan.cones) + 1
    covered = []
    for i, canvas in enumerate(CANVASES):
        seen = visibility(canvas, SCENE.figures, slice(i, i + 1), SIDE)[0]
        for j in np.flatnonzero(seen):
            column, row = np.rint(SCENE.figures.keypoints[:, j, i]).astype(int)
            gap = SCENE.figures.depth[j, i] - canvas.depth[0, row, column]
            if canvas.cone[0, row, column] >= first_thing and gap > 2 * SCENE.figures.flesh[j, i] + 8:
                covered.append(seen[j] == 1)

    assert len(covered) > 3
    assert all(covered)


def test_keypoints_are_where_the_body_is() -> None:
    """Almost every joint in the picture is covered by something solid."""
    inside, covered = 0, 0
    for i, canvas in enumerate(CANVASES):
        for j in np.flatnonzero(visibility(canvas, SCENE.figures, slice(i, i + 1), SIDE)[0]):
            column, row = np.rint(SCENE.figures.keypoints[:, j, i]).astype(int)
            inside += 1
            covered += bool(canvas.cover[0, row, column] > 0.3)

    assert covered / inside > 0.97


def test_every_number_in_a_picture_has_its_colour() -> None:
    most = len(SCENE.body.plan.cones) + THINGS

    assert max(float(c.cone.max()) for c in CANVASES) <= most
    assert all(np.array_equal(c.cone, np.rint(c.cone)) for c in CANVASES)
