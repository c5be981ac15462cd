"""The log file is written, and what nobody caught is told instead of ending the program."""

from __future__ import annotations

import logging
import sys

from PySide6.QtCore import qInstallMessageHandler, qWarning

from poseviewer.app.log_file import catch_everything, log, log_qt_messages, start_logging


def test_warnings_go_to_the_file(tmp_path):
    handler = start_logging(tmp_path / "logs" / "poseviewer.log")
    try:
        logging.getLogger("poseviewer.app.somewhere").warning("a cat sat on the keyboard")
    finally:
        log.removeHandler(handler)
        handler.close()
    assert "a cat sat on the keyboard" in (tmp_path / "logs" / "poseviewer.log").read_text()


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path):
    (tmp_path / "file").write_text("")
    handler = start_logging(tmp_path / "file" / "poseviewer.log")
    log.removeHandler(handler)
    assert isinstance(handler, logging.StreamHandler)


def test_an_uncaught_error_is_told(monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    told = []
    catch_everything(told.append)
    error = ValueError("x")
    sys.excepthook(ValueError, error, None)
    assert told == [error]


def test_what_qt_says_goes_to_the_log(caplog, qapp):
    before = qInstallMessageHandler(None)
    try:
        log_qt_messages()
        with caplog.at_level(logging.INFO, "poseviewer"):
            qWarning("a plug does not fit")
    finally:
        qInstallMessageHandler(before)
    assert "a plug does not fit" in caplog.text
