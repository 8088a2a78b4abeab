"""What symbolic execution knows of variables, and of the inputs that they come from."""

from __future__ import annotations

import ast
import types
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
import z3

from loopwright.verify.goals import Span
from loopwright.verify.kinds import (
    Anything,
    ArrayKind,
    DictKind,
    Exactly,
    Kind,
    ListKind,
    NpNumber,
    Parameter,
    PyNumber,
    RecordKind,
    Text,
    TupleKind,
)
from loopwright.verify.reshape import Place, place_of
from loopwright.verify.steady import Steady
from loopwright.verify.terms import Num, Term, Theory


@dataclass(frozen=True, slots=True)
class Known:
    """A value that is the same for all inputs."""

    value: Any


@dataclass(frozen=True, slots=True)
class Items:
    """An array or a list. `name` is the parameter that holds its elements at `prefix`, None if none does;
    `dtype` is that of its elements, `int`, `float` or `bool` for Python's, None if unknown."""

    lengths: tuple[Num, ...]
    dtype: str | None
    array: bool
    name: str | None = None
    prefix: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyRank:
    """An array of any number of axes."""

    dtype: str


@dataclass(frozen=True, slots=True)
class Letters:
    """A string."""

    term: Term


@dataclass(frozen=True, slots=True)
class Tuple:
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Object:
    """A value of which only the class is known, or only that it is not None (`cls` is None)."""

    cls: type | None


@dataclass(frozen=True, slots=True)
class Spread:
    """What a loop runs over; `make` tells some element of it under a state, which it adds to."""

    make: Callable[[State], Value]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Anything."""


Value: TypeAlias = Known | Num | Items | AnyRank | Letters | Tuple | Object | Spread | Unknown
UNKNOWN = Unknown()


@dataclass
class Inputs:
    """Where the solver's variables go in an input."""

    scalars: dict[str, tuple[Kind, Num | Letters]] = field(default_factory=dict)
    lengths: dict[Place, Num] = field(default_factory=dict)
    elements: dict[str, list[tuple[tuple[Term, ...], Num]]] = field(default_factory=dict)
    constant: dict[str, Any] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)


@dataclass
class State:
    """One or more paths: variables, and what holds on them. `stale`: elements of arguments may have
    changed; `moved`: lengths of lists, too."""

    names: dict[str, Value]
    path: tuple[Term, ...] = ()
    exact: bool = True
    stale: bool = False
    moved: bool = False

    def fork(self, *more: Num) -> State:
        """The same with conditions added."""
        out = replace(self, names=dict(self.names))
        for condition in more:
            out.assume(condition)
        return out

    def assume(self, condition: Num) -> None:
        self.path = (*self.path, condition.term)
        self.exact = self.exact and condition.exact


@dataclass(frozen=True, slots=True)
class Query:
    """A condition with outcome `number` is met where `path` holds. `opaque`: the outcome itself says
    nothing; `complete`: no input gets there another way."""

    number: int
    path: tuple[Term, ...]
    exact: bool
    opaque: bool
    complete: bool


@dataclass
class Run:
    """One symbolic execution. `wanted` are the numbers of the goals by place; `call` inlines a function."""

    theory: Theory
    wanted: dict[tuple[str, Span], dict[bool, int]]
    steady: Steady = field(default_factory=Steady)
    inputs: Inputs = field(default_factory=Inputs)
    queries: list[Query] = field(default_factory=list)
    known_elements: dict[str, Num] = field(default_factory=dict)
    scopes: list[types.FunctionType] = field(default_factory=list)
    loose: list[set[str]] = field(default_factory=list)
    "Names that nested functions may set, for each function on the stack."
    returns: list[list[tuple[State, Value]]] = field(default_factory=list)
    recording: bool = True
    complete: bool = True
    steps: int = 0
    call: Callable[[Run, types.FunctionType, ast.Call, State], Value] | None = None

    def record(self, node: ast.expr, span: Span, state: State, truth: Num, opaque: bool) -> None:
        """Note that a condition is met."""
        if not self.recording:
            return
        goals = self.wanted.get((self.scopes[-1].__code__.co_filename, span), {})
        complete = self.complete and len(self.scopes) == 1
        for taken, number in goals.items():
            term = truth.term if taken else z3.Not(truth.term)
            exact = state.exact and truth.exact
            self.queries.append(Query(number, (*state.path, term), exact, opaque, complete))


def starting(
    theory: Theory, inputs: Inputs, parameter: Parameter, kind: Kind, state: State
) -> Value:
    """The value of a parameter of `kind`, noted among the inputs."""
    name = parameter.name
    match kind:
        case PyNumber(("int" | "float" | "bool") as number):
            number_value = theory.fresh(number, name)
            inputs.scalars[name] = (kind, number_value)
            return number_value
        case NpNumber(dtype) if dtype[0] in "iufb":
            scalar = theory.fresh(kind_of_dtype(dtype), name, True)
            inputs.scalars[name] = (kind, scalar)
            return scalar
        case Text(False):
            letters = Letters(z3.String(name))
            inputs.scalars[name] = (kind, letters)
            return letters
        case Exactly((value,)):
            inputs.constant[name] = value
            return Known(value)
        case ArrayKind(dtype, dims) if dims is not None:
            lengths = tuple(
                _length(theory, inputs, Parameter(name, kind), axis, dim, state)
                for axis, dim in enumerate(dims)
            )
            return Items(lengths, dtype if dtype[0] in "iufb" else None, True, name)
        case ArrayKind(dtype, None):
            return AnyRank(dtype)
        case ListKind(elem, length, "list"):
            number_of = elem.name if isinstance(elem, PyNumber) and elem.name != "complex" else None
            one = _length(theory, inputs, Parameter(name, kind), 0, length, state)
            return Items((one,), number_of, False, name)
        case Anything():
            return UNKNOWN
        case _:
            return Object(_class_of(kind))


def _class_of(kind: Kind) -> type | None:
    """The class that all values of a kind are of, where it is one of Python's or NumPy's."""
    match kind:
        case PyNumber("complex"):
            return complex
        case NpNumber(dtype):
            return np.dtype(dtype).type
        case Text(True):
            return bytes
        case TupleKind() | ListKind(_, _, "tuple"):
            return tuple
        case ListKind(_, _, "set"):
            return set
        case ListKind(_, _, "frozenset"):
            return frozenset
        case DictKind() | RecordKind(_, _, "dict"):
            return dict
        case _:
            return None


def kind_of_dtype(dtype: str) -> Any:
    """The kind of term for an element of a dtype, or of Python's own `int`, `float`, `bool`."""
    if dtype.startswith("bool"):
        return "bool"
    return "float" if dtype.startswith("float") else "int"


def _length(
    theory: Theory,
    inputs: Inputs,
    parameter: Parameter,
    axis: int,
    dim: str | int | None,
    state: State,
) -> Num:
    if isinstance(dim, int):
        fixed = theory.number(dim)
        assert fixed is not None
        return fixed
    place = place_of(parameter, axis)
    if place in inputs.lengths:
        return inputs.lengths[place]
    length = theory.fresh("int", f"len {parameter.name}")
    state.path = (*state.path, length.term >= 0)
    if place is not None:
        inputs.lengths[place] = length
    return length
