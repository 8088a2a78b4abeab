"""Comprehensions and generator expressions: loops that build a list or fold their items."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from loopwright.frontend.lower_args import int_operand
from loopwright.frontend.lower_convert import coerce, convert
from loopwright.frontend.lower_counted import (
    Source,
    ordinal,
    trip_count,
)
from loopwright.frontend.lower_generators import opened, own_names
from loopwright.frontend.lower_hashes import augmented, built, store
from loopwright.frontend.lower_iter import source_of
from loopwright.frontend.lower_join import join_envs, store_variable, widen
from loopwright.frontend.lower_listed import lists
from loopwright.frontend.lower_lists import (
    append,
    build_list,
    fresh_list,
    held,
    is_element,
    new_site,
    put,
)
from loopwright.frontend.lower_live import reads
from loopwright.frontend.lower_loops import Live, iterate
from loopwright.frontend.lower_order import eval_all
from loopwright.frontend.lower_parts import describe, flatten
from loopwright.frontend.lower_rows import let_hold_rows
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_store import assign_to
from loopwright.frontend.lower_values import (
    NOTHING,
    Hashed,
    HashForm,
    Lst,
    Number,
    RaggedList,
    RowType,
    Tpl,
    Value,
    integer,
    number,
)
from loopwright.ir.nodes import (
    Binary,
    Call,
    Dim,
    Expr,
    If,
    Pt,
    Store,
    Var,
)
from loopwright.ir.types import INT

Generators = Sequence[ast.comprehension]
Comprehension = ast.ListComp | ast.GeneratorExp


def nothing() -> None:
    """No `else` clause."""


def run_generators(
    cx: Scope,
    generators: Generators,
    item: Callable[[], None],
    sources: Sequence[Source | None] = (),
    live: Live | None = None,
    jumps: bool = False,
) -> None:
    """The nested loops of a comprehension around `item`; `live` are the names that are read later. `jumps`:
    `item` may leave the loop early."""
    if not generators:
        item()
        return
    first, *rest = generators
    if first.is_async:
        decline(first.target, "LW103", "async comprehensions are not covered")

    def run(value: Value) -> None:
        assign_to(cx, first.target, value)
        _filtered(cx, first.ifs, lambda: run_generators(cx, rest, item, live=live))

    if not sources and cx.unit.rules.is_generated(cx, first.iter):
        cx.unit.rules.generated(cx, first.iter, run)
        return
    source = (sources[0] if sources else None) or source_of(cx, first.iter, ())
    iterate(cx, source, run, nothing, first.target, live=live, nested=not jumps)


def _filtered(cx: Scope, tests: Sequence[ast.expr], then: Callable[[], None]) -> None:
    """`if` clauses: statements under their conditions."""
    if not tests:
        then()
        return
    cond = cx.unit.rules.condition(cx, tests[0])
    start = dict(cx.live)
    with cx.block() as body:
        _filtered(cx, tests[1:], then)
        inside = cx.env
    cx.env = join_envs(cx, [inside, start], lambda _: True)
    assert cx.env is not None
    outer, cx.out = cx.out, body
    if inside is not None:
        convert(cx, inside, cx.env)
    cx.out = outer
    with cx.block() as orelse:
        convert(cx, start, cx.env)
    cx.emit(If(cond, tuple(body), tuple(orelse), cx.span))


# ----------------------------------------------------------------------- lists


def list_comprehension(cx: Scope, node: Comprehension) -> Value:
    """`[elt for ...]`: stored into a list of known length, or appended if there is a filter."""
    generators = node.generators
    simple = len(generators) == 1 and not generators[0].ifs
    simple = simple and not cx.unit.rules.is_generated(cx, generators[0].iter)
    site = new_site(cx, node)
    if simple and not isinstance(cx.unit.sites.element(site), RowType):
        nested = None if cx.unit.sites.within(site, cx.unit.ragged) else _nested(cx, node)
        return nested or _known_length(cx, node)
    name = cx.fresh("items")
    store_variable(cx, name, build_list(cx, [], node))

    def item() -> None:
        value = cx.eval(node.elt)
        target = cx.live[name].value
        assert isinstance(target, (Lst, RaggedList))
        append(cx, target, value, node)

    with own_names(cx, generators):
        run_generators(cx, generators, item)
    result = cx.live.pop(name).value
    return result


def hash_comprehension(cx: Scope, node: ast.DictComp | ast.SetComp) -> Value:
    """`{key: value for ...}` and `{elt for ...}`."""

    def fill(target: Callable[[], Hashed]) -> None:
        def item() -> None:
            if isinstance(node, ast.DictComp):
                key, value = eval_all(cx, (node.key, node.value))
                store(cx, target(), key, value, node)
            else:
                store(cx, target(), cx.eval(node.elt), NOTHING, node)

        with own_names(cx, node.generators):
            run_generators(cx, node.generators, item)

    return built(cx, "dict" if isinstance(node, ast.DictComp) else "set", node, fill)


def set_of(cx: Scope, given: ast.expr, node: ast.AST) -> Value:
    """`set(items)`."""

    def fill(target: Callable[[], Hashed]) -> None:
        with opened(cx, given) as items:
            put_all(items, target)

    def put_all(items: ast.expr, target: Callable[[], Hashed]) -> None:
        if isinstance(items, ast.GeneratorExp):
            with own_names(cx, items.generators):
                made = lambda: store(cx, target(), cx.eval(items.elt), NOTHING, node)  # noqa: E731
                run_generators(cx, items.generators, made)
            return
        source = source_of(cx, items, ())
        iterate(cx, source, lambda v: store(cx, target(), v, NOTHING, node), nothing, node)

    return built(cx, "set", node, fill)


def dict_of(cx: Scope, form: HashForm, given: ast.expr, node: ast.AST) -> Value:
    """`dict(pairs)` and `Counter(items)`."""

    def put_in(target: Hashed, value: Value) -> None:
        if form == "Counter":
            one = number(integer(1))
            augmented(cx, target, value, lambda old: (old, one), _plus, node)
        elif isinstance(value, Tpl) and len(value.items) == 2:
            store(cx, target, *value.items, node)
        else:
            decline(node, "LW103", f"a dict of items that are {describe(value)} is not covered")

    def fill(target: Callable[[], Hashed]) -> None:
        with opened(cx, given) as items:
            if isinstance(items, ast.GeneratorExp):
                with own_names(cx, items.generators):
                    made = lambda: put_in(target(), cx.eval(items.elt))  # noqa: E731
                    run_generators(cx, items.generators, made)
                return
        if isinstance(items, (ast.Name, ast.Attribute)) and isinstance(cx.eval(items), Hashed):
            decline(node, "LW102", f"`{form}` of a dict is not covered")
        source = source_of(cx, items, ())
        iterate(cx, source, lambda v: put_in(target(), v), nothing, node)

    return built(cx, form, node, fill)


def _plus(a: Value, b: Value) -> Value:
    assert isinstance(a, Number) and isinstance(b, Number)
    return number(Binary("add", a.expr, b.expr, INT))


def _known_length(cx: Scope, node: Comprehension) -> Value:
    source = source_of(cx, node.generators[0].iter, ())
    return filled(cx, source, node, node.generators, lambda: cx.eval(node.elt))


def filled(
    cx: Scope, source: Source, node: ast.expr, generators: Generators, make: Callable[[], Value]
) -> Lst:
    """A list with one element for each item of the source."""
    source = _counted(cx, source)
    count = cx.hold(Call("max2", (source.hi, integer(0)), INT), "n")
    result = held(cx, fresh_list(cx, node, (count,), None))

    def run(value: Value) -> None:
        assert isinstance(value, Tpl)
        at, item = value.items
        assert isinstance(at, Number)
        assign_to(cx, generators[0].target, item)
        made = make()
        _put_next(cx, result, at.expr, made, node)

    with own_names(cx, generators):
        iterate(cx, source, run, nothing, node)
    return result


def _put_next(cx: Scope, target: Lst, at: Expr, value: Value, node: ast.expr) -> None:
    """The next element of a new list."""
    let_hold_rows(cx, target.site, value, node)
    _let_hold_plain(cx, target, value, node)
    lists(cx, target, value, node)
    put(cx, target, at, value, new=True)


def _let_hold_plain(cx: Scope, target: Lst, value: Value, node: ast.AST) -> None:
    if not is_element(value) or not (flatten(value) or value == NOTHING):
        decline(node, "LW103", f"a list whose elements are {describe(value)} is not covered")
    widen(cx, target.site, value, node)


def _counted(cx: Scope, source: Source) -> Source:
    """The source as pairs of ordinal and item, counted from 0."""
    if source.dynamic is not None:
        raise AssertionError("a comprehension changes no list")
    lo, hi, step = (
        cx.hold(e) if not isinstance(e, Var) else e for e in (source.lo, source.hi, source.step)
    )
    fixed = Source(lo, hi, step, source.item, source.plain)
    count = trip_count(cx, fixed)
    return Source(
        integer(0), count, integer(1), lambda at: Tpl((number(at), ordinal(cx, fixed, at)))
    )


def _nested(cx: Scope, node: Comprehension) -> Value | None:
    """`[[x for ...] for ...]`, `[[x, y] for ...]` and `[[x] * m for ...]`: a rectangular list of lists.

    The inner length must not depend on the outer variable, unless that is a row of a table.
    """
    own = {n.id for n in ast.walk(node.generators[0].target) if isinstance(n, ast.Name)}
    elt = node.elt
    if isinstance(elt, ast.BinOp) and isinstance(elt.op, ast.Mult):
        parts = (elt.left, elt.right)
        display = next((p for p in parts if isinstance(p, ast.List)), None)
        if display is None or len(display.elts) != 1 or reads(elt) & own:
            return None
        other = parts[1] if parts[0] is display else parts[0]
        return _repeated_rows(cx, node, display.elts[0], other)
    if isinstance(elt, ast.List) and elt.elts:
        return _displayed_rows(cx, node, elt)
    if isinstance(elt, ast.ListComp) and len(elt.generators) == 1 and not elt.generators[0].ifs:
        width = _width(cx, node, elt) if reads(elt.generators[0].iter) & own else None
        if reads(elt.generators[0].iter) & own and width is None:
            return None
        return _computed_rows(cx, node, elt, width)
    return None


def _rows(cx: Scope, node: Comprehension) -> tuple[Source, Expr]:
    source = _counted(cx, source_of(cx, node.generators[0].iter, ()))
    return source, cx.hold(Call("max2", (source.hi, integer(0)), INT), "n")


def _repeated_rows(cx: Scope, node: Comprehension, fill: ast.expr, times: ast.expr) -> Value:
    _, n = _rows(cx, node)
    value = cx.eval(fill)
    m = int_operand(cx, cx.eval(times), times)
    return fresh_list(cx, node, (n, m), value)


def _displayed_rows(cx: Scope, node: Comprehension, row: ast.List) -> Value | None:
    if any(isinstance(e, (ast.Starred, ast.List, ast.ListComp)) for e in row.elts):
        return None
    outer, n = _rows(cx, node)
    result = held(cx, fresh_list(cx, node, (n, integer(len(row.elts))), None))

    def fill(pair: Value) -> None:
        assert isinstance(pair, Tpl)
        i, item = pair.items
        assert isinstance(i, Number)
        assign_to(cx, node.generators[0].target, item)
        for k, made in enumerate(eval_all(cx, row.elts)):
            _put_cell(cx, result, (i.expr, integer(k)), made, row)

    with own_names(cx, node.generators):
        iterate(cx, outer, fill, nothing, node)
    return result


def _put_cell(cx: Scope, target: Lst, at: tuple[Expr, Expr], value: Value, node: ast.expr) -> None:
    """Element `at` of a list of lists."""
    _let_hold_plain(cx, target, value, node)
    element = cx.unit.sites.element(target.site)
    assert element is not None
    for column, expr in zip(target.columns, flatten(coerce(cx, value, element)), strict=False):
        assert isinstance(column, Var)
        cx.emit(Store(column.sym, tuple(map(Pt, at)), expr, cx.span))


def _width(cx: Scope, node: Comprehension, inner: ast.ListComp) -> Expr | None:
    """The length of all rows, where the inner loop runs over the rows of a table."""
    match node.generators[0], inner.generators[0].iter:
        case ast.comprehension(ast.Name(row), ast.Name() as table), ast.Name(name) if row == name:
            value = cx.eval(table)
        case _:
            return None
    if not isinstance(value, Lst) or value.ndim != 2 or value.length is not None:
        return None
    return cx.hold(Dim(value.columns[0], 1, INT), "m")


def _computed_rows(
    cx: Scope, node: Comprehension, inner: ast.ListComp, width: Expr | None
) -> Value:
    """`width` is the length of the rows that the inner loop runs over, if it is told by a table."""
    outer, n = _rows(cx, node)
    every = None if width else _counted(cx, source_of(cx, inner.generators[0].iter, ()))
    m = width or cx.hold(Call("max2", (every.hi, integer(0)), INT), "m")  # type: ignore[union-attr]
    result = held(cx, fresh_list(cx, node, (n, m), None))

    def row(pair: Value) -> None:
        assert isinstance(pair, Tpl)
        i, item = pair.items
        assign_to(cx, node.generators[0].target, item)
        columns = every or _counted(cx, source_of(cx, inner.generators[0].iter, ()))

        def cell(inner_pair: Value) -> None:
            assert isinstance(inner_pair, Tpl) and isinstance(i, Number)
            j, value = inner_pair.items
            assert isinstance(j, Number)
            assign_to(cx, inner.generators[0].target, value)
            _put_cell(cx, result, (i.expr, j.expr), cx.eval(inner.elt), inner)

        with own_names(cx, inner.generators):
            iterate(cx, columns, cell, nothing, inner)

    with own_names(cx, node.generators):
        iterate(cx, outer, row, nothing, node)
    return result


def list_of(cx: Scope, node: ast.expr, at: ast.expr) -> Value:
    """`list(...)` of anything that a loop may run over."""
    with opened(cx, node) as items:
        if isinstance(items, ast.GeneratorExp):
            return list_comprehension(cx, items)
    source = source_of(cx, node, ())
    counted = _counted(cx, source)
    count = cx.hold(Call("max2", (counted.hi, integer(0)), INT), "n")
    result = held(cx, fresh_list(cx, at, (count,), None))

    def run(value: Value) -> None:
        assert isinstance(value, Tpl) and isinstance(value.items[0], Number)
        _put_next(cx, result, value.items[0].expr, value.items[1], at)

    iterate(cx, counted, run, nothing, at)
    return result
