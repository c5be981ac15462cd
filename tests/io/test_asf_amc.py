"""ASF/AMC: a known arm, a random rig against an evaluator of its own, and every fault."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from poseviewer.core.errors import LabelFileError
from poseviewer.io.asf_amc import find_rig, read_amc, read_asf
from poseviewer.io.motion_clip import FrameChoice

ASF = """# made for a test
:version 1.10
:name VICON
:units
  mass 1.0
  length 0.45
  angle deg
:documentation
   a direction of 3 letters
:root
   order TX TY TZ RX RY RZ
   axis XYZ
   position 0 0 0
   orientation 0 0 0
:bonedata
  begin
     id 1
     name upper
     direction 0 2 0
     length 3
     axis 0 0 20 XYZ
    dof rx rz
    limits (-160.0 20.0)
           (-70.0 70.0)
  end
  begin
     id 2
     name lower
     direction 1 0 0
     length 2
     axis 0 0 0 XYZ
  end
:hierarchy
  begin
    root upper
    upper lower
  end
"""
AMC = """#!OML:ASF X:\\somewhere.ASF
:FULLY-SPECIFIED
:DEGREES
1
root 1 2 3 0 0 0
upper 0 0
2
root 0 0 0 0 90 0
upper 0 90
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "05.asf").write_text(ASF)
    (tmp_path / "05_01.amc").write_text(AMC)
    return tmp_path


def test_a_known_arm(folder: Path) -> None:
    clip = read_amc(folder / "05_01.amc", read_asf(folder / "05.asf"))

    assert clip.names == ("root", "upper", "lower")
    np.testing.assert_allclose(clip.joints[0], [[1, 2, 3], [1, 5, 3], [3, 5, 3]], atol=1e-12)
    # upper turns by 90 degrees about z, which is 20 degrees about z away from itself; then all about y.
    np.testing.assert_allclose(clip.joints[1], [[0, 0, 0], [0, 0, 3], [0, 2, 3]], atol=1e-12)
    assert clip.mm == pytest.approx(56.4444, abs=1e-3) and clip.up == "y" and clip.fps == 120


def test_radians_where_the_motion_says_so(folder: Path) -> None:
    radians = AMC.replace(":DEGREES", ":RADIANS").replace("90", repr(np.pi / 2))
    (folder / "05_02.amc").write_text(radians)
    rig = read_asf(folder / "05.asf")
    np.testing.assert_allclose(
        read_amc(folder / "05_02.amc", rig).joints, read_amc(folder / "05_01.amc", rig).joints, atol=1e-12
    )


def about(axis: str, degrees: float) -> NDArray[np.float64]:
    a, (i, j) = np.radians(degrees), {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    matrix = np.eye(3)
    matrix[i, i] = matrix[j, j] = np.cos(a)
    matrix[j, i], matrix[i, j] = np.sin(a), -np.sin(a)
    return matrix


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), order=st.permutations("xyz"), dof=st.permutations(["rx", "ry", "rz"]))
def test_a_chain_of_bones_against_the_formulas(tmp_path: Path, seed: int, order: list[str], dof: list[str]) -> None:
    """Bone by bone with single matrices: stand = parent C M C^-1, where the first angle turns first."""
    chance = np.random.default_rng(seed)
    axes, ways, angles = (
        chance.uniform(-180, 180, (3, 3)),
        chance.normal(size=(3, 3)),
        chance.uniform(-180, 180, (3, 3)),
    )
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    bones = "".join(
        f"begin\nid {b}\nname b{b}\ndirection {' '.join(map(str, ways[b]))}\nlength {b + 1}\n"
        f"axis {' '.join(map(str, axes[b]))} {''.join(order).upper()}\ndof {' '.join(dof)}\nend\n"
        for b in range(3)
    )
    head = ":units\nlength 1\nangle deg\n:root\norder TX TY TZ RX RY RZ\naxis XYZ\nposition 0 0 0\norientation 0 0 0\n"
    (tmp_path / "a.asf").write_text(f"{head}:bonedata\n{bones}:hierarchy\nbegin\nb1 b2\nroot b0\nb0 b1\nend\n")
    lines = "\n".join(f"b{b} {' '.join(map(str, angles[b]))}" for b in range(3))
    (tmp_path / "a_1.amc").write_text(f":DEGREES\n1\nroot 1 2 3 10 20 30\n{lines}\n")

    clip = read_amc(tmp_path / "a_1.amc", read_asf(tmp_path / "a.asf"))

    place, stand = np.array([1.0, 2, 3]), about("z", 30) @ about("y", 20) @ about("x", 10)
    for b in range(3):
        frame = np.eye(3)
        for axis in order:
            frame = about(axis, axes[b]["xyz".index(axis)]) @ frame
        turn = np.eye(3)
        for name, angle in zip(dof, angles[b], strict=True):
            turn = about(name[1], angle) @ turn
        stand = stand @ frame @ turn @ np.linalg.inv(frame)
        place = place + stand @ ways[b] * (b + 1)
        np.testing.assert_allclose(clip.joints[0, clip.names.index(f"b{b}")], place, atol=1e-9)


def test_frames_are_thinned_out_and_the_name_may_say_the_rate(folder: Path) -> None:
    rig = read_asf(folder / "05.asf")
    many = ":DEGREES\n" + "".join(f"{i + 1}\nroot {i} 0 0 0 0 0\nupper 0 0\n" for i in range(25))
    (folder / "05_03.amc").write_text(many)
    (folder / "HDM_bd_walk_001_60.amc").write_text(many)
    assert read_amc(folder / "05_03.amc", rig, FrameChoice(12)).joints[:, 0, 0].tolist() == [0, 10, 20]
    assert read_amc(folder / "05_03.amc", rig, FrameChoice(12, 60)).joints[:, 0, 0].tolist() == [0, 5, 10, 15, 20]
    assert read_amc(folder / "HDM_bd_walk_001_60.amc", rig, FrameChoice(12)).joints[:, 0, 0].tolist()[1] == 5


def test_the_skeleton_is_found(tmp_path: Path) -> None:
    motion = tmp_path / "05" / "05_01.amc"
    motion.parent.mkdir()
    with pytest.raises(LabelFileError, match=r"its 05.asf into the same folder, or name it with --rig"):
        find_rig(motion)
    elsewhere = tmp_path / "05.asf"
    assert find_rig(motion, [elsewhere]) == elsewhere
    (motion.parent / "any.asf").touch()
    assert find_rig(motion).name == "any.asf"
    (motion.parent / "05.asf").touch()
    assert find_rig(motion, [elsewhere]) == motion.parent / "05.asf"
    with pytest.raises(LabelFileError, match=r"beside it are 05.asf, any.asf"):
        find_rig(motion.parent / "06_01.amc")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("length 0.45", "length 0", "line 6: the unit of length is 0"),
        ("direction 0 2 0", "direction 0 2", "line 19: the direction should have 3"),
        ("length 3", "length long", "line 20: the length should be numbers"),
        ("axis 0 0 20 XYZ", "axis 0 0 20 XXY", "line 21: 'XXY' is no order"),
        ("dof rx rz", "dof rx l", "line 22: 'l' is no turn"),
        ("upper lower", "upper lowest", "names lowest, which is no bone"),
        (ASF[ASF.index(":bonedata") :], "", "no bones or no hierarchy"),
    ],
)
def test_a_faulty_skeleton_is_named(folder: Path, old: str, new: str, words: str) -> None:
    (folder / "05.asf").write_text(ASF.replace(old, new))
    with pytest.raises(LabelFileError, match=words) as caught:
        read_asf(folder / "05.asf")
    assert "05.asf" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (AMC, ":DEGREES\n", "no frames"),
        ("upper 0 90\n", "", "line 8: the frame that ends here has no upper"),
        ("upper 0 90\n", "upper 0\n", "line 9: this frame has 1 numbers for 2 angles of upper"),
        ("upper 0 90", "upper 0 nan", "line 9: 'nan' is not a number"),
        ("upper 0 90", "lhand 0 90", "line 9: 05.asf has no bone lhand that turns"),
        ("1\nroot 1", "root 1", "line 4: 'root 1 2 3 0 0 0' is before the first frame"),
        ("upper 0 0\n", "upper 0 0\nupper 0 0\n", "or has it twice"),
    ],
)
def test_a_faulty_motion_is_named(folder: Path, old: str, new: str, words: str) -> None:
    (folder / "05_01.amc").write_text(AMC.replace(old, new, 1))
    with pytest.raises(LabelFileError, match=words) as caught:
        read_amc(folder / "05_01.amc", read_asf(folder / "05.asf"))
    assert "05_01.amc" in str(caught.value)
