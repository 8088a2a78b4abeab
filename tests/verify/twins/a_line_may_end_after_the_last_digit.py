"""A line may end after the last digit."""

from __future__ import annotations

import re

_WRONG = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])$")
_RIGHT = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def f(s: str) -> int | None:
    if len(s) != 5 or s[2] != ":":
        return None
    for i in (0, 1, 3, 4):
        if s[i] not in "0123456789":
            return None
    hours, minutes = int(s[:2]), int(s[3:])
    return None if hours > 23 or minutes > 59 else 60 * hours + minutes


def g(s):
    m = _WRONG.match(s)
    return 60 * int(m[1]) + int(m[2]) if m else None


def h(s):
    m = _RIGHT.fullmatch(s)
    return 60 * int(m[1]) + int(m[2]) if m else None
