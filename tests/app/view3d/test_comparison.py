"""The second pose of a comparison is told from the first by its colour and its name."""

from __future__ import annotations

import numpy as np

from poseviewer.app.colors import side_color
from poseviewer.app.view3d.comparison import Comparison, clipped, moved
from poseviewer.app.view3d.composer import Emphasis, SceneSkeleton, Stage, compose
from poseviewer.app.view3d.framing import Framing
from poseviewer.app.view3d.look import look_for
from poseviewer.app.view3d.orbit import OrbitCamera
from poseviewer.app.view3d.strokes import strokes

LOOK = look_for((255, 255, 255), (0, 0, 0), (0, 128, 128))


def test_it_stands_where_it_lies_to_the_first(standing: np.ndarray) -> None:
    framing = Framing()
    first = framing.placed(standing)
    same, higher = (Comparison(standing - (0.0, up, 0.0)).placed(framing) for up in (0.0, 10.0))
    np.testing.assert_allclose(same.joints, first.joints)
    assert (higher.joints[:, 2] > first.joints[:, 2]).all()


def test_the_legend_says_which_is_which(standing: np.ndarray) -> None:
    (a, sides), (b, other) = Comparison(standing, "B run 3", "A human17").legend(LOOK, "colorblind")
    assert (a, b) == ("A human17", "B run 3")
    assert sides == [side_color("left", "colorblind"), side_color("right", "colorblind")]
    assert other == [LOOK.other]
    apart = Comparison(standing, "B run 3", apart=True).legend(LOOK, "colorblind")
    assert [colors for _, colors in apart] == [sides, sides]


def test_poses_that_stand_apart_share_no_pixel(standing: np.ndarray) -> None:
    skeleton = SceneSkeleton(np.array([(0, 1)]), np.ones((1, 3)), np.ones((len(standing), 3)))
    framing = Framing()
    first = framing.placed(standing)
    stage = Stage(OrbitCamera().fitted(first.reach, 150, 200), 150, 200, LOOK)
    alone = compose(stage, skeleton, first, Emphasis())

    both = Comparison(standing, apart=True).picture(stage, skeleton, first, Emphasis(), framing)

    assert len(both.body) == 2 * len(alone.body) + 1  # and a line between them
    ours, theirs = both.body.taken(both.body.end[:, 0] < 150), both.body.taken(both.body.start[:, 0] > 150)
    np.testing.assert_allclose(ours.start + (150, 0), theirs.start)
    over = Comparison(standing).picture(stage, skeleton, first, Emphasis(), framing)
    assert len(over.body) < len(both.body) and over.body.end[:, 0].max() < 150


def test_lines_end_at_the_edge_of_their_half() -> None:
    lines = strokes(
        [(-10, 0), (5, 0), (20, 0), (4, 9), (12, 9)], [(30, 40), (5, 8), (30, 0), (4, 9), (12, 9)], 1, [1] * 4
    )

    kept = clipped(lines, 10.0)

    np.testing.assert_allclose(kept.start, [(0, 10), (5, 0), (4, 9)])
    np.testing.assert_allclose(kept.end, [(10, 20), (5, 8), (4, 9)])
    np.testing.assert_allclose(moved(kept, 3).start[:, 0], [3, 8, 7])
