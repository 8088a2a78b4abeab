"""Traversal and rewriting of the IR. Every function here is pure: trees go in, trees come out."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias, assert_never

from loopwright.ir.nodes import (
    Alloc,
    Append,
    Assign,
    Binary,
    Break,
    Call,
    Cast,
    Check,
    Compare,
    Const,
    Continue,
    Contract,
    Dim,
    Draw,
    Expr,
    Fail,
    Fancy,
    For,
    Func,
    If,
    IndexItem,
    Invoke,
    Item,
    Load,
    Logic,
    NewAxis,
    Pt,
    Reduce,
    Reshape,
    Return,
    Scan,
    Select,
    Slc,
    Stmt,
    Store,
    Sym,
    Transpose,
    Tup,
    Unary,
    Var,
    While,
)
from loopwright.ir.types import Type

Body: TypeAlias = tuple[Stmt, ...]
ExprMap: TypeAlias = Callable[[Expr], Expr]

# ---------------------------------------------------------------- expressions


def children(expr: Expr) -> tuple[Expr, ...]:
    """Direct subexpressions in evaluation order, those inside index items included."""
    match expr:
        case Const() | Var():
            return ()
        case Unary() | Cast() | Dim() | Transpose() | Reduce() | Scan() | Item():
            return (expr.x,)
        case Binary() | Compare() | Logic():
            return (expr.a, expr.b)
        case Select(cond, a, b, _):
            return (cond, a, b)
        case Call() | Contract():
            return expr.args
        case Load(x, index, _):
            return (x, *index_exprs(index))
        case Reshape(x, shape, _):
            return (x, *shape)
        case Alloc(shape, fill, _):
            return shape if fill is None else (*shape, fill)
        case Tup(items, _):
            return items
        case _:
            assert_never(expr)


def index_exprs(index: Iterable[IndexItem]) -> tuple[Expr, ...]:
    """The expressions of an index, left to right."""
    found: list[Expr] = []
    for item in index:
        match item:
            case Pt(at):
                found.append(at)
            case Fancy(by):
                found.append(by)
            case Slc(lo, hi, step):
                found.extend(e for e in (lo, hi, step) if e is not None)
            case NewAxis():
                pass
            case _:
                assert_never(item)
    return tuple(found)


def map_index(index: Iterable[IndexItem], f: ExprMap) -> tuple[IndexItem, ...]:
    """The index with `f` applied to each of its expressions."""

    def one(item: IndexItem) -> IndexItem:
        match item:
            case Pt(at):
                return Pt(f(at))
            case Fancy(by):
                return Fancy(f(by))
            case Slc(lo, hi, step):
                return Slc(*(None if e is None else f(e) for e in (lo, hi, step)))
            case NewAxis():
                return item
            case _:
                assert_never(item)

    return tuple(map(one, index))


def map_children(expr: Expr, f: ExprMap) -> Expr:
    """`expr` with `f` applied to its direct subexpressions."""
    match expr:
        case Const() | Var():
            return expr
        case Unary() | Cast() | Dim() | Transpose() | Reduce() | Scan() | Item():
            return replace(expr, x=f(expr.x))
        case Binary() | Compare() | Logic():
            return replace(expr, a=f(expr.a), b=f(expr.b))
        case Select(cond, a, b, type_):
            return Select(f(cond), f(a), f(b), type_)
        case Call() | Contract():
            return replace(expr, args=tuple(map(f, expr.args)))
        case Load(x, index, type_):
            return Load(f(x), map_index(index, f), type_)
        case Reshape(x, shape, type_):
            return Reshape(f(x), tuple(map(f, shape)), type_)
        case Alloc(shape, fill, type_):
            return Alloc(tuple(map(f, shape)), None if fill is None else f(fill), type_)
        case Tup(items, type_):
            return Tup(tuple(map(f, items)), type_)
        case _:
            assert_never(expr)


def map_expr(expr: Expr, f: ExprMap) -> Expr:
    """`expr` rebuilt bottom-up: `f` sees each node after its subexpressions were rebuilt."""
    return f(map_children(expr, lambda e: map_expr(e, f)))


def subexprs(expr: Expr) -> Iterator[Expr]:
    """`expr` and everything below it, parents first."""
    yield expr
    for child in children(expr):
        yield from subexprs(child)


def vars_of(expr: Expr) -> set[Sym]:
    """Symbols that the expression reads."""
    return {e.sym for e in subexprs(expr) if isinstance(e, Var)}


def substitute(expr: Expr, to: Mapping[Sym, Expr]) -> Expr:
    """`expr` with variables replaced; the replacements are not looked into again."""

    def one(e: Expr) -> Expr:
        return to.get(e.sym, e) if isinstance(e, Var) else e

    return map_expr(expr, one)


# ----------------------------------------------------------------- statements


def exprs_of(stmt: Stmt) -> tuple[Expr, ...]:
    """Expressions that stand directly in the statement, not those of nested statements."""
    match stmt:
        case Assign(_, value, _) | Append(_, value, _):
            return (value,)
        case Store(_, index, value, _):
            return (*index_exprs(index), value)
        case For():
            return (stmt.lo, stmt.hi, stmt.step)
        case While() | If() | Check():
            return (stmt.cond,)
        case Return(values, _):
            return values
        case Invoke() | Draw():
            return stmt.args
        case Break() | Continue() | Fail():
            return ()
        case _:
            assert_never(stmt)


def bodies(stmt: Stmt) -> tuple[Body, ...]:
    """The nested blocks of a statement: (body, orelse), or (then, orelse), or ()."""
    match stmt:
        case For() | While():
            return (stmt.body, stmt.orelse)
        case If(_, then, orelse, _):
            return (then, orelse)
        case _:
            return ()


def map_bodies(stmt: Stmt, f: Callable[[Body], Body]) -> Stmt:
    """The statement with `f` applied to its nested blocks."""
    match stmt:
        case For() | While():
            return replace(stmt, body=f(stmt.body), orelse=f(stmt.orelse))
        case If():
            return replace(stmt, then=f(stmt.then), orelse=f(stmt.orelse))
        case _:
            return stmt


def map_exprs_of(stmt: Stmt, f: ExprMap) -> Stmt:
    """The statement with `f` applied to the expressions that `exprs_of` gives."""
    match stmt:
        case Assign() | Append():
            return replace(stmt, value=f(stmt.value))
        case Store():
            return replace(stmt, index=map_index(stmt.index, f), value=f(stmt.value))
        case For():
            return replace(stmt, lo=f(stmt.lo), hi=f(stmt.hi), step=f(stmt.step))
        case While() | If() | Check():
            return replace(stmt, cond=f(stmt.cond))
        case Return(values, span):
            return Return(tuple(map(f, values)), span)
        case Invoke() | Draw():
            return replace(stmt, args=tuple(map(f, stmt.args)))
        case Break() | Continue() | Fail():
            return stmt
        case _:
            assert_never(stmt)


def map_stmts(body: Body, f: Callable[[Stmt], Iterable[Stmt]]) -> Body:
    """The block rebuilt bottom-up: `f` sees each statement after its blocks were rebuilt, and gives
    the statements to put in its place."""
    return tuple(new for s in body for new in f(map_bodies(s, lambda b: map_stmts(b, f))))


def map_exprs(body: Body, f: ExprMap) -> Body:
    """The block with `f` applied to each whole expression, nested statements included."""
    return map_stmts(body, lambda s: (map_exprs_of(s, f),))


def walk_stmts(body: Body) -> Iterator[Stmt]:
    """All statements, nested ones after the one that holds them."""
    for stmt in body:
        yield stmt
        for block in bodies(stmt):
            yield from walk_stmts(block)


def calls_itself(func: Func) -> bool:
    """Whether the function is recursive."""
    return any(isinstance(s, Invoke) and s.func == func.name for s in walk_stmts(func.body))


def walk_exprs(body: Body) -> Iterator[Expr]:
    """All expressions and subexpressions of a block, in order of the text."""
    for stmt in walk_stmts(body):
        for expr in exprs_of(stmt):
            yield from subexprs(expr)


# -------------------------------------------------------------------- symbols


def targets(stmt: Stmt) -> tuple[Sym, ...]:
    """Variables that the statement itself binds (not array elements, not nested statements)."""
    match stmt:
        case Assign(sym, _, _):
            return (sym,)
        case For():
            return (stmt.sym,)
        case Invoke():
            return stmt.targets
        case Draw():
            return (stmt.target,)
        case _:
            return ()


def assigned(body: Body) -> set[Sym]:
    """Variables bound anywhere in the block: by assignments, loops, invocations and draws."""
    return {sym for stmt in walk_stmts(body) for sym in targets(stmt)}


def stored(body: Body) -> set[Sym]:
    """Arrays and lists that a Store or Append of the block changes, directly by that name."""
    return {s.x for s in walk_stmts(body) if isinstance(s, (Store, Append))}


def used(body: Body) -> set[Sym]:
    """Variables whose value is needed: read in expressions, stored into, drawn from."""
    found = {e.sym for e in walk_exprs(body) if isinstance(e, Var)}
    for stmt in walk_stmts(body):
        match stmt:
            case Store() | Append():
                found.add(stmt.x)
            case Draw():
                found.add(stmt.rng)
    return found


def symbols(func: Func) -> tuple[Sym, ...]:
    """Every symbol of the function: parameters first, then in order of the text."""
    found = dict.fromkeys(func.params)
    for stmt in walk_stmts(func.body):
        for expr in exprs_of(stmt):
            found.update((e.sym, None) for e in subexprs(expr) if isinstance(e, Var))
        if isinstance(stmt, (Store, Append)):
            found.setdefault(stmt.x)
        elif isinstance(stmt, Draw):
            found.setdefault(stmt.rng)
        found.update(dict.fromkeys(targets(stmt)))
    return tuple(found)


def fresh(name: str, type_: Type, taken: Container[str]) -> Sym:
    """A new symbol called `name`, or `name_1`, `name_2`, ... where that is taken."""
    return Sym(unused(name, taken), type_)


def unused(name: str, taken: Container[str]) -> str:
    """`name`, or the first of `name_1`, `name_2`, ... that is not taken."""
    if name not in taken:
        return name
    n = 1
    while f"{name}_{n}" in taken:
        n += 1
    return f"{name}_{n}"


def rename(body: Body, to: Mapping[Sym, Sym]) -> Body:
    """The block with symbols exchanged wherever they are read, bound or stored into."""
    reads: dict[Sym, Expr] = {old: Var(new) for old, new in to.items()}

    def one(stmt: Stmt) -> Iterable[Stmt]:
        stmt = map_exprs_of(stmt, lambda e: substitute(e, reads))
        match stmt:
            case Assign(sym, _, _) | For(sym, _, _, _, _, _, _):
                return (replace(stmt, sym=to.get(sym, sym)),)
            case Store() | Append():
                return (replace(stmt, x=to.get(stmt.x, stmt.x)),)
            case Invoke():
                return (replace(stmt, targets=tuple(to.get(t, t) for t in stmt.targets)),)
            case Draw():
                target, rng = to.get(stmt.target, stmt.target), to.get(stmt.rng, stmt.rng)
                return (replace(stmt, target=target, rng=rng),)
            case _:
                return (stmt,)

    return map_stmts(body, one)


def copy_func(func: Func, taken: Iterable[str] = ()) -> Func:
    """An alpha-equivalent copy: all symbols are new, with names that are not in `taken`."""
    names = set(taken)
    to: dict[Sym, Sym] = {}
    for sym in symbols(func):
        to[sym] = fresh(sym.name, sym.type, names)
        names.add(to[sym].name)
    return replace(func, params=tuple(to[p] for p in func.params), body=rename(func.body, to))
