"""Copies that keep what NumPy's own lose: shared buffers, strides, offsets, read-only flags.

Values are copied by pickling and loading; both ends are this program, and nothing that came from
outside is loaded. Arrays that share a buffer share it in the copy too, and bytes of the buffer around
a view travel with it, so that stray writes show.
"""

from __future__ import annotations

import io
import pickle
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

AnyArray = npt.NDArray[Any]


class Pickler(pickle.Pickler):
    """A pickler that reduces array views to their buffer and a window on it."""

    def reducer_override(self, obj: Any) -> Any:
        return reduce_array(obj) if isinstance(obj, np.ndarray) else NotImplemented


def dumps(value: object, pickler: type[pickle.Pickler] = Pickler) -> bytes:
    """Bytes of `value`. Raises what pickle raises for objects that it cannot take."""
    out = io.BytesIO()
    pickler(out, protocol=5).dump(value)
    return out.getvalue()


def loads(data: bytes) -> Any:
    return pickle.loads(data)


_PLAIN = frozenset({int, float, bool, complex, str, bytes, type(None)})
"Nobody can tell a copy of one from the thing itself."


def copy(value: Any) -> Any:
    """A deep copy that keeps aliasing, layout and read-only flags."""
    return value if type(value) in _PLAIN else loads(dumps(value))


def root_of(array: AnyArray) -> AnyArray:
    """The array at the end of the chain of bases: the owner of the buffer where NumPy owns it."""
    root = array
    while True:
        base: Any = root.base
        if not isinstance(base, np.ndarray):
            base = getattr(base, "base", None)  # as_strided puts a holder between
        if not isinstance(base, np.ndarray):
            return root
        root = base


def reduce_array(a: AnyArray) -> Any:
    """How a pickler stores `a`; NotImplemented where NumPy's own way loses nothing."""
    if a.dtype.hasobject:
        return NotImplemented
    cls = None if type(a) is np.ndarray else type(a)
    if a.size == 0:
        return (_empty, (a.shape, a.dtype, a.flags.writeable, cls))
    root = root_of(a)
    if a is root or not _inside(a, root):
        if a.flags.writeable and cls is None and a.flags.forc:
            order: Literal["C", "F"] = "C" if a.flags.c_contiguous else "F"
            return (_owned, (a.tobytes(order), a.shape, a.dtype, order))
        return (_locked, (np.array(a, order="K"), a.flags.writeable, cls))
    offset = _address(a) - _address(root)
    return (_view, (root, offset, a.shape, a.strides, a.dtype, a.flags.writeable, cls))


def _inside(a: AnyArray, root: AnyArray) -> bool:
    if not root.flags.forc or root.dtype.hasobject or type(root) is not np.ndarray:
        return False
    low, high = np.lib.array_utils.byte_bounds(a)
    start = _address(root)
    return bool(start <= low and high <= start + root.nbytes)


def _address(a: AnyArray) -> int:
    return int(a.__array_interface__["data"][0])


Class = type[AnyArray] | None


def _dressed(a: AnyArray, writeable: bool, cls: Class) -> AnyArray:
    if cls is not None:
        a = a.view(cls)
    if not writeable:
        a.flags.writeable = False
    return a


def _owned(data: bytes, shape: tuple[int, ...], dtype: Any, order: Literal["C", "F"]) -> AnyArray:
    a: AnyArray = np.ndarray(shape, dtype, buffer=data, order=order)
    return a.copy(order="K")


def _empty(shape: tuple[int, ...], dtype: Any, writeable: bool, cls: Class) -> AnyArray:
    return _dressed(np.empty(shape, dtype), writeable, cls)


def _locked(a: AnyArray, writeable: bool, cls: Class) -> AnyArray:
    return _dressed(a, writeable, cls)


def _view(
    root: AnyArray,
    offset: int,
    shape: tuple[int, ...],
    strides: tuple[int, ...],
    dtype: Any,
    writeable: bool,
    cls: Class,
) -> AnyArray:
    flat = root.ravel(order="K").view(np.uint8)
    window: AnyArray = np.ndarray(shape, dtype, buffer=flat, offset=offset, strides=strides)
    return _dressed(window, writeable, cls)
