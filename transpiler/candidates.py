"""The variants of a region as text: those that the plan's recipes make of it, and why others are none."""

from __future__ import annotations

from dataclasses import dataclass

from loopwright.config import Options
from loopwright.diagnostics import NOWHERE, Declined
from loopwright.frontend.region import Lowered
from loopwright.ir.nodes import Binary, Const, Dim, For, Load, Program, While
from loopwright.ir.types import F64, FLOAT, Array, ListOf, Num
from loopwright.ir.walk import calls_itself, children, walk_exprs, walk_stmts
from loopwright.pipeline import Candidate, Passes, Plan, Recipe, build_candidate


@dataclass(frozen=True, slots=True)
class Refused:
    """A recipe that makes no variant."""

    recipe: Recipe
    why: Declined


def has_work(program: Program) -> bool:
    """False for straight scalar code, which a call costs more than it could win."""
    for func in (*program.helpers, program.main):
        if calls_itself(func) or any(isinstance(s, (For, While)) for s in walk_stmts(func.body)):
            return True
        for expr in walk_exprs(func.body):
            element = isinstance(expr, (Load, Dim))
            if not element and any(isinstance(c.type, (Array, ListOf)) for c in children(expr)):
                return True
    return False


def _squares_numbers(program: Program) -> bool:
    """True if a floating number by itself is raised to the power of 2; of arrays NumPy makes products."""
    return any(
        isinstance(e, Binary)
        and e.op == "pow"
        and e.type in (F64, Num("float32"), FLOAT)
        and isinstance(e.b, Const)
        and e.b.value == 2
        for func in (*program.helpers, program.main)
        for e in walk_exprs(func.body)
    )


def candidates(
    lowered: Lowered, options: Options, name: str, plan: Plan
) -> list[Candidate | Refused]:
    """What became of each recipe of `plan` that `options` allow, for a kernel called `name`."""
    ints = tuple((p.name, *p.ints) for p in lowered.domain.params)
    passes = Passes(lowered.program)
    squares = options.accuracy == "bitwise" and _squares_numbers(lowered.program)
    made: list[Candidate | Refused] = []
    wanted = "numpy" if options.style == "inline" else options.backend
    for recipe in plan.recipes(ints, exact=options.accuracy == "bitwise"):
        if wanted not in ("auto", recipe.backend):
            continue
        if options.accuracy == "bitwise" and not recipe.bitwise:
            why = f"{recipe.name} changes the order of floating-point operations"
            made.append(Refused(recipe, Declined(NOWHERE, "LW504", why)))
            continue
        if squares:
            why = (
                "compilers square a number by a product, Python by `pow`, which may round otherwise"
            )
            made.append(Refused(recipe, Declined(NOWHERE, "LW504", why)))
            continue
        built = build_candidate(recipe, passes, name)
        made.append(Refused(recipe, built) if isinstance(built, Declined) else built)
    better = {c.recipe.instead_of for c in made if isinstance(c, Candidate)}
    return [c for c in made if c.recipe.name not in better]
