"""What goes wrong in a game of two, and in bfloat16: the term to blame is named, and what was good is kept."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from poseviewer.core.errors import PoseviewerError
from poseviewer.models.checkpoint import read_card, read_tensors
from training import adversarial
from training.adversarial import CRITIC, LIFTER, AdversarialRun, Examples
from training.material_of import material_of
from training.run import Losses, drive
from training.run_config import state_path

spec = importlib.util.spec_from_file_location("adversarial_worlds", Path(__file__).with_name("test_adversarial.py"))
assert spec is not None and spec.loader is not None
worlds = importlib.util.module_from_spec(spec)
spec.loader.exec_module(worlds)
poses, config, RUNS = worlds.poses, worlds.config, worlds.RUNS


def started(method: str, poses: Path, output: Path, **changes: Any) -> AdversarialRun:
    made = config(method, poses, output, **({"report_every": 4, "report_seconds": math.inf} | changes))
    return RUNS[method](made, material_of(made))


def all_finite(path: Path) -> bool:
    return all(bool(value.isfinite().all()) for value in read_tensors(path).values())


@pytest.mark.parametrize("name", ["critic", "calm", "adversarial", "symmetry"])
def test_the_term_that_spoilt_the_others_is_named(
    name: str, poses: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From step 2 on a term is no number; by the report at step 4 all are."""
    output = tmp_path / "model.safetensors"
    terms = {"adversarial": 1.0, "symmetry": 0.1}
    run = started("drover", poses, output, save_every=2, terms=terms, calm=0.1, calm_every=1, steps=8)
    losses = type(run).losses

    def spoilt(self: AdversarialRun, batch: Examples) -> Losses:
        made = losses(self, batch)
        return made | {name: made[name] * math.nan} if name in made and self.step >= 2 else made

    monkeypatch.setattr(type(run), "losses", spoilt)

    with pytest.raises(PoseviewerError, match=f"the loss '{name}' is no longer a number; .* holds the last good"):
        list(drive(run))

    assert read_card(output).steps == 2
    assert all_finite(output) and all_finite(state_path(output))


@pytest.mark.parametrize("method", RUNS)
def test_an_absurd_rate_ends_with_a_sentence_and_good_weights(method: str, poses: Path, tmp_path: Path) -> None:
    output = tmp_path / "model.safetensors"
    list(drive(started(method, poses, output, steps=2)))
    run = started(method, poses, output, steps=40, resume=True, save_every=1, learning_rate=1e30, warmup=0)

    with pytest.raises(PoseviewerError, match=r"(is|are) no longer .*; lower the learning rate and resume"):
        list(drive(run))

    assert all_finite(output) and all_finite(state_path(output))


def test_weights_that_are_no_numbers_are_not_written(poses: Path, tmp_path: Path) -> None:
    run = started("drover", poses, tmp_path / "model.safetensors")
    with torch.no_grad():
        next(run.critic.parameters()).view(-1)[0] = math.inf

    with pytest.raises(PoseviewerError, match="the weights are no longer numbers"):
        run.save({})

    assert not (tmp_path / "model.safetensors").exists()


@pytest.mark.parametrize("method", RUNS)
def test_bfloat16_trains_and_differentiates_twice_in_float32(
    method: str, poses: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The critic's slope is where products in bfloat16 would be too coarse; the rest is near what float32 gives."""
    seen: list[tuple[bool, torch.dtype]] = []
    penalties = {name: getattr(adversarial, name) for name in ("gradient_penalty", "real_penalty")}

    def watched(name: str) -> Any:
        def penalty(critic: torch.nn.Module, *given: Tensor) -> Tensor:
            dtypes: list[torch.dtype] = []
            layer = next(part for part in critic.modules() if isinstance(part, torch.nn.Linear))
            handle = layer.register_forward_hook(lambda module, inputs, output: dtypes.append(output.dtype))
            value: Tensor = penalties[name](critic, *given)
            handle.remove()
            seen.append((torch.is_autocast_enabled("cpu"), *dtypes))
            return value

        return penalty

    for name in penalties:
        monkeypatch.setattr(adversarial, name, watched(name))
    changes: dict[str, Any] = {"calm": 0.1, "calm_every": 1, "penalty": 10.0, "clip": 0.0}
    plain = started(method, poses, tmp_path / "plain.safetensors", **changes)
    half = started(method, poses, tmp_path / "half.safetensors", **changes)
    half.dtype = torch.bfloat16

    exact, coarse = plain.advance(), half.advance()

    assert seen and set(seen) == {(False, torch.float32)}
    for name in exact:
        torch.testing.assert_close(coarse[name].float(), exact[name], atol=0.1, rtol=0.1)
    assert all(p.grad is None or p.grad.dtype == torch.float32 for p in half.network.parameters())
    for _ in range(3):
        assert all(value.isfinite() for value in half.advance().values())


@pytest.mark.parametrize("method", RUNS)
def test_the_model_is_the_averaged_lifter(method: str, poses: Path, tmp_path: Path) -> None:
    """ema 0.5 with the shorter memory of the first steps: (1 + n) / (10 + n) after n steps."""
    run = started(method, poses, tmp_path / "model.safetensors", ema=0.5)
    expected = {k: v.clone() for k, v in run.network.state_dict().items() if v.is_floating_point()}
    for step in range(1, 4):
        run.advance()
        keep = min(0.5, (1 + step) / (10 + step))
        current = run.network.state_dict()
        expected = {k: keep * v + (1 - keep) * current[k] for k, v in expected.items()}

    model = run.model
    assert not any(k.startswith(CRITIC) for k in model)
    for name, value in expected.items():
        if name.startswith(f"{LIFTER}."):
            torch.testing.assert_close(model[name.removeprefix(f"{LIFTER}.")], value)
