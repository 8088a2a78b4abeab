"""The legality of a program: types, symbols, structure. Run between any two passes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import assert_never

from loopwright.ir.check_expr import IllegalIR, check_expr, demand, fits_element, indexed
from loopwright.ir.layout import holds
from loopwright.ir.nodes import (
    Append,
    Assign,
    Break,
    Check,
    Const,
    Continue,
    Draw,
    Either,
    Entries,
    Expr,
    Fail,
    For,
    Func,
    If,
    Invoke,
    Listed,
    Mapping,
    Nothing,
    OneOf,
    Pack,
    Parts,
    Perhaps,
    Picks,
    Program,
    Rebuild,
    Return,
    Root,
    Rows,
    Same,
    Stmt,
    Store,
    Sym,
    Value,
    While,
)
from loopwright.ir.results import numbers_of, parts_of
from loopwright.ir.show import show_stmts
from loopwright.ir.types import Array, ListOf, Num, Py, Rng, Type, is_scalar, machine_dtype
from loopwright.ir.walk import (
    Body,
    assigned,
    exprs_of,
    index_exprs,
    targets,
    vars_of,
    walk_stmts,
)

__all__ = ["IllegalIR", "check", "check_func", "ends"]


def check(program: Program) -> None:
    """IllegalIR, naming the rule, the statement and its place, unless the program is legal."""
    known: dict[str, Func] = {}
    for func in (*program.helpers, program.main):
        with _place(func):
            _check_new(func, known, program.main)
        known[func.name] = func
        check_func(func, known)
    main = program.main
    with _place(main):
        _check_rebuild(program.rebuild, main)
        for refill in program.refills:
            _check_rebuild(Same(refill.param), main)
            demand(isinstance(refill.value, (Value, Rows)), "a list gets the elements of a list")
            _check_rebuild(refill.value, main)


def _check_new(func: Func, known: dict[str, Func], main: Func) -> None:
    demand(func.name not in known, f"two functions called {func.name}")
    demand(func.level == main.level, f"{func.name} is {func.level} IR, the program {main.level}")
    for t in (*(p.type for p in func.params), *func.results):
        demand(func.level == "high" or isinstance(t, (Num, Array, Rng)), f"{t} in low IR")
    demand(len(set(func.params)) == len(func.params), "one symbol for two parameters")
    changed = assigned(func.body) & set(func.params)
    demand(not changed, f"parameters assigned: {', '.join(s.name for s in changed)}")
    demand(ends(func.body), f"{func.name} may end without Return")


def check_func(func: Func, known: dict[str, Func]) -> None:
    """The body of one function; `known` are those that it may invoke."""
    _Checker(func, known).block(func.body, set(func.params), in_loop=False)


@contextmanager
def _place(node: Stmt | Func) -> Iterator[None]:
    """Adds the node and its line to the message of an IllegalIR raised inside."""
    try:
        yield
    except IllegalIR as error:
        text = f"def {node.name}" if isinstance(node, Func) else _headline(node)
        raise IllegalIR(f"line {node.span.line}: {error} in: {text}") from None


def ends(body: Body) -> bool:
    """True if control cannot leave the block at its end (Return, Fail, Break and Continue end it)."""
    return any(_ends(s) for s in body)


def _ends(stmt: Stmt) -> bool:
    match stmt:
        case Return() | Fail() | Break() | Continue():
            return True
        case If(_, then, orelse, _):
            return ends(then) and ends(orelse)
        case While(cond, body, orelse, _):
            if leaves(body):
                return False
            return ends(orelse) or (isinstance(cond, Const) and bool(cond.value))
        case For():
            return ends(stmt.orelse) and not leaves(stmt.body)
        case _:
            return False


def leaves(body: Body) -> bool:
    """True if the body of a loop holds a Break of that loop."""
    for stmt in body:
        match stmt:
            case Break():
                return True
            case If(_, then, orelse, _) if leaves(then) or leaves(orelse):
                return True
            case For() | While() if leaves(stmt.orelse):
                return True
            case _:
                pass
    return False


def _check_rebuild(tree: Rebuild, main: Func) -> None:
    def number(at: int) -> None:
        demand(at in range(len(main.results)), f"result {at} of {len(main.results)}")

    match tree:
        case Value(at, _):
            number(at)
        case OneOf(at, tag, _):
            number(at)
            number(tag)
            demand(main.results[tag] in (Num("int64"), Py("int")), "type of a tag")
        case Same(param):
            demand(param in range(len(main.params)), f"parameter {param} of {len(main.params)}")
        case Either(at, params, type_):
            number(at)
            demand(isinstance(type_, (Array, ListOf)), "an array or list that may be a parameter")
            for param in params:
                _check_rebuild(Same(param), main)
        case Perhaps(there, item):
            number(there)
            demand(main.results[there] in (Py("bool"), Num("bool")), "type of a truth value")
            _check_rebuild(item, main)
        case Root():
            pass
        case Rows(item, ndim):
            _check_rows(item, main, ndim)
        case Parts(at, ends, row):
            number(at)
            number(ends)
            for result, dtype in ((at, machine_dtype(row)), (ends, "int64")):
                match main.results[result]:
                    case ListOf(_, 1) | Array(_, 1) as held:
                        demand(machine_dtype(held) == dtype, f"result {result} holds no {dtype}")
                    case other:
                        demand(False, f"result {result} is {other}, no list")
        case Picks(param, at):
            number(at)
            demand(param in range(len(main.params)), f"parameter {param} of {len(main.params)}")
            demand(isinstance(main.params[param].type, Array), "rows of an array")
        case Mapping(Rows(item, ndim), _):
            _check_rows(item, main, ndim)
        case Pack(items) | Listed(items):
            for item in items:
                _check_rebuild(item, main)
        case Entries(names, items):
            demand(len(set(names)) == len(items), "a dict has a key for each entry")
            for item in items:
                _check_rebuild(item, main)
        case Nothing():
            pass
        case _:
            assert_never(tree)


def _check_rows(item: Rebuild, main: Func, ndim: int) -> None:
    """The item of `Rows`: of the elements of results that are lists of `ndim` levels."""
    for part in parts_of(item):
        made = isinstance(part, (Value, OneOf, Pack, Entries, Nothing))
        demand(made, "an element is made of elements")
    demand(numbers_of(item) != (), "a list that nothing tells the length of")
    arrays = {
        p.at: p.type.ndim
        for p in parts_of(item)
        if isinstance(p, Value) and isinstance(p.type, Array)
    }
    for at in numbers_of(item):
        demand(at in range(len(main.results)), f"result {at} of {len(main.results)}")
        column, rank = main.results[at], ndim + arrays.get(at, 0)
        held = isinstance(column, (ListOf, Array)) and column.ndim == rank
        demand(held, f"result {at} is no list of rank {rank}")


class _Checker:
    """Walks one function. `known` symbols are those that some path has bound before."""

    def __init__(self, func: Func, funcs: dict[str, Func]) -> None:
        self.func = func
        self.funcs = funcs

    def block(self, body: Body, known: set[Sym], in_loop: bool) -> None:
        for stmt in body:
            with _place(stmt):
                self.statement(stmt, known, in_loop)
            match stmt:
                case For() | While():
                    known |= assigned((stmt,))
                    self.block(stmt.body, known, in_loop=True)
                    self.block(stmt.orelse, known, in_loop)
                case If(_, then, orelse, _):
                    before = set(known)
                    self.block(then, known, in_loop)
                    self.block(orelse, before, in_loop)
                    known |= before
                case _:
                    known.update(targets(stmt))

    def statement(self, stmt: Stmt, known: set[Sym], in_loop: bool) -> None:
        for expr in exprs_of(stmt):
            unbound = ", ".join(sorted(s.name for s in vars_of(expr) - known))
            demand(not unbound, f"read before any assignment: {unbound}")
            check_expr(expr, self.func.level)
        match stmt:
            case Assign(sym, value, _):
                demand(fits(value.type, sym.type), f"{value.type} assigned to a {sym.type}")
            case Store():
                self.store(stmt, known)
            case Append(x, value, _):
                demand(self.func.level == "high" and isinstance(x.type, ListOf), "append")
                demand(x in known, f"{x.name} is not bound")
                assert isinstance(x.type, ListOf)
                elem = x.type.elem if x.type.ndim == 1 else ListOf(x.type.elem, x.type.ndim - 1)
                demand(value.type == elem, f"{value.type} appended to {x.type}")
            case For():
                self.for_(stmt)
            case While(cond) | If(cond) | Check(cond):
                self.truth(cond)
            case Break() | Continue():
                demand(in_loop, "outside of a loop")
            case Return(values, _):
                self.types([v.type for v in values], self.func.results, "results")
            case Fail():
                pass
            case Invoke(names, name, args, _):
                demand(name in self.funcs, f"{name} is not defined before")
                callee = self.funcs[name]
                self.types([a.type for a in args], [p.type for p in callee.params], "arguments")
                self.types(callee.results, [t.type for t in names], "results")
            case Draw(target, rng, _, args, _):
                demand(rng in known and isinstance(rng.type, Rng), f"{rng.name} draws")
                demand(is_scalar(target.type), f"{target.type} drawn")
                demand(all(is_scalar(a.type) for a in args), "a scalar draw has scalar arguments")
            case _:
                assert_never(stmt)

    def types(self, given: Sequence[Type], declared: Sequence[Type], what: str) -> None:
        demand(len(given) == len(declared), f"{len(given)} {what} for {len(declared)}")
        for value, t in zip(given, declared, strict=True):
            demand(fits(value, t), f"{value} for {t} among the {what}")

    def truth(self, cond: Expr) -> None:
        if self.func.level == "low":
            demand(cond.type == Num("bool"), f"condition of type {cond.type} in low IR")
        demand(is_scalar(cond.type), f"condition of type {cond.type}")

    def for_(self, stmt: For) -> None:
        index: Type = Py("int") if self.func.level == "high" else Num("int64")
        demand(stmt.sym.type == index, f"loop variable of type {stmt.sym.type}")
        for bound in (stmt.lo, stmt.hi, stmt.step):
            demand(bound.type in (Py("int"), Py("bool"), Num("int64")), f"bound of {bound.type}")
        if stmt.parallel:
            inner = walk_stmts(stmt.body)
            demand(not leaves(stmt.body) and not stmt.orelse, "break in a parallel loop")
            demand(not any(isinstance(s, (Return, Draw)) for s in inner), "order in parallel loop")

    def store(self, stmt: Store, known: set[Sym]) -> None:
        x, value = stmt.x, stmt.value.type
        demand(x in known, f"{x.name} is not bound")
        for expr in index_exprs(stmt.index):
            check_expr(expr, self.func.level)
        place = indexed(x.type, stmt.index, self.func.level)
        shown = f"{value} stored into {place}"
        if isinstance(x.type, ListOf):
            demand(value == place, shown)
        elif is_scalar(place):
            demand(fits_element(value, x.type), shown)
        else:
            assert isinstance(place, Array)
            demand(is_scalar(value) or isinstance(value, Array), shown)
            demand(not isinstance(value, Array) or value.ndim <= place.ndim, shown)
        if self.func.level == "low" and isinstance(x.type, Array):
            same = isinstance(value, (Num, Array)) and value.dtype == x.type.dtype
            demand(same, f"{shown} in low IR")


def fits(value: Type, declared: Type) -> bool:
    """Whether a variable of type `declared` may hold the value: the type, any layout for `A`."""
    if isinstance(value, Array) and isinstance(declared, Array):
        if (value.dtype, value.ndim) != (declared.dtype, declared.ndim):
            return False
        return holds(value.layout, declared.layout, value.ndim)
    return value == declared


def _headline(stmt: Stmt) -> str:
    return show_stmts((stmt,)).partition("\n")[0]
