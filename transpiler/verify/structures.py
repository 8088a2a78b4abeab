"""Matrices with a structure that originals ask for and fast paths assume: symmetric, diagonal, stochastic."""

from __future__ import annotations

import numpy as np

from loopwright.verify.codec import AnyArray

STRUCTURES = (
    "symmetric", "diagonal", "positive definite", "upper triangular", "lower triangular",
    "equal rows", "unit rows", "sorted rows",
)  # fmt: skip
_SQUARE = frozenset(STRUCTURES[:3])


def structured(a: AnyArray, structure: str) -> AnyArray:
    """A matrix made of the numbers of `a`, of its shape and dtype; `a` where the structure needs a square."""
    if structure in _SQUARE and a.shape[0] != a.shape[1]:
        return a
    with np.errstate(all="ignore"):
        made: AnyArray = _made(a, structure).astype(a.dtype)
        return made


def _made(a: AnyArray, structure: str) -> AnyArray:
    match structure:
        case "symmetric":
            return np.triu(a) + np.triu(a, 1).T
        case "diagonal":
            return np.diag(np.diag(a))
        case "positive definite":
            made: AnyArray = a @ a.conj().T + np.eye(len(a), dtype=a.dtype)
            return made
        case "upper triangular":
            return np.triu(a)
        case "lower triangular":
            return np.tril(a)
        case "unit rows":
            size = np.abs(a)
            total = size.sum(axis=1, keepdims=True)
            return size / np.where(total > 0, total, 1) if a.dtype.kind in "fc" else size
        case "sorted rows":
            return np.sort(a, axis=1)
        case _:
            return np.broadcast_to(a[:1], a.shape)
