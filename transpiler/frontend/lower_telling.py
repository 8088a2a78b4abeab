"""Which parameters of a function tell it what to do (`axis`, `keepdims`, a flag), rather than hold data.

A call that gives a constant for one gets a version of the function of its own, where the constant is known:
what NumPy needs to know before it runs is told by such parameters, and branches on them are decided.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from loopwright.frontend.lower_live import writes

_NAMES = frozenset(("axis", "keepdims", "ddof", "ndim", "ndims"))
_ALONG = frozenset(
    """sum prod mean var std min max amin amax argmin argmax any all median cumsum cumprod sort argsort
    percentile quantile diff concatenate stack norm""".split()  # noqa: SIM905
)
"""Functions and methods whose last argument may be an axis."""


@lru_cache(maxsize=1024)
def telling_parameters(function: ast.FunctionDef | ast.Lambda) -> frozenset[str]:
    """Parameters that are handed on by keyword or as an axis, or that a branch depends on, and that nothing
    binds anew."""
    body = function.body if isinstance(function.body, list) else [function.body]
    a = function.args
    names = {p.arg for p in (*a.posonlyargs, *a.args, *a.kwonlyargs)}
    bound = frozenset[str]().union(*(writes(part) for part in body))
    used = {name for part in body for node in ast.walk(part) for name in _told_by(node)}
    return frozenset((names & (used | _NAMES)) - bound)


def _told_by(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func, args, keywords):
            yield from (k.value.id for k in keywords if isinstance(k.value, ast.Name))
            match func, args:
                case ast.Attribute(attr=attr), [*_, ast.Name(last)] if attr in _ALONG:
                    yield last
        case ast.If(test=test) | ast.IfExp(test=test):
            yield from (n.id for n in ast.walk(test) if isinstance(n, ast.Name))
        case _:
            pass
