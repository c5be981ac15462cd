"""What each training stage is to people: what it makes, what it learns from, and what it goes on from. No torch."""

from __future__ import annotations

from dataclasses import dataclass

from poseviewer.core.project import Project

LIFTER, DETECTOR = "lifter", "detector"
FAMILIES = (
    (LIFTER, "Lifter", "Turns keypoints into 3D poses; learns from synthetic poses"),
    (DETECTOR, "Detector", "Finds keypoints in pictures; learns from the frames that you label"),
)
"""What a user wants in the end: key, title and hint."""
VERBS = {LIFTER: "lift", DETECTOR: "detect"}
"""What a project does with a model."""


@dataclass(frozen=True)
class Stage:
    """Attributes:
    task: its name in `training`. title: on screen.
    family: which of `FAMILIES` it belongs to.
    makes: what a project can use its models as, "" where they are only gone on from.
    unit: what it learns from, in the plural.
    labels: whether it learns from labelled frames. frames: whether from frames without labels.
    after: the stages whose models it can begin with.
    paper: one of the synthesis paper's stages, which a beginner does not need.
    """

    task: str
    title: str
    family: str
    makes: str
    unit: str = "pictures"
    labels: bool = False
    frames: bool = False
    after: tuple[str, ...] = ()
    paper: bool = False


STAGES = (
    Stage(LIFTER, "Lifter", LIFTER, LIFTER, unit="poses"),
    Stage(DETECTOR, "Detector", DETECTOR, DETECTOR, labels=True),
    Stage("autoencoder", "Autoencoder", DETECTOR, "", frames=True, after=("autoencoder",), paper=True),
    Stage("skips", "Skip connections", DETECTOR, "", frames=True, after=("autoencoder", "skips"), paper=True),
    Stage(
        "landmarks", "Landmarks", DETECTOR, DETECTOR,
        labels=True, after=("skips", "autoencoder", "landmarks"), paper=True,
    ),
    Stage(
        "suppression", "Learned suppression", DETECTOR, DETECTOR,
        labels=True, after=("landmarks", "suppression"), paper=True,
    ),
)  # fmt: skip
_KNOWN = {stage.task: stage for stage in STAGES}


def stage_of(task: str) -> Stage:
    """A stage that is not known makes nothing that a project could use."""
    return _KNOWN.get(task) or Stage(task, task.capitalize(), DETECTOR, "", paper=True)


def in_use_of(project: Project, task: str) -> str:
    """The project's own model of the kind that a stage makes; "" for the shipped one, and where it makes none."""
    return {LIFTER: project.model, DETECTOR: project.detector}.get(stage_of(task).makes, "")


@dataclass(frozen=True)
class Material:
    """What a project has to learn from: labelled frames, and frames without labels."""

    labelled: int = 0
    unlabelled: int = 0

    @classmethod
    def of(cls, project: Project) -> Material:
        labelled = sum(
            any(not i.predicted and i.pose.present_count for i in instances) for instances in project.labels.values()
        )
        return cls(labelled, max(sum(media.frame_count for media in project.media) - labelled, 0))


FEW = 5
"""Labelled frames below which a detector knows too few poses."""


def learns_words(stage: Stage, material: Material, renders: float = 0.0) -> str:
    """What a run would learn from, in a sentence; "" for a lifter, which learns from the ranges."""
    if stage.labels:
        if not material.labelled and renders < 1:
            return ""
        said = f"Learns from your {_counted(material.labelled, 'labelled frame')}"
        return f"{said} and from rendered animals." if renders else f"{said}."
    if stage.frames:
        count = material.labelled + material.unlabelled
        return f"Learns from {_counted(count, 'frame')} of your videos and images; no labels are needed."
    return ""


def obstacle(stage: Stage, material: Material, renders: float = 0.0) -> str:
    """Why a run cannot begin yet and what to do, "" where it can."""
    if stage.labels and not material.labelled and renders < 1:
        return (
            "No frame is labelled yet. Label 5 to 10 frames first, as different from each other as you can find: "
            "a detector learns from them."
        )
    if stage.frames and not material.labelled + material.unlabelled:
        return "There are no frames yet. Open a video or images first."
    return ""


def caution(stage: Stage, material: Material) -> str:
    """What to know before a run begins that may begin, "" where there is nothing."""
    if not stage.labels or not material.labelled or material.labelled >= FEW:
        return ""
    if material.labelled == 1:
        return (
            "Only one frame is labelled: the detector will hardly know the animal in another pose. "
            f"Label {FEW} or more."
        )
    return f"Better with {FEW} to 10 labelled frames that differ from each other."


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
