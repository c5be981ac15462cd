"""Words and lines can be seen in a light and in a dark window."""

import pytest

from poseviewer.app.colors import contrast, luminance
from poseviewer.app.view3d.look import Look, look_for

LIGHT = look_for((255, 255, 255), (28, 33, 38), (15, 118, 110))
DARK = look_for((24, 27, 30), (230, 233, 235), (79, 195, 178))


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_words_can_be_read_everywhere(look: Look) -> None:
    for behind in (look.top, look.bottom):
        assert contrast(look.text, behind) > 7
        assert contrast(look.muted, behind) > 3
    assert contrast(look.text, look.plate) > 7


def test_the_background_follows_the_window() -> None:
    assert luminance(LIGHT.bottom) > 0.6
    assert luminance(DARK.top) < 0.05


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_the_grid_is_seen_but_calm(look: Look) -> None:
    seen = [round(b + (g - b) * look.grid_alpha) for g, b in zip(look.grid, look.bottom, strict=True)]
    assert 1.15 < contrast(seen, look.bottom) < 3


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_the_stop_and_the_second_pose_stand_out(look: Look) -> None:
    for color in (look.stop, look.other, look.ring):
        assert contrast(color, look.top) > 3 and contrast(color, look.bottom) > 3
    assert look.stop[0] > 2 * max(look.stop[1:])  # red
    assert max(look.other) - min(look.other) < 24  # neither left nor right
