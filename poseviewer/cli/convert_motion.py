"""`poseviewer convert` of 3D motion capture: a file or a folder of it becomes one file of poses."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from poseviewer.cli.console import check_output, write_json, write_line
from poseviewer.cli.failures import say

if TYPE_CHECKING:
    from poseviewer.io.motion_files import MotionOptions


def convert_motion(source: Path, output: Path, options: MotionOptions, as_json: bool) -> None:
    """Read motion capture and write its poses.

    Raises:
        PoseviewerError: it cannot be read, or the output is no .npz.
    """
    check_output(output, [".npz"])
    from poseviewer.io.motion_files import read_motion
    from poseviewer.io.poses_npz import write_poses

    read = read_motion(source, options, None if as_json else _count)
    poses = read.poses
    for note in read.notes:
        say(f"Note: {note}")
    write_poses(output, poses)
    if as_json:
        write_json(
            {
                "output": str(output),
                "tool": ", ".join(read.kinds),
                "clips": len(poses.clip_len),
                "poses": len(poses),
                "joint_names": list(poses.joint_names),
                "unit": poses.unit,
                "fps": poses.fps or None,
                "notes": list(read.notes),
            }
        )
        return
    what = "poses" if poses.joints is not None else "poses in 2D"
    unit = f" in {poses.unit}" if poses.unit else ""
    count = len(poses.clip_len)
    clips = f"{count:,} clip{'s' * (count != 1)}"
    write_line(
        f"{output}: {len(poses):,} {what} of {len(poses.joint_names)} joints{unit} in {clips}, "
        f"from {', '.join(read.kinds)}"
    )


def _count(done: int, total: int) -> None:
    """Files read so far, on one line that is written over, where somebody is watching."""
    if total > 1 and sys.stderr.isatty():
        sys.stderr.write(f"\r{done:,} of {total:,} files{chr(10) if done == total else ''}")
        sys.stderr.flush()
