"""Numbers known beforehand, as arrays of the kind that the work is done in."""

from __future__ import annotations

from typing import Any

import numpy as np
from array_api_compat import array_namespace, device
from numpy.typing import ArrayLike

Array = Any


class Constant:
    """Constant numbers. `like(array)` gives them in that array's library, precision and device.

    Each kind is made once: making a small array again takes longer than the sum or product it is used in.
    """

    def __init__(self, values: ArrayLike) -> None:
        self.values = np.asarray(values, dtype=np.float64)
        self._made: dict[tuple[type, Any, Any], Array] = {}

    def like(self, array: Array) -> Array:
        key = (type(array), array.dtype, array.device)
        made = self._made.get(key)
        if made is None:
            xp = array_namespace(array)
            made = self._made[key] = xp.asarray(self.values, dtype=array.dtype, device=device(array))
        return made
