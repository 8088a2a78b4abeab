"""Streams of random numbers at the door of a kernel, which draws from a NumPy Generator.

A RandomState lends its source of bits. A `random.Random` is the same Mersenne Twister with its state where
no kernel reaches it: it is copied into a source of ours, and back when the kernel has succeeded.

What is lent has `bits`, which the kernel draws from, and `spare`: 1.0 and the normal number that the stream
keeps for its next draw, or two zeros. `undo` or `keep` must follow, once: the stream is then as it was, or as
the kernel left both.
"""

from __future__ import annotations

import ctypes
import functools
import random
import sys
from types import BuiltinFunctionType, MethodType
from typing import Any, Final

import numpy as np

Words = np.ndarray[Any, np.dtype[np.uint32]]

_WORDS: Final = ctypes.c_uint32 * 625
_free: Final[list[tuple[np.random.Generator, Words]]] = []
"""Sources that no kernel uses now, with their states."""


class Bits:
    """A `numpy.random.RandomState` without what it keeps for normal numbers."""

    __slots__ = ("_before", "_words", "bits")

    def __init__(self, state: Any) -> None:
        self.bits = np.random.Generator(state._bit_generator)
        self._words = _state_of(state._bit_generator)
        self._before = self._words.copy()

    def undo(self) -> None:
        """Set the bits back."""
        self._words[:] = self._before

    def keep(self) -> None:
        """The bits are in their place."""


class Legacy(Bits):
    """A `numpy.random.RandomState`."""

    __slots__ = ("_kept", "_state", "spare")

    def __init__(self, state: Any) -> None:
        super().__init__(state)
        self._state = state
        before = state.get_state(legacy=False)
        self._kept = float(before["has_gauss"]), before["gauss"]
        self.spare = np.array(self._kept)

    def keep(self) -> None:
        """What is kept for the next draw is not in its place."""
        has, kept = self.spare.tolist()
        if (has, kept) != self._kept:
            words = self._words.copy()
            self._state.set_state(("MT19937", words[:-1], int(words[-1]), int(has), kept))


class Standard:
    """A `random.Random`."""

    __slots__ = ("_random", "_words", "bits", "spare")

    def __init__(self, given: random.Random) -> None:
        self._random = given
        try:
            self.bits, self._words = _free.pop()
        except IndexError:
            source = np.random.MT19937()
            self.bits, self._words = np.random.Generator(source), _state_of(source)
        if _is_open():
            held = _held_by(given)
            self._words[:-1], self._words[-1] = held[1:], held[0]
            kept = given.gauss_next  # type: ignore[attr-defined]
        else:
            _, self._words[:], kept = given.getstate()
        self.spare = np.array([0.0, 0.0] if kept is None else [1.0, kept])

    def undo(self) -> None:
        """Nothing was changed."""
        _free.append((self.bits, self._words))

    def keep(self) -> None:
        """Copy the state back."""
        has, spare = self.spare.tolist()
        kept = spare if has else None
        if _is_open():
            held = _held_by(self._random)
            held[1:], held[0] = self._words[:-1], self._words[-1]
            self._random.gauss_next = kept  # type: ignore[attr-defined]
        else:
            self._random.setstate((3, tuple(self._words.tolist()), kept))
        self.undo()


def is_legacy(value: Any) -> bool:
    """True if `value` is a RandomState on a Mersenne Twister."""
    return (
        type(value) is np.random.RandomState
        and type(getattr(value, "_bit_generator", None)) is np.random.MT19937
        and _is_reached()
    )


def is_standard(value: Any) -> bool:
    """True if `value` is a plain `random.Random`, with no method of its own."""
    if type(value) is not random.Random or list(vars(value)) != ["gauss_next"]:
        return False
    return type(value.gauss_next) in (float, type(None)) and _is_reached()  # type: ignore[attr-defined]


def of_module(name: str, *functions: str) -> Any:
    """The stream's object of the module "random" or "numpy.random" if `functions` of it draw from that
    object, else None."""
    module = sys.modules.get(name)
    first = getattr(getattr(module, functions[0], None), "__self__", None)
    plain = is_standard(first) if name == "random" else is_legacy(first)
    if not plain or not all(_draws(vars(module), first, each) for each in functions):
        return None
    return first


def _draws(module: dict[str, Any], stream: Any, name: str) -> bool:
    found: Any = module.get(name)
    method = getattr(type(stream), name)
    if type(found) is MethodType:
        return found.__self__ is stream and found.__func__ is method
    same = type(found) is BuiltinFunctionType and found.__name__ == name
    return same and found.__self__ is stream


def _state_of(source: Any) -> Words:
    """The 624 words of a source and the position in them, in place: as properties they take 0.1 ms."""
    return np.ctypeslib.as_array(_WORDS.from_address(source.ctypes.state_address))


@functools.cache
def _is_reached() -> bool:
    """Whether NumPy lays the state out as `_state_of` reads it."""
    source = np.random.MT19937(1)
    source.random_raw(7)
    state, words = source.state["state"], _state_of(source)
    return bool(np.array_equal(state["key"], words[:-1]) and state["pos"] == words[-1])


def _held_by(given: random.Random) -> Words:
    """The position in the state and its 624 words, in place: `getstate` and `setstate` take 0.05 ms."""
    return np.ctypeslib.as_array(_WORDS.from_address(id(given) + object.__basicsize__))


@functools.cache
def _is_open() -> bool:
    """Whether this Python lays out a `random.Random` as `_held_by` reads it (Modules/_randommodule.c of
    CPython: an index and the words behind the head of the object)."""
    if random.Random.__basicsize__ < object.__basicsize__ + ctypes.sizeof(_WORDS):
        return False
    given = random.Random(1)
    given.random()
    _, words, _ = given.getstate()
    return bool(np.array_equal(_held_by(given), [words[-1], *words[:-1]]))
