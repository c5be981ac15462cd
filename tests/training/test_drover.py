"""Random projections (003): a lifter learns depth from 2D poses alone, and knows which way is near."""

from __future__ import annotations

from pathlib import Path

import pytest

from poseviewer.core.errors import PoseInputError
from poseviewer.io.npz import write_npz
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.generate import synthesize
from training.adversarial_config import adversarial_config
from training.drover import train_drover, train_job
from training.job import Job, train


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("people")
    ranges = load_ranges("human14")
    for name, seed in (("learned", 1), ("unseen", 2)):
        joints = synthesize(ranges.skeleton, ranges, 4000, seed=seed).joints
        write_npz(folder / f"{name}.npz", joints=joints, joint_names=ranges.skeleton.joints)
    return [folder / "learned.npz", folder / "unseen.npz"]


def test_the_window_trains_it_from_files(people: list[Path], tmp_path: Path) -> None:
    settings = {"steps": 2, "batch": 16, "device": "cpu", "poses": [str(people[0])]}
    job = Job("drover", "default", load_ranges("human14"), tmp_path / "m.safetensors", settings=settings)
    reports = list(train(job))
    assert reports[-1].step == 2 and reports[-1].saved
    with pytest.raises(PoseInputError, match="no poses to learn from"):
        list(train_job(Job("drover", "default", load_ranges("human14"), tmp_path / "n.safetensors")))


@pytest.mark.slow
def test_depths_are_learned_from_projections_with_their_sign(people: list[Path], tmp_path: Path) -> None:
    config = adversarial_config(
        "drover", "default", load_ranges("human14"), people[:1], validate=str(people[1]), steps=1500, batch=128,
        output=tmp_path / "m.safetensors", device="cpu", save_every=1500,
        shape={"width": 128, "blocks": 2, "learned_elevation": (0.0, 20.0), "distance": 22.0},
    )  # fmt: skip
    figures = [report.validation for report in train_drover(config) if report.validation][-1]
    assert figures["of_flat"] < 0.9
