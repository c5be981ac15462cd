"""Every joint has its own place on the diagram, whether or not the skeleton says where."""

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.app.annotate.diagram_layout import NARROWEST, WIDEST, diagram_places, on_page
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.skeleton_files import load_skeleton, shipped_skeletons


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("name", shipped_skeletons())
def test_places_are_inside_and_apart(name: str, own: bool) -> None:
    skeleton = load_skeleton(name)
    places = diagram_places(skeleton if own else replace(skeleton, layout=()))
    assert places.shape == (skeleton.joint_count, 2)
    assert ((places >= 0) & (places <= 1)).all()
    apart = np.linalg.norm(places[:, None] - places[None], axis=-1) + np.eye(len(places))
    assert apart.min() > 0.03


def test_a_tree_grows_downwards_and_a_parent_is_over_its_children() -> None:
    fork = Skeleton.from_names("fork", ["a", "b", "c", "d"], [("a", "b"), ("b", "c"), ("b", "d")])
    a, b, c, d = diagram_places(fork)
    assert a[1] < b[1] < c[1] == d[1]
    assert a[0] == b[0] == (c[0] + d[0]) / 2


@pytest.mark.parametrize("page", [(300.0, 300.0), (900.0, 200.0), (200.0, 900.0), (10.0, 10.0)])
def test_the_page_is_used_without_distorting(page: tuple[float, float]) -> None:
    corners = on_page(np.array([[0.0, 0.0], [1.0, 1.0]]), *page, margin=20)
    width, height = corners[1] - corners[0]
    assert NARROWEST - 1e-9 <= width / height <= WIDEST + 1e-9
    assert corners.mean(axis=0) == pytest.approx([page[0] / 2, page[1] / 2])
