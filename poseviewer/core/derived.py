"""Values worked out once per object and kept with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

Owner = TypeVar("Owner")
Value = TypeVar("Value")


def derived(function: Callable[[Owner], Value]) -> Callable[[Owner], Value]:
    """A function of one frozen object whose answer is kept with the object, like `cached_property` from outside.

    `functools.lru_cache` would hash the whole skeleton or range preset on every call, which takes as long as
    drawing ten poses from it.
    """
    key = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def kept(owner: Owner) -> Value:
        store = vars(owner)
        if key not in store:
            store[key] = function(owner)
        value: Value = store[key]
        return value

    return kept
