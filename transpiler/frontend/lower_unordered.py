"""Loops over a set, whose order the compiler does not know: what comes out must be the same in any order.

Legality: each iteration does nothing but put items into sets, store one and the same constant into arrays
and lists, and count ints up or down; it reads nothing of what it changes, and no variable takes a value from
one iteration to another or out of the loop. Such iterations commute. If one of them fails in Python, then
the kernel fails, whichever comes first.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loopwright.frontend.lower_generators import harmless
from loopwright.frontend.lower_live import writes
from loopwright.frontend.lower_scope import Scope
from loopwright.frontend.lower_values import (
    Arr,
    Hashed,
    Letter,
    Lst,
    Number,
    String,
    Text,
    Tpl,
    Value,
)
from loopwright.ir.types import INT, kind_of, machine_dtype

_DATA = (Arr, Lst, Letter, String, Text, Tpl, Hashed)


@dataclass(frozen=True)
class _Names:
    """What the iterations may read, and what they change."""

    read: frozenset[str]
    touched: frozenset[str]


def commutes(cx: Scope, loop: ast.For) -> bool:
    """Whether the iterations of a loop over a set may run in any order."""
    parts = [s for stmt in loop.body for s in ast.walk(stmt) if isinstance(s, ast.stmt)]
    put = [one for s in parts if (one := _put_into(cx, s)) is not None]
    stored = [each for s in parts if (each := _stored(s)) is not None]
    counted = {name for s in parts if (name := _counter(s)) is not None}
    kept = cx.liveness.head.get(id(loop), frozenset()) | cx.liveness.always
    kept |= cx.liveness.after.get(id(loop), frozenset())
    own = writes(loop) - counted
    if own & kept or not isinstance(loop.iter, ast.Name) or not _is_names(loop.target):
        return False
    changed = _named_too(cx, {name for name, _ in put})
    if loop.iter.id in changed or not all(_is_int(cx, name) for name in counted):
        return False
    if len({(type(c.value), repr(c.value)) for _, _, c in stored}) > 1:
        return False
    touched = changed | counted | {loop.iter.id} | {name for name, _, _ in stored}
    if writes(loop.target) & touched:
        return False
    # a variable of the function, for those of others may stand for the same set or array; and where there are
    # stores, a number, for two variables may be one array
    read = {
        name
        for name, entry in cx.live.items()
        if isinstance(entry.value, Number) or (not stored and isinstance(entry.value, _DATA))
    }
    return _all(cx, loop.body, _Names((own | read) - touched, frozenset(touched)), inner=False)


def of_one_type(cx: Scope, loop: ast.For) -> bool:
    """Whether the sets that the loop puts items into hold items of one type, and no floats: of two that are
    equal, the first one stays."""
    parts = [s for stmt in loop.body for s in ast.walk(stmt) if isinstance(s, ast.stmt)]
    for name, _ in (one for s in parts if (one := _put_into(cx, s)) is not None):
        held = cx.live[name].value
        assert isinstance(held, Hashed)
        element = cx.unit.sites.element(held.keys.site)
        if element is not None and not all(_is_single(part) for part in _numbers(element)):
            return False
    return True


def _numbers(value: Value) -> Iterator[Value]:
    if isinstance(value, Tpl):
        for item in value.items:
            yield from _numbers(item)
    else:
        yield value


def _is_single(value: Value) -> bool:
    """Whether items that are equal are the same: not zeros, which have a sign as floats."""
    if isinstance(value, Number):
        return len(value.types) == 1 and kind_of(machine_dtype(value.expr.type)) != "f"
    return isinstance(value, Letter)


def _named_too(cx: Scope, names: set[str]) -> set[str]:
    """The names, and other names of the same sets."""
    held = [entry.value for name, entry in cx.live.items() if name in names]
    return names | {
        name
        for name, entry in cx.live.items()
        if isinstance(entry.value, Hashed)
        and any(isinstance(v, Hashed) and v.slots == entry.value.slots for v in held)
    }


def _is_int(cx: Scope, name: str) -> bool:
    entry = cx.live.get(name)
    return (
        entry is not None
        and isinstance(entry.value, Number)
        and all(t == INT for t in entry.value.types)
    )


def _put_into(cx: Scope, stmt: ast.stmt) -> tuple[str, ast.expr] | None:
    """The name of the set that an item is put into, and the item."""
    match stmt:
        case ast.Expr(ast.Call(ast.Attribute(ast.Name(name), "add"), [item], [])):
            entry = cx.live.get(name)
            return (name, item) if entry and isinstance(entry.value, Hashed) else None
        case _:
            return None


def _stored(stmt: ast.stmt) -> tuple[str, list[ast.expr], ast.Constant] | None:
    """The name of the array or list that a constant is stored into, the indexes, and the constant."""
    match stmt:
        case ast.Assign([ast.Subscript(base, index)], ast.Constant() as value):
            indices = [index]
            while isinstance(base, ast.Subscript):
                indices.append(base.slice)
                base = base.value
            return (base.id, indices, value) if isinstance(base, ast.Name) else None
        case _:
            return None


def _counter(stmt: ast.stmt) -> str | None:
    match stmt:
        case ast.AugAssign(ast.Name(name), ast.Add() | ast.Sub(), ast.Constant(int())):
            return name
        case _:
            return None


def _commutes(cx: Scope, stmt: ast.stmt, names: _Names, inner: bool) -> bool:
    """Whether the statement may stand in such a loop; `inner` if it is in a loop of its own."""
    put = _put_into(cx, stmt)
    if put is not None:
        return _pure(cx, put[1], names)
    stored = _stored(stmt)
    if stored is not None:
        entry = cx.live.get(stored[0])
        array = entry is not None and isinstance(entry.value, (Arr, Lst))
        return array and all(_pure(cx, index, names) for index in stored[1])
    if _counter(stmt) is not None:
        return True
    match stmt:
        case ast.Pass() | ast.Continue():
            return True
        case ast.Break():
            return inner
        case ast.Assign(targets, value):
            plain = all(_is_names(t) for t in targets)
            return plain and _pure(cx, value, names) and not writes(stmt) & names.touched
        case ast.If(test, body, orelse):
            return _pure(cx, test, names) and _all(cx, [*body, *orelse], names, inner)
        case ast.For(target, source, body, orelse):
            if not _is_names(target) or writes(target) & names.touched:
                return False
            whole = _pure(cx, source, names) and _all(cx, body, names, inner=True)
            return whole and _all(cx, orelse, names, inner)
        case _:
            return False


def _all(cx: Scope, body: Sequence[ast.stmt], names: _Names, inner: bool) -> bool:
    return all(_commutes(cx, stmt, names, inner) for stmt in body)


def _is_names(target: ast.expr) -> bool:
    match target:
        case ast.Name():
            return True
        case ast.Tuple(elts) | ast.List(elts):
            return all(map(_is_names, elts))
        case _:
            return False


def _pure(cx: Scope, node: ast.expr, names: _Names) -> bool:
    """Whether evaluating the node changes nothing, and reads nothing that the loop changes."""
    return not any(
        (
            isinstance(part, ast.Name)
            and part.id not in names.read
            and not hasattr(builtins, part.id)
        )
        or (isinstance(part, ast.Subscript) and not _reads_only(cx, part.value))
        or not harmless(cx, part)
        for part in ast.walk(node)
    )


def _reads_only(cx: Scope, base: ast.expr) -> bool:
    """Whether an item of what the node stands for is read without an effect: not of a defaultdict."""
    if not isinstance(base, ast.Name):
        return not isinstance(base, ast.Attribute)
    entry = cx.live.get(base.id)
    held = None if entry is None else entry.value
    return not isinstance(held, Hashed) or held.form == "dict"
