"""Training presets: TOML files beside this one, `<stage>.<name>.toml`.

A preset says how to train (the keys of its stage's config) and how it is offered to people: `title`, `about`,
`minutes` (about how long on two cores, where that was measured) and `place` (presets for everyday use come first).
A new stage is a module `training.<stage>` with a function `train_job`, and presets of its name.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from poseviewer.core.errors import PoseviewerError

_HERE = Path(__file__).resolve().parent
_FOR_PEOPLE = {"title": "", "about": "", "minutes": None, "place": 9}


def stages() -> list[str]:
    """What can be trained: the stages that have presets."""
    return sorted({p.name.split(".")[0] for p in _HERE.glob("*.*.toml")})


def preset_names(stage: str) -> list[str]:
    """Names of the presets of a stage ("lifter"); "default" is first."""
    names = [p.name.removeprefix(f"{stage}.").removesuffix(".toml") for p in _HERE.glob(f"{stage}.*.toml")]
    return sorted(names, key=lambda n: (n != "default", n))


def load_preset(stage: str, name: str) -> dict[str, Any]:
    """How one preset trains: its table without what is for people.

    Raises:
        PoseviewerError: there is none of that name.
    """
    return {k: v for k, v in _table(stage, name).items() if k not in _FOR_PEOPLE}


def preset_words(stage: str, name: str) -> dict[str, Any]:
    """How one preset is offered: title, about, minutes, place.

    Raises:
        PoseviewerError: there is none of that name.
    """
    table = _table(stage, name)
    words = {k: table.get(k, default) for k, default in _FOR_PEOPLE.items()}
    return words | {"title": words["title"] or name.replace("-", " ").capitalize()}


def _table(stage: str, name: str) -> dict[str, Any]:
    path = _HERE / f"{stage}.{name}.toml"
    if not path.is_file():
        known = preset_names(stage)
        if not known:
            raise PoseviewerError(f"There is no training of a {stage}; choose one of {', '.join(stages())}.")
        raise PoseviewerError(f"There is no {stage} preset '{name}'; choose one of {', '.join(known)}.")
    return tomllib.loads(path.read_text(encoding="utf-8"))
