"""Whole-array functions over arrays of enclosures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cmp_to_key
from itertools import pairwise
from typing import Any

import numpy as np
from flint import arb, arb_mat

from loopwright.ir.exact_math import UNARY, UNDECIDED, ball, compare, is_decided, union

ZERO: Any = arb(0)


def elementwise(func: Callable[..., Any], *args: Any) -> Any:
    """`func` on numbers, or on arrays with broadcasting."""
    if any(isinstance(a, np.ndarray) for a in args):
        return np.frompyfunc(func, len(args), 1)(*args)
    return func(*args)


def array_call(name: str, args: Sequence[Any], plain: Sequence[Any], value: Any) -> Any:
    """Enclosures of the result of a whole-array function.

    `args` are enclosures of the arguments, `plain` their ordinary values, `value` the ordinary
    result, whose shape the answer has; functions without an exact form here are undecided.
    """
    func = _CALLS.get(name)
    if func is None:
        return np.full_like(value, UNDECIDED, dtype=object) if np.ndim(value) else UNDECIDED
    made = func(args, plain, value)
    if not isinstance(made, np.ndarray):
        return made
    # zeros that NumPy fills in are plain ints
    return np.frompyfunc(ball, 1, 1)(made) if made.size else made.astype(object)


def has_form(name: str) -> bool:
    """Whether a whole-array function has an exact form here."""
    return name in _CALLS


def _steps(args: Sequence[Any], _: Sequence[Any], value: Any) -> Any:
    start, _, step = args
    return np.array([start + k * step for k in range(len(value))] + [None], dtype=object)[:-1]


def _linspace(args: Sequence[Any], plain: Sequence[Any], value: Any) -> Any:
    start, stop = args[:2]
    gaps = len(value) - 1 if plain[3] else len(value)
    points = [start + (stop - start) * k / max(gaps, 1) for k in range(len(value))]
    return np.array([*points, None], dtype=object)[:-1]


def _sort(args: Sequence[Any], plain: Sequence[Any], _: Any) -> Any:
    axis = int(plain[1])
    order = np.argsort(plain[0], axis=axis, kind="stable")
    ranked = np.moveaxis(np.take_along_axis(args[0], order, axis), axis, -1).copy()
    for at in np.ndindex(ranked.shape[:-1]):
        ranked[at] = _ascending(ranked[at])
    return np.moveaxis(ranked, -1, axis)


def _ascending(row: Any) -> Any:
    """The numbers in order; where that is open, the k-th least is between the k-th least of the lower
    and of the upper bounds."""
    rises = all(compare("le", p, q) for p, q in pairwise(row))
    if rises or not all(map(is_decided, row)):
        return row if rises else np.full_like(row, UNDECIDED)
    low, high = (sorted(map(end, row), key=cmp_to_key(_sign)) for end in (arb.lower, arb.upper))
    return np.frompyfunc(union, 2, 1)(np.array(low, object), np.array(high, object))


def _sign(p: Any, q: Any) -> int:
    return -1 if p < q else int(p > q)


def _median(args: Sequence[Any], plain: Sequence[Any], value: Any) -> Any:
    n = np.size(plain[0])
    if n == 0 or not np.all(np.isfinite(plain[0])):
        return UNDECIDED
    row = _sort([args[0].reshape(-1)], [plain[0].reshape(-1), 0], value)
    return (row[(n - 1) // 2] + row[n // 2]) / 2


def _unique(args: Sequence[Any], plain: Sequence[Any], value: Any) -> Any:
    """Undecided where it is open whether neighbours are one number."""
    row = args[0].reshape(-1)[np.argsort(plain[0], axis=None, kind="stable")]
    firsts = [True, *(compare("lt", p, q) for p, q in pairwise(row))][: len(row)]
    apart = all(f or compare("eq", *row[k - 1 : k + 1]) for k, f in enumerate(firsts) if k)
    found = row[[bool(f) for f in firsts]] if len(row) else row
    return found if apart and len(found) == len(value) else np.full(value.shape, UNDECIDED)


def _below(value: Any, diagonal: int) -> Any:
    """A mask: on the diagonal and below it."""
    rows, columns = value.shape[-2:]
    return np.tri(rows, columns, diagonal, dtype=bool)


def _weighed(args: Sequence[Any], plain: Sequence[Any], value: Any) -> Any:
    made = np.full(value.shape, ZERO, dtype=object)
    for at, weight in zip(plain[0], args[1], strict=True):
        made[at] = made[at] + weight
    return made


def _matrix(x: Any) -> arb_mat:
    columns = x if x.ndim == 2 else x[:, None]
    return arb_mat([list(row) for row in columns])


def _solve(args: Sequence[Any], _: Sequence[Any], value: Any) -> Any:
    try:
        found = _matrix(args[0]).solve(_matrix(args[1]))
    except ZeroDivisionError:
        return np.full_like(value, UNDECIDED, dtype=object)
    return _array(found).reshape(value.shape)


def _inverse(args: Sequence[Any], _: Sequence[Any], value: Any) -> Any:
    try:
        return _array(_matrix(args[0]).inv())
    except ZeroDivisionError:
        return np.full_like(value, UNDECIDED, dtype=object)


def _slogdet(args: Sequence[Any], _: Sequence[Any], __: Any) -> Any:
    det = _matrix(args[0]).det()
    return np.array([UNARY["sign"](det), abs(det).log(), None], dtype=object)[:-1]


def _cholesky(args: Sequence[Any], _: Sequence[Any], value: Any) -> Any:
    """Column by column, of the lower triangle: Golub and Van Loan, Matrix Computations, 4.2.5."""
    a, made = args[0], np.full(value.shape, ZERO, dtype=object)
    for j in range(len(made)):
        rest = [a[i, j] - sum((p * q for p, q in zip(made[i, :j], made[j, :j], strict=True)), ZERO)
                for i in range(j, len(made))]  # fmt: skip
        if not rest[0] > 0:
            return np.full_like(value, UNDECIDED, dtype=object)
        made[j:, j] = [rest[0].sqrt(), *(r / rest[0].sqrt() for r in rest[1:])]
    return made


def _array(m: arb_mat) -> Any:
    made = np.empty((m.nrows(), m.ncols()), dtype=object)
    for at in np.ndindex(made.shape):
        made[at] = m[at]
    return made


_CALLS: dict[str, Callable[[Sequence[Any], Sequence[Any], Any], Any]] = {
    "arange": _steps,
    "linspace": _linspace,
    "eye": lambda args, plain, value: value.astype(object),
    "diff": lambda args, plain, value: args[0][..., 1:] - args[0][..., :-1],
    "concatenate": lambda args, plain, value: np.concatenate(args[1:], axis=int(plain[0])),
    "stack": lambda args, plain, value: np.stack(args[1:], axis=int(plain[0])),
    "sort": _sort,
    "median": _median,
    "unique": _unique,
    "bincount_weights": _weighed,
    "diag": lambda args, plain, value: np.diag(args[0], plain[1]).copy(),
    "tril": lambda args, plain, value: np.where(_below(value, plain[1]), args[0], ZERO),
    "triu": lambda args, plain, value: np.where(_below(value, plain[1] - 1), ZERO, args[0]),
    "roll": lambda args, plain, value: np.roll(args[0], plain[1], axis=plain[2]),
    "repeat": lambda args, plain, value: np.repeat(args[0], plain[1], axis=plain[2]),
    "tile": lambda args, plain, value: np.tile(args[0], tuple(plain[1:])),
    "flip": lambda args, plain, value: np.flip(args[0], axis=plain[1]),
    "linalg.solve": _solve,
    "linalg.inv": _inverse,
    "linalg.det": lambda args, plain, value: _matrix(args[0]).det(),
    "linalg.slogdet": _slogdet,
    "linalg.cholesky": _cholesky,
}
