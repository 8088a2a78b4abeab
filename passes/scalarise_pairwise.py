"""NumPy's pairwise summation (`pairwise_sum` of `numpy/_core/src/umath/loops_utils.h.src`) as IR.

A run of at most 128 numbers is added in eight interleaved accumulators, a longer one is split in half
at a multiple of eight. Complex numbers count twice: four accumulators, runs of 64. Accumulators start
from -0.0, which leaves every number as it is, so that short runs need no case of their own.
"""

from __future__ import annotations

from loopwright.ir.nodes import (
    Alloc,
    Assign,
    Binary,
    Const,
    Dim,
    Expr,
    Func,
    If,
    Invoke,
    Load,
    Pt,
    Return,
    Slc,
    Stmt,
    Store,
    Sym,
    Var,
    While,
)
from loopwright.ir.types import I64, INT, Array, DType, Num, kind_of, machine_dtype
from loopwright.passes.scalarise_ints import (
    ONE,
    ZERO,
    as_int,
    compare,
    const_of,
    integer,
    minus,
    plus,
    times,
)
from loopwright.passes.scalarise_lazy import Lazy, materialise
from loopwright.passes.scalarise_scope import Scope

INLINE_COST = 6
"""Elements that cost more are computed into an array first: the block repeats their text nine times."""

STACK = 128
"""Enough for runs of 2**62: two entries for each level of splitting."""


def width_of(dtype: DType) -> int:
    """How many accumulators a block has."""
    return 4 if kind_of(dtype) == "c" else 8


def negative_zero(dtype: DType) -> Const:
    """The neutral element of addition in floating point."""
    value = complex(-0.0, -0.0) if kind_of(dtype) == "c" else -0.0
    return Const(value, Num(dtype))


def run_sum(scope: Scope, x: Lazy) -> Expr:
    """The pairwise sum of the one-dimensional `x`, a variable; -0.0 if it is empty."""
    assert isinstance(x.elem, Num)
    dtype = x.elem.dtype
    limit = 16 * width_of(dtype)
    n = scope.simple("n", x.shape[0])
    length = const_of(n)
    total = scope.new("total", x.elem)
    if x.cost > INLINE_COST:
        x = materialise(scope, x, "terms")
    if length is not None and length <= limit:
        _block(scope, n, x, total)
    elif x.storage is not None and x.storage.type == Array(dtype, 1, "C"):
        _invoke(scope, x.storage, total)
    else:
        with scope.when(compare("le", n, integer(limit))) as orelse:
            _block(scope, n, x, total)
            with scope.block() as longer:
                terms = materialise(scope, x, "terms")
                assert terms.storage is not None
                _invoke(scope, terms.storage, total)
            orelse.extend(longer)
    return Var(total)


def _invoke(scope: Scope, array: Expr, total: Sym) -> None:
    """A call of the helper that sums a contiguous array."""
    dtype = machine_dtype(total.type)
    block = f"lw_sum_block_{dtype}"
    name = f"lw_sum_{dtype}"
    if name not in scope.helpers:
        scope.helpers[block] = _block_helper(block, dtype, scope)
        scope.helpers[name] = _split_helper(name, block, dtype, scope)
    scope.emit(Invoke((total,), name, (array,), scope.span))


def _block(scope: Scope, n: Expr, x: Lazy, total: Sym) -> None:
    """Let `total` be the sum of a run that is short enough for one block."""
    num, dtype = x.elem, machine_dtype(x.elem)
    width = width_of(dtype)
    length = const_of(n)
    if length is not None and length < width:
        scope.emit(Assign(total, negative_zero(dtype), scope.span))
        start: Expr = ZERO
    else:
        sums = [scope.temp(f"part{k}", negative_zero(dtype)).sym for k in range(width)]
        blocks = scope.simple("blocks", Binary("floordiv", n, integer(width), INT))
        with scope.loop(blocks, "b") as b:
            for k, part in enumerate(sums):
                value = x.at((plus(times(integer(width), b), integer(k)),))
                scope.emit(Assign(part, Binary("add", Var(part), value, num), scope.span))
        pairs: list[Expr] = [Var(part) for part in sums]
        while len(pairs) > 1:
            halves = zip(pairs[::2], pairs[1::2], strict=True)
            pairs = [Binary("add", a, b, num) for a, b in halves]
        scope.emit(Assign(total, pairs[0], scope.span))
        start = times(integer(width), blocks)
    with scope.loop(n, "i", lo=start) as i:
        value = Binary("add", Var(total), x.at((i,)), num)
        scope.emit(Assign(total, value, scope.span))


def _helper_scope(name: str, param: Sym, dtype: DType, like: Scope) -> Scope:
    func = Func(name, (param,), (Num(dtype),), (), like.span)
    return Scope(func, {}, {param.name}, span=like.span)


def _block_helper(name: str, dtype: DType, like: Scope) -> Func:
    x = Sym("x", Array(dtype, 1))
    scope = _helper_scope(name, x, dtype, like)
    source = Lazy(
        (Dim(Var(x), 0, INT),), Num(dtype), lambda i: Load(Var(x), (Pt(i[0]),), Num(dtype))
    )
    n = scope.temp("n", Dim(Var(x), 0, INT))
    total = scope.new("total", Num(dtype))
    _block(scope, n, source, total)
    scope.emit(Return((Var(total),), scope.span))
    return Func(name, (x,), (Num(dtype),), tuple(scope.out), scope.span)


def _split_helper(name: str, block: str, dtype: DType, like: Scope) -> Func:
    """The recursion on halves, in order, with a stack of lengths (0: add the last two sums)."""
    x = Sym("x", Array(dtype, 1))
    scope = _helper_scope(name, x, dtype, like)
    num, span, width = Num(dtype), scope.span, width_of(dtype)
    limit = integer(16 * width)
    n = scope.temp("n", Dim(Var(x), 0, INT))
    with scope.when(compare("le", n, limit)):
        short = scope.new("total", num)
        scope.emit(Invoke((short,), block, (Var(x),), span))
        scope.emit(Return((Var(short),), span))
    size = (integer(STACK),)
    lengths = scope.temp("lengths", Alloc(size, None, Array("int64", 1))).sym
    sums = scope.temp("sums", Alloc(size, None, Array(dtype, 1))).sym
    top = scope.temp("top", ONE).sym
    done = scope.temp("done", ZERO).sym
    start = scope.temp("start", ZERO).sym
    scope.emit(Store(lengths, (Pt(ZERO),), n, span))
    with scope.block() as body:
        _move(scope, top, -1)
        length = scope.temp("length", as_int(Load(Var(lengths), (Pt(Var(top)),), I64)))
        combine = _combine(scope, sums, done, num)
        leaf = _leaf(scope, x, block, length, (sums, done, start), num)
        split = _split(scope, length, lengths, top, width)
        inner = If(compare("le", length, limit), leaf, split, span)
        scope.emit(If(compare("eq", length, ZERO), combine, (inner,), span))
    scope.emit(While(compare("gt", Var(top), ZERO), tuple(body), (), span))
    scope.emit(Return((Load(Var(sums), (Pt(ZERO),), num),), span))
    return Func(name, (x,), (num,), tuple(scope.out), span)


def _move(scope: Scope, sym: Sym, by: int) -> None:
    scope.emit(Assign(sym, plus(Var(sym), integer(by)), scope.span))


def _combine(scope: Scope, sums: Sym, done: Sym, num: Num) -> tuple[Stmt, ...]:
    with scope.block() as body:
        _move(scope, done, -1)
        under = Pt(minus(Var(done), ONE))
        a, b = Load(Var(sums), (under,), num), Load(Var(sums), (Pt(Var(done)),), num)
        scope.emit(Store(sums, (under,), Binary("add", a, b, num), scope.span))
    return tuple(body)


def _leaf(
    scope: Scope, x: Sym, block: str, length: Expr, state: tuple[Sym, Sym, Sym], num: Num
) -> tuple[Stmt, ...]:
    sums, done, start = state
    with scope.block() as body:
        part = scope.new("part", num)
        view = Load(Var(x), (Slc(Var(start), plus(Var(start), length)),), Var(x).type)
        scope.emit(Invoke((part,), block, (view,), scope.span))
        scope.emit(Store(sums, (Pt(Var(done)),), Var(part), scope.span))
        _move(scope, done, 1)
        scope.emit(Assign(start, plus(Var(start), length), scope.span))
    return tuple(body)


def _split(scope: Scope, length: Expr, lengths: Sym, top: Sym, width: int) -> tuple[Stmt, ...]:
    with scope.block() as body:
        half = Binary("floordiv", length, integer(2), INT)
        even = minus(half, Binary("mod", half, integer(width), INT))
        held = scope.temp("half", even)
        for k, value in enumerate((ZERO, minus(length, held), held)):
            place = (Pt(plus(Var(top), integer(k))),)
            scope.emit(Store(lengths, place, value, scope.span))
        _move(scope, top, 3)
    return tuple(body)
