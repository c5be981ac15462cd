"""The wheel, installed where there is no source tree beside it, runs: its data came with it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)], ROOT)
    return next(folder.glob("poseviewer-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's packages; the dependencies are those that the tests run with."""
    folder = tmp_path_factory.mktemp("installed")
    run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            "--target",
            str(folder),
            str(wheel),
        ]
    )
    return folder


@dataclass(frozen=True)
class Program:
    """The installed program, run in an empty folder and with settings of its own."""

    script: Path
    folder: Path
    environment: dict[str, str]

    def __call__(self, *arguments: str) -> str:
        return run([str(self.script), *arguments], self.folder, self.environment)


@pytest.fixture
def poseviewer(installed: Path, tmp_path: Path) -> Program:
    homes = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    environment = os.environ | {"PYTHONPATH": str(installed), "OMP_NUM_THREADS": "1"} | homes
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    return Program(installed / "bin" / "poseviewer", elsewhere, environment)


def run(command: list[str], folder: Path | None = None, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_everything_that_is_read_at_run_time_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())

    tracked = run(["git", "ls-files", "resources", "poseviewer", "training"], ROOT).split()
    wanted = {f"poseviewer/{name}" if name.startswith("resources/") else name for name in tracked}
    assert wanted <= packed
    assert any(name.startswith("poseviewer/resources/skeletons/") for name in wanted)
    assert any(name.startswith("training/presets/") and name.endswith(".toml") for name in wanted)


def test_nothing_else_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        folders = {name.split("/")[0] for name in archive.namelist()}

    assert {name for name in folders if not name.endswith(".dist-info")} == {"poseviewer", "training"}


def test_the_installed_packages_are_the_ones_that_run(poseviewer: Program, installed: Path) -> None:
    code = "import poseviewer, training; print(poseviewer.__file__); print(training.__file__)"
    places = run([sys.executable, "-c", code], poseviewer.folder, poseviewer.environment).split()

    assert all(Path(place).is_relative_to(installed) for place in places)


def test_the_version_is_told(poseviewer: Program) -> None:
    assert poseviewer("--version").startswith("poseviewer ")


def test_poses_are_synthesized(poseviewer: Program) -> None:
    poseviewer("synthesize", "--skeleton", "quadruped16", "-n", "10", "--seed", "1", "-o", "poses.npz")

    assert np.load(poseviewer.folder / "poses.npz")["joints"].shape == (10, 16, 3)


def test_the_sample_opens_in_the_window(poseviewer: Program) -> None:
    poseviewer("demo", "--screenshot", "window.png")

    assert (poseviewer.folder / "window.png").read_bytes().startswith(b"\x89PNG")


def test_a_model_is_trained_by_a_preset(poseviewer: Program) -> None:
    poseviewer("train", "lifter", "--preset", "quick", "--steps", "2", "--batch", "8", "-o", "model.safetensors")

    assert (poseviewer.folder / "model.safetensors").stat().st_size > 100_000
