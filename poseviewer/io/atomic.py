"""Files are written under a temporary name and then renamed: no reader sees half of one, no crash leaves it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path in the same folder; rename it to `path` on success, delete it on an error.

    Example:
        >>> with replacing(Path("out.npz")) as temporary: np.savez(temporary, ...)

    Raises:
        OSError: the folder is missing, read-only or full; `path` is then as it was.
    """
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        temporary.chmod(0o644)  # mkstemp's files are private; libraries that replace the file make it so again
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    except BaseException as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and (not error.filename or f".{path.name}." in str(error.filename)):
            error.filename, error.filename2 = str(path), None  # nobody knows the temporary name
        raise


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text in one step."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
