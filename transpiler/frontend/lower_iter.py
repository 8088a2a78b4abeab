"""What a `for` loop runs over: ranges, arrays, lists, tuples, and enumerate, zip, reversed of them."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence

from loopwright.frontend.lower_alias import which
from loopwright.frontend.lower_columns import columns
from loopwright.frontend.lower_convert import cast, list_length, table_length
from loopwright.frontend.lower_counted import (
    ONE,
    ZERO,
    Source,
    add,
    fixed,
    ordinal,
    sequence,
    sub,
    trip_count,
)
from loopwright.frontend.lower_dicts import table_item
from loopwright.frontend.lower_generators import generator_at, item_of, one_loop, renaming
from loopwright.frontend.lower_grown_rows import may_be_run_over
from loopwright.frontend.lower_index import index_number
from loopwright.frontend.lower_list_index import list_element
from loopwright.frontend.lower_lists import build_list, resized
from loopwright.frontend.lower_live import writes
from loopwright.frontend.lower_order import eval_spread, has_stars, present, tuple_items
from loopwright.frontend.lower_parts import flatten, refill, row_part
from loopwright.frontend.lower_products import tool_of, tool_source
from loopwright.frontend.lower_scope import GROWN_BEHIND, SORTED, Scope, decline
from loopwright.frontend.lower_tools import pairs, run_over
from loopwright.frontend.lower_values import (
    Deferred,
    Hashed,
    Library,
    Lst,
    RaggedList,
    Repeated,
    Table,
    Tpl,
    Value,
    integer,
    number,
    test,
)
from loopwright.ir.nodes import Call, Const, Expr, Load, Var
from loopwright.ir.types import INT


def source_of(cx: Scope, node: ast.expr, body: Sequence[ast.stmt]) -> Source:
    """The source that `for ... in node` runs over, fixed at the start of the loop."""
    if cx.unit.rules.is_generated(cx, node):
        decline(node, "LW103", "a generator function is run over by `for` and in comprehensions")
    made = generator_at(cx, node)
    if made is not None:
        return _generated(cx, made, body)
    name = _builtin_name(cx, node)
    if isinstance(node, ast.Call):
        if name == "range":
            return range_source(cx, node)
        if name in ("enumerate", "zip", "reversed"):
            return _combined(cx, node, name, body)
        tool = tool_of(cx, node)
        if tool == "pairwise":
            return pairs(cx, node, body, lambda arg: source_of(cx, arg, body))
        if tool is not None:
            return tool_source(cx, node, tool, lambda arg: source_of(cx, arg, body))
        view = _hashed_view(cx, node)
        if view is not None:
            holder, held, what = view
            if isinstance(held, Table):
                return _of_table(cx, held, what, node)
            return _of_hashed(cx, holder, held, what, body)
    turned = _turned_range(cx, node)
    if turned is not None:
        return _combined(cx, turned, "reversed", body)
    value = present(cx, cx.eval(node))
    if isinstance(value, Hashed):
        return _of_hashed(cx, node, value, "keys", body)
    if isinstance(value, Table):
        return _of_table(cx, value, "keys", node)
    if isinstance(value, Repeated):
        return run_over(cx, node, value)
    if isinstance(value, Tpl):
        value = build_list(cx, value.items, node)
    if isinstance(value, Lst) and isinstance(node, (ast.Name, ast.Attribute)):
        if resized(ast.unparse(node), body) or _may_grow(cx, value, body):
            return _growing(cx, node, body)
    if isinstance(value, RaggedList) and value.made and resized(ast.unparse(node), body):
        why = "a list of rows that changes its length meanwhile is not covered"
        decline(node, "LW101", why, GROWN_BEHIND)
    may_be_run_over(cx, value, body, node)
    value = _anchored(cx, value, body)
    return sequence(cx, value, node)


def _turned_range(cx: Scope, node: ast.expr) -> ast.Call | None:
    """`reversed(range(...))` for `range(...)[::-1]`."""
    match node:
        case ast.Subscript(
            ast.Call() as made, ast.Slice(None, None, ast.UnaryOp(ast.USub(), ast.Constant(1)))
        ) if is_range(cx, made):
            return ast.copy_location(ast.Call(made.func, [made], []), node)
        case _:
            return None


def _generated(cx: Scope, made: Deferred, body: Sequence[ast.stmt]) -> Source:
    """The items of a generator, each computed when the loop gets there."""
    renamed = dict(made.renamed)
    with renaming(cx, renamed):
        inner = source_of(cx, one_loop(made).iter, body)

    def item(at: Expr) -> Value:
        with renaming(cx, renamed):
            value = inner.item(at)
        return item_of(cx, made, value)

    return Source(
        inner.lo, inner.hi, inner.step, item, dynamic=inner.dynamic, lazy=True, over=inner.over
    )


def _of_table(cx: Scope, table: Table, what: str, node: ast.expr) -> Source:
    """The keys, values or pairs of both of a dict from outside, in its order."""
    return Source(ZERO, table_length(table), ONE, lambda at: table_item(cx, table, what, at, node))


def _hashed_view(cx: Scope, node: ast.Call) -> tuple[ast.expr, Hashed | Table, str] | None:
    """The dict of `d.keys()`, `d.values()` or `d.items()`, as text and as value, and the method."""
    match node:
        case ast.Call(ast.Attribute(inner, "keys" | "values" | "items" as name), [], []):
            value = cx.eval(inner) if isinstance(inner, (ast.Name, ast.Attribute)) else None
            return (inner, value, name) if isinstance(value, Hashed | Table) else None
        case _:
            return None


def is_view(cx: Scope, node: ast.expr) -> bool:
    """Whether the node is `d.keys()`, `d.values()` or `d.items()` of a dict."""
    return isinstance(node, ast.Call) and _hashed_view(cx, node) is not None


def _of_hashed(
    cx: Scope, node: ast.expr, value: Hashed, what: str, body: Sequence[ast.stmt]
) -> Source:
    """The keys, values or pairs of both of a dict, in the order of insertion."""
    if value.form == "set":
        why = "a loop over a set has an order that is not known here"
        decline(node, "LW101", why, SORTED)
    count = cx.hold(list_length(value.keys), "n")
    text = ast.unparse(node)
    inside = [n for s in body for n in ast.walk(s)]
    touched = any(
        isinstance(n, (ast.Subscript, ast.Attribute)) and ast.unparse(n.value) == text
        for n in inside
    )
    own = isinstance(node, ast.Name) and "~" in node.id
    if any(_may_rebind(n, text) for n in inside) or (cx.elsewhere and not own):
        decline(node, "LW108", f"`{text}` may be another dict within a loop over it")
    if not body and isinstance(value.slots, Var):
        cx.iterated |= {value.slots.sym}

    def current() -> Hashed:
        now = cx.eval(node) if touched else value
        if not isinstance(now, Hashed):
            decline(node, "LW108", f"`{text}` may be another object within a loop over it")
        return now

    def item(at: Expr) -> Value:
        now = current()
        if touched:
            same = test("eq", list_length(now.keys), count)
            cx.check(same, "dictionary changed size during iteration")
        key, held = (list_element(cx, part, at, node) for part in (now.keys, now.values))
        return key if what == "keys" else held if what == "values" else Tpl((key, held))

    if touched:
        return Source(ZERO, ZERO, ONE, item, dynamic=lambda: list_length(current().keys))
    return Source(ZERO, count, ONE, item)


def keys_of(cx: Scope, value: Hashed, node: ast.expr) -> Source:
    """The items of a set that does not change meanwhile, in the order of insertion."""
    count = cx.hold(list_length(value.keys), "n")
    return Source(ZERO, count, ONE, lambda at: list_element(cx, value.keys, at, node))


def _may_rebind(node: ast.AST, text: str) -> bool:
    """Whether the variable `text`, or the attribute, is another object behind the node."""
    if "." in text and isinstance(node, ast.Call):
        return True
    target = isinstance(node, (ast.Name, ast.Attribute)) and not isinstance(node.ctx, ast.Load)
    return target and ast.unparse(node) == text


def _builtin_name(cx: Scope, node: ast.expr) -> str | None:
    """The builtin that a call names."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id in ("range", "enumerate", "zip", "reversed"):
            callee = cx.eval(node.func)
            if isinstance(callee, Library) and callee.name.startswith("builtins."):
                return callee.name.removeprefix("builtins.")
    return None


def _anchored(cx: Scope, value: Value, body: Sequence[ast.stmt]) -> Value:
    """The value held in variables that the body does not bind anew."""
    bound = {n for s in body for n in writes(s)}
    bound |= {p.replace(".", "_") for p in cx.unit.stores}

    def stays(expr: Expr) -> bool:
        return (
            not cx.elsewhere
            and isinstance(expr, Var)
            and not any(expr.sym.name == n or expr.sym.name.startswith(f"{n}_") for n in bound)
        )

    if isinstance(value, Lst) and row_part(value) is not None:
        # a row is read where it lies, since a list that grows has no parts by name
        joined = [column.x for column in value.columns if isinstance(column, Load)]
        if all(map(stays, joined)):
            return value
    exprs = [expr if stays(expr) else cx.hold(expr, "seq") for expr in flatten(value)]
    return refill(value, exprs)


def _may_grow(cx: Scope, value: Lst, body: Sequence[ast.stmt]) -> bool:
    """Whether a function that the loop calls may change the length of a list from outside."""
    if which(cx, value) not in cx.unit.grown:
        return False
    if cx.elsewhere:
        return True
    calls = [n.func for s in body for n in ast.walk(s) if isinstance(n, ast.Call)]
    return any(
        (
            isinstance(f, ast.Attribute)
            and isinstance(f.value, ast.Name)
            and f.value.id == cx.unit.self_path
        )
        or (isinstance(f, ast.Name) and not hasattr(builtins, f.id))
        for f in calls
    )


def _growing(cx: Scope, node: ast.Name | ast.Attribute, body: Sequence[ast.stmt]) -> Source:
    if isinstance(node, ast.Name) and any(node.id in writes(s) for s in body):
        decline(node, "LW108", "a list that changes its length meanwhile is also assigned anew")

    def current() -> Lst:
        now = cx.eval(node)
        assert isinstance(now, Lst)
        return now

    return Source(
        ZERO,
        ZERO,
        ONE,
        lambda at: list_element(cx, current(), at, node),
        dynamic=lambda: list_length(current()),
    )


def _int(cx: Scope, value: Value, node: ast.expr) -> Expr:
    """An argument of range, as an int."""
    return cast(index_number(cx, value, node), INT)


def is_range(cx: Scope, node: ast.expr) -> bool:
    """Whether the node is `range(...)`."""
    return isinstance(node, ast.Call) and _builtin_name(cx, node) == "range"


def range_source(cx: Scope, node: ast.Call) -> Source:
    """What a loop over `range(...)` runs over."""
    values = eval_spread(cx, node.args)
    if node.keywords or not 1 <= len(values) <= 3:
        decline(node, "LW102", "this form of range is not covered")
    args = [_int(cx, v, node) for v in values]
    lo, hi = (ZERO, args[0]) if len(args) == 1 else (args[0], args[1])
    step: Expr = args[2] if len(args) == 3 else ONE
    if step == ZERO:
        decline(node, "LW111", "range with step 0 raises ValueError")
    if not isinstance(step, Const):
        step = cx.hold(step, "step")
        cx.check(test("ne", step, ZERO), "range() arg 3 must not be zero")
    return Source(lo, hi, step, number, plain=True)


def _combined(cx: Scope, node: ast.Call, name: str, body: Sequence[ast.stmt]) -> Source:
    match name, node.args:
        case "zip", [ast.Starred(rows)] if not node.keywords:
            turned = columns(cx, rows, node, body)
            if turned is not None:
                return turned
    inner = [
        s for a in (node.args if name == "zip" else node.args[:1]) for s in _sources(cx, a, body)
    ]
    if any(s.dynamic is not None for s in inner) or not inner:
        why = f"{name} of a list that changes its length is not covered"
        decline(node, "LW101", why, GROWN_BEHIND)
    if name == "zip":
        return _zip(cx, node, inner)
    if name == "enumerate":
        return _enumerate(cx, node, inner)
    (source,) = inner
    if source.lazy:
        decline(node, "LW111", "a generator cannot be reversed: TypeError")
    if source.plain and source.step == ONE:
        return Source(sub(source.hi, ONE), sub(source.lo, ONE), integer(-1), number, plain=True)
    source = fixed(cx, source) if source.plain else source
    count = trip_count(cx, source)
    return Source(
        sub(count, ONE),
        integer(-1),
        integer(-1),
        lambda at: ordinal(cx, source, at),
        over=source.over,
    )


def _sources(cx: Scope, node: ast.expr, body: Sequence[ast.stmt]) -> list[Source]:
    """What an argument of `zip` stands for; with a star, each item of a tuple is an argument."""
    if not isinstance(node, ast.Starred):
        return [source_of(cx, node, body)]
    if isinstance(node.value, (ast.List, ast.Tuple)) and not has_stars(node.value.elts):
        return [source_of(cx, elt, body) for elt in node.value.elts]
    items = tuple_items(cx, cx.eval(node.value), node)
    listed = [build_list(cx, v.items, node) if isinstance(v, Tpl) else v for v in items]
    return [sequence(cx, _anchored(cx, value, body), node) for value in listed]


def _enumerate(cx: Scope, node: ast.Call, inner: list[Source]) -> Source:
    start: Expr = ZERO
    given = [*node.args[1:], *[k.value for k in node.keywords if k.arg == "start"]]
    if given:
        start = _int(cx, cx.eval(given[0]), given[0])
        if not isinstance(start, Const):
            start = cx.hold(start, "start")
    if len(given) != len(node.args) - 1 + len(node.keywords):
        decline(node, "LW102", "this form of enumerate is not covered")
    source = inner[0]
    if start == ZERO and source.lo == ZERO and source.step == ONE:
        return Source(
            ZERO,
            source.hi,
            ONE,
            lambda at: Tpl((number(at), source.item(at))),
            enumerates=True,
            lazy=source.lazy,
            over=source.over,
        )
    whole = fixed(cx, source) if source.plain else source
    return Source(
        ZERO,
        trip_count(cx, whole),
        ONE,
        lambda at: Tpl((number(add(at, start)), ordinal(cx, whole, at))),
        lazy=source.lazy,
        over=source.over,
    )


def _zip(cx: Scope, node: ast.Call, inner: list[Source]) -> Source:
    strict = False
    for keyword in node.keywords:
        value = keyword.value
        if keyword.arg != "strict" or not isinstance(value, ast.Constant):
            decline(node, "LW102", "this form of zip is not covered")
        strict = bool(value.value)
    sources = [fixed(cx, s) if s.plain else s for s in inner]
    counts = [cx.hold(trip_count(cx, s), "n") for s in sources]
    shortest = counts[0]
    for other in counts[1:]:
        if strict:
            cx.check(test("eq", shortest, other), "zip() arguments of unequal length")
        else:
            shortest = Call("min2", (shortest, other), INT)
    lazy = any(s.lazy for s in sources)
    if lazy and len(sources) > 1 and not strict:
        # the item that finds no partner may fail
        shortest = cx.hold(shortest, "n")
        for source, count in zip(sources, counts, strict=True):
            if source.lazy:
                cx.check(test("eq", count, shortest), "a generator has more items than its partner")
    items = lambda at: Tpl(tuple(ordinal(cx, s, at) for s in sources))  # noqa: E731
    over = tuple(held for s in sources for held in s.over)
    return Source(ZERO, shortest, ONE, items, lazy=lazy, over=over)
