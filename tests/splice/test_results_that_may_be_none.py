"""Functions and loops whose single result may be None: that is no reason to run the original."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from loopwright.splice import Placement, splice

from .dispatching import agrees, guarded

SOURCE = """
import numpy as np


def found(xs, limit):
    for k in range(len(xs)):
        if xs[k] > limit:
            return k
    return None


def nothing(xs, limit):
    for k in range(len(xs)):
        if xs[k] > limit:
            return


def pair(xs, limit):
    for k in range(1, len(xs)):
        if xs[k] + xs[k - 1] > limit:
            return k - 1, xs[k]


def handed_back(xs, limit):
    best = None
    for x in xs:
        if x > limit and (best is None or x > best):
            best = x
    return best


class Kept:
    def __init__(self):
        self.last = 7

    def run(self, xs, limit):
        self.last = None
        for k in range(len(xs)):
            if xs[k] > limit:
                self.last = k

    def clear(self, xs, limit):
        for k in range(len(xs)):
            xs[k] = xs[k] * limit
            self.last = None

    def place(self, xs, limit):
        low = high = 0.0
        for x in xs:
            low += x
            high += x * limit
        self.last = (low, high)

    def both(self, xs, limit):
        best = None
        for x in xs:
            if x > limit:
                best = x
        self.last = best, limit
        return best
"""
XS = [0.5, 2.0, 1.0, 3.0]


@pytest.mark.parametrize("name", ["found", "nothing", "pair", "handed_back"])
@pytest.mark.parametrize("limit", [0.0, 2.5, 9.0])
def test_the_kernel_answers_whether_it_is_none_or_not(name: str, limit: float) -> None:
    case = guarded(SOURCE, name, XS, 0.0)
    assert agrees(case, XS, limit)
    assert agrees(case, [], limit)


@pytest.mark.parametrize("limit", [0.0, 9.0])
def test_an_attribute_that_becomes_none(limit: float) -> None:
    made: dict[str, Any] = {}
    exec(SOURCE, made)
    case = guarded(SOURCE, "Kept.run", made["Kept"](), XS, 1.0)
    mine, theirs = made["Kept"](), made["Kept"]()
    taken, value = case.fast(mine, XS, limit)
    assert (taken, value) == (True, theirs.run(XS, limit))
    assert mine.last == theirs.last


@pytest.mark.parametrize("name", ["run", "clear", "place", "both"])
@pytest.mark.parametrize("limit", [0.0, 9.0])
def test_the_lines_at_the_call_set_and_return_what_the_original_does(
    name: str, limit: float
) -> None:
    """Also where all that is set is None, or is a tuple itself."""
    case = guarded(SOURCE, f"Kept.{name}", _made("Kept", SOURCE), XS, 1.0)
    text = splice(case.region.module, [Placement(case.lowered, "fast", "numpy, tested, 9x")])
    assert isinstance(text, str)
    with pytest.warns(RuntimeWarning):  # there is no folder with kernels
        mine = _made("Kept", text, lambda *args: (answers.append(args), case.kernel(*args))[1])
    answers: list[Any] = []
    theirs = _made("Kept", SOURCE)
    xs, ys = list(XS), list(XS)
    assert getattr(mine, name)(xs, limit) == getattr(theirs, name)(ys, limit)
    assert (mine.last, xs) == (theirs.last, ys)
    assert answers and case.fast(_made("Kept", SOURCE), list(XS), limit)[0]


def _made(name: str, source: str, kernel: Any = None) -> Any:
    """An object of the class; the calls in its methods go to `kernel`."""
    space: dict[str, Any] = {"__name__": "kept", "__file__": "kept.py"}
    exec(compile(source, "kept.py", "exec"), space)
    if kernel is not None:
        space["_kernels"] = SimpleNamespace(fast=kernel)
    return space[name]()
