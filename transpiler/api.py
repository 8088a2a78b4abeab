"""The Python API: optimise a function or a tree, compare two functions, explain, record."""

from __future__ import annotations

import contextlib
import functools
import inspect
import secrets
import sys
import tempfile
import weakref
from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any

from loopwright.choice import Chosen
from loopwright.claims import claim_of
from loopwright.config import Options, UsageError
from loopwright.diagnostics import Declined
from loopwright.explain_tree import explain_tree
from loopwright.frontend.function_ref import FunctionRef
from loopwright.frontend.outline import region_of_function
from loopwright.frontend.parse import parse_text
from loopwright.frontend.region import LiveIn, Lowered, Module, Region
from loopwright.frontend.scopes import sites
from loopwright.ir.domain import path_text, split_path
from loopwright.ir.types import Type
from loopwright.kernels import write_kernels
from loopwright.kernels_entry import kernel_name, shared_roots
from loopwright.passes.base import Pass
from loopwright.pipeline import Plan
from loopwright.preflight import command_line, python_files, startable
from loopwright.readings import readings_of
from loopwright.report.results import Evidence, RegionResult, Report
from loopwright.report.text import explain as explain_text
from loopwright.shipped import ship
from loopwright.signatures import Signature, annotated, as_declined
from loopwright.splice import Placement, splice
from loopwright.started import Place
from loopwright.tree import Target, optimize_tree
from loopwright.trial import Builders
from loopwright.verify.candidate import load_candidate
from loopwright.verify.functions import verify_functions
from loopwright.verify.roots import read_leaf, write_leaf
from loopwright.verify.verdict import Verdict
from loopwright.ways import compile_region
from loopwright.workload.functions import function_ref
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

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """Bind as a function does, so that a method can be replaced."""
        return self if instance is None else MethodType(self, instance)

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
    tell. Arguments of other types, and any that the kernel declines, run `f` itself. Raises UsageError if
    `f` is no plain function, its source cannot be found, or an example does not fit it.

    >>> fast = optimize(f, examples=[(X, Y)])  # doctest: +SKIP
    """
    module, region = _source_of(f)
    found = _signatures(f, region, examples)
    options = Options(accuracy=accuracy, backend=backend)
    if isinstance(found, Declined):
        blank = RegionResult(module.path, region.span, region.qualname, "declined")
        return Optimized(f, as_declined(blank, found), module.text, None, module.text)
    name = kernel_name(f.__name__, set())
    scratch = tempfile.TemporaryDirectory(prefix="loopwright-")
    with scratch as trials, Builders(options.jobs) as builders:
        place = Place(Path(trials), "chosen", name)
        result, chosen = compile_region(
            region, found, options, place, plan=Plan(), builders=builders
        )
        if chosen is None:
            return Optimized(f, result, module.text, None, module.text)
        spliced = splice(module, [Placement(chosen.lowered, name, chosen.comment, chosen.also)])
        source = module.text if isinstance(spliced, Declined) else spliced
        # the folder's name is the package's: each needs its own among the imported modules
        folder = tempfile.TemporaryDirectory(prefix="loopwright-")
        home = Path(folder.name, f"_loopwright_{secrets.token_hex(8)}")
        write_kernels(home, "chosen", chosen.entries)
        builders.make_ready(home)
    dispatch = load_candidate(home, "chosen", name)
    made = Optimized(f, result, source, _caller(f, chosen, dispatch), module.text)
    weakref.finalize(made, folder.cleanup)
    return made


def _source_of(f: Callable[..., Any]) -> tuple[Module, Region]:
    if not inspect.isfunction(f):
        raise UsageError(f"{f!r} is not a plain Python function")
    try:
        lines, _ = inspect.findsource(f)
    except OSError as error:
        raise UsageError(f"the source of {f.__qualname__} cannot be found: {error}") from error
    path = Path(inspect.getsourcefile(f) or f.__code__.co_filename)
    module = parse_text("".join(lines), path, f.__module__)
    if isinstance(module, Declined):
        raise UsageError(f"{path}: {module.why}")
    region = region_of_function(module, _qualified_name(module, f))
    if isinstance(region, Declined):
        raise UsageError(f"{f.__qualname__} cannot be compiled: {region.code} {region.why}")
    return module, region


def _qualified_name(module: Module, f: FunctionType) -> str:
    """By place, as a module may define one name several times."""
    for site in sites(module):
        node = site.node
        first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
        if node.name == f.__code__.co_name and first == f.__code__.co_firstlineno:
            return site.qualname
    raise UsageError(f"{module.path} was edited since {f.__qualname__} was defined")


def _signatures(
    f: Callable[..., Any], region: Region, examples: Sequence[tuple[Any, ...]]
) -> list[Signature] | Declined:
    if not examples:
        return annotated(region)
    merged: dict[tuple[tuple[str, Type | FunctionRef], ...], list[Mapping[str, object]]] = {}
    for example in examples:
        names = _names_at_call(f, example)
        known: dict[str, Type | FunctionRef] = {}
        sample: dict[str, object] = {}
        for live in region.live_ins:
            with contextlib.suppress(LookupError, AttributeError, TypeError):
                value = read_leaf(live.path, names)
                found = type_of(value)
                if found is not None:
                    known[live.name], sample[live.name] = found, value
                elif live.called and (target := _function(f, live, names)) is not None:
                    known[live.name] = target
        merged.setdefault(tuple(known.items()), []).append(sample)
    return [
        Signature(
            {name: t for name, t in known_ if not isinstance(t, FunctionRef)},
            _int_ranges(samples),
            tuple(samples),
            {name: t for name, t in known_ if isinstance(t, FunctionRef)},
        )
        for known_, samples in merged.items()
    ]


def _function(f: Callable[..., Any], live: LiveIn, names: Mapping[str, Any]) -> FunctionRef | None:
    """The function that a live-in holds."""
    root, steps = split_path(live.path)
    holder = path_text(root, steps[:-1])
    holders = {holder: read_leaf(holder, names)} if steps else names
    scope: dict[str, object] = f.__globals__
    inside = "" if steps else f.__qualname__
    return function_ref(read_leaf(live.path, names), scope, holders, inside)


def _int_ranges(samples: Sequence[Mapping[str, object]]) -> dict[str, tuple[int, int]]:
    seen: dict[str, list[int]] = {}
    for sample in samples:
        for name, value in sample.items():
            if type(value) is int:
                seen.setdefault(name, []).append(value)
    return {name: (min(values), max(values)) for name, values in seen.items()}


def _names_at_call(f: Callable[..., Any], example: tuple[Any, ...]) -> dict[str, Any]:
    """Every name that the body can read when it starts: globals, closure cells, arguments."""
    try:
        bound = inspect.signature(f).bind(*example)
    except TypeError as error:
        raise UsageError(f"an example does not fit {f.__name__}: {error}") from error
    bound.apply_defaults()
    return {**f.__globals__, **_cells(f), **bound.arguments}


def _cells(f: Callable[..., Any]) -> dict[str, Any]:
    """The closure variables that are bound now."""
    found: dict[str, Any] = {}
    for name, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=True):
        with contextlib.suppress(ValueError):  # not bound yet
            found[name] = cell.cell_contents
    return found


def _caller(
    f: Callable[..., Any], chosen: Chosen, dispatch: Callable[..., Any]
) -> Callable[..., Any]:
    lowered = chosen.lowered
    roots = _given(chosen)
    signature = inspect.signature(f)
    names_of_globals = f.__globals__

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError:
            return f(*args, **kwargs)  # which says it in Python's own words
        bound.apply_defaults()
        names = ChainMap(bound.arguments, _cells(f), names_of_globals)
        try:
            given = [names[root] for root in roots]
        except KeyError:
            return f(*args, **kwargs)
        result = dispatch(*given)
        if result is None:
            return f(*args, **kwargs)
        return _deliver(lowered, dict(zip(roots, given, strict=True)), result)

    return call


def _given(chosen: Chosen) -> tuple[str, ...]:
    """What is handed to the dispatch function: it is called with what the kernels read, the rest of its
    arguments is for checks of who else may have changed them."""
    ways = (chosen.lowered, *chosen.also)
    roots = shared_roots(ways)
    read = {root for way in ways for root in way.reference.roots}
    last = max(
        (k for k, r in enumerate(roots.all) if r in read or r not in roots.optional), default=-1
    )
    return roots.all[: last + 1]


def _deliver(lowered: Lowered, roots: Mapping[str, Any], result: Any) -> Any:
    """Carry out what the spliced lines do with a dispatch function's result: stores, then return."""
    delivery = lowered.delivery
    values = delivery.parts(result)
    for path, value in zip(delivery.stores, values, strict=False):
        write_leaf(path, roots, value)
    return values[-1] if delivery.returns else None


def verify(
    f: Callable[..., Any],
    g: Callable[..., Any],
    *,
    examples: Sequence[tuple[Any, ...]] = (),
    accuracy: str = "bitwise",
    time_limit: float = 60.0,
    inputs: int = 4000,
) -> Verdict:
    """Look for arguments on which `f` and `g` differ.

    Both are loaded afresh in a child process: from their files, or, where they are no names of a module
    (lambdas, closures, partial applications, bound methods, what was typed at a prompt), from their source
    and copies of the data that they read. Types come from annotations, defaults and `examples` (argument
    tuples). The answer comes within `time_limit` seconds, after `inputs` inputs at most. Raises UsageError
    for what has no source or reads something that cannot be sent.

    >>> verdict = verify(f, g, examples=[(X, Y)])  # doctest: +SKIP
    >>> verdict.status  # doctest: +SKIP
    'same'
    """
    with tempfile.TemporaryDirectory(prefix="loopwright-") as folder:
        (f_path, f_name, f_roots), (g_path, g_name, g_roots) = (
            _place_of(each, Path(folder, side)) for each, side in ((f, "f"), (g, "g"))
        )
        names = list(inspect.signature(f).parameters)
        calls = [dict(zip(names, example, strict=False)) for example in examples]
        return verify_functions(
            f_path,
            f_name,
            g_path,
            g_name,
            accuracy=accuracy,
            time_limit=time_limit,
            inputs=inputs,
            examples=list(examples),
            readings=readings_of(f_path, f_name, calls) if accuracy == "faithful" else (),
            claim=claim_of(f_path, f_name, g_path, g_name),
            loose=(f_roots is not None, g_roots is not None),
            roots=(*(f_roots or ()), *(g_roots or ())),
        )


def _place_of(f: Callable[..., Any], folder: Path) -> tuple[Path, str, tuple[Path, ...] | None]:
    """File and dotted name of a function. One that is no name of a module is written to `folder`; then
    with the folders that it imports from."""
    name, module = getattr(f, "__qualname__", ""), sys.modules.get(getattr(f, "__module__", ""))
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    if found is f and module is not None and module.__name__ != "__main__":
        path = getattr(module, "__file__", None)
        plain = getattr(inspect.unwrap(f), "py_func", inspect.unwrap(f))
        if path is not None and inspect.isfunction(plain):
            if Path(plain.__code__.co_filename).resolve() == Path(path).resolve():
                return Path(path), name, None
    shipped = ship(f, folder.name)
    folder.mkdir()
    path = folder / "given.py"
    path.write_text(shipped.text, "utf-8")
    return path, shipped.name, shipped.roots


def explain(source: str | Path, *, trace: str | Path | None = None) -> Report:
    """The verdict on each loop of a file or folder, without running any of its code.

    >>> [(r.name, r.status) for r in explain("pkg").regions]  # doctest: +SKIP
    [('pairwise', 'candidate')]
    """
    files = python_files([Path(source)])
    return explain_tree(files, trace=None if trace is None else Path(trace))


def trace(
    command: str | Sequence[str], out: str | Path, *, sources: Sequence[str | Path] = (".",)
) -> RecordResult:
    """Run `command` and record types, sizes and hot spots of the regions in `sources`.

    Raises UsageError if there is no such program, OSError if `out` cannot be written.

    >>> trace("python train.py --epochs 1", "run.rec", sources=["src"])  # doctest: +SKIP
    """
    words = command_line(command) if isinstance(command, str) else list(command)
    startable(words)
    return record(words, [Path(s) for s in sources], Path(out), time_limit=None)


@dataclass(frozen=True)
class Pipeline:
    """The default variants with passes of your own, or with one backend only.

    A pass that the default order holds takes the place of the default one; any other runs just before
    `legalise`. Without passes the built-in variants compete.

    >>> Pipeline([Scalarise()], backend="numba").run_tree("src", out="fast")  # doctest: +SKIP
    """

    passes: Sequence[Pass] = ()
    backend: str = "auto"
    accuracy: str = "faithful"

    def run_tree(
        self, source: str | Path, *, out: str | Path, workload: str | None = None
    ) -> Report:
        """Optimise the tree `source` into `out`. Raises UsageError as `loopwright optimize` reports it."""
        options = Options(accuracy=self.accuracy, backend=self.backend)
        outcome = optimize_tree(
            [Path(source)],
            Target(output=Path(out)),
            options,
            workload=workload,
            plan=Plan(tuple(self.passes)),
        )
        return outcome.report
