"""Labels of another tool into an open project: as one edit, which can be undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from poseviewer.core.project import Change, Edit, FrameKey, Instance, MediaRef, Project
from poseviewer.io.label_files import map_to_skeleton
from poseviewer.io.labelled_frames import LabelFile


def labels_to_project_edit(
    project: Project, labels: LabelFile, mapping: Mapping[str, str] | None = None, media_id: str = ""
) -> tuple[Edit, list[str]]:
    """The edit that adds the labels to the project's media, and sentences about what could not be added.

    Media are recognised by their file names, where two have the same name by the folders above it; with
    `media_id` all frames of videos go to that one. A frame that the user has labelled is left as it is;
    predictions on it are replaced.

    Raises:
        LabelFileError: none of the file's keypoints is a joint of the project's skeleton.
        SkeletonError: `mapping` names a joint that the skeleton does not have.
    """
    mapped, report = map_to_skeleton(labels, project.skeleton, mapping)
    places = _Places(project.media, media_id)
    changed: dict[FrameKey, tuple[Instance, ...]] = {}
    unknown, beyond = Counter[str](), Counter[str]()
    own = 0
    for frame in mapped.frames:
        key = places.find(frame.media, frame.frame)
        media = project.find_media(key.media) if key else None
        if key is None or media is None:
            unknown[frame.media] += 1
        elif not 0 <= key.frame < media.frame_count:
            beyond[frame.media] += 1
        elif any(not instance.predicted for instance in project.instances(key)):
            own += 1
        else:
            changed[key] = (*changed.get(key, ()), *frame.instances)
    report += _report(unknown, beyond, own)
    if not changed:
        return Edit("Import labels", project, project, Change()), report
    after = replace(project, labels=project.labels.update(changed))
    return Edit("Import labels", project, after, Change(frames=frozenset(changed))), report


class _Places:
    """Finds the frame of the project that a label file means."""

    def __init__(self, media: Sequence[MediaRef], only: str) -> None:
        self._only = only
        self._known: dict[str, list[tuple[tuple[str, ...], FrameKey]]] = {}
        self._found: dict[str, FrameKey | None] = {}
        for ref in media:
            path = _parts(ref.path)
            self._add(path, FrameKey(ref.id, 0))
            self._add((*path[:-1], PurePosixPath(path[-1]).stem if path else ""), FrameKey(ref.id, 0))
            for number, name in enumerate(ref.files):
                self._add((*path, *_parts(name)) if path[-1:] != _parts(name) else path, FrameKey(ref.id, number))
        self._videos = {ref.id for ref in media if ref.kind == "video"}

    def find(self, media: str, frame: int) -> FrameKey | None:
        if media not in self._found:
            self._found[media] = self._best(_parts(media))
        found = self._found[media]
        if self._only and (found is None or found.media in self._videos):
            return FrameKey(self._only, frame)
        return None if found is None else FrameKey(found.media, found.frame + frame)

    def _add(self, parts: tuple[str, ...], key: FrameKey) -> None:
        if parts:
            self._known.setdefault(parts[-1], []).append((parts, key))

    def _best(self, parts: tuple[str, ...]) -> FrameKey | None:
        """The media that shares most of the path's end; None where that is not one alone."""
        candidates = [(_shared(parts, known), key) for known, key in self._known.get(parts[-1] if parts else "", [])]
        most = max((shared for shared, _ in candidates), default=0)
        best = {key for shared, key in candidates if shared == most}
        return best.pop() if len(best) == 1 else None


def _parts(path: str) -> tuple[str, ...]:
    return PurePosixPath(path.replace("\\", "/").casefold()).parts


def _shared(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    count = 0
    for x, y in zip(reversed(a), reversed(b), strict=False):
        if x != y:
            break
        count += 1
    return count


def _report(unknown: Counter[str], beyond: Counter[str], own: int) -> list[str]:
    report = []
    if unknown:
        names = ", ".join(name or "an unnamed video" for name, _ in unknown.most_common(3))
        more = f" and {len(unknown) - 3} more" if len(unknown) > 3 else ""
        report.append(
            f"{unknown.total():,} frames were left out: the project has no media (or several) called {names}{more}; "
            "add the media first."
        )
    for media, count in beyond.items():
        report.append(f"{count:,} frames were left out: {media} is shorter here than where it was labelled.")
    if own:
        report.append(f"{own:,} frames were left as they are: you have labelled them yourself.")
    return report
