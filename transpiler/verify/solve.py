"""Inputs for goals that no input reached: path conditions negated and given to a solver (z3).

Every input that comes of it is run like any other; a model proves nothing. "No model" shows that a goal is
out of reach for the declared types, if every path to it was seen and its terms are exact. Resources are
counted in the solver's own units, so that the answer does not depend on the machine.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import z3

from loopwright.verify.case import Case
from loopwright.verify.coverage import Coverage
from loopwright.verify.goals import Span, first_line
from loopwright.verify.kinds import ArrayKind, Exactly, Kind, OneOfKinds, Parameter
from loopwright.verify.models import assembled, unlike
from loopwright.verify.reachable import Reachable, nested
from loopwright.verify.steady import Steady, steady
from loopwright.verify.symbols import UNKNOWN, Inputs, Query, Run, State, Value, starting
from loopwright.verify.symexec import Function, enter, inline
from loopwright.verify.terms import Num, Theory

_MOST_TYPES = 12
_MORE = 2
_LONGEST = 2_000_000
_UNITS = 400_000
"""Of z3's `rlimit`, for one question: about a fifth of a second."""
_MILLISECONDS = 1000
_LADDER = ((40, 1000), (5000, 10**6), (_LONGEST, 0))
"""Models are asked for in steps: lengths up to the first number, integers up to the second, if any."""
_THEORIES = ((0, False), (0, True), (32, False), (64, False))
"""Width of integers, and whether floats are doubles."""


@dataclass
class Solver:
    """Aims at the goals of `coverage`; `sides` are the functions under test with what they reach.

    `asked` are goals that were asked for before; `units` is what all questions together may still cost.
    """

    coverage: Coverage
    sides: Sequence[Reachable]
    parameters: Sequence[Parameter]
    asked: set[int] = field(default_factory=set)
    units: int = 50 * _UNITS
    steady: Steady = field(init=False)
    spent: int = 0
    "The solver's own count, which runs on from one question to the next."

    def __post_init__(self) -> None:
        functions = (function for side in self.sides for function in side.functions)
        self.steady = steady({self.coverage.source_of(function) for function in functions})

    def aim(self, bases: Sequence[Case], most: int = 24) -> tuple[list[Case], set[int]]:
        """Cases that ought to reach missed goals, and the numbers of goals that none can reach."""
        missed = sorted(self.coverage.missed - self.asked)
        wanted = {n for n in missed if self.coverage.goals[n].taken is not None}
        wanted = set(sorted(wanted)[:most])
        self.asked |= wanted
        cases: list[Case] = []
        hopeless: set[int] = set()
        for side in self.sides if bases else ():
            found, none = self._aim_side(side, wanted, bases)
            cases += found
            hopeless |= none
        return cases, hopeless

    def _aim_side(
        self, side: Reachable, wanted: set[int], bases: Sequence[Case]
    ) -> tuple[list[Case], set[int]]:
        nodes = {f.__code__: node for f in side.functions if (node := self._node(f)) is not None}
        if not side.functions or side.functions[0].__code__ not in nodes:
            return [], set()
        choices, complete = _choices(self.parameters, side.functions[0])
        complete = complete and not _calls_itself(side)
        cases: list[Case] = []
        hopeless: set[int] = set()
        bits = False
        for width, doubles in _THEORIES:
            if width and not bits:
                break
            answers: dict[int, list[list[Case] | bool]] = {}
            for kinds in choices:
                run = self._run(side, nodes, kinds, wanted, Theory(width, doubles))
                bits = bits or run.theory.wanted_bits
                for query in run.queries:
                    sure = complete and run.complete and query.complete and query.exact
                    before = answers.setdefault(query.number, [])
                    if not any(isinstance(answer, list) for answer in before):
                        before.append(self._answer(query, run, kinds, bases, sure))
            for number, each in answers.items():
                found = [case for answer in each if isinstance(answer, list) for case in answer]
                cases += found
                if found or all(answer is True for answer in each):
                    wanted = wanted - {number}
                if not found and all(answer is True for answer in each):
                    hopeless.add(number)
        return cases, hopeless

    def _node(self, function: types.FunctionType) -> Function | None:
        source = self.coverage.source_of(function)
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                code = function.__code__
                if node.name == code.co_name and first_line(node) == code.co_firstlineno:
                    return node
        return None

    def _run(
        self, side: Reachable, nodes: Mapping[types.CodeType, Function], kinds: Sequence[Kind],
        wanted: set[int], theory: Theory,
    ) -> Run:  # fmt: skip
        """The first function of a side, executed on parameters of the given kinds."""
        places: dict[tuple[str, Span], dict[bool, int]] = {}
        for number in sorted(wanted):
            goal = self.coverage.goals[number]
            if goal.taken is not None:
                places.setdefault((goal.file, goal.span), {})[goal.taken] = number
        run = Run(theory, places, self.steady, complete=not self.steady.reshapes)
        run.call = lambda run, function, call, state: inline(run, nodes, function, call, state)
        entry = side.functions[0]
        state = State({})
        values = [
            starting(theory, run.inputs, parameter, kind, state)
            for parameter, kind in zip(self.parameters, kinds, strict=True)
        ]
        state.names = _arguments(nodes[entry.__code__], self.parameters, values)
        enter(run, entry, nodes[entry.__code__], state)
        return run

    # -------------------------------------------------------------- answers

    def _answer(
        self, query: Query, run: Run, kinds: Sequence[Kind], bases: Sequence[Case], sure: bool
    ) -> list[Case] | bool:
        """Cases for the query; True if there is none for sure, else False."""
        for longest, largest in () if query.opaque else _LADDER:
            bounds = _bounds(run.inputs, longest, largest)
            answer, model = self._ask((*query.path, *bounds))
            if answer == z3.sat:
                made = assembled(self.parameters, kinds, run.inputs, model, bases)
                if made is not None:
                    return [made, *self._others(query, run, kinds, bases, bounds, model)]
            elif answer == z3.unknown:
                return False
        return sure and self._ask(query.path)[0] == z3.unsat

    def _others(
        self, query: Query, run: Run, kinds: Sequence[Kind], bases: Sequence[Case],
        bounds: Sequence[Any], model: Any,
    ) -> list[Case]:  # fmt: skip
        """More cases for a query: what lies behind a goal may not differ on the plainest input."""
        cases = []
        path = [*query.path, *bounds]
        for _ in range(_MORE):
            for other in unlike(run.inputs, model):
                answer, found = self._ask((*path, other))
                if answer == z3.sat:
                    break
            else:
                break
            path.append(other)
            model = found
            made = assembled(self.parameters, kinds, run.inputs, model, bases)
            cases += [] if made is None else [made]
        return cases

    def _ask(self, path: Sequence[Any]) -> tuple[Any, Any]:
        if self.units <= 0:
            return z3.unknown, None
        solver = z3.Solver()
        solver.set("rlimit", min(_UNITS, self.units))
        solver.set("timeout", _MILLISECONDS)
        solver.add(*path)
        answer = solver.check()
        self.units -= max(0, _spent(solver) - self.spent)
        self.spent = max(self.spent, _spent(solver))
        return answer, solver.model() if answer == z3.sat else None


def _spent(solver: Any) -> int:
    spent = {key: value for key, value in solver.statistics()}
    return int(spent.get("rlimit count", 0))


def _bounds(inputs: Inputs, longest: int, largest: int) -> list[Any]:
    bounds = [length.term <= longest for length in inputs.lengths.values()]
    numbers = [n for _, n in inputs.scalars.values() if isinstance(n, Num) and n.kind == "int"]
    for number in numbers if largest else ():
        bounds += [number.term <= largest, number.term >= -largest]
    return bounds


def _calls_itself(side: Reachable) -> bool:
    name = side.functions[0].__name__
    return any(name in code.co_names for f in side.functions for code in nested(f.__code__))


def _choices(
    parameters: Sequence[Parameter], entry: types.FunctionType
) -> tuple[list[tuple[Kind, ...]], bool]:
    """The kinds that the parameters of `entry` may have together, at most some; whether these are all."""
    complete = all(p.how in ("positional", "keyword") for p in parameters)
    options: list[tuple[Kind, ...]] = []
    for position, parameter in enumerate(parameters):
        kind = parameter.kind
        kinds = kind.choices if isinstance(kind, OneOfKinds) else (kind,)
        flat: list[Kind] = []
        for each in kinds:
            match each:
                case Exactly(values):
                    flat += [Exactly((value,)) for value in values]
                case ArrayKind(_, None):
                    flat += [replace(each, dims=(None,)), replace(each, dims=(None, None)), each]
                case _:
                    flat.append(each)
        default = _default(entry, parameter, position) if parameter.optional else None
        if default is not None and default not in flat:
            flat.append(default)
        options.append(tuple(flat))
        complete = complete and (default is not None or not parameter.optional)
    chosen = list(itertools.islice(itertools.product(*options), _MOST_TYPES + 1))
    return chosen[:_MOST_TYPES], complete and len(chosen) <= _MOST_TYPES


def _default(entry: types.FunctionType, parameter: Parameter, position: int) -> Exactly | None:
    """What a parameter is where it is left out; None if that is not known."""
    theirs = list(inspect.signature(entry).parameters.values())
    named = next((p for p in theirs if p.name == parameter.name), None)
    found = named if parameter.how == "keyword" or position >= len(theirs) else theirs[position]
    if found is None or type(found.default) not in (int, float, bool, str, type(None)):
        return None
    return Exactly((found.default,))


def _arguments(
    node: Function, parameters: Sequence[Parameter], values: Sequence[Value]
) -> dict[str, Value]:
    """The parameters of a function under the names that it has for them."""
    names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
    every = [*names, *(a.arg for a in node.args.kwonlyargs)]
    extra = [a.arg for a in (node.args.vararg, node.args.kwarg) if a is not None]
    out: dict[str, Value] = dict.fromkeys((*every, *extra), UNKNOWN)
    for at, (parameter, value) in enumerate(zip(parameters, values, strict=True)):
        if parameter.how == "positional" and at < len(names):
            out[names[at]] = value
        elif parameter.how == "keyword" and parameter.name in out:
            out[parameter.name] = value
    return out
