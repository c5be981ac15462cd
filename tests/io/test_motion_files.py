"""Motion capture by the door: files and folders of every kind, and our own BVH files as people know them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from poseviewer.core.errors import LabelFileError
from poseviewer.core.lifted import LiftedPoses
from poseviewer.io.bvh import bvh_text
from poseviewer.io.keypoint_files import read_truth_npz
from poseviewer.io.motion_files import MotionOptions, is_motion, read_motion
from poseviewer.io.motion_frame import z_up
from poseviewer.io.skeleton_files import load_skeleton

HUMAN = load_skeleton("human17")


def joint(title: str, offset: str, *inside: str, channels: str = "") -> str:
    """A joint of a BVH with what hangs on it; the last one has an end."""
    below = "\n".join(inside) or "End Site { OFFSET 0 17 0 }"
    return f"{title} {{\nOFFSET {offset}\nCHANNELS {channels or '3 Zrotation Xrotation Yrotation'}\n{below}\n}}"


def side(name: str, sign: int) -> list[str]:
    arm = joint(f"JOINT {name}ForeArm", f"{sign * 28} 0 0", joint(f"JOINT {name}Hand", f"{sign * 25} 0 0"))
    leg = joint(f"JOINT {name}Leg", "0 -42 0", joint(f"JOINT {name}Foot", "0 -42 0"))
    return [
        joint(f"JOINT {name}UpLeg", f"{sign * 10} -5 0", leg),
        joint(f"JOINT {name}Arm", f"{sign * 18} 38 0", arm),
    ]


TREE = "HIERARCHY\n" + joint(
    "ROOT Hips", "0 0 0", *side("Left", 1), *side("Right", -1),
    joint("JOINT Neck", "0 45 0", joint("JOINT Head", "0 8 0")),
    channels="6 Xposition Yposition Zposition Zrotation Xrotation Yrotation",
)  # fmt: skip


def walk(path: Path, frames: int = 21, seconds: float = 1 / 120) -> Path:
    """A person in cm, y up, who glides along z."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = "\n".join(f"0 95 {i} " + " ".join(["0"] * 45) for i in range(frames))
    path.write_text(f"{TREE}\nMOTION\nFrames: {frames}\nFrame Time: {seconds:.8f}\n{rows}\n")
    return path


def test_a_bvh_becomes_people_in_mm(tmp_path: Path) -> None:
    read = read_motion(walk(tmp_path / "walk_01.bvh"), MotionOptions(fps=12))

    poses = read.poses
    assert read.kinds == ("BVH",) and poses.joint_names == HUMAN.joints and poses.fps == 12
    assert poses.joints is not None and len(poses) == 3
    place = dict(zip(HUMAN.joints, poses.joints[1], strict=True))
    np.testing.assert_allclose(place["pelvis"], [0, -100, 900], atol=0.01)
    np.testing.assert_allclose(place["left_ankle"], [100, -100, 60], atol=0.01)
    np.testing.assert_allclose(place["right_wrist"], [-710, -100, 1330], atol=0.01)
    np.testing.assert_allclose(place["head"], [0, -100, 1650], atol=0.01)
    assert np.isnan(place["spine"]).all()
    assert (poses.clip_name, poses.clip_action) == (("walk_01",), ("walk",))


def test_a_folder_is_joined_with_its_clips(tmp_path: Path) -> None:
    walk(tmp_path / "05" / "05_01.bvh", 5)
    walk(tmp_path / "anna" / "salsa_12.bvh", 3)
    (tmp_path / "anna" / "cut.bvh").write_text("HIERARCHY\nROOT a {\n")
    (tmp_path / "notes.txt").write_text("not motion")
    done: list[tuple[int, int]] = []

    read = read_motion(tmp_path, None, lambda *count: done.append(count))

    assert read.poses.clip_name == ("05_01", "salsa_12") and read.poses.clip_len.tolist() == [5, 3]
    assert read.poses.clip_subject == ("05", "anna") and read.poses.clip_action == ("", "salsa")
    assert "1 file could not be read and left out" in read.notes[0] and "cut.bvh" in read.notes[0]
    assert done == [(1, 3), (2, 3), (3, 3)]


def test_somebody_of_nobodys_size_is_left_out_of_a_folder(tmp_path: Path) -> None:
    walk(tmp_path / "a.bvh")
    giant = walk(tmp_path / "b.bvh")
    giant.write_text(giant.read_text().replace("0 -42 0", "0 -4200 0"))
    read = read_motion(tmp_path)
    assert read.poses.clip_name == ("a",) and "nobody's height" in read.notes[0]


def test_an_amc_finds_its_skeleton_anywhere_in_the_folder(tmp_path: Path) -> None:
    rig = (
        ":units\nlength 0.45\nangle deg\n:root\norder TX TY TZ RX RY RZ\naxis XYZ\nposition 0 0 0\norientation 0 0 0\n"
        ":bonedata\nbegin\nname tail\ndirection 0 1 0\nlength 2\naxis 0 0 0 XYZ\ndof rx\nend\n"
        ":hierarchy\nbegin\nroot tail\nend\n"
    )
    (tmp_path / "rigs").mkdir()
    (tmp_path / "rigs" / "07.asf").write_text(rig)
    motion = tmp_path / "motions" / "07_01.amc"
    motion.parent.mkdir()
    motion.write_text(":DEGREES\n" + "".join(f"{i}\nroot 0 0 {i} 0 0 0\ntail 0\n" for i in range(1, 12)))

    read = read_motion(tmp_path, MotionOptions(fps=12))
    assert (
        read.kinds == ("ASF/AMC",) and read.poses.joint_names == ("root", "tail") and read.poses.clip_subject == ("07",)
    )
    assert read.poses.unit == "mm" and read.poses.joints is not None
    np.testing.assert_allclose(read.poses.joints[1], np.array([[0, -11, 0], [0, -11, 2]]) * 25.4 / 0.45, rtol=1e-5)
    assert any("120 are taken" in note for note in read.notes)

    with pytest.raises(LabelFileError, match=r"put its 07\.asf into the same folder"):
        read_motion(motion)
    assert len(read_motion(motion, MotionOptions(rig=tmp_path / "rigs" / "07.asf")).poses) == 11


def test_our_own_bvh_of_a_real_person_comes_back(shared_data: Path, tmp_path: Path) -> None:
    truth = read_truth_npz(shared_data / "human3d" / "hdm05_bd.npz").joints[:60]
    camera = np.stack([truth[..., 0], -truth[..., 2], truth[..., 1]], axis=-1)
    camera = (camera - camera[:, :1]).astype(np.float32)
    seen = np.ones(camera.shape[:2], dtype=bool)
    lifted = LiftedPoses(HUMAN, camera, np.zeros(seen.shape, np.float32), np.zeros((60, 2), np.float32), seen, "mm")
    (tmp_path / "own.bvh").write_text(bvh_text(lifted, HUMAN.joints, 12))

    poses = read_motion(tmp_path / "own.bvh").poses

    assert poses.joint_names == HUMAN.joints and poses.unit == "mm" and poses.joints is not None
    expected = z_up(camera, "camera")
    arms = [HUMAN.joint_index(name) for name in ("left_wrist", "right_ankle", "left_elbow")]
    # The trunk's bones change their lengths in the recording, which a rig cannot: some mm are lost.
    assert np.linalg.norm(poses.joints[:, arms] - expected[:, arms], axis=-1).mean() < 15


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("none.bvh", {}, "There is no file"),
        ("none.amc", {}, "There is no file"),
        ("walk.txt", {}, "no motion capture that is known"),
        ("05.asf", {}, "skeleton without motion"),
        ("", {}, "has no motion capture in it"),
        ("none.bvh", {"unit": "ft"}, "'ft' is not a unit"),
        ("none.bvh", {"up": "x"}, "'x' is no axis"),
        ("none.bvh", {"fps": -1.0}, "-1 frames per second"),
        ("none.bvh", {"skip": -1}, "no -1 frames to skip"),
        ("none.bvh", {"rig": Path("a.amc")}, "name an .asf file with --rig"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, name: str, options: dict[str, object], words: str) -> None:
    with pytest.raises(LabelFileError, match=words):
        read_motion(tmp_path / name, MotionOptions(**options))  # type: ignore[arg-type]


def test_a_folder_of_broken_files_says_the_first(tmp_path: Path) -> None:
    for name in ("a.bvh", "b.bvh"):
        (tmp_path / name).write_text("")
    with pytest.raises(LabelFileError, match=r"None of the 2 files .* the first: .*a.bvh is empty"):
        read_motion(tmp_path)


def test_what_is_not_motion_is_left_to_others(tmp_path: Path) -> None:
    np.savez(tmp_path / "labels.npz", keypoints=np.zeros(3))
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "config.yaml").touch()
    assert not any(is_motion(tmp_path / name) for name in ("labels.npz", "project", "a.slp", "a.json", "a.poseproj"))
    assert is_motion(tmp_path) and is_motion(tmp_path / "walk.BVH")
