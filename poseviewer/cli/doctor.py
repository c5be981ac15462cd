"""`poseviewer doctor`: what works here and what does not, each with its cure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from poseviewer.cli import checks_software, checks_system
from poseviewer.cli.check import Check, Status
from poseviewer.cli.console import write_json, write_line
from poseviewer.cli.failures import FAILED

MARKS = {Status.OK: "ok     ", Status.WARNING: "warning", Status.BROKEN: "BROKEN "}


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Report as JSON.")] = False) -> int:
    """Say what works on this machine and what does not, with the cure.

    The exit code is 1 if something that everyone needs is broken.
    """
    found = []
    for check in checks():
        found.append(check)
        if not as_json:
            _print(check)
    broken = [check for check in found if check.status is Status.BROKEN]
    if as_json:
        rows = [{"name": c.name, "status": c.status.value, "found": c.found, "cure": c.cure} for c in found]
        write_json({"ok": not broken, "checks": rows})
    elif broken:
        write_line(f"{len(broken)} broken: {', '.join(check.name for check in broken)}.")
    else:
        write_line("Everything that is needed works.")
    return FAILED if broken else 0


def checks() -> Iterator[Check]:
    """Every check, the quick ones first."""
    yield checks_software.check_python()
    yield checks_software.check_packages()
    yield checks_software.check_opencv()
    yield checks_system.check_qt_libraries()
    yield from checks_system.check_opengl()
    yield checks_software.check_torch()
    yield checks_software.check_codecs()
    yield checks_software.check_labels()
    yield checks_software.check_weights()
    yield checks_system.check_folders()


def _print(check: Check) -> None:
    write_line(f"{MARKS[check.status]}  {check.name}: {check.found}")
    if check.cure and check.status is not Status.OK:
        write_line(f"         {check.cure}")
