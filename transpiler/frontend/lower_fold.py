"""Folds over generator expressions and sequences: sum, min, max, any, all."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Sequence

from loopwright.frontend.lower_arith import choose
from loopwright.frontend.lower_compare import compare, truth
from loopwright.frontend.lower_comprehension import nothing, run_generators
from loopwright.frontend.lower_convert import convert, to_carrier
from loopwright.frontend.lower_counted import (
    first_and_rest,
)
from loopwright.frontend.lower_generators import generator_at, opened, own_names
from loopwright.frontend.lower_iter import source_of
from loopwright.frontend.lower_join import store_variable
from loopwright.frontend.lower_loops import iterate
from loopwright.frontend.lower_scope import Again, Scope, decline
from loopwright.frontend.lower_values import (
    Arr,
    Number,
    Tpl,
    Value,
    negated,
    number,
    real,
    test,
    truth_const,
)
from loopwright.ir.nodes import (
    Binary,
    Break,
    Call,
    Expr,
    If,
    Logic,
    Select,
)
from loopwright.ir.types import BOOL, FLOAT, INT

Generators = Sequence[ast.comprehension]


# ----------------------------------------------------------------------- folds


def extreme_by_key(cx: Scope, largest: bool, node: ast.Call) -> Value:
    """`max(items, key=f)` or `min`: the first of the items that no other beats by its key."""
    pairs = cx.unit.synthetic.get(node)
    if pairs is None:
        name = f"item#{len(cx.unit.synthetic)}s"
        item = ast.Name(name, ast.Load())
        made = ast.Tuple([ast.Call(node.keywords[0].value, [item], []), item], ast.Load())
        items = node.args[0] if len(node.args) == 1 else ast.Tuple(node.args, ast.Load())
        loops: list[ast.comprehension] = []
        if isinstance(items, ast.GeneratorExp):
            loops, items = items.generators, ast.Tuple([items.elt], ast.Load())
        loop = ast.comprehension(ast.Name(name, ast.Store()), items, [], 0)
        pairs = cx.unit.synthetic[node] = ast.GeneratorExp(made, [*loops, loop])
        for part in ast.walk(pairs):
            if isinstance(part, ast.expr) and not hasattr(part, "lineno"):
                ast.copy_location(part, node)

    def better(old: Value, new: Value) -> Value:
        assert isinstance(old, Tpl) and isinstance(new, Tpl)
        beats = compare(cx, "gt" if largest else "lt", new.items[0], old.items[0], node)
        return choose(cx, truth(cx, beats, node), lambda: new, lambda: old, node)

    found = reduce_items(cx, pairs, None, better, node)
    assert isinstance(found, Tpl)
    return found.items[1]


def each_item(
    cx: Scope, node: ast.expr, use: Callable[[Value], None], *, jumps: bool = False
) -> None:
    """Run `use` on each item of a generator expression or of a sequence; with `jumps` it may leave early."""
    with opened(cx, node) as items:
        if isinstance(items, (ast.GeneratorExp, ast.ListComp)):
            with own_names(cx, items.generators):
                item = lambda: use(cx.eval(items.elt))  # noqa: E731
                run_generators(cx, items.generators, item, jumps=jumps)
            return
    iterate(cx, source_of(cx, node, ()), use, nothing, node, nested=not jumps)


def reduce_items(
    cx: Scope,
    node: ast.expr,
    start: Value | None,
    combine: Callable[[Value, Value], Value],
    at: ast.AST,
    default: Value | None = None,
) -> Value:
    """Fold the items with `combine`; without a start the first item is the start, and none fails, or gives
    the default."""
    name = cx.fresh("acc")
    if start is not None:
        store_variable(cx, name, start)
        each_item(cx, node, lambda v: store_variable(cx, name, combine(cx.live[name].value, v)))
    else:
        _fold_first(cx, node, name, combine)
    entry = cx.live.pop(name, None)
    if entry is None:
        decline(node, "LW103", "the items of this sequence are not known")
    if entry.flag is not None and default is not None:
        found, other = entry.value, default
        return choose(cx, entry.flag, lambda: found, lambda: other, at)
    if entry.flag is not None:
        cx.check(entry.flag, "an empty sequence has no smallest or largest item")
    return entry.value


def total_of(
    cx: Scope,
    node: ast.expr,
    start: Value,
    plus: Callable[[Value, Value], Value],
    at: ast.Call,
) -> Value:
    """Builtin `sum`. That the items are arrays is learnt when the first of them is met."""
    if at in cx.array_sums:
        return _total_of_arrays(cx, node, start, plus, at)

    def combine(total: Value, item: Value) -> Value:
        if isinstance(total, Number) and isinstance(item, Arr):
            cx.array_sums.add(at)
            raise Again(cx)
        return plus(total, item)

    if sys.version_info >= (3, 12) and isinstance(start, Number):
        return _compensated(cx, node, start, combine, cx.fresh("acc"), at)
    return reduce_items(cx, node, start, combine, at)


def _total_of_arrays(
    cx: Scope,
    node: ast.expr,
    start: Value,
    plus: Callable[[Value, Value], Value],
    at: ast.AST,
) -> Value:
    """Arrays added to a number: the first makes it an array, and without any it stays a number."""
    if isinstance(node, ast.ListComp):
        node = ast.copy_location(ast.GeneratorExp(node.elt, node.generators), node)
    source = source_of(cx, node, ())
    if source.dynamic is not None:
        decline(at, "LW102", "sum over a list that changes its length is not covered")
    name = cx.fresh("acc")

    def more(value: Value) -> None:
        store_variable(cx, name, plus(cx.live[name].value, value))

    first, rest = first_and_rest(cx, source, "the sum of no arrays is a number")
    store_variable(cx, name, plus(start, first))
    iterate(cx, rest, more, nothing, at)
    return cx.live.pop(name).value


def _fold_first(
    cx: Scope, node: ast.expr, name: str, combine: Callable[[Value, Value], Value]
) -> None:
    """The first item starts the fold: the flag of the variable tells whether there was one."""

    def use(value: Value) -> None:
        entry = cx.live.get(name)
        if entry is None:
            store_variable(cx, name, value)
            return
        old, some = entry.value, entry.flag or truth_const(True)
        new = choose(cx, some, lambda: combine(old, value), lambda: value, node)
        store_variable(cx, name, new)

    each_item(cx, node, use)


def _compensated(
    cx: Scope,
    node: ast.expr,
    start: Number,
    combine: Callable[[Value, Value], Value],
    name: str,
    at: ast.AST,
) -> Value:
    """Builtin `sum` since Python 3.12: Neumaier's compensated sum where the items are floats."""
    spare = f"{name}c"
    store_variable(cx, name, start)
    store_variable(cx, spare, number(real(0.0)))

    def use(value: Value) -> None:
        total = cx.live[name].value
        if isinstance(value, Arr):
            store_variable(cx, name, combine(total, value))
            return
        if not (isinstance(value, Number) and isinstance(total, Number)):
            decline(at, "LW102", "sum of anything but numbers is not covered")
        floats = value.types == (FLOAT,) and FLOAT in total.types
        first = value.types == (FLOAT,) and total.types == (INT,)
        if value.tag is not None or (
            FLOAT in total.types and value.types not in ((FLOAT,), (INT,))
        ):
            if FLOAT in total.types and (FLOAT in value.types or INT in value.types):
                decline(at, "LW102", "sum of numbers of several types is not covered")
        if not floats and not first:
            store_variable(cx, name, combine(total, value))
            return
        old = cx.hold(_as_float(cx, total, at), "old")
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


def _as_float(cx: Scope, value: Number, at: ast.AST) -> Expr:
    """The running total as a float: an int total before the first float is exact or fails."""
    return to_carrier(cx, value.expr, FLOAT)


def _lost(big: Expr, total: Expr, small: Expr) -> Expr:
    """What rounding took from `big + small`."""
    return Binary("add", Binary("sub", big, total, FLOAT), small, FLOAT)


def quantified(cx: Scope, node: ast.expr, every: bool, at: ast.AST) -> Value:
    """`all(items)` (`every`) or `any(items)`, which stop at the first item that decides; but all items of a
    list come first."""
    node = _one_loop(cx, node, "all" if every else "any", at)
    name = cx.fresh("found")
    store_variable(cx, name, number(truth_const(every)))

    def use(value: Value) -> None:
        cond = truth(cx, value, at)
        start = dict(cx.live)
        with cx.block() as hit:
            store_variable(cx, name, number(truth_const(not every)))
            if not isinstance(node, ast.ListComp):
                frame = cx.frames[-1]
                frame.breaks.append(cx.live)
                if frame.exit is not None:
                    convert(cx, cx.live, frame.exit)
                cx.emit(Break(cx.span))
        cx.env = start
        cx.emit(If(negated(cond) if every else cond, tuple(hit), (), cx.span))

    made = generator_at(cx, node)
    if made is not None and (
        len(made.node.generators) > 1
        or cx.unit.rules.is_generated(cx, made.node.generators[0].iter)
    ):
        decline(at, "LW102", "any and all over nested loops are not covered")
    each_item(cx, node, use, jumps=True)
    return cx.live.pop(name).value


def _one_loop(cx: Scope, node: ast.expr, name: str, at: ast.AST) -> ast.expr:
    """`any(any(item for y in ys) for x in xs)` for `any(item for x in xs for y in ys)`, which ends at the
    same item; other nodes as they are."""
    if not isinstance(node, ast.GeneratorExp) or len(node.generators) == 1:
        return node
    assert isinstance(at, ast.Call)
    known = cx.unit.synthetic.get(at)
    if known is None:
        inner = ast.GeneratorExp(node.elt, node.generators[1:])
        call = ast.Call(ast.Name(name, ast.Load()), [inner], [])
        known = ast.GeneratorExp(call, node.generators[:1])
        for made in (inner, call.func, call, known):
            ast.copy_location(made, node)
        cx.unit.synthetic[at] = known
    return known
