"""The first look at a file: can it hold a region at all? Text only, no parsing."""

from __future__ import annotations

import re

_FUNCTION = re.compile(r"^[ \t\f]*def[ \t\f\\]+(\w*)", re.MULTILINE)
_LOOP = re.compile(r"\b(?:for|while)\b")
_ARRAYS = re.compile(r"\bnumpy\b")


def screen(text: str) -> bool:
    """False if `text` has no function, or neither a loop nor NumPy nor a function that may call itself;
    never False for a file with a region."""
    names = _FUNCTION.findall(text)
    if not names or _LOOP.search(text) is not None or _ARRAYS.search(text) is not None:
        return bool(names)
    return any(len(re.findall(rf"\b{name}\b", text)) > 1 for name in set(names))
