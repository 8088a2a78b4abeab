"""Arrays that are an argument or another one, and arrays that went through lists."""

from __future__ import annotations

import numpy as np
import pytest

from .dispatching import agrees, declined, guarded

SOURCE = """
import numpy as np

def doubled(a, n):
    return a if n > 2 else a * 2.0

def made(a, n):
    return np.zeros(3) if n > 2 else a

def in_tuples(a, n):
    return (a, 1) if n > 2 else (a * 2.0, 2)

def changed(a, n):
    x = a if n > 2 else a + 1.0
    x[0] = 5.0
    return x

def in_a_loop(a, n):
    for i in range(n):
        a = a if a[0] > 3.0 else a + 1.0
    return a

def listed(a, n):
    return [a if n > 2 else -a, n]

class Model:
    def __init__(self, w):
        self.w = w

    def step(self, n):
        for i in range(n):
            self.w = self.w if n > 2 else self.w * 2.0

def picked(a, b):
    best = a
    for v in (a, b):
        if v[0] > best[0]:
            best = v
    return best

def greatest(a, b):
    return max(a, b, key=np.sum)

def second(a, b):
    both = [a, b]
    return both[1]

def unpacked(a, b):
    x, y = [a, b]
    return x

def popped(a, b):
    both = [a, b]
    return both.pop()

def appended(a, b):
    out = []
    out.append(a)
    return out[0]

def own(a, b):
    both = [a * 2.0, b * 3.0]
    return both[1]

def total(a, b):
    return sum([v.sum() for v in [a, b]]) + [a, b][1][0]
"""


@pytest.mark.parametrize("name", ["doubled", "made", "in_tuples", "changed", "in_a_loop", "listed"])
def test_a_new_array_is_not_the_argument(name: str) -> None:
    case = guarded(SOURCE, name, np.ones(2), 1)
    for n in (0, 1, 3, 5):
        a = np.array([0.5, 2.0])
        ran, found = case.fast(a, n)
        b = np.array([0.5, 2.0])
        wanted = case.original(b, n)
        assert ran
        assert repr(found) == repr(wanted) and repr(a) == repr(b)
        assert (found is a) == (wanted is b)


def test_an_attribute_is_rebound_to_a_new_array() -> None:
    case = guarded(SOURCE, "Model.step", lambda s: s["Model"](np.ones(2)), 2)
    for n in (0, 1, 2, 3):
        assert agrees(case, case.space["Model"](np.array([1.0, 3.0])), n)


@pytest.mark.parametrize("name", ["picked", "greatest", "second", "unpacked", "popped", "appended"])
def test_an_argument_does_not_come_back_as_a_copy(name: str) -> None:
    assert declined(SOURCE, name, np.ones(2), np.zeros(2)).code == "LW110"


@pytest.mark.parametrize("name", ["own", "total"])
def test_what_is_no_argument_may_go_through_a_list(name: str) -> None:
    assert agrees(guarded(SOURCE, name, np.ones(2), np.zeros(2)), np.ones(2), np.arange(2.0))


def test_a_mask_for_two_axes_beside_a_view() -> None:
    source = (
        "def f(c, m):\n    for i in range(2):\n        c[0, 0, 0] += 1.0\n"
        "    return c[m, 0].shape[0], c[:, m].sum()\n"
    )
    case = guarded(source, "f", np.ones((2, 2, 2)), np.ones((2, 2), bool))
    agrees(case, np.ones((2, 2, 2)), np.array([[True, False], [True, True]]))
