"""Einsum specs that are one matrix product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loopwright.diagnostics import NOWHERE
from loopwright.emit.body import decline
from loopwright.ir.nodes import Expr
from loopwright.ir.types import Array, kind_of


@dataclass(frozen=True, slots=True)
class Operand:
    """Argument number `arg` of the contraction, transposed or not."""

    arg: int
    transposed: bool


@dataclass(frozen=True, slots=True)
class Product:
    """`dot(operands[0], operands[1])` in the order that the result's axes ask for."""

    operands: tuple[Operand, Operand]


def product(spec: str, args: Sequence[Expr]) -> Product:
    """The matrix product that `spec` is.

    Raises CannotLower if it is none, or if the arguments are not real or complex floating arrays of one
    dtype and rank 1 or 2 (what BLAS has).
    """
    inputs, _, output = spec.partition("->")
    parts = inputs.split(",")
    dtypes = {a.type.dtype for a in args if isinstance(a.type, Array)}
    if len(parts) != 2 or len(dtypes) != 1 or kind_of(next(iter(dtypes))) not in "fc":
        raise decline("LW103", f"`{spec}` is not a matrix product that BLAS has", NOWHERE)
    shared = set(parts[0]) & set(parts[1])
    plain = all(len(set(p)) == len(p) in (1, 2) for p in parts)
    if not plain or len(shared) != 1 or set(output) != set(parts[0]) ^ set(parts[1]):
        raise decline("LW103", f"`{spec}` is not a matrix product that BLAS has", NOWHERE)
    k = shared.pop()
    order = (0, 1) if not output or output[0] in parts[0] else (1, 0)
    left, right = (parts[n] for n in order)
    return Product(
        (
            Operand(order[0], len(left) == 2 and left[0] == k),
            Operand(order[1], len(right) == 2 and right[1] == k),
        )
    )
