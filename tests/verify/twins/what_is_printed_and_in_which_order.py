"""What is printed and in which order."""

from __future__ import annotations


def f(x: list[int]) -> int:
    s = 0
    for v in x:
        s += v
        print(v, s)
    return s


def g(x):
    for v in x:
        print(v, sum(x))
    return sum(x)


def h(x):
    s = 0
    for v in x:
        s = s + v
        print(f"{v} {s}")
    return s
