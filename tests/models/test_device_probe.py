"""The probe says what networks can run on."""

from __future__ import annotations

from poseviewer.models.device_probe import probe


def test_there_is_always_a_cpu() -> None:
    found = probe()

    assert found["devices"][0] == "cpu"
    assert found["auto"] in ("cpu", "cuda", "mps")
    assert isinstance(found["bf16"], bool)
