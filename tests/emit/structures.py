"""Small low-level programs and the arguments to run them on."""

from __future__ import annotations

from typing import Any

import numpy as np

RNG = np.random.default_rng(7)
V = RNG.normal(size=9)
M = RNG.normal(size=(5, 4))
SPECIAL = np.array([1.0, -0.0, np.nan, np.inf, -3.5, 0.0])
for _array in (V, M, SPECIAL):
    _array.flags.writeable = False

Cases = list[tuple[Any, ...]]

CONTROL: dict[str, tuple[str, Cases]] = {
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
    "a function of rows that a loop calls": (
        """
def push(x: "f8[:]", v: f8) -> i8:
    check(x.shape[0] > 0)
    if v >= x[0]:
        return 0
    i = 0
    while i + 1 < x.shape[0]:
        if x[i + 1] <= v:
            break
        x[i] = x[i + 1]
        i = i + 1
    x[i] = v
    return 1
def f(x: "f8[:, :]", v: "f8[:]") -> i8:
    n = 0
    for i in range(x.shape[0]):
        for j in range(v.shape[0]):
            r = push(x[i], v[j])
            n = n + r
    return n
""",
        [(np.sort(RNG.normal(size=(3, k)))[:, ::-1].copy(), V) for k in (4, 1, 0)],
    ),
    "positions that may count from the end": (
        """
def f(x: "f8[:]", at: "i8[:]") -> "f8, i8":
    s = 0.0
    k = 0
    for i in range(at.shape[0]):
        p = at[i]
        k = p + x.shape[0] if p < 0 else p
        check(k >= 0 and k < x.shape[0])
        s = s * 0.5 + x[k]
    return s, k
""",
        [
            (V, np.array(at))
            for at in ([0, 8], [-1, -9, 3], [2, 9], [2, -10], [1, -(2**63)], [2**63 - 1])
        ],
    ),
    "positions that are known to be below the length from the start": (
        """
def f(x: "f8[:]", at: "i8[:]") -> "f8":
    s = 0.0
    for i in range(at.shape[0]):
        p = at[i]
        check(p >= 0 - x.shape[0])
        k = p + x.shape[0] if p < 0 else p
        check(k < x.shape[0])
        s = s * 0.5 + x[k]
    return s
""",
        [(V, np.array(at)) for at in ([0, 8], [-1, -9, 3], [2, 9], [2, -10], [2**63 - 1])],
    ),
    "integers of more than 32 bits": (
        """
def scaled(n: i8) -> "f8, i8":
    check(n >= -9007199254740992 and n <= 9007199254740992)
    return f8(n), n - 2147483648
def f(n: i8) -> "f8, i8, i8":
    y, k = scaled(n)
    return y, k, n ^ 4611686018427387904
""",
        [(n,) for n in (0, 2**31 - 1, 2**31, -(2**31) - 1, 2**53, 2**53 + 1, -(2**62))],
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
}
