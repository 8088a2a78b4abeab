"""Traversal, substitution and renaming."""

from __future__ import annotations

from loopwright.diagnostics import NOWHERE
from loopwright.ir.check import check
from loopwright.ir.nodes import (
    Alloc,
    Append,
    Assign,
    Binary,
    Const,
    Draw,
    Expr,
    For,
    Func,
    If,
    Invoke,
    Load,
    Nothing,
    Program,
    Pt,
    Return,
    Slc,
    Stmt,
    Store,
    Sym,
    Var,
    While,
)
from loopwright.ir.show import show_func
from loopwright.ir.types import BOOL, F64, FLOAT, INT, Array, ListOf, Rng
from loopwright.ir.walk import (
    assigned,
    children,
    copy_func,
    fresh,
    map_expr,
    map_exprs,
    map_stmts,
    rename,
    stored,
    subexprs,
    substitute,
    symbols,
    used,
    vars_of,
    walk_exprs,
    walk_stmts,
)

AT = NOWHERE
x, n, i = Sym("x", Array("float64", 2)), Sym("n", INT), Sym("i", INT)
a, b, t = Sym("a", FLOAT), Sym("b", FLOAT), Sym("t", ListOf(FLOAT))
rng, flag = Sym("rng", Rng()), Sym("flag", BOOL)


def c(value: int) -> Const:
    return Const(value, INT)


row = Load(Var(x), (Pt(Var(i)), Slc(Var(n), None, c(2))), Array("float64", 1))
BODY: tuple[Stmt, ...] = (
    Assign(t, Alloc((c(0),), None, t.type), AT),
    Draw(a, rng, "random", (), AT),
    For(
        i,
        c(0),
        Var(n),
        c(1),
        (
            If(Var(flag), (Store(x, (Pt(Var(i)), Slc()), row, AT),), (Append(t, Var(a), AT),), AT),
            Invoke((b,), "g", (Var(x),), AT),
        ),
        (),
        AT,
    ),
    While(Var(flag), (), (), AT),
    Return((Var(b),), AT),
)


def test_children_hold_the_expressions_of_an_index() -> None:
    assert children(row) == (Var(x), Var(i), Var(n), c(2))
    assert vars_of(row) == {x, i, n}


def test_mapping_rebuilds_from_below() -> None:
    seen: list[Expr] = []

    def note(e: Expr) -> Expr:
        seen.append(e)
        return c(1) if e == Var(n) else e

    new = map_expr(Binary("add", Var(n), Binary("mul", Var(n), c(2), INT), INT), note)
    assert new == Binary("add", c(1), Binary("mul", c(1), c(2), INT), INT)
    assert seen[-1] == new and Binary("mul", c(1), c(2), INT) in seen


def test_replacements_are_not_looked_into() -> None:
    swapped = substitute(Binary("sub", Var(a), Var(b), FLOAT), {a: Var(b), b: Var(a)})
    assert swapped == Binary("sub", Var(b), Var(a), FLOAT)


def test_every_binding_counts_as_assigned() -> None:
    assert assigned(BODY) == {t, a, i, b}
    assert stored(BODY) == {x, t}


def test_stores_and_draws_use_their_object() -> None:
    assert used(BODY) == {n, flag, x, i, t, a, b, rng}
    assert symbols(Func("f", (n, x), (), BODY, AT)) == (n, x, t, rng, a, i, flag, b)


def test_statements_are_walked_in_order_of_the_text() -> None:
    kinds = [type(s).__name__ for s in walk_stmts(BODY)]
    assert kinds == ["Assign", "Draw", "For", "If", "Store", "Append", "Invoke", "While", "Return"]
    assert list(walk_exprs((Assign(a, row, AT),))) == list(subexprs(row))


def test_statements_can_be_dropped_and_doubled() -> None:
    def change(stmt: Stmt) -> tuple[Stmt, ...]:
        match stmt:
            case Append():
                return (stmt, stmt)
            case Draw() | Invoke():
                return ()
            case _:
                return (stmt,)

    kinds = [type(s).__name__ for s in walk_stmts(map_stmts(BODY, change))]
    assert kinds == ["Assign", "For", "If", "Store", "Append", "Append", "While", "Return"]


def test_expressions_of_nested_statements_are_mapped() -> None:
    new = map_exprs(BODY, lambda e: substitute(e, {n: c(5)}))
    assert n not in used(new) and n in used(BODY)


def test_renaming_reaches_targets_and_stores() -> None:
    to = {s: Sym(s.name + "2", s.type) for s in (x, n, i, a, b, t, rng)}
    new = rename(BODY, to)
    assert used(new) | assigned(new) == {*to.values(), flag}
    assert rename(new, {v: k for k, v in to.items()}) == BODY


def test_a_copy_has_its_own_symbols_and_prints_the_same() -> None:
    body: tuple[Stmt, ...] = (
        Assign(a, Const(0.0, FLOAT), AT),
        For(i, c(0), Var(n), c(1), (Assign(a, Const(1.0, FLOAT), AT),), (), AT),
        Return((Var(a),), AT),
    )
    func = Func("f", (n,), (FLOAT,), body, AT)
    copied = copy_func(func)
    assert not set(symbols(func)) & set(symbols(copied))
    assert show_func(copied) == show_func(func)
    check(Program(copied, Nothing()))
    assert [s.name for s in symbols(copy_func(func, {"a", "n"}))] == ["n_1", "a_1", "i"]


def test_fresh_names_count_up() -> None:
    assert fresh("k", INT, ()).name == "k"
    assert fresh("k", INT, {"k", "k_1"}).name == "k_2"


def test_constants_are_equal_by_their_exact_value() -> None:
    assert Const(0.0, FLOAT) != Const(-0.0, FLOAT)
    assert Const(0.0, FLOAT) != Const(0.0, F64)
    nan = float("nan")
    assert {Const(nan, FLOAT)} == {Const(float("nan"), FLOAT)}
