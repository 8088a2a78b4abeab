"""White space is more than a blank."""

from __future__ import annotations


def f(s: str) -> list[str]:
    return s.split()


def g(s):
    return [word for word in s.split(" ") if word]


def h(s):
    words, word = [], ""
    for c in s:
        if c.isspace():
            words += [word] if word else []
            word = ""
        else:
            word += c
    return words + ([word] if word else [])
