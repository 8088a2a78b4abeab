"""The first look at a file: can it hold a region at all? Text only, no parsing."""

from __future__ import annotations

import re

_FUNCTION = re.compile(r"^[ \t\f]*def[ \t\f\\]", re.MULTILINE)
_LOOP = re.compile(r"\b(?:for|while)\b")
_ARRAYS = re.compile(r"\bnumpy\b")


def screen(text: str) -> bool:
    """False if `text` has no function, or neither a loop nor NumPy; never False for a file with a region."""
    if _FUNCTION.search(text) is None:
        return False
    return _LOOP.search(text) is not None or _ARRAYS.search(text) is not None
