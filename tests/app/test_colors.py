"""Left, right and predicted are told apart, and words in those colours can be read."""

import itertools

import pytest

from poseviewer.app import colors
from poseviewer.core.skeleton import Skeleton

ARM = Skeleton.from_names(
    "arms",
    ["chest", "left_hand", "right_hand"],
    [("chest", "left_hand"), ("chest", "right_hand")],
    [("left_hand", "right_hand")],
)


def test_left_is_blue_and_right_is_red() -> None:
    assert colors.side_color("left") == (0x34, 0x98, 0xDB)
    assert colors.side_color("right") == (0xE7, 0x4C, 0x3C)
    assert [colors.joint_color(ARM, j) for j in range(3)] == [colors.side_color(s) for s in ("middle", "left", "right")]


def test_a_bone_has_the_colour_of_its_far_joint() -> None:
    for bone in range(ARM.bone_count):
        assert colors.bone_color(ARM, bone) == colors.joint_color(ARM, ARM.bones[bone].child)


@pytest.mark.parametrize("name", colors.PALETTES)
def test_no_two_colours_of_a_palette_are_close(name: str) -> None:
    palette = colors.palette_named(name)
    four = (palette.left, palette.right, palette.middle, palette.predicted)
    for a, b in itertools.combinations(four, 2):
        assert sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) > 80**2


def test_an_unknown_palette_is_the_default_one() -> None:
    assert colors.side_color("left", "from an older version") == colors.side_color("left")


@pytest.mark.parametrize("background", [(255, 255, 255), (240, 240, 240), (30, 30, 30), (0, 0, 0)])
@pytest.mark.parametrize("side", ["left", "right", "middle"])
def test_words_in_a_side_colour_can_be_read(side: str, background: colors.RGB) -> None:
    shown = colors.text_color(colors.side_color(side), background)
    assert colors.contrast(shown, background) >= 4.5


def test_contrast_is_that_of_black_on_white() -> None:
    assert colors.contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert colors.readable_on((255, 255, 0)) == (0, 0, 0)
