"""Pictures to train detectors on: random bodies, coats, places and cameras, with keypoints that are exactly right.

A pure function of uniform numbers, on numpy arrays or torch tensors. On a processor's cores pictures are drawn one by
one, which keeps them in the cache; on a GPU many at once.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from array_api_compat import array_namespace, device
from numpy.typing import NDArray

from poseviewer.core.errors import PoseviewerError
from poseviewer.core.ranges import RangePreset
from poseviewer.synthesis.picture_backgrounds import own_frames, paint, same_kind
from poseviewer.synthesis.picture_clutter import CELL, shadow_cells
from poseviewer.synthesis.picture_coats import NUMBERS, Ink, Surface, shade, solid, surface
from poseviewer.synthesis.picture_cones import Canvas
from poseviewer.synthesis.picture_lens import blur, develop
from poseviewer.synthesis.picture_processes import Workers
from poseviewer.synthesis.picture_scene import Scene, fill, picture_rows, sample_scene, visibility
from poseviewer.synthesis.picture_textures import textures

__all__ = ["PictureBatch", "PictureStream", "draw", "picture_rows", "picture_stream", "render_pictures"]

Array = Any

CHUNK = 16
"""Pictures made from one stretch of random numbers. Part of what a seed means: do not change."""
TOGETHER = 32
"""Pictures drawn at once on a GPU."""
MANY = 200
"""Pictures that take about as long as starting the processes that would draw them."""


@dataclass(frozen=True)
class PictureBatch:
    """images: (N, S, S, 3) uint8 RGB. keypoints: (N, J, 2) float32 pixels, integer = pixel centre, also outside.
    visibility: (N, J) uint8: 2 seen, 1 behind something, 0 outside the picture."""

    images: Array
    keypoints: Array
    visibility: Array


def render_pictures(
    ranges: RangePreset,
    uniforms: Array,
    side: int = 256,
    backgrounds: Array | None = None,
    together: int | None = None,
) -> PictureBatch:
    """Uniform numbers (C, N), C = `picture_rows(ranges)` -> N pictures of `side` pixels.

    Args:
        uniforms: float32, numpy or torch, on any device; the pictures are made there.
        backgrounds: (M, h, w, 3) uint8 RGB: frames of the user's own, of which random parts are put behind the bodies.
        together: pictures drawn at once; by default one on a processor, whose cache holds no more (four take twice
            as long a picture), and many on a GPU.
    """
    xp = array_namespace(uniforms)
    frames = None if backgrounds is None or not len(backgrounds) else same_kind(backgrounds, uniforms)
    scene = sample_scene(ranges, uniforms, side, 0 if frames is None else int(frames.shape[0]))
    count = uniforms.shape[1]
    step = together or (1 if str(device(uniforms)) == "cpu" else TOGETHER)
    images, seen = [], []
    for first in range(0, count, step):
        at = slice(first, min(first + step, count))
        canvas, image = draw(scene, at, side, frames)
        images.append(image)
        seen.append(visibility(canvas, scene.figures, at, side))
    keypoints = xp.permute_dims(scene.figures.keypoints, (2, 1, 0))
    return PictureBatch(xp.concat(images), keypoints, xp.concat(seen))


def picture_stream(
    ranges: RangePreset,
    seed: int,
    step: int,
    count: int,
    side: int = 256,
    backgrounds: NDArray[np.uint8] | None = None,
) -> PictureBatch:
    """The pictures of step `step` of a seeded stream, made on all cores: the same arguments, the same pictures.

    Where one stream is asked again and again, a `PictureStream` does not start anew each time.

    Raises:
        PoseviewerError: count is below 1, or the backgrounds are not colour pictures.
    """
    with PictureStream(ranges, seed, side, backgrounds) as stream:
        return stream.pictures(step, count)


class PictureStream:
    """The pictures of a seeded stream, step by step, made on all cores: the same arguments, the same pictures.

    The first ones are drawn in threads; if more are asked for than it takes to start them, by other processes too. To
    be closed, or used as a context. Its methods may be called from several threads.
    """

    def __init__(
        self,
        ranges: RangePreset,
        seed: int,
        side: int = 256,
        backgrounds: NDArray[np.uint8] | None = None,
        cores: int | None = None,
    ) -> None:
        """`backgrounds`: as `render_pictures`; they must not be changed meanwhile. `cores`: by default all.

        Raises:
            PoseviewerError: the backgrounds are not colour pictures.
        """
        if backgrounds is not None and (
            backgrounds.ndim != 4 or backgrounds.shape[-1] != 3 or backgrounds.dtype != np.uint8
        ):
            shape = " x ".join(str(n) for n in backgrounds.shape)
            raise PoseviewerError(
                f"Backgrounds of {shape} {backgrounds.dtype} are no RGB pictures; give an array (M, h, w, 3) of uint8."
            )
        self.workers = Workers(partial(_chunk, ranges, seed, side, backgrounds), cores)
        self._lock = threading.Lock()
        self._asked = 0
        self._begun: dict[tuple[int, int], list[Future[PictureBatch]]] = {}
        self._last: tuple[tuple[int, int] | None, PictureBatch | None] = (None, None)

    def __enter__(self) -> PictureStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End threads and processes; what is being made is lost."""
        self.workers.close()

    def pictures(self, step: int, count: int) -> PictureBatch:
        """The pictures of a step. Those of the last step asked for are kept: they need not be made again.

        Raises:
            PoseviewerError: count is below 1.
        """
        if count < 1:
            raise PoseviewerError(f"Cannot render {count} pictures; ask for at least 1.")
        key = (step, count)
        with self._lock:
            last, batch = self._last
            if key == last and batch is not None:
                return batch
            chunks = self._begun.pop(key, None) or self._begin(key)
        made = [chunk.result() for chunk in chunks]
        batch = PictureBatch(
            np.concatenate([b.images for b in made]),
            np.concatenate([b.keypoints for b in made]),
            np.concatenate([b.visibility for b in made]),
        )
        with self._lock:
            self._last = key, batch
        return batch

    def ahead(self, steps: range, count: int) -> None:
        """Begin on the first of these steps, as many as keep all cores busy; let go of what was begun on others."""
        most = -(-2 * self.workers.cores * CHUNK // count)
        keys = [(step, count) for step in steps[:most]]
        with self._lock:
            for key in self._begun.keys() - set(keys):
                for chunk in self._begun.pop(key):
                    chunk.cancel()
            for key in keys:
                if key not in self._begun and key != self._last[0]:
                    self._begun[key] = self._begin(key)

    def _begin(self, key: tuple[int, int]) -> list[Future[PictureBatch]]:
        step, count = key
        self._asked += count
        if self._asked >= MANY:
            self.workers.start()
        return [self.workers.submit(step, chunk, count) for chunk in range(-(-count // CHUNK))]


def _chunk(
    ranges: RangePreset,
    seed: int,
    side: int,
    backgrounds: NDArray[np.uint8] | None,
    step: int,
    chunk: int,
    count: int,
) -> PictureBatch:
    """Chunk number `chunk` of the `count` pictures of a step."""
    generator = np.random.Generator(np.random.SFC64(np.random.SeedSequence((seed, step, chunk))))
    uniforms = generator.random((CHUNK, picture_rows(ranges)), dtype=np.float32)[: count - chunk * CHUNK]
    return render_pictures(ranges, np.ascontiguousarray(uniforms.T), side, backgrounds)


def draw(scene: Scene, at: slice, side: int, frames: Array | None) -> tuple[Canvas, Array]:
    """The pictures `at`: what is in them, and (n, S, S, 3) uint8."""
    flat = textures().like(scene.terms)
    canvas = Canvas.blank(at.stop - at.start, side, scene.terms)
    window = fill(canvas, scene, at, flat)
    picture = paint(scene.backgrounds, at, canvas.steps, flat)
    if frames is not None:
        own, chosen = own_frames(scene.backgrounds, at, frames, canvas.steps)
        picture += chosen * (own - picture)
    soft = scene.backgrounds.numbers["blur"][at]
    blur(picture, {(reach, d): soft for reach in (1, 2, 3) for d in (0, 1)})
    _darken(picture, scene, at, canvas)
    left, top, right, bottom = window
    if right > left and bottom > top:
        _light(picture[:, :, top:bottom, left:right], surface(canvas, window), _ink(scene, at), flat)
    return canvas, develop(picture, {name: value[at] for name, value in scene.lens.items()}, canvas.steps, flat)


def _light(picture: Array, whole: Surface, ink: Ink, flat: Array) -> None:
    """Lay the lit surface over the background (n, 3, h, w), in place."""
    if picture.shape[0] > 1:
        for channel, lit in enumerate(shade(whole, ink, flat)):
            lit -= picture[:, channel, ...]
            lit *= whole.cover
            picture[:, channel, ...] += lit
        return
    seen, place = solid(whole)
    row, column = place // picture.shape[3], place % picture.shape[3]
    for channel, lit in enumerate(shade(seen, ink, flat)):
        plane = picture[0, channel, ...]
        before = plane[row, column]
        plane[row, column] = before + seen.cover[0, 0, :] * (lit[0, 0, :] - before)


def _darken(picture: Array, scene: Scene, at: slice, canvas: Canvas) -> None:
    """Lay the shadow on the floor onto the background, in place."""
    if max(scene.boxes["dark"][at]) <= 0:
        return
    xp = array_namespace(picture)
    shadows = scene.shadows
    cells = shadow_cells(shadows.ends[..., at], shadows.radii[:, at], canvas.steps[: picture.shape[-1] // CELL])
    wide = xp.repeat(xp.repeat(cells, CELL, axis=1), CELL, axis=2)[:, None, ...]
    full = 1 + 0 * scene.shadows.dark[at]
    blur(wide, {(reach, d): full for reach in (4, 2, 1) for d in (0, 1)})
    wide *= -scene.shadows.dark[at][:, None, None, None]
    wide += 1
    picture[:, :, : wide.shape[2], : wide.shape[3]] *= wide


def _ink(scene: Scene, at: slice) -> Ink:
    xp = array_namespace(scene.terms)
    coats, clutter = scene.coats, scene.clutter
    roles = [scene.body.plan.roles.index(cone.role) for cone in scene.body.plan.cones]
    nothing = 0 * coats.reach[:1, at]
    colours = xp.concat(
        [0 * coats.colours[:, :1, at], coats.colours[:, roles, :][:, :, at], clutter.colours[:, :, at]], axis=1
    )
    reach = xp.concat([nothing, coats.reach[roles, :][:, at], clutter.reach[:, at]])
    return Ink(
        xp.permute_dims(colours, (2, 1, 0)) + 0,
        xp.permute_dims(reach, (1, 0)) + 0,
        xp.permute_dims(coats.pattern[:, at], (1, 0)),
        {name: coats.numbers[k, at] for k, name in enumerate(NUMBERS)},
        xp.permute_dims(coats.sun[:, at], (1, 0)),
        xp.permute_dims(coats.sky[:, at], (1, 0)),
        xp.permute_dims(coats.light[:, at], (1, 0)),
        # Row by row the body's axes: the inverse of a rotation is its transpose.
        xp.permute_dims(scene.figures.turn[:, :, at], (2, 1, 0)),
        xp.permute_dims(scene.figures.centre[:, at], (1, 0)),
        scene.figures.size[at],
    )
