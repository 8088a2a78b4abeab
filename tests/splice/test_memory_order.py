"""Sums of floating-point arrays, where NumPy's order of summation is that of memory."""

from __future__ import annotations

import numpy as np
import pytest

from .dispatching import agrees, guarded

SOURCE = """
import numpy as np

def of_rows(X, W):
    total = 0.0
    for i in range(len(X)):
        total += np.sum(X[i]) * W[i, 0]
    return total

def of_columns(X, W):
    total = 0.0
    for j in range(X.shape[1]):
        total += np.sum(X[::-1, j]) * W[0, j]
    return total

def of_products(X, W):
    total = 0.0
    for i in range(len(X)):
        total += np.sum(X[i] * W[i])
    return total

def of_all(X, W):
    total = 0.0
    for i in range(len(X)):
        total += np.sum(X) * W[i, 0]
    return total

def of_a_copy(X, W):
    Y = X * 2.0
    total = 0.0
    for i in range(len(X)):
        total += np.sum(Y) * W[i, 0]
    return total

def of_one_made_alike(X, W):
    Y = np.zeros_like(X)
    for i in range(len(X)):
        for j in range(X.shape[1]):
            Y[i, j] = X[i, j]
    return np.sum(Y) * W[0, 0]

def squares(A):
    return np.sum(A * A)

def by_a_helper(X, W):
    total = 0.0
    for i in range(len(X)):
        total += squares(X) * W[i, 0]
    return total
"""

ROWS = np.random.default_rng(0).normal(size=(37, 41)) * 1e3
COLUMNS = np.asfortranarray(ROWS)

CASES = {
    "rows of a matrix by columns have one axis": ("of_rows", COLUMNS, COLUMNS, True),
    "columns that are read backwards have one axis": ("of_columns", COLUMNS, COLUMNS, True),
    "products of rows have one axis": ("of_products", COLUMNS, COLUMNS, True),
    "a whole matrix by columns is summed by columns": ("of_all", COLUMNS, ROWS, False),
    "the layout of another matrix does not matter": ("of_all", ROWS, COLUMNS, True),
    "a copy has the layout of its source": ("of_a_copy", COLUMNS, ROWS, False),
    "a matrix like another has its layout": ("of_one_made_alike", COLUMNS, ROWS, False),
    "a helper sums what it is given": ("by_a_helper", COLUMNS, ROWS, False),
    "what a helper is not given does not matter": ("by_a_helper", ROWS, COLUMNS, True),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_sums_keep_their_order(case: tuple[str, np.ndarray, np.ndarray, bool]) -> None:
    name, X, W, taken = case
    assert agrees(guarded(SOURCE, name, X, W), X, W) is taken
