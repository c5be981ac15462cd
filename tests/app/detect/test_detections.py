"""A detection beside the window: what it finds is kept while it runs, undone at once, and never over the user's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from poseviewer.app.detect import detections as module
from poseviewer.app.detect.detections import Detections, Outcome
from poseviewer.app.detect.request import DetectRequest, Scope, places_of
from poseviewer.app.document import Document
from poseviewer.core import edits
from poseviewer.core.project import FrameKey, Project
from poseviewer.io.project_file import ProjectFile

ALL = Scope("all", None)


@pytest.fixture
def detections(document: Document, tasks: Any, notices: Any) -> Any:
    made = Detections(document, tasks, notices)
    yield made
    made.close()


def request(document: Document, scope: Scope = ALL) -> DetectRequest:
    return DetectRequest(document.project, places_of(document.project, scope))


def predicted(document: Document) -> list[int]:
    return document.project.predicted_frames("a")


def run(qtbot: QtBot, detections: Detections, asked: DetectRequest) -> Outcome:
    with qtbot.waitSignal(detections.ended) as ended:
        assert detections.start(asked)
    return ended.args[0]


def start_held(qtbot: QtBot, bench: Any, document: Document, detections: Detections) -> None:
    """A detection that is held after its first four frames."""
    bench.gate.clear()
    detections.start(request(document))
    detections.hold()
    bench.gate.set()
    with qtbot.waitSignal(detections.reported, check_params_cb=lambda report: report.held and report.done == 4):
        pass


def test_all_that_it_finds_is_one_step_of_undo(
    qtbot: QtBot, bench: Any, document: Document, detections: Detections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEEP_S", 0.0)  # every batch is written
    monkeypatch.setattr(module, "SHARE", 1e9)
    changes: list[frozenset[FrameKey]] = []
    document.frames_changed.connect(changes.append)

    outcome = run(qtbot, detections, request(document))

    assert len(changes) == 5 and predicted(document) == list(range(20))
    assert outcome.words == "Found an animal in 20 frames of pictures."
    assert document.undo_text == "Detect in pictures"
    document.undo()
    assert predicted(document) == [] and not document.can_undo
    document.redo()
    assert predicted(document) == list(range(20))


def test_it_is_written_now_and_then_and_not_at_every_batch(
    qtbot: QtBot, bench: Any, document: Document, detections: Detections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEEP_S", 1e9)
    changes: list[frozenset[FrameKey]] = []
    document.frames_changed.connect(changes.append)

    run(qtbot, detections, request(document))

    assert [len(frames) for frames in changes] == [4, 16]  # the first at once: there is something to see


def test_what_the_user_labels_meanwhile_is_theirs(
    qtbot: QtBot, bench: Any, document: Document, detections: Detections, pose_of: Any
) -> None:
    bench.gate.clear()
    detections.start(request(document))
    key = FrameKey("a", 3)
    document.push(edits.set_pose(document.project, key, 0, pose_of(document.project)))
    bench.gate.set()
    with qtbot.waitSignal(detections.ended):
        pass

    assert 3 not in predicted(document) and document.project.pose(key) == pose_of(document.project)


def test_held_it_saves_and_goes_on_where_it_was(
    qtbot: QtBot, bench: Any, document: Document, detections: Detections
) -> None:
    start_held(qtbot, bench, document, detections)
    assert detections.held and predicted(document) == [0, 1, 2, 3]

    with qtbot.waitSignal(detections.ended):
        detections.go_on()
    assert predicted(document) == list(range(20))


def test_stopped_it_keeps_what_there_is_and_says_so(
    qtbot: QtBot, bench: Any, document: Document, detections: Detections, notices: Any
) -> None:
    start_held(qtbot, bench, document, detections)
    count = 4

    with qtbot.waitSignal(detections.ended) as ended:
        detections.stop()

    assert ended.args[0] == Outcome("pictures", count, 0, 0, 20, True)
    assert notices.heard[-1] == (
        f"Stopped after {count} of 20 frames: found an animal in {count} frames of pictures. What was found is kept."
    )
    assert len(predicted(document)) == count and detections.request is None
    run(qtbot, detections, request(document, replace(ALL, again=False)))
    assert predicted(document) == list(range(20))
    assert bench.asked[-1][0] == list(range(count, 20))  # the rest


def test_undoing_it_while_it_runs_stops_it(
    qtbot: QtBot, bench: Any, document: Document, detections: Detections, notices: Any
) -> None:
    start_held(qtbot, bench, document, detections)

    with qtbot.waitSignal(detections.changed):
        document.undo()

    assert detections.request is None and predicted(document) == []
    assert "Redo brings back" in notices.heard[-1]
    document.redo()
    assert len(predicted(document)) == 4


def test_the_users_last_click_is_undone_first(
    qtbot: QtBot, bench: Any, document: Document, detections: Detections, pose_of: Any
) -> None:
    start_held(qtbot, bench, document, detections)
    document.push(edits.set_pose(document.project, FrameKey("a", 19), 0, pose_of(document.project)))
    with qtbot.waitSignal(detections.ended):
        detections.go_on()

    document.undo()

    assert document.project.labelled_frames("a") == [] and predicted(document) == list(range(19))
    document.undo()
    assert not document.project.labels


def test_a_detector_that_fails_loses_nothing_that_it_found(
    qtbot: QtBot, bench: Any, document: Document, detections: Detections, notices: Any
) -> None:
    bench.fails_at = 9

    outcome = run(qtbot, detections, request(document))

    assert "The detector has had enough; try another one." in notices.heard
    assert predicted(document) == list(range(8)) and outcome.stopped and outcome.found == 8


def test_frames_ahead_of_a_slow_detector_wait_their_turn(
    qtbot: QtBot, bench: Any, document: Document, detections: Detections, notices: Any
) -> None:
    bench.gate.clear()
    for frame in (2, 3, 4):
        assert detections.start(request(document, Scope("frame", FrameKey("a", frame))))
    bench.gate.set()
    qtbot.waitUntil(lambda: notices.heard[-1:] == ["Found an animal in frame 4 of pictures."])

    assert predicted(document) == [2, 3, 4]
    assert bench.loads == 1


def test_what_cannot_begin_says_why(
    qtbot: QtBot, bench: Any, document: Document, detections: Detections, notices: Any, pose_of: Any
) -> None:
    bench.gate.clear()
    assert detections.start(request(document))
    assert not detections.start(request(document)) and "running already" in notices.heard[-1]
    detections.stop()
    assert notices.heard[-1] == "Stopped before the first frame."
    bench.gate.set()

    document.push(edits.set_pose(document.project, FrameKey("a", 2), 0, pose_of(document.project)))
    assert not detections.start(request(document, Scope("frame", FrameKey("a", 2))))
    assert "labels of your own" in notices.heard[-1]


def test_another_skeleton_ends_it(qtbot: QtBot, bench: Any, document: Document, detections: Detections) -> None:
    from poseviewer.io.skeleton_files import load_ranges

    start_held(qtbot, bench, document, detections)
    people = load_ranges("human17")

    document.push(edits.set_skeleton(document.project, people.skeleton, people))

    assert detections.request is None


def test_closing_keeps_what_was_found_and_waits(
    qtbot: QtBot, bench: Any, document: Document, detections: Detections, tasks: Any
) -> None:
    start_held(qtbot, bench, document, detections)

    detections.close()

    assert len(predicted(document)) == 4 and tasks.count == 0


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome("a.mp4", 1, 0, 0, 1, False), "Found an animal in a.mp4."),
        (Outcome("a.mp4", 0, 1, 0, 1, False), "No animal was found in a.mp4."),
        (
            Outcome("a.mp4", 1200, 1, 3, 1204, False),
            "Found an animal in 1,200 frames of a.mp4. 1 frame shows none. 3 frames could not be read.",
        ),
        (Outcome("a.mp4", 0, 5, 0, 9, True), "Stopped after 5 of 9 frames: no animal was found in a.mp4."),
    ],
)
def test_the_end_in_words(outcome: Outcome, words: str) -> None:
    assert outcome.words == words


def test_what_was_found_is_in_the_file_while_it_runs(
    qtbot: QtBot, bench: Any, project: Project, tmp_path: Path, tasks: Any, notices: Any
) -> None:
    """So a program that is killed then has it."""
    path = tmp_path / "dog.poseproj"
    document = Document(project, ProjectFile.create(path, project))
    detections = Detections(document, tasks, notices)
    start_held(qtbot, bench, document, detections)

    beside = ProjectFile.open(path)

    assert beside.project.predicted_frames("a") == [0, 1, 2, 3]
    beside.close()
    detections.close()
    document.close()


def test_a_project_that_cannot_be_written_says_so_at_once(
    qtbot: QtBot, bench: Any, project: Project, tmp_path: Path, tasks: Any, notices: Any
) -> None:
    path = tmp_path / "dog.poseproj"
    first = ProjectFile.create(path, project)
    file = ProjectFile.open(path)  # another window has it
    document = Document(file.project, file)
    detections = Detections(document, tasks, notices)

    assert not detections.start(request(document))
    assert "open in another window" in notices.heard[-1]
    document.close()
    first.close()


def test_a_disk_that_fails_ends_it(
    qtbot: QtBot, bench: Any, project: Project, tmp_path: Path, tasks: Any, notices: Any
) -> None:
    path = tmp_path / "dog.poseproj"
    document = Document(project, ProjectFile.create(path, project))
    failures: list[str] = []
    document.failed.connect(failures.append)
    detections = Detections(document, tasks, notices)
    start_held(qtbot, bench, document, detections)
    path.rename(tmp_path / "gone.poseproj")

    with qtbot.waitSignal(detections.ended):
        detections.go_on()

    assert len(failures) == 1 and "was moved" in failures[0]
    assert detections.request is None and document.project.predicted_frames("a") == [0, 1, 2, 3]
    detections.close()
    document.close()
