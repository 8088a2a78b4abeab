"""The two functions of a verification: how they are called, again and again, by a caller with rights.

Scripts: `once`; `again` calls twice with the same objects; `fresh` writes into the result, then calls
with equal new arguments; `meddle` writes into result and arguments, then calls with the same objects;
`globals` calls, changes public globals of both modules alike, and calls again.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from loopwright.ir.domain import Domain, packed, unpacked
from loopwright.verify import codec
from loopwright.verify.calls_text import Shown, Side, bind
from loopwright.verify.case import Case
from loopwright.verify.conditions import Condition, Kind
from loopwright.verify.constants import Constants
from loopwright.verify.coverage import Coverage
from loopwright.verify.engine import Invoke, Run
from loopwright.verify.extra import Extra
from loopwright.verify.kinds import Parameter
from loopwright.verify.meddle import change, make, own_state, scribble
from loopwright.verify.modules import ENCLOSED, function_of, public_data
from loopwright.verify.mutate.subject import Subject, of_side
from loopwright.verify.observe import Observation, Raises, observe, refused
from loopwright.verify.oracle import Reading
from loopwright.verify.reachable import Reachable, reachable
from loopwright.verify.roots import read_leaf
from loopwright.verify.state import states_of
from loopwright.verify.wide import widen, widened_function

SCRIPTS = ("once", "again", "fresh", "meddle")


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
        data = public_data(self.a.module, names)
        own = own_state(self.source)
        self.changeable = sorted(n for n in data if n not in own or isinstance(data[n], np.ndarray))
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
        arrays = {n: v for n, v in before.items() if isinstance(v, np.ndarray)}
        saved = codec.copy(arrays)
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
                if name in arrays and arrays[name].flags.writeable:
                    arrays[name][...] = saved[name]

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
        return bind(self.parameters, values)

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

    def plain(self) -> tuple[Invoke, Invoke] | None:
        if any(self.imports) or "random" in self.source:
            return None
        return self._invoke(self.a), self._invoke(self.b)

    def _invoke(self, side: Side) -> Invoke:
        def call(values: dict[str, Any]) -> Any:
            args, kwargs = self._bind(values)
            return side.function(*args, **kwargs)

        return call

    def interrupted(self) -> None:
        self.apart = True

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
        shown = Shown(
            self.a,
            self.b,
            self.parameters,
            self.changeable,
            self.states[0],
            "random" in self.source,
        )
        return shown.program((*before, case))


def _read(domain: Domain) -> list[tuple[str, str]]:
    """Name and path of each live-in; the parts of a tuple are read with it."""
    inside = {item for group in domain.groups for item in group.items}
    bounds = {p.name for p in domain.params if p.bounds}
    return [(name, path) for name, path in domain.paths if name not in inside | bounds]
