"""Pointing a project to media that moved, and only to the media that were labelled."""

from __future__ import annotations

from poseviewer.core.edits import relink_media
from poseviewer.core.errors import MediaError
from poseviewer.core.project import Edit, Project
from poseviewer.io.media import MediaReader, describe, frames_match, why_no_match


def relink(project: Project, media_id: str, reader: MediaReader) -> Edit:
    """The edit that points a media of the project to the opened one.

    Labels belong to frames by their numbers, so only the same frames will do: as many, of the same size, showing
    the same. Another container or file name is no obstacle.

    Raises:
        MediaError: it is not what was labelled; says how it differs.
        KeyError: the project has no media of that id.
    """
    labelled = project.find_media(media_id)
    if labelled is None:
        raise KeyError(media_id)
    if not frames_match(reader, labelled):
        raise MediaError(why_no_match(reader, labelled))
    return relink_media(project, describe(reader, media_id))
