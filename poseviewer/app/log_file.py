"""The log: where the traceback goes when the user is told one sentence."""

from __future__ import annotations

import logging
import logging.handlers
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import platformdirs

log = logging.getLogger("poseviewer")


def log_path() -> Path:
    return Path(platformdirs.user_log_dir("poseviewer", appauthor=False)) / "poseviewer.log"


def start_logging(path: Path | None = None) -> logging.Handler:
    """Write warnings and errors to a file of at most 2 MB; to stderr where no file can be written."""
    target = log_path() if path is None else path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            target, maxBytes=1_000_000, backupCount=1, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    return handler


def log_qt_messages() -> None:
    """Send what Qt itself has to say to the log: on the terminal it would stand between the user and our sentence."""
    # Here, because the command line writes to the same log and has no Qt.
    from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

    levels = {QtMsgType.QtDebugMsg: logging.DEBUG, QtMsgType.QtInfoMsg: logging.INFO}

    def note(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        log.log(levels.get(kind, logging.WARNING), "Qt: %s", text)

    qInstallMessageHandler(note)


def catch_everything(tell: Callable[[BaseException], None]) -> None:
    """Hand every error that nothing else caught to `tell`, instead of letting it end the program."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        tell(error.with_traceback(trace))

    sys.excepthook = hook
