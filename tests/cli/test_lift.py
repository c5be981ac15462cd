"""`poseviewer lift`: a file of keypoints in, a file of poses out, and one sentence for what cannot be lifted."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from poseviewer.__main__ import main
from poseviewer.cli.lift import liftable, parse_scale
from poseviewer.core.errors import PoseviewerError
from poseviewer.io.skeleton_files import load_ranges, load_skeleton
from poseviewer.synthesis.generate import synthesize

QUADRUPED = load_skeleton("quadruped16")


@pytest.fixture
def keypoints(tmp_path: Path) -> Path:
    """Six views of random poses, in pixels, without joint names."""
    main(["synthesize", "-n", "6", "--seed", "1", "-o", str(tmp_path / "synthetic.npz")])
    path = tmp_path / "keypoints.npz"
    np.savez(path, keypoints=200 * np.load(tmp_path / "synthetic.npz")["keypoints"] + 500)
    return path


def lift(model: Path, source: Path, *options: str, out: str = "poses.npz") -> tuple[int, Path]:
    output = source.parent / out
    return main(["lift", str(source), "--model", str(model), "-o", str(output), "--device", "cpu", *options]), output


def test_the_file_has_what_other_programs_rely_on(barely_trained: Path, keypoints: Path) -> None:
    code, out = lift(barely_trained, keypoints)

    with np.load(out, allow_pickle=False) as file:
        arrays = dict(file)
    assert code == 0
    assert arrays["joints"].shape == (6, 16, 3)
    assert arrays["depth_std"].shape == (6, 16)
    assert arrays["bone_lengths"].shape == (6, 15)
    assert arrays["bone_spherical"].shape == (6, 15, 3)
    assert arrays["bones"].shape == (15, 2)
    assert tuple(arrays["joint_names"]) == QUADRUPED.joints
    np.testing.assert_array_equal(arrays["joints"][:, QUADRUPED.root], 0)


def test_what_was_clicked_keeps_its_place(barely_trained: Path, keypoints: Path) -> None:
    _, out = lift(barely_trained, keypoints)

    xy = np.load(keypoints)["keypoints"]
    np.testing.assert_allclose(np.load(out)["joints"][..., :2], xy - xy[:, :1], atol=0.01)


def test_joints_are_matched_by_name_and_keep_their_spelling(barely_trained: Path, keypoints: Path) -> None:
    xy = np.load(keypoints)["keypoints"]
    names = [name.replace("left_", "l_").replace("right_", "R-") for name in QUADRUPED.joints]
    named = keypoints.with_name("named.npz")
    np.savez(named, keypoints=xy[:, ::-1], joint_names=names[::-1])

    _, out = lift(barely_trained, keypoints)
    code, out_named = lift(barely_trained, named, out="named_poses.npz")

    assert code == 0
    assert list(np.load(out_named)["joint_names"]) == names
    np.testing.assert_allclose(np.load(out_named)["joints"], np.load(out)["joints"], atol=0.01)


def test_some_joints_are_enough(barely_trained: Path, keypoints: Path) -> None:
    some = keypoints.with_name("some.npz")
    np.savez(some, keypoints=np.load(keypoints)["keypoints"][:, :5], joint_names=QUADRUPED.joints[:5])

    code, out = lift(barely_trained, some, "--skeleton", "quadruped16")

    assert code == 0
    assert np.isfinite(np.load(out)["joints"]).all()


def test_a_frame_with_too_few_keypoints_is_nan_and_counted(
    barely_trained: Path, keypoints: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    xy = np.load(keypoints)["keypoints"]
    xy[1, 3:] = np.nan
    xy[2] = 7.0
    np.savez(keypoints, keypoints=xy)

    code, out = lift(barely_trained, keypoints)

    joints = np.load(out)["joints"]
    assert code == 0
    assert np.isnan(joints[[1, 2]]).all()
    assert np.isfinite(joints[[0, 3, 4, 5]]).all()
    assert "Warning: 2 of 6 frames" in capsys.readouterr().err


def test_an_absent_keypoint_does_not_count(barely_trained: Path, keypoints: Path) -> None:
    xy = np.load(keypoints)["keypoints"]
    visibility = np.full((6, 16), 2)
    visibility[:, 3] = 0
    np.savez(keypoints, keypoints=xy, visibility=visibility)
    _, out = lift(barely_trained, keypoints)
    first = np.load(out)["joints"]

    xy[:, 3] += 1000
    np.savez(keypoints, keypoints=xy, visibility=visibility)
    _, out = lift(barely_trained, keypoints)

    np.testing.assert_allclose(np.load(out)["joints"], first, atol=0.01)


def test_one_bone_makes_millimetres(barely_trained: Path, keypoints: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = lift(barely_trained, keypoints, "--scale-bone", "left_elbow:left_shoulder=120", "--json")

    with np.load(out) as file:
        bone = QUADRUPED.bone_index("left_shoulder", "left_elbow")
        assert np.median(file["bone_lengths"][:, bone]) == pytest.approx(120, rel=1e-4)
    assert code == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["unit"], report["lifted"], report["skeleton"]) == ("mm", 6, "quadruped16")


@pytest.mark.parametrize("suffix", [".csv", ".nc", ".bvh"])
def test_other_formats_are_written(barely_trained: Path, keypoints: Path, suffix: str) -> None:
    code, out = lift(barely_trained, keypoints, out=f"poses{suffix}")

    assert code == 0
    assert out.stat().st_size > 100


@pytest.mark.parametrize(
    ("arrays", "options", "words"),
    [
        ({"keypoints": np.full((2, 16, 2), np.nan)}, [], "missing"),
        ({"keypoints": np.full((2, 16, 2), np.inf)}, [], "missing"),
        ({"keypoints": np.full((2, 16, 2), 5.0)}, [], "all in one place"),
        ({"keypoints": np.zeros((2, 9, 2))}, [], "9 joints without names"),
        ({"keypoints": np.zeros((2, 2, 2)), "joint_names": ["wing", "beak"]}, [], "wing, beak"),
        ({"joints": np.zeros((2, 16, 3))}, [], "no array 'keypoints'"),
        ({"keypoints": np.eye(16)[:, :2][None]}, ["--scale-bone", "neck=3"], "--scale-bone neck=3"),
        ({"keypoints": np.eye(16)[:, :2][None]}, ["--scale-bone", "neck:wing=3"], "wing"),
        ({"keypoints": np.eye(16)[:, :2][None]}, ["--device", "abacus"], "abacus"),
    ],
)
def test_what_cannot_be_lifted_is_one_sentence(
    arrays: dict,
    options: list[str],
    words: str,
    barely_trained: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = tmp_path / "odd.npz"
    np.savez(source, **arrays)

    code, out = lift(barely_trained, source, *options)

    shown = capsys.readouterr().err
    assert code == 1
    assert words in shown
    assert shown.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize("content", [b"", b"not an archive"])
def test_a_damaged_file_is_named(
    content: bytes, barely_trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "damaged.npz"
    source.write_bytes(content)

    assert lift(barely_trained, source)[0] == 1
    assert str(source) in capsys.readouterr().err


def test_a_model_of_another_skeleton_is_refused(
    barely_trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "person.npz"
    person = load_skeleton("human17")
    np.savez(source, keypoints=np.random.default_rng(0).random((2, 17, 2)), joint_names=person.joints)

    assert lift(barely_trained, source)[0] == 1
    shown = capsys.readouterr().err
    assert "quadruped16" in shown
    assert "human17" in shown


def test_a_read_only_or_missing_folder_is_refused_before_the_work(
    barely_trained: Path, keypoints: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lift(barely_trained, keypoints, out="none/poses.npz")[0] == 1
    assert "does not exist" in capsys.readouterr().err


def test_a_scale_names_a_bone_and_its_length() -> None:
    bone = QUADRUPED.bone_index("left_shoulder", "left_elbow")

    assert parse_scale("L-Elbow:l_shoulder=12.5", QUADRUPED) == (bone, 12.5)


@pytest.mark.parametrize(
    "text", ["neck:nose", "neck=3", "neck:nose=", "neck:nose=-2", "neck:nose=nan", "neck:nose=inf"]
)
def test_a_scale_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(PoseviewerError, match="not understood"):
        parse_scale(text, QUADRUPED)


def test_liftable_needs_four_keypoints_that_are_apart() -> None:
    square = np.array([[0, 0], [1, 0], [0, 1], [1, 1], [np.nan, np.nan]])
    three = square.copy()
    three[3] = np.nan
    point = np.full((5, 2), 3.0)
    poses = np.stack([square, three, point])

    assert liftable(poses, None).tolist() == [True, False, False]
    assert liftable(poses, np.array([[2, 2, 2, 0, 0]] * 3)).tolist() == [False, False, False]


def test_unknown_skeletons_are_said_to_be(
    barely_trained: Path, keypoints: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lift(barely_trained, keypoints, "--skeleton", "dragon")[0] == 1
    assert "dragon" in capsys.readouterr().err


def test_what_a_method_could_not_lift_itself_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A model of 16 joints on 17, whose other joint and whose missing keypoints come from the masked lifter."""
    ranges = load_ranges("human17")
    poses = tmp_path / "people.npz"
    np.savez(poses, joints=synthesize(ranges.skeleton, ranges, 20, seed=1).joints, joint_names=ranges.skeleton.joints)
    model = tmp_path / "m.safetensors"
    small = ["--steps", "1", "--batch", "8", "--device", "cpu"]
    assert main(["train", "hardy", str(poses), *small, "-o", str(model)]) == 0
    keypoints = tmp_path / "keypoints.npz"
    xy = 100 * synthesize(ranges.skeleton, ranges, 3, seed=2).keypoints
    np.savez(keypoints, keypoints=xy, joint_names=ranges.skeleton.joints)
    capsys.readouterr()

    lifted = ["lift", str(keypoints), "--skeleton", "human17", "--model", str(model), "--device", "cpu"]
    assert main([*lifted, "-o", str(tmp_path / "out.npz")]) == 0

    said = capsys.readouterr().err
    assert "filled in by human17 default" in said and "pelvis" in said
