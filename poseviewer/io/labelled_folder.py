"""A folder of another tool with pictures and their labels in it: which media, and which label files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from poseviewer.io.images import IMAGE_EXTENSIONS

LABEL_EXTENSIONS = frozenset({".slp", ".csv", ".h5", ".hdf5", ".json", ".mat"})
LABELLED = "labeled-data"
"""Where DeepLabCut and Lightning Pose keep the labelled frames of a project."""
_TABLES = (".csv", ".h5")
"""What DeepLabCut writes them into, both saying the same; a .csv is read without another library."""


@dataclass(frozen=True)
class LabelledFolder:
    """media: folders of images. labels: files that say what is in them."""

    media: tuple[Path, ...]
    labels: tuple[Path, ...]


def look_into(path: Path) -> LabelledFolder | None:
    """What a folder has of labelled media; None where it is no such folder."""
    if not path.is_dir():
        return None
    inside = path / LABELLED if (path / LABELLED).is_dir() else path
    folders = sorted(p for p in inside.iterdir() if p.is_dir()) if inside is not path else []
    media = [folder for folder in (inside, *folders) if _has_images(folder)]
    labels = [table for folder in dict.fromkeys((path, inside, *folders)) for table in _tables(folder)]
    return LabelledFolder(tuple(media), tuple(labels)) if media and labels else None


def is_labels(path: str | Path) -> bool:
    """Whether a file is named like one of labels."""
    return Path(path).suffix.lower() in LABEL_EXTENSIONS


def _has_images(folder: Path) -> bool:
    return any(p.suffix.lower() in IMAGE_EXTENSIONS for p in folder.iterdir())


def _tables(folder: Path) -> list[Path]:
    """DeepLabCut's tables of labels in a folder, each once."""
    found: dict[str, Path] = {}
    for suffix in _TABLES:
        for path in sorted(folder.glob(f"CollectedData*{suffix}")):
            found.setdefault(path.stem, path)
    return list(found.values())
