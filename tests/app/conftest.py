"""What must be set before any test makes a QApplication: the same as the program sets before its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")
os.environ.setdefault("QT_API", "pyside6")

import numpy as np
import platformdirs
import pytest
from PySide6.QtCore import QCoreApplication, Qt
from pytestqt.qtbot import QtBot

from poseviewer.core.lifted import LiftedPoses
from poseviewer.core.skeleton import Skeleton

QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)


class FlatLifter:
    """Puts what is given at depth 0 and what is not given onto the root, at once and without torch."""

    device, description = "cpu", "flat lifter"

    def __init__(self, skeleton: Skeleton) -> None:
        self.skeleton = skeleton

    def lift(self, keypoints: np.ndarray, visibility: np.ndarray | None = None) -> LiftedPoses:
        given = np.isfinite(keypoints[..., 0])
        filled = np.where(given[..., None], keypoints, np.nanmean(keypoints, axis=1, keepdims=True))
        root = filled[:, self.skeleton.root]
        joints = np.zeros((*given.shape, 3), np.float32)
        joints[..., :2] = filled - root[:, None]
        return LiftedPoses(self.skeleton, joints, np.ones(given.shape, np.float32), root.astype(np.float32), given)


@pytest.fixture
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, logs and untitled projects of the test's own."""
    for name in ("user_data_dir", "user_config_dir", "user_log_dir"):
        monkeypatch.setattr(platformdirs, name, lambda *_, _name=name, **__: str(tmp_path / _name))
    return tmp_path


@pytest.fixture
def window(qtbot: QtBot, own_folders: Path) -> Iterator[Any]:
    """A shown main window with a lifter that needs no torch."""
    from poseviewer.app.main_window import MainWindow
    from poseviewer.app.settings import SettingsStore

    made = MainWindow(SettingsStore(), lambda choice: FlatLifter(choice.skeleton))
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Three pictures of 80 x 60 pixels, each of one grey: 10, 20, 30."""
    import cv2

    paths = [tmp_path / f"{name}.png" for name in ("a", "b", "c")]
    for number, path in enumerate(paths, 1):
        cv2.imwrite(str(path), np.full((60, 80, 3), 10 * number, np.uint8))
    return paths


@pytest.fixture
def workspace(qtbot: QtBot, window: Any, pictures: list[Path]) -> Any:
    """The window with a new project on the first picture, its frame shown."""
    window.opening.open_paths([str(pictures[0])])
    qtbot.waitUntil(lambda: window.workspace is not None and window.workspace.selection.frame is not None)
    return window.workspace
