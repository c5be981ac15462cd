"""Is OpenGL usable here? Asked in another process, because a bad driver does not raise an error: it ends the program.

`python -m poseviewer.app.gl` draws one stroke the way the 3D view does and prints what it found as JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

SECONDS = 20
SECONDS_TO_END = 10
"""A killed process is gone at once, but on a busy machine its end is told late."""
CHILD = ("-m", "poseviewer.app.gl")


@dataclass(frozen=True)
class GlReport:
    """What was found.

    Attributes:
        usable: the 3D view can be drawn with OpenGL.
        renderer: the driver's own name for what draws, empty where unknown.
        reason: why it is not usable, in a few words; empty where it is.
    """

    usable: bool
    renderer: str = ""
    reason: str = ""


_known: GlReport | None = None


def opengl_report() -> GlReport:
    """What OpenGL can do here. Waits for the answer the first time (about half a second), then remembers it."""
    global _known
    if _known is None:
        _known = _switched_off() or _ask_and_wait()
    return _known


class GlProbe(QObject):
    """The same without waiting. `answered` comes once for each `start`, unless `stop` comes first."""

    answered = Signal(object)
    """GlReport."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None

    def start(self) -> None:
        """Ask, unless it is being asked already. A remembered answer is emitted before this returns."""
        if self._process is not None:
            return
        known = _known or _switched_off()
        if known is not None:
            self._answer(known)
            return
        process = QProcess(self)
        environment = QProcessEnvironment()
        for key, value in _child_environment().items():
            environment.insert(key, value)
        process.setProcessEnvironment(environment)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._failed)
        self._process = process
        process.start(sys.executable, list(CHILD))

    def stop(self) -> None:
        """Forget the question."""
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect(self._finished)
            process.errorOccurred.disconnect(self._failed)
            process.kill()
            process.waitForFinished(1000 * SECONDS_TO_END)
            process.deleteLater()

    def _finished(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        output = bytes(process.readAllStandardOutput().data()).decode(errors="replace")
        process.deleteLater()
        self._answer(_parsed(output))

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            self._process.deleteLater()
            self._process = None
            self._answer(GlReport(False, reason="the test of it could not be started"))

    def _answer(self, report: GlReport) -> None:
        global _known
        _known = report
        self.answered.emit(report)


def _switched_off() -> GlReport | None:
    if os.environ.get("POSEVIEWER_OPENGL", "").lower() in ("0", "off", "no"):
        return GlReport(False, reason="POSEVIEWER_OPENGL switches it off")
    return None


def _ask_and_wait() -> GlReport:
    try:
        done = subprocess.run(
            [sys.executable, *CHILD], env=_child_environment(), capture_output=True, text=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return GlReport(False, reason=f"the driver did not answer in {SECONDS} seconds")
    except OSError as error:
        return GlReport(False, reason=f"the test of it could not be started ({error})")
    return _parsed(done.stdout)


def _child_environment() -> dict[str, str]:
    """This process's own, in which the child also finds this package."""
    here = str(Path(__file__).resolve().parents[2])
    paths = [here, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)}


def _parsed(output: str) -> GlReport:
    """The child's last line; a child that died said nothing."""
    with contextlib.suppress(ValueError, TypeError, IndexError):
        return GlReport(**json.loads(output.strip().splitlines()[-1]))
    return GlReport(False, reason="the driver ended the test of it")


def _try_here() -> GlReport:
    """Draw one red stroke and look at it. Only for a process that may die of it."""
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QGuiApplication, QImage, QPainter

    from poseviewer.app.view3d.gl_scene import GlScene
    from poseviewer.app.view3d.scene import SceneError
    from poseviewer.app.view3d.strokes import Picture, strokes

    app = QGuiApplication(sys.argv[:1])
    image = QImage(32, 32, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    stroke = strokes([(4.0, 16.0)], [(28.0, 16.0)], 5.0, (1.0, 0.0, 0.0, 1.0))
    try:
        scene = GlScene()
        with QPainter(image) as painter:
            scene.paint(painter, Picture(body=stroke), QSize(32, 32), 1.0)
        renderer = scene.name
        scene.close()
    except SceneError as error:
        return GlReport(False, reason=str(error))
    finally:
        app.quit()
    drawn, empty = image.pixelColor(16, 16), image.pixelColor(16, 4)
    if (drawn.red(), drawn.green(), empty.alpha()) != (255, 0, 0):
        return GlReport(False, renderer, "what it drew was not what was asked for")
    return GlReport(True, renderer)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(_try_here())) + "\n")
