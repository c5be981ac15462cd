"""Pure edits of what a detector said: add its predictions, accept them, clear them. Also to be had from `edits`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from poseviewer.core.errors import PoseInputError
from poseviewer.core.project import Change, Edit, FrameKey, Instance, Project

Frames = dict[FrameKey, tuple[Instance, ...]]


def add_predictions(project: Project, predictions: Mapping[FrameKey, Instance], text: str = "Detect") -> Edit:
    """Put a detector's answer on frames, in place of what was predicted there before.

    A frame with an instance of the user's own is left alone, and so is one whose media is no longer in the project.
    An answer without a keypoint takes the older prediction away.

    Raises:
        PoseInputError: a prediction has another number of joints than the project's skeleton.
    """
    joints = project.skeleton.joint_count
    media = {m.id for m in project.media}
    changed: Frames = {}
    for key, prediction in predictions.items():
        if len(prediction.pose) != joints:
            raise PoseInputError(
                f"The predictions have {len(prediction.pose)} joints but {project.skeleton.name} has {joints}; "
                "detect again with a detector of this skeleton."
            )
        old = project.instances(key)
        if key.media not in media or any(not i.predicted for i in old):
            continue
        said = prediction if prediction.predicted else replace(prediction, predicted=True)
        new = (said,) if said.pose.present_count else ()
        if new != old:
            changed[key] = new
    return _edit(project, changed, text)


def accept_predictions(project: Project, keys: Iterable[FrameKey], text: str = "") -> Edit:
    """Make the predictions on these frames the user's own; other frames stay as they are."""
    changed: Frames = {}
    for key in keys:
        old = project.instances(key)
        if any(i.predicted for i in old):
            changed[key] = tuple(Instance(i.pose, i.identity) if i.predicted else i for i in old)
    return _edit(project, changed, text or f"Accept {_count(changed)}")


def clear_predictions(project: Project, keys: Iterable[FrameKey], text: str = "") -> Edit:
    """Take the predictions off these frames; what is the user's own stays."""
    changed: Frames = {}
    for key in keys:
        old = project.instances(key)
        if any(i.predicted for i in old):
            changed[key] = tuple(i for i in old if not i.predicted)
    return _edit(project, changed, text or f"Clear {_count(changed)}")


def _edit(project: Project, changed: Frames, text: str) -> Edit:
    if not changed:
        return Edit(text, project, project, Change())
    with project.labels.mutate() as labels:
        for key, instances in changed.items():
            if instances:
                labels[key] = instances
            else:
                labels.pop(key, None)
        after = replace(project, labels=labels.finish())
    return Edit(text, project, after, Change(frames=frozenset(changed)))


def _count(changed: Frames) -> str:
    return "prediction" if len(changed) == 1 else f"{len(changed):,} predictions"
