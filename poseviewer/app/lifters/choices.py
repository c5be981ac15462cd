"""The lifters that a project can use: those that come with the program, the user's own runs, and files. Without Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from poseviewer.app.lifters.card_words import Rows, card_rows, summary_words
from poseviewer.app.train.in_use import comes_from
from poseviewer.app.train.run_words import when_words
from poseviewer.app.train.stages import LIFTER, stage_of
from poseviewer.core.errors import CheckpointError
from poseviewer.core.project import Project
from poseviewer.core.skeleton import Skeleton

if TYPE_CHECKING:
    from poseviewer.io.run_store import RunRecord
    from poseviewer.models.card import ModelCard

SHIPPED, FILE = "comes with it", "file"
USABLE = ("finished", "stopped")
"""States of runs whose models are done."""


@dataclass(frozen=True)
class LifterEntry:
    """One lifter that can be chosen.

    Attributes:
        model: as a project names it: "" for the one that comes with the skeleton, the name of another shipped one,
            or a path. Of a run, the run's own file: a project gets a copy of it.
        title: what people call it. origin: where it is from.
        about: one line about its method. rows: everything about it, as (name, words).
        run: the training run that made it, None for the others.
        used: the project lifts with it. problem: why it cannot be used, "" where it can.
    """

    model: str
    title: str
    origin: str
    about: str = ""
    rows: Rows = ()
    run: RunRecord | None = None
    used: bool = False
    problem: str = ""

    @property
    def key(self) -> str:
        """Names it among the others."""
        return self.run.id if self.run is not None else f"model:{self.model}"

    def is_used_by(self, model: str) -> bool:
        """Whether a project that names this model lifts with it."""
        return comes_from(model, self.run) if self.run is not None else model == self.model


def lifters_for(project: Project, runs: Iterable[RunRecord], files: Sequence[str], now: datetime) -> list[LifterEntry]:
    """What there is to choose from, the one in use marked: shipped ones, finished runs newest first, then files.

    Args:
        files: paths of models chosen lately. Those that are gone, or of another animal, are left out; the project's
            own is listed whatever is wrong with it.
    """
    skeleton, model = project.skeleton, named(project)
    found = shipped_entries(skeleton)
    found += [entry for entry in (run_entry(run, skeleton, now) for run in runs) if entry is not None]
    own = [model] if model and not any(entry.is_used_by(model) for entry in found) else []
    entries = [file_entry(path, skeleton) for path in dict.fromkeys((*own, *files))]
    taken = {str(entry.run.model) for entry in found if entry.run is not None}
    found += [e for e in entries if e.model in own or (not e.problem and e.model not in taken)]
    return [replace(entry, used=entry.is_used_by(model)) for entry in found]


def named(project: Project) -> str:
    """The project's model; "" where it names the one that comes with its skeleton."""
    return "" if project.model == project.skeleton.name else project.model


def shipped_entries(skeleton: Skeleton) -> list[LifterEntry]:
    """Those that come with the program and fit: the skeleton's own first, then those of a smaller skeleton."""
    from poseviewer.io.skeleton_files import shipped_skeletons
    from poseviewer.models.base import fits, shipped_lifter, shipped_lifters
    from poseviewer.models.borrowed import lender
    from poseviewer.models.card import read_card

    found = []
    borrowed = None if shipped_lifter(skeleton.name).is_file() else lender(skeleton)
    if borrowed is not None:
        card = read_card(shipped_lifter(borrowed.skeleton.name))
        about = f"the lifter of {borrowed.skeleton.name} · {summary_words(card)}"
        found.append(LifterEntry("", skeleton.name, SHIPPED, about, card_rows(card)))
    others = [name for name in shipped_skeletons() if name != skeleton.name]
    for name in (n for kind in (skeleton.name, *others) for n in shipped_lifters(kind)):
        card = read_card(shipped_lifter(name))
        if card.kind == LIFTER and fits(card, skeleton):
            model = "" if name == skeleton.name else name
            found.append(LifterEntry(model, name, SHIPPED, summary_words(card), rows_of(card, skeleton)))
    return found


def run_entry(run: RunRecord, skeleton: Skeleton, now: datetime) -> LifterEntry | None:
    """A finished run's model, None where it made none for this skeleton."""
    from poseviewer.models.base import fits
    from poseviewer.models.card import read_card

    if stage_of(run.task).makes != LIFTER or run.state not in USABLE or not run.model.is_file():
        return None
    try:
        card = read_card(run.model)
        if not fits(card, skeleton):
            return None
    except CheckpointError:
        return None
    origin = f"trained here, {when_words(run.created, now)}"
    return LifterEntry(str(run.model), run.title, origin, summary_words(card), rows_of(card, skeleton), run)


def file_entry(path: str, skeleton: Skeleton) -> LifterEntry:
    """A model in a file, with why it cannot be used where it cannot."""
    from poseviewer.models.card import read_card

    entry = LifterEntry(path, Path(path).stem, FILE, rows=(("File", path),))
    try:
        card = read_card(Path(path))
        problem = misfit_words(card, skeleton, path)
    except CheckpointError as error:
        return replace(entry, problem=str(error))
    if problem:
        return replace(entry, problem=problem)
    return replace(entry, about=summary_words(card), rows=(*rows_of(card, skeleton), ("File", path)))


def misfit_words(card: ModelCard, skeleton: Skeleton, path: str) -> str:
    """Why a model cannot lift a skeleton, "" where it can."""
    from poseviewer.models.base import fits

    if card.kind != LIFTER:
        return f"{Path(path).name} is a {card.kind}, not a lifter; choose a lifter."
    if not fits(card, skeleton):
        own = card.load_skeleton()
        return (
            f"{Path(path).name} was trained for the skeleton “{own.name}” ({own.joint_count} joints), but this is "
            f"“{skeleton.name}” ({skeleton.joint_count} joints); choose another lifter."
        )
    return ""


def rows_of(card: ModelCard, skeleton: Skeleton) -> Rows:
    """The card's rows, and how many of the skeleton's joints it knows where it does not know all."""
    known = card.load_skeleton().joint_count
    if known >= skeleton.joint_count:
        return card_rows(card)
    words = f"{known} of this skeleton’s {skeleton.joint_count}; the others are filled in by the shipped lifter"
    return (*card_rows(card), ("Joints", words))


def title_of(project: Project, runs: Iterable[RunRecord] = ()) -> str:
    """What the lifter in use is called, without opening any file."""
    model = named(project)
    run = next((record for record in runs if comes_from(model, record)), None)
    if run is not None:
        return run.title
    if Path(model).name == model and not model.endswith(".safetensors"):  # a name, of one that comes with the program
        return model or project.skeleton.name
    return Path(model).stem
