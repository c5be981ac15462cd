"""What networks can run on, asked by `poseviewer doctor` in a process of its own: a broken torch may end it.

`python -m poseviewer.models.device_probe` prints one JSON object.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import torch

from poseviewer.models.device import choose_device, fast_dtype


def probe() -> dict[str, Any]:
    """torch's version, the devices, the one that "auto" takes, and whether it multiplies in bfloat16."""
    devices = ["cpu"]
    if torch.cuda.is_available():
        devices += [f"cuda ({torch.cuda.get_device_name(i)})" for i in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        devices.append("mps")
    chosen = choose_device("auto")
    # A product that fails here would fail in the middle of a training.
    torch.ones(8, 8, device=chosen) @ torch.ones(8, 8, device=chosen)
    return {
        "torch": torch.__version__,
        "devices": devices,
        "auto": chosen.type,
        "bf16": fast_dtype(chosen) is not None,
        "threads": torch.get_num_threads(),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(probe()) + "\n")
