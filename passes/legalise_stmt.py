"""Statements of high IR as low-level statements, and the bookkeeping of what is known between them."""

from __future__ import annotations

from typing import assert_never

from loopwright.analysis.affine import condition as affine_condition
from loopwright.analysis.interval import Interval
from loopwright.ir.check import ends, leaves
from loopwright.ir.draws import DISTRIBUTIONS, LIMITS, Range, inside
from loopwright.ir.nodes import (
    Append,
    Assign,
    Break,
    Cast,
    Check,
    Compare,
    Const,
    Continue,
    Draw,
    Expr,
    Fail,
    For,
    If,
    Invoke,
    Logic,
    Pt,
    Return,
    Stmt,
    Store,
    Var,
    While,
)
from loopwright.ir.types import B1, I64, Array, DType, Num, Py
from loopwright.ir.walk import Body, assigned, index_exprs, walk_stmts
from loopwright.passes.legalise_build import (
    FALSE,
    TRUE,
    Build,
    binary,
    compare,
    conj,
    disj,
    integer,
    negate,
    number,
    refuse,
    select,
    test,
    to,
)
from loopwright.passes.legalise_calls import conversion
from loopwright.passes.legalise_expr import condition, expression
from loopwright.passes.legalise_index import place
from loopwright.passes.legalise_line import tests
from loopwright.passes.legalise_magnitude import EXACT, hoisted, largest

_LOOP_LIMIT = 2**62


def block(b: Build, body: Body) -> list[Stmt]:
    """The machine form of a block; code that cannot be reached is dropped."""
    with b.block() as out:
        for stmt in body:
            env = b.ranges.before.get(id(stmt))
            if env is None:
                break
            b.env, b.span, b.points = env, stmt.span, {}
            statement(b, stmt)
    return out


def statement(b: Build, stmt: Stmt) -> None:
    match stmt:
        case Assign(sym, value, _):
            low = expression(b, value)
            b.emit(Assign(b.sym(sym), low, stmt.span))
            b.scope.assign(sym, value)
        case Store():
            _store(b, stmt)
        case Append():
            raise refuse(stmt.span, "LW310", f"{stmt.x.name} grows by append")
        case For():
            _for(b, stmt)
        case While():
            _while(b, stmt)
        case If():
            _if(b, stmt)
        case Break():
            flag = b.broke[-1]
            if flag is not None:
                b.emit(Assign(flag, TRUE, stmt.span))
            b.emit(stmt)
        case Continue() | Fail():
            b.emit(stmt)
        case Return(values, span):
            b.emit(Return(tuple(expression(b, v) for v in values), span))
        case Check(cond, reason, _):
            if not b.proves(cond) and not _is_small(b, cond):
                b.range_checks += 1
                b.check(condition(b, cond), reason)
            b.scope.assume(cond)
        case Invoke():
            _invoke(b, stmt)
        case Draw():
            _draw(b, stmt)
        case _:
            assert_never(stmt)


def _is_small(b: Build, cond: Expr) -> bool:
    """Whether a guard before a loop shows what the condition asks: that floats hold an int exactly."""
    match cond:
        case Logic(
            "and",
            Compare("le", Const(int() as low), x, Py("bool")),
            Compare("le", again, Const(int() as high), Py("bool")),
        ):
            return x == again and low <= -EXACT and high >= EXACT and hoisted(b, x, EXACT)
        case _:
            return False


def _store(b: Build, stmt: Store) -> None:
    if not all(isinstance(i, Pt) for i in stmt.index):
        raise refuse(stmt.span, "LW307", f"assignment to a part of {stmt.x.name}")
    base = Var(b.sym(stmt.x))
    assert isinstance(base.type, Array)
    low = expression(b, stmt.value)
    value = conversion(b, Cast(stmt.value, Num(base.type.dtype)), low)
    lows = [expression(b, e) for e in index_exprs(stmt.index)]
    index = place(b, Var(stmt.x), base, stmt.index, lows)
    b.emit(Store(base.sym, index, value, stmt.span))


def _invoke(b: Build, stmt: Invoke) -> None:
    args = tuple(expression(b, a) for a in stmt.args)
    given = tuple(b.interval(a) for a in stmt.args)
    b.calls.setdefault(stmt.func, []).append(given)
    b.emit(Invoke(tuple(b.sym(t) for t in stmt.targets), stmt.func, args, stmt.span))
    for target in stmt.targets:
        b.scope.assign(target, None)


# ---------------------------------------------------------------- draws


def _draw(b: Build, stmt: Draw) -> None:
    known = DISTRIBUTIONS.get(stmt.method)
    whole: list[DType] = ["int64"] * len(stmt.args)
    dtypes = [p.dtype for p in known.params] if known is not None else whole
    args = tuple(b.atom(to(expression(b, a), d)) for a, d in zip(stmt.args, dtypes, strict=False))
    _admit(b, stmt, args)
    b.emit(Draw(b.sym(stmt.target), stmt.rng, stmt.method, args, stmt.span))
    b.scope.assign(stmt.target, None)


def _admit(b: Build, stmt: Draw, args: tuple[Expr, ...]) -> None:
    """Checks of the arguments that NumPy makes before it draws."""
    match stmt.method, args:
        case "integers", (hi,):
            b.check(compare("gt", hi, integer(0)), "empty range of a draw")
        case "integers", (lo, hi):
            b.check(compare("lt", lo, hi), "empty range of a draw")
        case "interval", (top,):
            b.check(compare("ge", top, integer(0)), "empty range of a draw")
        case "uniform", (lo, hi):
            width = test("math.isfinite", binary("sub", hi, lo))
            b.check(conj(width, compare("le", lo, hi)), "range of a draw")
        case "triangular", (left, mode, right):
            inside = conj(compare("le", left, mode), compare("le", mode, right))
            b.check(conj(inside, compare("lt", left, right)), "range of a draw")
        case _ if stmt.method in DISTRIBUTIONS:
            for arg, param in zip(args, DISTRIBUTIONS[stmt.method].params, strict=False):
                _in_range(b, arg, param.range)
        case _:
            raise refuse(
                stmt.span, "LW308", f"no machine form of {stmt.method} with these arguments"
            )


def _in_range(b: Build, arg: Expr, wanted: Range) -> None:
    known = arg.value if isinstance(arg, Const) else None
    if isinstance(known, (int, float)) and inside(float(known), wanted):
        return
    match wanted:
        case "any":
            return
        case "not negative":
            sign = negate(test("np.signbit", arg))
            b.check(disj(sign, test("math.isnan", arg)), "argument of a draw")
        case "positive":
            b.check(compare("gt", arg, number(0.0)), "argument of a draw")
        case "few":
            low, high = compare("le", integer(0), arg), compare("lt", arg, integer(2**31))
            b.check(conj(low, high), "argument of a draw")
        case "fraction" | "success" | "rate":
            least, most = LIMITS[wanted]
            low, high = compare("le", number(least), arg), compare("le", arg, number(most))
            b.check(conj(low, high), "argument of a draw")


# ---------------------------------------------------------------- branches


def _if(b: Build, stmt: If) -> None:
    cond = condition(b, stmt.cond)
    env = b.env
    facts = [affine_condition(stmt.cond, truth, b.scope.reader) for truth in (True, False)]
    left, right = ends(stmt.then), ends(stmt.orelse)
    if left and not right:  # what follows is the other branch
        then = _branch(b, stmt, True)
        b.env = env
        b.scope.facts.extend(f for f in facts[1:] if f is not None)
        orelse = block(b, stmt.orelse)
    elif right and not left:
        orelse = _branch(b, stmt, False)
        b.env = env
        b.scope.facts.extend(f for f in facts[:1] if f is not None)
        then = block(b, stmt.then)
    else:
        then = _branch(b, stmt, True)
        b.env = env
        orelse = _branch(b, stmt, False)
        b.scope.forget(assigned((stmt,)))
    b.span = stmt.span
    if then or orelse:
        b.emit(If(cond, tuple(then), tuple(orelse), stmt.span))


def _branch(b: Build, stmt: If, truth: bool) -> list[Stmt]:
    with b.when(stmt.cond, truth):
        return block(b, stmt.then if truth else stmt.orelse)


# ---------------------------------------------------------------- loops


def _enter(b: Build, stmt: For | While) -> None:
    """A flag tells the `else` whether a `break` has left the loop."""
    b.pending.append([])
    b.small.append({})
    b.lines.append({})
    b.chosen.append(0)
    flag = None
    if stmt.orelse and leaves(stmt.body):
        flag = b.fresh("broke", B1)
        b.emit(Assign(flag, FALSE, stmt.span))
    b.broke.append(flag)


def _leave(b: Build, stmt: For | While, loop: For | While) -> None:
    flag = b.broke.pop()
    b.chosen.pop()
    b.span = stmt.span
    b.guards(b.pending.pop())
    for bound, limit in largest(b.small.pop()):
        b.check(compare("lt", bound, number(limit)), "integer beyond 64 bits")
    if isinstance(stmt, For) and isinstance(loop, For):
        loop = tests(b, Var(b.sym(stmt.sym)), loop)
    else:
        b.lines.pop()
    b.emit(loop)
    if not stmt.orelse:
        return
    if flag is None:
        b.out.extend(block(b, stmt.orelse))
        return
    with b.scope.branch():
        body = block(b, stmt.orelse)
    b.scope.forget(assigned(stmt.orelse))
    b.emit(If(negate(Var(flag)), tuple(body), (), stmt.span))


def _while(b: Build, stmt: While) -> None:
    _enter(b, stmt)
    with b.scope.loop(stmt):
        with b.block() as before:
            cond = condition(b, stmt.cond)
        b.scope.assume(stmt.cond)
        body = block(b, stmt.body)
    if before:
        body = [*before, If(negate(cond), (Break(stmt.span),), (), stmt.span), *body]
        cond = TRUE
    _leave(b, stmt, While(cond, tuple(body), (), stmt.span))


def _for(b: Build, stmt: For) -> None:
    env = b.env
    lo, hi, step = (to(expression(b, e), "int64") for e in (stmt.lo, stmt.hi, stmt.step))
    steps = b.interval(stmt.step)
    if not b.nonzero(stmt.step):
        step = b.atom(step, "step")
        b.check(compare("ne", step, integer(0)), "range with step 0")
    counted = steps.lo <= 0 <= steps.hi and not (steps.lo == 0 or steps.hi == 0)
    lo, hi, step = _far_from_the_ends(b, stmt, (lo, hi, step), counted)
    own = b.sym(stmt.sym)
    counter = own
    if counted or stmt.sym in assigned(stmt.body):
        counter = b.fresh("n" if counted else stmt.sym.name, I64)
    if counted:
        lo, step = b.atom(lo, "start"), b.atom(step, "step")
        bounds: tuple[Expr, Expr, Expr] = (integer(0), _trip_count(b, lo, hi, step), integer(1))
        value = binary("add", lo, binary("mul", Var(counter), step))
    else:
        bounds, value = (lo, hi, step), Var(counter)
    _enter(b, stmt)
    with b.scope.loop(stmt, b.ranges.loop_values(stmt, env)):
        body = block(b, stmt.body)
    if counter is not own:
        body = [Assign(own, value, stmt.span), *body]
    parallel = stmt.parallel and not _may_stop(body)
    _leave(b, stmt, For(counter, *bounds, tuple(body), (), stmt.span, parallel))


def _may_stop(body: list[Stmt]) -> bool:
    stops = (Check, Fail, Return, Invoke, Draw)
    return any(isinstance(s, stops) for s in walk_stmts(tuple(body))) or leaves(tuple(body))


def _far_from_the_ends(
    b: Build, stmt: For, bounds: tuple[Expr, Expr, Expr], counted: bool
) -> tuple[Expr, Expr, Expr]:
    """Fails where stepping past the end could leave int64."""
    if b.interval(stmt.step) in (Interval(1, 1), Interval(-1, -1)):
        return bounds
    wide = _LOOP_LIMIT // 2 if counted else _LOOP_LIMIT
    out = []
    for high, low in zip((stmt.lo, stmt.hi, stmt.step), bounds, strict=True):
        if not b.fits(high, -wide, wide):
            low = b.atom(low)
            inside = conj(compare("ge", low, integer(-wide)), compare("le", low, integer(wide)))
            b.check(inside, "range near the ends of 64 bits")
        out.append(low)
    return out[0], out[1], out[2]


def _trip_count(b: Build, lo: Expr, hi: Expr, step: Expr) -> Expr:
    """max(0, ceil((hi - lo) / step)) for a step of either sign."""
    hi = b.atom(hi, "stop")
    up = compare("gt", step, integer(0))
    span = b.atom(select(up, binary("sub", hi, lo), binary("sub", lo, hi)), "span")
    size = b.atom(select(up, step, binary("sub", integer(0), step)), "stride")
    trips = binary("floordiv", binary("add", span, binary("sub", size, integer(1))), size)
    return select(compare("gt", span, integer(0)), trips, integer(0))
