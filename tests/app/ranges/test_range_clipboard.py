from __future__ import annotations

import math

import pytest

from poseviewer.app.ranges.range_clipboard import copied, copied_from_text, text_of
from poseviewer.core.errors import SkeletonError
from poseviewer.core.range_edits import axes_of, mirrored
from poseviewer.core.ranges import RangePreset
from poseviewer.io.skeleton_files import load_ranges

SWING, PAPER = load_ranges("quadruped16"), load_ranges("quadruped16.paper")


@pytest.mark.parametrize("preset", [SWING, PAPER], ids=lambda p: str(p.name))
def test_every_range_survives_the_clipboard(preset: RangePreset) -> None:
    for bone, rotation in enumerate(preset.ranges):
        back = copied_from_text(text_of(copied(preset, bone)))
        assert back.bone == preset.skeleton.bone_names[bone]
        for axis in axes_of(rotation):
            new, old = getattr(back.rotation, axis), getattr(rotation, axis)
            assert math.isclose(new.min, old.min, abs_tol=1e-7) and math.isclose(new.max, old.max, abs_tol=1e-7)


def test_it_is_mirrored_only_onto_the_other_side() -> None:
    left = copied(PAPER, PAPER.skeleton.bone_names.index("left_hip:left_knee"))

    assert left.for_side("left") is left.rotation and left.for_side("middle") is left.rotation
    assert left.for_side("right") == mirrored(left.rotation)


@pytest.mark.parametrize(
    "text",
    ["", "a shopping list", "bone = 'a:b'", "bone='a'\nside='left'\nflexion=[1]\nabduction=[0,1]\ntwist=[0,0]",
     "bone='a'\nside='left'\ntheta='wide'\nphi=[0,1]"],
)  # fmt: skip
def test_other_text_is_no_range(text: str) -> None:
    with pytest.raises(SkeletonError, match="no range to paste"):
        copied_from_text(text)


def test_a_range_that_cannot_be_says_so() -> None:
    with pytest.raises(SkeletonError, match="minimum must not exceed"):
        copied_from_text("bone='a'\nside='left'\nflexion=[10,-10]\nabduction=[0,1]\ntwist=[0,0]")
    with pytest.raises(SkeletonError, match="not a number"):
        copied_from_text("bone='a'\nside='left'\nflexion=[nan,10]\nabduction=[0,1]\ntwist=[0,0]")
