"""`try` and contexts that silence warnings: compiled code runs what stands inside, and leaves every exception
to the original, which starts anew."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .dispatching import agrees, guarded

SOURCE = """
import warnings
import numpy as np
from fractions import Fraction as Odd

class Wrong(Exception):
    pass

def dividing(X, n):
    s = 0.0
    for v in X:
        try:
            s += n / float(v)
        except ZeroDivisionError:
            s -= Odd(1, 2)
    return s

def beyond(X, n):
    out = []
    for i in range(n):
        X[i - 1] += 1.0
        try:
            w = X[i]
        except (IndexError, ValueError) as problem:
            out.append(str(problem))
            continue
        else:
            w = w * 2.0
        finally:
            n += 1
        out.append(w)
    return out, n

def singular(A, b):
    total = np.zeros(len(b))
    for k in range(3):
        try:
            x = np.linalg.solve(A * (k + 1), b)
        except np.linalg.LinAlgError:
            x = np.full(len(b), np.nan)
        total += x
    return total

def stale(X, n):
    last = -1.0
    for i in range(n):
        try:
            last = X[i] / 2.0
        except IndexError:
            pass
    return last

def returning(X, n):
    for i in range(n):
        try:
            if X[i] > 3.0:
                return i
        except IndexError:
            return -1
    return None

def helped(X, n):
    return sum(half(X, i) for i in range(n))

def half(X, i):
    try:
        return X[i] / 2
    except IndexError:
        raise Wrong(f"{i}: {Odd(i)}")

def silent(X, n):
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", category=RuntimeWarning)
        for i in range(n):
            X[i] = np.log(X[i])
    return X[0]
"""
X = np.arange(1.0, 7.0)
EYE = np.eye(2)

CASES: dict[str, tuple[str, tuple[Any, ...], tuple[Any, ...] | None]] = {
    "a division by zero": ("dividing", (X, 3), (X - 1, 3)),
    "a position behind the end": ("beyond", (X, 5), (X, 8)),
    "a singular matrix": ("singular", (EYE, EYE[0]), (EYE * 0, EYE[0])),
    "a name that keeps its value": ("stale", (X, 4), (X, 8)),
    "a return inside": ("returning", (X, 6), (X * 0, 9)),
    "an exception that is another's cause": ("helped", (X, 6), None),
    "warnings that are silenced": ("silent", (X, 4), None),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_without_an_exception_the_kernel_does_it(
    case: tuple[str, tuple[Any, ...], tuple[Any, ...] | None],
) -> None:
    name, usual, rare = case
    made = guarded(SOURCE, name, *usual)
    assert agrees(made, *usual)
    assert rare is None or not agrees(made, *rare)


def test_a_name_that_only_the_handler_needs_is_not_asked_for() -> None:
    source = """
import numpy as np
def f(X, problems):
    s = 0.0
    for v in X:
        try:
            s += v
        except TypeError:
            problems.append(v)
    return s
"""
    made = guarded(source, "f", X, [])
    assert [live.path for live in made.region.live_ins] == ["X"]
    assert agrees(made, X, ["anything"])
