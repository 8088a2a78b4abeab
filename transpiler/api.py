"""The Python API: optimise a function or a tree, compare two functions, explain, record."""

from __future__ import annotations

import functools
import inspect
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from loopwright.build import build_folder
from loopwright.compile import compile_region
from loopwright.config import Options, UsageError
from loopwright.diagnostics import Declined
from loopwright.explain import explain_tree
from loopwright.frontend.outline import region_of_function
from loopwright.frontend.parse import parse_module
from loopwright.frontend.region import Lowered, Module, Region
from loopwright.ir.nodes import Nothing, Pack
from loopwright.kernels import write_kernels
from loopwright.passes.base import Pass
from loopwright.pipeline import Plan
from loopwright.preflight import python_files
from loopwright.report.results import Evidence, RegionResult, Report
from loopwright.report.text import explain as explain_text
from loopwright.signatures import Signature, annotated
from loopwright.splice import Placement, splice
from loopwright.tree import Target, optimize_tree
from loopwright.verify.candidate import load_candidate
from loopwright.verify.functions import verify_functions
from loopwright.verify.roots import read_leaf, write_leaf
from loopwright.verify.verdict import Verdict
from loopwright.workload.record import RecordResult, record
from loopwright.workload.types_of import type_of


class Optimized:
    """A function with a kernel in front of it; called like the original.

    `source` is the rewritten source of its module, `evidence` what the verification rests on (None if
    it was declined, then every call runs the original).
    """

    def __init__(
        self,
        original: Callable[..., Any],
        result: RegionResult,
        source: str,
        call: Callable[..., Any] | None,
        text: str,
    ) -> None:
        functools.update_wrapper(self, original)
        self.original = original
        self.result = result
        self.source = source
        self._call = call
        self._text = text

    @property
    def evidence(self) -> Evidence | None:
        return self.result.evidence

    @property
    def rewritten(self) -> bool:
        return self.result.status == "rewritten"

    def explain(self) -> str:
        """The verdict in words: how it was rewritten, or why not and what would unlock it."""
        report = Report((self.result,), sources={self.result.file: self._text})
        return explain_text(report)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._call is None:
            return self.original(*args, **kwargs)
        return self._call(*args, **kwargs)


def optimize(
    f: Callable[..., Any],
    *,
    examples: Sequence[tuple[Any, ...]] = (),
    accuracy: str = "faithful",
    backend: str = "auto",
) -> Optimized:
    """Compile the function `f`.

    `examples` are argument tuples to take the types from, small to large; without them annotations must
    tell. `f` must be a function defined in a file. Raises UsageError if its source cannot be found.

    >>> fast = optimize(f, examples=[(X, Y)])  # doctest: +SKIP
    """
    module, region = _source_of(f)
    found = _signatures(f, region, examples)
    options = Options(accuracy=accuracy, backend=backend)
    folder = tempfile.TemporaryDirectory(prefix="loopwright-")
    scratch = Path(folder.name, "trials")
    scratch.mkdir()
    if isinstance(found, Declined):
        blank = RegionResult(module.path, found.at, region.qualname, "declined")
        result = replace(blank, code=found.code, reason=found.why, unlocks=found.unlocks)
        return Optimized(f, result, module.text, None, module.text)
    name = f.__name__.strip("_").lower() or "kernel"
    result, chosen = compile_region(region, found, options, scratch, name=name, plan=Plan())
    if chosen is None:
        return Optimized(f, result, module.text, None, module.text)
    home = Path(folder.name, "kernels")
    write_kernels(home, "chosen", [chosen.entry])
    build_folder(home, native=True)
    dispatch = load_candidate(home, "chosen", name)
    placement = Placement(chosen.lowered, name, chosen.comment)
    spliced = splice(module, [placement])
    source = module.text if isinstance(spliced, Declined) else spliced
    call = _caller(f, chosen.lowered, dispatch)
    made = Optimized(f, result, source, call, module.text)
    weakref.finalize(made, folder.cleanup)
    return made


def _source_of(f: Callable[..., Any]) -> tuple[Module, Region]:
    path = inspect.getsourcefile(f)
    if not inspect.isfunction(f) or path is None:
        raise UsageError(f"{f!r} is not a function defined in a file")
    module = parse_module(Path(path), Path(path).parent)
    if isinstance(module, Declined):
        raise UsageError(f"{path}: {module.why}")
    region = region_of_function(module, f.__qualname__.replace("<locals>.", ""))
    if isinstance(region, Declined):
        raise UsageError(f"{path}: {region.why}")
    return module, region


def _signatures(
    f: Callable[..., Any], region: Region, examples: Sequence[tuple[Any, ...]]
) -> list[Signature] | Declined:
    if not examples:
        return annotated(region)
    merged: dict[tuple[tuple[str, Any], ...], list[Mapping[str, object]]] = {}
    for example in examples:
        names = _names_at_call(f, example, {})
        leaves = {live.name: read_leaf(live.path, names) for live in region.live_ins}
        types = {name: type_of(value) for name, value in leaves.items()}
        known = {name: t for name, t in types.items() if t is not None}
        merged.setdefault(tuple(known.items()), []).append(leaves)
    return [Signature(dict(types), {}, tuple(samples)) for types, samples in merged.items()]


def _names_at_call(
    f: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    """Every name that the body can read when it starts: globals, closure cells, arguments."""
    bound = inspect.signature(f).bind(*args, **kwargs)
    bound.apply_defaults()
    closure = inspect.getclosurevars(f)
    return {**f.__globals__, **closure.nonlocals, **bound.arguments}


def _caller(
    f: Callable[..., Any], lowered: Lowered, dispatch: Callable[..., Any]
) -> Callable[..., Any]:
    roots = lowered.reference.roots
    signature = inspect.signature(f)
    names_of_globals = f.__globals__

    def call(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        names = bound.arguments
        cells = {} if f.__closure__ is None else inspect.getclosurevars(f).nonlocals
        try:
            given = [
                names[r] if r in names else cells[r] if r in cells else names_of_globals[r]
                for r in roots
            ]
        except KeyError:
            return f(*args, **kwargs)
        result = dispatch(*given)
        if result is None:
            return f(*args, **kwargs)
        return _deliver(lowered, dict(zip(roots, given, strict=True)), result)

    return call


def _deliver(lowered: Lowered, roots: Mapping[str, Any], result: Any) -> Any:
    """Carry out what the spliced lines do with a dispatch function's result: stores, then return."""
    stores = lowered.region.stores
    if not stores:
        return None if isinstance(lowered.program.rebuild, Nothing) else result
    values = result if isinstance(lowered.program.rebuild, Pack) else (result,)
    for path, value in zip(stores, values, strict=False):
        write_leaf(path, roots, value)
    return values[len(stores)] if len(values) > len(stores) else None


def verify(
    f: Callable[..., Any],
    g: Callable[..., Any],
    *,
    examples: Sequence[tuple[Any, ...]] = (),
    accuracy: str = "bitwise",
    time_limit: float = 60.0,
) -> Verdict:
    """Look for arguments on which `f` and `g`, functions defined in files, differ."""
    places = []
    for each in (f, g):
        path = inspect.getsourcefile(each)
        if path is None:
            raise UsageError(f"{each!r} is not defined in a file")
        places.append((Path(path), each.__qualname__))
    (f_path, f_name), (g_path, g_name) = places
    return verify_functions(
        f_path,
        f_name,
        g_path,
        g_name,
        accuracy=accuracy,
        time_limit=time_limit,
        examples=list(examples),
    )


def explain(source: str | Path, *, trace: str | Path | None = None) -> Report:
    """The verdict on each region of a file or folder, without running any of its code."""
    files = python_files([Path(source)])
    return explain_tree(files, trace=None if trace is None else Path(trace))


def trace(
    command: Sequence[str], out: str | Path, *, sources: Sequence[str | Path] = (".",)
) -> RecordResult:
    """Run `command` and record types, sizes and hot spots of the regions in `sources`."""
    return record(list(command), [Path(s) for s in sources], Path(out), time_limit=None)


@dataclass(frozen=True)
class Pipeline:
    """A pass list and a backend of your own in place of the built-in competition.

    >>> Pipeline([Scalarise()], backend="numba").run_tree("src", out="fast")  # doctest: +SKIP
    """

    passes: Sequence[Pass] = ()
    backend: str = "auto"
    accuracy: str = "faithful"

    def run_tree(
        self, source: str | Path, *, out: str | Path, workload: str | None = None
    ) -> Report:
        """Optimise the tree `source` into `out`."""
        options = Options(accuracy=self.accuracy, backend=self.backend)
        outcome = optimize_tree(
            [Path(source)],
            Target(output=Path(out)),
            options,
            workload=workload,
            plan=Plan(tuple(self.passes)),
        )
        return outcome.report
