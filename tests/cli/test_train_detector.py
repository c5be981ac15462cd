"""`poseviewer train detector`: from label files beside their images to a model that detects."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import cv2
import pytest

from poseviewer.__main__ import main
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, Project
from poseviewer.core.wide_ranges import wide_ranges
from poseviewer.io.media import describe, open_media
from poseviewer.io.project_file import ProjectFile
from poseviewer.models.card import read_card
from poseviewer.models.detector import load_detector

TINY = ["--preset", "quick", "--device", "cpu", "--steps", "2", "--start", "nothing"]


@pytest.fixture
def labels(tmp_path: Path, dots: ModuleType) -> Path:
    """DeepLabCut's labels of three dots on six images."""
    folder = tmp_path / "walk"
    folder.mkdir()
    lines = [
        "scorer,me,me,me,me,me,me",
        "bodyparts,snout,snout,leftear,leftear,rightear,rightear",
        "coords,x,y,x,y,x,y",
    ]
    for i in range(6):
        cv2.imwrite(str(folder / f"img{i:03d}.png"), dots.draw(dots.walk(10 * i))[..., ::-1])
        lines.append(",".join([f"labeled-data/walk/img{i:03d}.png", *(f"{v:.3f}" for v in dots.walk(10 * i).ravel())]))
    path = folder / "mouse.csv"
    path.write_text("\n".join(lines))
    return path


def test_labels_become_a_detector(labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "m.safetensors"

    assert main(["train", "detector", str(labels), *TINY, "--frames", "4", "-o", str(model)]) == 0

    shown = capsys.readouterr()
    assert f"{model}: 16 images seen." in shown.out
    assert "step 2/2" in shown.err
    skeleton = load_detector(model, None, "cpu").skeleton
    assert skeleton.joints == ("snout", "leftear", "rightear")
    assert skeleton.pairs == ((1, 2),)
    card = read_card(model)
    assert card.notes.startswith("Trained on 4 labelled frames")
    assert card.command == (
        "poseviewer train detector mouse.csv --preset quick --skeleton mouse --seed 0 --steps 2 --frames 4 "
        "--start nothing -o m.safetensors"
    )


def test_several_files_are_learned_from_together(labels: Path, tmp_path: Path) -> None:
    model = tmp_path / "m.safetensors"
    copy = labels.with_name("again.csv")
    copy.write_text(labels.read_text())

    assert main(["train", "detector", str(labels), str(copy), *TINY, "--frames", "9", "-o", str(model)]) == 0

    assert read_card(model).notes.startswith("Trained on 9 labelled frames")


@pytest.fixture
def project(labels: Path, tmp_path: Path, dots: ModuleType) -> Path:
    """A project of the same images, four of them labelled."""
    reader = open_media(labels.parent)
    ref = describe(reader, "m")
    reader.close()
    made = Project(skeleton=dots.DOTS, ranges=wide_ranges(dots.DOTS), media=(ref,))
    for i in range(4):
        made = made.with_instances(FrameKey("m", i), (Instance(Pose2D(dots.walk(10 * i))),))
    path = tmp_path / "p.poseproj"
    ProjectFile.create(path, made).close()
    return path


def test_a_project_becomes_a_detector_of_its_skeleton(project: Path, tmp_path: Path, dots: ModuleType) -> None:
    model = tmp_path / "m.safetensors"

    assert main(["train", "detector", str(project), *TINY, "-o", str(model)]) == 0

    assert load_detector(model, dots.DOTS, "cpu").card.notes.startswith("Trained on 4 labelled frames")


def test_a_project_of_another_skeleton_is_refused(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train", "detector", str(project), "--skeleton", "hand21", *TINY, "-o", str(tmp_path / "m.safetensors")]

    assert main(command) != 0

    assert "is of the skeleton 'dots'" in capsys.readouterr().err


def test_machines_get_a_report(labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "m.safetensors"

    assert main(["train", "detector", str(labels), *TINY, "--json", "-o", str(model)]) == 0

    report = json.loads(capsys.readouterr().out)
    assert report["step"] == 2
    assert set(report["losses"]) == {"place", "offset"}


def test_a_run_is_resumed(labels: Path, tmp_path: Path) -> None:
    model = tmp_path / "m.safetensors"
    main(["train", "detector", str(labels), *TINY, "-o", str(model)])

    command = ["train", "detector", str(labels), "--preset", "quick", "--device", "cpu", "--resume", "-o", str(model)]
    assert main([*command, "--steps", "3"]) == 0

    assert read_card(model).steps == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.csv"], "There is no file none.csv"),
        ([], "no labelled frame to train on; label at least 5 frames"),
        (["LABELS", "--skeleton", "hand21"], "is a joint of hand21"),
        (["LABELS", "--start", "none.safetensors"], "There is no model none.safetensors"),
        (["LABELS", "--preset", "best"], "There is no detector preset 'best'"),
        (["LABELS", "--preset", "pretrain"], "has none"),
    ],
)
def test_what_cannot_be_trained_is_said(
    arguments: list[str], words: str, labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = [str(labels) if a == "LABELS" else a for a in arguments]

    assert main(["train", "detector", *named, "--steps", "1", "-o", str(tmp_path / "m.safetensors")]) != 0

    assert words in capsys.readouterr().err
