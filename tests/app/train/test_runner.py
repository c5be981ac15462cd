"""Runs are paused, stopped, cancelled, killed and continued; what was there before them stays until one is accepted."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
import torch
from pytestqt.qtbot import QtBot

from poseviewer.app.document import Document
from poseviewer.app.notices import Notices
from poseviewer.app.tasks import Tasks
from poseviewer.app.train.runner import Runner
from poseviewer.core import edits
from poseviewer.core.project import Project
from poseviewer.io.project_file import ProjectFile
from poseviewer.io.run_store import RunStore, state_file
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.models.card import read_card
from poseviewer.models.checkpoint import read_tensors
from poseviewer.models.lifter import load_lifter

ROOT = Path(__file__).resolve().parents[3]
TINY = Path(__file__).with_name("tiny.py")


def _tiny() -> ModuleType:
    """The module beside this one, which is also a program of its own: the one that is killed."""
    spec = importlib.util.spec_from_file_location("tiny", TINY)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tiny = _tiny()


class World:
    """A window's part of training, with what was said to the user."""

    def __init__(self, folder: Path, document: Document | None = None) -> None:
        self.notices, self.said = Notices(), []
        self.notices.shown.connect(self.said.append)
        self.notices.said.connect(self.said.append)
        self.tasks = Tasks(self.notices)
        self.document = document or Document(tiny.quadruped())
        self.runner = Runner(self.document, self.tasks, self.notices, RunStore(folder / "runs"))

    def close(self) -> None:
        self.runner.close()
        self.tasks.close()
        self.document.close()


Make = Callable[..., World]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[Make]:
    (tmp_path / "presets").mkdir()
    tiny.install(tmp_path / "presets", monkeypatch)
    made: list[World] = []

    def make(document: Document | None = None) -> World:
        made.append(World(tmp_path, document))
        return made[-1]

    yield make
    for world in made:
        world.close()


@pytest.fixture
def world(make: Make) -> World:
    return make()


def reach(qtbot: QtBot, runner: Runner, state: str, act: Callable[[], object], run: str = "") -> str:
    """Do something and wait for a run to come to a state; its id."""
    with qtbot.waitSignal(
        runner.state_changed, timeout=60000, check_params_cb=lambda i, s: s == state and run in ("", i)
    ) as signal:
        act()
    return str(signal.args[0])


def at_step(qtbot: QtBot, runner: Runner, step: int) -> None:
    with qtbot.waitSignal(runner.reported, timeout=60000, check_params_cb=lambda report: report.step >= step):
        pass


def whole_run(qtbot: QtBot, runner: Runner, **changes: object) -> Path:
    """The model of a run that nobody touched."""
    run = reach(qtbot, runner, "finished", lambda: runner.start(tiny.plan(**changes)))
    return runner.store.load(run).model


def assert_same(a: Path, b: Path) -> None:
    """Bit by bit: the models, and all that a run is continued from."""
    for of in (lambda path: path, state_file):
        one, other = read_tensors(of(a)), read_tensors(of(b))
        assert one.keys() == other.keys()
        assert all(one[name].equal(other[name]) for name in one)


def test_a_run_reports_finishes_and_is_remembered(qtbot: QtBot, world: World, make: Make) -> None:
    reports: list[object] = []
    world.runner.reported.connect(reports.append)

    run = reach(qtbot, world.runner, "finished", lambda: world.runner.start(tiny.plan(title="mine", seed=3)))

    assert [r.step for r in reports] == list(range(1, 13))  # type: ignore[attr-defined]
    last = reports[-1]
    assert (last.id, last.steps, last.poses_seen, last.device) == (run, 12, 192, "cpu")  # type: ignore[attr-defined]
    assert last.rate > 0 and last.eta_s == 0 and "L_ed" in last.validation  # type: ignore[attr-defined]
    record = make(world.document).runner.records()[0]
    assert (record.title, record.state, record.step, record.steps, record.start) == (
        "mine",
        "finished",
        12,
        12,
        "nothing",
    )
    assert record.settings == {"seed": 3, "device": "cpu"}
    assert [p["step"] for p in record.history] == list(range(1, 13))
    assert record.ranges == world.document.project.ranges and record.project == world.document.project_id
    assert world.runner.current is None and not world.runner.busy
    assert world.said == ["mine is trained; press Use this model to lift with it."]


def test_paused_resumed_stopped_and_continued_is_as_never_interrupted(qtbot: QtBot, world: World) -> None:
    runner = world.runner
    run = runner.start(tiny.plan())
    at_step(qtbot, runner, 2)
    reach(qtbot, runner, "paused", runner.pause)
    assert runner.current is not None and runner.current.id == run and not runner.busy
    assert runner.store.load(run).state == "paused"
    paused_at = runner.current.step
    assert 2 <= paused_at < 12
    runner.resume()
    at_step(qtbot, runner, paused_at + 2)
    reach(qtbot, runner, "stopped", runner.stop)
    assert runner.current is None
    stopped = runner.store.load(run)
    assert paused_at < stopped.step < 12 and read_card(stopped.model).steps == stopped.step
    assert load_lifter(stopped.model, world.document.project.skeleton, "cpu").card.preset == "tiny"

    assert reach(qtbot, runner, "finished", lambda: runner.continue_run(run)) == run

    assert_same(whole_run(qtbot, runner), runner.store.load(run).model)
    assert not runner.continue_run(run)
    assert "only one that is not over" in world.said[-1]


def test_a_resume_before_the_pause_has_come_goes_on(qtbot: QtBot, world: World) -> None:
    run = world.runner.start(tiny.plan())
    at_step(qtbot, world.runner, 1)

    def both() -> None:
        world.runner.pause()
        world.runner.resume()

    reach(qtbot, world.runner, "finished", both)

    assert_same(whole_run(qtbot, world.runner), world.runner.store.load(run).model)


def test_cancel_ends_within_a_second_and_leaves_nothing(qtbot: QtBot, world: World) -> None:
    runner = world.runner
    run = runner.start(tiny.plan(batch=200_000, steps=1000))  # a step of minutes
    at_step(qtbot, runner, 0)
    began = time.perf_counter()

    reach(qtbot, runner, "discarded", runner.cancel, run)

    assert (runner.current, runner.records()) == (None, ())
    qtbot.waitUntil(lambda: world.tasks.count == 0, timeout=10000)
    assert time.perf_counter() - began < 1.0
    assert not (runner.store.folder / run).exists()
    assert world.said == []


def test_a_killed_program_is_offered_to_be_continued_and_goes_on_as_if_nothing_was(
    qtbot: QtBot, make: Make, tmp_path: Path
) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(TINY), str(tmp_path / "presets"), str(tmp_path / "runs")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as program:
        assert program.stdout is not None
        while int(program.stdout.readline()) < 4:
            pass
        program.kill()
    (record,) = RunStore(tmp_path / "runs").records()
    assert record.state == "interrupted"
    steps = read_card(state_file(record.model)).steps
    assert steps >= 4
    world = make(document_of(record.project))
    assert [r.id for r in world.runner.interrupted()] == [record.id]

    again = reach(qtbot, world.runner, "finished", lambda: world.runner.continue_run(record.id))

    assert again == record.id
    assert_same(whole_run(qtbot, world.runner, steps=60), world.runner.store.load(again).model)


def document_of(project: str) -> Document:
    document = Document(tiny.quadruped())
    document._file.id = project
    return document


def test_a_full_disk_fails_the_run_and_keeps_what_there_was(
    qtbot: QtBot, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = world.runner
    run = runner.start(tiny.plan(steps=1000))
    at_step(qtbot, runner, 2)
    real = os.fsync

    def full(number: int) -> None:
        if "model" in str(Path(f"/proc/self/fd/{number}").readlink()):
            raise OSError(28, "No space left on device")
        real(number)

    with monkeypatch.context() as patch:
        reach(qtbot, runner, "failed", lambda: patch.setattr(os, "fsync", full), run)
    record = runner.store.load(run)

    assert "No space left on device" in record.message and "free some space" in record.message
    assert world.said == [record.message]
    assert read_card(record.model).steps == record.step == read_card(state_file(record.model)).steps
    assert sorted(p.suffix for p in record.model.parent.iterdir()) == [".json", ".safetensors", ".state"]
    reach(qtbot, runner, "running", lambda: runner.continue_run(run))
    at_step(qtbot, runner, record.step + 1)


def test_a_device_without_memory_halves_the_batch_and_says_so(
    qtbot: QtBot, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.lifter import LifterRun

    losses = LifterRun.losses

    def small(run: LifterRun, batch: object) -> object:
        if batch.present.shape[-1] > 500:  # type: ignore[attr-defined]
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return losses(run, batch)  # type: ignore[arg-type]

    monkeypatch.setattr(LifterRun, "losses", small)
    messages: list[str] = []
    world.runner.reported.connect(lambda report: messages.append(report.message))

    run = reach(qtbot, world.runner, "finished", lambda: world.runner.start(tiny.plan(batch=1000, steps=3)))

    said = "".join(messages)  # on a slow machine a report comes before the first step is over
    assert "ran out of memory, so every batch of 1,000 poses is now computed in pieces of 500" in said
    assert messages[1:] == ["", ""]
    assert read_card(world.runner.store.load(run).model).poses_seen == 3000


def test_a_loss_that_is_no_number_fails_in_a_sentence(
    qtbot: QtBot, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.lifter import LifterRun

    nothing = torch.tensor(float("nan"), requires_grad=True)
    monkeypatch.setattr(LifterRun, "losses", lambda run, batch: {"joint": nothing})

    reach(qtbot, world.runner, "failed", lambda: world.runner.start(tiny.plan()))

    assert "'joint' is no longer a number" in world.said[0]
    assert world.runner.current is None


def test_only_accepting_changes_the_project_and_undo_takes_it_back(qtbot: QtBot, world: World) -> None:
    runner, document = world.runner, world.document
    before = document.project
    run = reach(qtbot, runner, "finished", lambda: runner.start(tiny.plan()))
    assert document.project is before and not document.can_undo

    assert runner.accept(run)

    accepted = document.project.model
    assert Path(accepted).name == "lifter-tiny-12.safetensors"
    assert read_card(Path(accepted)).steps == 12
    assert document.project.ranges is before.ranges
    assert not runner.discard(run) and "The project uses the model of this run" in world.said[-1]
    document.undo()
    assert document.project.model == ""
    assert runner.discard(run) and runner.records() == ()


def test_a_run_of_another_skeleton_is_refused(qtbot: QtBot, world: World) -> None:
    run = reach(qtbot, world.runner, "finished", lambda: world.runner.start(tiny.plan()))
    human = load_ranges("human17")
    world.document.push(edits.set_skeleton(world.document.project, human.skeleton, human))

    assert not world.runner.accept(run)

    assert "was trained for the skeleton 'quadruped16'" in world.said[-1]
    assert world.document.project.model == ""


def test_what_cannot_be_started_is_said(qtbot: QtBot, world: World, tmp_path: Path) -> None:
    runner = world.runner
    assert runner.start(tiny.plan(preset="soup")) == ""
    assert "There is no lifter preset 'soup'" in world.said[-1]
    world.document.push(edits.set_model(world.document.project, str(tmp_path / "gone.safetensors")))
    assert runner.start(tiny.plan(start="current")) == ""
    assert "There is no model" in world.said[-1]
    assert runner.records() == ()
    run = runner.start(tiny.plan(steps=1000))
    assert runner.start(tiny.plan()) == ""
    assert "training already" in world.said[-1]
    assert not runner.accept(run) and "has no model yet" in world.said[-1]
    assert not runner.continue_run("nothing") and "it was deleted" in world.said[-1]


def test_a_model_of_another_shape_is_refused_when_the_run_begins(qtbot: QtBot, world: World) -> None:
    reach(qtbot, world.runner, "failed", lambda: world.runner.start(tiny.plan(start="shipped")))

    assert "has another network or skeleton than this run" in world.said[-1]


def test_closing_while_it_trains_keeps_the_run_for_another_day(qtbot: QtBot, make: Make) -> None:
    world = make()
    run = world.runner.start(tiny.plan(steps=1000))
    at_step(qtbot, world.runner, 3)

    world.runner.close()

    assert world.tasks.count == 0
    record = make(world.document).runner.interrupted()[0]
    assert record.id == run and record.step >= 3
    assert read_card(state_file(record.model)).steps == record.step


def test_closing_the_windows_tasks_first_keeps_it_too(qtbot: QtBot, make: Make) -> None:
    world = make()
    world.runner.start(tiny.plan(steps=1000))
    at_step(qtbot, world.runner, 1)

    world.tasks.close()
    world.runner.close()

    assert [r.state for r in make(world.document).runner.records()] == ["interrupted"]


def test_a_paused_run_survives_the_window(qtbot: QtBot, make: Make) -> None:
    world = make()
    run = world.runner.start(tiny.plan())
    at_step(qtbot, world.runner, 1)
    reach(qtbot, world.runner, "paused", world.runner.pause)
    world.runner.close()

    later = make(world.document)
    assert [r.id for r in later.runner.interrupted()] == [run]
    reach(qtbot, later.runner, "finished", lambda: later.runner.continue_run(run))


def test_a_copy_of_the_project_under_a_new_name_has_the_same_runs(qtbot: QtBot, make: Make, tmp_path: Path) -> None:
    file = ProjectFile.create(tmp_path / "dog.poseproj", tiny.quadruped())
    world = make(Document(file.project, file))
    run = reach(qtbot, world.runner, "finished", lambda: world.runner.start(tiny.plan(steps=1)))

    assert world.document.save_as(tmp_path / "copy.poseproj")

    assert [r.id for r in world.runner.records()] == [run]
    assert make().runner.records() == ()  # another project has none


def test_a_model_is_exported(qtbot: QtBot, world: World, tmp_path: Path) -> None:
    run = reach(qtbot, world.runner, "finished", lambda: world.runner.start(tiny.plan(steps=1)))

    assert world.runner.export(run, tmp_path / "dog.safetensors")
    assert (tmp_path / "dog.safetensors").read_bytes() == world.runner.store.load(run).model.read_bytes()
    assert not world.runner.export(run, tmp_path / "nowhere" / "dog.safetensors")
    assert "choose another place" in world.said[-1]


def test_a_new_run_leaves_a_paused_one_to_be_continued_later(qtbot: QtBot, world: World) -> None:
    runner = world.runner
    first = runner.start(tiny.plan(steps=1000))
    at_step(qtbot, runner, 1)
    reach(qtbot, runner, "paused", runner.pause)

    second = reach(qtbot, runner, "finished", lambda: runner.start(tiny.plan()))

    assert {r.id: r.state for r in runner.records()} == {first: "stopped", second: "finished"}


def test_labelled_frames_are_validated_on(qtbot: QtBot, make: Make, tmp_path: Path) -> None:
    world = make(Document(labelled()))

    reach(qtbot, world.runner, "finished", lambda: world.runner.start(tiny.plan(steps=1)))

    figures = world.runner.records()[0].validation
    assert {"L_ed", "own reprojection px", "own reprojection %", "own hidden keypoint %", "own swaps"} <= set(figures)


def labelled() -> Project:
    from poseviewer.core.pose import Pose2D
    from poseviewer.core.project import FrameKey, Instance
    from poseviewer.synthesis.generate import synthesize

    project = tiny.quadruped()
    keypoints = synthesize(project.skeleton, project.ranges, 5).keypoints
    for frame, xy in enumerate(keypoints):
        project = project.with_instances(FrameKey("clip", frame), (Instance(Pose2D(100 * xy)),))
    return project
