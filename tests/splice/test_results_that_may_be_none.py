"""Functions and loops whose single result may be None: that is no reason to run the original."""

from __future__ import annotations

from typing import Any

import pytest

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
