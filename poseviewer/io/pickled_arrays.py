"""Arrays in nested dictionaries and lists out of a pickle, without unpickling it.

numpy keeps an "array of objects" as a pickle, and some data sets are handed round as a dictionary in such an array
(Human3.6M in VideoPose3D's layout). A pickle is a program, and running one from a file of unknown origin is running
the file. Here its instructions are followed by hand: containers, text and numbers are built, and of the functions that
it may call only numpy's own for arrays are understood, which are not called either: their arguments are read.
Whatever else it names is refused.
"""

from __future__ import annotations

import math
import pickletools
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from poseviewer.core.errors import LabelFileError
from poseviewer.io.pickled_names import ForeignPickleError, follow, since_mark


@dataclass(frozen=True)
class _Name:
    """A function or class that the pickle names. Nothing is imported for it."""

    module: str
    name: str


@dataclass(eq=False)
class _Kind:
    """A dtype in the making."""

    code: str
    order: str = "="

    def dtype(self) -> np.dtype[Any]:
        if not re.fullmatch(r"[<>|=]?([fiubSUO]\d*|\?)", self.code):
            raise ForeignPickleError(f"an array of the kind '{self.code[:20]}' is not read")
        made: np.dtype[Any] = np.dtype(self.code)
        return made.newbyteorder(self.order) if self.order in ("<", ">") else made  # type: ignore[arg-type]


@dataclass(eq=False)
class _Array:
    """An array in the making: what numpy stored of it."""

    state: tuple[Any, ...] = field(default=())


_NAMES = {
    ("numpy", "ndarray"), ("numpy", "dtype"), ("_codecs", "encode"), ("builtins", "list"), ("builtins", "dict"),
    ("__builtin__", "list"), ("__builtin__", "dict"), ("__builtin__", "bytes"), ("builtins", "bytes"),
    ("collections", "OrderedDict"), ("collections", "defaultdict"),
} | {
    (f"numpy.{core}.{module}", name)
    for core in ("core", "_core")
    for module, name in (("multiarray", "_reconstruct"), ("multiarray", "scalar"), ("numeric", "_frombuffer"))
}  # fmt: skip
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_PLAIN = {
    "FLOAT", "BINFLOAT", "LONG4", "STRING", "BINSTRING", "SHORT_BINSTRING",
    "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8",
}  # fmt: skip


def read_pickled(pickled: bytes) -> Any:
    """What the pickle holds: dictionaries, lists and tuples of arrays, text and numbers.

    Raises:
        ForeignPickleError: it is damaged, or holds or does anything else.
    """
    stack: list[Any] = []
    memory: dict[int, Any] = {}
    try:
        for instruction, argument, _ in pickletools.genops(pickled):
            _follow(instruction.name, argument, stack, memory)
        if len(stack) != 1:
            raise ForeignPickleError("it is cut off")
        return _finished(stack[0], {}, 0)
    except ForeignPickleError:
        raise
    except (IndexError, KeyError, ValueError, TypeError, AttributeError, OverflowError, MemoryError) as error:
        raise ForeignPickleError(f"it is damaged ({error})") from error


def read_object_arrays(path: str | Path) -> dict[str, Any]:
    """The arrays of an .npz by name; an array of objects becomes what it holds.

    Raises:
        LabelFileError: the file is missing or damaged, or one of its pickles does more than hold arrays.
    """
    path = Path(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return {
                name.removesuffix(".npy"): _member(archive.read(name), f"'{name.removesuffix('.npy')}' in {path}")
                for name in archive.namelist()
            }
    except FileNotFoundError:
        raise LabelFileError(f"There is no file {path}; check its name.") from None
    except OSError as error:
        raise LabelFileError(
            f"{path} cannot be read ({error.strerror or error}); check the file or its owner."
        ) from error
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError) as error:
        raise LabelFileError(f"{path} is no .npz file, or it is damaged ({error}); download it again.") from error


def _member(content: bytes, where: str) -> Any:
    stream = BytesIO(content)
    version = np.lib.format.read_magic(stream)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    dtype = read_header(stream)[2]
    if not dtype.hasobject:
        return np.lib.format.read_array(BytesIO(content), allow_pickle=False)
    try:
        return read_pickled(content[stream.tell() :])
    except ForeignPickleError as error:
        raise LabelFileError(
            f"{where} is a pickle that holds more than arrays and names, or is damaged ({error}); it is not run, "
            f"because it could be any program: get the file from its authors again."
        ) from error


def _follow(name: str, argument: Any, stack: list[Any], memory: dict[int, Any]) -> None:
    if name in _CONSTANTS:
        stack.append(_CONSTANTS[name])
    elif name in _PLAIN:
        stack.append(argument)
    elif name in ("GLOBAL", "STACK_GLOBAL"):
        stack.append(_named(*(argument.split(" ") if name == "GLOBAL" else (stack.pop(-2), stack.pop()))))
    elif name == "REDUCE":
        arguments = stack.pop()
        stack.append(_called(stack.pop(), arguments))
    elif name == "BUILD":
        state = stack.pop()
        _complete(stack[-1], state)
    elif name == "EMPTY_DICT":
        stack.append({})
    elif name == "DICT":
        items = since_mark(stack)
        stack.append(dict(zip(items[::2], items[1::2], strict=True)))
    elif name in ("SETITEM", "SETITEMS"):
        items = since_mark(stack) if name == "SETITEMS" else [stack.pop(-2), stack.pop()]
        if not isinstance(stack[-1], dict):
            raise ForeignPickleError("it sets items of what is no dictionary")
        stack[-1].update(zip(items[::2], items[1::2], strict=True))
    else:
        follow(name, argument, stack, memory)


def _named(module: Any, name: Any) -> _Name:
    if (module, name) not in _NAMES:
        raise ForeignPickleError(f"it names {str(module)[:40]}.{str(name)[:40]}, which is not followed")
    return _Name(module, name)


def _called(function: Any, arguments: Any) -> Any:
    """What a call would have made; nothing is called."""
    name = function.name if isinstance(function, _Name) else ""
    if name == "_reconstruct":
        return _Array()
    if name == "dtype":
        return _Kind(str(arguments[0]))
    if name == "encode":
        return str(arguments[0]).encode("latin-1")
    if name == "scalar":
        return np.frombuffer(_bytes(arguments[1]), arguments[0].dtype(), count=1)[0].item()
    if name == "_frombuffer":
        buffer, kind, shape, order = arguments
        return _Array((1, shape, kind, order == "F", buffer))
    if name == "OrderedDict":
        return dict(arguments[0]) if arguments else {}
    if name == "bytes" and not arguments:
        return b""
    if name == "defaultdict":
        return {}
    raise ForeignPickleError("it calls what is not followed")


def _complete(thing: Any, state: Any) -> None:
    if isinstance(thing, _Kind):
        thing.order = str(state[1])
    elif isinstance(thing, _Array):
        thing.state = tuple(state)
    else:
        raise ForeignPickleError("it builds what is no array")


def _finished(value: Any, done: dict[int, Any], depth: int) -> Any:
    """The value with its arrays made. What is there twice is made once.

    Raises:
        ForeignPickleError: it is nested deeper than any data set, as a list is that holds itself.
    """
    if depth > 50:
        raise ForeignPickleError("it is nested too deeply")
    if value is None or isinstance(value, str | bytes | bool | int | float):
        return value
    if id(value) not in done:
        done[id(value)] = _made(value, done, depth + 1)
    return done[id(value)]


def _made(value: Any, done: dict[int, Any], depth: int) -> Any:
    if isinstance(value, _Array):
        return _array(value, done, depth)
    if isinstance(value, dict):
        return {_key(k): _finished(v, done, depth) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_finished(item, done, depth) for item in value)
    raise ForeignPickleError(f"it holds a {type(value).__name__.strip('_').lower()}")


def _key(key: Any) -> Any:
    if not isinstance(key, str | int | float):
        raise ForeignPickleError("it has a dictionary whose keys are no names")
    return key


def _array(made: _Array, done: dict[int, Any], depth: int) -> Any:
    """An array of numbers; of objects: the object, if it is of no dimension, or a list of them."""
    _, shape, kind, fortran, content = made.state
    dtype, count = kind.dtype(), math.prod(shape)
    if any(size < 0 for size in shape):
        raise ForeignPickleError("it has an array of a negative size")
    if not dtype.hasobject:
        raw = _bytes(content)
        if len(raw) != count * dtype.itemsize:
            raise ForeignPickleError("an array has other bytes than its shape says")
        return np.frombuffer(raw, dtype).reshape(shape, order="F" if fortran else "C")
    if len(content) != count or len(shape) > 1:
        raise ForeignPickleError("an array of objects is of more than one dimension, or cut off")
    items = [_finished(item, done, depth) for item in content]
    return items if shape else items[0]


def _bytes(content: Any) -> bytes:
    """Python 2 kept bytes as text of one letter per byte."""
    if isinstance(content, str):
        return content.encode("latin-1")
    if not isinstance(content, bytes | bytearray):
        raise ForeignPickleError("an array's content is no bytes")
    return bytes(content)
