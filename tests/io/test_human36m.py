"""Human3.6M in VideoPose3D's layout, from tiny files of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poseviewer.core.errors import LabelFileError
from poseviewer.io.human36m import has_keypoints, is_human36m, read_positions_2d, read_positions_3d
from poseviewer.io.motion_clip import FrameChoice
from poseviewer.io.skeleton_files import load_skeleton

JOINTS = load_skeleton("human17").joints
POSES = np.random.default_rng(0).normal(size=(9, 32, 3)).astype(np.float32)
METADATA = {"layout_name": "h36m", "num_joints": 17, "keypoints_symmetry": [[4, 5, 6], [1, 2, 3]]}


def save(path: Path, **content: Any) -> Path:
    np.savez_compressed(path, **{name: np.array(value, dtype=object) for name, value in content.items()})
    return path


def test_32_joints_become_17(tmp_path: Path) -> None:
    path = save(tmp_path / "data_3d_h36m.npz", positions_3d={"S1": {"Walking 1": POSES, "Sitting": POSES[:4]}})

    walking, sitting = read_positions_3d(path)

    assert is_human36m(path) and not has_keypoints(path)
    assert (walking.name, walking.subject, walking.action) == ("S1/Walking 1", "S1", "Walking")
    assert walking.names == JOINTS and walking.fps == 50 and walking.up == "z" and sitting.joints.shape == (4, 17, 3)
    # Numbers of Human3.6M's own skeleton: 3 right foot (ankle), 15 the head's top, 19 left wrist, 27 right wrist.
    for joint, number in {
        "pelvis": 0,
        "right_ankle": 3,
        "left_hip": 6,
        "head": 15,
        "left_wrist": 19,
        "right_wrist": 27,
    }.items():
        np.testing.assert_array_equal(walking.joints[:, JOINTS.index(joint)], POSES[:, number])


def test_17_joints_stay_and_frames_are_thinned_out(tmp_path: Path) -> None:
    path = save(tmp_path / "a.npz", positions_3d={"S9": {"Posing": POSES[:, :17]}})
    (clip,) = read_positions_3d(path, FrameChoice(10))
    np.testing.assert_array_equal(clip.joints, POSES[::5, :17])
    assert clip.fps == 10


def test_keypoints_of_every_camera(tmp_path: Path) -> None:
    views = [POSES[:, :17, :2], POSES[:5, :17, 1:]]
    path = save(tmp_path / "data_2d_h36m_gt.npz", positions_2d={"S1": {"Eating 2": views}}, metadata=METADATA)

    first, second = read_positions_2d(path)

    assert has_keypoints(path) and first.names == JOINTS and second.name == "S1/Eating 2/camera 1"
    assert first.keypoints is not None and second.keypoints is not None
    np.testing.assert_array_equal(second.keypoints, views[1])
    assert first.action == "Eating" and len(first.keypoints) == 9


@pytest.mark.parametrize(("layout", "count", "name"), [("coco", 17, "nose"), ("mpii", 16, "right_ankle")])
def test_other_layouts_have_their_names(tmp_path: Path, layout: str, count: int, name: str) -> None:
    views = [np.zeros((2, count, 3))]
    path = save(tmp_path / "a.npz", positions_2d={"S1": {"a": views}}, metadata=METADATA | {"layout_name": layout})
    (clip,) = read_positions_2d(path)
    assert clip.names[0] == name and clip.keypoints is not None and clip.keypoints.shape == (2, count, 2)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({}, "no recordings"),
        ({"S1": {}}, "no recordings"),
        ({"S1": [1]}, "no positions_3d of subjects"),
        ("Walking", "no positions_3d of subjects"),
        ({"S1": {"a": POSES[:, :20]}}, "has 20 joints; Human3.6M has 32"),
        ({"S1": {"a": POSES[0]}}, r"S1, a in .* should be numbers of the shape \(frames, joints, 3\)"),
        ({"S1": {"a": "Walking"}}, "should be numbers"),
        ({"S1": {"a": POSES[:0]}}, "should be numbers"),
    ],
)
def test_another_layout_is_said(tmp_path: Path, content: Any, words: str) -> None:
    path = save(tmp_path / "a.npz", positions_3d=content)
    with pytest.raises(LabelFileError, match=words):
        list(read_positions_3d(path))


def test_an_unknown_layout_of_keypoints_is_said(tmp_path: Path) -> None:
    views = [np.zeros((2, 15, 2))]
    path = save(tmp_path / "a.npz", positions_2d={"S1": {"a": views}}, metadata=METADATA | {"layout_name": "humaneva"})
    with pytest.raises(LabelFileError, match=r"15 keypoints in the layout 'humaneva', .*h36m \(17\)"):
        list(read_positions_2d(path))


def test_what_is_no_file_of_it(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", keypoints=np.zeros(3))
    (tmp_path / "b.npz").write_bytes(b"hello")
    assert not any(is_human36m(tmp_path / name) for name in ("a.npz", "b.npz", "none.npz"))
