"""Names out of a pickle, without unpickling it.

pandas keeps a table's column names as a pickled list of tuples of text. A pickle is a program, and running one
from a file of unknown origin is running the file. Here only the few instructions that build lists and
tuples of text and numbers are followed; anything else is refused.
"""

from __future__ import annotations

import pickletools
from typing import Any


class ForeignPickleError(ValueError):
    """A pickle that does more than list names."""


MARK = object()
_VALUES = {
    "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1",
}  # fmt: skip
_PUT = {"PUT", "BINPUT", "LONG_BINPUT"}
_GET = {"GET", "BINGET", "LONG_BINGET"}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


def read_names(pickled: bytes) -> list[Any]:
    """The list of names, each a text or a tuple of texts.

    Raises:
        ForeignPickleError: it is damaged, or does anything but list names.
    """
    stack: list[Any] = []
    memory: dict[int, Any] = {}
    try:
        for instruction, argument, _ in pickletools.genops(pickled):
            follow(instruction.name, argument, stack, memory)
    except (IndexError, KeyError, ValueError) as error:
        raise ForeignPickleError(f"its column names cannot be read ({error})") from error
    if len(stack) != 1 or not isinstance(stack[0], list):
        raise ForeignPickleError("its column names are not a list")
    return stack[0]


def follow(name: str, argument: Any, stack: list[Any], memory: dict[int, Any]) -> None:
    """Do what one instruction says to the stack and the memory.

    Raises:
        ForeignPickleError: it is none of those that build lists and tuples of text and numbers.
    """
    if name in _VALUES:
        stack.append(argument)
    elif name in _PUT:
        memory[argument] = stack[-1]
    elif name == "MEMOIZE":
        memory[len(memory)] = stack[-1]
    elif name in _GET:
        stack.append(memory[argument])
    elif name == "MARK":
        stack.append(MARK)
    elif name in ("LIST", "TUPLE"):
        items = since_mark(stack)
        stack.append(items if name == "LIST" else tuple(items))
    elif name == "EMPTY_LIST":
        stack.append([])
    elif name == "EMPTY_TUPLE":
        stack.append(())
    elif name in _TUPLES:
        items = [stack.pop() for _ in range(_TUPLES[name])]
        stack.append(tuple(reversed(items)))
    elif name == "APPEND":
        item = stack.pop()
        stack[-1].append(item)
    elif name == "APPENDS":
        items = since_mark(stack)
        stack[-1].extend(items)
    elif name not in ("PROTO", "FRAME", "STOP"):
        raise ForeignPickleError(f"the instruction {name} is not followed")


def since_mark(stack: list[Any]) -> list[Any]:
    """Take from the stack what was put there after the last mark."""
    items = []
    while (item := stack.pop()) is not MARK:
        items.append(item)
    return items[::-1]
