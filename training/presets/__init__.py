"""Training presets: TOML files beside this one, `<stage>.<name>.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from poseviewer.core.errors import PoseviewerError

_HERE = Path(__file__).resolve().parent


def preset_names(stage: str) -> list[str]:
    """Names of the presets of a stage ("lifter"); "default" is first."""
    names = [p.name.removeprefix(f"{stage}.").removesuffix(".toml") for p in _HERE.glob(f"{stage}.*.toml")]
    return sorted(names, key=lambda n: (n != "default", n))


def load_preset(stage: str, name: str) -> dict[str, Any]:
    """The table of one preset.

    Raises:
        PoseviewerError: there is none of that name.
    """
    path = _HERE / f"{stage}.{name}.toml"
    if not path.is_file():
        raise PoseviewerError(f"There is no {stage} preset '{name}'; choose one of {', '.join(preset_names(stage))}.")
    return tomllib.loads(path.read_text(encoding="utf-8"))
