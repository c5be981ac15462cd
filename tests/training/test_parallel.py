"""Two real processes train what one would have trained, stop together, and none waits for one that is gone."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.__main__ import main
from poseviewer.core.errors import PoseviewerError
from poseviewer.io.npz import write_npz
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.models.card import read_card
from poseviewer.models.checkpoint import read_tensors
from poseviewer.synthesis.generate import synthesize
from training.drover import DroverRun
from training.lifter import LifterRun
from training.material_of import material_of
from training.parallel import NAMES, Team, team
from training.run import drive
from training.run_config import state_path

ROOT = Path(__file__).resolve().parents[2]
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo", "PYTHONPATH": str(ROOT)}
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the processes meet at Linux's name of this machine")


# --- by itself -------------------------------------------------------------------------------------------------


@given(st.integers(1, 9), st.integers(0, 200), st.integers(1, 70), st.booleans())
def test_every_example_is_one_process_s(size: int, more: int, piece: int, lockstep: bool) -> None:
    batch = size + more
    shares = []
    for rank in range(size):
        made = Team(rank, size)
        made.lockstep = lockstep
        shares.append(made.pieces(batch, piece))

    assert [n for share in shares for part in share for n in part] == list(range(batch))
    assert all(part for share in shares for part in share)
    if lockstep:
        assert len({len(share) for share in shares}) == 1
    else:
        assert max(len(part) for share in shares for part in share) <= piece


def test_a_batch_is_not_shared_by_more_processes_than_it_has_examples() -> None:
    with pytest.raises(PoseviewerError, match=r"A batch of 8 cannot be shared by 9 processes; start at most 8"):
        Team(0, 9).share(8)


def test_one_process_agrees_with_itself() -> None:
    alone = Team()
    assert alone.agree(5, 32, stop=True) == (True, 32) and alone.agree(5, 32) == (False, 32)
    weights = torch.ones(2, requires_grad=True)
    weights.grad = torch.full((2,), 3.0)
    losses = {"a": torch.tensor(1.0)}
    assert alone.add_up([weights], losses) is losses and weights.grad.tolist() == [3, 3]


def test_gpus_share_batch_normalisation_and_processors_do_not() -> None:
    network = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))
    names = list(network.state_dict())
    several = Team(1, 2)

    assert several.synchronised(network, torch.device("cpu")) is network and not several.lockstep
    shared = several.synchronised(network, torch.device("cuda"))
    assert isinstance(shared[1], torch.nn.SyncBatchNorm) and several.lockstep and list(shared.state_dict()) == names
    plain = Team(1, 2)
    plain.synchronised(torch.nn.Linear(2, 3), torch.device("cuda"))
    assert not plain.lockstep


@pytest.mark.parametrize("device", ["mps", "cuda"])
def test_a_device_that_cannot_be_shared_is_a_sentence(device: str) -> None:
    with pytest.raises(PoseviewerError, match="--device cpu"):
        Team(90, 99, 90).place(torch.device(device))
    assert Team().place(torch.device(device)).type == device


def test_an_environment_that_is_not_torchrun_s_is_one_process_or_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.parallel._joined", [])
    monkeypatch.setenv("RANK", "3")
    assert team().alone

    monkeypatch.setattr("training.parallel._joined", [])
    for name in NAMES:
        monkeypatch.setenv(name, "x")
    with pytest.raises(PoseviewerError, match="not to numbers; start with torchrun"):
        team()


# --- by two ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def together() -> ModuleType:
    spec = importlib.util.spec_from_file_location("together", Path(__file__).with_name("together.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def done(together: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which two processes have done what together.py says."""
    folder = tmp_path_factory.mktemp("together")
    ranges = load_ranges("human17")
    joints = synthesize(ranges.skeleton, ranges, 60, seed=1).joints
    write_npz(folder / "people.npz", joints=joints, joint_names=ranges.skeleton.joints)
    begun = together.lifter_config(folder / "alone.safetensors")
    reports = drive(LifterRun(begun))
    next(reports)
    reports.close()
    script = [str(Path(__file__).with_name("together.py")), str(folder), str(folder / "people.npz")]
    ran = subprocess.run(
        [*TORCHRUN, *script], env=ENVIRONMENT, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240
    )
    assert ran.returncode == 0, ran.stderr
    return folder


@pytest.fixture(scope="module")
def whole(together: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[str, torch.Tensor]:
    """The state after the steps of one process."""
    made = together.lifter_config(tmp_path_factory.mktemp("whole") / "lifter.safetensors")
    return state_after(LifterRun(made))


def state_after(run: Any) -> dict[str, torch.Tensor]:
    for _ in drive(run):
        pass
    return read_tensors(state_path(run.config.output))


def assert_alike(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> None:
    """Weights, averages and moments within 1e-4."""
    assert a.keys() == b.keys()
    for name in a:
        torch.testing.assert_close(a[name], b[name], atol=1e-4, rtol=0, msg=lambda text, name=name: f"{name}: {text}")


def notes(folder: Path) -> list[dict[str, Any]]:
    return [json.loads((folder / f"notes.{rank}.json").read_text()) for rank in range(2)]


@LINUX
def test_two_processes_learn_what_one_learns(done: Path, whole: dict[str, torch.Tensor]) -> None:
    assert_alike(read_tensors(state_path(done / "lifter.safetensors")), whole)
    assert read_card(done / "lifter.safetensors").steps == 3


@LINUX
def test_two_processes_play_the_game_of_one(done: Path, together: ModuleType, tmp_path: Path) -> None:
    made = together.drover_config(tmp_path / "drover.safetensors", done / "people.npz")
    run = DroverRun(made, material_of(made))

    assert_alike(read_tensors(state_path(done / "drover.safetensors")), state_after(run))


@LINUX
def test_too_little_memory_for_one_of_them_changes_nothing(done: Path, whole: dict[str, torch.Tensor]) -> None:
    for note in notes(done):
        assert note["narrow"] == "" and note["piece"] <= 4
    assert_alike(read_tensors(state_path(done / "narrow.safetensors")), whole)


@LINUX
def test_a_loss_that_is_no_number_on_one_ends_both_and_keeps_what_is_good(done: Path) -> None:
    for note in notes(done):
        assert "the loss 'depth' is no longer a number" in note["spoilt"]
    assert read_card(done / "spoilt.safetensors").steps == 1
    assert all(value.isfinite().all() for value in read_tensors(state_path(done / "spoilt.safetensors")).values())


@LINUX
def test_an_error_of_one_is_the_sentence_of_both(done: Path) -> None:
    first, second = notes(done)
    assert first["broken"] == "Training stopped: process 1 of 2 failed (OSError: the disk is gone)."
    assert second["broken"] == "the disk is gone"
    assert not (done / "broken.safetensors").exists()


@LINUX
def test_both_stop_at_the_same_step_whoever_is_asked(done: Path) -> None:
    for note in notes(done):
        assert (note["closed"], note["begun"], note["asked"]) == (2, 1, 2)
    assert read_card(done / "closed.safetensors").steps == read_card(done / "alone.safetensors").steps == 2


@LINUX
@pytest.mark.parametrize("name", ["closed", "alone"])
def test_one_goes_on_with_what_two_began(
    name: str, done: Path, together: ModuleType, whole: dict[str, torch.Tensor]
) -> None:
    made = replace(together.lifter_config(done / f"{name}.safetensors"), resume=True)

    assert_alike(state_after(LifterRun(made)), whole)


@LINUX
def test_ctrl_c_leaves_a_model_and_one_process_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "m.safetensors"
    verb = ["train", "lifter", "--skeleton", "human17", "--preset", "quick", "--batch", "16", "--device", "cpu"]
    words = [*TORCHRUN, "-m", "poseviewer", *verb, "--steps", "100000", "--json", "-o", str(model)]
    with subprocess.Popen(
        words, env=ENVIRONMENT, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr is not None
        said = []
        for line in running.stderr:
            said.append(line)
            if line.startswith("{") and json.loads(line)["step"] >= 1:
                break
        running.send_signal(signal.SIGINT)
        rest, said_after = running.communicate(timeout=120)

    assert "".join(said).count("Starting ...") == 1 and said_after.count("Stopping; writing the model") == 1
    report = json.loads(rest)
    assert report["interrupted"] and report["step"] >= 1
    steps = read_card(model).steps
    assert steps >= report["step"]
    assert main([*verb, "--steps", str(steps + 1), "--resume", "-o", str(model)]) == 0
    assert read_card(model).steps == steps + 1
    assert f"{16 * (steps + 1):,} poses seen" in capsys.readouterr().out
