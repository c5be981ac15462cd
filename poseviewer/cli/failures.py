"""How the command line fails: one sentence on stderr, the traceback in the log, and an exit code that says so."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from poseviewer.core.errors import PoseviewerError

DEBUG_VARIABLE = "POSEVIEWER_DEBUG"
"""Set by `--debug`: tracebacks are shown as well as logged."""
FAILED, INTERRUPTED = 1, 130


def guarded(work: Callable[[], int | None]) -> int:
    """Run the work and return its exit code; whatever it raises becomes a sentence and a code.

    `SystemExit` passes: whoever raises it has said why.
    """
    try:
        return work() or 0
    except KeyboardInterrupt:
        say("Interrupted.")
        return INTERRUPTED
    except PoseviewerError as error:
        _show_traceback()
        say(str(error))
    except BrokenPipeError:
        # Whoever read our output (`| head`) has enough; Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        _show_traceback()
        say(describe_os_error(error))
    except MemoryError:
        _show_traceback()
        say("There is not enough memory for this; ask for less at once.")
    except Exception as error:
        _show_traceback()
        say(f"Something unexpected happened ({type(error).__name__}: {error}); {_logged()}")
    return FAILED


def describe_os_error(error: OSError) -> str:
    """One sentence for a file that could not be read or written."""
    where = error.filename2 or error.filename
    reason = error.strerror or str(error)
    if where is None:
        return f"The system refused: {reason}."
    cures = {
        FileNotFoundError: "check the name",
        PermissionError: "choose a folder that you may write to, or change its permissions",
        IsADirectoryError: "name a file, not a folder",
        NotADirectoryError: "check the name",
    }
    cure = next((text for kind, text in cures.items() if isinstance(error, kind)), "free some space or try elsewhere")
    return f"{where}: {reason}; {cure}."


def say(sentence: str) -> None:
    """One sentence for people, apart from the results on stdout."""
    sys.stderr.write(f"{sentence}\n")


def log_file() -> Path:
    """Where tracebacks go: the same file as the window's."""
    import platformdirs

    return platformdirs.user_log_path("poseviewer", appauthor=False) / "poseviewer.log"


def _logged() -> str:
    """Append the traceback to the log, and say where it is (or that it could not be written)."""
    path = log_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as log:
            log.write(f"--- {datetime.now().astimezone().isoformat()} {sys.argv}\n{traceback.format_exc()}\n")
    except OSError:
        return "run it again with --debug to see where."
    return f"the details are in {path}."


def _show_traceback() -> None:
    if os.environ.get(DEBUG_VARIABLE):
        traceback.print_exc()
