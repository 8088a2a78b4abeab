"""Arrays next to pages that nobody may touch: a stray access ends the process instead of going unnoticed.

The idea is that of Electric Fence (Perens, 1987). What is left of the pages around the data holds a pattern;
bytes that change there are stray writes.
"""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from loopwright.verify import fills
from loopwright.verify.codec import AnyArray, root_of
from loopwright.verify.conditions import Condition
from loopwright.verify.stock import Make

LARGEST = 2**22
"""Arrays with more bytes stay where they are."""
_PAGE = mmap.PAGESIZE
_FAILED = ctypes.c_void_p(-1).value
_libc = ctypes.CDLL(None, use_errno=True)
_libc.mmap.restype = ctypes.c_void_p
_libc.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long)
_libc.munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
_libc.mprotect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)


@dataclass(frozen=True, slots=True)
class Block:
    """`size` bytes at `data`, within the bytes from `low` to `high` that may be touched, which lie between
    two pages that may not. `pattern` is what the bytes around the data hold."""

    name: str
    data: int
    size: int
    low: int
    high: int
    pattern: int


_blocks: dict[int, Block] = {}
"""By the address of their data."""


def _reserve(name: str, size: int, align: int, address: int, under: Condition) -> Block | None:
    """A new block as well aligned as `address` is, or None if the system gives no memory."""
    room = max(1, -(-(size + align) // _PAGE)) * _PAGE
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    usable = mmap.PROT_READ | mmap.PROT_WRITE
    begin = _libc.mmap(None, room + 2 * _PAGE, usable, flags, -1, 0)
    if begin is None or begin == _FAILED:
        return None
    low, high = begin + _PAGE, begin + _PAGE + room
    closed = mmap.PROT_READ if under.readable else 0
    for page in (begin, high):
        if _libc.mprotect(page, _PAGE, closed):
            _libc.munmap(begin, room + 2 * _PAGE)
            return None
    data = low + address % align if under.kind == "start" else high - size
    data -= (data - address) % align
    block = Block(name, data, size, low, high, under.fill ^ 0x24)
    ctypes.memset(low, block.pattern, room)
    return block


def _array_in(
    block: Block, shape: tuple[int, ...], dtype: Any, order: Literal["C", "F"]
) -> AnyArray:
    """A new array that owns the data of `block`, which goes with it."""
    _blocks[block.data] = block

    def give_back() -> None:
        del _blocks[block.data]
        _libc.munmap(block.low - _PAGE, block.high - block.low + 2 * _PAGE)

    return fills.array_at(block.data, fills.Foreign(block.size, give_back), shape, dtype, order)


def written_outside() -> str:
    """Names an argument beside whose data something was written; "" if there is none."""
    for block in _blocks.values():
        behind = block.data + block.size
        for side, start, stop in (
            ("before the start", block.low, block.data),
            ("beyond the end", behind, block.high),
        ):
            count = stop - start
            if ctypes.string_at(start, count) != bytes((block.pattern,)) * count:
                ctypes.memset(start, block.pattern, count)
                return f"memory {side} of {block.name} was written"
    return ""


# -------------------------------------------------------------------- arrays


def placed(values: dict[str, Any], under: Condition) -> dict[str, Any]:
    """`values` with their plain arrays at guarded places; shapes, strides, flags and sharing are kept.

    Arrays that cannot be moved (of objects, of subclasses, very large) stay as they are.
    """
    found: dict[int, tuple[AnyArray, str]] = {}
    for name, value in values.items():
        if under.only in ("", name):
            for array in _arrays_in(value):
                if _movable(array):
                    found.setdefault(id(array), (array, name))
    groups: dict[int, list[tuple[AnyArray, str]]] = {}
    for array, name in found.values():
        groups.setdefault(id(root_of(array)), []).append((array, name))
    moved: dict[int, AnyArray] = {}
    for members in groups.values():
        moved |= _moved_group(members, under)
    return {name: _replaced(value, moved, {}) for name, value in values.items()}


def _arrays_in(value: Any) -> Iterator[AnyArray]:
    match value:
        case np.ndarray():
            yield value
        case list() | tuple():
            for item in value:
                yield from _arrays_in(item)
        case dict():
            for item in value.values():
                yield from _arrays_in(item)
        case Make():
            yield from _arrays_in(value.values)


def _movable(a: AnyArray) -> bool:
    if type(a) is not np.ndarray or a.dtype.hasobject or not a.dtype.itemsize:
        return False
    low, high = np.lib.array_utils.byte_bounds(a)
    return bool(high - low <= LARGEST)


def _moved_group(members: list[tuple[AnyArray, str]], under: Condition) -> dict[int, AnyArray]:
    """New arrays by the identity of the old ones, which share one buffer."""
    name = " and ".join(dict.fromkeys(name for _, name in members))
    empty = {id(a): _owned(a, name, under) for a, _ in members if not a.size}
    arrays = [a for a, _ in members if a.size]
    moved = {key: new for key, new in empty.items() if new is not None}
    if not arrays:
        return moved
    root = root_of(arrays[0])
    bounds = [np.lib.array_utils.byte_bounds(a) for a in arrays]
    low, high = min(b[0] for b in bounds), max(b[1] for b in bounds)
    whole = any(a is root for a in arrays) and root.flags.forc and root.flags.owndata
    if not whole and high - low > LARGEST:
        return moved
    align = max(a.dtype.alignment for a in arrays)
    holder = _owned(root, name, under) if whole else _raw(low, high - low, name, align, under)
    if holder is None:
        return moved
    flat = holder.ravel(order="K").view(np.uint8)
    for a in arrays:
        if a is root and whole:
            moved[id(a)] = holder
            continue
        offset = a.__array_interface__["data"][0] - low
        new: AnyArray = np.ndarray(a.shape, a.dtype, flat, offset, a.strides)
        new.flags.writeable = a.flags.writeable
        moved[id(a)] = new
    return moved


def _owned(a: AnyArray, name: str, under: Condition) -> AnyArray | None:
    """A copy of `a` that owns its memory, at a guarded place."""
    address = a.__array_interface__["data"][0]
    block = _reserve(name, a.nbytes, a.dtype.alignment, address if a.size else 0, under)
    if block is None:
        return None
    new = _array_in(block, a.shape, a.dtype, "C" if a.flags.c_contiguous else "F")
    ctypes.memmove(block.data, address, a.nbytes)
    new.flags.writeable = a.flags.writeable
    return new


def _raw(address: int, size: int, name: str, align: int, under: Condition) -> AnyArray | None:
    """A copy of the `size` bytes at `address`, at a guarded place and as well aligned."""
    block = _reserve(name, size, align, address, under)
    if block is None:
        return None
    new = _array_in(block, (size,), np.uint8, "C")
    ctypes.memmove(block.data, address, size)
    return new


def _replaced(value: Any, moved: dict[int, AnyArray], met: dict[int, Any]) -> Any:
    """`value` with the arrays in `moved`; containers stay themselves where they can be written."""
    if isinstance(value, np.ndarray):
        return moved.get(id(value), value)
    if not isinstance(value, list | tuple | dict | Make) or not moved:
        return value
    if id(value) in met:
        return met[id(value)]
    met[id(value)] = value
    match value:
        case list():
            value[:] = [_replaced(item, moved, met) for item in value]
        case dict():
            for key, item in value.items():
                value[key] = _replaced(item, moved, met)
        case Make():
            _replaced(value.values, moved, met)
        case tuple() if type(value) is tuple:
            met[id(value)] = tuple(_replaced(item, moved, met) for item in value)
    return met[id(value)]
