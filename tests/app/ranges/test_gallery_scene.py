from __future__ import annotations

import math

import numpy as np
import pytest

from poseviewer.app.colors import side_color
from poseviewer.app.ranges.gallery_poses import GallerySample, sample_gallery
from poseviewer.app.ranges.gallery_scene import Frames, GalleryView, Grid, Inks, Shows, compose_gallery
from poseviewer.app.view3d.orbit import OrbitCamera
from poseviewer.core.range_edits import with_interval
from poseviewer.core.ranges import Interval, RangePreset
from poseviewer.io.skeleton_files import load_ranges

INKS = Inks((255, 255, 255), (0, 0, 0), (0, 128, 128), (224, 138, 30))


@pytest.fixture
def ranges() -> RangePreset:
    return load_ranges("quadruped16")


def view(sample: GallerySample, ghost: GallerySample | None = None, shows: Shows = "3D", bones=()) -> GalleryView:
    grid = Grid.fitted(len(sample), 600, 600, 2.0 if shows == "both" else 1.0)
    picked = np.arange(len(sample))
    side_on = OrbitCamera(azimuth=math.pi / 2, elevation=0.0)
    return GalleryView(sample, ghost, Frames.of(sample), picked, grid, side_on, 1.0, shows, tuple(bones), INKS)


def count_of(batches, color) -> int:
    return sum(len(b.lines) for b in batches if b.color == color and not b.dots)


def test_the_grid_uses_the_room() -> None:
    assert (Grid.fitted(64, 600, 600, 1.0).columns, Grid.fitted(64, 600, 600, 1.0).cell) == (8, 75.0)
    wide = Grid.fitted(16, 800, 200, 1.0)
    assert wide.columns == 8 and wide.cell == 100.0
    both = Grid.fitted(4, 400, 200, 2.0)
    assert both.columns == 2 and both.width == 200.0 and both.cell == 100.0


def test_every_cell_is_found_at_its_place() -> None:
    grid = Grid.fitted(36, 610, 420, 2.0)
    for cell, (x, y) in enumerate(grid.corners().tolist()):
        assert grid.at(x + grid.width / 2, y + grid.cell / 2) == cell
    assert grid.at(-1, -1) is None and grid.at(10_000, 5) is None
    assert Grid.fitted(3, 200, 200, 1.0).at(190, 190) is None, "the fourth cell of two by two is empty"
    assert Grid.fitted(0, 200, 200, 1.0).at(10, 10) is None or Grid.fitted(0, 200, 200, 1.0).count == 0


def test_all_bones_are_drawn_once(ranges: RangePreset) -> None:
    sample = sample_gallery(ranges, 0, 16)

    batches = compose_gallery(view(sample))

    plain = [b for b in batches if not b.dots and b.color not in (INKS.accent, INKS.warning)]
    assert sum(len(b.lines) for b in plain) == 16 * ranges.skeleton.bone_count
    assert all(np.isfinite(b.lines).all() for b in batches)


def test_a_side_view_shows_back_to_the_right_and_up_upwards(ranges: RangePreset) -> None:
    """Seen from its left, an animal that faces -y looks to the left."""
    sample = sample_gallery(ranges, 0, 16)

    head = next(b for b in compose_gallery(view(sample)) if b.dots)

    centres = Grid.fitted(16, 600, 600, 1.0).corners() + 75.0
    assert (head.lines[:, 0] < centres[:, 0]).mean() > 0.8


def test_the_edit_in_hand_leaves_a_ghost_of_what_moved(ranges: RangePreset) -> None:
    bone = ranges.skeleton.bone_index("left_shoulder", "left_elbow")
    wider = with_interval(ranges, bone, "flexion", Interval(-1.0, 2.5), mirror=False)
    now, before = sample_gallery(wider, 0, 16), sample_gallery(ranges, 0, 16)

    plain, ghosted = compose_gallery(view(now)), compose_gallery(view(now, before))

    assert sum(len(b.lines) for b in ghosted) - sum(len(b.lines) for b in plain) == pytest.approx(2 * 16, abs=4)


def test_the_edited_bone_and_wrong_bones_are_pointed_out(ranges: RangePreset) -> None:
    sample = sample_gallery(ranges, 0, 64)
    wrong = sum(len(sample.check.bones(k)) for k in range(64))
    assert wrong > 0

    batches = compose_gallery(view(sample, bones=(4, 7)))

    assert count_of(batches, INKS.accent) == 2 * 64
    assert count_of(batches, INKS.warning) == wrong


def test_missing_keypoints_are_not_drawn_in_2d(ranges: RangePreset) -> None:
    sample = sample_gallery(ranges, 0, 64)
    ends = np.array([(b.parent, b.child) for b in ranges.skeleton.bones])
    known = np.isfinite(sample.keypoints[:, ends]).all(axis=(-1, -2))

    batches = compose_gallery(view(sample, shows="2D"))

    assert 0 < known.sum() < known.size
    assert sum(len(b.lines) for b in batches if not b.dots) == known.sum()
    assert count_of(batches, side_color("left")) > 0


def test_both_halves_stay_apart(ranges: RangePreset) -> None:
    sample = sample_gallery(ranges, 0, 16)
    both = view(sample, shows="both")

    lines = len(compose_gallery(both))

    assert lines == len(compose_gallery(view(sample))) + len(compose_gallery(view(sample, shows="2D")))


def test_frames_hold_until_a_pose_outgrows_them(ranges: RangePreset) -> None:
    sample = sample_gallery(ranges, 0, 64)
    frames = Frames.of(sample)
    grown = GallerySample(sample.skeleton, 3 * sample.joints, sample.keypoints, sample.check)

    assert not frames.leaves(sample) and frames.leaves(grown)
    small = GallerySample(sample.skeleton, 0 * sample.joints, 0 * sample.keypoints, sample.check)
    assert Frames.of(small).size > 0 and (Frames.of(small).flat_size > 0).all()
