"""Where networks run."""

from __future__ import annotations

import pytest
import torch

from poseviewer.core.errors import PoseviewerError
from poseviewer.models.device import NAMES, choose_device, fast_dtype


def test_auto_is_a_device_that_works() -> None:
    device = choose_device("auto")

    assert (torch.ones(2, 2, device=device) @ torch.ones(2, 2, device=device)).sum().item() == 8


def test_an_unknown_device_is_refused() -> None:
    with pytest.raises(PoseviewerError, match="no device 'gpu'; choose one of auto, cpu, cuda, mps"):
        choose_device("gpu")


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("auto", "cpu")])
def test_a_device_that_is_not_there_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)

    assert choose_device("auto").type == "cpu"
    with pytest.raises(PoseviewerError, match=f"no usable {name} device; use --device auto or cpu"):
        choose_device(name)


def test_bfloat16_is_for_processors_that_multiply_it(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu = torch.device("cpu")
    for tile, wide, answer in ((True, False, torch.bfloat16), (False, True, torch.bfloat16), (False, False, None)):
        monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda tile=tile: tile, raising=False)
        monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda wide=wide: wide, raising=False)
        assert fast_dtype(cpu) == answer
    assert fast_dtype(torch.device("mps")) is None
