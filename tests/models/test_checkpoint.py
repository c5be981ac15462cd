"""Model files: what is written comes back, and what is not a model says so in one sentence."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from poseviewer.core.errors import CheckpointError
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.models.checkpoint import FORMAT, read_card, read_tensors, save_checkpoint


def test_card_and_weights_come_back(tmp_path: Path, card_of: Any) -> None:
    path, card = tmp_path / "model.safetensors", card_of()
    tensors = {"a": torch.randn(3, 4), "half": torch.randn(2, 2).half(), "count": torch.tensor(7)}

    save_checkpoint(path, tensors, card)

    assert read_card(path) == card
    back = read_tensors(path)
    assert back["a"].equal(tensors["a"])
    assert back["half"].dtype == torch.float32
    assert back["half"].equal(tensors["half"].float())
    assert back["count"] == 7
    assert list(tmp_path.iterdir()) == [path]


def test_the_card_holds_the_skeleton_and_ranges_it_was_trained_for(card_of: Any) -> None:
    preset = load_ranges("quadruped16")

    assert card_of().load_skeleton() == preset.skeleton
    loaded = card_of().load_ranges()
    assert loaded.factors == preset.factors
    for ours, theirs in zip(loaded.ranges, preset.ranges, strict=True):
        assert ours.flexion.min == pytest.approx(theirs.flexion.min, abs=1e-6)  # type: ignore[union-attr]


def test_a_new_model_replaces_the_old_one(tmp_path: Path, card_of: Any) -> None:
    path = tmp_path / "model.safetensors"
    save_checkpoint(path, {"a": torch.zeros(2)}, card_of(steps=1))
    save_checkpoint(path, {"a": torch.ones(2)}, card_of(steps=2))

    assert read_card(path).steps == 2
    assert read_tensors(path)["a"].equal(torch.ones(2))


def test_a_missing_folder_is_named(tmp_path: Path, card_of: Any) -> None:
    path = tmp_path / "nowhere" / "model.safetensors"
    with pytest.raises(CheckpointError, match=f"Cannot write the model {path}"):
        save_checkpoint(path, {"a": torch.zeros(1)}, card_of())


def foreign(path: Path, card_of: Any) -> None:
    safetensors.torch.save_file({"a": torch.zeros(1)}, path)


def newer(path: Path, card_of: Any) -> None:
    save_checkpoint(path, {"a": torch.zeros(1)}, card_of(format=FORMAT + 1))


def huge_header(path: Path, card_of: Any) -> None:
    path.write_bytes(struct.pack("<Q", 1 << 60) + b"{}")


def card_without_a_field(path: Path, card_of: Any) -> None:
    header = json.dumps({"__metadata__": {"card": json.dumps({"kind": "lifter"})}}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header)


@pytest.mark.parametrize(
    ("write", "sentence"),
    [
        (lambda path, _: None, "There is no model"),
        (lambda path, _: path.write_text("joints,x,y\n" * 20), "is not a model of poseviewer, or it is damaged"),
        (lambda path, _: path.write_bytes(b""), "is not a model of poseviewer, or it is damaged"),
        (lambda path, _: path.mkdir(), "Cannot read the model"),
        (foreign, "is not a model of poseviewer, or it is damaged"),
        (huge_header, "is not a model of poseviewer, or it is damaged"),
        (card_without_a_field, "is not a model of poseviewer, or it is damaged"),
        (newer, "was made by a newer poseviewer; update poseviewer"),
    ],
)
def test_what_is_not_a_model_says_so(tmp_path: Path, write: Any, sentence: str, card_of: Any) -> None:
    path = tmp_path / "model.safetensors"
    write(path, card_of)

    with pytest.raises(CheckpointError, match=sentence) as caught:
        read_card(path)

    assert str(path) in str(caught.value)


def test_a_cut_file_says_so(tmp_path: Path, card_of: Any) -> None:
    path = tmp_path / "model.safetensors"
    save_checkpoint(path, {"a": torch.randn(1000)}, card_of())
    path.write_bytes(path.read_bytes()[:-100])

    assert read_card(path) == card_of()
    with pytest.raises(CheckpointError, match=f"{path} is damaged"):
        read_tensors(path)
