"""From a failing input to a small one, where Hypothesis cannot: shorter, plainer, unshared.

Hypothesis shrinks its own choices, and has done so before for an input that it drew. It does not know
recorded inputs and their changes, it cuts arrays at the end only, and it does not see that arguments share
a length or a buffer, all of which have to be cut together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from loopwright.verify import codec
from loopwright.verify.case import Case
from loopwright.verify.codec import AnyArray, root_of
from loopwright.verify.kinds import (
    ArrayKind,
    Exactly,
    Kind,
    ListKind,
    OneOfKinds,
    Parameter,
    PyNumber,
    Text,
)

_MANY = 64


def shrink(case: Case, parameters: Sequence[Parameter], fails: Callable[[Case], bool]) -> None:
    """Try simpler and simpler cases for which `fails` holds, which keeps them; it may end this by raising."""
    progress = True
    while progress:
        progress = False
        for simpler in _simpler(case, parameters):
            if conforms(parameters, simpler.values) and fails(simpler):
                case, progress = simpler, True
                break


def _simpler(case: Case, parameters: Sequence[Parameter]) -> Iterator[Case]:
    if case.script != "once":
        yield replace(case, script="once", data=b"")
    for parameter in parameters:
        if parameter.optional and parameter.name in case.values:
            rest = {k: v for k, v in case.values.items() if k != parameter.name}
            yield case.with_values(rest)
    kinds = {p.name: p.kind for p in parameters}
    for name, value in case.values.items():
        # what is long is made plain before it is cut, step by step
        if name in kinds and isinstance(value, np.ndarray) and value.size > _MANY:
            for simpler in _plainer_array(value):
                yield case.with_values({**case.values, name: simpler})
    for length in sorted({n for v in case.values.values() for n in _lengths(v)}, reverse=True):
        for target in sorted({0, 1, 2, 3, length // 2, length - length // 8, length - 1}):
            if target < length:
                for follow, end in ((True, False), (True, True), (False, False), (False, True)):
                    windows = {
                        k: _resize(v, length, target, follow, end) for k, v in case.values.items()
                    }
                    yield case.with_values(windows)
    for values in _plainer_buffers(case.values):
        yield case.with_values(values)
    for name, value in case.values.items():
        if name in kinds:
            for simpler in _plainer(value, kinds[name]):
                yield case.with_values({**case.values, name: simpler})


# ------------------------------------------------------------------- lengths


def _lengths(value: Any) -> set[int]:
    if isinstance(value, np.ndarray):
        return {n for n in value.shape if n > 0}
    if isinstance(value, str):
        return {len(value)} - {0}
    if isinstance(value, list) and value:
        inner = {n for item in value[:4] for n in _lengths(item)}
        return inner | {len(value)}
    return set()


def _resize(value: Any, length: int, target: int, follow: bool, end: bool) -> Any:
    """Every axis of `length` cut to `target`, its end kept or its start; ints follow if asked to."""
    cut = slice(length - target, None) if end else slice(target)
    if isinstance(value, np.ndarray):
        window = tuple(cut if n == length else slice(None) for n in value.shape)
        return value[window] if length in value.shape else value
    if isinstance(value, str):
        return value[cut] if len(value) == length else value
    if isinstance(value, list):
        kept = value[cut] if len(value) == length else value
        return [_resize(item, length, target, False, end) for item in kept]
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


def _plainer_buffers(values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Buffers that several arguments share: cut to what they cover, then filled with plain numbers."""
    arrays = {k: v for k, v in values.items() if isinstance(v, np.ndarray) and v.size}
    for name, array in arrays.items():
        root = root_of(array)
        if root is array or root.ndim != 1 or root.dtype.kind not in "fciu":
            continue
        cut = _cut_buffer(root, {k: v for k, v in arrays.items() if root_of(v) is root})
        if cut:
            yield {**values, **cut}
        plain = np.arange(root.size) % 100
        if not np.array_equal(root, plain.astype(root.dtype)):
            copied: dict[str, Any] = codec.copy(values)
            root_of(copied[name])[...] = plain
            yield copied


def _cut_buffer(root: AnyArray, views: dict[str, AnyArray]) -> dict[str, AnyArray]:
    bounds = [np.lib.array_utils.byte_bounds(v) for v in views.values()]
    start = np.lib.array_utils.byte_bounds(root)[0]
    low, high = min(b[0] for b in bounds) - start, max(b[1] for b in bounds) - start
    size = root.dtype.itemsize
    if high - low == root.nbytes or low % size or high % size:
        return {}
    kept = root[low // size : high // size].copy()
    out = {}
    for name, view in views.items():
        offset = view.__array_interface__["data"][0] - start - low
        out[name] = np.ndarray(view.shape, view.dtype, kept, offset, view.strides)
        out[name].flags.writeable = view.flags.writeable
    return out


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
    if np.any(value != 0):
        yield np.zeros(value.shape, value.dtype)
        if np.any(value != 1):
            yield np.ones(value.shape, value.dtype)
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
                yield changed.reshape(value.shape).copy()


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
    if isinstance(kind, Exactly):
        return any(type(v) is type(value) and v == value for v in kind.values)
    if isinstance(kind, PyNumber):
        return type(value).__name__ == kind.name
    if isinstance(kind, Text) and isinstance(value, str):
        return _agrees(kind.length, len(value), env)
    if isinstance(kind, ListKind) and isinstance(value, list):
        if not all(_fits(kind.elem, item, dict(env)) for item in value[:20]):
            return False
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
