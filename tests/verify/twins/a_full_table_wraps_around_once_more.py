"""A full table wraps around once more."""

from __future__ import annotations


def f(keys: list[int]) -> list[int]:
    table = [-1] * 8
    for k in keys[:8]:
        at = k % 8
        while table[at] != -1:
            at = (at + 1) % 8
        table[at] = k
    return table


def g(keys):
    table = [-1] * 8
    for k in keys[:8]:
        at = k % 8
        while at < 8 and table[at] != -1:
            at += 1
        table[at % 8] = k
    return table


def h(keys):
    table = [-1] * 8
    for k in keys[:8]:
        at = k & 7
        while table[at] != -1:
            at = (at + 1) & 7
        table[at] = k
    return table
