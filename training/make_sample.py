"""Make the sample project: a dog trots along a path, rendered with its true keypoints and 3D joints.

    python -m training.make_sample

writes `trot.mp4`, `truth.npz` and `sample.poseproj` into resources/sample. The same seed makes the same pictures.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, MediaRef, Project
from poseviewer.io.atomic import replacing
from poseviewer.io.media import describe, open_media
from poseviewer.io.project_file import ProjectFile
from poseviewer.io.resources import resource
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.coat import farm_dog
from poseviewer.synthesis.dog import DOG
from poseviewer.synthesis.gait import Trot, travelled, trot
from poseviewer.synthesis.meadow import Meadow
from poseviewer.synthesis.render import Quality, Rendered, keypoint_visibility, render, skin_depths
from poseviewer.synthesis.scene import Camera, Light, look_at

VIDEO, TRUTH, PROJECT = "trot.mp4", "truth.npz", "sample.poseproj"
MEDIA_ID = "trot"
SKELETON = "quadruped16"
CONTAINER = {"movflags": "+faststart", "fflags": "+bitexact"}
FINE = Quality(oversample=2)


@dataclass(frozen=True)
class Shot:
    """One take. Angles in degrees, lengths in mm.

    bearing: from where the camera looks at the first and at the last frame; 0 is the dog's left side, positive
    towards its front. glance: how far the dog turns its head to the camera on the way.
    """

    frames: int = 144
    fps: int = 30
    size: tuple[int, int] = (640, 480)
    focal: float = 1120.0
    distance: float = 2750.0
    elevation: float = 5.5
    bearing: tuple[float, float] = (37.0, -13.0)
    glance: float = 34.0
    seed: int = 11
    label_every: int = 10
    quality: Quality = FINE

    @property
    def times(self) -> NDArray[np.float64]:
        """(F,) seconds."""
        return np.arange(self.frames) / self.fps


@dataclass(frozen=True, eq=False)
class Take:
    """What happens in a shot: joints (F, J, 3) in the world, and a camera per frame."""

    joints: NDArray[np.float64]
    cameras: list[Camera]

    @property
    def camera_joints(self) -> NDArray[np.float32]:
        """(F, J, 3) in each frame's camera frame, mm."""
        seen = [camera.to_camera(joints) for camera, joints in zip(self.cameras, self.joints, strict=True)]
        return np.stack(seen).astype(np.float32)

    @property
    def keypoints(self) -> NDArray[np.float32]:
        """(F, J, 2) pixels."""
        pixels = [camera.project(joints) for camera, joints in zip(self.cameras, self.joints, strict=True)]
        return np.stack(pixels).astype(np.float32)


def play(shot: Shot) -> Take:
    """Let the dog trot and the camera follow it, swinging round from its front to its side."""
    gait = Trot()
    phases = shot.times / gait.period
    way = np.linspace(0, 1, shot.frames)
    eased = way * way * (3 - 2 * way)
    glance = np.radians(shot.glance) * np.sin(np.pi * np.clip((way - 0.2) / 0.55, 0, 1)) ** 2
    origin = travelled(phases, gait)
    joints = trot(phases, DOG, gait, glance) + origin[:, None]
    bearing = np.radians(shot.bearing[0] + eased * (shot.bearing[1] - shot.bearing[0]))
    height = np.radians(shot.elevation)
    out = np.stack([np.cos(bearing), -np.sin(bearing), np.full_like(bearing, np.tan(height))], axis=-1)
    # The dog gains a little on the camera: it wanders through the picture.
    drift = np.stack([np.zeros_like(way), 90 + 70 * (way - 0.5), np.full_like(way, 350.0)], axis=-1)
    targets = origin + drift
    places = targets + shot.distance * np.cos(height) * out
    pairs = zip(places, targets, strict=True)
    return Take(joints, [look_at(place, target, shot.focal, shot.size) for place, target in pairs])


def film(shot: Shot, take: Take, frames: Iterable[int] | None = None) -> Iterator[Rendered]:
    """Render the frames of a take, all of them or those asked for."""
    walked = take.joints[:, :, 1]
    meadow = Meadow(shot.seed, (float(walked.min()) - 9000, float(walked.max()) + 12_000))
    coat, light = farm_dog(), Light()
    for frame in range(shot.frames) if frames is None else frames:
        camera = take.cameras[frame]
        background = meadow.paint(camera, frame / shot.fps)
        yield render(DOG, take.joints[frame], camera, light, background, coat, shot.quality)


def write_video(path: Path, images: Iterable[NDArray[np.uint8]], fps: int, size: tuple[int, int]) -> None:
    """Write images (H, W, 3) as H.264 with settings that give the same bytes on every run."""
    with replacing(path) as temporary, av.open(str(temporary), "w", format="mp4", options=CONTAINER) as container:
        stream = container.add_stream("libx264", rate=Fraction(fps))
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.thread_count = 1
        stream.options = {"crf": "20", "preset": "slow", "g": "30", "bf": "2", "threads": "1"}
        for image in images:
            for packet in stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)


def labelled(shot: Shot, media: MediaRef, keypoints: NDArray[np.float32], visibility: NDArray[np.uint8]) -> Project:
    """The project: every tenth frame of the first half is labelled, the others are left to try."""
    ranges = load_ranges(SKELETON)
    project = Project(skeleton=ranges.skeleton, ranges=ranges, media=(media,))
    for frame in range(0, shot.frames // 2, shot.label_every):
        pose = Pose2D(np.round(keypoints[frame].astype(np.float64), 2), visibility[frame])
        project = project.with_instances(FrameKey(media.id, frame), (Instance(pose, identity="dog"),))
    return project


def write_project(folder: Path, shot: Shot, keypoints: NDArray[np.float32], visibility: NDArray[np.uint8]) -> None:
    # From inside the folder, so that the file remembers no other place than "beside me".
    with contextlib.chdir(folder):
        reader = open_media(VIDEO)
        try:
            media = replace(describe(reader, MEDIA_ID), path=VIDEO)
        finally:
            reader.close()
        ProjectFile.create(PROJECT, labelled(shot, media, keypoints, visibility)).close()


def make_sample(folder: Path, shot: Shot) -> Iterator[int]:
    """Make the sample's three files in a folder; yields the number of frames rendered so far."""
    take = play(shot)
    depths = skin_depths(DOG)
    images, visibility = [], []
    for frame, rendered in enumerate(film(shot, take)):
        images.append(rendered.image)
        visibility.append(keypoint_visibility(rendered, take.joints[frame], take.cameras[frame], depths))
        yield frame + 1
    folder.mkdir(parents=True, exist_ok=True)
    write_video(folder / VIDEO, images, shot.fps, shot.size)
    seen = np.stack(visibility)
    with replacing(folder / TRUTH) as temporary:
        np.savez_compressed(
            temporary, joints=take.camera_joints, keypoints=take.keypoints, visibility=seen,
            joint_names=np.array(DOG.joints), fps=np.float32(shot.fps), unit=np.array("mm"),
        )  # fmt: skip
    write_project(folder, shot, take.keypoints, seen)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the sample project.")
    parser.add_argument("--folder", type=Path, default=None, help="where to write it (default: resources/sample)")
    folder = parser.parse_args().folder or resource("sample")
    shot = Shot()
    for done in make_sample(folder, shot):
        sys.stderr.write(f"\r{done}/{shot.frames} frames")
    sys.stderr.write("\n")


if __name__ == "__main__":
    main()
