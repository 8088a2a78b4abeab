"""What `itertools.product` and `combinations`, `np.ndindex`, `np.ndenumerate` and `iter` give to a loop.

All items of `product` and `combinations` are taken before the first iteration: only of ranges, displays,
strings, rows of an array, and lists and arrays of one axis, which are copied, is that the same as to take
them one by one.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_args import array_of, int_constant, shape_of
from loopwright.frontend.lower_counted import (
    ONE,
    ZERO,
    Source,
    add,
    fixed,
    ordinal,
    sequence,
    trip_count,
)
from loopwright.frontend.lower_create import copy_of_array
from loopwright.frontend.lower_lists import build_list, to_list
from loopwright.frontend.lower_lists import held as in_variables
from loopwright.frontend.lower_order import present
from loopwright.frontend.lower_reduce import wrap
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import (
    NOTHING,
    Arr,
    Library,
    Lst,
    Number,
    String,
    Tpl,
    Value,
    number,
    test,
)
from loopwright.ir.nodes import Binary, Call, Dim, Expr, Load, Pt
from loopwright.ir.types import INT, Num

_TOOLS = {
    "product": "itertools.product",
    "combinations": "itertools.combinations",
    "pairwise": "itertools.pairwise",
    "ndindex": "numpy.ndindex",
    "ndenumerate": "numpy.ndenumerate",
    "iter": "builtins.iter",
}
SourceOf = Callable[[ast.expr], Source]


def tool_of(cx: Scope, node: ast.expr) -> str | None:
    """The last name of the tool that a call names."""
    match node:
        case ast.Call(ast.Name(_) as func):
            found = cx.eval(func) if func.id in _known_as(cx) else None
        case ast.Call(ast.Attribute(ast.Name(), attr) as func) if attr in _TOOLS:
            root = cx.eval(func.value)
            found = cx.eval(func) if isinstance(root, Library) else None
        case _:
            return None
    if not isinstance(found, Library):
        return None
    return next((name for name, origin in _TOOLS.items() if origin == found.name), None)


def _known_as(cx: Scope) -> set[str]:
    """The names by which the module may know a tool."""
    names = cx.unit.module_names.items()
    origins = set(_TOOLS.values())
    return {"iter"} | {n for n, v in names if isinstance(v, Library) and v.name in origins}


def tool_source(cx: Scope, node: ast.Call, name: str, source_of: SourceOf) -> Source:
    """What a loop over the call of a tool runs over."""
    if name == "iter":
        if len(node.args) != 1 or node.keywords:
            decline(node, "LW102", "iter of a function is not covered")
        return source_of(node.args[0])
    if name == "ndindex":
        return _counters(cx, _shape(cx, node))
    if name == "ndenumerate":
        return _enumerated(cx, node)
    if name == "combinations":
        return _pairs(cx, node, source_of)
    repeat = [k.value for k in node.keywords if k.arg == "repeat"]
    if len(repeat) != len(node.keywords) or any(isinstance(a, ast.Starred) for a in node.args):
        decline(node, "LW102", "this form of product is not covered")
    times = int_constant(cx.eval(repeat[0]), node, "repeat") if repeat else 1
    sources = [_taken(cx, arg, source_of) for arg in node.args] * max(times, 0)
    if not sources:
        decline(node, "LW102", "a product of nothing is not covered")
    counts = [_count(cx, s) for s in sources]
    return _combined(cx, counts, lambda at: Tpl(tuple(map(_item(cx), sources, at))))


def _item(cx: Scope) -> Callable[[Source, Expr], Value]:
    return lambda source, at: ordinal(cx, source, at)


def _taken(cx: Scope, node: ast.expr, source_of: SourceOf) -> Source:
    """A source whose items do not change meanwhile."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
        return fixed(cx, source_of(node))
    value = present(cx, cx.eval(node)) if not isinstance(node, ast.List) else NOTHING
    display = cx.eval(ast.Tuple(node.elts, node.ctx)) if isinstance(node, ast.List) else value
    if isinstance(display, Tpl) and all(isinstance(v, Number) for v in display.items):
        value = build_list(cx, display.items, node)
    elif isinstance(value, Arr) and value.type.ndim == 1:
        held = cx.hold(copy_of_array(value.expr), "items")
        value = Arr(held, value.type, frozenset())
    elif isinstance(value, Arr) and value.type.ndim > 1:
        # rows are views, which show what is stored into the array meanwhile
        value = Arr(cx.hold(value.expr, "rows"), value.type, value.origins)
    elif isinstance(value, Lst) and (copied := to_list(cx, value, node)) is not None:
        assert isinstance(copied, Lst)
        value = in_variables(cx, copied)
    elif not isinstance(value, String):
        decline(node, "LW102", "the items that are combined may change meanwhile")
    return fixed(cx, sequence(cx, value, node))


def _count(cx: Scope, source: Source) -> Expr:
    return cx.hold(Call("max2", (trip_count(cx, source), ZERO), INT), "n")


def _combined(cx: Scope, counts: Sequence[Expr], item: Callable[[list[Expr]], Value]) -> Source:
    """All combinations of counters below `counts`, the last the fastest."""
    total = counts[0]
    for n in counts[1:]:
        total = Binary("mul", total, n, INT)

    def places(at: Expr) -> list[Expr]:
        found: list[Expr] = []
        for n in reversed(counts[1:]):
            at = cx.hold(at, "k")
            found.append(Binary("mod", at, n, INT))
            at = Binary("floordiv", at, n, INT)
        return [at, *reversed(found)]

    nest = _within(counts, item, [])
    return Source(ZERO, cx.hold(total, "n"), ONE, lambda at: item(places(at)), nest=nest.nest)


def _within(counts: Sequence[Expr], item: Callable[[list[Expr]], Value], at: list[Expr]) -> Source:
    """The items whose first counters are `at`, by one loop for each of the others."""
    axis = len(at)
    if axis == len(counts) - 1:
        return Source(ZERO, counts[axis], ONE, lambda k: item([*at, k]))
    counter = Source(ZERO, counts[axis], ONE, number, plain=True)
    return replace(counter, nest=(counter, lambda k: _within(counts, item, [*at, k])))


def _counters(cx: Scope, counts: Sequence[Expr]) -> Source:
    held = [cx.hold(n, "n") for n in counts]
    for n in held:
        cx.check(test("ge", n, ZERO), "negative dimensions are not allowed")
    return _combined(cx, held, lambda at: Tpl(tuple(number(k) for k in at)))


def _shape(cx: Scope, node: ast.Call) -> tuple[Expr, ...]:
    """The argument of `ndindex`: lengths, or one tuple of them."""
    if node.keywords or not node.args or any(isinstance(a, ast.Starred) for a in node.args):
        decline(node, "LW102", "this form of ndindex is not covered")
    values = [cx.eval(arg) for arg in node.args]
    given = shape_of(cx, values[0] if len(values) == 1 else Tpl(tuple(values)), node)
    if not given:
        decline(node, "LW102", "an index without axes is not covered")
    return given


def _enumerated(cx: Scope, node: ast.Call) -> Source:
    if node.keywords or len(node.args) != 1:
        decline(node, "LW102", "this form of ndenumerate is not covered")
    x = array_of(cx, cx.eval(node.args[0]), node)
    held = cx.hold(x.expr, "x")
    counts = [cx.hold(Dim(held, k, INT), "n") for k in range(x.type.ndim)]

    def item(at: list[Expr]) -> Value:
        places = [cx.hold(k, "k") for k in at]
        element = Load(held, tuple(Pt(k) for k in places), Num(x.type.dtype))
        return Tpl((Tpl(tuple(number(k) for k in places)), wrap(element)))

    return _combined(cx, counts, item)


def _pairs(cx: Scope, node: ast.Call, source_of: SourceOf) -> Source:
    """`combinations(x, 2)`."""
    if node.keywords or len(node.args) != 2:
        decline(node, "LW102", "this form of combinations is not covered")
    source = _taken(cx, node.args[0], source_of)
    if int_constant(cx.eval(node.args[1]), node, "r") != 2:
        decline(node, "LW102", "only combinations of two are covered")
    n = _count(cx, source)
    total = Binary(
        "floordiv",
        Binary("mul", n, Binary("sub", n, ONE, INT), INT),
        Binary("add", ONE, ONE, INT),
        INT,
    )

    def item(at: Expr) -> Value:
        at = cx.hold(at, "k")
        first = library_call(cx, "pair_first", [number(at), number(n)], node)
        assert isinstance(first, Number)
        one = cx.hold(first.expr, "k")
        second = library_call(cx, "pair_second", [number(at), number(n), number(one)], node)
        assert isinstance(second, Number)
        return Tpl((ordinal(cx, source, one), ordinal(cx, source, second.expr)))

    def later(one: Expr) -> Source:
        first = ordinal(cx, source, one)
        return Source(add(one, ONE), n, ONE, lambda at: Tpl((first, ordinal(cx, source, at))))

    nest = (Source(ZERO, n, ONE, number, plain=True), later)
    return Source(ZERO, cx.hold(total, "n"), ONE, item, nest=nest)
