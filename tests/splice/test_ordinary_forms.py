"""Whole functions of the kind that people write, through the guard and the compiled form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .dispatching import agrees, guarded

SOURCE = """
from collections.abc import Sequence
from numpy import newaxis

import numpy as np

def transform(sigmas, weights):
    x = np.dot(weights, sigmas)
    y = sigmas - x[np.newaxis, :]
    total = 0.0
    for row in y:
        total += (row[newaxis, :] * y).sum()
    return total

def resample(positions, cumulative):
    n = len(positions)
    indexes = np.zeros(n, 'i')
    i, j = 0, 0
    while i < n:
        if positions[i] < cumulative[j]:
            indexes[i] = j
            i += 1
        else:
            j += 1
    return indexes

def euclidean(a, b):
    if isinstance(a, list) and isinstance(b, list):
        a, b = np.array(a), np.array(b)
    return np.sqrt(sum((a - b) ** 2))

def closest(points, centre):
    best, at = None, None
    for i, point in enumerate(points):
        d = euclidean(point, centre)
        if best is None or d < best:
            best, at = d, i
    return at

def bounded(xs, low):
    if not isinstance(low, Sequence):
        low = endless(low)
    total = 0.0
    for x, lo in zip(xs, low):
        total += max(x, lo)
    return total

def away(x, chosen):
    total = 0.0
    for row in x:
        if not row in chosen:
            total += row.sum()
    return total

def centre(rows):
    m, n = rows.shape
    mean = sum(rows, 0)[:, None] / m
    spread = np.zeros((n, n))
    for k in range(m):
        spread += np.outer(rows[k], rows[k]) - np.outer(mean.flatten(), mean.flatten())
    return mean, spread

def nearest(rows, labels, x):
    distances = (((x - row) ** 2).sum() for row in rows)
    found = sorted(((d, t) for (d, t) in zip(distances, labels)), key=lambda pair: pair[0])
    return [t for (_, t) in found[:3]]

def backward(grads, outputs):
    made = np.zeros(outputs.shape)
    for i in range(len(outputs)):
        for g, y in zip(*np.atleast_2d(grads[i], outputs[i])):
            y = y.reshape(-1, 1)
            made[i] = g @ (np.diagflat(y) - y @ y.T)
    return made

def counted(rows):
    found = np.zeros(4, 'i8')
    for row in rows:
        counts, edges = np.histogram(row, 4, (0.0, 1.0))
        found += counts
    return found, edges

def known(rows):
    return np.nanmean(rows, axis=0), np.nansum(rows, axis=1), np.count_nonzero(rows > 0, axis=1)

def long(t):
    total = 0
    for v in t:
        if isinstance(t, tuple) and type(t) is not list and v in t:
            total += v
    return total, np.prod(t), sum(x * 2 for x in t)

def split(shapes, n):
    first, *rest = shapes
    made = np.zeros((n, *shapes[1:]))
    for i in range(*shapes[:2]):
        made[0] += i * rest[0]
    return made, rest
"""
RNG = np.random.default_rng(7)
X = RNG.normal(size=(6, 3))
HOLES = np.where(X > 0.5, np.nan, X)
U = np.sort(RNG.random(6))


@pytest.mark.parametrize(
    ("name", "args", "others"),
    [
        ("transform", (X, U), [(X[:1], U[:1]), (X[:0], U[:0])]),
        ("resample", (U * 0.5, np.cumsum(np.full(6, 0.2))), [(U[:0], U)]),
        ("closest", (X, X[4]), [(X[:1], X[0]), (np.full((2, 3), np.nan), X[0])]),
        ("closest", ([[1.0, 2.0], [0.5, 0.1]], [0.5, 0.0]), [([[1.0]], [np.inf])]),
        ("bounded", ([1.0, 2.0], [1.5, 1.5]), [([], []), ([np.nan], [1.0])]),
        ("away", (X, X[:2]), [(X, X[:0]), (X[:0], X), (HOLES, HOLES)]),
        ("centre", (X,), [(X[:1],), (HOLES,)]),
        ("nearest", (X, np.arange(6), X[2]), [(X[:1], np.array([4]), X[2])]),
        ("backward", (X, X), [(X[:0], X[:0]), (HOLES, X)]),
        ("counted", (RNG.random((3, 20)),), [(np.array([[0.0, 1.0, 0.5, np.nan, 2.0]]),)]),
        ("known", (HOLES,), [(np.full((2, 2), np.nan),), (X[:0],)]),
        ("split", ((2, 5), 3), [((4, 3), 1)]),
        ("long", (tuple(range(1, 20)),), [((3,) * 30,)]),
    ],
)
def test_the_kernel_runs_and_does_the_same(
    name: str, args: tuple[Any, ...], others: list[tuple[Any, ...]]
) -> None:
    case = guarded(SOURCE, name, *args)
    for each in (args, *others):
        assert agrees(case, *each)


@pytest.mark.parametrize(
    ("name", "learnt", "args"),
    [
        ("centre", (X,), (X[:0],)),  # the sum of nothing is a number
        ("nearest", (X, np.arange(6), X[2]), (X, np.arange(5), X[2])),  # one item too many
        ("closest", (X, X[4]), (X.tolist(), X[4].tolist())),  # of other types
        ("bounded", ([1.0], [1.5]), ([1.0], (1.5,))),
        ("away", (X, X[:2]), (X, X[:, :2])),  # ValueError
        ("counted", (X,), (np.full((0, 2), 1.0),)),  # UnboundLocalError
        ("split", ((2, 5), 3), ((2, 5.0), 3)),
    ],
)
def test_the_original_runs_where_the_kernel_does_not_know(
    name: str, learnt: tuple[Any, ...], args: tuple[Any, ...]
) -> None:
    case = guarded(SOURCE, name, *learnt)
    assert not agrees(case, *args)
