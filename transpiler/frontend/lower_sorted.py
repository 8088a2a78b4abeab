"""Sorting lists: `sorted(x)`, `x.sort()`, with `reverse` and `key`.

Integers of one type are sorted as they are. Everything else (floats, of which 0.0 and -0.0 keep their order,
tuples, numbers of several types, keys) goes by a stable order of the positions, computed from the last
component of the key to the first; `reverse` sorts the reversed list and reverses the result, as Python
does. The kernel gives up on NaN, which compares with nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from loopwright.frontend.lower_args import constant_of
from loopwright.frontend.lower_convert import cast, plain_column
from loopwright.frontend.lower_list_index import copy_of, used_part
from loopwright.frontend.lower_listed import holds_arrays, shares
from loopwright.frontend.lower_lists import build_list, let_hold, new_site
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import (
    Arr,
    Hashed,
    Lst,
    Number,
    Origin,
    Row,
    Tpl,
    Value,
    integer,
    negated,
    number,
)
from loopwright.ir.nodes import (
    Binary,
    Call,
    Cast,
    Const,
    Dim,
    Expr,
    Fancy,
    Load,
    Reduce,
    Slc,
    Var,
)
from loopwright.ir.types import (
    B1,
    BOOL,
    INT,
    NONE,
    Array,
    ListOf,
    Num,
    kind_of,
    machine_dtype,
)

ORDER = Array("int64", 1)
BACKWARDS = Slc(None, None, integer(-1))


def sorted_list(cx: Scope, value: Value, node: ast.Call) -> Value:
    """`sorted(value)`: a new list."""
    if isinstance(value, Row):
        value = value.items
    if isinstance(value, Tpl):
        value = build_list(cx, value.items, node)
    if isinstance(value, Arr) and value.type.ndim == 1:
        elem = Num(value.type.dtype)
        site = new_site(cx, node)
        let_hold(cx, site, number(Const(0, elem)), node)
        value = Lst((cast(value.expr, ListOf(elem)),), site, 1, frozenset())
    if isinstance(value, Hashed):
        if value.form == "set" and any(k.arg == "key" for k in node.keywords):
            decline(node, "LW102", "sorting a set by a key has an order that is not known here")
        value = value.keys
    if not isinstance(value, Lst):
        decline(node, "LW102", f"sorting {describe(value)} is not covered")
    columns = sorted_columns(cx, value, node, method=False)
    shares(cx, value)
    origin = Origin(("site", cx.depth, id(node)))
    return Lst(columns, value.site, 1, frozenset({origin}))


def sorted_columns(cx: Scope, value: Lst, node: ast.Call, *, method: bool) -> tuple[Expr, ...]:
    """The columns of a list in the order that the call `node` of `sorted` or `sort` asks for."""
    reverse, key = _options(cx, node, method=method)
    if value.ndim > 1:
        decline(node, "LW102", "sorting a nested list is not covered")
    if holds_arrays(cx, value):
        decline(node, "LW102", "sorting a list of arrays is not covered")
    columns = used_part(value)
    integral = (
        plain_column(cx, value) is not None and kind_of(machine_dtype(columns[0].type)) in "biu"
    )
    if key is None and integral:
        return (_sorted_integers(cx, columns[0], reverse),)
    columns = tuple(c if isinstance(c, Var) else cx.hold(c, "items") for c in columns)
    value = Lst(columns, value.site, 1, frozenset({Origin(("sorted", cx.depth, id(node)))}))
    keys = value if key is None else _keys(cx, value, key, node)
    order = _order(cx, _components(cx, keys, node), reverse)
    return tuple(Cast(_taken(_as_array(cx, c), order), c.type) for c in columns)


def _sorted_integers(cx: Scope, column: Expr, reverse: bool) -> Expr:
    """A new list with the numbers of a list, in order."""
    t = column.type
    assert isinstance(t, ListOf)
    dtype = machine_dtype(t)
    ordered: Expr = Call("np.sort", (_as_array(cx, column), integer(0)), Array(dtype, 1))
    if reverse:
        ordered = copy_of(Load(ordered, (BACKWARDS,), Array(dtype, 1, "A")))
    return Cast(ordered, t)


# ----------------------------------------------------------------- by positions


def _as_array(cx: Scope, column: Expr) -> Expr:
    return cx.hold(cast(column, Array(machine_dtype(column.type), 1)), "x")


def _taken(x: Expr, order: Expr) -> Expr:
    assert isinstance(x.type, Array)
    return Load(x, (Fancy(order),), Array(x.type.dtype, 1))


def _components(cx: Scope, keys: Lst, node: ast.AST) -> list[Expr]:
    """The numbers that the elements are compared by, the most important first, as arrays."""
    columns = list(used_part(keys))
    found: list[Expr] = []

    def visit(part: Value) -> None:
        match part:
            case Number(_, types, tag):
                column = columns.pop(0)
                if tag is not None:
                    columns.pop(0)
                if NONE in types or kind_of(machine_dtype(column.type)) == "c":
                    decline(node, "LW102", f"sorting by {describe(part)} is not covered")
                found.append(_component(cx, column))
            case Tpl(items):
                for item in items:
                    visit(item)
            case _:
                decline(node, "LW102", f"sorting by {describe(part)} is not covered")

    element = cx.unit.sites.element(keys.site)
    if element is None:
        return [_component(cx, columns[0])]
    visit(element)
    return found


def _component(cx: Scope, column: Expr) -> Expr:
    dtype = machine_dtype(column.type)
    x = cx.hold(cast(column, Array("int64" if dtype == "bool" else dtype, 1)), "key")
    if kind_of(dtype) == "f":
        odd = Call("np.isnan", (x,), Array("bool", 1))
        cx.check(negated(Reduce("any", odd, None, False, B1)), "sorting NaN")
    return x


def _order(cx: Scope, keys: Sequence[Expr], reverse: bool) -> Expr:
    """The positions of the elements in their new order."""
    if reverse:
        keys = [_backwards(cx, k) for k in keys]
    order: Expr | None = None
    for key in reversed(keys):
        if order is None:
            order = cx.hold(_argsort(key), "order")
        else:
            again = cx.hold(_argsort(cx.hold(_taken(key, order), "key")), "again")
            order = cx.hold(_taken(order, again), "order")
    assert order is not None
    if reverse:
        last = Binary("sub", Dim(order, 0, INT), integer(1), INT)
        order = _backwards(cx, cx.hold(Binary("sub", cx.hold(last), order, ORDER), "order"))
    return order


def _argsort(key: Expr) -> Expr:
    return Call("np.argsort", (key, integer(0), Const(True, BOOL)), ORDER)


def _backwards(cx: Scope, x: Expr) -> Expr:
    assert isinstance(x.type, Array)
    turned = Load(x, (BACKWARDS,), Array(x.type.dtype, 1, "A"))
    return cx.hold(Cast(turned, Array(x.type.dtype, 1)), "turned")


# ---------------------------------------------------------------------- options


def _options(cx: Scope, node: ast.Call, *, method: bool) -> tuple[bool, ast.expr | None]:
    """`reverse` and `key` of a call of `sorted` or `sort`; declined if there are other arguments."""
    if len(node.args) != (0 if method else 1) or any(
        k.arg not in ("key", "reverse") for k in node.keywords
    ):
        decline(node, "LW102", "this form of sorting is not covered")
    given = {k.arg: k.value for k in node.keywords}
    reverse = False
    if "reverse" in given:
        reverse = bool(constant_of(cx.eval(given["reverse"]), node, "reverse"))
    key = given.get("key")
    if isinstance(key, ast.Constant) and key.value is None:
        key = None
    if method and key is not None and not _is_apart(node.func, key):
        decline(node, "LW102", "the key may look at the list while it is sorted")
    return reverse, key


def _is_apart(method: ast.expr, key: ast.expr) -> bool:
    """Whether the key cannot see the list, which is empty as long as it is sorted."""
    assert isinstance(method, ast.Attribute)
    if not isinstance(method.value, ast.Name):
        return isinstance(key, ast.Lambda) and not any(
            isinstance(n, (ast.Call, ast.Attribute)) for n in ast.walk(key)
        )
    name = method.value.id
    return not any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(key))


def _keys(cx: Scope, value: Lst, key: ast.expr, node: ast.Call) -> Lst:
    """The list of the keys: `[key(item) for item in value]`."""
    made = cx.unit.synthetic.get(node)
    if made is None:
        items, item = f"items#{len(cx.unit.synthetic)}s", f"item#{len(cx.unit.synthetic)}s"
        applied = ast.Call(key, [ast.Name(item, ast.Load())], [])
        loop = ast.comprehension(ast.Name(item, ast.Store()), ast.Name(items, ast.Load()), [], 0)
        made = cx.unit.synthetic[node] = ast.ListComp(applied, [loop])
        for part in ast.walk(made):
            if isinstance(part, ast.expr) and not hasattr(part, "lineno"):
                ast.copy_location(part, node)
    source = made.generators[0].iter
    assert isinstance(source, ast.Name)
    cx.bind(source.id, value)
    keys = cx.eval(made)
    if cx.env is not None:
        cx.live.pop(source.id)
    if not isinstance(keys, Lst) or keys.ndim > 1:
        decline(node, "LW102", "sorting by such keys is not covered")
    return keys
