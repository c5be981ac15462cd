"""What Qt must be told before there is an application, and the application itself."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from poseviewer.io.resources import resource


def prepare_qt() -> None:
    """Say which Qt binding the drawing libraries use and let GL views share their contexts.

    Without shared contexts the 3D view goes blank when its dock is pulled off the window.
    """
    os.environ["QT_API"] = "pyside6"
    os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"
    if QCoreApplication.instance() is None:
        QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
        QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)


def application() -> QApplication:
    """The one QApplication, made on the first call."""
    prepare_qt()
    running = QApplication.instance()
    app = running if isinstance(running, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("poseviewer")
    app.setApplicationDisplayName("poseviewer")
    app.setDesktopFileName("poseviewer")
    app.setWindowIcon(QIcon(str(resource("icons", "poseviewer.svg"))))
    return app


def display_problem(environment: dict[str, str] | None = None) -> str | None:
    """Why no window can be shown, as one sentence, or None where one can.

    Qt ends the process when it cannot reach the display, so this is asked first.
    """
    if not sys.platform.startswith("linux"):
        return None
    env = dict(os.environ) if environment is None else environment
    if env.get("QT_QPA_PLATFORM") or env.get("WAYLAND_DISPLAY"):
        return None
    display = env.get("DISPLAY", "")
    if not display:
        return (
            "There is no display to show the window on; start poseviewer from a desktop session, "
            "or write a picture of it with --screenshot."
        )
    if not _reachable(display):
        return f"The display {display} does not answer; set DISPLAY to one that runs, or use --screenshot."
    return None


def _reachable(display: str) -> bool:
    """Whether a local X server listens; a display on another machine is taken at its word."""
    host, _, number = display.rpartition(":")
    if host not in ("", "unix"):
        return True
    path = f"/tmp/.X11-unix/X{number.split('.')[0]}"
    addresses = [path] if Path(path).exists() else []
    for address in [*addresses, f"\0{path}"]:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(2.0)
            try:
                probe.connect(address)
            except OSError:
                continue
            return True
    return False
