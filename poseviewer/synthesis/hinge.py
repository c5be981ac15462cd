"""Where a joint between two straight pieces lies when both ends are known: a knee, a hock, the back of the head."""

from __future__ import annotations

from typing import Any

from array_api_compat import array_namespace

STRAIGHTEST = 0.9999
"""A hinge opens to this part of its full reach: a straight one has no plane to bend in."""


def hinge(start: Any, end: Any, first: float, second: float, side: Any, toward: float) -> Any:
    """The place of a hinge between `start` and `end`, with pieces of the lengths `first` and `second`.

    Two bones that reach their target bend in one plane only, the one across the animal's side-to-side
    line; of the two solutions in it `toward` picks one: +1 bends along axis × side, -1 the other way.
    A target out of reach stretches both pieces alike.

    Args:
        start, end: (..., 3) where the pieces begin and end.
        side: (..., 3) pointing to the animal's left; need not be a unit vector, but not along start-end.

    Returns:
        (..., 3) the hinge.
    """
    xp = array_namespace(start, end, side)
    reach = end - start
    distance = xp.sqrt(xp.sum(reach * reach, axis=-1, keepdims=True))
    axis = reach / distance
    along = (distance**2 + first**2 - second**2) / (2 * distance)
    height = xp.sqrt(xp.maximum(first**2 - along**2, xp.zeros_like(along)))
    straight = distance * (first / (first + second))
    along = xp.where(distance >= STRAIGHTEST * (first + second), straight, along)
    height = xp.where(distance >= STRAIGHTEST * (first + second), xp.zeros_like(height), height)
    return start + along * axis + toward * height * unit(cross(axis, side))


def unit(vectors: Any) -> Any:
    """(..., 3) vectors made one long; a zero vector stays zero."""
    xp = array_namespace(vectors)
    norm = xp.sqrt(xp.sum(vectors * vectors, axis=-1, keepdims=True))
    return vectors / xp.where(norm > 0, norm, xp.ones_like(norm))


def cross(a: Any, b: Any) -> Any:
    """The cross product of (..., 3) vectors, in any array library."""
    xp = array_namespace(a, b)
    return xp.stack(
        [
            a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1],
            a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2],
            a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0],
        ],
        axis=-1,
    )
