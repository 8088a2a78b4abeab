"""A reduction over some axes of a lazy array, and the parts that all reductions share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loopwright.ir.nodes import (
    Binary,
    BinaryOp,
    Cast,
    Const,
    Expr,
    Load,
    Pt,
    ReduceOp,
    Store,
    Sym,
    Var,
)
from loopwright.ir.types import Array, Num, kind_of
from loopwright.passes.scalarise_ints import ZERO
from loopwright.passes.scalarise_lazy import Index, Lazy, allocate, nest
from loopwright.passes.scalarise_scope import Scope

COMBINE: dict[ReduceOp, BinaryOp] = {
    "sum": "add",
    "prod": "mul",
    "min": "minimum",
    "max": "maximum",
    "any": "or",
    "all": "and",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """A reduction of `x`, whose axes stand in memory order: `reduced` and `kept` are its positions.

    `result` lists the positions of `kept` in the order of the result's axes.
    """

    op: ReduceOp
    x: Lazy
    reduced: tuple[int, ...]
    kept: tuple[int, ...]
    elem: Num

    @property
    def shape(self) -> tuple[Expr, ...]:
        """Lengths of the kept axes."""
        return tuple(self.x.shape[k] for k in self.kept)

    def index(self, kept: Sequence[Expr], reduced: Sequence[Expr]) -> Index:
        """The whole index from the indices of kept and of reduced axes."""
        places = dict(zip((*self.kept, *self.reduced), (*kept, *reduced), strict=True))
        return tuple(places[k] for k in range(self.x.ndim))

    def value(self, kept: Sequence[Expr], reduced: Sequence[Expr]) -> Expr:
        """An element, in the type of the result."""
        found = self.x.at(self.index(kept, reduced))
        if found.type == self.elem:
            return found
        return Cast(found, self.elem)


def zero_of(elem: Num) -> Const:
    return Const(0j if kind_of(elem.dtype) == "c" else 0.0, elem)


def start_of(plan: Plan) -> Const | None:
    """The neutral element; None for `min` and `max`, which start from the first element."""
    match plan.op:
        case "sum" | "prod":
            one = plan.op == "prod"
            kind = kind_of(plan.elem.dtype)
            number = {"f": float(one), "c": complex(one), "b": one}.get(kind, int(one))
            return Const(number, plan.elem)
        case "any" | "all":
            return Const(plan.op == "all", plan.elem)
        case _:
            return None


def new_result(scope: Scope, plan: Plan, name: str) -> Sym:
    shape = tuple(scope.simple("n", d) for d in plan.shape)
    return allocate(scope, shape, plan.elem, name)


def accumulate(scope: Scope, plan: Plan, result: Sym, start: Const | None) -> None:
    """Loops in memory order that update all results at once."""

    def begin(kept: Index) -> None:
        first = [ZERO] * len(plan.reduced)
        value = plan.value(kept, first) if start is None else start
        scope.emit(Store(result, tuple(map(Pt, kept)), value, scope.span))

    def update(index: Index) -> None:
        kept = tuple(index[k] for k in plan.kept)
        place = tuple(map(Pt, kept))
        value = plan.value(kept, tuple(index[k] for k in plan.reduced))
        old = Load(Var(result), place, plan.elem)
        new = Binary(COMBINE[plan.op], old, value, plan.elem)
        scope.emit(Store(result, place, new, scope.span))

    nest(scope, plan.shape, begin)
    nest(scope, plan.x.shape, update)


def is_c(storage: Expr) -> bool:
    return isinstance(storage.type, Array) and storage.type.layout == "C"
