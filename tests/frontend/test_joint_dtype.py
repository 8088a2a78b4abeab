"""Arrays of lists whose numbers are of several types: the widest tells the dtype, if it is among them."""

from __future__ import annotations

import numpy as np
import pytest

from ..splice.dispatching import agrees, guarded
from .lowering import refusal

MIXED = {
    "an operand": "x + [n if v > 1 else v for v in x]",
    "added in place": "add(x, [n if v > 1 else v for v in x])",
    "an argument of a function": "np.sum([n if v > 1 else v for v in x])",
    "an array of rows": "np.array([[n if v > 1 else v, 3] for v in x])",
    "an array of rows that are joined": "np.array(joined(x, n))",
    "an array of pairs": "np.array([(n if v > 1 else v, 3) for v in x])",
}
SOURCE = """
import numpy as np

def add(x, y):
    x += y
    return x.sum()

def joined(x, n):
    rows = []
    for v in x:
        row = [3]
        row.append(n if v > 1 else v)
        rows.append(row)
    return rows

def f(x, n):
    return {}
"""


@pytest.mark.parametrize("name", MIXED)
def test_the_kernel_gives_up_where_the_widest_type_is_not_there(name: str) -> None:
    case = guarded(SOURCE.format(MIXED[name]), "f", np.array([1.5, 2.0, -3.0]), 2)
    assert agrees(case, np.array([1.5, 0.5, -3.0]), 2)
    assert agrees(case, np.array([-0.0, 0.5, -3.0]), 2)
    assert not agrees(case, np.array([1.5, 2.5, 3.5]), 2)
    assert not agrees(case, np.array([1.5, 0.5]), 2**60)
    agrees(case, np.empty(0), 2)


def test_a_bool_among_ints_is_a_number() -> None:
    source = "def f(x):\n    return x[[0 if v > 1 else True for v in x]]"
    case = guarded(source, "f", np.array([1.5, 2.0, -3.0]))
    assert agrees(case, np.array([1.5, 2.0, -3.0]))
    assert not agrees(case, np.array([0.5, 0.0, -3.0]))


def test_none_is_no_number() -> None:
    source = "def f(x):\n    return np.sum([None if v > 1 else 1 for v in x])"
    assert refusal(source, np.ones(2)).code == "LW304"
