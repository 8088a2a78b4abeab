"""Parallel loops, one iteration after the other: do two of them touch the same place, one writing?

The text of a function runs as Python with its reads and writes noted (`noting.py` puts the calls in). A
place is an element's address, or a scalar that the loop assigns. Writes that change nothing, or that all
write the same, do no harm and are let pass.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from loopwright.verify.codec import AnyArray

LARGEST = 20_000
"""Elements of an array that is watched."""
_IN_PLACE: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.iadd, "Sub": operator.isub, "Mult": operator.imul, "Div": operator.itruediv,
    "FloorDiv": operator.ifloordiv, "Mod": operator.imod, "Pow": operator.ipow,
    "LShift": operator.ilshift, "RShift": operator.irshift, "BitOr": operator.ior,
    "BitXor": operator.ixor, "BitAnd": operator.iand, "MatMult": operator.imatmul,
}  # fmt: skip
_CHANGE = {"fill", "sort", "partition", "put", "itemset", "resize"}
"""Methods of arrays that write them."""
_WRITE_FIRST = {"copyto", "fill_diagonal", "put", "place", "putmask", "put_along_axis", "shuffle"}
"""Functions of NumPy that write their first argument."""
_ONLY_SHAPES = {
    "len", "range", "prange", "isinstance", "empty_like", "zeros_like", "ones_like", "full_like",
    "shape", "ndim", "size", "ndindex", "pndindex", "enumerate", "id", "type", "slice",
}  # fmt: skip


@dataclass(slots=True)
class _Element:
    """The last write of an element in this loop, and the first reads before any."""

    writer: int = -1
    old: bytes = b""
    new: bytes = b""
    reads: dict[int, bytes] = field(default_factory=dict)


@dataclass(slots=True)
class _Scalar:
    """What each iteration left in a scalar, and what iterations read that had not assigned it themselves."""

    left: dict[int, bytes] = field(default_factory=dict)
    read: dict[int, bytes] = field(default_factory=dict)


@dataclass
class Watch:
    """What the functions under watch call. `found` is the first race, in words.

    `backwards`: iterations run in reverse order. `reduces`: a loop gathers something over its iterations.
    """

    backwards: bool = False
    found: str = ""
    reduces: bool = False
    unknown: set[str] = field(default_factory=set)
    known: set[int] = field(default_factory=set)
    "functions under watch, by identity"
    slice: type = slice
    _iteration: int | None = None
    _line: int = 0
    _elements: dict[int, _Element] = field(default_factory=dict)
    _scalars: dict[str, _Scalar] = field(default_factory=dict)
    _open: set[str] = field(default_factory=set)
    "scalars that iterations of the last loop left different values in"
    _addresses: dict[int, tuple[AnyArray, AnyArray]] = field(default_factory=dict)

    # ------------------------------------------------------------------ loops

    def loop(self, line: int, reductions: bool, *bounds: int) -> Iterator[int]:
        """The iterations of a parallel loop; one within another runs as an ordinary one."""
        order = range(*bounds)
        if self._iteration is not None:
            yield from order
            return
        self._line = line
        self.reduces |= reductions
        try:
            for number in reversed(order) if self.backwards else order:
                self._iteration = number
                yield number
        finally:
            self._iteration = None
            left = {name: set(scalar.left.values()) for name, scalar in self._scalars.items()}
            self._open = {name for name, values in left.items() if len(values) > 1}
            self._elements.clear()
            self._scalars.clear()
            self._addresses.clear()

    # --------------------------------------------------------------- elements

    def get(self, name: str, a: Any, index: Any) -> Any:
        """`a[index]`; a view of an array is not read before its elements are."""
        value = a[index]
        if self._iteration is not None and isinstance(a, np.ndarray):
            if not (isinstance(value, np.ndarray) and value.base is not None and value.ndim):
                self._read(name, a, index)
        return value

    def set(self, name: str, value: Any, a: Any, index: Any) -> None:
        """`a[index] = value`."""
        if self._iteration is None or not isinstance(a, np.ndarray):
            a[index] = value
            return
        before = _raw(a, index)
        a[index] = value
        self._wrote(name, a, index, before)

    def change(self, name: str, a: Any, index: Any, operation: str, value: Any) -> None:
        """`a[index] += value`, or another operation."""
        watched = self._iteration is not None and isinstance(a, np.ndarray)
        if watched:
            self._read(name, a, index)
            before = _raw(a, index)
        a[index] = _IN_PLACE[operation](a[index], value)
        if watched:
            self._wrote(name, a, index, before)

    def grow(self, name: str, old: Any, operation: str, value: Any) -> Any:
        """What `name += value` leaves in `name`; an array changes in place."""
        if self._iteration is None or not isinstance(old, np.ndarray) or not old.ndim:
            return _IN_PLACE[operation](old, value)
        self._read(name, old, ...)
        before = _raw(old, ...)
        new = _IN_PLACE[operation](old, value)
        self._wrote(name, old, ..., before)
        return new

    def whole(self, name: str, value: Any) -> Any:
        """`value`, which is used as a whole."""
        if self._iteration is not None and isinstance(value, np.ndarray) and value.size:
            self._read(name, value, ...)
        return value

    def call(self, name: str, function: Any, *args: Any, **kwargs: Any) -> Any:
        """A call: what it does to arrays is known of functions under watch and of NumPy's."""
        if self._iteration is None or id(function) in self.known:
            return function(*args, **kwargs)
        called = str(getattr(function, "__name__", ""))
        owner = getattr(function, "__self__", None)
        arrays = [a for a in (*args, owner) if isinstance(a, np.ndarray) and a.size]
        if called in _ONLY_SHAPES or not (arrays or kwargs):
            return function(*args, **kwargs)
        if not _is_numpys(function) and arrays and owner is None:
            self.unknown.add(called)
            return function(*args, **kwargs)
        written = [a for a in (kwargs.get("out"),) if isinstance(a, np.ndarray) and a.size]
        if isinstance(owner, np.ndarray) and called in _CHANGE and owner.size:
            written.append(owner)
        if called in _WRITE_FIRST and arrays:
            written.append(arrays[0])
        for a in arrays:
            if not any(a is w for w in written):
                self._read(name, a, ...)
        before = [_raw(a, ...) for a in written]
        result = function(*args, **kwargs)
        for a, old in zip(written, before, strict=True):
            self._wrote(name, a, ..., old)
        return result

    # ---------------------------------------------------------------- scalars

    def load(self, name: str, value: Any) -> Any:
        """The value of a scalar that a parallel loop assigns."""
        if self._iteration is None:
            if name in self._open:
                self._race(
                    f"{name} after the parallel loop is that of whichever iteration ends last"
                )
            return value
        scalar = self._scalars.setdefault(name, _Scalar())
        if self._iteration not in scalar.left:
            seen = _bytes(value)
            if scalar.left and seen not in scalar.read.values():
                writer = next(reversed(scalar.left))
                what = "one writes and the other reads"
                self._race(_meet(writer, self._iteration, name, what))
            scalar.read.setdefault(self._iteration, seen)
        return value

    def store(self, name: str, value: Any) -> None:
        """A scalar was assigned; each iteration may have one of its own."""
        if self._iteration is None:
            self._open.discard(name)
            return
        scalar = self._scalars.setdefault(name, _Scalar())
        new = _bytes(value)
        for reader, seen in scalar.read.items():
            if reader != self._iteration and seen != new:
                what = "one reads and the other writes"
                self._race(_meet(reader, self._iteration, name, what))
        scalar.left.pop(self._iteration, None)
        scalar.left[self._iteration] = new

    # ---------------------------------------------------------------- notes

    def _read(self, name: str, a: AnyArray, index: Any) -> None:
        assert self._iteration is not None
        for address, seen in zip(self._where(name, a, index), _raw(a, index), strict=False):
            element = self._elements.setdefault(address, _Element())
            if element.writer == -1:
                if len(element.reads) < 2:
                    element.reads.setdefault(self._iteration, seen)
            elif element.writer != self._iteration and element.old != element.new:
                at, what = self._name(address, name, a), "one writes and the other reads"
                self._race(_meet(element.writer, self._iteration, at, what))

    def _wrote(self, name: str, a: AnyArray, index: Any, before: list[bytes]) -> None:
        assert self._iteration is not None
        where = self._where(name, a, index)
        for address, old, new in zip(where, before, _raw(a, index), strict=False):
            element = self._elements.setdefault(address, _Element())
            for reader, seen in element.reads.items():
                if reader != self._iteration and seen != new:
                    at, what = self._name(address, name, a), "one reads and the other writes"
                    self._race(_meet(reader, self._iteration, at, what))
            if element.writer not in (-1, self._iteration) and element.new != new:
                at = self._name(address, name, a)
                self._race(_meet(element.writer, self._iteration, at, "both write"))
            element.writer, element.old, element.new = self._iteration, old, new

    def _where(self, name: str, a: AnyArray, index: Any) -> list[int]:
        """The addresses of the elements."""
        if a.size > LARGEST:
            self.unknown.add(name)
            return []
        if id(a) not in self._addresses:
            # kept with the array, so that no other one takes its place while the loop runs
            addresses = np.full(a.shape, a.__array_interface__["data"][0], np.int64)
            for axis, (n, step) in enumerate(zip(a.shape, a.strides, strict=True)):
                shape = (-1,) + (1,) * (a.ndim - axis - 1)
                addresses += (np.arange(n) * step).reshape(shape)
            self._addresses[id(a)] = (a, addresses)
        found: list[int] = np.asarray(self._addresses[id(a)][1][index]).ravel().tolist()
        return found

    def _name(self, address: int, name: str, a: AnyArray) -> str:
        at = np.argwhere(self._addresses[id(a)][1] == address)
        return f"{name}[{', '.join(map(str, at[0].tolist()))}]" if len(at) and a.ndim else name

    def _race(self, what: str) -> None:
        if not self.found:
            self.found = f"{what} (line {self._line})"


def _meet(first: int, second: int, name: str, what: str) -> str:
    return f"iterations {first} and {second} of the parallel loop meet at {name}: {what}"


def _raw(a: AnyArray, index: Any) -> list[bytes]:
    """The bytes of the elements, each."""
    part = np.ascontiguousarray(a[index])
    data, size = part.tobytes(), part.dtype.itemsize
    return [data[k : k + size] for k in range(0, len(data), size)]


def _bytes(value: Any) -> bytes:
    if isinstance(value, np.ndarray):
        return b"%d" % id(value)
    return repr(value).encode()


def _is_numpys(function: Any) -> bool:
    module = str(getattr(function, "__module__", None) or type(function).__module__)
    return module.partition(".")[0] in ("numpy", "math", "builtins", "cmath", "_operator", "random")
