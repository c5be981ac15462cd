"""The system's file dialogs, asked in the program's words."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

IMAGES = "*.png *.jpg *.jpeg *.tif *.tiff *.bmp *.webp"
VIDEOS = "*.mp4 *.avi *.mov *.mkv *.webm *.m4v *.mpg *.mpeg *.wmv *.mts *.ts *.gif"
PROJECTS = "*.poseproj"


def ask_media(parent: QWidget, folder: str, title: str = "New project: choose images or a video") -> list[str]:
    """Paths of images or videos; empty where the user thought better of it."""
    filters = f"Images and video ({both_cases(IMAGES)} {both_cases(VIDEOS)});;All files (*)"
    return QFileDialog.getOpenFileNames(parent, title, folder, filters)[0]


def ask_anything(parent: QWidget, folder: str) -> list[str]:
    """Paths of projects, images or videos."""
    everything = " ".join((PROJECTS, both_cases(IMAGES), both_cases(VIDEOS)))
    filters = (
        f"Everything that can be opened ({everything});;Projects ({PROJECTS});;"
        f"Images and video ({both_cases(IMAGES)} {both_cases(VIDEOS)});;All files (*)"
    )
    return QFileDialog.getOpenFileNames(parent, "Open", folder, filters)[0]


def ask_folder(parent: QWidget, folder: str) -> str:
    return QFileDialog.getExistingDirectory(parent, "Open a folder of images", folder)


def ask_project_name(parent: QWidget, folder: str, name: str) -> Path | None:
    """Where to save a project; always with its suffix."""
    start = str(Path(folder or Path.home()) / f"{name}{PROJECTS[1:]}")
    chosen = QFileDialog.getSaveFileName(parent, "Save the project as", start, f"Projects ({PROJECTS})")[0]
    return with_suffix(chosen) if chosen else None


def ask_model(parent: QWidget | None, folder: str, title: str = "Choose a lifter") -> str:
    return QFileDialog.getOpenFileName(parent, title, folder, "Models (*.safetensors);;All files (*)")[0]


def ask_model_name(parent: QWidget, folder: str, name: str) -> Path | None:
    """Where to write a copy of a model; always with its suffix."""
    start = str(Path(folder or Path.home()) / f"{name}.safetensors")
    chosen = QFileDialog.getSaveFileName(parent, "Export the model", start, "Models (*.safetensors)")[0]
    if not chosen:
        return None
    return Path(chosen if chosen.endswith(".safetensors") else f"{chosen}.safetensors")


def ask_labels(parent: QWidget | None, folder: str) -> str:
    kinds = "*.slp *.csv *.h5 *.json *.mat"
    return QFileDialog.getOpenFileName(parent, "Import labels", folder, f"Labels ({kinds});;All files (*)")[0]


def ask_poses(parent: QWidget | None, folder: str) -> list[str]:
    """Paths of files of poses to learn from; empty where the user thought better of it."""
    return QFileDialog.getOpenFileNames(parent, "Poses to learn from", folder, "Poses (*.npz);;All files (*)")[0]


def ask_moved_media(parent: QWidget, old: str) -> str:
    """Where a media is now."""
    title = f"Where is {Path(old).name} now?"
    if Path(old).suffix == "":
        return QFileDialog.getExistingDirectory(parent, title, str(Path(old).parent))
    return QFileDialog.getOpenFileName(parent, title, str(Path(old).parent))[0]


def with_suffix(path: str) -> Path:
    """The path of a project, whether or not its suffix was typed."""
    return Path(path if path.endswith(PROJECTS[1:]) else path + PROJECTS[1:])


def both_cases(patterns: str) -> str:
    """Cameras write .JPG and .MP4, and on most systems a pattern minds the difference."""
    return f"{patterns} {patterns.upper()}"
