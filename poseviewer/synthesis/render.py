"""A software renderer of bodies: joints and a camera -> an image, its depth, and which joints can be seen in it.

Rays meet the body's round cones by formula. With `blend` the parts then melt into one skin: the rays walk on to
the level of a smooth minimum of their distances. The picture is made in square tiles, so that each ray
is only tried against the parts that are near it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from poseviewer.synthesis.body import Body, PosedParts, extend, pose_parts
from poseviewer.synthesis.coat import Coat, PlainCoat
from poseviewer.synthesis.scene import Camera, Light, to_display
from poseviewer.synthesis.shadow import GroundShade, SunMap
from poseviewer.synthesis.solids import Solids

Floats = NDArray[np.float32]

TILE = 48
STEPS = 40
NEAR = 0.5
"""A ray has met the blended skin when it is this close, mm."""


@dataclass(frozen=True)
class Quality:
    """What a picture may cost.

    oversample: rays per pixel along each axis. blend: melt the parts into one skin. shadows: cast shadows, on the
    body and on the ground at the height `ground` (mm in the world).
    """

    oversample: int = 2
    blend: bool = True
    shadows: bool = True
    ground: float = 0.0


FAST = Quality(oversample=1, blend=False, shadows=False)


@dataclass(frozen=True, eq=False)
class Rendered:
    """A picture and what is known about each of its pixels.

    Attributes:
        image: (H, W, 3) uint8 sRGB.
        depth: (H, W) float32: z in the camera frame, infinite where there is no body.
        part: (H, W) int16: index into the body's parts, -1 where there is no body.
    """

    image: NDArray[np.uint8]
    depth: Floats
    part: NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class _Surface:
    """What n rays meet, in the camera frame. Attributes: ray: (n,) which rays; the others per ray that meets."""

    ray: NDArray[np.intp]
    depth: Floats
    part: NDArray[np.intp]
    normal: Floats
    rest: Floats
    open_sky: Floats

    def moved(self, rays: NDArray[np.intp]) -> _Surface:
        return replace(self, ray=rays[self.ray])


def render(
    body: Body,
    joints: NDArray[np.float64],
    camera: Camera,
    light: Light,
    background: Floats,
    coat: Coat | None = None,
    quality: Quality = FAST,
) -> Rendered:
    """Draw one animal.

    Args:
        joints: (J, 3) in the world, in the order of `body.joints`.
        background: (H, W, 3) float32 linear RGB of the camera's size; shadows are cast onto it.
    """
    parts = pose_parts(body, extend(body, np.asarray(joints, dtype=np.float64)))
    figure = _Figure(body, parts, camera, quality)
    rays = camera.rays(quality.oversample)
    surface = figure.trace(rays)
    sun = SunMap(Solids(parts.maps, parts.offsets, parts.lengths, parts.radii, parts.widths), light.direction, parts)
    colour = _shade(body, figure, surface, rays, camera, light, coat or PlainCoat(), sun if quality.shadows else None)
    ground = GroundShade(sun, parts, quality.ground) if quality.shadows else None
    return _develop(surface, colour, camera, background, quality, ground, rays.shape[1:])


def keypoint_visibility(
    rendered: Rendered, joints: NDArray[np.float64], camera: Camera, skin_depth: NDArray[np.float64]
) -> NDArray[np.uint8]:
    """Which joints can be seen: 2 visible, 1 behind something, 0 outside the image or behind the camera.

    A joint lies under the skin: it counts as visible when no more than its own flesh is in front of it.

    Args:
        joints: (J, 3) in the world. skin_depth: (J,) how far below the skin each may lie, in the same unit.
    """
    height, width = rendered.depth.shape
    depth = camera.to_camera(joints)[:, 2]
    pixels = np.full((len(joints), 2), -1.0)
    pixels[depth > 0] = camera.project(joints[depth > 0])
    column, row = np.rint(pixels).astype(np.intp).T
    inside = (depth > 0) & (column >= 0) & (column < width) & (row >= 0) & (row < height)
    front = rendered.depth[np.where(inside, row, 0), np.where(inside, column, 0)]
    clear = depth - front <= skin_depth
    return np.where(inside, np.where(clear, 2, 1), 0).astype(np.uint8)


def skin_depths(body: Body) -> NDArray[np.float64]:
    """(J,) for `keypoint_visibility`, at the size of the rest pose."""
    return np.array([body.skin_depth[name] for name in body.joints], dtype=np.float64)


class _Figure:
    """The parts of one posed body in the camera's frame: the skin, which may blend, and features, which do not."""

    def __init__(self, body: Body, parts: PosedParts, camera: Camera, quality: Quality) -> None:
        turned = parts.maps @ camera.rotation.T
        moved = parts.offsets + parts.maps @ camera.position
        solids = Solids(turned, moved, parts.lengths, parts.radii, parts.widths)
        coloured = np.array([part.colour is not None for part in body.parts])
        self.skin_index, self.feature_index = np.flatnonzero(~coloured), np.flatnonzero(coloured)
        self.skin, self.features = solids[self.skin_index], solids[self.feature_index]
        self.blend = body.blend if quality.blend else 0.0
        self.margin = 1.7 * self.blend
        self.far = (
            float((camera.to_camera(parts.ends)[..., 2].max(axis=1) + parts.radii.max(axis=1)).max()) + self.margin
        )
        self.hull = self.skin.grown(self.margin)
        self.to_rest, self.rest_offset = _to_rest(body, parts)
        self.boxes = _boxes(parts, camera, self.margin) * quality.oversample

    def trace(self, rays: Floats) -> _Surface:
        """What each ray of the picture (3, H, W) meets."""
        height, width = rays.shape[1:]
        number = np.arange(height * width).reshape(height, width)
        found = []
        for top in range(0, height, TILE):
            for left in range(0, width, TILE):
                box = (left, top, min(left + TILE, width), min(top + TILE, height))
                near = _overlapping(self.boxes, box)
                if near.any():
                    window = slice(box[1], box[3]), slice(box[0], box[2])
                    directions = rays[:, window[0], window[1]].reshape(3, -1)
                    found.append(self._trace_tile(directions, near).moved(number[window].ravel()))
        return _joined(found)

    def _trace_tile(self, directions: Floats, near: NDArray[np.bool_]) -> _Surface:
        skin = np.flatnonzero(near[self.skin_index])
        features = np.flatnonzero(near[self.feature_index])
        reached = self._skin(directions, skin)
        if not len(features):
            return reached
        return _nearer(reached, self._features(directions, features), directions.shape[1])

    def _skin(self, directions: Floats, chosen: NDArray[np.intp]) -> _Surface:
        if not len(chosen):
            return _nothing()
        solids = self.skin[chosen]
        t = self.hull[chosen].hit(np.zeros((3, 1), dtype=np.float32), directions).min(axis=0)
        ray = np.flatnonzero(np.isfinite(t))
        if not len(ray):
            return _nothing()
        t, directions = t[ray], directions[:, ray]
        if self.blend:
            t, met = self._walk(solids, directions, t)
            ray, t, directions = ray[met], t[met], directions[:, met]
        return self._describe(solids, self.skin_index[chosen], directions, ray, t)

    def _features(self, directions: Floats, chosen: NDArray[np.intp]) -> _Surface:
        solids = self.features[chosen]
        t = solids.hit(np.zeros((3, 1), dtype=np.float32), directions).min(axis=0)
        ray = np.flatnonzero(np.isfinite(t))
        return self._describe(solids, self.feature_index[chosen], directions[:, ray], ray, t[ray], blend=0.0)

    def _walk(self, solids: Solids, directions: Floats, t: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Sphere tracing from the hull to the blended skin; and which rays got there."""
        speed = 1 / np.sqrt((directions**2).sum(axis=0))
        t = t.copy()
        open_rays = np.arange(len(t))
        gap = np.full(len(t), np.inf, dtype=np.float32)
        for _ in range(STEPS):
            points = directions[:, open_rays] * t[open_rays]
            distance, _ = solids.distance(solids.local(points))
            step = _blended(distance, self.blend)[0]
            gap[open_rays] = step
            t[open_rays] += step * speed[open_rays]
            open_rays = open_rays[(step > 0.2 * NEAR) & (t[open_rays] < self.far)]
            if not len(open_rays):
                break
        return t, gap < NEAR

    def _describe(
        self, solids: Solids, index: NDArray[np.intp], directions: Floats, ray: NDArray[np.intp], t: Floats,
        blend: float | None = None,
    ) -> _Surface:  # fmt: skip
        """Normal, place at rest and openness where rays meet the parts `index`."""
        points = directions * t
        local = solids.local(points)
        distance, normals = solids.distance(local)
        _, weight = _blended(distance, (self.blend if blend is None else blend) or 1e-2)
        normal = _normalised((weight[:, None] * solids.world_normals(normals)).sum(axis=0))
        rest = (weight[:, None] * (np.matmul(self.to_rest[index], local) + self.rest_offset[index])).sum(axis=0)
        reach = 28.0
        around, _ = solids.distance(solids.local(points + reach * normal))
        open_sky = np.clip(around.min(axis=0) / reach, 0, 1)
        return _Surface(ray, t, index[distance.argmin(axis=0)], normal, rest, open_sky)


def _blended(distance: Floats, blend: float) -> tuple[Floats, Floats]:
    """The smooth minimum of distances (K, n) -> (n,), and how much each part has in it, (K, n)."""
    least = distance.min(axis=0)
    share = np.exp(-(distance - least) / blend)
    total = share.sum(axis=0)
    return least - blend * np.log(total), share / total


def _to_rest(body: Body, parts: PosedParts) -> tuple[Floats, Floats]:
    """(K, 3, 3), (K, 3, 1): from each posed part's own frame to places on the body at rest."""
    rest = body.rest_parts
    shrink = rest.radii[:, :1] / parts.radii[:, :1]
    sizes = np.concatenate([shrink, shrink, (rest.lengths / np.maximum(parts.lengths, 1e-3))[:, None]], axis=1)
    back = np.linalg.inv(rest.maps)
    offsets = -np.einsum("kij,kj->ki", back, rest.offsets)
    return (back * sizes[:, None, :]).astype(np.float32), offsets.astype(np.float32)[:, :, None]


def _boxes(parts: PosedParts, camera: Camera, margin: float) -> NDArray[np.float64]:
    """(K, 4) left, top, right, bottom in pixels around each part; a part near the camera gets the whole image."""
    centres = camera.to_camera(parts.ends)
    radii = (parts.radii * np.maximum(parts.widths, 1)[:, None] + margin)[:, :, None]
    depth = np.maximum(centres[..., 2:] - radii, 1e-6)
    # A ball at the edge of a wide view reaches further than its radius over its depth.
    lean = 1 + np.abs(centres[..., :2]) / np.maximum(centres[..., 2:], 1e-6)
    reach = camera.focal * radii * lean / depth
    pixels = camera.focal * centres[..., :2] / np.maximum(centres[..., 2:], 1e-6) + camera.centre + 0.5
    low, high = (pixels - reach).min(axis=1), (pixels + reach).max(axis=1)
    return np.concatenate([low, high], axis=1)


def _overlapping(boxes: NDArray[np.float64], box: tuple[int, int, int, int]) -> NDArray[np.bool_]:
    left, top, right, bottom = box
    overlap = (boxes[:, 0] < right) & (boxes[:, 2] > left) & (boxes[:, 1] < bottom) & (boxes[:, 3] > top)
    return np.asarray(overlap)


def _nothing() -> _Surface:
    none = np.zeros(0, dtype=np.float32)
    no_index = np.zeros(0, dtype=np.intp)
    nowhere = np.zeros((3, 0), dtype=np.float32)
    return _Surface(no_index, none, no_index, nowhere, nowhere, none)


def _joined(surfaces: list[_Surface]) -> _Surface:
    surfaces = surfaces or [_nothing()]
    return _Surface(
        ray=np.concatenate([s.ray for s in surfaces]),
        depth=np.concatenate([s.depth for s in surfaces]),
        part=np.concatenate([s.part for s in surfaces]),
        normal=np.concatenate([s.normal for s in surfaces], axis=1),
        rest=np.concatenate([s.rest for s in surfaces], axis=1),
        open_sky=np.concatenate([s.open_sky for s in surfaces]),
    )


def _nearer(a: _Surface, b: _Surface, ray_count: int) -> _Surface:
    """Of two surfaces over the same rays, the nearer one at each ray."""
    nearest = np.full(ray_count, np.inf, dtype=np.float32)
    np.minimum.at(nearest, a.ray, a.depth)
    np.minimum.at(nearest, b.ray, b.depth)
    both = _joined([a, b])
    kept = np.flatnonzero(both.depth <= nearest[both.ray])
    return _Surface(
        both.ray[kept], both.depth[kept], both.part[kept], both.normal[:, kept], both.rest[:, kept], both.open_sky[kept]
    )


def _shade(
    body: Body, figure: _Figure, surface: _Surface, rays: Floats, camera: Camera, light: Light, coat: Coat,
    sun: SunMap | None,
) -> Floats:  # fmt: skip
    """Linear RGB (3, n) of the surface."""
    rotation = camera.rotation.astype(np.float32)
    direction = rays.reshape(3, -1)[:, surface.ray]
    normal = rotation.T @ surface.normal
    place = rotation.T @ (direction * surface.depth) + camera.position.astype(np.float32)[:, None]
    to_sun = light.direction.astype(np.float32)
    lit = sun.lit(place + 6 * normal) if sun is not None else np.ones(normal.shape[1], dtype=np.float32)
    albedo, gloss = _albedo(body, surface, coat)
    facing = to_sun @ normal
    # Hair scatters: light creeps a little round the edge of the lit side.
    direct = np.clip((facing + 0.15) / 1.15, 0, None) * lit
    up = 0.5 + 0.5 * normal[2]
    shade = 0.35 + 0.65 * surface.open_sky
    ambient = _column(light.sky_colour) * up + _column(light.ground_colour) * (1 - up)
    view = -rotation.T @ _normalised(direction)
    rim = (1 - np.clip((view * normal).sum(axis=0), 0, 1)) ** 3
    colour = albedo * (_column(light.sun_colour) * direct + ambient * shade * (1 + 0.7 * rim * up))
    half = _normalised(view + to_sun[:, None])
    return np.asarray(colour + gloss * np.clip((half * normal).sum(axis=0), 0, 1) ** 60 * lit, dtype=np.float32)


def _albedo(body: Body, surface: _Surface, coat: Coat) -> tuple[Floats, Floats]:
    """(3, n) colour without light, and (n,) gloss."""
    albedo = coat.colour(surface.rest)
    gloss = np.array([part.gloss for part in body.parts], dtype=np.float32)[surface.part]
    for index, part in enumerate(body.parts):
        if part.colour is not None:
            albedo = np.where(surface.part == index, _column(part.colour), albedo)
    return albedo, gloss


def _develop(
    surface: _Surface, colour: Floats, camera: Camera, background: Floats, quality: Quality,
    ground: GroundShade | None, fine: tuple[int, ...],
) -> Rendered:  # fmt: skip
    """Gather the rays of each pixel, and lay the figure over its background."""
    width, height = camera.size
    layer = np.zeros((fine[0] * fine[1], 4), dtype=np.float32)
    layer[surface.ray, :3] = colour.T
    layer[surface.ray, 3] = 1
    layer = cv2.resize(layer.reshape(*fine, 4), (width, height), interpolation=cv2.INTER_AREA).reshape(height, width, 4)
    behind = background
    if ground is not None:
        behind = background * ground.over(camera)[..., None]
    image = layer[..., :3] + (1 - layer[..., 3:]) * behind
    depth = np.full(fine[0] * fine[1], np.inf, dtype=np.float32)
    part = np.full(fine[0] * fine[1], -1, dtype=np.int16)
    depth[surface.ray] = surface.depth
    part[surface.ray] = surface.part
    step = quality.oversample
    # The ray at the middle of the pixel, or one of those next to the middle.
    depth = depth.reshape(fine)[step // 2 :: step, step // 2 :: step]
    part = part.reshape(fine)[step // 2 :: step, step // 2 :: step]
    return Rendered(to_display(image), depth, part)


def _normalised(vectors: Floats) -> Floats:
    """(3, n) vectors made one long."""
    return np.asarray(vectors / (np.sqrt((vectors**2).sum(axis=0)) + 1e-9), dtype=np.float32)


def _column(colour: tuple[float, float, float]) -> Floats:
    return np.array(colour, dtype=np.float32)[:, None]
