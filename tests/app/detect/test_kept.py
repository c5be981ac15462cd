"""A second detection finds detector and media where the first left them, unless they have changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from poseviewer.app.detect.kept import Kept
from poseviewer.core.errors import MediaError
from poseviewer.core.project import Project


def test_a_detector_is_loaded_once_for_a_choice(bench: Any, project: Project, tmp_path: Path) -> None:
    kept = Kept()
    first = kept.detector(project, "cpu")
    assert kept.detector(project, "cpu") is first and bench.loads == 1

    path = tmp_path / "own.safetensors"
    path.write_bytes(b"one")
    own = replace(project, detector=str(path))
    assert kept.detector(own, "cpu") is not first
    assert kept.detector(own, "cpu") and bench.loads == 2
    path.write_bytes(b"other")
    kept.detector(own, "cpu")
    assert bench.loads == 3


def test_media_stay_open_until_others_are_asked_for(project: Project, folder: Path) -> None:
    kept = Kept()
    media = project.media[0]
    first = kept.reader(media)
    assert kept.reader(media) is first
    kept.close()
    assert kept.reader(media) is not first

    kept.close()
    cv2.imwrite(str(folder / "00.png"), np.full((60, 80, 3), 255, np.uint8))
    with pytest.raises(MediaError, match="show something else"):
        kept.reader(media)
