"""Run a function on every level of the compiler, for given arguments, and compare with CPython."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from levels import levels

from loopwright.ir.interp import KernelFailed
from loopwright.ir.nodes import Program

from .lowering import by_python, program_for, same

BACKENDS = ("numpy", "numba")


def assert_same_on_all_levels(source: str, *args: Any, gives_up: bool = False) -> None:
    """Every level does what the function does; with `gives_up` every level may leave it to CPython."""
    program, module, paths = program_for(source, args)
    want = by_python(source, args)
    ran: set[str] = set()
    for level in levels(program, BACKENDS):
        mine = copy.deepcopy(list(args))
        values = dict(zip(module["<names>"], mine, strict=True))
        given = [eval(path, module, values) for path in paths]
        try:
            got = level.kernel(given)
        except KernelFailed as failure:
            assert gives_up or want.failed is not None, f"{level.name}: {failure}"
            continue
        ran.add(level.name)
        assert want.failed is None, f"{level.name}: {got} instead of {want.failed}"
        assert same(got, want.result), f"{level.name}: {got} instead of {want.result}"
        assert same(mine, want.args), f"{level.name}: arguments {mine} instead of {want.args}"
    assert ran >= {"lowering", *BACKENDS} or gives_up or want.failed is not None, ran


def levels_of(program: Program) -> Iterator[tuple[str, Callable[[list[Any]], Any]]]:
    """Name and kernel of each level; the kernels return None where they give up."""

    def guarded(kernel: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
        def call(args: list[Any]) -> Any:
            try:
                return kernel(args)
            except KernelFailed:
                return None

        return call

    for level in levels(program, BACKENDS):
        yield level.name, guarded(level.kernel)
