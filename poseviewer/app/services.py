"""What the window lends to the workspace of an open project, and the workspace to its rooms."""

from __future__ import annotations

from dataclasses import dataclass

from poseviewer.app.live_lift import Load, load_shipped
from poseviewer.app.notices import Notices
from poseviewer.app.settings import SettingsStore
from poseviewer.app.status import StatusLine
from poseviewer.app.tasks import Tasks


@dataclass(frozen=True)
class Services:
    """Made by the window for each project; `load` is how a lifter is loaded."""

    store: SettingsStore
    notices: Notices
    tasks: Tasks
    status: StatusLine
    load: Load = load_shipped
