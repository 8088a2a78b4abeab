"""Loops over generator functions: step by step as in Python, or declined."""

import ast
from pathlib import Path

import numpy as np
import pytest

from loopwright.diagnostics import Declined
from loopwright.frontend.lower import lower
from loopwright.frontend.outline import region_of_function
from loopwright.frontend.region import Module, Region
from loopwright.ir.interp import rebuild, run
from loopwright.ir.types import INT, Array

from .lowering import assert_same, refusal

SAME = {
    "a loop with one yield": """
def steps(n, k):
    for i in range(n):
        v = i * k
        yield v, v + 1

def f(xs, n):
    out = []
    for a, b in steps(n, 3):
        out.append(a * b + xs[0])
    return out
""",
    "several places": """
def ends(lo, hi):
    yield lo
    while lo < hi:
        if lo % 2:
            yield lo
        else:
            yield -lo
        lo += 1
    yield hi
    return

def f(xs, n):
    total = 0
    for v in ends(xs[0], n):
        total = total * 2 + v
    else:
        total += 1
    return total
""",
    "what the loop changes is seen at once": """
def items(data):
    for i in range(len(data)):
        yield data[i]

def f(xs, n):
    out = []
    for i, v in enumerate(xs):
        xs[i] = v + n
    k = 0
    for v in items(xs):
        k += 1
        if k < len(xs):
            xs[k] = xs[k] + v
        out.append(v)
    return out
""",
    "a step that is left": """
def items(data):
    for v in data:
        if v > 2:
            yield v
        else:
            yield 0

def f(xs, n):
    total = 0
    for v in items(xs):
        if v == n:
            continue
        total += v
    return total
""",
    "the result": """
def items(data):
    for v in data:
        yield v * 2

def f(xs, n):
    for v in items(xs):
        if v > n:
            return v
    return -1
""",
    "one in another": """
def inner(n):
    for i in range(n):
        yield i

def outer(n):
    for i in inner(n):
        for j in inner(i):
            yield i, j

def f(xs, n):
    t = 0
    for i, j in outer(n):
        for k in inner(j):
            t = t * 3 + k + i
            t = t % 1009
    return t
""",
    "names of its own": """
def items(data, t=5):
    v = 1
    for x in data:
        t = t + x
        v = v + 1
        yield t - v

def f(xs, n):
    t, x = 100, 7
    out = []
    for v in items(xs):
        out.append(v + t + x)
    return out, t, x
""",
    "what is left behind": """
def items(n):
    for i in range(n):
        yield i

def f(xs, n):
    v = -1
    for v in items(n - 4 + xs[0] % 2):
        w = v
    return v
""",
    "all items at once": """
def items(data):
    for v in data:
        if v % 3:
            yield v * 2
    yield 7

def f(xs, n):
    a = [v + 1 for v in items(xs) if v > 3 for k in range(n)]
    return sum(items(xs)), list(items(xs)), sorted(items(xs)), max(items(xs)), a
""",
    "pairs in a comprehension": """
def items(data):
    for i, v in enumerate(data):
        yield i, v

def f(xs, n):
    return [i * v for i, v in items(xs)], sum(a + b for a, b in items(xs))
""",
    "a list that it makes": """
def runs(data):
    got = []
    for v in data:
        got.append(v)
        if v % 2:
            yield len(got)
    yield sum(got)

def f(xs, n):
    got = [0]
    for m in runs(xs):
        got.append(m)
    return got
""",
}


@pytest.mark.parametrize("source", SAME.values(), ids=SAME)
def test_a_loop_over_a_generator_function(source: str) -> None:
    for xs in ([1], [4], [5, 3, 8, 5, 0, 7]):
        assert_same(source, xs, 4)


ITEMS = "\ndef items(data):\n    for v in data:\n        yield v\n"
DECLINED = {
    "a loop that ends early": (
        ITEMS,
        "    for v in items(xs):\n        if v:\n            break\n    return n\n",
    ),
    "a return": (
        "\ndef items(data):\n    for v in data:\n        if v:\n            return\n        yield v\n",
        "    t = 0\n    for v in items(xs):\n        t += v\n    return t\n",
    ),
    "a step that is left before the generator goes on": (
        "\ndef items(data):\n    t = 0\n    for v in data:\n        yield v + t\n        t += 1\n",
        "    t = 0\n    for v in items(xs):\n        if v:\n            continue\n        t += v\n"
        "    return t\n",
    ),
    "what is sent in": (
        "\ndef items(data):\n    for v in data:\n        k = yield v\n",
        "    t = 0\n    for v in items(xs):\n        t += v\n    return t\n",
    ),
    "another generator": (
        "\ndef items(data):\n    yield from data\n",
        "    t = 0\n    for v in items(xs):\n        t += v\n    return t\n",
    ),
    "itself": (
        "\ndef items(data):\n    yield 1\n    for v in items(data):\n        yield v\n",
        "    t = 0\n    for v in items(xs):\n        t += v\n    return t\n",
    ),
    "a global that has another meaning here": (
        "\nk = 2\ndef items(data):\n    for v in data:\n        yield v * k\n",
        "    k = 3\n    t = 0\n    for v in items(xs):\n        t += v * k\n    return t\n",
    ),
    "a list of the caller that grows meanwhile": (
        ITEMS,
        "    for v in items(xs):\n        if len(xs) < n:\n            xs.append(v)\n    return xs\n",
    ),
    "a dict that grows meanwhile": (
        ITEMS,
        "    d = {1: 2}\n    for v in items(d):\n        if len(d) > n:\n            d[v + 1] = v\n"
        "    return n\n",
    ),
    "a value": (ITEMS, "    return items(xs)\n"),
    "as far as it decides": (ITEMS, "    return any(items(xs))\n"),
    "as far as one decides": (
        ITEMS,
        "    return all(v > k for k in range(n) for v in items(xs))\n",
    ),
    "beside another": (ITEMS, "    return [a * b for a, b in zip(items(xs), xs)]\n"),
}


@pytest.mark.parametrize(("head", "body"), DECLINED.values(), ids=DECLINED)
def test_what_would_differ_is_declined(head: str, body: str) -> None:
    assert refusal(f"{head}\ndef f(xs, n):\n{body}", [3, 1, 2], 9).code.startswith(("LW1", "LW28"))


METHOD = """
class Model:
    def batches(self, x, n):
        order = np.arange(len(x))
        for start in range(0, len(x), n):
            self.seen = self.seen + 1
            yield order[start : start + n]

    def f(self, x):
        total = 0.0
        for rows in self.batches(x, self.size):
            for i in rows:
                total += x[i] * self.seen
        return total
"""


def test_a_method_that_yields_is_compiled_along() -> None:
    text = f"import numpy as np\n{METHOD}"
    module = Module(Path("model.py"), "model", text, ast.parse(text))
    region = region_of_function(module, "Model.f")
    assert isinstance(region, Region)
    types = {"x": Array("float64", 1), "self.size": INT, "self.seen": INT}
    assert region.stores == ("self.seen",)
    lowered = lower(region, {v.name: types[v.path] for v in region.live_ins})
    assert not isinstance(lowered, Declined), lowered
    x = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    given = {"x": x, "self.size": 2, "self.seen": 3}
    results = run(lowered.program, [given[p.path] for p in lowered.domain.params])
    assert rebuild(lowered.program, results, []) == (6, 3.0 * 4 + 12.0 * 5 + 16.0 * 6)
