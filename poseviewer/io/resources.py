"""Where the files that come with the program are: beside the package in a source tree, inside it once installed."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def resources_folder() -> Path:
    """The folder `resources`.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "resources", package.parent / "resources"):
        if (folder / "skeletons").is_dir():
            return folder
    raise FileNotFoundError(f"The folder 'resources' is missing beside {package}; install poseviewer again.")


def resource(*parts: str) -> Path:
    """The path of one bundled file or folder, whether or not it exists."""
    return resources_folder().joinpath(*parts)
