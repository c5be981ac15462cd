"""What each training stage is to people: what it makes, what it learns from, and what it goes on from. No torch."""

from __future__ import annotations

from dataclasses import dataclass

from poseviewer.core.project import Project

LIFTER, DETECTOR = "lifter", "detector"
FAMILIES = (
    (LIFTER, "Lifter", "Turns keypoints into 3D poses; learns from synthetic poses, or from poses that you have"),
    (DETECTOR, "Detector", "Finds keypoints in pictures; learns from the frames that you label"),
)
"""What a user wants in the end: key, title and hint."""
VERBS = {LIFTER: "lift", DETECTOR: "detect"}
"""What a project does with a model."""
FLAT, SOLID, SOME = "2D poses", "3D poses", "3D poses, or none"
"""What a method learns from: 2D poses, the project's own or from files; 3D poses from files; or those if there are."""


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
    poses: which poses it learns from that somebody has: `FLAT`, `SOLID`, `SOME`, or "" for none.
    why: what a research method is for, in a sentence; "" for stages of everyday use.
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
    poses: str = ""
    why: str = ""

    @property
    def apart(self) -> bool:
        """Whether it is offered last, under a heading: for who looks for it."""
        return self.paper or bool(self.why)

    @property
    def draws(self) -> bool:
        """Whether it draws poses from the ranges."""
        return self.unit == "poses" and self.poses not in (FLAT, SOLID)


def _method(task: str, title: str, poses: str, why: str) -> Stage:
    """A way of learning to lift that a paper describes."""
    return Stage(task, title, LIFTER, LIFTER, unit="poses", poses=poses, why=why)


METHODS = (
    _method(
        "hardy", "Legs and torso apart (Hardy 2022)", FLAT,
        "Learns from 2D poses alone, without ranges or 3D, limbs apart from the trunk; Hardy et al. 2022.",
    ),
    _method(
        "drover", "Random projections (Drover 2018)", FLAT,
        "Learns from 2D poses alone: what it lifts must look real from every side; Drover et al. 2018.",
    ),
    _method(
        "svma", "Single view, several angles (SVMA, Deng 2022)", FLAT,
        "Learns from 2D poses alone, and where the camera stands with them; Deng et al. 2022.",
    ),
    _method(
        "flow", "Likelihood of 2D poses (after ElePose 2022)", FLAT,
        "Learns from 2D poses alone: which turned views are likely; after Wandt et al. 2022.",
    ),
    _method(
        "evolution", "Evolved poses (after Li 2020)", SOME,
        "Breeds poses within your ranges, from a few 3D poses or from none, and learns from them; after Li et al. "
        "2020.",
    ),
    _method(
        "supervised", "From 3D poses (reference)", SOLID,
        "Learns from 3D poses that were measured: the reference that the other methods are held against.",
    ),
)  # fmt: skip
"""Ways to learn to lift for who wants to compare them."""

STAGES = (
    Stage(LIFTER, "Lifter", LIFTER, LIFTER, unit="poses"),
    *METHODS,
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
    """What a project has to learn from.

    labelled, unlabelled: frames with labels of the user's own, and frames without.
    poses: labelled and predicted poses with every keypoint.
    """

    labelled: int = 0
    unlabelled: int = 0
    poses: int = 0

    @classmethod
    def of(cls, project: Project) -> Material:
        labelled = poses = 0
        for instances in project.labels.values():
            placed = [(i.predicted, i.pose.present_count) for i in instances]
            labelled += any(count and not predicted for predicted, count in placed)
            poses += sum(count == project.skeleton.joint_count for _, count in placed)
        return cls(labelled, max(sum(media.frame_count for media in project.media) - labelled, 0), poses)


FEW = 5
"""Labelled frames below which a detector knows too few poses."""


def learns_words(stage: Stage, material: Material, renders: float = 0.0) -> str:
    """What a run would learn from, in a sentence; "" for a lifter, which learns from the ranges."""
    if stage.labels:
        if not material.labelled and renders < 1:
            return ""
        said = f"Learns from your {counted(material.labelled, 'labelled frame')}"
        return f"{said} and from rendered animals." if renders else f"{said}."
    if stage.frames:
        count = material.labelled + material.unlabelled
        return f"Learns from {counted(count, 'frame')} of your videos and images; no labels are needed."
    return ""


def obstacle(stage: Stage, material: Material, renders: float = 0.0, files: int | None = None) -> str:
    """Why a run cannot begin yet and what to do, "" where it can.

    `files`: how many files of poses it would learn from; None: from the project's own keypoints.
    """
    if stage.labels and not material.labelled and renders < 1:
        return (
            "No frame is labelled yet. Label 5 to 10 frames first, as different from each other as you can find: "
            "a detector learns from them."
        )
    if stage.frames and not material.labelled + material.unlabelled:
        return "There are no frames yet. Open a video or images first."
    if stage.poses == FLAT and files is None:
        return few_poses_words(material.poses)
    if stage.poses in (FLAT, SOLID) and not files and files is not None:
        return f"Add a file of {stage.poses} first."
    return ""


def few_poses_words(poses: int) -> str:
    """Why a method cannot learn from a project's own keypoints, "" where it can."""
    from training.pose_material import FEWEST_POSES

    if poses >= FEWEST_POSES:
        return ""
    return (
        f"This project has {counted(poses, 'pose')} with every keypoint; the method needs {FEWEST_POSES} or more. "
        "Detect a video first (Ctrl+Shift+D), or add files of poses."
    )


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


def counted(number: int, noun: str) -> str:
    """`1 pose`, `1,240 poses`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
