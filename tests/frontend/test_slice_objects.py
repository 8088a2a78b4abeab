"""`slice(...)` objects that are kept in a variable."""

import numpy as np
import pytest

from .lowering import assert_same, refusal

SAME = {
    "two bounds": "    s = slice(n, n + 3)\n    return x[s] * 2, x[s].sum(), s.start\n",
    "one bound": "    s = slice(n)\n    x[s] = 7.0\n    return x\n",
    "no bound": "    s = slice(None)\n    return x[s].sum() + x[slice(None, None, 2)].sum()\n",
    "a step": "    s = slice(6, None, -n)\n    return x[s] + 0.5\n",
    "of an axis": "    s, m = slice(1, n), x.reshape(2, 4)\n    return m[:, s].sum(axis=0), m[s, 0].sum()\n",
    "parts in turn": """
    total = 0.0
    at = 0
    while at < len(x):
        s = slice(at, at + n)
        total += x[s].max() * x[s].min()
        x[s] -= 1.0
        at += n
    return total
""",
    "the one before": """
    last = slice(0, 1)
    total = 0.0
    for i in range(1, 7):
        s = slice(i, i + n)
        total = total * 0.5 + x[last].sum() - x[s].sum()
        last = s
    return total
""",
    "by a branch": """
    if n > 2:
        s = slice(1, n)
    else:
        s = slice(0, 1)
    return x[s] * 2
""",
    "in a helper": "    return part(x, slice(1, n)) + part(x, slice(0, 2))\n",
}


@pytest.mark.parametrize("body", SAME.values(), ids=SAME)
def test_a_slice_in_a_variable(body: str) -> None:
    source = f"\ndef part(x, s):\n    return x[s].sum()\n\ndef f(x, n):\n{body}"
    for n in (1, 2, 3):
        assert_same(source, np.array([3.0, 1.0, 4.0, 1.5, 9.0, 2.5, 6.0, 5.0]), n)


DECLINED = {
    "a list": "    return [1, 2, 3][slice(0, n)]\n",
    "a result": "    return slice(0, n)\n",
    "of floats": "    return x[slice(0, x[0])]\n",
}


@pytest.mark.parametrize("body", DECLINED.values(), ids=DECLINED)
def test_other_uses_are_declined(body: str) -> None:
    assert refusal(f"\ndef f(x, n):\n{body}", np.array([3.0, 1.0]), 1).code.startswith("LW")
