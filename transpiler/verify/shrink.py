"""From a failing input to a small one: shorter, plainer, unshared, as long as it still fails."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from loopwright.verify.draw import Case
from loopwright.verify.kinds import ArrayKind, Kind, ListKind, OneOfKinds, Parameter, PyNumber, Text
from loopwright.verify.values import AnyArray

_MANY = 64


def shrink(
    case: Case, parameters: Sequence[Parameter], fails: Callable[[Case], bool], deadline: float
) -> Case:
    """The smallest case found before `deadline` (a time.perf_counter value) for which `fails` holds."""
    progress = True
    while progress and time.perf_counter() < deadline:
        progress = False
        for simpler in _simpler(case, parameters):
            if time.perf_counter() > deadline:
                break
            if conforms(parameters, simpler.values) and fails(simpler):
                case, progress = simpler, True
                break
    return case


def _simpler(case: Case, parameters: Sequence[Parameter]) -> Iterator[Case]:
    if case.script != "once":
        yield Case(case.values, case.env, "once", case.seed, case.labels)
    for parameter in parameters:
        if parameter.optional and parameter.name in case.values:
            rest = {k: v for k, v in case.values.items() if k != parameter.name}
            yield case.with_values(rest)
    for length in sorted({n for v in case.values.values() for n in _lengths(v)}, reverse=True):
        for target in sorted({0, 1, 2, 3, length // 2, length - 1}):
            if target < length:
                yield case.with_values(_resized(case.values, length, target, follow=True))
                yield case.with_values(_resized(case.values, length, target, follow=False))
    kinds = {p.name: p.kind for p in parameters}
    for name, value in case.values.items():
        if name in kinds:
            for simpler in _plainer(value, kinds[name]):
                yield case.with_values({**case.values, name: simpler})


# ------------------------------------------------------------------- lengths


def _lengths(value: Any) -> set[int]:
    if isinstance(value, np.ndarray):
        return {n for n in value.shape if n > 0}
    if isinstance(value, list) and value:
        inner = {n for item in value[:4] for n in _lengths(item)}
        return inner | {len(value)}
    return set()


def _resized(values: dict[str, Any], length: int, target: int, *, follow: bool) -> dict[str, Any]:
    return {name: _resize(value, length, target, follow) for name, value in values.items()}


def _resize(value: Any, length: int, target: int, follow: bool) -> Any:
    if isinstance(value, np.ndarray):
        window = tuple(slice(target if n == length else None) for n in value.shape)
        return value[window].copy() if length in value.shape else value
    if isinstance(value, list):
        kept = value[:target] if len(value) == length else value
        return [_resize(item, length, target, False) for item in kept]
    if follow and type(value) is int and value == length:
        return target
    return value


# -------------------------------------------------------------------- values


def _plainer(value: Any, kind: Kind) -> Iterator[Any]:
    match value:
        case np.ndarray():
            yield from _plainer_array(value)
        case bool():
            if value and isinstance(kind, PyNumber):
                yield False
        case int() if isinstance(kind, PyNumber):
            yield from (v for v in (0, 1, 2, -1, value // 2, value - 1) if abs(v) < abs(value))
        case float() if isinstance(kind, PyNumber):
            yield from (v for v in _plain_floats(value))
        case str() if isinstance(kind, Text) and not kind.binary and value:
            yield value[: len(value) // 2]
            yield value[1:]
            yield value[:-1]
        case list() if isinstance(kind, ListKind):
            yield from _plainer_list(value, kind)


def _plain_floats(value: float) -> list[float]:
    plain = [0.0, 1.0, -1.0]
    if math.isfinite(value):
        plain += [float(round(value)), float(f"{value:.1g}"), float(f"{value:.3g}")]
    return [v for v in plain if _cost(v) < _cost(value)]


def _cost(value: float) -> tuple[int, float]:
    if not math.isfinite(value):
        return (40, 0.0)
    return (len(repr(value)), abs(value))


def _plainer_list(value: list[Any], kind: ListKind) -> Iterator[Any]:
    if len(value) <= _MANY:
        for k in range(len(value)):
            yield value[:k] + value[k + 1 :]
        for k, item in enumerate(value):
            for simpler in _plainer(item, kind.elem):
                yield [*value[:k], simpler, *value[k + 1 :]]


def _plainer_array(value: AnyArray) -> Iterator[AnyArray]:
    if not (value.flags.c_contiguous and value.flags.owndata and value.flags.writeable):
        yield np.array(value, order="C")
    if value.dtype.kind not in "fciub" or not value.size:
        return
    for plain in (0, 1):
        if np.any(value != plain):
            yield np.full(value.shape, plain, value.dtype)
    if value.dtype.kind == "f":
        with np.errstate(all="ignore"):
            rounded = np.round(value)
        if not np.array_equal(rounded, value, equal_nan=True):
            yield rounded
    if value.size > _MANY:
        return
    flat = np.array(value, order="C").reshape(-1)
    for k in range(flat.size):
        element = flat[k].item()
        options: list[Any] = [0, 1] if value.dtype.kind != "f" else _plain_floats(element)
        for plain in options:
            if value.dtype.kind == "f" or element not in (0, 1):
                changed = flat.copy()
                changed[k] = plain
                yield changed.reshape(value.shape)


# -------------------------------------------------------------------- domain


def conforms(parameters: Sequence[Parameter], values: dict[str, Any]) -> bool:
    """True if array shapes still agree with the symbols and numbers of the parameters' kinds."""
    env: dict[str, int] = {}
    for parameter in parameters:
        if parameter.how in ("positional", "keyword") and parameter.name in values:
            if not _fits(parameter.kind, values[parameter.name], env):
                return False
    return True


def _fits(kind: Kind, value: Any, env: dict[str, int]) -> bool:
    if isinstance(kind, OneOfKinds):
        return any(_fits(choice, value, env) for choice in kind.choices)
    if isinstance(kind, ArrayKind):
        if not isinstance(value, np.ndarray) or str(value.dtype) != kind.dtype:
            return False
        if kind.dims is None:
            return True
        if len(kind.dims) != value.ndim:
            return False
        return all(_agrees(d, n, env) for d, n in zip(kind.dims, value.shape, strict=True))
    if isinstance(kind, ListKind) and isinstance(value, list):
        return _agrees(kind.length, len(value), env)
    return True


def _agrees(dim: str | int | None, length: int, env: dict[str, int]) -> bool:
    if isinstance(dim, int):
        return dim == length
    if isinstance(dim, str) and dim.isidentifier():
        return env.setdefault(dim, length) == length
    if isinstance(dim, str):
        return eval_length(dim, env) in (None, length)
    return True


def eval_length(dim: str, env: dict[str, int]) -> int | None:
    """The value of an expression such as `n + 1`; None if a symbol has no length yet."""
    left, plus, right = dim.partition("+") if "+" in dim else dim.partition("-")
    if not plus or left.strip() not in env or not right.strip().isdigit():
        return None
    step = int(right)
    return env[left.strip()] + (step if plus == "+" else -step)
