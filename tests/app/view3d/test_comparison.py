"""The second pose of a comparison is told from the first by its colour and its name."""

from __future__ import annotations

import numpy as np

from poseviewer.app.colors import side_color
from poseviewer.app.view3d.comparison import Comparison
from poseviewer.app.view3d.framing import Framing
from poseviewer.app.view3d.look import look_for

LOOK = look_for((255, 255, 255), (0, 0, 0), (0, 128, 128))


def test_it_stands_where_it_lies_to_the_first(standing: np.ndarray) -> None:
    framing = Framing()
    first = framing.placed(standing)
    same, higher = (Comparison(standing - (0.0, up, 0.0)).placed(framing) for up in (0.0, 10.0))
    np.testing.assert_allclose(same.joints, first.joints)
    assert (higher.joints[:, 2] > first.joints[:, 2]).all()


def test_the_legend_says_which_is_which(standing: np.ndarray) -> None:
    (a, sides), (b, other) = Comparison(standing, "B run 3").legend(LOOK, "colorblind")
    assert (a, b) == ("A current", "B run 3")
    assert sides == [side_color("left", "colorblind"), side_color("right", "colorblind")]
    assert other == [LOOK.other]
