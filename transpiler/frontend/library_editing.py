"""Elements put in, taken out and changed in place, as Python code that the compiler translates.

Lowering reads the text of this module: a call of `np.delete` becomes a call of a function below. Each
computes bit by bit what NumPy 2.4 computes (sources: `numpy/lib/_function_base_impl.py`,
`numpy/lib/_index_tricks_impl.py`), or raises where NumPy raises and where the result is not certain: a
kernel then gives up. Arrays are of any dtype; what is read while an array is written to is copied before, for
it may be the same array.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import numpy as np


def _gap(n, at):
    """The position `at` in front of one of `n` elements or behind the last."""
    if not -n <= at <= n:
        raise IndexError("index out of bounds")
    return at + n if at < 0 else at


def insert_number(x, at, value):
    n = len(x)
    place = _gap(n, at)
    out = np.empty(n + 1, x.dtype)
    for i in range(n):
        out[i if i < place else i + 1] = x[i]
    out[place] = value
    return out


def insert_numbers(x, at, values):
    """Several numbers at one position."""
    n, m = len(x), len(values)
    place = _gap(n, at)
    out = np.empty(n + m, x.dtype)
    out[:place] = x[:place]
    out[place : place + m] = values
    out[place + m :] = x[place:]
    return out


def insert_rows(x, at, rows):
    """Several rows of a matrix at one position."""
    n, m = len(x), len(rows)
    if rows.shape[1] != x.shape[1]:
        raise ValueError("rows that are broadcast")
    place = _gap(n, at)
    out = np.empty((n + m, x.shape[1]), x.dtype)
    out[:place] = x[:place]
    out[place : place + m] = rows
    out[place + m :] = x[place:]
    return out


def insert_row(x, at, row):
    return insert_rows(x, at, row.reshape(1, len(row)))


def insert_row_of(x, at, value):
    """A row that has the number everywhere."""
    return insert_rows(x, at, np.full((1, x.shape[1]), value, x.dtype))


def insert_column(x, at, column):
    return insert_row(x.T, at, column).T.copy()


def insert_column_of(x, at, value):
    return insert_row_of(x.T, at, value).T.copy()


def insert_at(x, at, values):
    """A number at each of several positions; several numbers at a single one."""
    n, m = len(x), len(at)
    if m == 1:
        return insert_numbers(x, at[0], values)
    if len(values) != m:
        raise ValueError("values that are broadcast")
    places = np.empty(m, np.int64)
    for k in range(m):
        places[k] = _gap(n, at[k])
    order = np.argsort(places, kind="stable")
    out = np.empty(n + m, x.dtype)
    given = np.zeros(n + m, np.bool_)
    for k in range(m):
        place = places[order[k]] + k
        out[place] = values[order[k]]
        given[place] = True
    taken = 0
    for i in range(n + m):
        if not given[i]:
            out[i] = x[taken]
            taken += 1
    return out


def insert_number_at(x, at, value):
    return insert_at(x, at, np.full(len(at), value, x.dtype))


def delete_number(x, at):
    """One element, or one row of a matrix."""
    n = len(x)
    if not -n <= at < n:
        raise IndexError("index out of bounds")
    place = at + n if at < 0 else at
    kept = np.ones(n, np.bool_)
    kept[place] = False
    return x[kept]


def delete_column(x, at):
    return delete_number(x.T, at).T.copy()


def delete_numbers(x, at):
    """The elements, or rows, at the positions `at`."""
    kept = np.ones(len(x), np.bool_)
    for k in at:
        kept[k] = False
    return x[kept]


def delete_mask(x, mask):
    if len(mask) != len(x):
        raise ValueError("boolean array argument obj to delete must be one dimensional and match")
    return x[~mask]


def compress(mask, x):
    """`mask` may be shorter than `x`."""
    count = 0
    for k in range(len(mask)):
        if mask[k]:
            if k >= len(x):
                raise IndexError("index out of bounds")
            count += 1
    out = np.empty(count, x.dtype)
    at = 0
    for k in range(len(mask)):
        if mask[k]:
            out[at] = x[k]
            at += 1
    return out


def fill_diagonal(x, value):
    n, m = x.shape
    for i in range(min(n, m)):
        x[i, i] = value


def add_at(x, at, values):
    if len(at) != len(values):
        raise ValueError("arrays that are broadcast")
    places, more = at.copy(), values.copy()
    for k in range(len(places)):
        x[places[k]] += more[k]


def add_at_number(x, at, value):
    for k in at.copy():
        x[k] += value


def add_at_pairs(x, rows, columns, value):
    if len(rows) != len(columns):
        raise ValueError("arrays that are broadcast")
    first, second = rows.copy(), columns.copy()
    for k in range(len(first)):
        x[first[k], second[k]] += value


def put_number(x, at, value):
    for k in at.copy():
        x[k] = value


def put_numbers(x, at, values):
    if len(values) != len(at):
        raise ValueError("values that are repeated or left out")
    places, more = at.copy(), values.copy()
    for k in range(len(places)):
        x[places[k]] = more[k]


def running_maximum(x):
    out = x.copy()
    for k in range(1, len(x)):
        out[k] = np.maximum(out[k - 1], x[k])
    return out


def running_minimum(x):
    out = x.copy()
    for k in range(1, len(x)):
        out[k] = np.minimum(out[k - 1], x[k])
    return out


# ---------------------------------------------------------------------- positions


def triu_indices(n, k, m):
    count = 0
    for i in range(n):
        for j in range(m):
            if j - i >= k:
                count += 1
    rows = np.empty(count, np.int64)
    columns = np.empty(count, np.int64)
    at = 0
    for i in range(n):
        for j in range(m):
            if j - i >= k:
                rows[at] = i
                columns[at] = j
                at += 1
    return rows, columns


def tril_indices(n, k, m):
    count = 0
    for i in range(n):
        for j in range(m):
            if j - i <= k:
                count += 1
    rows = np.empty(count, np.int64)
    columns = np.empty(count, np.int64)
    at = 0
    for i in range(n):
        for j in range(m):
            if j - i <= k:
                rows[at] = i
                columns[at] = j
                at += 1
    return rows, columns


def mgrid(first, first_end, first_step, second, second_end, second_step):
    """`np.mgrid` of two slices of ints."""
    rows = _range(first, first_end, first_step)
    columns = _range(second, second_end, second_step)
    out = np.empty((2, len(rows), len(columns)), np.int64)
    for i in range(len(rows)):
        for j in range(len(columns)):
            out[0, i, j] = rows[i]
            out[1, i, j] = columns[j]
    return out


def ogrid(first, first_end, first_step, second, second_end, second_step):
    rows = _range(first, first_end, first_step)
    columns = _range(second, second_end, second_step)
    return rows[:, None], columns[None, :]


def _range(first, last, step):
    if step <= 0 or last < first:
        raise ValueError("a range that falls")
    return np.arange(first, last, step)


# ------------------------------------------------------------------------ padding


def _inside(k, n, mode):
    """The position in `n` elements that `k` stands for."""
    if mode == 0:
        return min(max(k, 0), n - 1)
    if mode == 3:
        return k % n
    period = 2 * n - 2 if mode == 1 else 2 * n
    if period == 0:
        return 0
    k = k % period
    if k < n:
        return k
    return period - k if mode == 1 else period - 1 - k


def pad_around_1(x, before, after, mode):
    """`mode`: 0 edge, 1 reflect, 2 symmetric, 3 wrap."""
    n = len(x)
    if before < 0 or after < 0 or (n == 0 and before + after > 0):
        raise ValueError("can't extend empty axis")
    out = np.empty(before + n + after, x.dtype)
    for i in range(len(out)):
        out[i] = x[_inside(i - before, n, mode)]
    return out


def pad_around_2(x, top, bottom, left, right, mode):
    n, m = x.shape
    if top < 0 or bottom < 0 or left < 0 or right < 0:
        raise ValueError("index can't contain negative values")
    if (n == 0 and top + bottom > 0) or (m == 0 and left + right > 0):
        raise ValueError("can't extend empty axis")
    out = np.empty((top + n + bottom, left + m + right), x.dtype)
    for i in range(out.shape[0]):
        row = _inside(i - top, n, mode)
        for j in range(out.shape[1]):
            out[i, j] = x[row, _inside(j - left, m, mode)]
    return out
