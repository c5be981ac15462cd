"""What `make` does on machines that lack something, with stand-ins for the system's programs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the scripts install Debian packages")

LIBRARIES = [
    "libEGL.so.1",
    "libGL.so.1",
    "libglib-2.0.so.0",
    "libfontconfig.so.1",
    "libdbus-1.so.3",
    "libxkbcommon-x11.so.0",
    "libxcb-icccm.so.4",
    "libxcb-keysyms.so.1",
    "libxcb-shape.so.0",
]
"""All that are needed, without libxcb-cursor.so.0."""


class Machine:
    """A folder of stand-ins that are found before the system's own programs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has(self, program: str, script: str) -> None:
        path = self.folder / program
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def run(self, script: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PATH": f"{self.folder}:/usr/bin:/bin"} | variables
        command = ["sh", str(ROOT / "scripts" / script), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """It has every library but one."""
    machine = Machine(tmp_path)
    listed = "\n".join(f"{name} (libc6,x86-64) => /usr/lib/{name}" for name in LIBRARIES)
    machine.has("ldconfig", f"cat <<'END'\n{listed}\nEND")
    machine.has("sudo", "exit 1")
    machine.has("apt-get", f'echo "$@" >> {tmp_path}/apt.log')
    return machine


def test_root_installs_just_what_is_missing(machine: Machine) -> None:
    machine.has("id", "echo 0")

    done = machine.run("system_libraries.sh", "run", sys.executable)

    assert done.returncode == 0, done.stderr
    assert (machine.folder / "apt.log").read_text() == "install -y --no-install-recommends libxcb-cursor0\n"


def test_who_may_not_install_gets_the_one_command(machine: Machine) -> None:
    machine.has("id", "echo 1000")

    done = machine.run("system_libraries.sh", "run", sys.executable)

    assert done.returncode == 1
    assert "sudo apt-get install -y --no-install-recommends libxcb-cursor0\n" in done.stderr
    assert not (machine.folder / "apt.log").exists()


def test_old_package_lists_are_refreshed_once(machine: Machine) -> None:
    machine.has("id", "echo 0")
    log = machine.folder / "apt.log"
    machine.has("apt-get", f'echo "$1" >> {log}; [ "$1" = update ] || grep -q update {log}')

    done = machine.run("system_libraries.sh", "run", sys.executable)

    assert done.returncode == 0, done.stderr
    assert log.read_text().split() == ["install", "update", "install"]


def test_a_refused_installation_ends_with_the_command(machine: Machine) -> None:
    machine.has("id", "echo 0")
    machine.has("apt-get", "exit 100")

    done = machine.run("system_libraries.sh", "run", sys.executable)

    assert done.returncode == 1
    assert "sudo apt-get update && sudo apt-get install" in done.stderr


def test_nothing_is_done_where_nothing_is_missing(machine: Machine) -> None:
    machine.has("ldconfig", "\n".join(f"echo '{name} (x) => y'" for name in (*LIBRARIES, "libxcb-cursor.so.0")))

    done = machine.run("system_libraries.sh", "run", sys.executable)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_python_without_venv_needs_its_package(machine: Machine) -> None:
    machine.has("id", "echo 0")
    machine.has("python3.12", "exit 1")

    machine.run("system_libraries.sh", "run", "python3.12")

    assert "python3.12-venv" in (machine.folder / "apt.log").read_text()


def test_the_python_that_runs_is_found(machine: Machine) -> None:
    machine.has("python3", "exit 127")  # a version manager's stand-in for a version that is not chosen
    machine.has("python3.13", "exit 127")
    machine.has("python3.12", f'exec {sys.executable} "$@"')

    assert machine.run("find_python.sh").stdout == "python3.12\n"


def test_without_a_python_the_cure_is_named(machine: Machine) -> None:
    for name in ("python3", "python3.11", "python3.12", "python3.13"):
        machine.has(name, "exit 1")

    done = machine.run("find_python.sh")

    assert done.returncode == 1
    assert "sudo apt-get install python3 python3-venv" in done.stderr


def test_a_chosen_python_that_is_too_old_is_refused(machine: Machine) -> None:
    machine.has("python2", "exit 1")

    done = machine.run("find_python.sh", PYTHON="python2")

    assert done.returncode == 1
    assert "PYTHON=python2" in done.stderr
