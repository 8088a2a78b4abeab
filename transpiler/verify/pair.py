"""The two functions of a verification: how they are called, again and again, by a caller with rights.

Scripts: `once`; `again` calls twice with the same objects; `fresh` writes into the result, then calls
with equal new arguments; `meddle` writes into result and arguments, then calls with the same objects;
`globals` calls, changes public globals of both modules alike, and calls again.
"""

from __future__ import annotations

import contextlib
import inspect
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from loopwright.ir.domain import Domain, packed, unpacked
from loopwright.verify import codec
from loopwright.verify.case import Case
from loopwright.verify.conditions import Condition, Kind
from loopwright.verify.constants import Constants
from loopwright.verify.coverage import Coverage
from loopwright.verify.engine import Run
from loopwright.verify.extra import Extra, imports_for, shown_under
from loopwright.verify.kinds import Parameter
from loopwright.verify.literal import assignments
from loopwright.verify.meddle import change, make, scribble
from loopwright.verify.modules import ENCLOSED, Home, function_of, import_root, public_data
from loopwright.verify.mutate.subject import Subject, of_side
from loopwright.verify.observe import Observation, Raises, observe, refused
from loopwright.verify.oracle import Reading
from loopwright.verify.reachable import Reachable, reachable
from loopwright.verify.roots import read_leaf
from loopwright.verify.state import states_of
from loopwright.verify.stock import Logged, Make
from loopwright.verify.wide import widen, widened_function

SCRIPTS = ("once", "again", "fresh", "meddle")


@dataclass
class Side:
    """One of the two functions, loaded. `text` is that of its module where no file is left of it."""

    module: types.ModuleType
    function: Any
    path: Path
    name: str
    home: Home
    text: str = ""


@dataclass
class FunctionPair:
    """Implements `engine.Pair` for two user functions."""

    a: Side
    b: Side
    parameters: tuple[Parameter, ...]
    constants: Constants
    coverage: Coverage
    sides: Sequence[Reachable]
    raises: Raises
    examples: tuple[Mapping[str, Any], ...]
    source: str
    strict: bool = False
    hang_counts: bool = False
    guarded: bool = False
    readings: tuple[Reading, ...] = ()
    widened: Any = field(default=None)

    def __post_init__(self) -> None:
        names = {
            name
            for code in reachable(self.a.function).codes
            for name in (*code.co_names, *code.co_freevars)
        }
        names -= set(vars(self.b.module).get(ENCLOSED, ()))
        self.changeable = sorted(public_data(self.a.module, names))

        self.extra = Extra(self.sides)
        self.imports = [side.imports for side in self.sides]
        self.states = states_of(self.a.function, self.b.function, (self.sides[0], self.sides[1]))
        self.ahead = self.apart = (
            False  # the original ran last; the sides' states are not to be compared
        )

    def original(self, case: Case, limit: float) -> Run:
        self.apart |= self.ahead
        run = self.extra.played(case, 0, lambda: self._play(self.a, case, limit, self.raises))
        self.apart |= not run.usable
        self.ahead = True
        return run

    def candidate(self, case: Case, limit: float, expected: Run) -> Run:
        run = self.extra.played(case, 1, lambda: self._play(self.b, case, limit, None))
        self.apart |= not run.usable
        self.ahead = False
        return run

    # ---------------------------------------------------------------- calls

    def _play(self, side: Side, case: Case, limit: float, raises: Raises | None) -> Run:
        try:
            values = make(case.fresh(), side.module)
        except Exception as error:  # a constructor that refuses its arguments
            return Run([refused(error)], False)
        first = self._call(side, values, case, limit, raises)
        steps = [first]
        if case.script != "once" and first.usable:
            steps.append(self._second(side, values, first, case, limit, raises))
        return Run(steps, any(step.outcome == "returned" for step in steps))

    def _second(
        self, side: Side, values: dict[str, Any], first: Observation, case: Case, limit: float,
        raises: Raises | None,
    ) -> Observation:  # fmt: skip
        match case.script:
            case "again":
                return self._call(side, values, case, limit, raises)
            case "fresh":
                scribble(first.value)
                return self._call(side, make(case.fresh(), side.module), case, limit, raises)
            case "meddle":
                scribble(first.value)
                for value in values.values():
                    scribble(value)
                return self._call(side, values, case, limit, raises)
            case _:
                return self._with_globals(side, case, limit, raises)

    def _with_globals(
        self, side: Side, case: Case, limit: float, raises: Raises | None
    ) -> Observation:
        scope = vars(side.module)
        before = {name: scope[name] for name in self.changeable if name in scope}
        saved = codec.copy(before)
        try:
            for name in self.changeable:
                scope[name] = change(scope.get(name, vars(self.a.module)[name]), case.seed)
            return self._call(side, make(case.fresh(), side.module), case, limit, raises)
        finally:
            for name in self.changeable:
                if name not in before:
                    scope.pop(name, None)
                    continue
                scope[name] = before[name]
                if isinstance(before[name], np.ndarray) and before[name].flags.writeable:
                    before[name][...] = saved[name]

    def _call(
        self, side: Side, values: dict[str, Any], case: Case, limit: float, raises: Raises | None
    ) -> Observation:
        args, kwargs = self._bind(values)
        function = function_of(side.module, side.name)  # coverage may have put another in its place
        with side.home.active() if self.imports[side is self.b] else contextlib.nullcontext():
            return observe(
                function, args, kwargs, seed=case.seed, limit=limit, raises=raises, shown=values,
                under=case.under, state=None if self.apart else self.states[side is self.b],
            )  # fmt: skip

    def _bind(self, values: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """Positional arguments up to the first one left out; the names of the candidate's parameters may
        differ, so that only what must be passed by name is."""
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        gap = False
        for p in self.parameters:
            if p.how == "many":
                if not gap:
                    args += values.get(p.name, [])
            elif p.how == "options":
                kwargs.update(values.get(p.name, {}))
            elif p.name not in values:
                gap = True
            elif p.how == "keyword" or gap:
                kwargs[p.name] = values[p.name]
            else:
                args.append(values[p.name])
        return args, kwargs

    def mutable(self) -> Sequence[Subject]:
        def original(case: Case, limit: float, expected: Run) -> Run:
            return self.original(case, limit)

        plays = ((self.sides[1], self.candidate, False), (self.sides[0], original, True))
        source = self.coverage.source_of
        return [of_side(side, source, play, original=first) for side, play, first in plays]

    # --------------------------------------------------------------- inputs

    def given(self) -> Sequence[Case]:
        return [Case(dict(e), {}, labels=frozenset({"examples"})) for e in self.examples]

    def scripts(self) -> Sequence[str]:
        return (*SCRIPTS, "globals", "globals") if self.changeable else SCRIPTS

    def conditions(self) -> Sequence[Kind]:
        return self.extra.conditions()

    def unwatched(self, under: Condition) -> Sequence[str]:
        return self.extra.unwatched(under)

    # ------------------------------------------------------------- accuracy

    def live_ins(self, domain: Domain, case: Case) -> Mapping[str, Any]:
        """Fresh values of what the body reads by live-in name: arguments, defaults, globals."""
        args, kwargs = self._bind(make(case.fresh(), self.a.module))
        bound = inspect.signature(self.a.function).bind(*args, **kwargs)
        bound.apply_defaults()
        names = {**vars(self.a.module), **bound.arguments}
        found = {name: codec.copy(read_leaf(path, names)) for name, path in _read(domain)}
        return unpacked(domain, found)

    def exact_roots(self, domain: Domain, leaves: Mapping[str, Any]) -> dict[str, object]:
        """The parameters that are live-ins themselves, with the given leaves."""
        ours = {p.name for p in self.parameters}
        known = packed(domain, leaves)
        return {path: known[name] for name, path in _read(domain) if path in ours}

    def wide_call(self, case: Case) -> tuple[Any, Mapping[str, Any]]:
        """The original's text on wider numbers."""
        if self.widened is None:
            self.widened = widened_function(self.source, self.a.name)
        values = {name: widen(value) for name, value in case.fresh().items()}
        args, kwargs = self._bind(values)
        with np.errstate(all="ignore"):
            return self.widened(*args, **kwargs), values

    # ----------------------------------------------------------------- show

    def show(self, before: Sequence[Case], case: Case) -> str:
        """A program that loads both files and prints what each does."""
        cases = (*before, case)
        classes = sorted({n for each in cases for v in each.values.values() for n in classes_in(v)})
        lines = [
            "import random",
            "import sys",
            "from collections import deque",
            *(["from inspect import getclosurevars"] if _closes(self.states[0].values()) else []),
            "from math import inf, nan",
        ]
        lines += ["from runpy import run_module, run_path", "", "import numpy as np", ""]
        if any(isinstance(v, Logged) for each in cases for v in each.values.values()):
            lines.insert(-1, "from loopwright.verify.stock import Logged")
        if case.under is not None:
            lines[-1:-1] = imports_for(case.under)
        lines += _load_lines(self.a, self.b)
        f, g = (
            (name, *side.name.partition("."))
            for name, side in zip("fg", (self.a, self.b), strict=True)
        )
        sides = ", ".join(
            f"({name}, {name}[{first!r}]{dot}{rest})" for name, first, dot, rest in (f, g)
        )
        lines += ["", f"for module, call in ({sides}):"]
        lines += [f"    {name} = module[{name!r}]" for name in classes]
        for each in cases:
            lines += [f"    {line}" for line in self._call_text(each)]
        return "\n".join(lines)

    def _call_text(self, case: Case) -> list[str]:
        values = {p.name: case.values[p.name] for p in self.parameters if p.name in case.values}
        args, kwargs = self._bind({name: _Named(name) for name in values})
        many = {p.name for p in self.parameters if p.how == "many"}
        texts = [f"*{a.text}" if a.text in many else a.text for a in _flat(args)]
        texts += [f"{name}={value.text}" for name, value in kwargs.items()]
        call = f"call({', '.join(texts)})"
        lines = (
            [f"np.random.seed({case.seed})", f"random.seed({case.seed})"] if self._draws() else []
        )
        names = [p.name for p in self.parameters if p.name in values]
        show = _printed(call, names, self.states[0].values())
        if case.under is not None:
            lines += [*assignments(values), *shown_under(case.under, list(values), show)]
        else:
            lines += [*assignments(values), *show]
        after = {
            "once": [],
            "again": show,
            "fresh": [
                "# the caller writes into the result, then",
                *assignments(values),
                *show,
            ],
            "meddle": [
                "# the caller writes into the result and the arguments, then",
                *show,
            ],
            "globals": [
                f"# the caller changes {', '.join(self.changeable)}, then",
                *assignments(values),
                *show,
            ],
        }
        return lines + after[case.script]

    def _draws(self) -> bool:
        return "random" in self.source


def _read(domain: Domain) -> list[tuple[str, str]]:
    """Name and path of each live-in; the parts of a tuple are read with it."""
    inside = {item for group in domain.groups for item in group.items}
    bounds = {p.name for p in domain.params if p.bounds}
    return [(name, path) for name, path in domain.paths if name not in inside | bounds]


def _closes(paths: Iterable[str]) -> bool:
    return any(path.startswith("nonlocal ") for path in paths)


def _place_text(path: str) -> str:
    """An expression for what `state.State` calls by that path."""
    kind, name = path.split(" ", 1)
    owner, dot, attribute = name.partition(".")
    match kind:
        case "global":
            return f"getattr(call, '__globals__', module).get({name!r})"
        case "nonlocal":
            return f"getclosurevars(call).nonlocals[{name!r}]"
        case _ if dot:
            return f"vars(module[{owner!r}]).get({attribute!r})"
        case _:
            return f"getattr(call, {name!r}, None)"


def _printed(call: str, names: Sequence[str], state: Iterable[str]) -> list[str]:
    """Statements that print what a call does, its arguments after it, and what state it leaves."""
    held = [f"{path!r}: {_place_text(path)}" for path in state]
    return [
        "try:",
        f"    result = {call}",
        "    print(list(result) if hasattr(result, '__next__') else result)",
        "except Exception as error:",
        "    print(type(error).__name__, error)",
        *([f"print('  after the call:', {', '.join(names)})"] if names else []),
        *([f"print('  state:', {{{', '.join(held)}}})"] if held else []),
    ]


def _load_lines(a: Side, b: Side) -> list[str]:
    """Statements that load both sides as `f` and `g`, each from its own folder."""
    lines: list[str] = []
    package = import_root(a.path)[1].partition(".")[0]
    for name, side in (("f", a), ("g", b)):
        if not side.text:
            lines += [f"sys.path.insert(0, {str(import_root(side.path)[0])!r})"]
        if side.path.suffix == ".pyx":
            include = "setup_args={'include_dirs': np.get_include()}"
            lines += ["import pyximport", f"pyximport.install(language_level=3, {include})"]
        lines += _load_text(name, side)
        if side is a and import_root(b.path)[1].startswith(f"{package}."):
            lines += [f"for name in [n for n in sys.modules if n.split('.')[0] == {package!r}]:"]
            lines += ["    del sys.modules[name]"]
    return lines


def _load_text(name: str, side: Side) -> list[str]:
    """Statements that make `name` the names of a side's module, imported as Python imports the file."""
    if side.text:
        quoted = "'''" in side.text or "\\" in side.text
        text = repr(side.text) if quoted else f"'''\n{side.text}'''"
        return [f"{name} = {{'__name__': '__main__'}}", *f"exec({text}, {name})".splitlines()]
    root, dotted = import_root(side.path)
    if side.path.suffix == ".pyx":
        place = f"{side.path.stem!r}, {str(side.path.resolve())!r}"
        return [f"{name} = vars(pyximport.load_module({place}))"]
    if "." in dotted:
        return [f"{name} = run_module({dotted!r})"]
    return [f"{name} = run_path({str(side.path)!r})"]


def classes_in(value: Any) -> set[str]:
    """The classes of the module under test that a drawn value needs."""
    match value:
        case Make(name, values):
            return {name.partition(".")[0]} | classes_in(values)
        case list() | tuple():
            return {name for item in value for name in classes_in(item)}
        case dict():
            return {name for item in value.values() for name in classes_in(item)}
        case _:
            return set()


@dataclass(frozen=True)
class _Named:
    text: str

    def __iter__(self) -> Any:
        return iter((self,))

    def keys(self) -> list[str]:
        return []


def _flat(args: Sequence[Any]) -> list[Any]:
    return [a for a in args if isinstance(a, _Named)]
