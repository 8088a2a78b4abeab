"""`from ... import *`: what the names stand for that it may bind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ..splice.dispatching import guarded
from .lowering import assert_same, refusal

X = np.array([2.0, -1.0, 0.5])
KNOWN: dict[str, tuple[str, str, Any]] = {
    "NumPy's all": ("from numpy import *", "all([v > 0 for v in x])", X),
    "NumPy's sum of a matrix": ("from numpy import *", "sum(x)", np.ones((2, 3))),
    "math's pow": ("from math import *", "pow(x[0], 2)", [3]),
    "math's constant": ("from math import *", "x[0] * pi", [3]),
    "a builtin that math does not have": ("from math import *", "abs(x[0])", [-3]),
    "the later of two": ("from cmath import *\nfrom math import isnan", "len(x)", [1.0]),
}


@pytest.mark.parametrize("star, expression, x", KNOWN.values(), ids=KNOWN)
def test_the_names_of_known_modules_are_theirs(star: str, expression: str, x: Any) -> None:
    assert_same(f"{star}\ndef f(x):\n    return {expression}\n", x)


def test_a_name_that_two_imports_bind_is_not_guessed() -> None:
    source = "from math import sqrt\nfrom cmath import *\ndef f(x):\n    return sqrt(x)\n"
    assert refusal(source, -1.0).code == "LW102"


def test_builtins_that_array_libraries_replace_are_declined_behind_an_unknown_star() -> None:
    source = "from bisect import *\ndef f(x):\n    return any(v > 0 for v in x)\n"
    declined = refusal(source, X)
    assert declined.code == "LW301" and "import *" in declined.why


UNKNOWN = """
import math
from math import sqrt
from bisect import *

def f(x):
    s = 0.0
    for i in range(len(x)):
        s += sqrt(x[i]) + math.exp(x[i])
    return s
"""


@pytest.mark.parametrize("name", ["range", "len", "sqrt", "math"])
def test_other_names_are_tested_at_the_door(name: str) -> None:
    case = guarded(UNKNOWN, "f", np.ones(3))
    assert case.fast(np.ones(2))[0]
    if name == "math":
        case.space["math"] = np
    else:
        case.space[name] = (lambda n: iter([0])) if name == "range" else (lambda v: 1)
    ran, got = case.fast(np.ones(2))
    assert not ran and got == case.original(np.ones(2))
