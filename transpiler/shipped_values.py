"""What a value is to another process: data that text makes again, or a name of a library."""

from __future__ import annotations

import functools
import site
import sys
import sysconfig
import types
from pathlib import Path
from typing import Any

import numpy as np

PLAIN = (bool, int, float, complex, str, bytes, type(None), type(...), range, np.generic)
_DTYPES = {
    *("bool", "float16", "float32", "float64", "complex64", "complex128"),
    *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
}


def alike(a: Any, b: Any) -> bool:
    return type(a) is type(b) and isinstance(a, PLAIN) and repr(a) == repr(b)


def is_data(value: Any, depth: int = 0) -> bool:
    """Whether text can make the value again."""
    if type(value) is np.ndarray:
        return str(value.dtype) in _DTYPES
    if isinstance(value, np.random.Generator | np.random.RandomState):
        return True
    if type(value) in (list, tuple, set, frozenset) and depth < 20:
        return all(is_data(item, depth + 1) for item in value)
    if type(value) is dict and depth < 20:
        return all(is_data(item, depth + 1) for pair in value.items() for item in pair)
    if isinstance(value, np.generic):
        return str(value.dtype) in _DTYPES
    return type(value) in PLAIN


def is_typing(value: Any) -> bool:
    return type(value).__module__ in ("typing", "types", "_typing", "typing_extensions")


def importable(value: Any) -> tuple[str, str] | None:
    """Module and name of something of a library."""
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    module = getattr(value, "__module__", None) or ("numpy" if isinstance(value, np.ufunc) else "")
    if isinstance(value, types.BuiltinFunctionType) and not isinstance(
        value.__self__, types.ModuleType | types.NoneType
    ):
        return None
    if not isinstance(name, str) or not name.isidentifier() or not isinstance(module, str):
        return None
    found = sys.modules.get(module)
    if found is None or getattr(found, name, None) is not value or module == "__main__":
        return None
    file = getattr(found, "__file__", None)
    return (module, name) if file is None or is_library(file) else None


@functools.cache
def _libraries() -> tuple[Path, ...]:
    places = [sysconfig.get_path(key) for key in ("stdlib", "platstdlib", "purelib", "platlib")]
    return tuple(Path(p).resolve() for p in {*places, *site.getsitepackages()} if p)


def is_library(file: str) -> bool:
    path = Path(file).resolve()
    return any(path.is_relative_to(folder) for folder in _libraries())
