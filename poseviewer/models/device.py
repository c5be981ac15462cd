"""Where networks run."""

from __future__ import annotations

import torch

from poseviewer.core.errors import PoseviewerError

NAMES = ("auto", "cpu", "cuda", "mps")


def choose_device(name: str = "auto") -> torch.device:
    """The device of a name; "auto" is the fastest one there is.

    Raises:
        PoseviewerError: the name is unknown, or this machine has no such device.
    """
    if name not in NAMES:
        raise PoseviewerError(f"There is no device '{name}'; choose one of {', '.join(NAMES)}.")
    has = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        return torch.device(next(n for n in ("cuda", "mps", "cpu") if has[n]))
    if not has[name]:
        raise PoseviewerError(f"This machine has no usable {name} device; use --device auto or cpu.")
    return torch.device(name)


def fast_dtype(device: torch.device) -> torch.dtype | None:
    """bfloat16 where the device multiplies it faster than float32, else None."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else None
    if device.type == "cpu" and _cpu_multiplies_bf16():
        return torch.bfloat16
    return None


def _cpu_multiplies_bf16() -> bool:
    """AMX tiles or AVX-512 BF16; emulated bfloat16 would be slower than float32."""
    probe = getattr(torch.cpu, "_is_amx_tile_supported", None)
    wide = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return bool((probe and probe()) or (wide and wide()))
