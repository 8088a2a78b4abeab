"""Small low-level programs on arrays, and the arguments to run them on."""

from __future__ import annotations

import numpy as np
from structures import RNG, SPECIAL, Cases, M, V

ARRAYS: dict[str, tuple[str, Cases]] = {
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
    return lw.add_ok(a, b), lw.sub_ok(a, b), lw.mul_ok(a, b), a ^ b
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
