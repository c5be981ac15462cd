"""What `poseviewer doctor` looks at inside Python: versions, torch, codecs, packages that get in each other's way."""

from __future__ import annotations

import platform
import sys
from importlib import metadata
from pathlib import Path

from poseviewer import __version__
from poseviewer.cli.check import Check, Status, ask

PACKAGES = (
    "PySide6-Essentials",
    "pyqtgraph",
    "vispy",
    "numpy",
    "opencv-python-headless",
    "av",
    "safetensors",
)
DECODERS = ("h264", "hevc", "mpeg4", "mjpeg")
BESIDE_HEADLESS = ("opencv-python", "opencv-contrib-python")


def check_python() -> Check:
    found = f"poseviewer {__version__}, Python {platform.python_version()}, {platform.platform()}"
    return Check("Python", Status.OK, found)


def check_packages() -> Check:
    versions = {name: _version(name) for name in PACKAGES}
    lacking = [name for name, version in versions.items() if not version]
    found = ", ".join(f"{name} {version or 'missing'}" for name, version in versions.items())
    if lacking:
        return Check("Packages", Status.BROKEN, found, f"Run: python -m pip install {' '.join(lacking)}")
    if sys.version_info < (3, 12) and versions["PySide6-Essentials"].startswith("6.12"):
        cure = "PySide6 6.12 crashes Python 3.11; run: python -m pip install 'PySide6-Essentials<6.12'"
        return Check("Packages", Status.BROKEN, found, cure)
    return Check("Packages", Status.OK, found)


def check_opencv() -> Check:
    """The other OpenCV sets Qt's plugin path on import, and the window then finds the wrong plugins."""
    beside = [name for name in BESIDE_HEADLESS if _version(name)]
    if not beside:
        return Check("OpenCV", Status.OK, "no other OpenCV is installed beside the headless one")
    headless = "python -m pip install --force-reinstall --no-deps opencv-python-headless"
    cure = f"Run: python -m pip uninstall {' '.join(beside)} && {headless}"
    return Check("OpenCV", Status.BROKEN, f"{', '.join(beside)} is installed too, and breaks Qt's plugins", cure)


def check_torch() -> Check:
    answer, reason = ask("poseviewer.models.device_probe")
    if answer is None:
        cure = "Run: python -m pip install --force-reinstall torch; without it nothing can be lifted or trained."
        return Check("Networks", Status.BROKEN, f"torch does not work ({reason})", cure)
    fast = "bfloat16 at full speed" if answer["bf16"] else "float32 only"
    devices = ", ".join(answer["devices"])
    return Check("Networks", Status.OK, f"torch {answer['torch']}; devices: {devices}; {answer['auto']} has {fast}")


def check_codecs() -> Check:
    try:
        import av
    except ImportError as error:
        cure = "Run: python -m pip install --force-reinstall av; without it no video opens."
        return Check("Video", Status.BROKEN, f"PyAV does not work ({error})", cure)
    libraries = ".".join(str(part) for part in av.library_versions["libavcodec"])
    lacking = [name for name in DECODERS if name not in av.codecs_available]
    found = f"PyAV {av.__version__}, libavcodec {libraries}"
    if lacking:
        cure = "Install PyAV from its wheel: python -m pip install --force-reinstall --only-binary av av"
        return Check("Video", Status.BROKEN, f"{found}, cannot decode {', '.join(lacking)}", cure)
    return Check("Video", Status.OK, f"{found}, decodes {', '.join(DECODERS)}")


def check_labels() -> Check:
    version = _version("sleap-io")
    if version:
        return Check("Label files", Status.OK, f"sleap-io {version}")
    cure = "Run: python -m pip install 'poseviewer[labels]'"
    return Check(
        "Label files", Status.WARNING, "SLEAP, DeepLabCut and COCO files cannot be read without sleap-io", cure
    )


def check_weights() -> Check:
    """The shipped models are there and readable; the arrays themselves are not loaded."""
    from safetensors import SafetensorError, safe_open

    from poseviewer.io.resources import resource

    try:
        files = sorted(resource("weights").glob("*.safetensors"))
    except FileNotFoundError as error:
        return Check("Models", Status.BROKEN, str(error), "Install poseviewer again.")
    damaged = []
    for path in files:
        try:
            with safe_open(path, framework="numpy") as model:
                if "card" not in (model.metadata() or {}):
                    damaged.append(path)
        except (SafetensorError, OSError):
            damaged.append(path)
    if damaged:
        return Check("Models", Status.BROKEN, f"damaged: {_names(damaged)}", "Install poseviewer again.")
    if not files:
        return Check("Models", Status.BROKEN, "no lifter came with this installation", "Install poseviewer again.")
    return Check("Models", Status.OK, _names(files))


def _names(paths: list[Path]) -> str:
    return ", ".join(path.name.removesuffix(".safetensors") for path in paths)


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""
