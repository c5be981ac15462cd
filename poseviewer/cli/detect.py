"""`poseviewer detect`: keypoints on a whole video, images or a project, and 3D poses of them in the same stream."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from poseviewer.cli.console import check_output, write_json, write_line
from poseviewer.cli.detect_places import Place, places_of_media, places_of_project
from poseviewer.cli.detect_result import PROJECT, Found, check_project, write_found, write_poses
from poseviewer.cli.failures import INTERRUPTED, say
from poseviewer.cli.frame_progress import FrameProgress
from poseviewer.cli.stopping import stop_wanted
from poseviewer.core.errors import MediaError, PoseviewerError
from poseviewer.core.project import Project

if TYPE_CHECKING:
    from poseviewer.models.base import Lifter
    from poseviewer.models.detect_media import DetectedFrames
    from poseviewer.models.look import CropDetector

POSES = (".npz", ".csv", ".nc", ".bvh")
LABELS = (".slp", ".json", ".csv", ".npz", PROJECT)


def detect(
    media: Annotated[Path, typer.Argument(metavar="MEDIA", help="A video, an image, a folder of images or a project.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="Where to write: .slp, .json (COCO), .csv (DeepLabCut), .npz, or a project to add to."
            "  [default: MEDIA.predictions.slp]",
        ),
    ] = None,
    model: Annotated[
        str, typer.Option("--model", help="A detector.  [default: the project's, or the one shipped with --skeleton]")
    ] = "",
    skeleton: Annotated[
        str, typer.Option("--skeleton", help="A shipped skeleton or a TOML file.  [default: the model's]")
    ] = "",
    frames: Annotated[
        str, typer.Option("--frames", metavar="0-100", help="Numbers from 0: 0-99, 0-999:10, 5,7; or 'labelled'.")
    ] = "",
    boxes: Annotated[
        str, typer.Option("--boxes", help="Where to look: track, frame (all of it), motion or labelled.")
    ] = "track",
    min_score: Annotated[
        float, typer.Option("--min-score", min=0.0, max=1.0, help="Keypoints less sure than this are absent.")
    ] = 0.2,
    lift: Annotated[
        Path | None, typer.Option("--lift", metavar="OUT.npz", help="Also write 3D poses (.npz, .csv, .nc or .bvh).")
    ] = None,
    lifter: Annotated[
        str, typer.Option("--lifter", help="A lifter for --lift.  [default: the project's, or the shipped one]")
    ] = "",
    device: Annotated[str, typer.Option("--device", help="auto, cpu, cuda or mps.")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Report as JSON.")] = False,
) -> int:
    """Detect keypoints in every frame of media.

    Of each frame one animal is found. Frames that you have labelled yourself in a project are left as they are. Ctrl-C
    stops, and keeps what was detected so far.
    """
    output = output or media.absolute().with_name(f"{media.absolute().name}.predictions.slp")
    _check_labels(output)
    if lift is not None:
        check_output(lift, POSES)
    project = _project(media)
    places = places_of_media(media, frames) if project is None else places_of_project(project, media, frames)
    detector, lifts = _load(_Models(model, skeleton, lifter, device), project, lift is not None)
    if output.suffix.lower() == PROJECT:
        check_project(output, detector.skeleton)
    found = Found(detector.skeleton)
    try:
        stopped, rate = _run(places, detector, lifts, boxes, min_score, found, as_json)
    except PoseviewerError:
        _keep(output, lift, found, media)
        raise
    if not found.detected:
        _nothing(found, media, min_score, stopped)
    write_found(output, found, media)
    if lift is not None and found.lifted:
        write_poses(lift, found)
    report = _report(found, output, lift, stopped) | {
        "frames_per_second": rate,
        "skeleton": detector.skeleton.name,
        "model": getattr(detector, "description", ""),
        "device": detector.device,
    }
    _show(report, as_json)
    return INTERRUPTED if stopped else 0


@dataclass(frozen=True)
class _Models:
    """What the command line says of the models."""

    detector: str
    skeleton: str
    lifter: str
    device: str


def _check_labels(output: Path) -> None:
    """Refuse before any work what could not be written after it.

    Raises:
        PoseviewerError: the name or the folder is wrong, or a library is not there.
    """
    check_output(output, LABELS)
    if output.suffix.lower() == ".slp":
        from poseviewer.io.label_writers import check_sleap

        check_sleap(output)


def _project(media: Path) -> Project | None:
    if media.suffix.lower() != PROJECT:
        return None
    from poseviewer.io.project_file import ProjectFile

    file = ProjectFile.open(media)
    file.close()
    return file.project


def _load(models: _Models, project: Project | None, lifts: bool) -> tuple[CropDetector, Lifter | None]:
    """The detector, and the lifter if one is needed.

    Raises:
        CheckpointError: one of them is missing, damaged or of another skeleton.
    """
    from poseviewer.io.skeleton_files import load_skeleton
    from poseviewer.models.detector import load_detector

    tree = project.skeleton if project is not None else None
    if models.skeleton:
        tree = load_skeleton(models.skeleton)
    own = project.detector if project is not None else ""
    detector = load_detector(models.detector or own or None, tree, models.device)
    if not lifts:
        return detector, None
    from poseviewer.models.lifter import load_lifter

    used = project.model if project is not None else ""
    return detector, load_lifter(models.lifter or used or None, detector.skeleton, models.device)


def _run(
    places: Sequence[Place],
    detector: CropDetector,
    lifter: Lifter | None,
    boxes: str,
    min_score: float,
    found: Found,
    as_json: bool,
) -> tuple[bool, float]:
    """Fill `found`; whether it was stopped before its end, and frames per second."""
    total = sum(len(place.frames) for place in places)
    done = 0
    with (
        stop_wanted("Stopping; writing what was detected ...") as wanted,
        FrameProgress(total, as_json) as progress,
        contextlib.closing(_parts(places, detector, boxes)) as parts,
    ):
        for place, part in parts:
            sure = part.confident(min_score)
            found.parts.append((place, sure))
            if lifter is not None:
                found.lifted += _lifted(sure, lifter)
            done += len(part.frames) + len(part.unreadable)
            progress.add(len(part.frames) + len(part.unreadable))
            if wanted:
                break
        return bool(wanted) and done < total, progress.rate


def _parts(
    places: Sequence[Place], detector: CropDetector, boxes: str
) -> Generator[tuple[Place, DetectedFrames], None, None]:
    """What is detected, place after place. Media that cannot be opened are said and left out, unless all are.

    Raises:
        MediaError: none can be opened.
    """
    from poseviewer.models.detect_media import detect_media

    opened = 0
    for place in places:
        try:
            reader = place.open()
        except MediaError as error:
            if len(places) == 1 or (place is places[-1] and not opened):
                raise
            say(f"Warning: {error}")
            continue
        opened += 1
        if reader.warning:
            say(f"Warning: {reader.warning}")
        with contextlib.closing(reader), contextlib.closing(
            detect_media(reader, detector, place.frames, boxes, place.boxes)
        ) as running:  # fmt: skip
            for part in running:
                yield place, part


def _lifted(part: DetectedFrames, lifter: Lifter) -> Iterator[Any]:
    from poseviewer.models.lift_detected import lift_detected

    return (poses for _, poses in lift_detected([part], lifter))


def _keep(output: Path, lift: Path | None, found: Found, media: Path) -> None:
    """After an error: what was detected before it is written."""
    if not found.detected:
        return
    write_found(output, found, media)
    if lift is not None and found.lifted:
        write_poses(lift, found)
    say(f"{output} holds the {found.frames:,} frames that were detected before this:")


def _nothing(found: Found, media: Path, min_score: float, stopped: bool) -> None:
    """
    Raises:
        PoseviewerError: always; it says why there is nothing to write.
    """
    if stopped:
        raise PoseviewerError("Stopped before anything was detected; nothing was written.")
    if not found.frames:
        raise PoseviewerError(
            f"None of the {len(found.unreadable):,} frames of {media} could be read; copy the media again, or choose "
            f"other frames."
        )
    raise PoseviewerError(
        f"No keypoint was found in {found.frames:,} frames of {media} with a score of at least {min_score:g}; lower "
        f"--min-score, or choose another model."
    )


def _report(found: Found, output: Path, lift: Path | None, stopped: bool) -> dict[str, Any]:
    return {
        "output": str(output),
        "lifted": str(lift) if lift is not None and found.lifted else None,
        "frames": found.frames,
        "detected": found.detected,
        "keypoints": found.keypoints,
        "unreadable": [{"media": str(place.path), "frame": frame} for place, frame in found.unreadable],
        "interrupted": stopped,
    }


def _show(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        write_json(report)
        return
    lost = report["unreadable"]
    if lost:
        numbers = ", ".join(str(entry["frame"]) for entry in lost[:8]) + (", ..." if len(lost) > 8 else "")
        say(f"Warning: {len(lost):,} frames could not be read and were left out: {numbers}.")
    if report["interrupted"]:
        say("Stopped; what was detected so far is kept.")
    speed = f"{report['frames_per_second']:.1f} frames/s by {report['model']} on {report['device']}"
    write_line(
        f"{report['output']}: {report['keypoints']:,} keypoints in {report['detected']:,} of {report['frames']:,} "
        f"frames, {speed}"
    )
    if report["lifted"]:
        write_line(f"{report['lifted']}: their 3D poses")
