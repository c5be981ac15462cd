"""The window as the command line opens it."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from poseviewer.app.qt import application, display_problem


def run_window(paths: list[str], demo: bool = False, screenshot: Path | None = None) -> int:
    """Open the window on projects or media, on the sample, or on the start page; return the exit code.

    Args:
        paths: a project, or media files and folders.
        demo: open the bundled sample.
        screenshot: write a picture of the window there once it is drawn, and end; needs no display.
    """
    problem = display_problem()
    if problem is not None and screenshot is None:
        print(problem, file=sys.stderr)  # noqa: T201
        return 1
    if problem is not None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    return _run(paths, demo, screenshot)


def _run(paths: list[str], demo: bool, screenshot: Path | None) -> int:
    app = application()
    # After Qt is known to work: what the window is made of.
    from poseviewer.app.garbage import GarbageCollector
    from poseviewer.app.log_file import catch_everything, log_qt_messages, start_logging
    from poseviewer.app.main_window import MainWindow
    from poseviewer.app.settings import SettingsStore
    from poseviewer.app.theme import ThemeSwitch

    collector = GarbageCollector()
    start_logging()
    log_qt_messages()
    store = SettingsStore(keep=screenshot is None)
    theme = ThemeSwitch(app, store)
    window = MainWindow(store)
    theme.setParent(window)
    catch_everything(window.notices.error)
    # Ctrl-C in the terminal ends the program at once; every edit is on the disk already.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    problems: list[str] = []
    if screenshot is not None:
        _take(window, screenshot, bool(paths) or demo, problems)
    if demo:
        window.first_painted.connect(window.opening.open_sample)
    elif paths:
        window.first_painted.connect(lambda: window.opening.open_paths(paths))
    window.show()
    code = app.exec()
    collector.stop()
    for problem in filter(None, problems):
        print(problem, file=sys.stderr)  # noqa: T201
    return code or int(any(problems))


def _take(window: object, path: Path, expects_project: bool, problems: list[str]) -> None:
    from poseviewer.app.main_window import SIZE, MainWindow
    from poseviewer.app.screenshot import Screenshot

    assert isinstance(window, MainWindow)
    window.resize(SIZE)  # the same picture whatever the screen is, and where there is none

    def done(problem: str) -> None:
        problems.append(problem)
        window.close()

    Screenshot(window, path, done, expects_project)
