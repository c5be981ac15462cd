"""What is offered to be trained comes from the presets, and says what it can start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from poseviewer.app.train.plan import RunPlan, find_start, plan_title, presets_for
from poseviewer.app.train.stages import Material
from poseviewer.core.errors import CheckpointError
from poseviewer.io.skeleton_files import load_ranges, load_skeleton
from poseviewer.models.base import shipped_lifter

DOG = load_skeleton("quadruped16")


def test_presets_are_offered_with_what_fits_the_skeleton() -> None:
    offered = {info.name: info for info in presets_for(DOG) if info.task == "lifter"}

    assert next(iter(offered)) == "finetune"
    assert offered["finetune"].can_start == ("shipped",)
    assert offered["quick"].can_start == ("nothing",)
    assert (offered["default"].task, offered["default"].steps, offered["default"].batch) == ("lifter", 20000, 2048)
    assert offered["default"].can_start[0] == "nothing"
    assert all(info.title and info.about.endswith(".") for info in offered.values())


def test_without_a_shipped_model_there_is_nothing_to_fine_tune() -> None:
    offered = {info.name: info.can_start for info in presets_for(load_skeleton("hand21")) if info.task == "lifter"}

    assert offered["finetune"] == ()
    assert offered["quick"] == ("nothing",)


def test_the_projects_own_model_is_offered_where_it_can_be_used(tmp_path: Path) -> None:
    model = str(shipped_lifter("quadruped16"))

    assert {i.name: i.can_start for i in presets_for(DOG, model)}["finetune"] == ("shipped", "current")
    assert {i.name: i.can_start for i in presets_for(DOG, str(tmp_path / "gone"))}["finetune"] == ("shipped",)


def test_a_new_task_is_a_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from training import presets

    (tmp_path / "detector.small.toml").write_text('title = "Small"\nsteps = 5\nbatch = 2\n[shape]\nwidth = 3\n')
    monkeypatch.setattr(presets, "_HERE", tmp_path)

    (info,) = presets_for(DOG)

    assert (info.task, info.name, info.title, info.steps, info.batch) == ("detector", "small", "Small", 5, 2)
    assert info.can_start == ("nothing",)


def test_what_a_run_starts_from_is_written_so_that_it_is_found_again(tmp_path: Path) -> None:
    model = str(shipped_lifter("quadruped16"))

    assert find_start("nothing", model, DOG) == "nothing"
    assert find_start("shipped", model, DOG) == "shipped"
    assert find_start("current", "", DOG) == "shipped"
    assert find_start("current", model, DOG) == model
    with pytest.raises(CheckpointError, match="There is no model"):
        find_start("current", str(tmp_path / "gone"), DOG)
    with pytest.raises(CheckpointError, match="No lifter is shipped for the skeleton 'hand21'"):
        find_start("shipped", "", load_skeleton("hand21"))


def test_only_what_differs_from_the_preset_is_a_setting() -> None:
    assert RunPlan(steps=3).settings == {"steps": 3, "seed": 0, "device": "auto"}
    assert plan_title(RunPlan(preset="finetune"), load_ranges("quadruped16")) == "Fine-tune on quadruped16"


def test_the_papers_stages_come_last_and_in_their_order() -> None:
    tasks = [info.task for info in presets_for(DOG)]
    paper = ["autoencoder", "skips", "landmarks", "suppression"]

    assert tasks.index("autoencoder") > max(i for i, task in enumerate(tasks) if task in ("lifter", "detector"))
    assert [task for task in dict.fromkeys(tasks) if task in paper] == paper


def test_a_stage_goes_on_from_the_model_of_an_earlier_run(tmp_path: Path) -> None:
    model = str(shipped_lifter("quadruped16"))

    assert find_start(model, "", DOG, "skips") == model
    with pytest.raises(CheckpointError, match="no model"):
        find_start(str(tmp_path / "gone"), "", DOG, "skips")


def test_a_detector_starts_from_detectors_only() -> None:
    assert find_start("nothing", "", DOG, "detector") == "nothing"
    with pytest.raises(CheckpointError, match="not a detector"):
        find_start("current", str(shipped_lifter("quadruped16")), DOG, "detector")


def test_a_run_on_labels_is_called_by_how_many_there_are() -> None:
    ranges = load_ranges("quadruped16")

    assert plan_title(RunPlan("detector", "default"), ranges, Material(1, 9)).endswith("on 1 labelled frame")
    assert plan_title(RunPlan("autoencoder", "default"), ranges, Material(1, 9)).endswith("on 10 frames")
    assert plan_title(RunPlan("lifter", "finetune"), ranges, Material(1, 9)).endswith("on quadruped16")


def test_the_methods_of_papers_stand_together_and_begin_with_nothing() -> None:
    offered = [info for info in presets_for(load_skeleton("human17")) if info.stage.why]
    tasks = [info.task for info in offered]

    assert {"drover", "supervised"} <= set(tasks)
    assert tasks == sorted(tasks, key=lambda task: list(dict.fromkeys(tasks)).index(task))
    assert all(info.can_start == ("nothing",) for info in offered)
    (usual,) = [info for info in offered if (info.task, info.name) == ("drover", "default")]
    assert usual.title == "Random projections (Drover 2018)" and usual.about == usual.stage.why


def test_files_of_poses_are_settings_of_the_run() -> None:
    ranges = load_ranges("human17")
    plan = RunPlan("drover", poses=("/data/walk.npz",))

    assert plan.settings["poses"] == ["/data/walk.npz"] and "poses" not in RunPlan("drover").settings
    assert plan_title(plan, ranges, Material()).endswith("on walk")
    assert plan_title(RunPlan("drover", poses=("a.npz", "b.npz")), ranges, Material()).endswith("on 2 files")
    assert plan_title(RunPlan("drover"), ranges, Material(1, 2, 1240)).endswith("on 1,240 poses of this project")
