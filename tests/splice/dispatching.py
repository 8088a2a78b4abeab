"""A function behind the dispatch function of its kernel, all in this process: the guard is the real one,
the kernel is the low-level IR in the interpreter."""

from __future__ import annotations

import ast
import copy
import random
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from loopwright.diagnostics import Declined
from loopwright.emit.base import KernelSource
from loopwright.frontend.lower import lower
from loopwright.frontend.outline import region_of_function
from loopwright.frontend.region import Lowered, Module, Region
from loopwright.ir.interp import KernelFailed, run
from loopwright.ir.nodes import Program
from loopwright.kernels_dispatch import dispatch_source
from loopwright.kernels_entry import KernelEntry, call_roots
from loopwright.pipeline import Passes, compiled_passes
from loopwright.runtime import guard, lists, streams
from loopwright.runtime.dispatch import none
from loopwright.workload.functions import function_ref, is_number_class
from loopwright.workload.types_of import type_of


@dataclass(frozen=True)
class Guarded:
    """`space` is the module of the source; `text` that of the dispatch function."""

    space: dict[str, Any]
    region: Region
    lowered: Lowered
    text: str

    def original(self, *args: Any) -> Any:
        return _function(self.space, self.region.qualname)(*args)

    def fast(self, *args: Any) -> tuple[bool, Any]:
        """Whether the kernel took the arguments, and what the rewritten function returns."""
        names = [a.arg for a in self.region.function.args.args]
        values = {**self.space, **dict(zip(names, args, strict=True))}
        taken = self.kernel(*(values[root] for root in call_roots(self.lowered).all))
        if taken is None:
            return False, self.original(*args)
        delivery = self.lowered.delivery
        given = delivery.parts(taken)
        for path, value in zip(delivery.stores, given, strict=False):
            exec(f"{path} = value_", {}, {**values, "value_": value})
        return True, given[-1] if delivery.returns else None

    @property
    def kernel(self) -> Any:
        return self.kernel_in(self.space)

    def kernel_in(self, user: dict[str, Any] | None) -> Any:
        """The dispatch function for the namespace `user`; None: as where a kernel is verified."""
        dtypes = {f"_{d}": np.dtype(d) for d in ("float64", "int64", "bool")}
        space: dict[str, Any] = {
            "np": np, "guard": guard, "lists": lists, "streams": streams, "none": none, "_user": user,
            "_ndarray": np.ndarray, "_CONTIGUOUS": 1, "_OWNER": 4, "_WRITEABLE": 0x400,
            "_PLAIN": 0x101, "_numba": SimpleNamespace(fast=_interpreted(self._low)), **dtypes,
            "_direct_numba": SimpleNamespace(fast=lambda *args: _interpreted(self._low)(*args[:-1])),
        }  # fmt: skip
        exec(self.text, space)
        return space["fast"]

    @property
    def _low(self) -> Program:
        return low_program(self.lowered)


@lru_cache(maxsize=16)
def low_program(lowered: Lowered) -> Program:
    return Passes(lowered.program).run(compiled_passes(())).program


def _interpreted(program: Program) -> Any:
    def fast(*args: Any) -> Any:
        try:
            results = run(program, list(args))
        except KernelFailed:
            return (False, *(None for _ in program.main.results)) if program.main.results else False
        return (True, *results) if program.main.results else True

    return fast


def _function(space: Mapping[str, Any], qualname: str) -> Any:
    head, *rest = qualname.split(".")
    found = space[head]
    for name in rest:
        found = getattr(found, name)
    return getattr(found, "__func__", found)


def lowering_of(
    source: str, name: str, *args: Any, package: Path | None = None
) -> tuple[dict[str, Any], Region, Any]:
    """The module of `source`, the body of its function `name`, and that lowered for `args`. Relative
    imports lead to the folder `package`."""
    user = ModuleType("loopwright_user")
    if package is not None:
        user.__package__ = "loopwright_parts"
        around = ModuleType("loopwright_parts")
        around.__path__ = [str(package)]
        for known in [n for n in sys.modules if n.startswith("loopwright_parts")]:
            del sys.modules[known]
        sys.modules[around.__name__] = around
    sys.modules[user.__name__] = user  # `dataclass` looks there
    space = vars(user)
    exec(compile(source, "user.py", "exec"), space)
    path = Path("user.py") if package is None else package / "user.py"
    module = Module(path, "user", source, ast.parse(source))
    region = region_of_function(module, name)
    assert isinstance(region, Region), region
    made = [a(space) if callable(a) else a for a in args]
    values = {**space, **dict(zip([a.arg for a in region.function.args.args], made, strict=True))}
    types = {}
    functions = {}
    seen = {}
    for live_in in region.live_ins:
        with suppress(AttributeError):  # what only a method of another class would read
            seen[live_in] = eval(live_in.path, {}, values)
    for live_in, value in seen.items():
        found = type_of(value)
        if found is not None:
            types[live_in.name] = found
        holder = live_in.path.rpartition(".")[0]
        holders = {holder: eval(holder, {}, values)} if holder else values
        asked = live_in.called or is_number_class(value)
        held = function_ref(value, space, holders) if asked else None
        if held is not None:
            functions[live_in.name] = held
    texts = {live_in.name: value for live_in, value in seen.items() if isinstance(value, str)}
    numbers = {live_in.name: value for live_in, value in seen.items() if type(value) in (int, bool)}
    return space, region, lower(region, types, None, functions, texts, numbers)


def guarded(
    source: str, name: str, *args: Any, package: Path | None = None, direct: str = ""
) -> Guarded:
    """`args` are values or functions that make them from the module's namespace. `direct` is any text if
    the kernel has a short way in."""
    space, region, lowered = lowering_of(source, name, *args, package=package)
    assert isinstance(lowered, Lowered), lowered
    entry = KernelEntry(
        lowered, "fast", "numba", low_program(lowered), KernelSource("fast", "", direct)
    )
    return Guarded(space, region, lowered, dispatch_source(entry, "fast"))


def declined(source: str, name: str, *args: Any) -> Declined:
    found = lowering_of(source, name, *args)[2]
    assert isinstance(found, Declined), found
    return found


def agrees(case: Guarded, *args: Any) -> bool:
    """The rewritten function does what the original does, to objects too; whether the kernel ran."""
    one, two = copy.deepcopy(args), copy.deepcopy(args)
    ran, got = outcome(lambda: case.fast(*one))
    _, want = outcome(lambda: (None, case.original(*two)))
    assert plain(got) == plain(want), (got, want)
    assert plain(one) == plain(two), (plain(one), plain(two))
    return bool(ran)


def outcome(call: Any) -> tuple[Any, Any]:
    try:
        ran, value = call()
    except Exception as error:
        return False, type(error).__name__
    return ran, value


def plain(value: Any) -> Any:
    """A value as nested tuples that compare by type, bits and structure."""
    if isinstance(value, np.ndarray):
        return (str(value.dtype), value.shape, value.tobytes())
    if isinstance(value, (list, tuple)):
        return (type(value).__name__, *map(plain, value))
    if isinstance(value, np.random.Generator):
        return repr(value.bit_generator.state)
    if isinstance(value, random.Random):
        return repr(value.getstate())
    if isinstance(value, np.random.RandomState):
        return repr(value.get_state())
    if hasattr(value, "__dict__") and not isinstance(value, type):
        return (type(value).__name__, *((k, plain(v)) for k, v in sorted(vars(value).items())))
    return (type(value).__name__, repr(value))
