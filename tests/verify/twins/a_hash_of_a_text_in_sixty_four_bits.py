"""A hash of a text in sixty-four bits."""

from __future__ import annotations


def f(s: str) -> int:
    k = 0
    for c in s:
        k = k * 1_000_003 + ord(c)
    return k % 2**61


def g(s):
    k = 0
    for c in s:
        k = (k * 1_000_003 + ord(c)) % (2**61 - 1)
    return k % 2**61


def h(s):
    k = 0
    for c in s:
        k = (k * 1_000_003 + ord(c)) % 2**61
    return k
