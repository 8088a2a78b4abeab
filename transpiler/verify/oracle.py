"""More exact results than floating point gives: the referee of the accuracy level `faithful`."""

from __future__ import annotations

import builtins
import math
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from loopwright.ir.domain import Param, packed, unpacked
from loopwright.ir.rows import joined_rows, row_bounds
from loopwright.ir.types import Ragged
from loopwright.verify.accuracy import Oracle
from loopwright.verify.case import Case
from loopwright.verify.codec import AnyArray
from loopwright.verify.observe import CallTimeout, time_limit

if TYPE_CHECKING:
    from loopwright.ir.nodes import Program

SECONDS = 2.0


def make_oracle(pair: Any, program: Program | None) -> Oracle | None:
    """The best referee for a pair: enclosures of its program, else its text on wider numbers.

    Raises ValueError if the parameters of the program are not those of the pair's domain, in order.
    """
    if program is not None and hasattr(pair, "exact_roots"):
        ours = [p.name for p in pair.domain.params]
        theirs = [p.name for p in program.main.params]
        if ours != theirs:
            raise ValueError(f"the domain has {ours}, the program takes {theirs}")
        return Enclosing(program, pair)
    if hasattr(pair, "wide_call"):
        return Wider(pair.wide_call)
    return None


def leaves(path: str, value: Any) -> Iterator[tuple[str, AnyArray]]:
    """The floating leaves of a value with the paths that `compare` gives them."""
    match value:
        case np.ndarray():
            if value.dtype.kind in "fcO":
                yield path, np.asarray(value)
        case list() | tuple():
            for k, item in enumerate(value):
                yield from leaves(f"{path}[{k}]", item)
        case dict():
            for key, item in value.items():
                yield from leaves(f"{path}[{key!r}]", item)
        case bool() | int() | str() | None:
            return
        case float() | complex() | np.generic():
            yield path, np.asarray(value)
        case _ if hasattr(value, "mid") or hasattr(value, "imag"):
            yield path, np.array(value, dtype=object)
        case _ if hasattr(value, "__dict__"):
            yield from leaves(path, vars(value))


# --------------------------------------------------------------- enclosures


@dataclass
class Enclosing:
    """Midpoints of the enclosures of `ir.interp_exact`, at 200 bits."""

    program: Program
    pair: Any
    name: str = "rigorous enclosures at 200 bits"

    def truths(self, case: Case) -> dict[str, AnyArray] | None:
        from loopwright.ir.interp_exact import enclose, params_after, rebuild_exact

        params = self.pair.domain.params
        names = [p.name for p in params]
        domain = self.pair.domain
        drawn = case.fresh()
        if any(group.table is not None for group in domain.groups):
            drawn = unpacked(domain, packed(domain, drawn))  # keys in order, each once
        values = [_machine(p, drawn, params[k - 1]) for k, p in enumerate(params)]
        try:
            with time_limit(SECONDS):
                found = enclose(self.program, values)
                result = rebuild_exact(self.program, found)
        except (Exception, CallTimeout):
            return None
        after = {
            name: value if exact_value is None else exact_value
            for name, value, exact_value in zip(
                names, values, params_after(self.program, found), strict=True
            )
        }
        # rows are only read
        after |= {p.name: drawn[p.name] for p in params if _is_rows(p) and not p.bounds}
        exact: dict[str, AnyArray] = {}
        for path, leaf in leaves("result", result):
            exact[path] = _midpoints(leaf)
        for root, built in self.pair.exact_roots(after).items():
            for path, leaf in leaves(f"{root} after the call", built):
                exact[path] = _midpoints(leaf)
        return exact


def _is_rows(param: Param) -> bool:
    return isinstance(param.type, Ragged)


def _machine(param: Param, drawn: Mapping[str, Any], before: Param) -> Any:
    """What the program takes for a parameter; rows come joined, with their bounds behind."""
    if not isinstance(param.type, Ragged):
        return drawn[param.name]
    rows = drawn[before.name if param.bounds else param.name]
    if not param.bounds:
        return joined_rows(param.type, rows)
    return row_bounds(rows)


def _midpoints(leaf: AnyArray) -> AnyArray:
    from flint import ctx

    if leaf.dtype != object:
        return leaf.astype(np.clongdouble if leaf.dtype.kind == "c" else np.longdouble)
    with ctx.workprec(256):
        flat = [_midpoint(v) for v in leaf.reshape(-1)]
    wide = np.clongdouble if any(isinstance(v, np.clongdouble) for v in flat) else np.longdouble
    return np.array(flat, dtype=wide).reshape(leaf.shape)


def _midpoint(ball: Any) -> Any:
    """Two doubles hold more than the 64 bits of a longdouble's mantissa; NaN if the ball is too wide."""
    if hasattr(ball, "mid") and hasattr(ball, "rad"):
        middle = ball.mid()
        high = float(middle)
        if not math.isfinite(high):
            return np.longdouble(high if ball.is_exact() else math.nan)
        if float(ball.rad()) > 2.0**-80 * max(abs(high), 1e-300):
            return np.longdouble(math.nan)
        return np.longdouble(high) + np.longdouble(float(middle - high))
    if hasattr(ball, "real") and hasattr(ball.real, "mid"):
        return np.clongdouble(_midpoint(ball.real) + 1j * _midpoint(ball.imag))
    return np.longdouble(ball)


# ----------------------------------------------------------- wider numbers


@dataclass
class Wider:
    """The original's text run on 80-bit numbers: `call` gives the result and the arguments after.

    Trusted only for leaves that come out as longdouble.
    """

    call: Callable[[Case], tuple[Any, Mapping[str, Any]]]
    name: str = "the original's text on 80-bit numbers"

    def truths(self, case: Case) -> dict[str, AnyArray] | None:
        try:
            with time_limit(SECONDS):
                result, after = self.call(case)
        except (Exception, CallTimeout):
            return None
        found = list(leaves("result", result))
        for name, value in after.items():
            found += leaves(f"{name} after the call", value)
        return {path: leaf for path, leaf in found if leaf.dtype.char in "gG"}


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
