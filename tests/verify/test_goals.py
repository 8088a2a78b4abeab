"""Which outcomes a call reaches, and that watching it changes nothing."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loopwright.verify.coverage import Coverage
from loopwright.verify.reachable import reachable

CALLS: dict[str, tuple[str, tuple[object, ...], list[str]]] = {
    "a conditional expression": (
        "def f(n):\n    return 1 if n > 3 else 2",
        (5,),
        ["n > 3 is never false"],
    ),
    "the parts of a conjunction": (
        "def f(a, b):\n    if a and b > 2:\n        return 1\n    return 0",
        (1, 1),
        ["a is never false", "b > 2 is never true"],
    ),
    "a disjunction whose value is used": (
        "def f(a, b):\n    return a or b",
        (0, 3),
        ["a is never true"],
    ),
    "a comprehension": (
        "def f(v):\n    return [x for x in v if x > 0]",
        ([1, 2],),
        ["x > 0 is never false"],
    ),
    "a while on one line": (
        "def f(n):\n    while n > 3: n -= 1\n    return n",
        (2,),
        ["n > 3 is never true"],
    ),
    "a chain of comparisons": (
        "def f(n):\n    return 1 if 0 < n < 9 else 0",
        (4,),
        ["0 < n < 9 is never false"],
    ),
    "a helper": (
        "def h(n):\n    return n if n else -1\ndef f(n):\n    return h(n)",
        (4,),
        ["n is never false"],
    ),
    "a nested function": (
        "def f(n):\n    def inner(k):\n        return k if k > n else n\n    return inner(3)",
        (4,),
        ["k > n is never true"],
    ),
    "what stands behind an exception": (
        "def f(n):\n    int('x')\n    return n",
        (4,),
        ["is never reached"],
    ),
    "a handler": (
        "def f(n):\n    try:\n        return 1 // n\n    except ZeroDivisionError:\n        return 0",
        (4,),
        ["is never reached"],
    ),
    "a cached function": (
        "import functools\n@functools.cache\ndef f(n):\n    return 1 if n else 2",
        (0,),
        ["n is never true"],
    ),
    "a lambda": (
        "f = lambda n: 1 if n > 3 else 2",
        (5,),
        ["n > 3 is never false"],
    ),
    "a lambda inside, another on its line": (
        "def f(n):\n    a, b = lambda k: k or n, lambda k: 1 if k > n else 2\n    return a(0) + b(3)",
        (4,),
        ["k is never true", "k > n is never true"],
    ),
    "a property": (
        "class P:\n    @property\n    def k(self):\n        return 1 if self.n else 2\n"
        "    @k.setter\n    def k(self, n):\n        self.n = n if n > 1 else 1\n"
        "def f(n):\n    p = P()\n    p.k = n\n    return p.k",
        (4,),
        ["self.n is never false", "n > 1 is never false"],
    ),
    "static and class methods": (
        "class P:\n    @staticmethod\n    def a(n):\n        return 1 if n else 2\n"
        "    @classmethod\n    def b(cls, n):\n        return cls.a(n) if n > 1 else 1\n"
        "def f(n):\n    return P.b(n)",
        (4,),
        ["n is never false", "n > 1 is never false"],
    ),
    "code behind an outcome goes without saying": (
        "def f(n):\n    if n > 7:\n        m = n if n > 8 else 3\n        return m\n    return 0",
        (0,),
        ["n > 7 is never true"],
    ),
}


def load(folder: Path, source: str) -> Any:
    file = folder / "watched.py"
    file.write_text(textwrap.dedent(source) + "\n")
    scope: dict[str, Any] = {"__name__": "watched"}
    exec(compile(source, str(file), "exec"), scope)
    return scope["f"]


def call(function: Callable[..., object], args: tuple[object, ...]) -> object:
    try:
        return function(*args)
    except Exception as error:
        return type(error)


@pytest.mark.parametrize(("source", "args", "told"), CALLS.values(), ids=CALLS)
def test_what_a_call_misses_is_told(
    source: str, args: tuple[object, ...], told: list[str], tmp_path: Path
) -> None:
    from loopwright.verify.unreached import unreached

    function = load(tmp_path, source)
    plain = call(function, args)
    if hasattr(function, "cache_clear"):
        function.cache_clear()
    coverage = Coverage([reachable(function)], {})
    coverage.begin()
    with coverage.watch():
        watched = call(function, args)
    coverage.keep()
    assert watched == plain
    assert [missed.what.split(": ", 1)[1] for missed in unreached(coverage)] == told
    assert unreached(coverage)[0].what.startswith("watched.py:")


def test_the_distance_to_the_other_outcome_is_that_of_the_operands(tmp_path: Path) -> None:
    function = load(tmp_path, "def f(n):\n    return 1 if n * 2 == 100 else 2")
    coverage = Coverage([reachable(function)], {})
    coverage.begin()
    with coverage.watch():
        function(20)
    assert list(coverage.near.values()) == [60.0]


def test_code_is_as_it_was_when_all_is_reached(tmp_path: Path) -> None:
    function = load(tmp_path, "def f(n):\n    return 1 if n else 2")
    code = function.__code__
    coverage = Coverage([reachable(function)], {})
    coverage.begin()
    with coverage.watch():
        assert function.__code__ != code
        function(0)
        function(1)
    coverage.keep()
    coverage.refresh()
    assert not coverage.missed
    assert function.__code__ is code
    with coverage.watch():
        assert function.__code__.co_code == code.co_code
