"""Which lists of lists and arrays are held by joined rows, and which in columns: bodies of `f(x, n)`."""

from __future__ import annotations

import numpy as np
import pytest

from loopwright.ir.nodes import Append
from loopwright.ir.walk import walk_stmts

from ..made_rows import function_of
from .lowering import assert_same, by_kernel, program_for, refusal

X = np.arange(12.0).reshape(4, 3)

ROWS = {
    "rows of an argument stand beside other arrays": """
out = []
for row in x:
    out.append(row)
out.append(x[0] * 2)
out.append(out[0])
return len(out), out[-1][1], sum(r[2] for r in out)
""",
    "arrays of several lengths one behind the other": """
out = []
for i in range(n):
    out.append(x[0][i:])
return np.concatenate(out), np.hstack([x[1][i:] for i in range(n)])
""",
    "a part of the rows of an argument": """
out = []
for row in x:
    out.append(row)
return out[1:], out[::-1], np.mean(out, axis=0)
""",
    "rows of an argument give way to others": """
old = [x[i] for i in range(2)]
for _ in range(n):
    new = []
    for k in range(2):
        new.append(old[k] + x[k + 1])
    old = new
return old[0][1], old[1].sum()
""",
    "views that are only read": """
out = []
part = x[1:]
for row in part:
    out.append(row)
out.append(out[0])
return len(out), out[-1][1], sum(r[2] for r in out)
""",
    "a table that grows": """
out = [[i, i * i] for i in range(n)]
out.append([n])
return out, [[0.5] * 2 for _ in range(n)]
""",
}
COLUMNS = {
    "an array is made of them": """
out = []
for row in x:
    out.append(row * 2)
return np.array(out)
""",
    "they are arithmetic with an array": """
return [row * 2 for row in x] - x
""",
    "a part is taken": """
out = [row * 2 for row in x]
return len(out[1:])
""",
    "the list gets shorter": """
out = [row * 2 for row in x]
last = out.pop()
return last.sum(), len(out)
""",
    "the list comes from a function": """
def make(k):
    return [x[i] * 2 for i in range(k)]
return np.vstack(make(n)), len(make(2))
""",
    "the list goes to a function": """
def both(rows):
    return np.array(rows)
out = [row * 2 for row in x]
return both(out), len(out)
""",
}
BOTH = """
ends = [x[0][i:] for i in range(3)]
rows = [row * 2 for row in x]
return np.concatenate(ends), np.stack(rows)
"""
TWICE = {
    "an array by a display": ("LW110", "v = x[0] * 2\nreturn [v, v]"),
    "an array by a comprehension": ("LW110", "v = x[0] * 2\nreturn [v for _ in range(n)]"),
    "an array with more axes": ("LW110", "v = x * 2\nreturn [v for _ in range(n)]"),
    "an array that a function hands out twice": (
        "LW110",
        "def g():\n    v = np.zeros(n)\n    return v, v\nreturn [*g()]",
    ),
    "an array that a function hands out twice, in a loop": (
        "LW110",
        "def g():\n    v = np.zeros(n)\n    return v, v\n"
        "out = []\nfor r in g():\n    out.append(r)\nreturn out",
    ),
    "an array that a function hands out twice, as a list": (
        "LW110",
        "def g():\n    v = np.zeros(n)\n    return v, v\nreturn list(g())",
    ),
    "an array by a display with a star": ("LW110", "v = x[0] * 2\nreturn [v, *[v]]"),
    "arrays of a list by stars": ("LW110", "t = [x[0] * 2]\nreturn [*t, *t]"),
    "a list that a function hands out twice": (
        "LW110",
        "def g():\n    v = [n]\n    return v, v\nreturn [*g()]",
    ),
    "a list by a display": ("LW110", "v = [n]\nreturn [v, v]"),
    "a list by a comprehension": ("LW110", "v = [n]\nreturn [v for _ in range(n) if n]"),
}


def _appends(body: str) -> int:
    program, _, _ = program_for(function_of(body), (X, 4))
    functions = (program.main, *program.helpers)
    return sum(isinstance(s, Append) for f in functions for s in walk_stmts(f.body))


@pytest.mark.parametrize("body", ROWS.values(), ids=ROWS)
def test_rows_are_joined_or_numbered(body: str) -> None:
    assert_same(function_of(body), X, 3)
    assert _appends(body) > 0


@pytest.mark.parametrize("body", COLUMNS.values(), ids=COLUMNS)
def test_columns_where(body: str) -> None:
    assert_same(function_of(body), X, 3)
    assert _appends(body) == 0


def test_one_list_may_be_rows_and_another_columns() -> None:
    assert_same(function_of(BOTH), X, 3)


@pytest.mark.parametrize(("code", "body"), TWICE.values(), ids=TWICE)
def test_what_a_result_holds_twice_is_declined(code: str, body: str) -> None:
    assert refusal(function_of(body), X, 3).code == code


def test_no_arrays_to_join_are_left_to_the_original() -> None:
    body = "return np.concatenate([x[0][i:] for i in range(n - n)])"
    assert by_kernel(function_of(body), (X, 3)).failed is not None
