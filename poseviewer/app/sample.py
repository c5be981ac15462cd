"""The sample project. It is worked on in a copy, so that what a user changes in it is kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import platformdirs

from poseviewer.core.errors import ProjectFileError
from poseviewer.io.resources import resource


def sample_project() -> Path:
    """The user's own copy of the sample, made on the first call.

    Raises:
        ProjectFileError: the installation has no sample, or the copy cannot be written.
    """
    bundled = resource("sample")
    projects = sorted(bundled.glob("*.poseproj"))
    if not projects:
        raise ProjectFileError(f"The sample is missing from {bundled}; install poseviewer again.")
    own = Path(platformdirs.user_data_dir("poseviewer", appauthor=False)) / "sample"
    try:
        _copy_missing(bundled, own)
    except OSError as error:
        raise ProjectFileError(
            f"The sample could not be copied to {own} ({error.strerror}); make room or rights there and try again."
        ) from error
    return own / projects[0].name


def _copy_missing(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for file in source.iterdir():
        copy = target / file.name
        if file.is_file() and not copy.exists():
            part = copy.with_name(f".{copy.name}.part")
            shutil.copyfile(file, part)
            part.replace(copy)
