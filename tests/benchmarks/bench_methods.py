"""How much of the machine's arithmetic the methods that learn from 2D use.

The yardstick is every matrix product of one step (of the turns of critic and lifter), recorded as it happens and made
again by itself, with the same shapes in the same precision.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from training.adversarial import AdversarialRun
from training.adversarial_config import adversarial_config
from training.drover import DroverRun
from training.flow import FlowRun
from training.hardy import HardyRun
from training.pose_material import PoseMaterial
from training.svma import SvmaRun

pytestmark = pytest.mark.benchmark

RUNS: dict[str, type[AdversarialRun]] = {"drover": DroverRun, "hardy": HardyRun, "svma": SvmaRun, "flow": FlowRun}
PRODUCTS = {torch.ops.aten.mm.default: (0, 1), torch.ops.aten.addmm.default: (1, 2)}


class Recorded(TorchDispatchMode):
    """The factors of all matrix products while it is entered: (shape, shape, precision) each."""

    def __init__(self) -> None:
        super().__init__()
        self.products: list[tuple[tuple[int, ...], tuple[int, ...], torch.dtype]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in PRODUCTS:
            first, second = (args[i] for i in PRODUCTS[func])
            self.products.append((tuple(first.shape), tuple(second.shape), first.dtype))
        return func(*args, **(kwargs or {}))


def material(joints: int) -> PoseMaterial:
    poses = np.random.default_rng(0).normal(size=(5000, joints, 3)).astype(np.float32)
    return PoseMaterial(poses, np.zeros((0, joints, 2), np.float32), np.full(5000, 1 / 5000))


def seconds(work: Callable[[], object], times: int) -> float:
    """Processor time of one core, which other work on the machine disturbs least."""
    began = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - began) / times


@pytest.mark.parametrize(
    ("method", "preset", "batch"),
    [
        ("drover", "default", None), ("drover", "default", 1024), ("drover", "paper", 2048),
        ("hardy", "default", None), ("hardy", "default", 1024), ("hardy", "paper", 2048),
        ("svma", "default", None), ("svma", "paper", 1024),
        ("flow", "default", None),
    ],
    ids=lambda v: str(v or "own batch"),
)  # fmt: skip
def test_share_of_the_arithmetic_rate(
    record_benchmark: Callable[..., None], tmp_path: Path, method: str, preset: str, batch: int | None
) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        config = adversarial_config(method, preset, output=tmp_path / "m.safetensors", device="cpu", batch=batch)
        run = RUNS[method](config, material(config.ranges.skeleton.joint_count))
        run.step = config.steps // 2  # beyond what is only learned early or late
        run.advance()
        with Recorded() as seen:
            run.advance()
        factors = [(torch.randn(a).to(t), torch.randn(b).to(t)) for a, b, t in seen.products]
        operations = sum(2 * a[0] * a[1] * b[1] for a, b, _ in seen.products)

        def bare() -> None:
            for a, b in factors:
                a @ b

        times = 3 if operations > 2e10 else 20
        pairs = [(seconds(bare, times), seconds(run.advance, times)) for _ in range(3)]
        bare_s, step_s = (min(t) for t in zip(*pairs, strict=True))
    finally:
        torch.set_num_threads(threads)
    record_benchmark(
        f"training {method} {preset} batch {config.batch}",
        precision=str(run.dtype or torch.float32).removeprefix("torch."),
        steps_per_second=1 / step_s,
        poses_per_second=config.batch / step_s,
        gflops_bare=operations / bare_s / 1e9,
        share=bare_s / step_s,
    )
    assert bare_s > 0
