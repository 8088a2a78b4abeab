"""Positions that go along a line: in bounds at both ends of a loop, they are in bounds in all of it.

Legality: a position `a + i * b` of numbers that the loop over `i` does not change lies between those of the
first and the last iteration. This takes over where the product is none of a constant, of which
`analysis.bounds` knows nothing. The position must be computed in each iteration, or the loop might never
have come to the ends; and a bound on its size over all iterations (`legalise_magnitude`) is tested before the
loop too, so that none of them overflows.
"""

from __future__ import annotations

from loopwright.analysis.scope import Frame
from loopwright.ir.nodes import Binary, Const, Continue, Dim, Expr, For, Select, Stmt, Unary, Var
from loopwright.ir.types import I64
from loopwright.ir.walk import Body, assigned, bodies, subexprs, substitute, vars_of
from loopwright.passes.legalise_build import Build, binary, compare, conj, disj, integer
from loopwright.passes.legalise_magnitude import hoisted


def along_a_line(b: Build, high: Expr, at: Expr, low: Expr, n: Dim) -> bool:
    """Whether tests before the innermost loop will show that `low`, the machine form of `at`, is in [0, n) in
    all its iterations; `high` is the array."""
    if not b.scope.loops or b.chosen[-1] or not isinstance(high, Var):
        return False
    frame = b.scope.loops[-1]
    loop = frame.loop
    if not isinstance(loop, For) or not _runs_through(frame):
        return False
    changed = assigned(loop.body) | {loop.sym}
    if loop.sym in assigned(loop.body) or high.sym in changed:
        return False
    counter = b.sym(loop.sym)
    fixed = {b.sym(s) for s in vars_of(at) - changed}
    if vars_of(low) - fixed != {counter} or _degree(low, Var(counter)) != 1:
        return False
    if not hoisted(b, at):
        return False
    b.lines[-1][low, n] = None
    return True


def tests(b: Build, counter: Var, loop: For) -> For:
    """Emit the tests of the lines that the loop follows; the loop with ends that may be repeated."""
    lines = b.lines.pop()
    if not lines:
        return loop
    up = loop.step == integer(1)
    lo, hi = b.atom(loop.lo, "first"), b.atom(loop.hi, "end")
    last = binary("sub" if up else "add", hi, integer(1))
    for low, n in lines:
        inside = [
            test
            for place in (lo, last)
            for at in (substitute(low, {counter.sym: place}),)
            for test in (compare("ge", at, integer(0)), compare("lt", at, n))
        ]
        empty = compare("ge" if up else "le", lo, hi)
        b.check(disj(empty, conj(*inside)), "index out of range")
    return For(loop.sym, lo, hi, loop.step, loop.body, loop.orelse, loop.span, loop.parallel)


def _runs_through(frame: Frame) -> bool:
    """Whether each iteration comes to the end of the body, one after the other."""
    loop = frame.loop
    assert isinstance(loop, For)
    one_by_one = isinstance(loop.step, Const) and loop.step.value in (1, -1)
    return one_by_one and not frame.ends_early and not _continues(loop.body)


def _continues(body: Body) -> bool:
    return any(
        isinstance(s, Continue) or (not _is_loop(s) and any(map(_continues, bodies(s))))
        for s in body
    )


def _is_loop(stmt: Stmt) -> bool:
    return isinstance(stmt, For)


def _degree(low: Expr, counter: Var) -> int | None:
    """Of the polynomial in `counter`; None if it is none, or may wrap."""
    if low.type != I64:
        return None
    match low:
        case Const():
            return 0
        case Var():
            return int(low == counter)
        case Binary(("add" | "sub" | "mul") as op, x, y, _):
            left, right = _degree(x, counter), _degree(y, counter)
            if left is None or right is None:
                return None
            return left + right if op == "mul" else max(left, right)
        case Unary("neg", x, _):
            return _degree(x, counter)
        case Dim(Var()) | Select() if not any(e == counter for e in subexprs(low)):
            return 0
        case _:
            return None
