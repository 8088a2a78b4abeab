"""`for` loops over what has no counter of its own: generator functions, generators with several loops or
conditions, and sets."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from loopwright.frontend.lower_calls import generator_call, generator_function
from loopwright.frontend.lower_comprehension import run_generators
from loopwright.frontend.lower_generators import generator_at, own_names, renaming
from loopwright.frontend.lower_iter import keys_of
from loopwright.frontend.lower_live import jumps_out, reads
from loopwright.frontend.lower_loops import for_loop
from loopwright.frontend.lower_scope import SORTED, Scope, Unreachable, decline
from loopwright.frontend.lower_store import assign_to
from loopwright.frontend.lower_unordered import commutes, of_one_type
from loopwright.frontend.lower_values import Closure, Deferred, Hashed, Value
from loopwright.frontend.lower_yields import run_yields


def loop_over(cx: Scope, stmt: ast.For) -> None:
    """`for target in iter: ... else: ...`."""
    found = generator_call(cx, stmt.iter)
    if found is not None:
        _run(cx, stmt, *found)
        return
    made = generator_at(cx, stmt.iter)
    if made is not None and not _counted(made):
        _nest(cx, stmt, made)
        return
    entry = cx.live.get(stmt.iter.id) if isinstance(stmt.iter, ast.Name) else None
    if entry is not None and isinstance(entry.value, Hashed) and entry.value.form == "set":
        if not commutes(cx, stmt):
            why = "a loop over a set has an order that is not known here"
            decline(stmt.iter, "LW101", why, SORTED)
        cx.unit.any_order = True
        for_loop(cx, stmt, assign_to, keys_of(cx, entry.value, stmt.iter))
        if cx.env is not None and not of_one_type(cx, stmt):
            why = "a loop over a set puts floats or items of several types into another"
            decline(stmt.iter, "LW101", why, "give the items one type")
        return
    for_loop(cx, stmt, assign_to)


def _run(cx: Scope, stmt: ast.For, callee: Closure, given: Sequence[Value]) -> None:
    """The statements of a generator function, with the body in the place of each `yield`."""
    if jumps_out(stmt.body, ast.Break):
        decline(stmt.iter, "LW103", f"a loop that leaves the generator `{callee.name}` early")

    def each(value: Value) -> None:
        assign_to(cx, stmt.target, value)
        cx.unit.rules.body(cx, stmt.body)

    jumps = cx.jumping or jumps_out(stmt.body, ast.Continue)
    run_yields(cx, callee, given, stmt.iter, each, jumps=jumps)
    if cx.env is not None:
        cx.unit.rules.body(cx, stmt.orelse)


def is_generated(cx: Scope, node: ast.expr) -> bool:
    """Whether the node calls a generator function of the program."""
    return generator_function(cx, node) is not None


def generated(cx: Scope, node: ast.expr, each: Callable[[Value], None]) -> None:
    """Run the generator function that the node calls; `each` gets the items."""
    found = generator_call(cx, node)
    assert found is not None
    run_yields(cx, *found, node, each, jumps=cx.jumping)
    if cx.env is None:
        raise Unreachable(f"the generator `{found[0].name}` has no end", cx.at(node))


def _counted(made: Deferred) -> bool:
    """Whether a generator has one item for each of what it runs over."""
    return len(made.node.generators) == 1 and not made.node.generators[0].ifs


def _nest(cx: Scope, stmt: ast.For, made: Deferred) -> None:
    """The loops of the generator, with the body where an item is made.

    A `continue` of the body goes on with the innermost loop, which is what comes next in Python too.
    """
    if jumps_out(stmt.body, ast.Break):
        decline(made.node, "LW103", "a loop that leaves a generator with several loops early")
    outside = cx.renamed
    before = cx.elsewhere, cx.jumping
    jumps = cx.jumping or jumps_out(stmt.body, ast.Continue)
    live = cx.liveness.head.get(id(stmt), frozenset()) | reads(made.node)

    def item() -> None:
        value = cx.eval(made.node.elt)
        with renaming(cx, outside), cx.apart(*before):
            assign_to(cx, stmt.target, value)
            cx.unit.rules.body(cx, stmt.body)

    generators = made.node.generators
    with renaming(cx, dict(made.renamed)), own_names(cx, generators), cx.apart(True, jumps):
        run_generators(cx, generators, item, live=(live, live))
    if cx.env is not None:
        cx.unit.rules.body(cx, stmt.orelse)
