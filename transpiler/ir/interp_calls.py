"""What the intrinsics compute, by Python, NumPy and the C library themselves."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np

from loopwright.ir import machine
from loopwright.ir.types import Array, Num, Type

Level: TypeAlias = Literal["high", "low"]

# C's answer where Python raises: the limit of the function, which NumPy computes
_C_LIMIT: dict[str, str] = {"pow": "power", "asin": "arcsin", "acos": "arccos", "atanh": "arctanh"}
_C_LIMIT |= {"acosh": "arccosh", "remainder": "fmod"}


def call_intrinsic(fn: str, args: Sequence[Any], type_: Type, level: Level) -> Any:
    """`fn(*args)`; may raise what Python raises. `type_` gives the dtype of new arrays."""
    family, _, name = fn.partition(".")
    match family:
        case "math":
            return _c_math(name, args) if level == "low" else getattr(math, name)(*args)
        case "lw":
            return getattr(machine, name)(*args)
        case "vec":
            return _dtype(type_).type(_c_math(name, args))
        case "special":
            return _special(name, args)
        case "np":
            return _numpy(name, args, type_)
        case "min2":
            return args[1] if args[1] < args[0] else args[0]
        case "max2":
            return args[1] if args[1] > args[0] else args[0]
        case "abs" | "round" | "complex":
            return getattr(builtins, family)(*args)
        case _:
            raise AssertionError(f"{fn} is no intrinsic")


def _c_math(name: str, args: Sequence[Any]) -> Any:
    """C's function on doubles: Python's where that does not raise, else the limit value."""
    try:
        return getattr(math, name)(*args)
    except (ValueError, OverflowError):
        limit: Callable[..., Any] | None = getattr(np, _C_LIMIT.get(name, name), None)
        assert limit is not None, f"math.{name}{tuple(args)} must be checked before"
        return limit(*args)


def _numpy(name: str, args: Sequence[Any], type_: Type) -> Any:
    special = _ARRAY_CALLS.get(name)
    if special is not None:
        return special(args, type_)
    module = np.linalg if name.startswith("linalg.") else np
    result = getattr(module, name.removeprefix("linalg."))(*args)
    if name in ("real", "imag"):
        return np.copy(result)[()]
    return result[()] if isinstance(result, np.ndarray) and result.ndim == 0 else result


def _special(name: str, args: Sequence[Any]) -> Any:
    from scipy import special

    return getattr(special, name)(*args)


def _dtype(type_: Type) -> np.dtype[Any]:
    assert isinstance(type_, (Num, Array)), f"{type_} has no dtype"
    return np.dtype(type_.dtype)


_ARRAY_CALLS: dict[str, Callable[[Sequence[Any], Type], Any]] = {
    "arange": lambda a, t: np.arange(*a, dtype=_dtype(t)),
    "eye": lambda a, t: np.eye(a[0], a[1], a[2], dtype=_dtype(t)),
    "concatenate": lambda a, _: np.concatenate(a[1:], axis=a[0]),
    "stack": lambda a, _: np.stack(a[1:], axis=a[0]),
    "sort": lambda a, _: np.sort(a[0], axis=a[1]),
    "flip": lambda a, _: np.flip(a[0], axis=a[1]),
    "argsort": lambda a, _: np.argsort(a[0], axis=a[1], kind="stable" if a[2] else None),
    "searchsorted": lambda a, _: np.searchsorted(a[0], a[1], side="right" if a[2] else "left"),
    "bincount": lambda a, _: np.bincount(a[0], minlength=a[1]),
    "bincount_weights": lambda a, _: np.bincount(a[0], weights=a[1], minlength=a[2]),
    "roll": lambda a, _: np.roll(a[0], a[1], axis=a[2]),
    "repeat": lambda a, _: np.repeat(a[0], a[1], axis=a[2]),
    "linalg.slogdet": lambda a, _: np.array(np.linalg.slogdet(a[0])),
    "linalg.eigh": lambda a, _: np.vstack(np.linalg.eigh(a[0])),
    "tile": lambda a, _: np.tile(a[0], tuple(a[1:])),
}
