"""The floating leaves of a value, with the paths that `compare` gives them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from loopwright.verify.codec import AnyArray


def leaves(path: str, value: Any) -> Iterator[tuple[str, AnyArray]]:
    """Path and array for each floating leaf; enclosures count as floating."""
    match value:
        case np.ndarray():
            if value.dtype.kind in "fcO":
                yield path, np.asarray(value)
        case list() | tuple():
            for k, item in enumerate(value):
                yield from leaves(f"{path}[{k}]", item)
        case dict():
            for key, item in value.items():
                yield from leaves(f"{path}[{key!r}]" if key != "" else path, item)
        case bool() | int() | str() | None:
            return
        case float() | complex() | np.generic():
            yield path, np.asarray(value)
        case _ if hasattr(value, "mid") or hasattr(value, "imag"):
            yield path, np.array(value, dtype=object)
        case _ if hasattr(value, "__dict__"):
            yield from leaves(path, vars(value))
