"""A list with two names: what is written by the one is read by the other, the types of numbers, too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .levelled import assert_same_on_all_levels
from .lowering import assert_same, refusal

A = np.linspace(0.0, 1.0, 7)

# a Python float and a np.float64 in one list: which is which is held beside the numbers
WRITTEN: dict[str, str] = {
    "by a second name": """
def f(x):
    a = [1.0] * 3
    b = a
    b[0] = x[0]
    return a
""",
    "by a second name of a parameter": """
def g(b, x):
    c = b
    c[0] = x[0]

def f(x):
    a = [1.0] * 3
    g(a, x)
    return a
""",
    "by a name of each iteration": """
def f(x):
    a = [1.0] * 3
    for i in range(3):
        b = a
        b[i] = x[i]
        b = [2.0] * 3
    return a
""",
    "by what may be either list": """
def f(x):
    a = [1.0] * 3
    c = [2.0] * 3
    b = a if x[1] > 0 else c
    b[1] = x[1]
    return a, c[1]
""",
    "by a name that one path gives": """
def f(x):
    a = [1.0] * 3
    c = [2.0] * 3
    if x[1] < 0:
        b = a
    else:
        b = c
    b[1] = x[1]
    return a[0], a[1], c[1]
""",
    "by a name of an unpacked tuple": """
def f(x):
    a = [1.0] * 3
    c, d = a, x
    c[1] = d[1]
    return a[0], a[1]
""",
    "by an item of a tuple": """
def f(x):
    a = [1.0] * 3
    t = (a, 2)
    t[0][1] = x[1]
    return a
""",
    "by a name that may be None": """
def f(x):
    a = [1.0] * 3
    b = None
    if x[1] > 0:
        b = a
    if b is not None:
        b[1] = x[1]
    return a
""",
    "by what a function hands back": """
def g(b):
    return b

def f(x):
    a = [1.0] * 3
    c = g(a)
    c[1] = x[1]
    return a
""",
    "by a function that captures it, of one type after another": """
def f(x):
    a = [1, 2, 3]

    def put(i, v):
        a[i] = v

    put(0, x[0])
    put(1, 2.5)
    return a
""",
    "tuples of numbers": """
def f(x):
    a = [(1.0, 2)] * 3
    c = a
    c[1] = (x[1], 2.0)
    return a
""",
    "by append, of two names at once": """
def f(x):
    a = b = [1.0]
    b.append(x[0])
    return a
""",
}


@pytest.mark.parametrize("source", WRITTEN.values(), ids=WRITTEN)
def test_a_type_is_read_by_the_other_name(source: str) -> None:
    assert_same_on_all_levels(source, A)


REORDERED: dict[str, str] = {
    "an assignment": "    b = a\n    b.sort()\n",
    "an annotated assignment": "    b: list = a\n    b.sort()\n",
    "an assignment in an expression": "    if len(b := a) > 0:\n        b.sort()\n",
    "a function that hands it back": "    b = (lambda q: q)(a)\n    b.sort()\n",
    "a function that captures it": "    def g():\n        return a\n    b = g()\n    a.sort()\n",
    "an item of a tuple": "    t = (a, 1)\n    b = t[0]\n    b.sort()\n",
    "the first name, after an annotated assignment": "    b: list = a\n    a.reverse()\n    a = b\n",
}


@pytest.mark.parametrize("statements", REORDERED.values(), ids=REORDERED)
def test_a_list_with_a_second_name_is_not_changed_as_a_whole(statements: str) -> None:
    source = f"\ndef f(x):\n    a = [3.0, 1.0, float(x[0])]\n{statements}    return a[0]\n"
    assert refusal(source, A).why == "this list may be known by another name"


@pytest.mark.parametrize("given", ["a", "(a, 1)[0]"])
@pytest.mark.parametrize("name", ["a", "b"])
def test_a_list_with_a_second_name_does_not_shrink(given: str, name: str) -> None:
    source = "\ndef g(q):\n    return q\n\ndef f(x):\n    a = [3.0, 1.0]\n"
    source += f"    b = g({given})\n    {name}.pop()\n    return len(a), len(b)\n"
    assert refusal(source, A).why == "a list that shrinks has a second name"


def test_a_list_that_a_function_makes_is_changed_in_any_way() -> None:
    source = """
def g(v):
    return [v, 1.0, 2.0]

def f(x):
    out = []
    for v in x:
        made = g(v)
        made.pop()
        made.sort()
        made.append(5.0)
        out.append(made[0])
    return out
"""
    assert_same(source, A)


# ------------------------------------------------------ lists from outside

GIVEN = """
def f(x, acc):
    s = 0.0
{before}    for i in range(1, len(x)):
        s += x[i]
        acc[i - 1] = s
{after}    return acc
"""


@pytest.mark.parametrize(
    "values", [[0.0] * 6, [0.5] * 9, [0.0] * 3], ids=["fits", "longer", "short"]
)
def test_the_sums_that_a_loop_keeps_go_into_a_list_from_outside(values: list[float]) -> None:
    assert_same(GIVEN.format(before="", after=""), A, values)


def test_an_element_of_the_list_is_no_second_name_of_it() -> None:
    assert_same(
        "\ndef f(x, acc):\n    s = acc[0] = x[0]\n    acc.append(s)\n    return acc\n", A, [1.0]
    )


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("    b = acc\n", "", "has a second name"),
        ("", "    b = acc\n    b[0] = 1.0\n", "has a second name"),
        ("", "    b: list = acc\n    b[0] = 1.0\n", "has a second name"),
        ("", "    acc = [s]\n", "is also assigned anew"),
    ],
    ids=["before the loop", "behind the loop", "annotated", "assigned anew"],
)
def test_a_list_from_outside_that_gets_other_types_has_one_name(
    before: str, after: str, why: str
) -> None:
    declined = refusal(GIVEN.format(before=before, after=after), A, [0.0] * 6)
    assert declined.why == f"`acc` gets an element of another type, and {why}"


# ------------------------------------------------- one number, two types

SUMMED = """
def f(x, y):
    s = {start}
    for i in range(len(x)):
        if x[i] > 2:
            s += x[i]
    return {result}
"""


@pytest.mark.parametrize("result", ["y >= s", "s < y", "y == s", "np.array([s]) != y", "-s <= y"])
@pytest.mark.parametrize("dtype", ["float64", "int8", "int64", "bool"])
@pytest.mark.parametrize("x", [A, 9 * A, np.full(3, np.nan)], ids=["none", "some", "nan"])
def test_an_array_is_compared_with_a_float_of_either_type(
    x: np.ndarray, dtype: str, result: str
) -> None:
    source = SUMMED.format(start="0.0", result=result)
    assert_same(source, x, np.arange(-1, 3).astype(dtype))


@pytest.mark.parametrize(
    ("start", "x", "dtype"),
    [("0.0", A, "float32"), ("0", np.arange(5), "uint8"), ("0", np.arange(5), "float32")],
    ids=["float32", "uint8", "an int and float32"],
)
def test_where_the_type_decides_the_dtype_it_is_not_compared(
    start: str, x: Any, dtype: str
) -> None:
    source = SUMMED.format(start=start, result="y >= s")
    assert refusal(source, x, np.arange(4).astype(dtype)).code == "LW302"


BISECTED = """
def f(x, m):
    total = 0.0
    areas = [0.0] * (len(x) - 1)
    if len(x) == 1:
        return x[0]
    for i in range(1, len(x)):
        if m[i] != 0.0:
            total += (x[i] - x[i - 1]) * m[i]
            areas[i - 1] = total
    at = np.nonzero(np.array(areas) >= total / 2.0)[0][0]
    before = 0 if at == 0 else areas[at - 1]
    return x[at] + (total / 2.0 - before) / m[at + 1]
"""


@pytest.mark.parametrize("m", [np.sin(3 * A), np.zeros(7), np.ones(7), -A, A * np.nan])
def test_a_function_with_an_early_return_and_a_list_of_sums_is_one_region(m: np.ndarray) -> None:
    assert_same(BISECTED, A, m)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_the_early_return_of_such_a_function(n: int) -> None:
    assert_same(BISECTED, A[:n], A[:n])
