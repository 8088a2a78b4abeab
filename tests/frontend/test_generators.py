"""Generators that are run over at once, and those that a name holds until then."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loopwright.diagnostics import Declined
from loopwright.frontend.lower import lower
from loopwright.frontend.outline import region_of_function
from loopwright.frontend.region import Module, Region
from loopwright.ir.types import Array

from .lowering import assert_same, by_kernel, by_python, refusal

X = np.arange(12.0).reshape(4, 3)[::-1]
XS = [3.0, 1.0, 2.0]

NEIGHBOURS = """
def distance(a, b):
    return ((a - b) ** 2).sum()

def f(rows, labels, x):
    distances = (distance(x, row) for row in rows)
    neighbours = sorted(((d, t) for (d, t) in zip(distances, labels)), key=lambda x: x[0])
    return [t for (_, t) in neighbours[:2]]
"""


@pytest.mark.parametrize("rows", (X, X[:3], X[:1], X[:0]), ids=len)
def test_the_nearest_neighbours(rows: Any) -> None:
    assert_same(NEIGHBOURS, rows, np.array([3, 1, 2, 1]), X[1])


USES = (
    "sum(g)", "min(g)", "max(g)", "list(g)", "sorted(g)", "any(g)", "all(g)", "sum(v for v in g)",
    "[v for v in g if v > 2]", "sum(a * b for a, b in zip(g, xs))", "list(enumerate(g, 1))",
    "sum(i * v for i, v in enumerate(g))", "sum(g, 10)", "sum(y for y in (x + 1 for x in g))",
    "1 if sum(g) > 2 else 0", "[sum(g), k]", "sorted(g, key=lambda t: -t)", "sum([x for x in g])",
    "max(x * 2 for x in g)", "np.array(list(g))",
)  # fmt: skip


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("items", ("x * k for x in xs", "x - k for x in xs if x > 1"), ids=str)
def test_a_name_holds_it(use: str, items: str) -> None:
    source = f"\ndef f(xs, k):\n    g = ({items})\n    return {use}\n"
    if "if" in items and ("zip" in use or "enumerate" in use or " in g" in use):
        assert refusal(source, XS, 2.0).code == "LW103"  # how many there are is not known
    else:
        assert_same(source, XS, 2.0)


LOOPS = {
    "what it reads may change meanwhile": """
    for v in g:
        k += 1
        t = t * 2 + v
""",
    "and be used nowhere else": """
    a = 0
    for v in g:
        t += v
""",
    "and be another object": """
    for v in g:
        xs = xs * 2
        t += v
""",
    "or other items": """
    for v in g:
        xs[2] += 1
        t += v
""",
    "not all are needed": """
    for v in g:
        t += v
        if t > 8:
            break
    else:
        t = -t
""",
    "after steps without effect": """
    n = len(xs)
    m = n + xs.shape[0]
    for v in g:
        t += v * m
""",
    "in a loop": """
    t += sum(g)
    for i in range(3):
        h = (x * i for x in xs)
        for v in h:
            t += v
""",
}


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_a_loop_over_it(loop: str) -> None:
    b = "b = k * 3\n    g = (x * b + k for x in xs)"
    assert_same(f"\ndef f(xs, k):\n    t = 0.0\n    {b}\n{loop}\n    return t\n", np.array(XS), 2.0)


def test_a_list_may_grow_meanwhile() -> None:
    source = """
def f(xs):
    g = (x * 2 for x in xs)
    t = 0.0
    for v in g:
        t += v
        if len(xs) < 6:
            xs.append(v)
    return t
"""
    assert_same(source, XS)


PARTNER = """
def f(xs, ys):
    g = (1 / x for x in xs)
    return [a * b for a, b in zip(g, ys)]
"""


def test_an_item_without_a_partner_may_fail() -> None:
    assert_same(PARTNER, [1.0, 2.0], [1.0, 2.0, 3.0])
    for xs in ([1.0, 0.0], [1.0, 3.0]):
        assert by_kernel(PARTNER, (xs, [1.0])).failed is not None
    assert by_python(PARTNER, ([1.0, 0.0], [1.0])).failed is not None


KEPT = {
    "twice": "    return sum(g) + sum(g)\n",
    "in a loop": "    return [x + sum(g) for x in xs]\n",
    "perhaps": "    return k > 1 and sum(g)\n",
    "by a function of later": "    return (lambda: sum(g))()\n",
    "by a helper": "    return total(g)\n",
    "as a value": "    return len(g)\n",
    "after the list was changed": "    xs[0] = 5.0\n    return sum(g)\n",
    "after another list has its name": "    xs = [1.0]\n    return sum(g)\n",
    "after a name was bound within": "    return (xs := [1.0])[0] + sum(g)\n",
    "by another generator": "    h = (v + 1 for v in g)\n    return sum(h)\n",
    "in a branch": "    if k > 1:\n        return sum(g)\n    return 0.0\n",
    "backwards": "    return [v for v in reversed(g)]\n",
}


@pytest.mark.parametrize("use", KEPT.values(), ids=KEPT)
def test_other_uses_are_declined(use: str) -> None:
    head = "\ndef total(items):\n    return sum(items)\n"
    declined = refusal(f"{head}\ndef f(xs, k):\n    g = (x * k for x in xs)\n{use}", XS, 2.0)
    assert declined.code == ("LW111" if "reversed" in use else "LW103")


def test_an_attribute_may_be_set_before_it_is_run_over() -> None:
    source = """
class Model:
    def shift(self):
        self.rows = self.rows + 1
        return 0.0

    def f(self):
        g = (x * 2 for x in self.rows)
        return self.shift() + sum(g)
"""
    module = Module(Path("model.py"), "model", source, ast.parse(source))
    region = region_of_function(module, "Model.f")
    assert isinstance(region, Region)
    declined = lower(region, {v.name: Array("float64", 1) for v in region.live_ins})
    assert isinstance(declined, Declined) and "a generator is covered" in declined.why
