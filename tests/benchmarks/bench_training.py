"""How much of the machine's arithmetic the training of a lifter uses, and that bfloat16 costs no accuracy.

The yardstick is a bare chain of the same matrix products in the same process: for every linear layer the forward
product and the gradients of its input and weight, at the same batch, in the precision that training takes.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from training.lifter import LifterRun, lifter_config

pytestmark = pytest.mark.benchmark

REPEATS = 5
SEEDS = (0, 1)


def linear_layers(run: LifterRun) -> list[nn.Linear]:
    return [m for m in run.network.modules() if isinstance(m, nn.Linear)]


def bare_chain(run: LifterRun) -> Callable[[], None]:
    """All matrix products of one step, and nothing else. Nobody needs the gradient of the first layer's input."""
    batch, kind = run.config.batch, run.dtype or torch.float32

    def made(rows: int, columns: int) -> Tensor:
        return torch.randn(rows, columns, device=run.device).to(kind)

    weights = [layer.weight.detach().to(kind) for layer in linear_layers(run)]
    inputs = [made(batch, w.shape[1]) for w in weights]
    gradients = [made(batch, w.shape[0]) for w in weights]

    def multiply() -> None:
        for i, (weight, given, gradient) in enumerate(zip(weights, inputs, gradients, strict=True)):
            given @ weight.T
            if i:
                gradient @ weight
            gradient.T @ given

    return multiply


def operations(run: LifterRun) -> int:
    """Multiplications and additions of one step's matrix products."""
    sizes = [layer.weight.numel() for layer in linear_layers(run)]
    return 2 * run.config.batch * (3 * sum(sizes) - sizes[0])


def timed(run: LifterRun, work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    if run.device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - began


def one_core_share(run: LifterRun, chain: Callable[[], None]) -> float:
    """The share in processor time on one core: on a busy machine, threads that wait for each other tell nothing."""

    def seconds(work: Callable[[], object]) -> float:
        began = time.process_time()
        work()
        return time.process_time() - began

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        pairs = [(seconds(chain), seconds(run.advance)) for _ in range(3)]
    finally:
        torch.set_num_threads(threads)
    bare, step = (min(times) for times in zip(*pairs, strict=True))
    return bare / step


@pytest.mark.parametrize(
    ("preset", "batch"),
    [("default", None), ("default", 8192), ("paper", None), ("paper", 2048), ("paper", 8192)],
    ids=lambda v: str(v or "own batch"),
)
def test_share_of_the_arithmetic_rate(
    record_benchmark: Callable[..., None], tmp_path: Path, preset: str, batch: int | None
) -> None:
    run = LifterRun(lifter_config(preset, skeleton="quadruped16", output=tmp_path / "model", batch=batch))
    chain = bare_chain(run)
    for work in (chain, run.advance, chain, run.advance):
        work()
    # In turns, so that whoever else uses the machine disturbs both alike.
    pairs = [(timed(run, chain), timed(run, run.advance)) for _ in range(REPEATS)]
    bare, step = (min(times) for times in zip(*pairs, strict=True))
    alone = one_core_share(run, chain)

    record_benchmark(
        f"training {preset} batch {run.config.batch}",
        device=str(run.device),
        precision=str(run.dtype or torch.float32).removeprefix("torch."),
        steps_per_second=1 / step,
        poses_per_second=run.config.batch / step,
        gflops_bare=operations(run) / bare / 1e9,
        gflops_training=operations(run) / step / 1e9,
        share_best=bare / step,
        share_median=statistics.median(a / b for a, b in pairs),
        share_one_core=alone,
    )
    assert 0 < bare < step


def test_bfloat16_costs_no_accuracy(record_benchmark: Callable[..., None], tmp_path: Path) -> None:
    """The same seeds in both precisions: they differ by less than two seeds do."""
    if LifterRun(lifter_config("quick", skeleton="quadruped16", output=tmp_path / "model")).dtype is None:
        pytest.skip("this machine multiplies bfloat16 no faster than float32, so training does not use it")
    edges = {half: [_edge_loss(tmp_path, seed, half) for seed in SEEDS] for half in (False, True)}

    gap = statistics.mean(edges[True]) - statistics.mean(edges[False])
    record_benchmark(
        "training in bfloat16",
        L_ed_float32=statistics.mean(edges[False]),
        L_ed_bfloat16=statistics.mean(edges[True]),
        gap=gap,
        spread_of_seeds=max(edges[False]) - min(edges[False]),
    )
    assert abs(gap) < 0.005


def _edge_loss(folder: Path, seed: int, half: bool) -> float:
    """L_ed on poses never trained on after a short run."""
    shape = {"width": 256, "blocks": 2}
    config = lifter_config(
        "quick",
        skeleton="quadruped16",
        output=folder / "model",
        seed=seed,
        half=half,
        steps=300,
        batch=512,
        shape=shape,
    )
    run = LifterRun(config)
    while run.step < config.steps:
        run.advance()
    return run.validate()["L_ed"]
