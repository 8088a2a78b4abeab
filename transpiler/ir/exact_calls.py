"""Whole-array functions over arrays of enclosures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from flint import arb, arb_mat

from loopwright.ir.exact_math import UNDECIDED, ball, compare

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


def _steps(args: Sequence[Any], _: Sequence[Any], value: Any) -> Any:
    start, _, step = args
    return np.array([start + k * step for k in range(len(value))] + [None], dtype=object)[:-1]


def _linspace(args: Sequence[Any], plain: Sequence[Any], value: Any) -> Any:
    start, stop = args[:2]
    gaps = len(value) - 1 if plain[3] else len(value)
    points = [start + (stop - start) * k / max(gaps, 1) for k in range(len(value))]
    return np.array([*points, None], dtype=object)[:-1]


def _sort(args: Sequence[Any], plain: Sequence[Any], _: Any) -> Any:
    """In the order of the ordinary run; undecided where neighbours are not certainly ordered."""
    axis = int(plain[1])
    order = np.argsort(plain[0], axis=axis, kind="stable")
    ranked = np.moveaxis(np.take_along_axis(args[0], order, axis), axis, -1).copy()
    rises = np.frompyfunc(lambda p, q: compare("le", p, q) is True, 2, 1)
    open_ = ~rises(ranked[..., :-1], ranked[..., 1:]).astype(bool)
    ranked[..., :-1][open_] = UNDECIDED
    ranked[..., 1:][open_] = UNDECIDED
    return np.moveaxis(ranked, -1, axis)


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
}
