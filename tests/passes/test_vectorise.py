"""Loops that become array code, with every bit compared, and loops that must not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from loopwright.frontend.lower_source import lower_function
from loopwright.ir.check import check
from loopwright.ir.nodes import For, Program
from loopwright.ir.show import show
from loopwright.ir.walk import walk_stmts
from loopwright.passes.base import Applied, Unchanged
from loopwright.passes.hoist import Hoist
from loopwright.passes.inline import Inline
from loopwright.passes.normalise import Normalise
from loopwright.passes.vectorise import Vectorise

Agree = Callable[[Program, Program, float], int]

HEADER = """
import math
from typing import Annotated
import numpy as np
from numpy.typing import NDArray
F1 = Annotated[NDArray[np.float64], "n"]
G1 = Annotated[NDArray[np.float64], "p"]
F2 = Annotated[NDArray[np.float64], "n m"]
F3 = Annotated[NDArray[np.float64], "n m p"]
G2 = Annotated[NDArray[np.float64], "p q"]
S1 = Annotated[NDArray[np.float32], "n"]
I1 = Annotated[NDArray[np.int64], "n"]
B1 = Annotated[NDArray[np.bool_], "n"]
B2 = Annotated[NDArray[np.bool_], "n m"]
"""


def prepared(source: str) -> Program:
    program = lower_function(HEADER + source)
    for each in (Normalise(), Inline(), Hoist()):
        outcome = each.run(program)
        if isinstance(outcome, Applied):
            program = outcome.program
    return program


def loops(program: Program) -> int:
    return sum(isinstance(s, For) for s in walk_stmts(program.main.body))


EXACT = {
    "element by element, as far as the shorter array": """
def f(a: F1, b: G1, c: F1) -> None:
    for i in range(min(len(a), len(b))):
        c[i] = a[i] * 2.0 + b[i]
""",
    "reading ahead of what is written": """
def f(a: F1) -> None:
    for i in range(len(a) - 1):
        a[i] = a[i + 1] * 0.5
""",
    "downwards, reading what is written later": """
def f(a: F1) -> None:
    for i in range(len(a) - 1, 0, -1):
        a[i] = a[i - 1] * 0.5
""",
    "an exchange of elements": """
def f(a: F1, b: F1) -> None:
    for i in range(len(a)):
        t = a[i]
        a[i] = b[i]
        b[i] = t
""",
    "a statement that reads what an earlier one has written before": """
def f(a: F1, b: F1) -> None:
    for i in range(1, len(a)):
        b[i] = a[i] + 1.0
        a[i] = b[i - 1] * 2.0
""",
    "two statements that write one element in their order": """
def f(a: F1, b: F1) -> None:
    for i in range(len(a) - 1):
        a[i + 1] = 1.0
        a[i] = b[i]
""",
    "even and odd elements do not meet": """
def f(a: F1) -> None:
    for i in range(len(a) // 2):
        a[2 * i] = a[2 * i + 1] * 3.0
""",
    "every second element": """
def f(a: F1, b: F1) -> None:
    for i in range(0, len(a), 2):
        b[i] = a[i] - 1.0
""",
    "an array read backwards": """
def f(a: F1, b: F1) -> None:
    n = len(a)
    for i in range(n):
        b[i] = a[n - 1 - i]
""",
    "an array written backwards, with the number of the iteration": """
def f(a: F1, b: F1) -> None:
    n = len(a)
    for i in range(n):
        b[n - 1 - i] = a[i] * i
""",
    "bounds that the caller gives": """
def f(a: F1, lo: int, hi: int) -> None:
    for i in range(lo, hi):
        a[i] = 1.0
""",
    "a matrix transposed": """
def f(a: F2) -> F2:
    n, m = a.shape
    b = np.zeros((m, n))
    for i in range(n):
        for j in range(m):
            b[j, i] = a[i, j] + i * 10 + j
    return b
""",
    "rows of a matrix by their names": """
def f(a: F2, w: G1) -> None:
    for i in range(a.shape[0] - 1):
        row = a[i]
        below = a[i + 1]
        for j in range(len(row)):
            row[j] = below[j] + w[j]
""",
    "rows scaled, as arrays": """
def f(x: F2, y: F1) -> None:
    for i in range(x.shape[0]):
        x[i] = x[i] * y[i]
""",
    "a stencil that is applied again and again": """
def f(a: F1, b: F1, t: int) -> None:
    for _ in range(t):
        for i in range(1, len(a) - 1):
            b[i] = 0.25 * (a[i - 1] + 2.0 * a[i] + a[i + 1])
        for i in range(1, len(a) - 1):
            a[i] = b[i]
""",
    "an outer loop around a recurrence": """
def f(x: F1, y: F1, t: int) -> None:
    for i in range(len(x)):
        v = 0.0
        for _ in range(t):
            v = v * x[i] + y[i]
        x[i] = v
""",
    "a branch on each side": """
def f(a: F1, b: F1, t: float) -> None:
    for i in range(len(a)):
        if a[i] > t:
            b[i] = a[i]
        elif a[i] < -t:
            b[i] = -a[i]
""",
    "a branch that changes what a later one looks at": """
def f(a: F1, s: B1) -> None:
    for i in range(len(a)):
        if s[i]:
            a[i] = 1.0
        if a[i] > 0.5:
            s[i] = False
        else:
            a[i] = 0.25
""",
    "iterations that are skipped": """
def f(a: F1, b: F1) -> None:
    for i in range(len(a)):
        if a[i] < 0:
            continue
        b[i] = a[i] * a[i]
""",
    "a division where it is safe only": """
def f(a: F1, b: F1) -> None:
    for i in range(len(a)):
        v = float(a[i])
        b[i] = 0.0 if v == 0 else 1.0 / v
""",
    "a division that may raise": """
def f(a: F1, b: F1, k: int) -> None:
    for i in range(len(a)):
        b[i] = float(a[i]) / (k - i)
""",
    "a square root that may raise": """
def f(a: F1, b: F1) -> None:
    for i in range(len(a)):
        b[i] = math.sqrt(a[i])
""",
    "an error of the function's own": """
def f(a: F1) -> None:
    for i in range(len(a)):
        if a[i] != a[i]:
            raise ValueError("nan")
        a[i] = a[i] + 1
""",
    "an element that is looked at in vain, which may raise": """
def f(a: F2, k: int) -> None:
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            if a[i, j] > 0.5:
                u = a[i, k]
""",
    "positions that are looked up": """
def f(a: F1, at: I1) -> F1:
    out = np.zeros(len(at))
    for i in range(len(at)):
        out[i] = a[at[i]]
    return out
""",
    "a small array for each iteration": """
def f(a: F1, b: F2) -> None:
    for i in range(len(a)):
        t = np.zeros(2)
        t[0] = a[i]
        t[1] = a[i] * 2
        b[i, 0] = t[0] + t[1]
""",
    "floats cut to ints": """
def f(a: F1, n: int) -> I1:
    out = np.zeros(len(a), dtype=np.int64)
    for i in range(len(a)):
        out[i] = int(a[i] * n)
    return out
""",
    "integers rounded down": """
def f(a: F1, b: I1) -> None:
    for i in range(len(a)):
        b[i] = b[i] // 2 + (i % 3)
""",
    "single precision stays single": """
def f(a: S1, b: S1) -> None:
    for i in range(len(a)):
        b[i] = a[i] * i + 0.1
""",
    "a count": """
def f(a: B1, b: B1) -> int:
    c = 0
    for i in range(len(a)):
        if a[i] and not b[i]:
            c += 1
    return c
""",
    "a sum of integers": """
def f(a: I1) -> int:
    s = 0
    for i in range(len(a)):
        s += int(a[i] % 7)
    return s
""",
    "the first greatest element and where it is": """
def f(a: F1) -> tuple[float, int]:
    m = a[0]
    k = 0
    for i in range(1, len(a)):
        if a[i] > m:
            m = a[i]
            k = i
    return float(m), k
""",
    "the last least element and where it is": """
def f(a: F1) -> tuple[float, int]:
    m = a[0]
    k = 0
    for i in range(1, len(a)):
        if a[i] <= m:
            m = a[i]
            k = i
    return float(m), k
""",
    "the greatest by max, the accumulator first": """
def f(a: F1) -> float:
    m = -1.0
    for i in range(len(a)):
        m = max(m, float(a[i]))
    return m
""",
    "the least by min, the accumulator last": """
def f(a: F1) -> float:
    m = 1.0
    for i in range(len(a)):
        m = min(float(a[i]), m)
    return m
""",
    "a search that returns": """
def f(a: F1, b: F1) -> int:
    for i in range(len(a)):
        if abs(a[i] - b[i]) > 1e-3:
            return i
    return -1
""",
    "a search that ends the loop, or does not": """
def f(a: F1, t: float) -> int:
    k = -1
    for i in range(len(a)):
        if a[i] == t:
            k = i
            break
    else:
        k = -2
    return k
""",
    "a variable that only the else of its loop reads": """
def f(a: F1, b: F1) -> float:
    last = 0.0
    for v in a:
        last = 2.5
    else:
        out = last
        for v in b:
            out = float(v)
    return out
""",
    "the last of several": """
def f(a: F1, t: float) -> int:
    k = -1
    for i in range(len(a)):
        if a[i] == t:
            k = i
    return k
""",
    "nearest centres": """
def f(x: F1, c: G1) -> I1:
    out = np.zeros(len(x), dtype=np.int64)
    for i in range(len(x)):
        best = math.inf
        at = 0
        for j in range(len(c)):
            d = abs(float(x[i]) - float(c[j]))
            if d < best:
                best = d
                at = j
        out[i] = at
    return out
""",
}

ROUNDED = {
    "a dot product of lists": """
def f(a: list[float], b: list[float]) -> float:
    s = 0.0
    for x, y in zip(a, b):
        s += x * y
    return s
""",
    "a matrix product": """
def f(a: F2, b: G2) -> F2:
    c = np.zeros((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            for k in range(a.shape[1]):
                c[i, j] += a[i, k] * b[k, j]
    return c
""",
    "a matrix times a vector, minus another": """
def f(a: F2, x: G1, y: F1) -> None:
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            y[i] -= a[i, j] * x[j]
""",
    "a diagonal": """
def f(a: F2) -> float:
    s = 0.0
    for i in range(a.shape[0]):
        s += float(a[i, i])
    return s
""",
    "sums of chosen elements": """
def f(a: F1, t: float) -> tuple[float, int]:
    s = 0.0
    c = 0
    for i in range(len(a)):
        if a[i] > t:
            c += 1
            s += float(a[i])
    return s, c
""",
    "a sum that starts anywhere": """
def f(a: F1, s: float) -> float:
    for i in range(len(a)):
        s = s + float(a[i])
    return s
""",
    "column sums": """
def f(a: F2, w: F1) -> F1:
    out = np.zeros(a.shape[1])
    for i in range(a.shape[0]):
        out += w[i] * a[i]
    return out
""",
    "a sliding window": """
def f(a: F1, w: G1) -> F1:
    out = np.zeros(len(a))
    for i in range(len(a) - len(w) + 1):
        s = 0.0
        for j in range(len(w)):
            s += float(a[i + j]) * float(w[j])
        out[i] = s
    return out
""",
    "a stable exponential": """
def f(a: F1, b: F1) -> None:
    for i in range(len(a)):
        b[i] = 1.0 / (1.0 + math.exp(-a[i]))
""",
}


@pytest.mark.parametrize("source", EXACT.values(), ids=EXACT)
@pytest.mark.parametrize("options", [Vectorise(), Vectorise(reorder=False, spread=1)], ids=str)
def test_every_bit_stays(source: str, options: Vectorise, agree: Agree) -> None:
    before = prepared(source)
    outcome = options.run(before)
    assert isinstance(outcome, Applied)
    check(outcome.program)
    assert loops(outcome.program) < loops(before)
    assert agree(before, outcome.program, 0.0) >= 5
    assert isinstance(options.run(outcome.program), Unchanged)


@pytest.mark.parametrize("source", ROUNDED.values(), ids=ROUNDED)
def test_sums_are_added_in_another_order(source: str, agree: Agree) -> None:
    before = prepared(source)
    outcome = Vectorise().run(before)
    assert isinstance(outcome, Applied)
    check(outcome.program)
    assert loops(outcome.program) < loops(before)
    assert agree(before, outcome.program, 1e-9) >= 5
    assert isinstance(Vectorise().run(outcome.program), Unchanged)


@pytest.mark.parametrize("name", [n for n in ROUNDED if n != "a stable exponential"])
def test_without_reordering_sums_keep_every_bit(name: str, agree: Agree) -> None:
    before = prepared(ROUNDED[name])
    outcome = Vectorise(reorder=False).run(before)
    if isinstance(outcome, Unchanged):
        assert "LW206" in {d.code for d in outcome.declined}
    else:
        assert agree(before, outcome.program, 0.0) >= 5


REFUSED = {
    "a recurrence": ("LW203", "reads what the iteration before wrote (distance 1)", """
def f(a: F1) -> None:
    for i in range(1, len(a)):
        a[i] = a[i - 1] * 0.5
"""),
    "a recurrence from further back": ("LW203", "an earlier iteration wrote (distance 3)", """
def f(a: F1) -> None:
    for i in range(3, len(a)):
        a[i] = a[i - 3] * 0.5
"""),
    "a recurrence downwards": ("LW203", "the iteration before wrote (distance 1)", """
def f(a: F1) -> None:
    for i in range(len(a) - 2, -1, -1):
        a[i] = a[i + 1] * 0.5
"""),
    "an element that a later iteration overwrites": ("LW203", "overwrites what the iteration before read", """
def f(a: F1, b: F1) -> None:
    for i in range(len(a) - 1):
        b[i] = a[i]
        a[i] = b[i + 1]
"""),
    "a length that depends on what is written": ("LW204", "another iteration writes", """
def f(a: F1, t: float) -> None:
    for i in range(len(a)):
        a[i] = len(a[a > t])
"""),
    "positions that depend on what is written": ("LW204", "another iteration writes", """
def f(a: F1, t: float) -> None:
    for i in range(len(a)):
        a[i] = len(np.flatnonzero(a > t))
"""),
    "a mask beside the whole": ("LW204", "another iteration writes", """
def f(a: F1, b: F1, t: float) -> None:
    for i in range(len(b)):
        a *= a[b > t]
"""),
    "a mask for two axes beside a position for one": ("LW204", "another iteration writes", """
def f(a: F3, b: B2, n: int) -> None:
    for i in range(n):
        a[b, 0] = a[0, i, 1:2]
"""),
    "two statements that write one element": ("LW203", "writes again what the iteration before wrote", """
def f(a: F1, b: F1) -> None:
    for i in range(len(a) - 1):
        a[i] = b[i]
        a[i + 1] = 1.0
"""),
    "an element that all iterations read and one writes": ("LW204", "another iteration writes", """
def f(a: F1) -> None:
    for i in range(len(a)):
        a[i] = a[0] + 1.0
"""),
    "an element at the end, which may be the one written": ("LW204", "another iteration writes", """
def f(a: F1) -> None:
    for i in range(len(a)):
        a[i] = a[-1] + 1.0
"""),
    "a distance that the caller gives": ("LW204", "another iteration writes", """
def f(a: F1, k: int) -> None:
    for i in range(len(a) - k):
        a[i] = a[i + k] * 2.0
"""),
    "positions that may repeat": ("LW204", "another iteration writes", """
def f(a: F1, at: I1) -> None:
    for i in range(len(at)):
        a[at[i]] = i
"""),
    "additions to positions that may repeat": ("LW204", "another iteration writes", """
def f(a: F1, at: I1) -> None:
    for i in range(len(at)):
        a[at[i]] += 1.0
"""),
    "a number from the iteration before": ("LW205", "takes its value from the iteration before", """
def f(a: F1, b: F1) -> None:
    v = 0.0
    for i in range(len(a)):
        b[i] = v
        v = float(a[i])
"""),
    "a product of floats": ("LW205", "takes its value from the iteration before", """
def f(a: F1) -> float:
    p = 1.0
    for i in range(len(a)):
        p = p * float(a[i])
    return p
"""),
    "an accumulator that is looked at": ("LW205", "takes its value from the iteration before", """
def f(a: F1, b: F1) -> None:
    s = 0.0
    for i in range(len(a)):
        s = s + float(a[i])
        b[i] = s
"""),
    "a loop variable that is needed afterwards": ("LW205", "needed after the loop", """
def f(a: F1) -> int:
    i = -1
    for i in range(len(a)):
        a[i] = 1.0
    return i
"""),
    "an early end after an effect": ("LW207", "may end early", """
def f(a: F1, t: float) -> int:
    for i in range(len(a)):
        a[i] += 1
        if a[i] > t:
            return i
    return -1
"""),
    "random numbers": ("LW207", "holds a draw", """
def f(a: F1, rng: np.random.Generator) -> None:
    for i in range(len(a)):
        a[i] = rng.random()
"""),
    "a loop until a condition holds": ("LW250", "until a condition holds", """
def f(a: F1) -> None:
    for i in range(len(a)):
        while a[i] > 1.0:
            a[i] = a[i] * 0.5
"""),
    "a root that NumPy computes by sqrt": ("LW250", "another function", """
def f(a: F1, b: F1) -> None:
    for i in range(len(a)):
        b[i] = a[i] ** 0.5
"""),
    "integers beyond 64 bits": ("LW250", "64 bits", """
def f(a: list[int]) -> int:
    s = 0
    for v in a:
        s += v * v * v
    return s
"""),
    "an element before the first": ("LW250", "not certain", """
def f(a: F1, b: F1) -> None:
    for i in range(len(a)):
        if i > 0:
            b[i] = a[i - 1]
"""),
    "slices whose length differs": ("LW250", "differs", """
def f(a: F1, b: F1) -> None:
    for i in range(len(a)):
        b[i] = np.sum(a[:i])
"""),
}  # fmt: skip


@pytest.mark.parametrize(("code", "why", "source"), REFUSED.values(), ids=REFUSED)
def test_a_loop_is_refused_with_its_reason(code: str, why: str, source: str) -> None:
    outcome = Vectorise().run(prepared(source))
    assert isinstance(outcome, Unchanged)
    assert any(d.code == code and why in d.why for d in outcome.declined), outcome.declined


PAIRS = """
def f(a: F1, t: float) -> int:
    c = 0
    for i in range(len(a)):
        for j in range(len(a)):
            if abs(a[i] - a[j]) < t:
                c += 1
    return c
"""


def test_a_temporary_has_no_more_axes_than_the_arrays(agree: Agree) -> None:
    before = prepared(PAIRS)
    outcome = Vectorise().run(before)
    assert isinstance(outcome, Applied)
    assert loops(outcome.program) == 1
    assert agree(before, outcome.program, 0.0) >= 5


def test_more_axes_are_an_option(agree: Agree) -> None:
    before = prepared(PAIRS)
    outcome = Vectorise(spread=1).run(before)
    assert isinstance(outcome, Applied)
    assert loops(outcome.program) == 0
    assert agree(before, outcome.program, 0.0) >= 5


def test_a_slice_is_not_clipped_in_silence(agree: Agree) -> None:
    before = prepared("""
def f(a: F1, b: G1) -> None:
    for i in range(len(a)):
        a[i] = b[i]
""")
    outcome = Vectorise().run(before)
    assert isinstance(outcome, Applied)
    assert "if not (b.shape[0] >= a.shape[0]):" in show(outcome.program)


def test_the_loop_of_a_helper_becomes_array_code() -> None:
    before = lower_function(
        HEADER
        + """
def g(a: F1) -> None:
    if len(a) > 3:
        return
    for i in range(len(a)):
        a[i] = a[i] + 1.0


def f(a: F1) -> None:
    g(a)
    g(a)
"""
    )
    outcome = Vectorise().run(before)
    assert isinstance(outcome, Applied)
    assert "for " not in show(outcome.program)


def test_the_search_space_holds_every_option() -> None:
    program = prepared(PAIRS)
    found = list(Vectorise().space(program))
    assert found[0] == Vectorise()
    assert {p.reorder for p in found} == {True, False}
    assert {p.spread for p in found} == {0, 1}
