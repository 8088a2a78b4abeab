"""A warping window is as wide as the lengths differ."""

from __future__ import annotations


def f(a: list[int], b: list[int], w: int) -> float:
    if w < 0:
        raise ValueError("window")
    n, m = len(a), len(b)
    w = max(w, abs(n - m))
    far = float("inf")
    d = [[far] * (m + 1) for _ in range(n + 1)]
    d[0][0] = 0
    for i in range(1, n + 1):
        for j in range(max(1, i - w), min(m, i + w) + 1):
            d[i][j] = abs(a[i - 1] - b[j - 1]) + min(d[i - 1][j], d[i][j - 1], d[i - 1][j - 1])
    return d[n][m]


def g(a, b, w):
    if w < 0:
        raise ValueError("window")
    n, m = len(a), len(b)
    w = max(w, abs(n - m))
    far = float("inf")
    d = [[far] * (m + 1) for _ in range(n + 1)]
    d[0][0] = 0
    for i in range(1, n + 1):
        for j in range(max(1, i - w), min(m, i + w)):
            d[i][j] = abs(a[i - 1] - b[j - 1]) + min(d[i - 1][j], d[i][j - 1], d[i - 1][j - 1])
        if i == n or i + w >= m:
            j = min(m, i + w)
            if j >= 1:
                d[i][j] = abs(a[i - 1] - b[j - 1]) + min(d[i - 1][j], d[i][j - 1], d[i - 1][j - 1])
    return d[n][m]


def h(a, b, w):
    if w < 0:
        raise ValueError("window")
    n, m = len(a), len(b)
    w = max(w, abs(n - m))
    far = float("inf")
    before = [0] + [far] * m
    for i in range(1, n + 1):
        row = [far] * (m + 1)
        for j in range(max(1, i - w), min(m, i + w) + 1):
            row[j] = abs(a[i - 1] - b[j - 1]) + min(before[j], row[j - 1], before[j - 1])
        before = row
    return before[m]
