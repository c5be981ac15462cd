"""What each stage is to people, and what it says it needs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from poseviewer.app.train.stages import (
    DETECTOR,
    FAMILIES,
    LIFTER,
    STAGES,
    Material,
    caution,
    few_poses_words,
    in_use_of,
    learns_words,
    obstacle,
    stage_of,
)
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, MediaRef, Project
from poseviewer.core.ranges import RangePreset

CLIP = MediaRef("clip", "/videos/clip.mp4", "video", 1, "f", 100, 64, 48, 30.0)


@pytest.fixture
def project(dog: RangePreset) -> Project:
    """Two labelled frames of a hundred, one predicted, and one whose keypoints are all absent."""
    empty = Pose2D.empty(dog.skeleton.joint_count)
    pose = empty.with_keypoint(0, 3.0, 4.0)
    frames = {1: Instance(pose), 2: Instance(pose), 3: Instance(pose, predicted=True), 4: Instance(empty)}
    project = Project(dog.skeleton, dog, (CLIP,), model="l.safetensors", detector="d.safetensors")
    for number, instance in frames.items():
        project = project.with_instances(FrameKey("clip", number), (instance,))
    return project


def test_every_stage_that_has_presets_is_known() -> None:
    from training.presets import stages

    assert set(stages()) <= {stage.task for stage in STAGES}
    assert {stage.family for stage in STAGES} == {key for key, _, _ in FAMILIES}
    assert all(task in {s.task for s in STAGES} for stage in STAGES for task in stage.after)


def test_a_stage_that_is_not_known_makes_nothing() -> None:
    assert (stage_of("soup").makes, stage_of("soup").title) == ("", "Soup")


def test_the_project_uses_a_model_of_each_kind(project: Project) -> None:
    assert in_use_of(project, "lifter") == "l.safetensors"
    assert in_use_of(project, "landmarks") == in_use_of(project, "detector") == "d.safetensors"
    assert in_use_of(project, "autoencoder") == ""


def test_a_method_learns_from_poses_that_somebody_has() -> None:
    methods = {stage.task: stage for stage in STAGES if stage.why}
    assert set(methods) == {"drover", "svma", "hardy", "flow", "evolution", "supervised"}
    assert all(stage.makes == LIFTER and stage.apart and stage.why.endswith(".") for stage in methods.values())
    assert [task for task, stage in methods.items() if stage.draws] == ["evolution"]
    assert stage_of(LIFTER).draws and not stage_of(LIFTER).apart


@pytest.mark.parametrize(
    ("task", "poses", "files", "lacks"),
    [
        ("drover", 12, None, "12 poses with every keypoint; the method needs 200"),
        ("drover", 1, None, "1 pose with"),
        ("drover", 240, None, ""),
        ("drover", 0, 0, "Add a file of 2D poses"),
        ("drover", 0, 1, ""),
        ("supervised", 900, 0, "Add a file of 3D poses"),
        ("supervised", 0, 2, ""),
        ("evolution", 0, None, ""),
        ("evolution", 0, 0, ""),
        (LIFTER, 0, None, ""),
    ],
)
def test_what_a_method_lacks(task: str, poses: int, files: int | None, lacks: str) -> None:
    said = obstacle(stage_of(task), Material(0, 0, poses), files=files)

    assert lacks in said and bool(said) == bool(lacks)
    assert few_poses_words(200) == ""


def test_whole_poses_are_counted_labelled_or_predicted(project: Project, dog: RangePreset) -> None:
    import numpy as np

    whole = Pose2D(np.arange(2.0 * dog.skeleton.joint_count).reshape(-1, 2))
    for number in (7, 8):
        instance = Instance(whole, predicted=number == 8)
        project = project.with_instances(FrameKey("clip", number), (instance,))

    assert Material.of(project).poses == 2


def test_only_what_the_user_placed_is_labelled(project: Project) -> None:
    assert Material.of(project) == Material(2, 98)
    assert Material.of(replace(project, media=())).unlabelled == 0


@pytest.mark.parametrize(
    ("task", "material", "renders", "learns", "lacks", "careful"),
    [
        (LIFTER, Material(), 0.0, "", "", ""),
        (DETECTOR, Material(0, 9), 0.0, "", "Label 5 to 10 frames first", ""),
        (DETECTOR, Material(0, 9), 1.0, "rendered animals", "", ""),
        (DETECTOR, Material(1, 9), 0.0, "1 labelled frame.", "", "Only one frame"),
        (DETECTOR, Material(3, 9), 0.0, "3 labelled frames.", "", "Better with 5"),
        (DETECTOR, Material(12, 9), 0.3, "12 labelled frames and from rendered", "", ""),
        ("autoencoder", Material(), 0.0, "0 frames", "Open a video", ""),
        ("autoencoder", Material(2, 98), 0.0, "100 frames of your videos", "", ""),
    ],
)
def test_what_it_learns_from_and_what_is_lacking(
    task: str, material: Material, renders: float, learns: str, lacks: str, careful: str
) -> None:
    stage = stage_of(task)

    for said, expected in (
        (learns_words(stage, material, renders), learns),
        (obstacle(stage, material, renders), lacks),
        (caution(stage, material), careful),
    ):
        assert expected in said and bool(said) == bool(expected)
