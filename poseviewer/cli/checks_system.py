"""What `poseviewer doctor` looks at outside Python: libraries, the display, OpenGL, folders."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import platformdirs

from poseviewer.cli.check import Check, Status, ask

DEBIAN_PACKAGES = {
    "libEGL.so": "libegl1",
    "libGL.so": "libgl1",
    "libglib-2.0.so": "libglib2.0-0",
    "libgthread-2.0.so": "libglib2.0-0",
    "libfontconfig.so": "libfontconfig1",
    "libfreetype.so": "libfreetype6",
    "libdbus-1.so": "libdbus-1-3",
    "libxkbcommon.so": "libxkbcommon0",
    "libxkbcommon-x11.so": "libxkbcommon-x11-0",
    "libxcb-cursor.so": "libxcb-cursor0",
    "libxcb-icccm.so": "libxcb-icccm4",
    "libxcb-image.so": "libxcb-image0",
    "libxcb-keysyms.so": "libxcb-keysyms1",
    "libxcb-randr.so": "libxcb-randr0",
    "libxcb-render-util.so": "libxcb-render-util0",
    "libxcb-render.so": "libxcb-render0",
    "libxcb-shape.so": "libxcb-shape0",
    "libxcb-shm.so": "libxcb-shm0",
    "libxcb-sync.so": "libxcb-sync1",
    "libxcb-util.so": "libxcb-util1",
    "libxcb-xfixes.so": "libxcb-xfixes0",
    "libxcb-xinerama.so": "libxcb-xinerama0",
    "libxcb-xkb.so": "libxcb-xkb1",
    "libxcb.so": "libxcb1",
    "libX11-xcb.so": "libx11-xcb1",
    "libX11.so": "libx11-6",
}
"""Library, without its version -> the Debian or Ubuntu package that has it."""


def check_qt_libraries() -> Check:
    """What Qt's own plugin for the screen cannot find. Qt itself names xcb-cursor0 whatever it is that is missing."""
    plugin = _xcb_plugin()
    if not sys.platform.startswith("linux"):
        return Check("Qt libraries", Status.OK, "part of the system")
    if plugin is None:
        cure = "Run: python -m pip install --force-reinstall PySide6-Essentials"
        return Check("Qt libraries", Status.BROKEN, "PySide6 has no plugin for the screen", cure)
    listed = _ldd(plugin)
    if listed is None:
        return Check("Qt libraries", Status.WARNING, "cannot be listed here: there is no ldd")
    missing = missing_libraries(listed)
    if not missing:
        return Check("Qt libraries", Status.OK, "all there")
    return Check("Qt libraries", Status.BROKEN, f"missing: {', '.join(missing)}", cure_for(missing))


def missing_libraries(listed: str) -> list[str]:
    """The libraries that ldd's output marks as not found, each once."""
    return sorted({line.split()[0] for line in listed.splitlines() if line.strip().endswith("not found")})


def cure_for(libraries: list[str]) -> str:
    """One command that installs them, or the names to look for where the package is not known."""
    packages = {DEBIAN_PACKAGES.get(name.partition(".so")[0] + ".so", "") for name in libraries}
    if "" in packages or not packages:
        return f"Install the packages of your system that contain {', '.join(libraries)}."
    return f"Run: sudo apt-get install -y {' '.join(sorted(packages))}"


def check_opengl() -> list[Check]:
    """The display and what OpenGL offers on it; asked elsewhere, because a driver may take the process with it."""
    display = Check("Display", Status.OK, "there is one")
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        cure = "Run on a desktop or under xvfb-run; the command line and --screenshot need no display."
        none = Check("Display", Status.WARNING, "there is none, so no window can be opened here", cure)
        return [none, Check("OpenGL", Status.WARNING, "not tried without a display", "")]
    answer, reason = ask("poseviewer.app.gl")
    if answer is None:
        cure = "See 'Qt libraries' above; if they are all there, check that the display can be reached."
        return [Check("Display", Status.BROKEN, f"Qt cannot open it ({reason})", cure)]
    if not answer["usable"]:
        cure = "Install the driver of the graphics card (Debian: sudo apt-get install -y libgl1-mesa-dri)."
        found = f"not usable ({answer['reason']}); the 3D view is painted without it"
        return [display, Check("OpenGL", Status.WARNING, found, cure)]
    return [display, Check("OpenGL", Status.OK, answer["renderer"])]


def check_folders() -> Check:
    """Settings, data and the log can be written."""
    folders = {
        "settings": platformdirs.user_config_path("poseviewer", appauthor=False),
        "data": platformdirs.user_data_path("poseviewer", appauthor=False),
        "log": platformdirs.user_log_path("poseviewer", appauthor=False),
    }
    refused = [f"{name} ({path})" for name, path in folders.items() if not _writable(path)]
    if refused:
        cure = "Change their permissions, or point XDG_CONFIG_HOME, XDG_DATA_HOME and XDG_STATE_HOME elsewhere."
        return Check("Folders", Status.BROKEN, f"cannot write: {', '.join(refused)}", cure)
    return Check("Folders", Status.OK, ", ".join(f"{name} {path}" for name, path in folders.items()))


def _writable(folder: Path) -> bool:
    """Whether files can be made in the folder, or in the nearest one above it that exists (nothing is created)."""
    while not folder.exists():
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _xcb_plugin() -> Path | None:
    spec = importlib.util.find_spec("PySide6")
    places = list(spec.submodule_search_locations or []) if spec else []
    found = [path for place in places for path in Path(place).glob("Qt/plugins/platforms/libqxcb.so")]
    return found[0] if found else None


def _ldd(library: Path) -> str | None:
    program = shutil.which("ldd")
    if program is None:
        return None
    return subprocess.run([program, str(library)], capture_output=True, text=True, timeout=30, check=False).stdout
