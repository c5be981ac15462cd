"""A random but repeatable stream of edits. As a program, it makes them in a project file and reports each one saved.

python random_edits.py PROJECT SEED
"""

from __future__ import annotations

import math
import random
import sys
from dataclasses import replace
from pathlib import Path

from poseviewer.app.document import Document
from poseviewer.core import edits
from poseviewer.core.project import FrameKey, MediaRef, Project
from poseviewer.core.ranges import BoneLength, Interval, RangePreset, SwingRange
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.project_file import ProjectFile

ARM = Skeleton.from_names("arm", ["shoulder", "elbow", "hand"], [("shoulder", "elbow"), ("elbow", "hand")])


def empty_project() -> Project:
    swing = SwingRange((0.0, -1.0, 0.0), Interval(0.0, math.radians(90)), Interval(0.0, 0.0))
    return Project(ARM, RangePreset("arm", ARM, (swing, swing), (BoneLength(1.0, 0.0),) * 2))


def do_something(document: Document, chance: random.Random) -> None:
    """One random thing that a user may do: mostly keypoints, now and then everything else."""
    kind, project = chance.random(), document.project
    key = FrameKey(f"m{chance.randrange(3)}", chance.randrange(20))
    if kind < 0.12:
        document.undo()
    elif kind < 0.18:
        document.redo()
    elif kind < 0.22:
        document.push(edits.clear_frame(project, key))
    elif kind < 0.28:
        swing = replace(project.ranges.ranges[1], flexion=Interval(0.0, math.radians(chance.randrange(1, 180))))
        document.push(edits.set_ranges(project, project.ranges.with_range(1, swing)))
    elif kind < 0.32:
        name = f"clip{len(project.media)}.mp4"
        media = MediaRef(name, str(Path(sys.argv[0]).resolve().parent / name), "video", 1, "f", 20, 64, 48, 25.0)
        document.push(edits.add_media(project, media))
    elif kind < 0.4:
        document.push(edits.delete_keypoint(project, key, 0, chance.randrange(3)))
    else:
        place = (chance.uniform(0, 640), chance.uniform(0, 480))
        document.push(edits.place_keypoint(project, key, chance.randrange(2), chance.randrange(3), place))


def main() -> None:
    file = ProjectFile.open(sys.argv[1])
    document, chance = Document(file.project, file), random.Random(int(sys.argv[2]))
    while True:
        do_something(document, chance)
        print("saved", flush=True)


if __name__ == "__main__":
    main()
