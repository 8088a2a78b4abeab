"""Realistic inputs from small to large, for timing.

With samples each length is scaled down and values are cut from the samples; without, values are made up
from the types: ordinary numbers, lengths shared.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from loopwright.ir.domain import Domain
from loopwright.ir.nodes import For, If, Invoke, Program, Stmt, While
from loopwright.ir.sizes import counted, size_of
from loopwright.ir.types import Array, Chars, ListOf, Ragged, TupleOf, Type
from loopwright.verify import codec
from loopwright.verify.codec import AnyArray
from loopwright.verify.domains import parameters_of_domain
from loopwright.verify.kinds import (
    ArrayKind,
    Exactly,
    Kind,
    ListKind,
    NpNumber,
    Parameter,
    PyNumber,
    RandomKind,
    Text,
    TupleKind,
)
from loopwright.verify.stock import generator

Leaves = dict[str, object]
_SCALES = (1 / 64, 1 / 16, 1 / 4, 1.0)
_LENGTHS = (8, 32, 128, 512, 2048, 8192, 32_768, 131_072, 1_000_000)
_SIZES = 5
_LEAST = 4
_WORK = 1e6
MOST_ELEMENTS = 2_000_000


def representative(
    domain: Domain,
    samples: Sequence[Mapping[str, object]],
    seed: int = 0,
    max_elements: int = MOST_ELEMENTS,
    program: Program | None = None,
) -> list[Leaves]:
    """About five inputs by parameter name, small to large, of at most `max_elements` elements each.

    `samples` are recorded leaves by parameter name: the largest that fits is scaled down, a length that
    several parameters share stays shared, ints that equal a length follow it, and integer arrays that
    index an axis stay within it. The loop nest of `program` bounds made-up lengths, so that
    the original ends in seconds.
    """
    usable = usable_samples(domain, samples, max_elements)
    if usable:
        return _scaled(domain, usable)
    rank = max((_rank(p.type) for p in domain.params), default=0)
    return _made_up(domain, seed, max_elements, _longest(program, rank) if rank else 0)


def usable_samples(
    domain: Domain, samples: Sequence[Mapping[str, object]], max_elements: int = MOST_ELEMENTS
) -> list[Leaves]:
    """The samples that have all parameters and are not too large, without what else is in them."""
    names = {p.name for p in domain.params if not p.bounds}
    return [
        {name: s[name] for name in names}
        for s in samples
        if names <= s.keys() and _elements(s) <= max_elements
    ]


def _elements(leaves: Mapping[str, object]) -> int:
    return sum(_count(value) for value in leaves.values())


def _count(value: object) -> int:
    if isinstance(value, np.ndarray):
        return int(value.size)
    if isinstance(value, list):
        return (
            sum(_count(item) for item in value)
            if value and isinstance(value[0], list | np.ndarray)
            else len(value)
        )
    return len(value) if isinstance(value, str) else 1


# ------------------------------------------------------------------ samples


def _scaled(domain: Domain, samples: list[dict[str, Any]]) -> list[Leaves]:
    size = partial(size_of, domain)
    largest = max(samples, key=size)
    parameters = parameters_of_domain(domain, samples)
    lengths = _lengths_of(parameters, largest)
    varied = [n for n in counted(domain) if any(s[n] != largest[n] for s in samples)]
    seen: dict[int, Leaves] = {}
    for scale in _SCALES:
        targets = {s: _shorter(n, scale) for s, n in lengths.items()}
        leaves = {p.name: _cut(p.kind, largest[p.name], lengths, targets) for p in parameters}
        for name in varied:
            if leaves[name] == largest[name]:  # it follows no length
                leaves[name] = max(min(s[name] for s in samples), _shorter(largest[name], scale))
        seen[size(leaves)] = codec.copy(leaves)
    for sample in samples:
        seen.setdefault(size(sample), codec.copy(sample))
    ordered = [seen[key] for key in sorted(seen)]
    if len(ordered) <= _SIZES:
        return ordered
    picks = {round(k * (len(ordered) - 1) / (_SIZES - 1)) for k in range(_SIZES)}
    return [ordered[k] for k in sorted(picks)]


def _shorter(n: int, scale: float) -> int:
    """Short axes (features, classes) keep their length: they are a property of the task, not its size."""
    return n if n <= 2 * _LEAST else max(_LEAST, min(n, math.ceil(n * scale)))


def _lengths_of(parameters: Sequence[Parameter], leaves: Mapping[str, Any]) -> dict[str, int]:
    lengths: dict[str, int] = {}
    for p in parameters:
        for axis, dim in enumerate(_dims(p.kind)):
            n = _axis(leaves[p.name], axis)
            if isinstance(dim, str) and n is not None:
                lengths[dim] = n
    return lengths


def _dims(kind: Kind) -> tuple[str | int | None, ...]:
    match kind:
        case ArrayKind(_, dims):
            return dims or ()
        case ListKind(elem, length):
            return (length, *_dims(elem))
        case Text(_, str() as length):
            return (length,)
        case _:
            return ()


def _axis(value: Any, axis: int) -> int | None:
    if isinstance(value, np.ndarray):
        return int(value.shape[axis])
    if isinstance(value, str):
        return len(value)
    for _ in range(axis):
        if not isinstance(value, list) or not value:
            return None
        value = value[0]
    return len(value) if isinstance(value, list) else None


def _cut(kind: Kind, value: Any, lengths: Mapping[str, int], targets: Mapping[str, int]) -> Any:
    match kind:
        case ArrayKind(_, dims) if isinstance(value, np.ndarray):
            sizes = zip(dims or (), value.shape, strict=False)
            window = tuple(slice(targets.get(str(d), n)) for d, n in sizes)
            cut = value[window].copy(order="K")
            if kind.index_of is not None and kind.index_of in targets:
                limit = max(1, targets[kind.index_of])
                if limit <= np.iinfo(value.dtype).max:  # else each value is an index already
                    cut = np.where(cut < 0, cut, cut % limit).astype(value.dtype)
            return cut
        case PyNumber("int", index_of=str() as axis) if axis in targets:
            return value if value < 0 else value % max(1, targets[axis])
        case Text(_, str() as length) if isinstance(value, str):
            return value[: targets.get(length, len(value))]
        case ListKind(elem, length) if isinstance(value, list):
            kept = value[: targets.get(str(length), len(value))]
            return [_cut(elem, item, lengths, targets) for item in kept]
        case PyNumber("int", like) if like is not None and lengths.get(like) == value:
            return targets[like]
        case _:
            return value


# ------------------------------------------------------------------ made up


def _longest(program: Program | None, rank: int) -> int:
    """The length at which the deepest loop nest does `_WORK` iterations; a guess without program."""
    if program is None:
        return int(_WORK ** (1 / (rank + 1)))
    depths: dict[str, int] = {}
    for func in (*program.helpers, program.main):
        depths[func.name] = _depth(func.body, depths)
    return int(_WORK ** (1 / max(1, depths[program.main.name])))


def _depth(body: Sequence[Stmt], helpers: Mapping[str, int]) -> int:
    deepest = 0
    for stmt in body:
        match stmt:
            case For() | While():
                deepest = max(deepest, 1 + _depth(stmt.body, helpers), _depth(stmt.orelse, helpers))
            case If():
                deepest = max(deepest, _depth(stmt.then, helpers), _depth(stmt.orelse, helpers))
            case Invoke():
                deepest = max(deepest, helpers.get(stmt.func, 0))
    return deepest


def _made_up(domain: Domain, seed: int, max_elements: int, longest: int) -> list[Leaves]:
    rng = np.random.default_rng(seed)
    parameters = [replace(p, kind=_one_length(p.kind)) for p in parameters_of_domain(domain, [])]
    inputs: list[Leaves] = []
    lengths = sorted({n for n in _LENGTHS if n < longest} | {longest}) if longest else [1]
    for length in lengths:
        if inputs and sum(length ** _rank(p.type) for p in domain.params) > max_elements:
            break
        leaves: Leaves = {p.name: _ordinary(p.kind, rng, length) for p in parameters}
        inputs.append(leaves)
    if len(inputs) <= _SIZES:
        return inputs
    picks = sorted({round(k * (len(inputs) - 1) / (_SIZES - 1)) for k in range(_SIZES)})
    return [inputs[k] for k in picks]


def _rank(t: Type) -> int:
    match t:
        case Array(_, ndim, _) | ListOf(_, ndim):
            return ndim
        case Chars():
            return 1
        case Ragged(rows):
            return 1 + (rows.ndim if isinstance(rows, Array) else 1)
        case TupleOf(items):
            return max((_rank(item) for item in items), default=0)
        case _:
            return 0


def _one_length(kind: Kind) -> Kind:
    """All lengths are `n`: the choice that programs accept most often."""
    match kind:
        case ArrayKind(dtype, dims):
            return ArrayKind(dtype, tuple("n" for _ in dims or ()), index_of="n", low=0)
        case ListKind(elem, _):
            return ListKind(_one_length(elem), "n")
        case Text(binary, str()):
            return Text(binary, "n")
        case _:
            return kind


def _ordinary(kind: Kind, rng: np.random.Generator, length: int) -> object:
    """Finite, unremarkable values; an int is a small count."""
    match kind:
        case ArrayKind(dtype, dims):
            shape = tuple(length for _ in dims or ())
            return _ordinary_array(dtype, shape, rng)
        case NpNumber(dtype):
            return _ordinary_array(dtype, (1,), rng)[0]
        case ListKind(PyNumber("float")):
            return rng.normal(size=length).tolist()
        case ListKind(PyNumber("int")):
            return rng.integers(0, max(1, length), length).tolist()
        case ListKind(elem):
            return [_ordinary(elem, rng, length) for _ in range(length)]
        case TupleKind(items):
            return tuple(_ordinary(item, rng, length) for item in items)
        case PyNumber("int", _, low, high):
            least, most = (low, high) if low is not None and high is not None else (1, 10)
            return min(max(min(length, 10), least), most)
        case PyNumber(name):
            return {"float": 0.1, "bool": True, "complex": 0.1 + 0.2j}[name]
        case Text(_, str()):
            return "".join(rng.choice(list("acgt"), length).tolist())
        case Text():
            return "text"
        case Exactly(values):
            return values[0]
        case RandomKind(name):
            return generator(name, 0)
        case _:
            raise TypeError(f"no ordinary value of {kind}")


def _ordinary_array(dtype: str, shape: tuple[int, ...], rng: np.random.Generator) -> AnyArray:
    if dtype == "bool":
        return rng.random(shape) < 0.5
    if dtype[0] in "iu":
        top = min(max(shape, default=2), np.iinfo(dtype).max)
        return rng.integers(0, max(1, top), shape).astype(dtype)
    values = rng.normal(size=shape)
    if dtype.startswith("complex"):
        return (values + 1j * rng.normal(size=shape)).astype(dtype)
    return values.astype(dtype)
