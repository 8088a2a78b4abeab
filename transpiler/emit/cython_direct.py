"""The short way into a Cython kernel: a function that takes arrays as they are, if they need no conversion.

A typed memoryview costs a few hundred nanoseconds, and the tests of the dispatch function as much again: more
than the work on a thousand elements. Here both are done in C, as is the look at `np.errstate`. The function
answers None for arrays that are not plain (of another class or dtype, not contiguous, perhaps overlapping)
or too small to be worth it.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from loopwright.emit.cython_types import C_TYPE
from loopwright.emit.layout import wrapped
from loopwright.ir.nodes import Func, Sym
from loopwright.ir.text import Lines
from loopwright.ir.types import Array, Num
from loopwright.ir.walk import unused

MODULE = "door"
CYTHON_HEAD = f"from cython.cimports.loopwright.emit import {MODULE}\n"
_RANKS = (1, 2, 3)
_PLAIN, _WRITEABLE = 0x101, 0x400
"""Bits of an array's flags: contiguous and aligned; writeable."""


@functools.cache
def declarations() -> str:
    """What a kernel with a short way includes."""
    return Path(__file__).with_name("door.pxd").read_text(encoding="utf-8")


def has_direct(func: Func) -> bool:
    """Whether the parameters are numbers and arrays that a memoryview shows as they are, and no result is
    an array."""
    types = [p.type for p in func.params]
    arrays = [t for t in types if isinstance(t, Array)]
    shown = all(t.dtype in C_TYPE and t.dtype != "bool" and t.ndim in _RANKS for t in arrays)
    numbers = all(isinstance(t, (Array, Num)) for t in types)
    return (
        bool(arrays) and shown and numbers and not any(isinstance(t, Array) for t in func.results)
    )


def direct_name(kernel: str) -> str:
    """The name of the function in the kernel's module."""
    return f"direct_{kernel}"


def direct_text(
    kernel: str,
    params: Sequence[tuple[Sym, str]],
    written: Collection[Sym],
    numbers: dict[Sym, str],
) -> str:
    """The function. `params` come with their names, `numbers` are the C types of those that are numbers."""
    taken = {kernel, direct_name(kernel), MODULE, *(name for _, name in params)}
    arrays = [(p, name, p.type) for p, name in params if isinstance(p.type, Array)]

    def local(name: str) -> str:
        made = unused(name, taken)
        taken.add(made)
        return made

    own, kind, least, errors = map(local, ("own", "ndarray", "least", "errors"))
    dtypes = {d: local(d) for d in sorted({t.dtype for _, _, t in arrays})}
    sizes = {p: local(f"n_{name}") for p, name, _ in arrays}
    lines = Lines()
    lines.add(f"{own} = cython.declare(cython.double[::1], np.zeros(1))")
    lines.add(f"{kind} = cython.declare(object, np.ndarray)")
    lines.add(*(f'{n} = cython.declare(object, np.dtype("{d}"))' for d, n in dtypes.items()))
    lines.add(
        f'{errors} = cython.declare(object, getattr(np._core.umath, "_extobj_contextvar", None))'
    )
    lines.add("", "")
    given = [f"{name}: {numbers[p]}" if p in numbers else name for p, name in params]
    *first, header = wrapped(
        f"def {direct_name(kernel)}", [*given, f"{least}: cython.longlong"], ":"
    )
    lines.add(*first)
    with lines.block(header):
        with lines.block(f"if not {MODULE}.settled({errors}):"):
            quiet = 'all(mode in ("ignore", "warn") for mode in np.geterr().values())'
            _unless(lines, quiet)
            lines.add(f"{MODULE}.settle({errors})")
        for p, name, t in arrays:
            flags = _PLAIN | (_WRITEABLE if p in written else 0)
            test = f"{MODULE}.plain({name}, {kind}, {dtypes[t.dtype]}, {t.ndim}, {flags:#x})"
            _unless(lines, test)
        for p, name, _ in arrays:
            lines.add(f"{sizes[p]}: cython.longlong = {MODULE}.size({name})")
        _unless(lines, f"{' + '.join(sizes.values())} >= {least}")
        for at, (p, name, t) in enumerate(arrays):
            for other, (q, second, u) in enumerate(arrays):
                if p in written and other != at and (q not in written or other > at):
                    ends = f"{sizes[p]} * {_bytes(t)}, {second}, {sizes[q]} * {_bytes(u)}"
                    _unless(lines, f"{MODULE}.apart({name}, {ends})")
        views = {p: ("view" if p in written else "fixed", t) for p, _, t in arrays}
        shown = {p: f"{MODULE}.{how}_{C_TYPE[t.dtype]}_{t.ndim}" for p, (how, t) in views.items()}
        passed = [f"{shown[p]}({name}, {own})" if p in shown else name for p, name in params]
        lines.add(f"return {kernel}({', '.join(passed)})")
    return CYTHON_HEAD + "\n" + str(lines)


def _unless(lines: Lines, test: str) -> None:
    with lines.block(f"if not {test}:"):
        lines.add("return None")


def _bytes(t: Array) -> int:
    return np.dtype(t.dtype).itemsize
