"""`poseviewer train autoencoder|skips|landmarks|suppression`, one after the other, on a world of dots."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import cv2
import pytest

from poseviewer.__main__ import main


@pytest.fixture
def images(tmp_path: Path, dots: ModuleType) -> Path:
    """A folder of labelled images, as DeepLabCut keeps them; returns the label file."""
    folder = tmp_path / "labeled-data" / "dots"
    folder.mkdir(parents=True)
    rows = ["scorer" + ",me" * 6, "bodyparts,red,red,green,green,blue,blue", "coords" + ",x,y" * 3]
    for i in range(3):
        cv2.imwrite(str(folder / f"img{i:03}.png"), dots.draw(dots.walk(23 * i))[..., ::-1])
        rows.append(f"labeled-data/dots/img{i:03}.png," + ",".join(f"{v:.2f}" for v in dots.walk(23 * i).ravel()))
    (folder / "CollectedData_me.csv").write_text("\n".join(rows) + "\n")
    return folder / "CollectedData_me.csv"


def trained(stage: str, source: Path, output: Path, *options: str) -> int:
    words = ["train", stage, str(source), "-o", str(output), "--batch", "2", "--device", "cpu", "--steps", "2"]
    return main([*words, *options])


def test_from_frames_to_a_detector(images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from poseviewer.models.detector import load_detector

    first, second, third, fourth = (tmp_path / f"{i}.safetensors" for i in range(4))

    assert trained("autoencoder", images.parent, first) == 0
    assert f"{first}: 4 pictures seen." in capsys.readouterr().out
    assert trained("skips", images.parent, second, "--start", str(first), "--json") == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["step"] == 2
    assert trained("landmarks", images, third, "--start", str(second)) == 0
    assert trained("suppression", images, fourth, "--start", str(third)) == 0

    heads = [load_detector(path, None, "cpu").card for path in (third, fourth)]
    assert [card.shape for card in heads] == [
        {"width": 16, "skips": True, "head": "softargmax", "sigma": 10.0},
        {"width": 16, "skips": True, "head": "suppression", "sigma": 10.0},
    ]
    assert heads[0].command == (
        "poseviewer train landmarks CollectedData_me.csv --preset default --seed 0 --steps 2 --start 1.safetensors "
        "-o 2.safetensors"
    )
    assert load_detector(fourth, None, "cpu").skeleton.joints == ("red", "green", "blue")


def test_a_run_is_resumed(images: Path, tmp_path: Path) -> None:
    from poseviewer.models.card import read_card

    model = tmp_path / "m.safetensors"
    assert trained("autoencoder", images.parent, model) == 0

    assert trained("autoencoder", images.parent, model, "--steps", "3", "--resume") == 0

    assert read_card(model).steps == 3


def test_rendered_animals_alone(tmp_path: Path) -> None:
    from poseviewer.models.detector import load_detector

    known = ["--renders", "1", "--batch", "2", "--device", "cpu", "--steps", "1"]
    first, second = tmp_path / "a.safetensors", tmp_path / "b.safetensors"

    assert main(["train", "autoencoder", *known, "--ranges", "quadruped16.cat", "-o", str(first)]) == 0
    words = ["train", "landmarks", *known, "--skeleton", "quadruped16", "--start", str(first), "-o", str(second)]
    assert main(words) == 0

    assert load_detector(second, None, "cpu").skeleton.name == "quadruped16"


@pytest.mark.parametrize(
    ("stage", "options", "words"),
    [
        ("skips", [], "goes on from an autoencoder"),
        ("landmarks", [], "name its model with --start"),
        ("suppression", ["--start", "nothing"], "goes on from a detector"),
        ("autoencoder", ["--preset", "soup"], "no autoencoder preset 'soup'"),
        ("autoencoder", ["--resume"], "no run to resume"),
        ("autoencoder", ["--renders", "0.5", "--ranges", "dragon"], "dragon"),
        ("landmarks", ["--start", "nothing", "--renders", "0.5"], "need a skeleton with rotation ranges"),
        ("landmarks", ["--start", "nowhere.safetensors"], "There is no model nowhere.safetensors"),
        ("landmarks", ["--start", "nothing", "--skeleton", "hand21"], "is a joint of hand21"),
    ],
)
def test_what_cannot_be_trained_is_one_sentence(
    stage: str, options: list[str], words: str, images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = images if stage in ("landmarks", "suppression") else images.parent

    assert trained(stage, source, tmp_path / "m.safetensors", *options) == 1

    assert words in capsys.readouterr().err.splitlines()[-1]
