"""Torch's largest library, loaded without holding up the other threads.

`import torch` opens it while it holds the interpreter's lock, and the window stands still meanwhile (0.4 s on two
cores). A foreign function called through ctypes runs without the lock; the import then finds the library open.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import sys
from pathlib import Path

LIBRARY = "libtorch_cpu.so"


def preload_torch() -> bool:
    """Open the library; whether it was opened. Where this cannot be done, the import does it as ever."""
    if sys.platform != "linux" or "torch" in sys.modules:
        return False
    with contextlib.suppress(ImportError, OSError, AttributeError):
        spec = importlib.util.find_spec("torch")
        if spec is None or spec.origin is None:
            return False
        library = Path(spec.origin).parent / "lib" / LIBRARY
        system = ctypes.CDLL(None)
        system.dlopen.restype = ctypes.c_void_p
        system.dlopen.argtypes = [ctypes.c_char_p, ctypes.c_int]
        return bool(system.dlopen(os.fsencode(library), os.RTLD_NOW))
    return False
