"""Objects that a region makes: their attributes as variables, and what cannot be followed."""

from __future__ import annotations

import pytest

from .dispatching import agrees, declined, guarded

CLASSES = """
import numpy as np

class Welford:
    def __init__(self):
        self.n = 0
        self.mean = 0.0
        self.m2 = 0.0
        self.best = None

    def update(self, x):
        self.n += 1
        d = x - self.mean
        self.mean += d / self.n
        self.m2 += d * (x - self.mean)
        if self.best is None or x > self.best:
            self.best = x

    def var(self):
        if self.n < 2:
            return 0.0
        return self.m2 / (self.n - 1)

class Hist:
    def __init__(self, n):
        self.items = []
        self.n = n
        self.stat = Welford()

    def add(self, x):
        if len(self.items) < self.n:
            self.items.append(x)
        self.stat.update(x)

class Counter:
    total = 0

    def __init__(self):
        self.total += 1

    def inc(self):
        self.total += 1

    def __len__(self):
        return 0

def make(v):
    w = Welford()
    w.update(v)
    return w

def swap(p, q):
    p.mean, q.mean = q.mean, p.mean

"""
KEPT = {
    "None first, and numbers that change type": (
        "    w = Welford()\n    for x in xs:\n        w.update(x)\n"
        "    return w.n, w.mean, w.var(), w.best\n"
    ),
    "an object for each round of a loop": (
        "    out = []\n    for k in range(3):\n        w = Welford()\n        for x in xs:\n"
        "            w.update(x + k)\n        out.append(w.var())\n    return out\n"
    ),
    "a list and an object as attributes": (
        "    h = Hist(2)\n    for x in xs:\n        h.add(x)\n    return h.items, h.stat.var()\n"
    ),
    "a constant of the class that becomes an attribute": (
        "    c = Counter()\n    for x in xs:\n        c.inc()\n    d = Counter()\n"
        "    return c.total, d.total\n"
    ),
    "two objects, one or the other": (
        "    a = Welford()\n    b = Welford()\n    for i, x in enumerate(xs):\n        if i % 2:\n"
        "            a.update(x)\n        else:\n            b.update(x)\n"
        "    return a.mean - b.mean, a.n, b.n\n"
    ),
    "two names": (
        "    a = Welford()\n    b = a\n    for x in xs:\n        a.update(x)\n"
        "        b.update(2 * x)\n    return a.n, b.mean\n"
    ),
    "a nested function": (
        "    a = Welford()\n    def go(v):\n        a.update(v)\n        return a.mean\n"
        "    t = 0.0\n    for x in xs:\n        t += go(x)\n    return t, a.n\n"
    ),
    "a function that makes objects": (
        "    a = make(1.0)\n    b = make(2.0)\n    a.update(5.0)\n    for x in xs:\n"
        "        c = make(x)\n        b.update(c.mean)\n    return a.mean, b.mean, a.n, b.n\n"
    ),
    "objects without a name": (
        "    t = 0\n    for x in xs:\n        t += make(x).n + Welford().n\n    return t\n"
    ),
    "an argument as an attribute": (
        "    a = Welford()\n    a.mean = xs\n    for x in xs:\n        a.mean[0] += 1.0\n"
        "    return a.n\n"
    ),
    "attributes exchanged by a function": (
        "    a = Welford()\n    b = Welford()\n    for x in xs:\n        a.update(x)\n"
        "        swap(a, b)\n    swap(a, a)\n    return a.mean, b.mean\n"
    ),
}  # fmt: skip
NOT_KEPT = {
    "names exchanged": (
        "    a = Welford()\n    b = Welford()\n    for x in xs:\n        a.update(x)\n"
        "        a, b = b, a\n    return a.n\n",
        "LW302",
    ),
    "one of two objects": (
        "    a = Welford()\n    for x in xs:\n        if x < 0:\n            a = Welford()\n"
        "        a.update(x)\n    return a.n\n",
        "LW302",
    ),
    "an attribute that is deleted": ("    a = Welford()\n    del a.n\n    return xs[0]\n", "LW101"),
    "the truth of an object": ("    a = Counter()\n    return 1 if a else 2\n", None),
    "an object that is compared": ("    a = Counter()\n    return a == 1\n", None),
    "the identity of objects": ("    a = make(1.0)\n    return a is make(2.0)\n", None),
    "the length of an object": ("    a = Counter()\n    return len(a)\n", None),
    "arithmetic with an object": ("    a = Counter()\n    return a + xs[0]\n", None),
    "a constant set in the class": ("    Counter.total = 3\n    return xs[0]\n", None),
    "the class as a value": ("    c = Counter\n    return c\n", None),
    "an attribute that nobody set": ("    a = Counter()\n    return a.other\n", "LW301"),
}  # fmt: skip


@pytest.mark.parametrize("body", KEPT.values(), ids=KEPT)
@pytest.mark.parametrize("xs", [[1.0, -2.0, 0.5, 7.0], [3.0]], ids=["four", "one"])
def test_the_kernel_does_the_same(body: str, xs: list[float]) -> None:
    case = guarded(f"{CLASSES}def f(xs):\n{body}", "f", xs)
    assert agrees(case, xs)
    assert agrees(case, [])


@pytest.mark.parametrize(("body", "code"), NOT_KEPT.values(), ids=NOT_KEPT)
def test_what_cannot_be_followed_is_declined(body: str, code: str | None) -> None:
    found = declined(f"{CLASSES}def f(xs):\n{body}", "f", [1.0])
    assert code is None or found.code == code
