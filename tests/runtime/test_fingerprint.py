"""Which edits make a kernel stale."""

from __future__ import annotations

import pytest

from loopwright.runtime.fingerprint import fingerprints

HEAD = '''
import numpy as np
from math import sqrt

RATE = 0.5
scale = lambda x: x * 2


def _load_kernels():
    return "_loopwright"


_kernels = _load_kernels()


def square(x):
    return helper(x) * x


def helper(x):
    return abs(x)


def unrelated(x):
    return x


class Model:
    def step(self, x):
        return x + 1

    def other(self, x):
        return x

    def fit(self, X, n):
        lr = 0.1
        if not _kernels.fit(self, X, n):  # loopwright: numba
            for i in range(n):
                X[i] = self.step(X[i]) + sqrt(square(X[i])) * scale(1.0)
        return lr


def body(a, b):
    """Doc."""
    if (_out := _kernels.body(a, b)) is not None:
        return _out
    # a comment
    total = 0.0
    for x in a:
        total += x * b
    return total
'''

EDITS = {
    "a comment": ("# a comment", "# another", set()),
    "layout": ("for i in range(n):", "for i in range( n ) :", set()),
    "another function": (
        "def unrelated(x):\n    return x",
        "def unrelated(x):\n    return -x",
        set(),
    ),
    "another method": (
        "def other(self, x):\n        return x",
        "def other(self, x): return 1",
        set(),
    ),
    "a value that is not used": ("RATE = 0.5", "RATE = 0.25", set()),
    "the code around it": ("lr = 0.1", "lr = 0.2", set()),
    "the docstring": ('"""Doc."""', '"""More."""', set()),
    "the loop": ("X[i] = self", "X[i] = -self", {"fit"}),
    "the body": ("total += x * b", "total += x + b", {"body"}),
    "a statement added at the end": (
        "    return total",
        "    total += 1\n    return total",
        {"body"},
    ),
    "the type of a constant": ("total = 0.0", "total = 0", {"body"}),
    "the call": ("_kernels.fit(self, X, n)", "_kernels.fit(self, X, n + 1)", {"fit"}),
    "a method that it calls": ("return x + 1", "return x + 2", {"fit"}),
    "a function that it calls": ("return helper(x) * x", "return helper(x)", {"fit"}),
    "a function called by one": ("return abs(x)", "return x", {"fit"}),
    "a lambda that it calls": ("x * 2", "x * 3", {"fit"}),
    "an import": ("from math import sqrt", "from cmath import sqrt", {"fit"}),
    "a name shadowed in the module": ("RATE = 0.5", "def sqrt(x): return x", {"fit"}),
    "a builtin shadowed in the module": ("RATE = 0.5", "def range(n): return []", {"fit"}),
    "a builtin shadowed in the function": ("lr = 0.1", "from x import range", {"fit"}),
    "a function wrapped": ("def helper(x):", "@np.vectorize\ndef helper(x):", {"fit"}),
    "a star import": ("RATE = 0.5", "from numpy import *", {"fit", "body"}),
    "a global declaration": ("    lr = 0.1", "    global X\n        lr = 0.1", {"fit"}),
}


@pytest.mark.parametrize("case", EDITS.values(), ids=EDITS)
def test_what_an_edit_makes_stale(case: tuple[str, str, set[str]]) -> None:
    old, new, stale = case
    assert HEAD.count(old) == 1, old
    before = fingerprints(HEAD.encode(), {})
    if old == "    lr = 0.1":
        new = "    global G\n        lr = 0.1"
    after = fingerprints(HEAD.replace(old, new).encode(), {})
    assert set(before) == set(after) == {"fit", "body"}
    assert {name for name in before if before[name] != after[name]} == stale


def test_what_gives_a_default_counts_even_if_the_call_hands_it_over() -> None:
    text = """
def _load_kernels():
    return "_loopwright"


_kernels = _load_kernels()
TOL = 1e-3


def near(x, tol=TOL):
    return x < tol


def f(x):
    if (_out := _kernels.f(x, TOL)) is not None:
        return _out
    return near(x) + TOL
"""
    assert fingerprints(text.encode(), {}) != fingerprints(text.replace("3", "4").encode(), {})


def test_a_copy_of_the_call_that_was_edited_shows() -> None:
    start = HEAD.index("def body")
    copy = HEAD[start:].replace("def body", "def body2").replace("total += x", "total -= x")
    assert len(fingerprints((HEAD + copy).encode(), {})["body"]) == 2


def test_line_ends_do_not_matter() -> None:
    assert fingerprints(HEAD.replace("\n", "\r\n").encode(), {}) == fingerprints(HEAD.encode(), {})


def test_text_without_kernels_has_no_fingerprints() -> None:
    assert fingerprints(b"x = 1\n", {}) == {}
    assert fingerprints(b"def _load_kernels(): ...\n_k = _load_kernels()\n", {}) == {}


OBJECTS = """
def _load_kernels():
    return "_loopwright"


_kernels = _load_kernels()


class Base:
    def scale(self, x):
        return x * 2


class Filter(Base):
    LIMIT = 3

    def __init__(self, gain):
        self.gain = gain

    def step(self, x):
        return self.scale(x) + self.gain

    def shown(self):
        return "filter"


def given(filt, xs):
    if (_out := _kernels.given(filt, xs)) is not None:
        return _out
    t = 0.0
    for x in xs:
        t += filt.step(x)
    return t


def made(xs):
    if (_out := _kernels.made(xs)) is not None:
        return _out
    filt = Filter(1.0)
    t = 0.0
    for x in xs:
        t += filt.step(x) + filt.LIMIT
    return t
"""
CLASS_EDITS = {
    "a method of an object": ("+ self.gain", "- self.gain", {"given", "made"}),
    "an inherited method that it calls": ("x * 2", "x * 3", {"given", "made"}),
    "a method that is not called": ('"filter"', '"a filter"', set()),
    "the constructor": ("self.gain = gain", "self.gain = -gain", {"made"}),
    "a constant of the class": ("LIMIT = 3", "LIMIT = 4", {"made"}),
    "the base of the class": ("class Filter(Base)", "class Filter", {"made"}),
}


@pytest.mark.parametrize("case", CLASS_EDITS.values(), ids=CLASS_EDITS)
def test_what_an_edit_of_a_class_makes_stale(case: tuple[str, str, set[str]]) -> None:
    old, new, stale = case
    assert OBJECTS.count(old) == 1, old
    before = fingerprints(OBJECTS.encode(), {})
    after = fingerprints(OBJECTS.replace(old, new).encode(), {})
    assert {name for name in before if before[name] != after[name]} == stale


INDIRECT = """
def _load_kernels():
    return "_loopwright"


_kernels = _load_kernels()


def double(x):
    return x * 2


class Base:
    def scale(self, x):
        return x * self.rate()

    def rate(self):
        return double(0.25)


class Filter(Base):
    def step(self, x):
        return self.scale(x) + double(x)

    def run(self, xs):
        if (_out := _kernels.run(self, xs)) is not None:
            return _out
        t = 0.0
        for x in xs:
            t += self.step(x)
        return t


def nested(xs):
    def outside(v):
        return double(v) + 1

    def within(ys):
        def inner(v):
            return outside(v) - 1

        t = 0.0
        if (_out := _kernels.nested(ys, t)) is None:
            for y in ys:
                t += inner(y)
        else:
            t = _out
        return t

    return within(xs)
"""
INDIRECT_EDITS = {
    "a function behind a method and behind nested functions": ("x * 2", "x * 3", {"run", "nested"}),
    "an inherited method behind a method": ("x * self.rate()", "x + self.rate()", {"run"}),
    "a method behind an inherited one": ("double(0.25)", "double(0.5)", {"run"}),
    "a nested function": ("- 1", "- 2", {"nested"}),
    "a function around it that a nested one calls": ("+ 1", "+ 2", {"nested"}),
}


@pytest.mark.parametrize("case", INDIRECT_EDITS.values(), ids=INDIRECT_EDITS)
def test_what_is_called_through_others_counts(case: tuple[str, str, set[str]]) -> None:
    old, new, stale = case
    assert INDIRECT.count(old) == 1, old
    before = fingerprints(INDIRECT.encode(), {})
    after = fingerprints(INDIRECT.replace(old, new).encode(), {})
    assert {name for name in before if before[name] != after[name]} == stale
