"""Lower a function for given arguments, run the IR, and compare with CPython."""

from __future__ import annotations

import copy
import math
import pickle
from dataclasses import dataclass
from typing import Any

import numpy as np

from loopwright.diagnostics import CannotLower, Declined
from loopwright.frontend.lower_program import lower_region
from loopwright.frontend.lower_source import region_of_source
from loopwright.ir.check import check
from loopwright.ir.interp import KernelFailed, rebuild, run
from loopwright.ir.nodes import Program
from loopwright.ir.rows import joined_rows, row_bounds
from loopwright.ir.types import (
    BOOL,
    COMPLEX,
    FLOAT,
    INT,
    NONE,
    STR,
    Array,
    ListOf,
    Num,
    Py,
    Ragged,
    Rng,
    TupleOf,
    Type,
)


def type_of(value: Any) -> Type:
    """The type of an argument in the lattice of the IR."""
    if isinstance(value, np.ndarray):
        return Array(value.dtype.name, value.ndim)
    if isinstance(value, np.generic):
        return Num(value.dtype.name)
    if isinstance(value, list):
        if len({len(v) for v in value if isinstance(v, list | np.ndarray)}) > 1 or any(
            isinstance(v, np.ndarray) for v in value
        ):
            rows = type_of(next(v for v in value if len(v)))
            assert isinstance(rows, Array | ListOf)
            return Ragged(rows)
        first = type_of(value[0]) if value else NONE
        if isinstance(first, ListOf):
            return ListOf(first.elem, first.ndim + 1)
        assert isinstance(first, Py | Num)
        return ListOf(first)
    if isinstance(value, tuple):
        return TupleOf(tuple(map(type_of, value)))
    if isinstance(value, np.random.Generator):
        return Rng()
    return {bool: BOOL, int: INT, float: FLOAT, complex: COMPLEX, str: STR}.get(type(value), NONE)


@dataclass(frozen=True)
class Outcome:
    """What ran: the result and the arguments afterwards; `failed` if it gave up or raised."""

    result: Any
    args: list[Any]
    failed: str | None = None


def program_for(source: str, args: tuple[Any, ...]) -> tuple[Program, dict[str, Any], list[str]]:
    """The program of the last function for the types of `args`, its module and its parameter paths."""
    region = region_of_source(source)
    module: dict[str, Any] = {"np": np, "math": math}
    exec(compile(source, "source.py", "exec"), module)
    names = [a.arg for a in region.function.args.args]
    values = dict(zip(names, args, strict=True))
    types = {v.name: type_of(eval(v.path, module, values)) for v in region.live_ins}
    program, domain, _ = lower_region(region, types)
    check(program)
    module["<names>"] = names
    return program, module, [p.path for p in domain.params]


def arguments(values: list[Any], paths: list[str]) -> list[Any]:
    """What the program takes; the rows of a ragged list are joined, and their bounds come after them."""
    given = list(values)
    for k in range(1, len(paths)):
        if paths[k] == paths[k - 1]:
            rows = values[k]
            found = type_of(rows)
            assert isinstance(found, Ragged)
            given[k - 1 : k + 1] = joined_rows(found, rows), row_bounds(rows)
    return given


def by_kernel(source: str, args: tuple[Any, ...]) -> Outcome:
    program, module, paths = program_for(source, args)
    mine = copy.deepcopy(list(args))
    values = dict(zip(module["<names>"], mine, strict=True))
    given = arguments([eval(path, module, values) for path in paths], paths)
    try:
        results = run(program, given)
    except KernelFailed as failure:
        return Outcome(None, mine, str(failure))
    return Outcome(rebuild(program, results, given), mine)


def by_python(source: str, args: tuple[Any, ...]) -> Outcome:
    module: dict[str, Any] = {"np": np, "math": math}
    exec(compile(source, "source.py", "exec"), module)
    name = region_of_source(source).function.name
    mine = copy.deepcopy(list(args))
    try:
        with np.errstate(all="ignore"):
            return Outcome(module[name](*mine), mine)
    except Exception as error:
        return Outcome(None, mine, repr(error))


def same(a: Any, b: Any) -> bool:
    """Equal in kind, dtype, shape and every bit; NaN equals NaN."""
    if type(a) is not type(b):
        return False
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return same(list(a.items()), list(b.items()))
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and all(map(same, a.ravel(), b.ravel()))
    if isinstance(a, (float, complex, np.inexact)):
        return str(a) == str(b) and (a == b or a != a)
    if isinstance(a, np.random.Generator):
        return pickle.dumps(a.bit_generator.state) == pickle.dumps(b.bit_generator.state)
    return bool(a == b)


def assert_same(source: str, *args: Any) -> None:
    """The kernel does what the function does, and does not give up where the function returns."""
    want, got = by_python(source, args), by_kernel(source, args)
    assert (got.failed is None) == (want.failed is None), (got.failed, want)
    if want.failed is None:
        assert same(got.result, want.result), (got.result, want.result)
        assert same(got.args, want.args), (got.args, want.args)


def refusal(source: str, *args: Any) -> Declined:
    """Why lowering declines; AssertionError if it does not."""
    try:
        program_for(source, args)
    except CannotLower as error:
        return error.declined
    raise AssertionError("lowered")
