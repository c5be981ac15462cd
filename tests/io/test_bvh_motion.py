"""Reading BVH: what our own writer wrote comes back, and every order of channels and every fault is understood."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from poseviewer.core.errors import LabelFileError
from poseviewer.core.lifted import LiftedPoses
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.bvh import bvh_text
from poseviewer.io.bvh_motion import read_bvh
from poseviewer.io.motion_clip import FrameChoice, MotionClip
from poseviewer.io.skeleton_files import load_skeleton

Array = NDArray[np.float64]

ARM = """HIERARCHY
ROOT shoulder
{
    OFFSET 1 0 0
    CHANNELS 6 Xposition Yposition Zposition %s
    JOINT elbow {
        OFFSET 0 2 0
        CHANNELS 3 Zrotation Xrotation Yrotation
        End Site
        {
            OFFSET 0 3 0
        }
    }
}
MOTION
Frames: %d
Frame Time:\t0.008333
%s
"""


def arm(folder: Path, rows: list[str], order: str = "Zrotation Xrotation Yrotation", count: int | None = None) -> Path:
    path = folder / "arm.bvh"
    path.write_text(ARM % (order, len(rows) if count is None else count, "\n".join(rows)))
    return path


def of(clip: MotionClip, name: str) -> Array:
    return clip.joints[:, clip.names.index(name)]


def poses_of(skeleton: Skeleton, count: int, seed: int) -> LiftedPoses:
    """Any direction for any bone, with one length per bone."""
    chance = np.random.default_rng(seed)
    joints = np.zeros((count, skeleton.joint_count, 3))
    for bone, length in zip(skeleton.bones, chance.uniform(5, 100, skeleton.bone_count), strict=True):
        way = chance.normal(size=(count, 3))
        joints[:, bone.child] = joints[:, bone.parent] + length * way / np.linalg.norm(way, axis=1, keepdims=True)
    origin = chance.uniform(-500, 500, (count, 2)).astype(np.float32)
    seen = np.ones(joints.shape[:2], dtype=bool)
    return LiftedPoses(skeleton, joints.astype(np.float32), np.zeros(seen.shape, dtype=np.float32), origin, seen, "px")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(["human17", "quadruped16", "hand21"]), count=st.integers(1, 5), seed=st.integers(0, 10**6))
def test_what_our_writer_wrote_comes_back(tmp_path: Path, name: str, count: int, seed: int) -> None:
    skeleton = load_skeleton(name)
    poses = poses_of(skeleton, count, seed)
    (tmp_path / "own.bvh").write_text(bvh_text(poses, skeleton.joints, 25.0))

    clip = read_bvh(tmp_path / "own.bvh")

    place = np.concatenate([poses.origin, np.zeros((count, 1))], axis=1)[:, None]
    expected = (poses.joints + place) * (1.0, -1.0, -1.0)
    found = np.stack([of(clip, joint) for joint in skeleton.joints], axis=1)
    np.testing.assert_allclose(found, expected, atol=2e-3)
    assert clip.fps == pytest.approx(25)


def test_a_known_arm(tmp_path: Path) -> None:
    clip = read_bvh(arm(tmp_path, ["0 0 0 0 0 0 0 0 0", "5 0 0 90 0 0 90 0 0"]))

    assert clip.names == ("shoulder", "elbow", "elbow_end")
    np.testing.assert_allclose(clip.joints[0], [[1, 0, 0], [1, 2, 0], [1, 5, 0]], atol=1e-12)
    np.testing.assert_allclose(clip.joints[1], [[6, 0, 0], [4, 0, 0], [4, -3, 0]], atol=1e-12)
    assert clip.fps == pytest.approx(120, abs=0.01)


@pytest.mark.parametrize(
    ("order", "elbow"),
    [("Zrotation Xrotation Yrotation", [0, 0, 2]), ("Xrotation Zrotation Yrotation", [-2, 0, 0])],
)
def test_turns_multiply_in_the_order_of_the_channels(tmp_path: Path, order: str, elbow: list[float]) -> None:
    clip = read_bvh(arm(tmp_path, ["-1 0 0 90 90 0 0 0 0"], order))
    np.testing.assert_allclose(of(clip, "elbow")[0], elbow, atol=1e-12)


def test_frames_are_thinned_out(tmp_path: Path) -> None:
    rows = [f"{i} 0 0 0 0 0 0 0 0" for i in range(25)]
    clip = read_bvh(arm(tmp_path, rows), FrameChoice(12))
    assert of(clip, "shoulder")[:, 0].tolist() == [1, 11, 21]
    assert clip.fps == 12


@pytest.mark.parametrize("moved", ["0 2 0", "0 2.5 0"])
def test_joints_that_repeat_their_offset_in_channels_are_not_moved_twice(tmp_path: Path, moved: str) -> None:
    text = ARM.replace("        CHANNELS 3 Z", "        CHANNELS 6 Xposition Yposition Zposition Z")
    (tmp_path / "a.bvh").write_text(text % ("Zrotation Yrotation Xrotation", 1, f"0 0 0 0 0 0 {moved} 0 0 0"))
    np.testing.assert_allclose(of(read_bvh(tmp_path / "a.bvh"), "elbow")[0], [1, float(moved.split()[1]), 0])


ROW = "0 0 0 0 0 0 0 0 0"


@pytest.mark.parametrize(
    ("rows", "count", "words"),
    [
        ([ROW], 3, "3 frames, but 1 follow; it was cut off"),
        ([ROW, ROW], 1, "1 frames, but 2 follow"),
        ([], 0, "0 frames, but 0 follow"),
        ([ROW, "0 0 0 0"], 2, "line 19: this frame has 4 numbers for 9 channels"),
        ([ROW, ROW.replace("0", "nan", 1)], 2, "line 19: 'nan' is not a number"),
        ([ROW + " 0"], 1, "line 18: this frame has 10 numbers"),
    ],
)
def test_faulty_frames_are_named(tmp_path: Path, rows: list[str], count: int, words: str) -> None:
    with pytest.raises(LabelFileError, match=words) as caught:
        read_bvh(arm(tmp_path, rows, count=count))
    assert str(tmp_path / "arm.bvh") in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("HIERARCHY", "Lorem", "no BVH file"),
        ("OFFSET 0 2 0", "OFFSET 0 2", "line 7: an OFFSET should have 3"),
        ("CHANNELS 3 Z", "CHANNELS 4 Z", "line 8: 'CHANNELS 4"),
        ("Xrotation Yrotation", "Xrotation Yspin", "CHANNELS"),
        ("MOTION", "}", "line 15: '}' is not part"),
        ("0.008333", "0", "takes 0 s"),
        ("Frames: 1\n", "", "expected 'Frames: N'"),
        ("OFFSET 0 3 0", "LENGTH 3", "line 11: 'LENGTH 3' is not part"),
    ],
)
def test_a_faulty_tree_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = arm(tmp_path, [ROW])
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(LabelFileError, match=words):
        read_bvh(path)


@pytest.mark.parametrize("share", np.linspace(0, 0.99, 40))
def test_a_file_cut_off_anywhere_is_one_sentence(tmp_path: Path, share: float) -> None:
    path = arm(tmp_path, [ROW, ROW])
    text = path.read_text().rstrip()
    path.write_text(text[: int(len(text) * share)])
    with pytest.raises(LabelFileError, match=r"arm\.bvh"):
        read_bvh(path)
