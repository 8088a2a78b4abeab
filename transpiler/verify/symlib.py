"""What symbolic execution knows without reading code: lengths, elements, builtins, loops over ranges."""

from __future__ import annotations

import math
import sys
import types
from typing import Any

import numpy as np
import z3

from loopwright.verify.symbols import (
    UNKNOWN,
    Items,
    Known,
    Letters,
    Run,
    Spread,
    State,
    Tuple,
    Unknown,
    Value,
    kind_of_dtype,
)
from loopwright.verify.symtypes import asked_of_types
from loopwright.verify.terms import Num, Term


def negation(truth: Num) -> Num:
    return Num("bool", z3.Not(truth.term), truth.exact)


def truth_of(run: Run, value: Value) -> Num:
    match value:
        case Known(known):
            try:
                return Num("bool", z3.BoolVal(bool(known)))
            except (TypeError, ValueError):  # an array of several elements has no truth value
                return run.theory.fresh("bool")
        case Num():
            return run.theory.truth(value)
        case Letters(term):
            return Num("bool", z3.Length(term) > 0)
        case Items(lengths, _, False):
            return run.theory.truth(lengths[0])
        case Tuple(values):
            return Num("bool", z3.BoolVal(bool(values)))
        case _:
            return run.theory.fresh("bool")


def number_of(run: Run, value: Value) -> Num | None:
    """A value as a number, if it is one."""
    if isinstance(value, Known):
        plain = value.value.item() if isinstance(value.value, np.generic) else value.value
        return run.theory.number(plain)
    return value if isinstance(value, Num) else None


def letters_of(value: Value) -> Term | None:
    match value:
        case Letters(term):
            return term
        case Known(str() as text):
            return z3.StringVal(text)
        case _:
            return None


def merged(run: Run, truth: Num, a: Value, b: Value) -> Value:
    """The value that is `a` where `truth` holds, else `b`."""
    if a == b and not isinstance(a, Num):
        return a
    x, y = number_of(run, a), number_of(run, b)
    if x is None or y is None:
        return UNKNOWN
    return run.theory.chosen(truth.term, x, y) or UNKNOWN


def element(run: Run, items: Items, index: tuple[Term, ...], state: State) -> Value:
    """An element of an array or list of one axis (what is left of them)."""
    if items.dtype is None:
        return UNKNOWN
    kind = kind_of_dtype(items.dtype)
    place = (*items.prefix, *index)
    key = f"{items.name}{[str(z3.simplify(i)) for i in place]}"
    if items.name is not None and not state.stale and key in run.known_elements:
        return run.known_elements[key]
    number = run.theory.fresh(kind, key, items.array)
    if items.array and items.dtype[0] in "iu":
        info = np.iinfo(items.dtype)
        for relation, bound in (("GtE", info.min), ("LtE", info.max)):
            limit = run.theory.number(int(bound))
            holds = None if limit is None else run.theory.compared(relation, number, limit)
            if holds is not None:
                state.path = (*state.path, holds.term)
    if items.name is not None and not state.stale:
        run.known_elements[key] = number
        run.inputs.elements.setdefault(items.name, []).append((place, number))
    return number


def is_standard(module: types.ModuleType) -> bool:
    """True for modules of Python and NumPy, whose data nobody changes."""
    root = module.__name__.partition(".")[0]
    return root == "numpy" or root in sys.stdlib_module_names


def is_library(function: Any) -> bool:
    module = getattr(function, "__module__", None) or type(function).__module__
    return module.partition(".")[0] in ("builtins", "math", "numpy", "operator", "itertools")


def library(run: Run, function: Any, args: list[Value], state: State) -> Value:
    """Calls of functions that are known."""
    theory = run.theory
    answer = asked_of_types(run, function, args)
    if not isinstance(answer, Unknown):
        return answer
    match args:
        case [Items(lengths, _, array)] if function is len and lengths:
            return UNKNOWN if state.moved and not array else lengths[0]
        case [Letters(term)] if function is len:
            return Num("int", z3.Length(term)) if not theory.width else UNKNOWN
        case [Tuple(values)] if function is len:
            return Known(len(values))
        case [Items(_, _, True) as whole] if function in (np.asarray, np.asanyarray):
            return whole
        case [Items() as items] if function is enumerate:
            return Spread(lambda here: _numbered(run, items, here))
        case [Items(), *_] if function is zip and all(isinstance(a, Items) for a in args):
            several = [a for a in args if isinstance(a, Items)]
            return Spread(lambda here: _together(run, several, here))
        case [*_] if function is range and 1 <= len(args) <= 3:
            return Spread(lambda here: _counted(run, args, here))
    numbers = [number_of(run, arg) for arg in args]
    match numbers:
        case [Num() as a] if function in (abs, np.abs, math.fabs, np.fabs):
            zero = theory.number(0 if a.kind != "float" else 0.0)
            below = None if zero is None else theory.compared("Lt", a, zero)
            return (
                UNKNOWN
                if below is None
                else merged(run, below, theory.negated(a), theory.as_int(a))
            )
        case [Num() as a] if function in (float, np.float64):
            return theory.as_float(a) or UNKNOWN
        case [Num() as a] if function is int and a.kind != "float":
            return theory.as_int(a)
        case [Num() as a] if function is bool:
            return theory.truth(a)
        case [Num("float", term)] if function in (math.isnan, np.isnan) and theory.doubles:
            return Num("bool", z3.fpIsNaN(term))
        case [Num("float", term)] if function in (math.isinf, np.isinf) and theory.doubles:
            return Num("bool", z3.fpIsInf(term))
        case [Num() as a, Num() as b] if function in (min, max):
            relation = "Lt" if function is min else "Gt"
            second = theory.compared(relation, b, a)
            return UNKNOWN if second is None else merged(run, second, b, a)
        case [Num() as a, Num() as b] if function is pow:
            return theory.arithmetic("Pow", a, b) or UNKNOWN
        case _:
            return UNKNOWN


# ------------------------------------------------------------------- loops


def _index(run: Run, lengths: list[Num], state: State) -> Num:
    """A place below all the lengths."""
    at = run.theory.fresh("int", "at")
    state.path = (*state.path, at.term >= 0, *(at.term < n.term for n in lengths))
    return at


def _numbered(run: Run, items: Items, state: State) -> Value:
    at = _index(run, [items.lengths[0]], state)
    return Tuple((at, _inner(run, items, at, state)))


def _together(run: Run, several: list[Items], state: State) -> Value:
    at = _index(run, [items.lengths[0] for items in several], state)
    return Tuple(tuple(_inner(run, items, at, state) for items in several))


def _counted(run: Run, args: list[Value], state: State) -> Value:
    """Some number of a range."""
    numbers = [number_of(run, arg) for arg in args]
    bounds = numbers if len(numbers) > 1 else [run.theory.number(0), *numbers]
    step = args[2].value if len(args) == 3 and isinstance(args[2], Known) else 1
    low, high = bounds[0], bounds[1]
    known = len(args) < 3 or isinstance(args[2], Known)
    at = run.theory.fresh("int", "at")
    if low is None or high is None or not known or not isinstance(step, int) or step == 0:
        return at
    first, last = (low, high) if step > 0 else (high, low)
    inside = (at.term >= first.term, at.term < last.term)
    outside = (at.term > first.term, at.term <= last.term)
    state.path = (*state.path, *(inside if step > 0 else outside))
    if abs(step) > 1 and not run.theory.width:
        state.path = (*state.path, (at.term - low.term) % abs(step) == 0)
    return Num("int", at.term, at.exact and low.exact and high.exact)


def _inner(run: Run, items: Items, at: Num, state: State) -> Value:
    if len(items.lengths) == 1:
        return element(run, items, (at.term,), state)
    return Items(items.lengths[1:], items.dtype, True, items.name, (*items.prefix, at.term))


def one_of(run: Run, value: Value, state: State) -> Value:
    """Some element of what a loop runs over."""
    match value:
        case Items(lengths) if lengths and not (state.moved and not value.array):
            return _inner(run, value, _index(run, [lengths[0]], state), state)
        case Spread(make):
            return make(state)
        case _:
            return UNKNOWN
