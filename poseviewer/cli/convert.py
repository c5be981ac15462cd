"""`poseviewer convert`: label files of other tools, both ways, the labels of a project, and 3D motion capture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from poseviewer.cli.console import check_output, write_json, write_line
from poseviewer.cli.convert_motion import convert_motion
from poseviewer.cli.failures import say
from poseviewer.core.errors import PoseviewerError

if TYPE_CHECKING:
    from poseviewer.io.label_files import LabelFile


def convert(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="IN", help="Labels of another tool, a project or an .npz; or motion capture, or a folder of it."
        ),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="Where to write: .slp, .json (COCO), .csv or .npz.")],
    skeleton: Annotated[
        str, typer.Option("--skeleton", help="Rename and order the keypoints as this skeleton does.")
    ] = "",
    fps: Annotated[float, typer.Option("--fps", help="Motion capture: keep so many frames per second.")] = 0.0,
    file_fps: Annotated[
        float, typer.Option("--file-fps", help="Motion capture: frames per second of a file that does not say.")
    ] = 0.0,
    unit: Annotated[
        str, typer.Option("--unit", help="Motion capture: m, cm, mm, in or asf (CMU's).  [default: told by the size]")
    ] = "",
    up: Annotated[
        str, typer.Option("--up", help="Motion capture: the axis that is up, y or z; or keep all.  [default: told]")
    ] = "",
    rig: Annotated[str, typer.Option("--rig", help="Motion capture: the .asf of an .amc.  [default: beside it]")] = "",
    skip: Annotated[
        int, typer.Option("--skip", help="Motion capture: frames to leave out at the beginning (a T pose).")
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Report as JSON.")] = False,
) -> None:
    """Convert labels between tools: SLEAP, DeepLabCut, COCO, LEAP and others to SLEAP, COCO, DeepLabCut or .npz.

    An absent keypoint has no coordinates in any of them. Occluded is kept by COCO and .npz.

    Motion capture (.bvh, .amc, folders of them, Human3.6M's and MPI-INF-3DHP's files) becomes an .npz of 3D poses:
    people with human17's joints in mm, z up.
    """
    from poseviewer.io.motion_files import MotionOptions, is_motion

    options = MotionOptions(fps, file_fps, unit, up, Path(rig) if rig else None, skip)
    if is_motion(source):
        if skeleton:
            raise PoseviewerError("--skeleton is for labels: the joints of motion capture are told by their names.")
        convert_motion(source, output, options, as_json)
        return
    if options != MotionOptions():
        raise PoseviewerError(
            f"{source} is no motion capture, which --fps, --file-fps, --unit, --up, --rig, --skip are for."
        )
    from poseviewer.io.label_writers import SUFFIXES, write_labels

    check_output(output, SUFFIXES)
    if output.exists() and output.samefile(source):
        raise PoseviewerError(f"{output} is the input itself; choose another name.")
    labels = read_any(source)
    if skeleton:
        from poseviewer.io.label_files import map_to_skeleton
        from poseviewer.io.skeleton_files import load_skeleton

        labels, notes = map_to_skeleton(labels, load_skeleton(skeleton))
        for note in notes:
            say(f"Note: {note}")
    write_labels(output, labels)
    count = sum(1 for _ in labels.instances())
    if as_json:
        report = {"output": str(output), "tool": labels.tool, "frames": len(labels.frames), "poses": count}
        write_json(report | {"joint_names": list(labels.joint_names)})
    else:
        write_line(f"{output}: {count:,} poses in {len(labels.frames):,} frames, from {labels.tool}")


def read_any(source: Path) -> LabelFile:
    """Labels of any file that has some.

    Raises:
        LabelFileError, ProjectFileError: it cannot be read, or has none.
    """
    if source.suffix.lower() == ".poseproj":
        return _of_project(source)
    if source.suffix.lower() == ".npz":
        from poseviewer.io.npz_labels import read_npz_labels

        return read_npz_labels(source)
    from poseviewer.io.label_files import read_labels

    return read_labels(source)


def _of_project(source: Path) -> LabelFile:
    from poseviewer.core.errors import LabelFileError
    from poseviewer.io.labelled_frames import LabelFile, LabelledFrame
    from poseviewer.io.project_file import ProjectFile

    file = ProjectFile.open(source)
    try:
        project = file.project
    finally:
        file.close()
    frames = []
    for media in project.media:
        for key in sorted(key for key in project.labels if key.media == media.id):
            place = (str(Path(media.path) / media.files[key.frame]), 0) if media.files else (media.path, key.frame)
            frames.append(LabelledFrame(*place, project.labels[key]))
    if not frames:
        raise LabelFileError(f"{source} has no labels yet; click some keypoints first.")
    return LabelFile(str(source), "poseviewer", project.skeleton.joints, tuple(frames))
