"""From a pose and a camera to the strokes that are drawn. Without Qt, so both painters show the same picture."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from poseviewer.app.colors import bone_color, joint_color
from poseviewer.app.view3d.look import Look
from poseviewer.app.view3d.orbit import OrbitCamera, Projected
from poseviewer.app.view3d.strokes import Picture, Strokes, joined, strokes
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.segments import bone_segments, camera_glyph, flattened, floor_lines, whiskers

Array = NDArray[np.float64]

# Sizes in world units, where the animal reaches about 1 from its middle.
BONE_RADIUS = 0.024
JOINT_RADIUS = 0.038
FLOOR_GAP = 0.06
CELL, CELLS = 0.25, 9
LENS_PLACE = -1.3
GHOST_ALPHA = 0.4
OTHER_ALPHA, OTHER_SIZE = 0.5, 0.72
"""How strong and how thick the second pose of a comparison is, beside the first."""
WHISKER_ALPHA = 0.8
LENS_ROOM = 16.0
"""Pixels beside and under the camera for its word."""
HIDDEN_LENS_ANGLE = math.radians(16)


@dataclass(frozen=True, eq=False)
class SceneSkeleton:
    """What of a skeleton is drawn.

    Attributes:
        bones: (B, 2) joint indices.
        bone_colors, joint_colors: (B, 3) and (J, 3) in 0..1.
    """

    bones: NDArray[np.intp]
    bone_colors: Array
    joint_colors: Array

    @classmethod
    def of(cls, skeleton: Skeleton, palette: str) -> SceneSkeleton:
        bones = [(b.parent, b.child) for b in skeleton.bones]
        return cls(
            np.array(bones, dtype=np.intp),
            np.array([bone_color(skeleton, b, palette) for b in range(skeleton.bone_count)]) / 255.0,
            np.array([joint_color(skeleton, j, palette) for j in range(skeleton.joint_count)]) / 255.0,
        )


@dataclass(frozen=True, eq=False)
class ScenePose:
    """A pose in the world of the view.

    Attributes:
        joints: (J, 3), NaN where unknown.
        solid: (J,) true where the keypoint was given; the others are drawn translucent.
        depth_std: (J,) along y, NaN or 0 where there is nothing to show.
    """

    joints: Array
    solid: NDArray[np.bool_]
    depth_std: Array

    @property
    def floor(self) -> float:
        """The height of the floor: a little below the lowest joint, so that lines never lie inside it."""
        heights = self.joints[:, 2]
        known = heights[np.isfinite(heights)]
        return float(known.min()) - FLOOR_GAP if len(known) else -FLOOR_GAP

    @property
    def reach(self) -> Array:
        """(P, 3) what has to be in view: the known joints, and the floor under their middle. Empty without joints."""
        known = self.joints[np.isfinite(self.joints[:, 0])]
        return np.vstack([known, np.append(known.mean(axis=0)[:2], self.floor)]) if len(known) else known


@dataclass(frozen=True)
class Emphasis:
    """What is pointed out: joints by index, and whether the depth of each is drawn with its uncertainty."""

    selected: int | None = None
    hovered: int | None = None
    uncertainty: bool = False


@dataclass(frozen=True)
class Stage:
    """How the scene is looked at: the camera, the size of the screen in pixels, the colours."""

    camera: OrbitCamera
    width: float
    height: float
    look: Look

    def project(self, points: Array) -> Projected:
        return self.camera.project(points, self.width, self.height)


def compose(
    stage: Stage, skeleton: SceneSkeleton, pose: ScenePose, emphasis: Emphasis, other: ScenePose | None = None
) -> Picture:
    """The whole picture of one pose; `other` is drawn beside it for comparison, translucent and without sides."""
    floor = pose.floor
    at = stage.project(pose.joints)
    parts = [_bones(stage, skeleton, pose, at), _joints(stage, skeleton, pose, at), _rings(stage, emphasis, at)]
    if emphasis.uncertainty:
        parts.append(_whiskers(stage, skeleton, pose))
    if other is not None:
        parts += _other(stage, skeleton, other)
    parts.append(_lens(stage, floor))
    body = joined([p for p, _ in parts])
    depth = np.concatenate([d for _, d in parts])
    drawn = np.isfinite(depth) & np.isfinite(body.start).all(axis=1) & np.isfinite(body.end).all(axis=1)
    order = np.argsort(-depth, kind="stable")
    return Picture(
        shadow=_shadow(stage, skeleton, pose, floor),
        floor=floor_strokes(stage, floor),
        body=body.taken(order[drawn[order]]),
    )


def empty_picture(stage: Stage) -> Picture:
    """The bare floor, and the camera on it, for when there is no pose."""
    floor = -0.6
    lens, depth = _lens(stage, floor)
    return Picture(floor=floor_strokes(stage, floor), body=lens.taken(np.isfinite(depth)))


def leaves_view(stage: Stage, pose: ScenePose) -> bool:
    """Whether a joint lies beyond the edges of the view."""
    at = stage.project(pose.joints)
    places = at.places[np.isfinite(at.places).all(axis=1)]
    return bool(((places < 0) | (places > (stage.width, stage.height))).any())


def lens_label_place(stage: Stage, floor: float) -> tuple[float, float] | None:
    """The pixel under which the word for the photo's camera goes, None while the camera is not drawn."""
    at = stage.project(_lens_lines(floor))
    if _lens_hidden(stage, at):
        return None
    return float(at.places[:, 0].mean()), float(at.places[:, 1].max())


def floor_strokes(stage: Stage, floor: float) -> Strokes:
    """The grid, fading out before it ends so that it has no edge."""
    lines, fading = _grid()
    # Seen edge-on the lines pile up into a bar; they fade as the view nears the level of the floor.
    strength = fading * min(1.0, 0.25 + abs(math.sin(stage.camera.elevation)) * 5.0)
    shown = strength > 0.03
    at = stage.project(lines[shown] + (0.0, 0.0, floor))
    # Few steps of strength, so that a painter can draw many lines at once.
    alpha = np.ceil(strength[shown] * 10) / 10 * stage.look.grid_alpha
    color = np.empty((len(alpha), 4))
    color[:, :3] = _unit(stage.look.grid)
    color[:, 3] = alpha
    ends = at.places.reshape(-1, 2, 2)
    grid = strokes(ends[:, 0], ends[:, 1], 0.5, color, butt=True)
    return grid.taken(~at.behind.reshape(-1, 2).any(axis=1))


@cache
def _grid() -> tuple[Array, Array]:
    """The lines of a floor at height 0, and how strong each is. The same for every picture."""
    lines = floor_lines(CELL, CELLS, 0.0, pieces=1)
    away = np.hypot(*lines.mean(axis=1)[:, :2].T) / (CELL * CELLS)
    return lines, np.clip((1.0 - away) / 0.75, 0.0, 1.0) ** 1.5


def _bones(stage: Stage, skeleton: SceneSkeleton, pose: ScenePose, at: Projected) -> tuple[Strokes, Array]:
    """Rods from joint to joint; they stop at the joints' balls, so that translucent ones do not add up there."""
    ends = at.places[skeleton.bones]
    scale = at.scale[skeleton.bones]
    along = ends[:, 1] - ends[:, 0]
    length = np.hypot(*along.T)
    cut = np.minimum(np.maximum(scale * JOINT_RADIUS, 3.2) * 0.72, length[:, None] * 0.5)
    step = along / np.maximum(length, 1e-9)[:, None]
    depth = at.depth[skeleton.bones].mean(axis=1)
    solid = pose.solid[skeleton.bones].all(axis=1)
    rods = strokes(
        ends[:, 0] + step * cut[:, :1],
        ends[:, 1] - step * cut[:, 1:],
        np.maximum(scale.mean(axis=1) * BONE_RADIUS, 1.6),
        _tinted(stage, skeleton.bone_colors, depth, solid),
        shade=1.0,
        butt=True,
    )
    hidden = at.behind[skeleton.bones].any(axis=1) | (length < 1e-6)
    return rods, np.where(hidden, np.nan, depth)


def _joints(stage: Stage, skeleton: SceneSkeleton, pose: ScenePose, at: Projected) -> tuple[Strokes, Array]:
    color = _tinted(stage, skeleton.joint_colors, at.depth, pose.solid)
    balls = strokes(at.places, at.places, np.maximum(at.scale * JOINT_RADIUS, 3.2), color, shade=1.0)
    return balls, np.where(at.behind, np.nan, at.depth - JOINT_RADIUS)


def _other(stage: Stage, skeleton: SceneSkeleton, pose: ScenePose) -> list[tuple[Strokes, Array]]:
    at = stage.project(pose.joints)
    plain = np.array(_unit(stage.look.other))
    neutral = replace(
        skeleton,
        bone_colors=np.broadcast_to(plain, skeleton.bone_colors.shape),
        joint_colors=np.broadcast_to(plain, skeleton.joint_colors.shape),
    )
    return [
        (
            replace(
                drawn,
                radius=drawn.radius * OTHER_SIZE,
                color=np.concatenate([drawn.color[:, :3], np.full((len(drawn), 1), OTHER_ALPHA)], axis=1),
            ),
            depth,
        )
        for drawn, depth in (_bones(stage, neutral, pose, at), _joints(stage, neutral, pose, at))
    ]


def _rings(stage: Stage, emphasis: Emphasis, at: Projected) -> tuple[Strokes, Array]:
    """A ring around the selected joint, a thinner one around the one pointed at: discs that its ball covers."""
    found = [
        (joint, wide)
        for joint, wide in ((emphasis.hovered, 2.0), (emphasis.selected, 3.0))
        if joint is not None and joint < len(at.depth) and not (wide == 2.0 and joint == emphasis.selected)
    ]
    joints = np.array([j for j, _ in found for _ in range(2)], dtype=np.intp)
    wider = np.array([w for _, wide in found for w in (wide + 1.5, 1.5)])
    colors = [c for _ in found for c in (stage.look.ring, stage.look.top)]
    discs = strokes(
        at.places[joints],
        at.places[joints],
        np.maximum(at.scale[joints] * JOINT_RADIUS, 3.2) + wider.reshape(-1),
        np.array([(*_unit(c), 1.0) for c in colors]).reshape(-1, 4),
    )
    behind_ball = at.depth[joints] - JOINT_RADIUS + 1e-6 * (1 + np.arange(len(joints))[::-1])
    return discs, np.where(at.behind[joints], np.nan, behind_ball)


def _whiskers(stage: Stage, skeleton: SceneSkeleton, pose: ScenePose) -> tuple[Strokes, Array]:
    lines = whiskers(pose.joints, pose.depth_std, (0.0, 1.0, 0.0))
    at = stage.project(lines)
    ends, depth = at.places.reshape(-1, 2, 2), at.depth.reshape(-1, 2).mean(axis=1)
    color = _tinted(stage, skeleton.joint_colors, depth, np.ones(len(depth), dtype=bool))
    color[:, 3] = WHISKER_ALPHA
    thin = strokes(ends[:, 0], ends[:, 1], 1.4, color)
    shown = (pose.depth_std > 0) & ~at.behind.reshape(-1, 2).any(axis=1)
    return thin, np.where(shown, depth + JOINT_RADIUS, np.nan)


def _lens(stage: Stage, floor: float) -> tuple[Strokes, Array]:
    """The photo's camera, standing on the floor."""
    at = stage.project(_lens_lines(floor))
    ends = at.places.reshape(-1, 2, 2)
    lines = strokes(ends[:, 0], ends[:, 1], 0.8, (*_unit(stage.look.muted), 0.9))
    depth = at.depth.reshape(-1, 2).mean(axis=1)
    return lines, np.full_like(depth, np.nan) if _lens_hidden(stage, at) else depth


def _lens_lines(floor: float) -> Array:
    return _glyph() + (0.0, 0.0, floor)


@cache
def _glyph() -> Array:
    """The camera on a floor at height 0."""
    return camera_glyph((0.0, LENS_PLACE, 0.08), 0.16)


def _lens_hidden(stage: Stage, at: Projected) -> bool:
    """Half a camera, or one without its word, tells nothing; and who stands where it stands sees it block the view."""
    x, y = at.places.T
    if at.behind.any() or x.min() < LENS_ROOM or x.max() > stage.width - LENS_ROOM:
        return True
    if y.min() < 0 or y.max() > stage.height - LENS_ROOM:
        return True
    camera = stage.camera
    away = math.acos(max(-1.0, min(1.0, math.cos(camera.azimuth) * math.cos(camera.elevation))))
    return away < HIDDEN_LENS_ANGLE


def _shadow(stage: Stage, skeleton: SceneSkeleton, pose: ScenePose, floor: float) -> Strokes:
    fallen = flattened(bone_segments(pose.joints, skeleton.bones), floor)
    at = stage.project(fallen)
    ends = at.places.reshape(-1, 2, 2)
    thick = at.scale.reshape(-1, 2).mean(axis=1) * JOINT_RADIUS * 1.1
    shadow = strokes(ends[:, 0], ends[:, 1], thick, (0.0, 0.0, 0.0, stage.look.shadow_alpha))
    return shadow.taken(np.isfinite(ends).all(axis=(1, 2)) & ~at.behind.reshape(-1, 2).any(axis=1))


def _tinted(stage: Stage, colors: Array, depth: Array, solid: NDArray[np.bool_]) -> Array:
    """(M, 4) colours, hazier with distance, translucent where not solid."""
    far = np.clip((depth - stage.camera.distance + 1.0) / 2.0, 0.0, 1.0)
    haze = (stage.look.haze * np.nan_to_num(far))[:, None]
    air = (np.array(_unit(stage.look.top)) + _unit(stage.look.bottom)) / 2
    tinted = np.empty((len(colors), 4))
    tinted[:, :3] = colors * (1 - haze) + air * haze
    tinted[:, 3] = np.where(solid, 1.0, GHOST_ALPHA)
    return tinted


def _unit(color: tuple[int, int, int]) -> tuple[float, float, float]:
    return color[0] / 255, color[1] / 255, color[2] / 255
