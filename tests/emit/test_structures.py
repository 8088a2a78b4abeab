"""Loops, branches, views, helpers, failures and products: compiled kernels do what the interpreter does."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from loopwright.diagnostics import Declined
from loopwright.emit import by_name
from loopwright.ir import interp
from loopwright.ir.interp import KernelFailed

_spec = importlib.util.spec_from_file_location("lowlang", Path(__file__).with_name("lowlang.py"))
assert _spec is not None and _spec.loader is not None
lowlang = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(lowlang)

RNG = np.random.default_rng(7)
V = RNG.normal(size=9)
M = RNG.normal(size=(5, 4))
SPECIAL = np.array([1.0, -0.0, np.nan, np.inf, -3.5, 0.0])
for _array in (V, M, SPECIAL):
    _array.flags.writeable = False

Cases = list[tuple[Any, ...]]

PROGRAMS: dict[str, tuple[str, Cases]] = {
    "a loop with an offset": (
        """
def f(x: "f8[:]", k: i8) -> "f8[:]":
    out = zeros(f8, x.shape[0])
    for i in range(k, x.shape[0] - k):
        out[i] = x[i - k] + x[i + k] * 2.0
    return out
""",
        [(V, 1), (V, 3), (V, 8), (V[:0], 0)],
    ),
    "a loop that counts down and its variable afterwards": (
        """
def f(x: "f8[:]") -> "f8, i8":
    s = 0.0
    i = -7
    for i in range(x.shape[0] - 1, -1, -2):
        s = s * 0.5 + x[i]
    return s, i
""",
        [(V,), (V[:1],), (V[:0],)],
    ),
    "a loop variable that its body changes": (
        """
def f(n: i8) -> i8:
    t = 0
    i = 0
    for i in range(n):
        t = t + i
        i = i + 5
    return t * 100 + i
""",
        [(4,), (0,)],
    ),
    "else branches of loops": (
        """
def f(x: "f8[:]", v: f8) -> i8:
    at = -1
    for i in range(x.shape[0]):
        if x[i] == v:
            at = i
            break
    else:
        at = -2
    while at > 3:
        at = at - 1
        if at == 5:
            continue
    else:
        at = at + 10
    return at
""",
        [(V, V[6]), (V, V[0]), (V, 5.5)],
    ),
    "nested branches": (
        """
def f(x: "f8[:]", out: "i8[:]"):
    for i in range(x.shape[0]):
        if x[i] > 0.0:
            out[i] = 1
        elif x[i] < 0.0:
            if x[i] < -1.0:
                out[i] = -2
            else:
                out[i] = -1
        elif x[i] == 0.0 and not i == 0:
            out[i] = 3
        else:
            out[i] = 0
""",
        [(V, np.zeros(9, np.int64)), (SPECIAL, np.zeros(6, np.int64))],
    ),
    "a check turns into a failure": (
        """
def f(x: "f8[:]") -> "f8[:], f8":
    out = empty(f8, x.shape[0])
    s = 0.0
    for i in range(x.shape[0]):
        check(x[i] >= 0.0)
        check(i != 5)
        out[i] = math.sqrt(x[i])
        s = s + out[i]
    return out, s
""",
        [(np.abs(V[:4]),), (V,), (np.abs(V),), (V[:0],), (SPECIAL,)],
    ),
    "a failure without results": (
        """
def f(x: "f8[:]", n: i8):
    x[0] = 4.0
    if n > 3:
        fail()
    x[1] = 5.0
""",
        [(V.copy(), 1), (V.copy(), 5)],
    ),
    "a helper that may give up": (
        """
def inverse(v: f8) -> "f8, i8":
    check(v != 0.0)
    return 1.0 / v, 3
def f(x: "f8[:]") -> "f8[:], i8":
    out = empty(f8, x.shape[0])
    n = 0
    for i in range(x.shape[0]):
        y, k = inverse(x[i])
        out[i] = y
        n = n + k
    return out, n
""",
        [(V,), (SPECIAL,)],
    ),
    "helpers that cannot give up": (
        """
def clamp(v: f8, low: f8) -> f8:
    if v < low:
        return low
    return v
def shift(row: "f8[:]", by: f8):
    for j in range(row.shape[0]):
        row[j] = row[j] + by
def both(v: f8) -> "f8, b1":
    return v * v, v > 0.0
def f(x: "f8[:, :]") -> "f8, i8":
    s = 0.0
    n = 0
    for i in range(x.shape[0]):
        row = x[i]
        shift(row, f8(i))
        c = clamp(row[0], -0.5)
        q, up = both(c)
        s = s + q
        if up:
            n = n + 1
    return s, n
""",
        [(M.copy(),), (M[:0].copy(),)],
    ),
    "a helper that makes an array": (
        """
def doubled(x: "f8[:]") -> "f8[:]":
    out = empty(f8, x.shape[0])
    for i in range(x.shape[0]):
        out[i] = 2.0 * x[i]
    return out
def f(x: "f8[:]") -> "f8[:]":
    y = doubled(x)
    z = doubled(y)
    return z
""",
        [(V,), (V[:0],)],
    ),
    "rows and columns": (
        """
def f(x: "f8[:, :]", out: "f8[:, :]") -> f8:
    s = 0.0
    for j in range(x.shape[1]):
        column = x[:, j]
        for i in range(column.shape[0]):
            s = s + column[i]
    for i in range(x.shape[0]):
        row = out[i]
        part = x[i, 1:3]
        row[0] = part[0] - part[1]
        out[i, 1:] = x[i, 1:]
    turned = x.T
    return s + turned[1, 0]
""",
        [(M, np.zeros((5, 4)))],
    ),
    "slices clip": (
        """
def f(x: "f8[:]", a: i8, b: i8) -> "i8, i8, f8":
    p = x[a:b]
    q = x[b:a:-1]
    s = 0.0
    for i in range(p.shape[0]):
        s = s + p[i]
    for i in range(q.shape[0]):
        s = s * 0.5 + q[i]
    return p.shape[0], q.shape[0], s
""",
        [(V, 2, 5), (V, -3, 20), (V, -30, -2), (V, 8, 3), (V, 3, -20)],
    ),
    "a variable that only a flag knows to be set": (
        """
def f(x: "f8[:]") -> "b1, f8":
    seen = False
    for i in range(x.shape[0]):
        if not seen:
            best = x[i]
            seen = True
        else:
            best = best if best > x[i] else x[i]
    if seen:
        return True, best
    return False, 0.0
""",
        [(V,), (V[:0],), (SPECIAL,)],
    ),
    "scratch arrays": (
        """
def total(x: "f8[:]") -> f8:
    s = 0.0
    for i in range(x.shape[0]):
        s = s + x[i]
    return s
def f(x: "f8[:, :]") -> "f8[:]":
    out = zeros(f8, x.shape[0])
    for i in range(x.shape[0]):
        row = empty(f8, x.shape[1])
        part = empty(f8, i + 1)
        for j in range(x.shape[1]):
            pair = empty(f8, 2)
            pair[0] = x[i, j]
            pair[1] = pair[0] * pair[0]
            row[j] = pair[1]
        part[i] = 1.0
        t = total(row)
        out[i] = t + part[i] + f8(row.shape[0])
    return out
""",
        [(M,), (M[:0],)],
    ),
    "rows that take turns": (
        """
def f(x: "f8[:, :]") -> f8:
    before = zeros(f8, x.shape[1])
    for i in range(x.shape[0]):
        now = empty(f8, x.shape[1])
        for j in range(x.shape[1]):
            now[j] = x[i, j] + before[x.shape[1] - 1 - j]
        before = now
    return before[0]
""",
        [(M,)],
    ),
    "a scratch array for each thread": (
        """
def f(x: "f8[:, :]", out: "f8[:]"):
    for i in prange(x.shape[0]):
        row = empty(f8, x.shape[1])
        for j in range(x.shape[1]):
            d = x[i, j] - 1.0
            row[j] = d * d
        for j in range(x.shape[1]):
            out[i] = out[i] + row[x.shape[1] - 1 - j]
""",
        [(RNG.normal(size=(200, 50)), np.zeros(200))],
    ),
    "stores into slices": (
        """
def f(out: "f8[:]", x: "f8[:]", a: i8, b: i8):
    out[a:b] = 1.5
    out[b:a:-2] = 2.5
    out[:3] = x[:3]
""",
        [(np.zeros(9), V, 2, 5), (np.zeros(9), V, -30, -2), (np.zeros(9), V, 7, 1)],
    ),
    "functions of whole arrays": (
        """
def f(x: "i8[:]") -> "i8[:], i8[:], i8, i8[:]":
    s = np.sort(x, 0)
    order = np.argsort(x, 0, True)
    at = np.searchsorted(s, 5, False)
    return s, order, at, np.flatnonzero(x)
""",
        [(np.array([5, 0, 9, 5, -3, 0, 5]),)],
    ),
    "an array under two names": (
        """
def f(n: i8, flip: b1) -> "f8[:], f8":
    a = zeros(f8, n)
    b = full(f8, n, 2.5)
    if flip:
        t = a
        a = b
        b = t
    a[0] = 7.0
    return a, b[0]
""",
        [(3, True), (3, False)],
    ),
    "a reshaped array": (
        """
def f(n: i8) -> "f8[:, :], f8":
    a = zeros(f8, n * 2)
    b = reshape(a, n, 2)
    b[0, 1] = 3.0
    return b, a[1]
""",
        [(3,)],
    ),
    "booleans": (
        """
def f(x: "f8[:]", seen: "b1[:]", start: b1) -> "b1[:], b1, i8":
    out = zeros(b1, x.shape[0])
    n = 0
    flag = start
    for i in range(x.shape[0]):
        big = x[i] > 0.5
        out[i] = big or seen[i]
        flag = flag ^ big
        seen[i] = not seen[i]
        n = n + i8(out[i])
    return out, flag, n
""",
        [(V, RNG.random(9) > 0.5, True), (V, RNG.random(9) > 0.5, False)],
    ),
    "small integers and singles": (
        """
def f(x: "u1[:]", y: "f4[:]") -> "u1[:], f4":
    out = empty(u1, x.shape[0])
    s = f4(0.0)
    last = u1(3)
    for i in range(x.shape[0]):
        last = last * x[i] + u1(200)
        out[i] = last
        s = s + y[i] * f4(0.1)
    return out, s
""",
        [(np.arange(250, 256, dtype=np.uint8), RNG.random(6).astype(np.float32))],
    ),
    "overflow tests": (
        """
def f(a: i8, b: i8) -> "b1, b1, b1, i8":
    return lw.add_ok(a, b), lw.sub_ok(a, b), lw.mul_ok(a, b), a * b + a
""",
        [
            (2**62, 2**62),
            (-(2**63), -1),
            (3, -4),
            (2**32, 2**32),
            (-(2**31), 2**31),
            (0, -(2**63)),
            (2**63 - 1, 2**63 - 1),
        ],
    ),
    "wide constants": (
        """
def f(a: i8) -> "i8, i8, b1":
    return a ^ 81985529216486895, (a & 4294967295) - 9223372036854775807, a < -9000000000000000000
""",
        [(12345678901234,), (-(2**63),)],
    ),
    "division where signs are known": (
        """
def f(n: i8) -> i8:
    s = 0
    for i in range(n):
        s = s * 3 + i // 3 - i % 4 + (i - 5) // 3 + (i - 5) % 4
    return s
""",
        [(20,)],
    ),
    "a parallel sum of integers": (
        """
def f(x: "i8[:]", lo: i8) -> "i8, i8":
    total = 5
    odd = 0
    for i in prange(lo, x.shape[0]):
        total = total + x[i - lo] * x[i]
        if x[i] % 2 == 1:
            odd = odd + 1
    return total, odd
""",
        [(np.arange(-20, 30), 3), (np.arange(4), 9)],
    ),
    "a parallel loop that may fail stays serial": (
        """
def f(x: "f8[:]", out: "f8[:]"):
    for i in prange(x.shape[0]):
        check(x[i] != 0.0)
        out[i] = 1.0 / x[i]
""",
        [(V, np.zeros(9)), (SPECIAL, np.zeros(6))],
    ),
    "matrix products": (
        """
def f(a: "f8[:, :]", v: "f8[:]") -> "f8[:, :], f8[:, :], f8[:], f8[:], f8":
    g = contract("ki,kj->ij", a, a)
    h = contract("ik,jk->ji", a, a)
    left = contract("ij,j->i", a, v)
    right = contract("i,ij->j", left, a)
    s = contract("i,i->", v, v)
    return g, h, right, left, s
""",
        [(M, V[:4]), (M[:0], V[:4]), (np.zeros((3, 0)), V[:0])],
    ),
    "names of the language": (
        """
def f(np: "f8[:]", range: i8, njit: f8, cython: f8, ok: b1, lambda_: f8) -> "f8[:], f8":
    math = zeros(f8, range)
    for int in range_of(range):
        math[int] = np[int] * njit + cython
    return math, lambda_
""".replace("range_of", "range"),
        [(V, 4, 2.0, 1.0, True, 3.0)],
    ),
}

BACKENDS = ["numba", "cython"]


@pytest.fixture(scope="module", params=BACKENDS)
def kernels(request: pytest.FixtureRequest, load: Callable[..., ModuleType]) -> ModuleType:
    return load(request.param, named())


def named() -> Mapping[str, Any]:
    return {f"k{n}": lowlang.read(source) for n, (source, _) in enumerate(PROGRAMS.values())}


def bits(value: Any) -> Any:
    """Something that is equal for equal bits."""
    array = np.asarray(value)
    if array.dtype.kind == "f":
        array = np.where(np.isnan(array), np.nan, array)
    return array.dtype.kind, array.shape, array.tolist().__repr__()


def twin(value: Any) -> Any:
    """A copy that is read-only if the original is."""
    if not isinstance(value, np.ndarray):
        return value
    made = value.copy()
    made.flags.writeable = value.flags.writeable
    return made


@pytest.mark.parametrize("name", PROGRAMS)
def test_kernels_do_what_the_interpreter_does(kernels: ModuleType, name: str) -> None:
    source, cases = PROGRAMS[name]
    program = lowlang.read(source)
    kernel = getattr(kernels, f"k{[*PROGRAMS].index(name)}")
    for case in cases:
        args, mine = [*map(twin, case)], [*map(twin, case)]
        try:
            want: tuple[Any, ...] | None = interp.run(program, args)
        except KernelFailed:
            want = None
        got = kernel(*mine)
        if want is None:
            assert got is False or got[0] is False
        else:
            assert got is True if not want else got[0] is True
            if "contract" in source:
                for mine_, theirs in zip(got[1:], want, strict=True):
                    np.testing.assert_allclose(mine_, theirs, rtol=1e-14, atol=1e-14)
                continue
            assert [*map(bits, got[1:] if want else ())] == [*map(bits, want)]
            assert [*map(bits, mine)] == [*map(bits, args)]


@pytest.mark.parametrize("a", [2**31, 3037000499, 3037000500, 2**40, 2**63 - 1])
def test_the_test_of_products_errs_on_the_safe_side(kernels: ModuleType, a: int) -> None:
    kernel = getattr(kernels, f"k{[*PROGRAMS].index('overflow tests')}")
    for b in (a, a - 1, a + 1 if a < 2**62 else a, 2**63 // a, 2**63 // a - 1, 1):
        for x, y in ((a, b), (-a, b), (a, -b), (-a, -b)):
            fits = -(2**63) <= x * y < 2**63
            assert fits or not kernel(x, y)[3]
            assert kernel(x, y)[3] or not abs(x * y) < 9.1e18


def test_scratch_arrays_are_allocated_before_the_loops() -> None:
    made = by_name("numba").emit(lowlang.read(PROGRAMS["scratch arrays"][0]), "k")
    assert not isinstance(made, Declined)
    lines = [s.strip() for s in made.text.splitlines() if "np.empty(" in s or "for " in s]
    assert [line.partition(" =")[0] for line in lines[-5:]] == [
        "row",
        "pair",
        "for i in range(x.shape[0]):  # line 9",
        "part",
        "for j in range(x.shape[1]):  # line 12",
    ]


REFUSED = {
    "a product of integers": (
        """
def f(a: "i8[:, :]") -> "i8[:, :]":
    return contract("ij,jk->ik", a, a)
""",
        "LW103",
    ),
    "a product of three": (
        """
def f(a: "f8[:, :]") -> "f8[:, :]":
    return contract("ij,jk,kl->il", a, a, a)
""",
        "LW103",
    ),
    "a function that only Python has": (
        """
def f(a: f8) -> f8:
    return math.remainder(a, a) + math.comb(a, a)
""",
        "LW102",
    ),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_equal_form_is_refused(backend: str, name: str) -> None:
    source, code = REFUSED[name]
    made = by_name(backend).emit(lowlang.read(source), "k")
    assert isinstance(made, Declined)
    assert made.code == code
    assert made.at.line == 2
