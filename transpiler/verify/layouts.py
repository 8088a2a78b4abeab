"""Memory layouts: the same elements in another order of memory, with gaps, or in a larger buffer."""

from __future__ import annotations

import numpy as np

from loopwright.verify.codec import AnyArray

LAYOUTS = ("fortran", "strided", "reversed", "window", "transposed", "read-only", "repeated")
_GARBAGE = (100, 7, 55)
"What lies in a buffer beside the elements: reading it by mistake shows."


def lay_out(a: AnyArray, layout: str) -> AnyArray:
    """The elements of `a` in another layout; `repeated` repeats the first row without memory for it."""
    if a.ndim == 0 or a.size == 0:
        return a
    match layout:
        case "repeated":
            return np.broadcast_to(a[:1].copy(), a.shape)
        case "fortran":
            return np.asfortranarray(a)
        case "transposed":
            return np.ascontiguousarray(a.T).T
        case "read-only":
            a = a.copy()
            a.flags.writeable = False
            return a
        case "reversed":
            return a[(slice(None, None, -1),) * a.ndim].copy()[(slice(None, None, -1),) * a.ndim]
        case "strided":
            return _in_buffer(a, tuple(2 * n + 1 for n in a.shape), (slice(1, None, 2),) * a.ndim)
        case "window":
            return _in_buffer(a, (len(a) + 4, *a.shape[1:]), (slice(2, 2 + len(a)),))
        case _:
            return a


def _in_buffer(a: AnyArray, shape: tuple[int, ...], window: tuple[slice, ...]) -> AnyArray:
    buffer = np.resize(np.array(_GARBAGE).astype(a.dtype), shape)
    buffer[window] = a
    inside: AnyArray = buffer[window]
    return inside
