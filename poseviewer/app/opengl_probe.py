"""Whether OpenGL works, asked by `poseviewer doctor` in a process of its own: a bad driver may end it.

`python -m poseviewer.app.opengl_probe` prints one JSON object. It fails where Qt finds no display.
"""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import QLibraryInfo
from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext

GL_VENDOR, GL_RENDERER, GL_VERSION = 0x1F00, 0x1F01, 0x1F02


def probe() -> dict[str, str]:
    """Qt's platform, and OpenGL's vendor, renderer and version: empty where no context can be made."""
    app = QGuiApplication.instance() or QGuiApplication([])
    found = {"platform": app.platformName(), "plugins": QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)}
    surface = QOffscreenSurface()
    surface.create()
    context = QOpenGLContext()
    if not (context.create() and context.makeCurrent(surface)):
        return found | {"vendor": "", "renderer": "", "version": ""}
    functions = context.functions()
    words = {"vendor": GL_VENDOR, "renderer": GL_RENDERER, "version": GL_VERSION}
    found |= {name: str(functions.glGetString(word)) for name, word in words.items()}
    context.doneCurrent()
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(probe()) + "\n")
