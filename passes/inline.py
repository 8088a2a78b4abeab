"""Replace calls of simple helpers by their bodies.

Legality: the helper has exactly one Return, as its last statement, or can be given that form
(`inline_exits.py`), so its body can stand in the place of the Invoke. Arrays are references on both
sides, so stores through parameters keep their meaning. A parameter that the helper re-binds, or whose
argument is more than a variable or constant, becomes a local; evaluating the argument once, before the
body, is what a call does. Results are gathered before any target is bound, since a target may also be
read by a later result.

Profitability: a helper that is called from one place, or that has at most `size` statements.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from loopwright.diagnostics import Declined
from loopwright.ir.nodes import Assign, Const, Func, Invoke, Program, Return, Stmt, Sym, Var
from loopwright.ir.walk import (
    Body,
    assigned,
    calls_itself,
    copy_func,
    fresh,
    map_exprs,
    map_stmts,
    rename,
    substitute,
    symbols,
    walk_stmts,
)
from loopwright.passes.base import Applied, Example, Outcome, Pass, Refusal, Unchanged
from loopwright.passes.inline_exits import single_exit


def returns_once_at_the_end(func: Func) -> bool:
    """The body ends in a Return and there is no other."""
    returns = sum(isinstance(s, Return) for s in walk_stmts(func.body))
    return returns == 1 and bool(func.body) and isinstance(func.body[-1], Return)


def _simple_form(func: Func) -> Func | None:
    if calls_itself(func):
        return None
    return func if returns_once_at_the_end(func) else single_exit(func)


def _sites(program: Program) -> Counter[str]:
    funcs = (program.main, *program.helpers)
    return Counter(s.func for f in funcs for s in walk_stmts(f.body) if isinstance(s, Invoke))


def _expand(call: Invoke, helper: Func, taken: set[str]) -> Body:
    """The statements that stand for `call`; names of new symbols are added to `taken`."""
    copied = copy_func(helper, taken)
    rebound = assigned(copied.body)
    before: list[Stmt] = []
    plain: dict[Sym, Var | Const] = {}
    renamed: dict[Sym, Sym] = {}
    for param, arg in zip(copied.params, call.args, strict=True):
        if param not in rebound and isinstance(arg, Var):
            renamed[param] = arg.sym
        elif param not in rebound and isinstance(arg, Const):
            plain[param] = arg
        else:
            before.append(Assign(param, arg, call.span))
    body = map_exprs(rename(copied.body, renamed), lambda e: substitute(e, plain))
    last = body[-1]
    assert isinstance(last, Return)
    taken.update(s.name for s in symbols(replace(copied, body=body)))
    return (*before, *body[:-1], *_bind(call, last, taken))


def _bind(call: Invoke, last: Return, taken: set[str]) -> Iterator[Stmt]:
    if len(call.targets) == 1:
        yield Assign(call.targets[0], last.values[0], call.span)
        return
    held: list[Sym] = []
    for target, value in zip(call.targets, last.values, strict=True):
        held.append(fresh(target.name, target.type, taken))
        taken.add(held[-1].name)
        yield Assign(held[-1], value, call.span)
    for target, kept in zip(call.targets, held, strict=True):
        yield Assign(target, Var(kept), call.span)


def _refused(program: Program, kept: list[Func]) -> Iterator[Declined]:
    """One note for each function that stays, where it is called first."""
    stay = {f.name: f for f in kept}
    for func in (program.main, *program.helpers):
        for stmt in walk_stmts(func.body):
            if isinstance(stmt, Invoke) and (callee := stay.pop(stmt.func, None)) is not None:
                if _simple_form(callee) is not None:
                    why = "is long and called from several places"
                else:
                    why = "calls itself" if calls_itself(callee) else "returns inside a loop"
                yield Declined(stmt.span, "LW252", f"`{stmt.func}` {why}")


@dataclass(frozen=True)
class Inline:
    """`size` is the number of statements up to which a helper is copied to several places."""

    size: int = 40

    name: ClassVar[str] = "inline"
    bitwise: ClassVar[bool] = True
    examples: ClassVar[tuple[Example | Refusal, ...]] = (
        Example(
            """\
def square(v: float) -> float:
    return v * v


def total(x: Annotated[NDArray[np.float64], "n"]) -> float:
    s = 0.0
    for i in range(len(x)):
        s = s + square(float(x[i]))
    return s
""",
            """\
def total(x: float64[:]) -> float:
    s = 0.0
    for i in range(x.shape[0]):
        t = s
        v = float(x[i])
        r = v * v
        s = t + r
    return s
""",
        ),
        Example(
            """\
def sign(v: float) -> float:
    if v < 0.0:
        return -1.0
    return 1.0


def signs(x: Annotated[NDArray[np.float64], "n"]) -> None:
    for i in range(len(x)):
        x[i] = sign(float(x[i]))
""",
            """\
def signs(x: float64[:]) -> None:
    for i in range(x.shape[0]):
        v = float(x[i])
        if v < 0.0:
            r_1 = -1.0
        else:
            r_1 = 1.0
        r = r_1
        x[i] = r
    return
""",
        ),
        Refusal(
            """\
def first(x: Annotated[NDArray[np.float64], "n"], v: float) -> int:
    for i in range(len(x)):
        if x[i] > v:
            return i
    return -1


def places(x: Annotated[NDArray[np.float64], "n"]) -> int:
    s = 0
    for i in range(len(x)):
        s = s + first(x, float(i))
    return s
""",
            "LW252",
        ),
    )

    def run(self, program: Program) -> Outcome:
        sites = _sites(program)
        simple: dict[str, Func] = {}
        done: list[str] = []

        def expand(func: Func) -> Func:
            taken = {s.name for s in symbols(func)}

            def one(stmt: Stmt) -> Iterable[Stmt]:
                if isinstance(stmt, Invoke) and stmt.func in simple:
                    done.append(stmt.func)
                    return _expand(stmt, simple[stmt.func], taken)
                return (stmt,)

            return replace(func, body=map_stmts(func.body, one))

        kept: list[Func] = []
        for helper in program.helpers:  # callees come first, so each is whole when it is copied
            helper = expand(helper)
            small = sum(1 for _ in walk_stmts(helper.body)) <= self.size
            form = _simple_form(helper) if small or sites[helper.name] == 1 else None
            if form is None:
                kept.append(helper)
            else:
                simple[helper.name] = form
        main = expand(program.main)
        if not done:
            return Unchanged(tuple(_refused(program, kept)))
        notes = tuple(f"inlined {name}" for name in dict.fromkeys(done))
        return Applied(replace(program, main=main, helpers=tuple(kept)), notes)

    def space(self, program: Program) -> Iterator[Pass]:
        yield self
