"""Pure edits of a project. Each takes the project and returns the `Edit` that a document may push.

The edits of what a detector said are in `prediction_edits` and can be had from here too.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from poseviewer.core.pose import Pose2D, Visibility
from poseviewer.core.prediction_edits import accept_predictions as accept_predictions
from poseviewer.core.prediction_edits import add_predictions as add_predictions
from poseviewer.core.prediction_edits import clear_predictions as clear_predictions
from poseviewer.core.project import Change, Edit, FrameKey, Instance, MediaRef, Project
from poseviewer.core.ranges import RangePreset
from poseviewer.core.skeleton import Skeleton


def set_pose(project: Project, key: FrameKey, instance: int, pose: Pose2D, text: str = "Edit pose") -> Edit:
    """Replace one instance's keypoints; the instance becomes the user's own. Equal keypoints: an empty edit."""
    old = project.instances(key)
    if instance < len(old) and old[instance].pose == pose and not old[instance].predicted:
        return Edit(text, project, project, Change())
    if instance < len(old):
        changed = replace(old[instance], pose=pose, predicted=False, scores=None)
        new = (*old[:instance], changed, *old[instance + 1 :])
    else:
        new = (*old, Instance(pose))
    kept = tuple(i for i in new if i.pose.present_count)
    return Edit(text, project, project.with_instances(key, kept), Change(frames=frozenset({key})))


def place_keypoint(
    project: Project, key: FrameKey, instance: int, joint: int, xy: tuple[float, float], visibility: int | None = None
) -> Edit:
    """Click or drag one keypoint to a place in pixels."""
    pose = project.pose(key, instance)
    verb = "Move" if pose.present[joint] else "Place"
    new = pose.with_keypoint(joint, xy[0], xy[1], visibility)
    return set_pose(project, key, instance, new, f"{verb} {spoken(project.skeleton.joints[joint])}")


def delete_keypoint(project: Project, key: FrameKey, instance: int, joint: int) -> Edit:
    new = project.pose(key, instance).without_keypoint(joint)
    return set_pose(project, key, instance, new, f"Delete {spoken(project.skeleton.joints[joint])}")


def toggle_occluded(project: Project, key: FrameKey, instance: int, joint: int) -> Edit:
    """Visible becomes occluded and back; an absent keypoint stays absent."""
    pose = project.pose(key, instance)
    state = int(pose.visibility[joint])
    if state == Visibility.ABSENT:
        return Edit("Mark occluded", project, project, Change())
    new = Visibility.VISIBLE if state == Visibility.OCCLUDED else Visibility.OCCLUDED
    name = spoken(project.skeleton.joints[joint])
    return set_pose(
        project, key, instance, pose.with_visibility(joint, new), f"Mark {name} {'visible' if new == 2 else 'occluded'}"
    )


def clear_frame(project: Project, key: FrameKey) -> Edit:
    """Remove every instance of one frame."""
    if not project.instances(key):
        return Edit("Clear frame", project, project, Change())
    return Edit("Clear frame", project, project.with_instances(key, ()), Change(frames=frozenset({key})))


def add_media(project: Project, media: MediaRef) -> Edit:
    after = replace(project, media=(*project.media, media))
    return Edit("Add media", project, after, Change(media=True))


def relink_media(project: Project, media: MediaRef) -> Edit:
    """Point a media of the project (same id) to another place."""
    new = tuple(media if m.id == media.id else m for m in project.media)
    return Edit("Relink media", project, replace(project, media=new), Change(media=True))


def remove_media(project: Project, media_id: str) -> Edit:
    """Take a media and its labels out of the project; the file itself is not touched."""
    gone = frozenset(k for k in project.labels if k.media == media_id)
    labels = project.labels
    for key in gone:
        labels = labels.delete(key)
    kept = tuple(m for m in project.media if m.id != media_id)
    return Edit("Remove media", project, replace(project, media=kept, labels=labels), Change(frames=gone, media=True))


def set_skeleton(project: Project, skeleton: Skeleton, ranges: RangePreset) -> Edit:
    """Change the skeleton, keeping every keypoint whose joint the new one knows by name."""
    if skeleton == project.skeleton:
        return set_ranges(project, ranges)
    sources = [project.skeleton.find_joint(name) for name in skeleton.joints]
    labels = project.labels
    with labels.mutate() as changing:
        for key, instances in labels.items():
            moved = (replace(i, pose=_rename(i.pose, sources), scores=None) for i in instances)
            kept = tuple(i for i in moved if i.pose.present_count)
            if kept:
                changing[key] = kept
            else:
                del changing[key]
        new_labels = changing.finish()
    after = replace(project, skeleton=skeleton, ranges=ranges, labels=new_labels, model="", detector="")
    change = Change(frames=frozenset(labels.keys()), skeleton=True, ranges=True, model=True, detector=True)
    return Edit(f"Change skeleton to {skeleton.name}", project, after, change)


def set_ranges(project: Project, ranges: RangePreset, text: str = "Change ranges") -> Edit:
    if ranges == project.ranges:
        return Edit(text, project, project, Change())
    return Edit(text, project, replace(project, ranges=ranges), Change(ranges=True))


def set_model(project: Project, model: str) -> Edit:
    if model == project.model:
        return Edit("Change model", project, project, Change())
    return Edit("Change model", project, replace(project, model=model), Change(model=True))


def set_detector(project: Project, detector: str) -> Edit:
    """Use another detector: "" for the one shipped for the skeleton, else a checkpoint's path."""
    if detector == project.detector:
        return Edit("Change detector", project, project, Change())
    return Edit("Change detector", project, replace(project, detector=detector), Change(detector=True))


def spoken(joint: str) -> str:
    """A joint's name as it is shown to people."""
    return joint.replace("_", " ")


def _rename(pose: Pose2D, sources: list[int | None]) -> Pose2D:
    """The pose with its keypoints in another order; absent where the source is None."""
    taken = [source or 0 for source in sources]
    known = [source is not None for source in sources]
    return Pose2D(pose.keypoints[taken], np.where(known, pose.visibility[taken], Visibility.ABSENT))
