"""The 3D view with OpenGL: every stroke is one quad whose edge and shading are worked out per pixel.

It draws into a buffer of its own and hands the finished image to the window's painter, for two reasons that were
measured with software OpenGL (llvmpipe, 2 cores): a QOpenGLWidget makes Qt put the whole window together with
OpenGL, 8.6 ms for a 1280x800 window before anything is drawn, against 1.2 ms this way; and edges worked out in the
shader are smooth without multisampling, which costs another 3.4 ms. A lost context also cannot take the window along.
"""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QImage, QOffscreenSurface, QOpenGLContext, QPainter
from PySide6.QtOpenGL import QOpenGLFramebufferObject

from poseviewer.app.view3d.scene import SceneError
from poseviewer.app.view3d.strokes import AMBIENT, DIFFUSE, LIGHT, Picture, Strokes, strokes

log = logging.getLogger(__name__)

VERTEX = """
attribute vec2 a_place;   // device pixels, y down
attribute vec2 a_local;   // the same, along the stroke from its start, and across it
attribute vec2 a_axis;    // the stroke's direction
attribute vec2 a_size;    // length and radius
attribute vec3 a_kind;    // how much it is shaded, whether it stops square, how far its edge is spread
attribute vec4 a_color;
uniform vec2 u_screen;
varying vec2 v_local;
varying vec2 v_axis;
varying vec2 v_size;
varying vec3 v_kind;
varying vec4 v_color;

void main() {
    v_local = a_local;
    v_axis = a_axis;
    v_size = a_size;
    v_kind = a_kind;
    v_color = a_color;
    // The buffer's first row is the picture's top, which saves turning the image over.
    gl_Position = vec4(a_place / u_screen * 2.0 - 1.0, 0.0, 1.0);
}
"""

FRAGMENT = """
uniform vec3 u_light;
uniform vec2 u_lamp;      // ambient, diffuse
varying vec2 v_local;
varying vec2 v_axis;
varying vec2 v_size;
varying vec3 v_kind;
varying vec4 v_color;

void main() {
    float length_ = v_size.x;
    float radius = v_size.y;
    float beyond = max(-v_local.x, v_local.x - length_);
    float rounded = radius - length(vec2(max(beyond, 0.0), v_local.y));
    float square = min(radius - abs(v_local.y), -beyond);
    float inside = mix(rounded, square, v_kind.y);
    float cover = clamp(inside / (2.0 * v_kind.z) + 0.5, 0.0, 1.0);
    if (v_kind.z > 1.0) cover = cover * cover * (3.0 - 2.0 * cover);
    if (cover <= 0.0) discard;

    vec2 across = vec2(-v_axis.y, v_axis.x);
    vec2 tilt = length_ > 0.0 ? across * v_local.y / radius : v_local / radius;
    vec3 normal = vec3(tilt, sqrt(max(1.0 - dot(tilt, tilt), 0.0)));
    float lit = u_lamp.x + u_lamp.y * max(dot(normal, u_light), 0.0);
    vec3 color = min(v_color.rgb * mix(1.0, lit, v_kind.x), 1.0);
    float alpha = v_color.a * cover;
    gl_FragColor = vec4(color * alpha, alpha);
}
"""

VERTEX_TYPE = np.dtype(
    [
        ("a_place", np.float32, 2),
        ("a_local", np.float32, 2),
        ("a_axis", np.float32, 2),
        ("a_size", np.float32, 2),
        ("a_kind", np.float32, 3),
        ("a_color", np.float32, 4),
    ]
)

GL_FUNC_ADD, GL_MAX = 0x8006, 0x8008
SHARP = 0.5


class GlScene:
    """Draws strokes with vispy's shaders in an OpenGL context of its own."""

    def __init__(self) -> None:
        """Make a context and compile the shaders. Only where a GUI application runs.

        Raises:
            SceneError: there is no usable OpenGL.
        """
        self._buffer: QOpenGLFramebufferObject | None = None
        self._context: QOpenGLContext | None = QOpenGLContext()
        if not self._context.create():
            raise SceneError("no OpenGL context could be made")
        if self._context.isOpenGLES():
            raise SceneError("only OpenGL ES is offered")
        self._surface = QOffscreenSurface()
        self._surface.setFormat(self._context.format())
        self._surface.create()
        self._make_current()
        try:
            self._set_up()
        except Exception as error:  # drivers and vispy fail in many ways, and every one of them means: not this way
            log.warning("OpenGL could not be set up", exc_info=True)
            raise SceneError(str(error)) from error
        finally:
            self._release()

    def paint(self, painter: QPainter, picture: Picture, size: QSize, ratio: float) -> None:
        self._make_current()
        try:
            image = self._render(picture, size, ratio)
        except Exception as error:  # as above; the window goes on with the other painter
            log.warning("OpenGL stopped drawing", exc_info=True)
            raise SceneError(str(error)) from error
        finally:
            self._release()
        painter.drawImage(QPointF(0.0, 0.0), image)

    def close(self) -> None:
        if self._context is None:
            return
        current = self._context.makeCurrent(self._surface)
        self._buffer = None
        if current:
            self._context.doneCurrent()
        # What vispy holds lives in the context, and goes with it.
        self._program = self._vertices = self._indices = self._canvas = None
        self._context = None
        self._surface.destroy()

    def _make_current(self) -> None:
        if self._context is None or not self._context.makeCurrent(self._surface):
            raise SceneError("the OpenGL context was lost")

    def _release(self) -> None:
        if self._context is not None:
            self._context.doneCurrent()

    def _set_up(self) -> None:
        import vispy

        vispy.use(gl="gl2")
        from vispy import gloo
        from vispy.gloo import gl

        self._gl = gl
        self._gloo = gloo
        self._canvas = _render_target()
        self._program = gloo.Program(VERTEX, FRAGMENT)
        self._indices = gloo.IndexBuffer(quad_indices(1))
        self._hold(4096)
        self._program["u_light"] = LIGHT.astype(np.float32)
        self._program["u_lamp"] = (AMBIENT, DIFFUSE)
        # vispy compiles with the first stroke: draw one now, so that a driver that refuses is known at once.
        self._render(Picture(body=strokes([(1, 1)], [(2, 2)], 1.0, (0, 0, 0, 1))), QSize(4, 4), 1.0)
        self.name = f"OpenGL ({gl.glGetParameter(gl.GL_RENDERER)})"

    def _render(self, picture: Picture, size: QSize, ratio: float) -> QImage:
        buffer = self._buffer_of(size * ratio)
        gl = self._gl
        buffer.bind()
        gl.glViewport(0, 0, buffer.width(), buffer.height())
        gl.glDisable(gl.GL_DEPTH_TEST)
        gl.glDisable(gl.GL_CULL_FACE)
        gl.glClearColor(0.0, 0.0, 0.0, 0.0)
        gl.glClear(gl.GL_COLOR_BUFFER_BIT)
        gl.glEnable(gl.GL_BLEND)
        gl.glBlendFunc(gl.GL_ONE, gl.GL_ONE_MINUS_SRC_ALPHA)
        self._program["u_screen"] = (buffer.width(), buffer.height())
        # Of overlapping shadows only the darkest counts, so they look like one.
        gl.glBlendEquation(GL_MAX)
        self._draw(quads(picture.shadow, ratio, spread=0.9))
        gl.glBlendEquation(GL_FUNC_ADD)
        self._draw(np.concatenate([quads(picture.floor, ratio), quads(picture.body, ratio)]))
        image = buffer.toImage(False)
        image.setDevicePixelRatio(ratio)
        return image

    def _draw(self, vertices: np.ndarray) -> None:
        count = len(vertices) // 4
        if not count:
            return
        self._gloo.context.set_current_canvas(self._canvas)
        if len(vertices) > self._vertices.size:
            self._vertices.delete()
            self._hold(2 * len(vertices))
        self._vertices.set_subdata(vertices, 0)
        if self._indices.size != 6 * count:
            self._indices.set_data(quad_indices(count))
        self._program.draw("triangles", self._indices)

    def _hold(self, vertices: int) -> None:
        """Room for this many vertices; a buffer that grows must be bound anew."""
        self._vertices = self._gloo.VertexBuffer(np.zeros(vertices, VERTEX_TYPE))
        self._program.bind(self._vertices)

    def _buffer_of(self, size: QSize) -> QOpenGLFramebufferObject:
        if self._buffer is None or self._buffer.size() != size:
            self._buffer = QOpenGLFramebufferObject(size)
            if not self._buffer.isValid():
                self._buffer = None
                raise SceneError(f"OpenGL gave no buffer of {size.width()} x {size.height()} pixels")
            self._canvas.handle = self._buffer.handle()
        return self._buffer


def preload() -> None:
    """Import what drawing with OpenGL needs; safe in any thread."""
    import vispy.gloo  # noqa: F401


def quads(drawn: Strokes, ratio: float, spread: float = 0.0) -> np.ndarray:
    """Four vertices for each of M strokes, (4 * M,) of `VERTEX_TYPE`.

    Args:
        drawn: in view pixels.
        ratio: device pixels per view pixel.
        spread: share of the radius over which the edge fades to each side; 0 for a sharp, anti-aliased edge.
    """
    start = drawn.start * ratio
    along = drawn.end * ratio - start
    radius = drawn.radius * ratio
    edge = np.maximum(radius * spread, SHARP)
    length = np.hypot(*along.T)
    axis = np.where(length[:, None] > 0, along / np.maximum(length, 1e-9)[:, None], (1.0, 0.0))
    reach = np.where(drawn.butt, 0.0, radius) + edge + 1.0
    side = radius + edge + 1.0
    vertices = np.empty((len(drawn), 4), VERTEX_TYPE)
    local = vertices["a_local"]
    local[:, 0, 0] = local[:, 3, 0] = -reach
    local[:, 1, 0] = local[:, 2, 0] = length + reach
    local[:, 0, 1] = local[:, 1, 1] = -side
    local[:, 2, 1] = local[:, 3, 1] = side
    across = np.stack([-axis[:, 1], axis[:, 0]], axis=-1)
    vertices["a_place"] = start[:, None] + local[..., :1] * axis[:, None] + local[..., 1:] * across[:, None]
    vertices["a_axis"] = axis[:, None]
    vertices["a_size"] = np.stack([length, radius], axis=-1)[:, None]
    vertices["a_kind"] = np.stack([drawn.shade, drawn.butt, edge], axis=-1)[:, None]
    vertices["a_color"] = drawn.color[:, None]
    return vertices.reshape(-1)


def quad_indices(count: int) -> np.ndarray:
    """(6 * count,) two triangles for every four vertices."""
    first = 4 * np.arange(count, dtype=np.uint32)[:, None]
    return (first + np.array([0, 1, 2, 0, 2, 3], dtype=np.uint32)).reshape(-1)


def _render_target() -> Any:
    """What vispy takes for the canvas being drawn: our buffer instead of a window."""
    from vispy.gloo.context import FakeCanvas

    class RenderTarget(FakeCanvas):
        handle = 0

        @property
        def _backend(self) -> RenderTarget:
            return self

        def _vispy_get_fb_bind_location(self) -> int:
            return self.handle

    return RenderTarget()
