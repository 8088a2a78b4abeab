"""What a helper function is lowered for: the types of its arguments, and those that tell it what to do."""

from __future__ import annotations

import ast

from loopwright.frontend.lower_join import columns_of
from loopwright.frontend.lower_parts import is_row, type_key
from loopwright.frontend.lower_scope import Scope
from loopwright.frontend.lower_telling import telling_parameters
from loopwright.frontend.lower_values import (
    ROW,
    Arr,
    Closure,
    Hashed,
    Lst,
    Maybe,
    Number,
    RaggedList,
    Row,
    Table,
    Tpl,
    Value,
)
from loopwright.frontend.names import calls_itself
from loopwright.ir.nodes import Const
from loopwright.ir.types import BOOL, INT


def types_key(cx: Scope, value: Value) -> object:
    """The types of a value, with those of the elements of lists."""
    match value:
        case Lst():
            return (type_key(value), cx.unit.sites.element(value.site), is_row(value))
        case Arr() if is_row(value):
            return (type_key(value), ROW)
        case RaggedList(joined):
            return ("rows", types_key(cx, joined), value.form)
        case Row(listed):
            return ("row", types_key(cx, listed))
        case Tpl(items):
            return tuple(types_key(cx, v) for v in items)
        case Table(parts, row):
            return ("dict", row, types_key(cx, parts))
        case Hashed():
            return ("hashed", value.form, *(types_key(cx, part) for part in value.parts))
        case Maybe(inner, _):
            return ("maybe", types_key(cx, inner))
        case _:
            return type_key(value)


def outdated(cx: Scope, value: Value) -> bool:
    """Whether a list in `value` has got other columns since."""
    match value:
        case Lst(columns, site, ndim, _, _):
            return tuple(c.type for c in columns) != columns_of(cx, site, ndim)
        case Row(listed) | RaggedList(listed):
            return outdated(cx, listed)
        case Tpl(items) | Table(Tpl(items), _):
            return any(outdated(cx, v) for v in items)
        case Hashed():
            return any(outdated(cx, part) for part in value.parts)
        case Maybe(inner, _):
            return outdated(cx, inner)
        case _:
            return False


def signature(cx: Scope, callee: Closure, given: list[Value]) -> tuple[object, ...]:
    """What a helper is lowered for: the types of its arguments, and the constants among them that tell it
    what to do."""
    fixed = told_arguments(callee, given)
    return callee, *(v if k in fixed else types_key(cx, v) for k, v in enumerate(given))


def told_arguments(callee: Closure, given: list[Value]) -> frozenset[int]:
    """The numbers of the arguments that are such constants."""
    plain = callee.library or calls_itself(callee.node)
    telling = frozenset() if plain else telling_parameters(callee.node)
    return frozenset(
        k
        for k, (name, value) in enumerate(zip(parameters(callee.node), given, strict=True))
        if name in telling
        and isinstance(value, Number)
        and isinstance(value.expr, Const)
        and value.types in ((INT,), (BOOL,))
    )


def parameters(node: ast.FunctionDef | ast.Lambda) -> list[str]:
    """Names of the parameters in the order in which `invoke` takes them."""
    a = node.args
    rest = [] if a.vararg is None else [a.vararg]
    return [p.arg for p in (*a.posonlyargs, *a.args, *rest, *a.kwonlyargs)]
