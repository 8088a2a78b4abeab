"""Dicts with constant strings as keys that the function makes: tables of functions, records of numbers.

Such a dict is a variable for each entry, and each name of it has entries of its own. That is the same as
long as nothing is assigned into it; where something is, no second name may hold the dict. One that is handed
back, or that a list holds, may have no other name then: nobody could tell the two apart from one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from loopwright.frontend.lower_join import store_variable
from loopwright.frontend.lower_order import eval_all, spill
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import (
    Closure,
    Letter,
    Library,
    Maybe,
    Number,
    Rec,
    Text,
    Tpl,
    Value,
)

_ENTRIES = (Number, Letter, Text, Closure, Library)
_MOST = 32
"""A dict of more entries is data rather than a record."""


def struct(cx: Scope, node: ast.Dict) -> Rec | None:
    """The value of a dict display with constant keys; None if it is not such a dict, or one of characters
    and numbers, which may get other keys."""
    keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
    words = [key for key in keys if isinstance(key, str)]
    if len(words) != len(node.keys) or len(set(words)) < len(words) or not words:
        return None
    if all(len(word) == 1 for word in words) and not any(map(_is_function, node.values)):
        return None
    if len(words) > _MOST:
        decline(node, "LW103", f"a dict of more than {_MOST} entries is not covered")
    values = [spill(cx, value) for value in eval_all(cx, node.values)]
    for value in values:
        _entry(value, node)
    return Rec(Tpl(tuple(values), tuple(words)), "dict", frozenset({(cx.depth, id(node))}))


def _is_function(node: ast.expr) -> bool:
    return isinstance(node, ast.Lambda | ast.Attribute)


def _entry(value: Value, node: ast.AST) -> None:
    if not isinstance(value, _ENTRIES):
        why = f"{describe(value)} as an entry of a dict with constant keys is not covered"
        decline(node, "LW103", why)


def place_of(cx: Scope, base: Rec, target: ast.Subscript) -> tuple[str, str]:
    """The variable that holds the dict, and the key; declined if the entry cannot be assigned."""
    key = cx.eval(target.slice)
    if not isinstance(key, Text) or not base.made:
        decline(target, "LW101", f"assignment into {describe(base)} is not covered")
    if not isinstance(target.value, ast.Name) or target.value.id not in cx.bound:
        decline(
            target, "LW108", "an entry is assigned where a variable of the function is the dict"
        )
    name = cx.renamed.get(target.value.id, target.value.id)
    held = (rec for n, e in cx.live.items() if n != name for rec in dicts_in(e.value))
    ours = all(depth == cx.depth for depth, _ in base.made)
    if len(base.made) != 1 or not ours or any(base.made & rec.made for rec in held):
        decline(target, "LW108", "an entry is assigned of a dict that may have a second name")
    return name, key.value


def put(cx: Scope, base: Rec, place: tuple[str, str], value: Value, node: ast.AST) -> None:
    """`name[key] = value`."""
    name, key = place
    _entry(value, node)
    items, fields = base.parts.items, base.parts.fields
    if key in fields:
        at = fields.index(key)
        parts = Tpl((*items[:at], value, *items[at + 1 :]), fields)
    else:
        parts = Tpl((*items, value), (*fields, key))
    store_variable(cx, name, replace(base, parts=parts))


def dicts_in(value: Value) -> Iterator[Rec]:
    """The dicts in a value."""
    match value:
        case Rec():
            yield value
        case Tpl(items):
            for item in items:
                yield from dicts_in(item)
        case Maybe(inner, _):
            yield from dicts_in(inner)
        case _:
            pass
