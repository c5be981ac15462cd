"""What a stage goes on from, and what is refused in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from poseviewer.core.errors import CheckpointError, PoseviewerError
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.skeleton_files import load_ranges, load_skeleton, skeleton_to_table
from poseviewer.models.card import ModelCard
from poseviewer.models.checkpoint import save_checkpoint
from training.job import Job
from training.presets import preset_names
from training.stage_config import BEFORE, config_of_job, reproduce, shipped_before, stage_config

TREE = load_skeleton("quadruped16")
READ = {"head": "softargmax", "sigma": 10.0}


@pytest.fixture
def model(tmp_path: Path) -> Callable[..., Path]:
    """`model(kind, network, shape, skeleton)` writes a model without weights."""

    def write(kind: str, network: str, shape: dict[str, Any], skeleton: Skeleton | None = None) -> Path:
        card = ModelCard(
            kind=kind, network=network, shape=shape, skeleton=skeleton_to_table(skeleton) if skeleton else {},
            ranges={}, preset="default", recipe="frames", seed=0, steps=1, poses_seen=1, device="cpu",
        )  # fmt: skip
        path = tmp_path / f"{kind}-{network}.safetensors"
        save_checkpoint(path, {"x": torch.zeros(1)}, card)
        return path

    return write


def config(stage: str, tmp_path: Path, preset: str = "default", **changes: Any) -> Any:
    return stage_config(stage, preset, skeleton=TREE, output=tmp_path / "m.safetensors", **changes)


@pytest.mark.parametrize(("stage", "name"), [(s, n) for s in BEFORE for n in preset_names(s)])
def test_every_preset_is_a_config(stage: str, name: str, tmp_path: Path, model: Callable[..., Path]) -> None:
    before = model("detector", "interleaved", {"width": 8, "skips": True, "head": "softargmax"}, TREE)
    if stage == "skips":
        before = model("autoencoder", "reconstruction", {"width": 8, "skips": False})
    made = config(stage, tmp_path, name, start="nothing" if stage == "autoencoder" else before)

    assert made.warmup < made.steps
    assert made.shape["width"] == {"default": 16, "paper": 64}[name] if stage == "autoencoder" else 8


def test_the_papers_presets_are_the_papers(tmp_path: Path) -> None:
    """001, section 4: Adam at 1e-4; section 3.2: sigma 10; 512 channels at the narrow place are 8 times 64."""
    for stage in ("autoencoder", "landmarks"):
        made = config(stage, tmp_path, "paper", start="nothing")
        assert made.shape["width"] == 64
        assert (made.learning_rate, made.schedule, made.warmup, made.weight_decay) == (1e-4, "constant", 0, 0)
        assert (made.ema, made.clip) == (0, 0)
        assert stage == "autoencoder" or made.shape["sigma"] == 10


def test_every_stage_adds_its_part_to_the_shape_before(tmp_path: Path, model: Callable[..., Path]) -> None:
    plain = model("autoencoder", "reconstruction", {"width": 24, "skips": False})
    assert config("skips", tmp_path, start=plain).shape == {"width": 24, "skips": True}
    assert config("landmarks", tmp_path, start=plain).shape == {
        "width": 24,
        "skips": False,
        "head": "softargmax",
        "sigma": 10.0,
    }

    skipped = model("autoencoder", "reconstruction", {"width": 24, "skips": True})
    assert config("landmarks", tmp_path, start=skipped).shape == {
        "width": 24,
        "skips": True,
        "head": "softargmax",
        "sigma": 10.0,
    }

    found = model("detector", "interleaved", {"width": 24, "skips": True, "head": "softargmax"}, TREE)
    assert config("suppression", tmp_path, start=found).shape == {"width": 24, "skips": True, "head": "suppression"}


def test_landmarks_from_nothing_only_if_one_says_so(tmp_path: Path) -> None:
    with pytest.raises(PoseviewerError, match=r"'landmarks' goes on from an autoencoder .* with --start"):
        config("landmarks", tmp_path)
    assert config("landmarks", tmp_path, start="nothing").shape == {
        "width": 16,
        "skips": True,
        "head": "softargmax",
        "sigma": 10.0,
    }


@pytest.mark.parametrize("start", [None, "nothing"])
@pytest.mark.parametrize(
    ("stage", "words"), [("skips", "goes on from an autoencoder"), ("suppression", "goes on from a detector")]
)
def test_a_stage_that_has_nothing_to_go_on_from(stage: str, words: str, start: str | None, tmp_path: Path) -> None:
    with pytest.raises(PoseviewerError, match=words):
        config(stage, tmp_path, start=start)


def test_the_wrong_model_to_start_from(tmp_path: Path, model: Callable[..., Path]) -> None:
    pyramid = model("detector", "pyramid", {}, TREE)
    plain = model("autoencoder", "reconstruction", {"width": 24, "skips": False})
    mouse = Skeleton.from_names("mouse", ["nose", "tail"], [("nose", "tail")])
    other = model("detector", "interleaved", {"width": 24, "skips": True, "head": "softargmax"}, mouse)

    with pytest.raises(CheckpointError, match=r"'landmarks' cannot go on from .* 'pyramid'; start from"):
        config("landmarks", tmp_path, start=pyramid)
    with pytest.raises(CheckpointError, match=r"cannot go on from .* kind 'autoencoder'"):
        config("suppression", tmp_path, start=plain)
    with pytest.raises(CheckpointError, match="trained for the skeleton 'mouse', but this is 'quadruped16'"):
        config("suppression", tmp_path, start=other)
    with pytest.raises(CheckpointError, match=r"There is no model nowhere.safetensors"):
        config("skips", tmp_path, start="nowhere.safetensors")
    with pytest.raises(CheckpointError, match="No model is shipped for the stage 'suppression'"):
        config("suppression", tmp_path, start="shipped")


@pytest.mark.parametrize("stage", ["skips", "landmarks"])
def test_an_autoencoder_ships_to_go_on_from(tmp_path: Path, stage: str) -> None:
    made = config(stage, tmp_path, start="shipped")

    assert made.start == shipped_before(stage) and made.shape["width"] == 16


def test_renders_need_ranges(tmp_path: Path) -> None:
    with pytest.raises(PoseviewerError, match="need a skeleton with rotation ranges"):
        config("autoencoder", tmp_path, renders=0.5)
    ranges = load_ranges("quadruped16")
    assert config("autoencoder", tmp_path, renders=0.5, ranges=ranges).ranges is ranges


def test_a_job_is_a_config(tmp_path: Path) -> None:
    ranges = load_ranges("quadruped16")
    job = Job("autoencoder", "default", ranges, tmp_path / "m.safetensors", settings={"steps": 7, "batch": None})

    made = config_of_job(job)

    assert (made.stage, made.steps, made.batch, made.skeleton) == ("autoencoder", 7, 16, ranges.skeleton)


def test_the_command_that_makes_it_again(tmp_path: Path, model: Callable[..., Path]) -> None:
    before = model("autoencoder", "reconstruction", {"width": 24, "skips": True})
    made = config("landmarks", tmp_path, start=before, labels="mouse.csv", steps=9, seed=3)

    assert reproduce(made, "ae.safetensors (sha256 0123)") == (
        "poseviewer train landmarks mouse.csv --preset default --seed 3 --steps 9 --start ae.safetensors "
        "-o m.safetensors"
    )
