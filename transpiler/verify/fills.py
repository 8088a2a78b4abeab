"""What fresh memory holds while a call runs: a byte of our choice, for NumPy's arrays and for malloc.

NumPy's allocator is exchanged through its C API (NEP 49), which leaves out its cache of small blocks, too.
The C library fills what it hands out by itself where it can be told to (glibc's M_PERTURB), except for the
few blocks of each small size that it keeps at hand; these are filled before the call.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from loopwright.verify.codec import AnyArray

_SET_HANDLER = 304
"""The place of PyDataMem_SetHandler in NumPy's table of functions, part of its ABI."""
_M_PERTURB = -6
_AT_HAND = 7
_SMALL = range(24, 1033, 16)
"""What glibc keeps at hand: this many blocks of each of these sizes."""

_libc = ctypes.CDLL(None)
_libc.malloc.restype = _libc.calloc.restype = _libc.realloc.restype = ctypes.c_void_p
_libc.malloc.argtypes = (ctypes.c_size_t,)
_libc.calloc.argtypes = (ctypes.c_size_t, ctypes.c_size_t)
_libc.realloc.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
_libc.free.argtypes = (ctypes.c_void_p,)

_Malloc = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
_Calloc = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t)
_Realloc = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
_Free = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)


class _Handler(ctypes.Structure):
    """`PyDataMem_Handler` of NumPy's C API."""

    _fields_ = (
        ("name", ctypes.c_char * 127),
        ("version", ctypes.c_uint8),
        ("context", ctypes.c_void_p),
        ("malloc", _Malloc),
        ("calloc", _Calloc),
        ("realloc", _Realloc),
        ("free", _Free),
    )


Allocate = Callable[[int], int | None]


@dataclass(frozen=True, slots=True)
class Foreign:
    """Memory that does not come from malloc: its size, and what gives it back."""

    size: int
    give_back: Callable[[], object]


class _Allocator:
    """NumPy's allocations by `allocate`; what it hands out is malloc's, or noted in `foreign` by address.

    Arrays keep the handler that they were made with, so there is one of it for as long as the process lives.
    """

    def __init__(self) -> None:
        self.allocate: Allocate = _plain
        self.allocate_zeros: Callable[[int, int], int | None] = _libc.calloc
        self.foreign: dict[int, Foreign] = {}
        self.handler = _Handler(
            b"loopwright", 1, None,
            _Malloc(lambda _, size: self.allocate(size)),
            _Calloc(lambda _, count, size: self.allocate_zeros(count, size)),
            _Realloc(self._realloc),
            _Free(self._free),
        )  # fmt: skip
        new = ctypes.pythonapi.PyCapsule_New
        new.restype = ctypes.py_object
        new.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
        self.capsule: Any = new(ctypes.addressof(self.handler), b"mem_handler", None)
        self.install = _set_handler()

    def _realloc(self, _: object, address: int | None, size: int) -> int | None:
        new: int | None
        if address not in self.foreign:
            new = _libc.realloc(address, size)
            return new
        new = _plain(size)
        if new is not None and address is not None:
            ctypes.memmove(new, address, min(size, self.foreign[address].size))
            self.foreign.pop(address).give_back()
        return new

    def _free(self, _: object, address: int | None, size: int) -> None:
        if address in self.foreign:
            self.foreign.pop(address).give_back()
        else:
            _libc.free(address)


def _set_handler() -> Callable[[Any], Any]:
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype = ctypes.c_void_p
    pointer.argtypes = (ctypes.py_object, ctypes.c_char_p)
    table = pointer(np._core._multiarray_umath._ARRAY_API, None)  # type: ignore[attr-defined]
    address = ctypes.cast(table, ctypes.POINTER(ctypes.c_void_p))[_SET_HANDLER]
    return ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object)(address)


def _plain(size: int) -> int | None:
    address: int | None = _libc.malloc(size)
    return address


@functools.cache
def _allocator() -> _Allocator:
    return _Allocator()


@contextlib.contextmanager
def _allocating(allocate: Allocate) -> Iterator[_Allocator]:
    """Inside, memory of new arrays comes from `allocate`."""
    allocator = _allocator()
    before, allocator.allocate = allocator.allocate, allocate
    handler = allocator.install(allocator.capsule)
    try:
        yield allocator
    finally:
        allocator.install(handler)
        allocator.allocate = before


def array_at(
    address: int, foreign: Foreign, shape: tuple[int, ...], dtype: Any, order: Literal["C", "F"]
) -> AnyArray:
    """A new array that owns the memory at `address`, which is `foreign` and large enough."""
    with _allocating(lambda _: address) as allocator:
        allocator.foreign[address] = foreign
        allocator.allocate_zeros = lambda count, size: address  # for texts, which are overwritten
        try:
            new: AnyArray = np.empty(shape, dtype, order)
        finally:
            allocator.allocate_zeros = _libc.calloc
    return new


@contextlib.contextmanager
def fresh_memory(fill: int | None) -> Iterator[None]:
    """Inside, fresh memory holds the byte `fill`, 0 to 254; None leaves it to chance."""
    if fill is None:
        yield
        return

    def allocate(size: int) -> int | None:
        address = _plain(size)
        if address is not None:
            ctypes.memset(address, fill, size)
        return address

    perturb = getattr(_libc, "mallopt", None)
    if perturb is not None:
        perturb(_M_PERTURB, fill ^ 0xFF)
    _fill_small(fill)
    try:
        with _allocating(allocate):
            yield
    finally:
        if perturb is not None:
            perturb(_M_PERTURB, 0)


def _fill_small(fill: int) -> None:
    """Let the blocks that malloc has at hand hold `fill`."""
    blocks = [(_plain(size), size) for size in _SMALL for _ in range(_AT_HAND)]
    for address, size in blocks:
        if address is not None:
            ctypes.memset(address, fill, size)
    for address, _ in blocks:
        _libc.free(address)
