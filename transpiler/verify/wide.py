"""The original's text run on 80-bit numbers: a referee where its program is not known.

Not rigorous, but 11 bits better than double precision. Trusted only for leaves that come out as
longdouble; where the machine has none, there is no such referee. How much rounding leaves of these 11
bits shows when the same text runs with all operations rounded up, and rounded down (W. Kahan, "How
futile are mindless assessments of roundoff in floating-point computation?", 2006). Of a zero nothing
shows, as numbers that are rounded alike cancel in every direction.
"""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import math
import platform
import random
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from loopwright.verify import snapshot
from loopwright.verify.accuracy import Truth
from loopwright.verify.case import Case
from loopwright.verify.codec import AnyArray
from loopwright.verify.leaves import leaves
from loopwright.verify.observe import CallTimeout, time_limit

SECONDS = 1.0
WIDER = np.finfo(np.longdouble).nmant > np.finfo(np.float64).nmant


@dataclass
class Wider:
    """`call` gives the result and the arguments after."""

    call: Callable[[Case], tuple[Any, Mapping[str, Any]]]
    name: str = "the original's text on 80-bit numbers"

    def truth(self, case: Case) -> Truth | None:
        found = self._leaves(case)
        if found is None:
            return None
        margins: dict[str, AnyArray] = {}
        for mode in MODES.get(platform.machine(), ()):
            with rounding(mode):
                other = self._leaves(case) or {}
            for path, leaf in found.items():
                apart = np.where(leaf == 0, np.inf, _apart(leaf, other.get(path)))
                margins[path] = np.maximum(margins.get(path, apart), apart)
        return Truth(found, by=self.name, margins=margins)

    def _leaves(self, case: Case) -> dict[str, AnyArray] | None:
        try:
            random.seed(case.seed)
            np.random.seed(case.seed % 2**32)
            with time_limit(SECONDS):
                result, after = self.call(case)
                lazy = snapshot.is_lazy(result)
                found = list(leaves("items", list(result)) if lazy else leaves("result", result))
        except (Exception, CallTimeout):
            return None
        for name, value in after.items():
            found += leaves(f"{name} after the call", value)
        return {path: leaf for path, leaf in found if leaf.dtype.char in "gG"}


MODES = {"x86_64": (0x400, 0x800), "aarch64": (0x800000, 0x400000)}
"FE_DOWNWARD and FE_UPWARD of fenv.h."


@contextlib.contextmanager
def rounding(mode: int) -> Iterator[None]:
    """All floating-point operations rounded in one direction."""
    library = ctypes.CDLL(None)
    library.fesetround(mode)
    try:
        yield
    finally:
        library.fesetround(0)


def _apart(x: AnyArray, y: AnyArray | None) -> AnyArray:
    if y is None or y.shape != x.shape:
        return np.full(x.shape, np.inf)
    with np.errstate(all="ignore"):
        away = np.abs(x - y)
    return np.where((x == y) | (np.isnan(x) & np.isnan(y)), 0.0, away).astype(np.float64)


def widen(value: Any) -> Any:
    """Doubles and singles as 80-bit numbers, everything else as it is."""
    match value:
        case np.ndarray() if value.dtype.kind == "f":
            return value.astype(np.longdouble)
        case np.ndarray() if value.dtype.kind == "c":
            return value.astype(np.clongdouble)
        case float() | np.floating():
            return np.longdouble(value)
        case list():
            return [widen(item) for item in value]
        case tuple():
            return tuple(widen(item) for item in value)
        case dict():
            return {key: widen(item) for key, item in value.items()}
        case _:
            return value


def widened_function(source: str, name: str) -> Callable[..., Any]:
    """The function `name` of `source` with `float`, `math` and `numpy` at 80 bits. Runs the text."""
    namespace: dict[str, Any] = {"__name__": "loopwright_side_wide"}
    exec(compile(source, "<wide>", "exec"), namespace)
    for key, value in list(namespace.items()):
        if value is np:
            namespace[key] = _WideNumpy()
        elif value is math:
            namespace[key] = _WideMath()
        elif getattr(value, "__module__", None) == "math":
            namespace[key] = getattr(_WideMath(), value.__name__)
    namespace["float"] = lambda x=0.0: np.longdouble(x)
    namespace["sum"] = _plain_sum
    found = namespace[name]
    assert callable(found)
    call: Callable[..., Any] = found
    return call


def _plain_sum(values: Any, start: Any = 0) -> Any:
    return builtins.sum((np.longdouble(v) if isinstance(v, float) else v for v in values), start)


class _WideMath(types.ModuleType):
    def __init__(self) -> None:
        super().__init__("math")

    def __getattr__(self, name: str) -> Any:
        renamed = {"pow": "power", "fabs": "abs", "asin": "arcsin", "acos": "arccos",
                   "atan": "arctan", "atan2": "arctan2", "asinh": "arcsinh", "acosh": "arccosh",
                   "atanh": "arctanh"}  # fmt: skip
        same = {"sqrt", "exp", "expm1", "log2", "log10", "log1p", "sin", "cos", "tan", "sinh",
                "cosh", "tanh", "hypot", "copysign", "fmod"}  # fmt: skip
        if name in same or name in renamed:
            function = getattr(np, renamed.get(name, name))
            return lambda *args: function(*(np.longdouble(a) for a in args))
        if name == "log":
            return _wide_log
        if name == "fsum":
            return _plain_sum
        return getattr(math, name)


def _wide_log(x: Any, base: Any = None) -> Any:
    value = np.log(np.longdouble(x))
    return value if base is None else value / np.log(np.longdouble(base))


class _WideNumpy(types.ModuleType):
    def __init__(self) -> None:
        super().__init__("numpy")

    def __getattr__(self, name: str) -> Any:
        if name in ("float64", "float32", "double"):
            return np.longdouble
        if name in ("complex128", "complex64"):
            return np.clongdouble
        value = getattr(np, name)
        if name in ("zeros", "ones", "empty", "linspace", "eye", "identity"):
            return _with_dtype(value)
        if name in ("array", "asarray", "full"):
            return lambda *args, **kwargs: _widened_array(value(*args, **kwargs), kwargs)
        return value


def _with_dtype(function: Callable[..., Any]) -> Callable[..., Any]:
    def wide(*args: Any, dtype: Any = np.longdouble, **kwargs: Any) -> Any:
        if dtype in (float, "float", "float64") or dtype is None:
            dtype = np.longdouble
        return function(*args, dtype=dtype, **kwargs)

    return wide


def _widened_array(made: AnyArray, kwargs: Mapping[str, Any]) -> AnyArray:
    return made if made.dtype.kind not in "fc" else widen(made)
