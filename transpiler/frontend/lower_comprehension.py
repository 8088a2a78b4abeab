"""Comprehensions and generator expressions: loops that build a list or fold their items."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from loopwright.frontend.lower_arith import truth
from loopwright.frontend.lower_index import list_element, whole
from loopwright.frontend.lower_iter import Source, ordinal, sequence, source_of, trip_count
from loopwright.frontend.lower_join import convert, store_variable, widen
from loopwright.frontend.lower_live import reads
from loopwright.frontend.lower_lists import append, build_list, fresh_list, held, new_site, put
from loopwright.frontend.lower_loops import iterate
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_store import assign_to
from loopwright.frontend.lower_values import (
    negated,
    test,
    Lst,
    Number,
    Tpl,
    Value,
    describe,
    flatten,
    integer,
    number,
    real,
    truth_const,
)
from loopwright.ir.nodes import Binary, Break, Call, Compare, Expr, If, Logic, Pt, Select, Store, Var
from loopwright.ir.types import BOOL, FLOAT, INT

Generators = Sequence[ast.comprehension]


def _nothing() -> None:
    pass


@contextmanager
def own_names(cx: Scope, generators: Generators) -> Iterator[None]:
    """The variables of a comprehension are its own."""
    names = {
        n.id
        for g in generators
        for n in ast.walk(g.target)
        if isinstance(n, ast.Name)
    }
    before = cx.renamed
    cx.renamed = before | {n: cx.fresh(n) for n in sorted(names)}
    mine = {cx.renamed[n] for n in names}
    try:
        yield
    finally:
        cx.renamed = before
        if cx.env is not None:
            cx.env = {k: v for k, v in cx.env.items() if k not in mine}


def run_generators(
    cx: Scope, generators: Generators, item: Callable[[], None], sources: Sequence[Source | None] = ()
) -> None:
    """The nested loops of a comprehension around `item`."""
    if not generators:
        item()
        return
    first, *rest = generators
    if first.is_async:
        decline(first.target, "LW103", "async comprehensions are not covered")
    source = (sources[0] if sources else None) or source_of(cx, first.iter, ())

    def run(value: Value) -> None:
        assign_to(cx, first.target, value)
        _filtered(cx, first.ifs, lambda: run_generators(cx, rest, item))

    iterate(cx, source, run, _nothing, first.target)


def _filtered(cx: Scope, tests: Sequence[ast.expr], then: Callable[[], None]) -> None:
    """`if` clauses: statements under their conditions."""
    from loopwright.frontend.lower_expr import condition
    from loopwright.frontend.lower_join import join_envs

    if not tests:
        then()
        return
    cond = condition(cx, tests[0])
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


def list_comprehension(cx: Scope, node: ast.ListComp) -> Value:
    """`[elt for ...]`: stored into a list of known length, or appended if there is a filter."""
    generators = node.generators
    simple = len(generators) == 1 and not generators[0].ifs
    if simple:
        nested = _nested(cx, node)
        return nested or _known_length(cx, node)
    name = cx.fresh("items")
    store_variable(cx, name, build_list(cx, [], node))

    def item() -> None:
        value = cx.eval(node.elt)
        target = cx.live[name].value
        assert isinstance(target, Lst)
        append(cx, target, value, node)

    with own_names(cx, generators):
        run_generators(cx, generators, item)
    result = cx.live.pop(name).value
    return result


def _known_length(cx: Scope, node: ast.ListComp) -> Value:
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
        reason = _element_reason(cx, result, made)
        if reason is not None:
            decline(node, "LW302", reason)
        put(cx, result, at.expr, made)

    with own_names(cx, generators):
        iterate(cx, source, run, _nothing, node)
    return result


def _element_reason(cx: Scope, target: Lst, value: Value) -> str | None:
    if not isinstance(value, (Number, Tpl)):
        return f"a list whose elements are {describe(value)} is not covered"
    return widen(cx, target.site, value)


def _counted(cx: Scope, source: Source) -> Source:
    """The source as pairs of ordinal and item, counted from 0."""
    if source.dynamic is not None:
        raise AssertionError("a comprehension changes no list")
    lo, hi, step = (cx.hold(e) if not isinstance(e, Var) else e for e in (source.lo, source.hi, source.step))
    fixed = Source(lo, hi, step, source.item, source.plain)
    count = trip_count(cx, fixed)
    return Source(
        integer(0), count, integer(1), lambda at: Tpl((number(at), ordinal(cx, fixed, at)))
    )


def _nested(cx: Scope, node: ast.ListComp) -> Value | None:
    """`[[x for ...] for ...]` and `[[x] * m for ...]`: a rectangular list of lists.

    The inner length must not depend on the outer variable.
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
    if isinstance(elt, ast.ListComp) and len(elt.generators) == 1 and not elt.generators[0].ifs:
        if reads(elt.generators[0].iter) & own:
            decline(node, "LW103", "rows whose length depends on the outer loop are not covered")
        return _computed_rows(cx, node, elt)
    return None


def _rows(cx: Scope, node: ast.ListComp) -> tuple[Source, Expr]:
    source = _counted(cx, source_of(cx, node.generators[0].iter, ()))
    return source, cx.hold(Call("max2", (source.hi, integer(0)), INT), "n")


def _repeated_rows(cx: Scope, node: ast.ListComp, fill: ast.expr, times: ast.expr) -> Value:
    from loopwright.frontend.lower_args import int_operand

    _, n = _rows(cx, node)
    value = cx.eval(fill)
    m = int_operand(cx, cx.eval(times), times)
    return fresh_list(cx, node, (n, m), value)


def _computed_rows(cx: Scope, node: ast.ListComp, inner: ast.ListComp) -> Value:
    outer, n = _rows(cx, node)
    columns = _counted(cx, source_of(cx, inner.generators[0].iter, ()))
    m = cx.hold(Call("max2", (columns.hi, integer(0)), INT), "m")
    result = held(cx, fresh_list(cx, node, (n, m), None))

    def row(pair: Value) -> None:
        assert isinstance(pair, Tpl)
        i, item = pair.items
        assign_to(cx, node.generators[0].target, item)

        def cell(inner_pair: Value) -> None:
            assert isinstance(inner_pair, Tpl) and isinstance(i, Number)
            j, value = inner_pair.items
            assert isinstance(j, Number)
            assign_to(cx, inner.generators[0].target, value)
            made = cx.eval(inner.elt)
            reason = _element_reason(cx, result, made)
            if reason is not None:
                decline(inner, "LW302", reason)
            for column, expr in zip(result.columns, flatten(made), strict=False):
                assert isinstance(column, Var)
                cx.emit(Store(column.sym, (Pt(i.expr), Pt(j.expr)), expr, cx.span))

        with own_names(cx, inner.generators):
            iterate(cx, columns, cell, _nothing, inner)

    with own_names(cx, node.generators):
        iterate(cx, outer, row, _nothing, node)
    return result


def list_of(cx: Scope, node: ast.expr, at: ast.expr) -> Value:
    """`list(...)` of anything that a loop may run over."""
    if isinstance(node, ast.GeneratorExp):
        shown = ast.copy_location(ast.ListComp(node.elt, node.generators), node)
        return list_comprehension(cx, shown)
    source = source_of(cx, node, ())
    counted = _counted(cx, source)
    count = cx.hold(Call("max2", (counted.hi, integer(0)), INT), "n")
    result = held(cx, fresh_list(cx, at, (count,), None))

    def run(value: Value) -> None:
        assert isinstance(value, Tpl) and isinstance(value.items[0], Number)
        reason = _element_reason(cx, result, value.items[1])
        if reason is not None:
            decline(at, "LW302", reason)
        put(cx, result, value.items[0].expr, value.items[1])

    iterate(cx, counted, run, _nothing, at)
    return result


# ----------------------------------------------------------------------- folds


def each_item(cx: Scope, node: ast.expr, use: Callable[[Value], None]) -> None:
    """Run `use` on each item of a generator expression or of a sequence."""
    if isinstance(node, (ast.GeneratorExp, ast.ListComp)):
        with own_names(cx, node.generators):
            run_generators(cx, node.generators, lambda: use(cx.eval(node.elt)))
    else:
        iterate(cx, source_of(cx, node, ()), use, _nothing, node)


def reduce_items(
    cx: Scope,
    node: ast.expr,
    start: Value | None,
    combine: Callable[[Value, Value], Value],
    at: ast.AST,
    *,
    compensated: bool = False,
) -> Value:
    """Fold the items with `combine`; without a start the first item is the start, and none fails."""
    name = cx.fresh("acc")
    if compensated and sys.version_info >= (3, 12):
        return _compensated(cx, node, start, combine, name, at)
    if start is not None:
        store_variable(cx, name, start)
        each_item(cx, node, lambda v: store_variable(cx, name, combine(cx.live[name].value, v)))
    else:
        _fold_first(cx, node, name, combine)
    entry = cx.live.pop(name, None)
    if entry is None:
        decline(node, "LW103", "the items of this sequence are not known")
    if entry.flag is not None:
        cx.check(entry.flag, "an empty sequence has no smallest or largest item")
    return entry.value


def _fold_first(
    cx: Scope, node: ast.expr, name: str, combine: Callable[[Value, Value], Value]
) -> None:
    """The first item starts the fold; whether there was one is told by a flag."""
    from loopwright.frontend.lower_arith import choose

    flag = cx.sym(f"{name}_any", BOOL)
    cx.set(flag, truth_const(False))

    def use(value: Value) -> None:
        entry = cx.live.get(name)
        if entry is None:
            store_variable(cx, name, value)
        else:
            old = entry.value
            store_variable(
                cx, name, choose(cx, Var(flag), lambda: combine(old, value), lambda: value, node)
            )
        cx.set(flag, truth_const(True))

    each_item(cx, node, use)


def _compensated(
    cx: Scope,
    node: ast.expr,
    start: Value | None,
    combine: Callable[[Value, Value], Value],
    name: str,
    at: ast.AST,
) -> Value:
    """Builtin `sum` since Python 3.12: Neumaier's compensated sum where the items are floats."""
    spare = f"{name}c"
    assert start is not None
    store_variable(cx, name, start)
    store_variable(cx, spare, number(real(0.0)))

    def use(value: Value) -> None:
        total = cx.live[name].value
        if not (isinstance(value, Number) and isinstance(total, Number)):
            decline(at, "LW102", "sum of anything but numbers is not covered")
        floats = value.types == (FLOAT,) and FLOAT in total.types
        first = value.types == (FLOAT,) and total.types == (INT,)
        if value.tag is not None or (FLOAT in total.types and value.types not in ((FLOAT,), (INT,))):
            if FLOAT in total.types and (FLOAT in value.types or INT in value.types):
                decline(at, "LW102", "sum of numbers of several types is not covered")
        if not floats and not first:
            store_variable(cx, name, combine(total, value))
            return
        old = cx.hold(cx_float(cx, total, at), "old")
        x = cx.hold(value.expr, "x")
        new = cx.hold(Binary("add", old, x, FLOAT), "new")
        big = test("ge", Call("abs", (old,), FLOAT), Call("abs", (x,), FLOAT))
        lost = Select(big, _lost(old, new, x), _lost(x, new, old), FLOAT)
        kept = cx.live[spare].value
        assert isinstance(kept, Number)
        store_variable(cx, name, number(new))
        store_variable(cx, spare, number(Binary("add", kept.expr, lost, FLOAT)))

    each_item(cx, node, use)
    total, error = cx.live.pop(name).value, cx.live.pop(spare).value
    assert isinstance(total, Number) and isinstance(error, Number)
    if FLOAT not in total.types:
        return total
    finite = Call("math.isfinite", (error.expr,), BOOL)
    some = test("ne", error.expr, real(0.0))
    held_type = total.expr.type
    fixed = Binary("add", total.expr, error.expr, held_type)
    return Number(
        Select(Logic("and", some, finite, BOOL), fixed, total.expr, held_type),
        total.types,
        total.tag,
    )


def cx_float(cx: Scope, value: Number, at: ast.AST) -> Expr:
    """The running total as a float: an int total before the first float is exact or fails."""
    from loopwright.frontend.lower_join import to_carrier

    return to_carrier(cx, value.expr, FLOAT)


def _lost(big: Expr, total: Expr, small: Expr) -> Expr:
    """What rounding took from `big + small`."""
    return Binary("add", Binary("sub", big, total, FLOAT), small, FLOAT)


def comprehend(cx: Scope, node: ast.expr, every: bool, at: ast.AST) -> Value:
    """`all(items)` (`every`) or `any(items)`."""
    name = cx.fresh("found")
    store_variable(cx, name, number(truth_const(every)))

    def use(value: Value) -> None:
        cond = truth(cx, value, at)
        start = dict(cx.live)
        with cx.block() as hit:
            store_variable(cx, name, number(truth_const(not every)))
            frame = cx.frames[-1]
            frame.breaks.append(cx.live)
            if frame.exit is not None:
                convert(cx, cx.live, frame.exit)
            cx.emit(Break(cx.span))
        cx.env = start
        cx.emit(If(negated(cond) if every else cond, tuple(hit), (), cx.span))

    generators = node.generators if isinstance(node, ast.GeneratorExp) else ()
    if len(generators) > 1:
        decline(at, "LW102", "any and all over nested loops are not covered")
    each_item(cx, node, use)
    return cx.live.pop(name).value


