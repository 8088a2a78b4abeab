"""Element-wise functions of lazy arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from loopwright.ir.nodes import Binary, Call, Cast, Expr
from loopwright.ir.types import Num
from loopwright.passes.scalarise_lazy import Lazy, as_element, elementwise, is_one
from loopwright.passes.scalarise_scope import Scope

_LIGHT = frozenset(
    [
        "np.absolute",
        "np.fabs",
        "np.square",
        "np.sign",
        "np.isnan",
        "np.isinf",
        "np.isfinite",
        "np.signbit",
        "np.where",
        "np.clip",
        "np.sqrt",
        "np.reciprocal",
        "np.floor",
        "np.ceil",
        "np.trunc",
        "np.rint",
        "np.logical_and",
        "np.logical_or",
        "np.logical_xor",
        "np.logical_not",
        "np.copysign",
        "np.real",
        "np.imag",
        "np.conj",
    ]
)
_Make = Callable[[list[Expr]], Expr]


def elementwise_call(scope: Scope, fn: str, parts: Sequence[Lazy | Expr], elem: Num) -> Lazy:
    """`fn` applied to the elements of broadcast operands."""
    cost = 1 if fn in _LIGHT else 10
    if fn == "np.clip":
        return elementwise(scope, parts, elem, _clip(scope, parts, elem), cost)
    if fn == "np.where":  # which takes a Python int that its dtype cannot hold
        return elementwise(scope, parts, elem, _plain(fn, elem), cost)
    held = [x if isinstance(x, Lazy) else as_element(scope, x, elem) for x in parts]
    return elementwise(scope, held, elem, _plain(fn, elem), cost)


def _plain(fn: str, elem: Num) -> _Make:
    return lambda v: Call(fn, tuple(v), elem)


def _clip(scope: Scope, parts: Sequence[Lazy | Expr], elem: Num) -> _Make:
    """Of two equal zeros NumPy takes the bound if that changes from element to element, else the number."""
    if not any(isinstance(x, Lazy) and not all(map(is_one, x.shape)) for x in parts[1:]):
        return _plain("np.clip", elem)
    if all(isinstance(x, Lazy) and is_one(x.shape[-1]) for x in parts[1:]):
        raise scope.decline("LW242", "bounds that are fixed along the last axis")
    lasts = [x.shape[-1] for x in parts if isinstance(x, Lazy) and x.shape]
    if any(scope.may_be_stretched(one, lasts[0]) for one in lasts[1:]):
        raise scope.decline("LW242", "bounds that may be fixed along the last axis")

    def within(v: list[Expr]) -> Expr:
        x, lo, hi = (part if part.type == elem else Cast(part, elem) for part in v)
        return Binary("minimum", Binary("maximum", x, lo, elem), hi, elem)

    return within
