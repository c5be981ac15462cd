"""The door: opens the window, or runs one verb without it.

What opens the window does not pass through the command-line library, so that the first window waits for nothing
that it does not show.
"""

from __future__ import annotations

import difflib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from poseviewer.cli.failures import DEBUG_VARIABLE, guarded
from poseviewer.core.errors import PoseviewerError

VERBS = ("synthesize", "train", "detect", "lift", "ranges", "evaluate", "study", "convert", "doctor")


@dataclass(frozen=True)
class WindowRequest:
    """What the window is asked to show, and where to put a picture of it."""

    paths: tuple[Path, ...] = ()
    demo: bool = False
    screenshot: Path | None = None


def main(arguments: list[str] | None = None) -> int:
    """Run the program and return its exit code: 0 success, 1 an error, 2 a wrong command line, 130 interrupted."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if "--debug" in arguments:
        arguments.remove("--debug")
        os.environ[DEBUG_VARIABLE] = "1"
    if arguments == ["--version"]:
        from poseviewer import __version__

        sys.stdout.write(f"poseviewer {__version__}\n")
        return 0
    request = window_request(arguments)
    if request is not None:
        return guarded(lambda: open_window(request))
    from poseviewer.cli.verbs import run_verb

    return run_verb(arguments)


def window_request(arguments: list[str]) -> WindowRequest | None:
    """What to show, or None where the arguments are for a verb (or are not understood, which the verbs report)."""
    paths: list[str] = []
    screenshot: Path | None = None
    words = iter(arguments)
    for word in words:
        if word == "--screenshot" or word.startswith("--screenshot="):
            value = word.partition("=")[2] or next(words, "")
            if not value:
                return None
            screenshot = Path(value)
        elif word.startswith("-") or (not paths and word in VERBS):
            return None
        else:
            paths.append(word)
    demo = paths == ["demo"]  # a file of that name is ./demo
    return WindowRequest(() if demo else tuple(map(Path, paths)), demo, screenshot)


def open_window(request: WindowRequest) -> int:
    """Show the window until it is closed.

    Raises:
        PoseviewerError: a path does not exist.
    """
    for path in request.paths:
        check_exists(path)
    from poseviewer.app.start import run_window

    return run_window([str(path) for path in request.paths], request.demo, request.screenshot)


def check_exists(path: Path) -> None:
    if path.exists():
        return
    alike = difflib.get_close_matches(str(path), [*VERBS, "demo"], n=1)
    cure = f"did you mean 'poseviewer {alike[0]}'?" if alike else "check the name, or run 'poseviewer --help'."
    raise PoseviewerError(f"There is no file {path}; {cure}")


if __name__ == "__main__":
    sys.exit(main())
