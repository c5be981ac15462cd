"""Numbers in the text files of motion capture; what is wrong with a line is said with its number."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.errors import LabelFileError


def text_lines(path: Path) -> list[str]:
    """The file's lines; letters that are not UTF-8, in comments, do not matter.

    Raises:
        LabelFileError: it is missing, unreadable or empty.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise LabelFileError(f"There is no file {path}; check its name.") from None
    except OSError as error:
        raise LabelFileError(
            f"{path} cannot be read ({error.strerror or error}); check the file or its owner."
        ) from error
    if not content.strip():
        raise LabelFileError(f"{path} is empty; copy or export it again.")
    return content.decode("utf-8-sig", "replace").splitlines()


def numbers_of(text: str, count: int, what: str, path: Path, line: int) -> list[float]:
    """Exactly `count` finite numbers.

    Raises:
        LabelFileError: there are more or fewer, or one is no number.
    """
    words = text.split()
    if len(words) != count:
        raise LabelFileError(
            f"{path}, line {line}: {what} should have {count} number{'s' * (count != 1)}, but it has {len(words)}; "
            f"copy or export the file again."
        )
    try:
        values = [float(word) for word in words]
    except ValueError:
        values = [np.nan]
    if not np.isfinite(values).all():
        raise LabelFileError(
            f"{path}, line {line}: {what} should be numbers, but is '{text.strip()[:40]}'; correct the line, or "
            f"export the file again."
        )
    return values


def number_rows(rows: Sequence[tuple[int, str]], count: int, what: str, path: Path) -> NDArray[np.float64]:
    """(F, count) the numbers of (line number, text) rows.

    Raises:
        LabelFileError: a row has another count, or something in it that is no finite number.
    """
    try:
        values = np.array([float(word) for _, text in rows for word in text.split()]).reshape(len(rows), count)
        if np.isfinite(values).all() and all(len(text.split()) == count for _, text in rows):
            return values
    except ValueError:
        pass  # which row, is found below
    values = np.empty((len(rows), count))
    for i, (line, text) in enumerate(rows):
        words = text.split()
        if len(words) != count:
            raise LabelFileError(
                f"{path}, line {line}: this frame has {len(words)} numbers for {count} {what}; it was cut off or is "
                f"damaged: copy or export the file again."
            )
        try:
            values[i] = words
        except ValueError:
            values[i] = np.nan
        if not np.isfinite(values[i]).all():
            bad = next(word for word in words if not _is_number(word))
            raise LabelFileError(f"{path}, line {line}: '{bad[:20]}' is not a number; export the file again.")
    return values


def _is_number(word: str) -> bool:
    try:
        return bool(np.isfinite(float(word)))
    except ValueError:
        return False
