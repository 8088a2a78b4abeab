"""Branches that print, log, warn or raise: compiled code gives up there, and the original starts anew."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .dispatching import agrees, guarded

SOURCE = """
import logging
import numpy as np
import numpy.exceptions as problems
from fractions import Fraction as Odd

logger = logging.getLogger("somewhere")

def step(X, s, i):
    for v in X:
        s += v * i
    return s

def printing(X, n, verbose=False):
    s = 0.0
    for i in range(n):
        s = step(X, s, i)
        if verbose:
            shown = f"{i}: {s:.3f}"
            print(shown, logger)
    return s

def logging_else(X, n, quiet=True):
    s = 0.0
    for i in range(n):
        s = step(X, s, i)
        if quiet:
            s += 1
        else:
            logger.warning("at %s", s)
            s -= 1
    return s

def saving(X, n, saver=None):
    s = 0.0
    for i in range(n):
        s = step(X, s, i)
        if saver is not None:
            saver.save()
    return s

def raising(X, n):
    s = 0.0
    if n < 0:
        raise problems.AxisError(str(Odd(n)))
    for i in range(n):
        s = step(X, s, i)
        assert s < 1e9, Odd(3)
    return s

class Model:
    def __init__(self, verbose):
        self.verbose = verbose
        self.shown = 0
        self.history = []
        self.out = None

    def fit(self, X, n):
        s = 0.0
        for i in range(n):
            s = step(X, s, i)
            if self.verbose > 1:
                self.shown += 1
                print(i, self.out.name if self.out else "", end=";")
            if self.out:
                self.out.write(str(i))
            self.history.append(s)
        return s
"""

X = np.arange(6.0)


class Saver:
    def __init__(self) -> None:
        self.saved = 0

    def save(self) -> None:
        self.saved += 1


CASES: dict[str, tuple[str, tuple[Any, ...], tuple[Any, ...]]] = {
    "a print": ("printing", (X, 5), (X, 5, True)),
    "a log line in an else": ("logging_else", (X, 5), (X, 5, False)),
    "an object that is mostly absent": ("saving", (X, 5), (X, 5, Saver())),
    "an exception class of another module": ("raising", (X, 5), (X, -1)),
    "the message of an assertion": ("raising", (X, 5), (X * 1e9, 5)),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_rest_is_compiled(case: tuple[str, tuple[Any, ...], tuple[Any, ...]]) -> None:
    name, usual, rare = case
    defaults = {"printing": (False,), "logging_else": (True,), "saving": (None,)}
    usual = (*usual, *defaults.get(name, ()))
    made = guarded(SOURCE, name, *usual)
    assert agrees(made, *usual)
    assert not agrees(made, *rare)


def test_what_is_printed_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    made = guarded(SOURCE, "printing", X, 5, False)
    assert made.fast(X, 3, True)[0] is False
    assert [line[:2] for line in capsys.readouterr().out.splitlines()] == ["0:", "1:", "2:"]


def test_attributes_that_only_such_a_branch_sets_are_not_handed_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = guarded(SOURCE, "Model.fit", lambda s: s["Model"](0), X, 5)
    model = made.space["Model"]
    assert agrees(made, model(1), X, 4)
    assert not made.region.stores
    assert not agrees(made, model(2), X, 4)
    loud = model(2)
    made.fast(loud, X, 3)
    assert loud.shown == 3 and len(loud.history) == 3
    assert capsys.readouterr().out.endswith("0 ;1 ;2 ;")
