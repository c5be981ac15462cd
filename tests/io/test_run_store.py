"""Runs outlive the program: what is written is read again, what was killed is known, what is damaged is left out."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from poseviewer.core.errors import CheckpointError
from poseviewer.io.run_store import HISTORY, RunRecord, RunStore, thinned
from poseviewer.io.skeleton_files import load_ranges

ROOT = Path(__file__).resolve().parents[2]


def record(project: str = "p", **changes: object) -> RunRecord:
    known = {
        "title": "t",
        "task": "lifter",
        "preset": "quick",
        "project": project,
        "ranges": load_ranges("quadruped16"),
    }
    return RunRecord(**(known | changes))  # type: ignore[arg-type]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    made = store.create(record(settings={"steps": 5, "batch": None}, losses={"joint": 0.5}, step=3))
    point = {"step": 3, "losses": {"joint": 0.5}, "validation": {"L_ed": -0.9}}
    changed = replace(made, state="stopped", history=(point,))
    store.save(changed)

    assert RunStore(tmp_path / "runs").records("p") == (changed,)
    assert changed.skeleton == "quadruped16"
    assert made.created.startswith("20") and made.created.endswith("+00:00")


def test_runs_are_of_a_project_newest_first(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    days = ("2026-01-02", "2026-01-03", "2026-01-01")
    for project, day in zip("aab", days, strict=True):
        made = store.create(record(project, title=day))
        store.save(replace(made, created=day))

    assert [r.title for r in store.records("a")] == ["2026-01-03", "2026-01-02"]
    assert [r.title for r in store.records()] == ["2026-01-03", "2026-01-02", "2026-01-01"]
    assert RunStore(tmp_path / "nothing").records() == ()


def test_a_run_whose_program_was_killed_is_interrupted_and_one_that_trains_is_not(tmp_path: Path) -> None:
    code = (
        "import sys; from test_run_store import *\n"
        "store = RunStore(Path(sys.argv[1])); print(store.create(record()).id, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(Path(__file__).parent)))}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as program:
        assert program.stdout is not None
        run = program.stdout.readline().strip()
        store = RunStore(tmp_path)
        assert store.load(run).state == "running"
        assert not store.hold(run)
        with pytest.raises(CheckpointError, match="training in another window; end it there first"):
            store.discard(run)
        program.kill()

    assert store.load(run).state == "interrupted"
    assert store.load(run).resumable
    assert store.hold(run)


def test_a_record_is_read_once_until_it_changes_even_by_another_program(tmp_path: Path) -> None:
    store, other = RunStore(tmp_path), RunStore(tmp_path)
    made = store.create(record())
    assert store.load(made.id).ranges is store.load(made.id).ranges
    other.save(replace(made, step=7, state="stopped"))
    assert store.load(made.id).step == 7
    other.save(replace(made, step=8, state="stopped"))
    assert store.load(made.id).step == 8


def test_what_is_damaged_is_left_out_and_named(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    good, bad, newer = (store.create(record()) for _ in range(3))
    (bad.model.parent / "run.json").write_text("{", encoding="utf-8")
    path = newer.model.parent / "run.json"
    path.write_text(path.read_text().replace('"format": 1', '"format": 99'), encoding="utf-8")
    (tmp_path / "empty").mkdir()

    assert store.records() == (good,)
    assert set(store.damaged) == {bad.id, newer.id, "empty"}
    assert "newer poseviewer" in store.damaged[newer.id]
    store.discard(bad.id)
    assert not bad.model.parent.exists()


def test_a_discarded_run_is_gone_and_only_runs_are_discarded(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    made = store.create(record())
    made.model.write_bytes(b"weights")
    store.discard(made.id)

    assert store.records() == ()
    store.discard(made.id)
    for name in ("", "..", "../runs"):
        with pytest.raises(CheckpointError, match="There is no run"):
            store.discard(name)
    with pytest.raises(CheckpointError, match="it was deleted"):
        store.load(made.id)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CheckpointError, match=r"Cannot write the training run .*file"):
        RunStore(tmp_path / "file").create(record())


def test_a_record_that_could_not_be_written_is_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = RunStore(tmp_path)
    made = store.create(record())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CheckpointError, match="No space left on device"):
        store.save(replace(made, step=9))
    assert store.load(made.id).step == 0
    assert [p.name for p in made.model.parent.iterdir() if ".lock" not in p.name] == ["run.json"]


def test_a_long_history_is_thinned_but_keeps_its_validations() -> None:
    history: tuple[dict[str, object], ...] = ()
    for step in range(5000):
        history = thinned(history, {"step": step, "losses": {}, "validation": {"L_ed": 0.0} if step % 100 == 1 else {}})

    steps = [point["step"] for point in history]
    assert len(history) <= HISTORY
    assert steps[0] == 0 and steps[-1] == 4999 and steps == sorted(steps)  # type: ignore[type-var]
    assert sum(bool(point["validation"]) for point in history) == 50
