"""One drawn program on every level of the compiler, compared with CPython bit by bit."""

from __future__ import annotations

import copy
import random
import types
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from arguments import HEADER, OutOfBudget, draw_arguments, parameters, python_outcome

from loopwright.diagnostics import CannotLower, Declined
from loopwright.emit import by_name
from loopwright.emit.flow import written
from loopwright.frontend.lower_source import lower_function
from loopwright.ir.check import check
from loopwright.ir.interp import KernelFailed, rebuild, run
from loopwright.ir.nodes import Program
from loopwright.ir.types import machine_dtype
from loopwright.passes.base import Applied, Pass
from loopwright.passes.batch import Batch
from loopwright.passes.chunks import Chunks
from loopwright.passes.parallel import Parallel
from loopwright.passes.reassociate import Reassociate
from loopwright.passes.vectorise import Vectorise
from loopwright.pipeline import array_passes, compiled_passes
from loopwright.runtime import lists

Kernel = Callable[[list[Any]], Any]
"""Runs on arguments in the order of the program's parameters; raises KernelFailed to give up."""


@dataclass
class Counts:
    """How a campaign went: programs, calls, and calls at which a level gave up without need."""

    programs: int = 0
    declined: int = 0
    calls: int = 0
    spurious: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    built: dict[str, int] = field(default_factory=dict)
    "variants that were compiled and spliced, by name"
    kernel_calls: int = 0
    "calls of such a variant that its kernel answered"

    def add(self, other: Counts) -> None:
        for name, value in vars(other).items():
            mine = getattr(self, name)
            if isinstance(value, int):
                setattr(self, name, mine + value)
                continue
            for key, count in value.items():
                mine[key] = mine.get(key, 0) + count


@dataclass(frozen=True)
class Level:
    """A form of the program that can be run."""

    name: str
    program: Program
    kernel: Kernel


@dataclass(frozen=True)
class Finding:
    """A difference from CPython, or a crash."""

    level: str
    kind: str
    detail: str

    @property
    def key(self) -> tuple[str, str]:
        return self.level, self.kind


def examine(
    source: str, seed: int, backends: Sequence[str], counts: Counts, inputs: int = 5
) -> Finding | None:
    """The first difference of any level from CPython on arguments drawn by `seed`."""
    counts.programs += 1
    try:
        program = lower_function(HEADER + source)
    except CannotLower as refused:
        counts.declined += 1
        code = refused.declined.code
        counts.codes[code] = counts.codes.get(code, 0) + 1
        return None
    except Exception as error:
        return _crash("lowering", error)
    built: list[Level] = []
    try:
        for level in levels(program, backends):
            built.append(level)
    except Exception as error:
        return _crash(f"after {built[-1].name if built else 'lowering'}", error)
    names = parameters(source)
    rng = random.Random(seed)
    for _ in range(inputs):
        found = _compare(source, built, draw_arguments(names, rng), counts)
        if found is not None:
            return found
    return None


def _crash(level: str, error: Exception) -> Finding:
    return Finding(level, f"crash {type(error).__name__}", f"{error!r}"[:300])


# --------------------------------------------------------------------- levels


def levels(program: Program, backends: Sequence[str]) -> Iterator[Level]:
    """High IR, the program after each pass, and the text of the backends that are asked for."""
    check(program)
    yield _interpreted("lowering", program)
    if "numpy" in backends:
        final = yield from _after(program, "array", _exact(array_passes()))
        yield from _text("numpy", final)
    final = yield from _after(program, "compiled", compiled_passes(()))
    if final.main.level != "low":
        return
    marked = Parallel(min_work=0).run(final)
    if isinstance(marked, Applied):
        check(marked.program)
        yield _interpreted("parallel", marked.program)
        if "numba" in backends:
            yield from _text("numba", marked.program, "numba-parallel")
    sums = Reassociate().run(final)
    if isinstance(sums, Applied):
        check(sums.program)
        yield _interpreted("sums", sums.program)
        if "numba" in backends:
            yield from _text("numba", sums.program, "numba-sums")
    batched = Batch().run(final)
    if isinstance(batched, Applied):
        check(batched.program)
        yield _interpreted("batches", batched.program)
    chunks = Chunks(count=3, min_work=0).run(final)
    if isinstance(chunks, Applied):
        check(chunks.program)
        yield _interpreted("chunks", chunks.program)
        blocks = Batch(block=2).run(chunks.program)
        if isinstance(blocks, Applied):
            check(blocks.program)
            yield _interpreted("batches of chunks", blocks.program)
    for backend in ("numba", "numba-compiled"):
        if backend in backends:
            yield from _text(backend, final)


def _exact(passes: Sequence[Pass]) -> tuple[Pass, ...]:
    """The passes without the option that adds floats in another order."""
    return tuple(Vectorise(reorder=False) if isinstance(p, Vectorise) else p for p in passes)


def _after(program: Program, path: str, passes: Sequence[Pass]) -> Generator[Level, None, Program]:
    for at, each in enumerate(passes):
        outcome = each.run(program)
        if isinstance(outcome, Applied):
            program = outcome.program
            check(program)
            yield _interpreted(f"{path} {at} {each.name}", program)
    return program


def _interpreted(name: str, program: Program) -> Level:
    return Level(name, program, lambda args: rebuild(program, run(program, args), args))


def _text(backend: str, program: Program, name: str = "") -> Iterator[Level]:
    maker = by_name(backend.removesuffix("-compiled"))
    made = maker.emit(program, "kernel")
    if isinstance(made, Declined):
        return
    space: dict[str, Any] = {}
    exec(maker.prelude, space)
    if backend == "numba":
        space |= {"njit": _njit, "prange": range, "np": _NumPyOfNumba()}
    elif backend == "numba-compiled":
        compiled = space["njit"]
        space["njit"] = lambda *given, cache, **options: compiled(*given, **options)
    exec(made.text, space)
    kernel = space["kernel"]
    yield Level(name or backend, program, lambda args: _called(kernel, program, args))


class _Uint64(np.uint64):
    """Makes numbers of the class that it stands for; arrays of it have that dtype, too."""

    def __new__(cls, x: Any) -> Any:
        return np.uint64(int(x) % 2**64)


class _NumPyOfNumba:
    """NumPy as compiled code knows it: of two equal zeros `maximum` and `minimum` give the first, and a
    conversion to an unsigned number keeps the bits."""

    def __getattr__(self, name: str) -> Any:
        found = getattr(np, name)
        if name == "uint64":
            return _Uint64
        return (lambda a, b: found(b, a)) if name in ("maximum", "minimum") else found


def _njit(*given: Any, **_: Any) -> Any:
    """Numba's decorator without compilation."""
    if len(given) == 1 and isinstance(given[0], types.FunctionType):
        return given[0]
    return lambda function: function


def _called(kernel: Any, program: Program, args: list[Any]) -> Any:
    """A call as the dispatch function makes it; what a kernel of array code raises means "gave up"."""
    machine = []
    for value, param in zip(args, program.main.params, strict=True):
        if isinstance(value, list):
            machine.append(np.array(value, dtype=machine_dtype(param.type)))
        else:
            machine.append(value)
    low = program.main.level == "low"
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            got = kernel(*machine)
        except Exception as error:
            # compiled code divides by zero, and has no complex power of a negative number
            pythons = isinstance(error, ZeroDivisionError) or "not complex" in str(error)
            if low and not pythons:
                raise
            raise KernelFailed(repr(error), program.main.span) from error
    ok, *results = got if isinstance(got, tuple) else (got,)
    if not ok:
        raise KernelFailed("not ok", program.main.span)
    for value, array in zip(args, machine, strict=True):
        if isinstance(value, list):
            lists.write_back(value, array, isinstance(_scalar_in(value), np.generic))
    try:
        return rebuild(program, results, args)
    except TypeError as error:
        if low:
            raise
        # Python's power of a negative number is complex
        raise KernelFailed(repr(error), program.main.span) from error


def _scalar_in(value: Any) -> Any:
    """The first number in a list, or the empty list itself."""
    while isinstance(value, list) and value:
        value = value[0]
    return value


# ------------------------------------------------------------------ comparison


def _compare(
    source: str, built: Sequence[Level], given: dict[str, Any], counts: Counts
) -> Finding | None:
    theirs = copies(given)
    try:
        wanted = python_outcome(source, list(theirs.values()))
    except OutOfBudget:
        return None
    for level in built:
        mine = _prepared(level.program, given)
        if mine is None:
            return None
        counts.calls += 1
        args = [mine[p.name] for p in level.program.main.params]
        try:
            got = level.kernel(args)
        except KernelFailed:
            counts.spurious += not isinstance(wanted, Exception)
            continue
        except Exception as error:
            return Finding(
                level.name, f"crash {type(error).__name__}", f"{error!r}"[:300] + f"\n{given}"
            )
        found = difference(wanted, got, theirs, mine)
        if found is not None:
            kind, detail = found
            return Finding(level.name, kind, f"{detail}\n{given}")
    return None


def copies(given: dict[str, Any]) -> dict[str, Any]:
    """Deep copies that keep the strides of arrays."""
    return {
        k: _restrided(v) if isinstance(v, np.ndarray) else copy.deepcopy(v)
        for k, v in given.items()
    }


def _restrided(array: Any) -> Any:
    if array.ndim and array.strides[0] < 0:
        return array[::-1].copy()[::-1]
    if array.ndim == 1 and array.strides[0] > array.itemsize and len(array):
        return np.repeat(array, 2)[::2]
    return array.copy(order="K")


def _prepared(program: Program, given: dict[str, Any]) -> dict[str, Any] | None:
    """What the dispatch function passes: contiguous copies of what is only read; None if it declines."""
    stored = {p.name for p in written(program)[program.main.name]}
    mine = copies(given)
    for name, value in mine.items():
        if isinstance(value, np.ndarray) and not value.flags.c_contiguous:
            if name in stored:
                return None
            mine[name] = np.ascontiguousarray(value)
    return mine


def difference(
    wanted: Any, got: Any, theirs: dict[str, Any], mine: dict[str, Any]
) -> tuple[str, str] | None:
    """The kind and a description of the first difference between two finished calls."""
    if isinstance(wanted, Exception):
        return "no exception", f"CPython raised {wanted!r}, the kernel returned {got!r}"
    where = unlike(wanted, got)
    if where is not None:
        return where[0], f"returned {got!r}, not {wanted!r}"
    for name, value in theirs.items():
        if unlike(value, mine[name]) is not None:
            return "argument", f"left {name} as {mine[name]!r}, not {value!r}"
    for a, b in zip(_parts(wanted), _parts(got), strict=True):
        for name, value in theirs.items():
            if not isinstance(value, (np.ndarray, list)):
                continue
            if (a is value) != (b is mine[name]):
                return "identity", f"a result {'is' if a is value else 'is not'} argument {name}"
            views = isinstance(value, np.ndarray) and isinstance(a, np.ndarray)
            if a is not value and views and np.may_share_memory(a, value):
                return "view", f"a result of CPython is a view of {name}"
    return None


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for item in value:
            yield from _parts(item)
    else:
        yield value


def unlike(a: Any, b: Any) -> tuple[str] | None:
    """The kind of the first difference in type, dtype, shape or bits; NaN is NaN."""
    if type(a) is not type(b):
        return (f"type {type(a).__name__} {type(b).__name__}",)
    if isinstance(a, (tuple, list)):
        if len(a) != len(b):
            return ("length",)
        return next((d for x, y in zip(a, b, strict=True) if (d := unlike(x, y))), None)
    if isinstance(a, np.ndarray):
        if (a.dtype, a.shape) != (b.dtype, b.shape):
            return ("dtype or shape",)
        return unlike(a.ravel().tolist(), b.ravel().tolist())
    if isinstance(a, (float, np.floating)):
        return None if repr(float(a)) == repr(float(b)) else ("value",)
    return None if bool(a == b) else ("value",)
