"""An input with one thing changed, in order: a special value, a memory layout, another caller.

What chance would bring sooner or later is tried once, so that a search may end soon.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from loopwright.verify.case import Case
from loopwright.verify.codec import AnyArray
from loopwright.verify.constants import Constants
from loopwright.verify.kinds import Exactly, Kind, ListKind, OneOfKinds, Parameter, PyNumber, Text
from loopwright.verify.layouts import LAYOUTS, lay_out
from loopwright.verify.reshape import places, reshaped
from loopwright.verify.scalars import SPECIAL_FLOATS, WIDE_INTS
from loopwright.verify.shrink import conforms

LABEL = "one thing changed"
_INTS = (0, 1, -1, 2, 255, 256, *WIDE_INTS[::3])
_LETTERS = "aba"
_MANY_CASES = ("Straße", "ΑΣ", "ςσ", "ǅ", "İI")
"Texts that are no longer themselves, or no longer as long, once their case was changed and changed back."
_TEXT_LENGTHS = (0, 1, 2, 3, 8, 17, 33, 65, 129)
_SIDES = (1, 2, 3)
_BLOCKS = (3, 9, 18, 33, 66)
"Lengths of one block of a vector unit or several, with something left over."
_MOST = 24
"Of the special values of one parameter, and of the constants of the sources."


def called_otherwise(scripts: Sequence[str], case: Case) -> Iterator[Case]:
    """`case` by every script of callers but the usual one."""
    for script in dict.fromkeys(scripts):
        if script != case.script:
            yield replace(case, script=script, drawn=False, data=b"")


def laid_out(case: Case) -> Iterator[Case]:
    """`case` with each array in each layout, as far as its elements stay as they are."""
    for name, value in case.values.items():
        if isinstance(value, np.ndarray) and value.size and not value.dtype.hasobject:
            for layout in LAYOUTS:
                if layout != "repeated":
                    values = {**case.values, name: lay_out(value, layout)}
                    yield replace(case, values=values, labels=case.labels | {layout}, drawn=False,
                                  data=b"")  # fmt: skip


def special(parameters: Sequence[Parameter], constants: Constants, case: Case) -> Iterator[Case]:
    """`case` with each number, text, or choice replaced by special ones; a float within an array, too."""
    for parameter in parameters:
        if parameter.how in ("positional", "keyword"):
            for value in _special(parameter.kind, constants):
                yield from _with(parameters, case, {parameter.name: value})
    texts = [p.name for p in parameters if isinstance(p.kind, Text) and not p.kind.binary]
    for a in texts:
        for b in texts:
            if a != b:  # one within the other: overlapping, at an end, not at all
                yield from _with(parameters, case, {a: "aaaa", b: "aa"})
                yield from _with(parameters, case, {a: "abc", b: "c"})
                for text in _MANY_CASES:
                    for other in sorted(
                        {text.upper(), text.lower(), text.casefold(), text.swapcase()}
                    ):
                        yield from _with(parameters, case, {a: text, b: other})
    for name, value in case.values.items():
        if isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size > 1:
            for number in (np.nan, np.inf, -np.inf, -0.0, 5e-324):
                changed = np.array(value, order="C")
                changed.reshape(-1)[value.size // 2] = number
                yield from _with(parameters, case, {name: changed})


def short(parameters: Sequence[Parameter], case: Case) -> Iterator[Case]:
    """`case` with one element everywhere, or two, those of one argument being a special number: where there
    is nothing to hide behind, rounding, overflow and signs show. Then with some more, zeros of both signs
    and NaN at the ends: vectors take another way than what is left over."""
    where = places(parameters, case.values)
    for n in (1, 2, *_BLOCKS) if where else ():
        small = reshaped(parameters, case, dict.fromkeys(where, n))
        if small is None:
            continue
        for name, value in small.values.items():
            for filled in _filled(value) if n <= 2 else _signed(value):
                yield from _with(parameters, small, {name: filled})


def _signed(value: Any) -> Iterator[Any]:
    """`value` with zeros of both signs in turn, with NaN first and last."""
    match value:
        case np.ndarray() if value.ndim == 1 and value.size > 2 and value.dtype.kind == "f":
            for first in (0, 1):
                yield np.where(np.arange(value.size) % 2 == first, 0.0, -0.0).astype(value.dtype)
            for at in (0, -1):
                changed = value.copy()
                changed[at] = np.nan
                yield changed
        case [float(), _, *rest] if isinstance(value, list) and rest:
            for pair in ((0.0, -0.0), (-0.0, 0.0)):
                yield [pair[k % 2] for k in range(len(value))]
            yield [np.nan, *value[1:]]
            yield [*value[:-1], np.nan]


def _filled(value: Any) -> Iterator[Any]:
    """`value` with all elements the same special number."""
    match value:
        case np.ndarray() if value.size and value.dtype.kind == "f":
            with np.errstate(all="ignore"):
                yield from (
                    np.full_like(value, number) for number in (*SPECIAL_FLOATS, *_limits(value))
                )
        case np.ndarray() if value.size and value.dtype.kind in "iu":
            yield from (np.full_like(value, number) for number in _limits(value))
        case [first, *_] if isinstance(value, list) and type(first) is float:
            yield from ([number] * len(value) for number in SPECIAL_FLOATS)
        case [first, *_] if isinstance(value, list) and type(first) is int:
            yield from ([number] * len(value) for number in _INTS)


def _limits(value: AnyArray) -> tuple[Any, ...]:
    kind = np.finfo if value.dtype.kind == "f" else np.iinfo
    return kind(value.dtype).min, kind(value.dtype).max


def matrices(parameters: Sequence[Parameter], case: Case) -> Iterator[Case]:
    """`case` with its lists of lists as small matrices, the rows of one as long as the next has rows."""
    kinds = {p.name: p.kind.elem.elem for p in parameters
             if isinstance(p.kind, ListKind) and isinstance(p.kind.elem, ListKind)
             and isinstance(p.kind.elem.elem, PyNumber)}  # fmt: skip
    for sides in itertools.product(_SIDES, repeat=min(len(kinds), 2) + 1) if kinds else ():
        changed = {}
        for at, (name, kind) in enumerate(kinds.items()):
            n, m = sides[min(at, len(sides) - 2) :][:2]
            make = {"int": int, "float": float}.get(kind.name, bool)
            changed[name] = [[make(3 * i + j + at + 1) for j in range(m)] for i in range(n)]
        yield from _with(parameters, case, changed)


def _special(kind: Kind, constants: Constants) -> Iterator[Any]:
    match kind:
        case PyNumber("int"):
            yield from dict.fromkeys((*_INTS[:_MOST], *constants.ints[:_MOST]))
        case PyNumber("float"):
            yield from (*SPECIAL_FLOATS[:_MOST], *constants.floats[:_MOST])
        case PyNumber("bool"):
            yield from (False, True)
        case Text(False):
            lengths = {*_TEXT_LENGTHS, *(n for n in constants.sizes[:_MOST] if n <= 1000)}
            yield from ((_LETTERS * n)[:n] for n in sorted(lengths))
            yield from constants.texts[:_MOST]
        case Exactly(values):
            yield from values
        case OneOfKinds(choices):
            for choice in choices:
                yield from _special(choice, constants)
        case _:
            return


def _with(parameters: Sequence[Parameter], case: Case, changed: dict[str, Any]) -> Iterator[Case]:
    values = {**case.values, **changed}
    if conforms(parameters, values):
        yield replace(case, values=values, labels=case.labels | {LABEL}, drawn=False, data=b"")
