"""The recipes by name."""

from __future__ import annotations

import pytest

from poseviewer.core.errors import PoseviewerError
from poseviewer.synthesis.presets import PAPER, PLAIN, PRESETS, Flaws, find_preset


def test_presets_are_found_by_their_own_name() -> None:
    assert {name: find_preset(name).name for name in PRESETS} == {name: name for name in PRESETS}


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(PoseviewerError, match=r"no synthesis preset 'papre'; choose one of paper, plain, default"):
        find_preset("papre")


@pytest.mark.parametrize("preset", [PAPER, PLAIN])
def test_the_paper_has_perfect_keypoints_and_any_rotation(preset: object) -> None:
    assert preset.flaws == Flaws()  # type: ignore[attr-defined]
    assert preset.views.upright == preset.views.perspective == preset.views.scale.width == 0  # type: ignore[attr-defined]
