"""From a solver's model to an input: an input at hand with other lengths, numbers, elements and strings."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import z3

from loopwright.verify.case import Case
from loopwright.verify.kinds import ArrayKind, Exactly, Kind, ListKind, NpNumber, Parameter
from loopwright.verify.reshape import reshaped
from loopwright.verify.shrink import conforms
from loopwright.verify.symbols import Inputs, Letters
from loopwright.verify.terms import Num, Term

_LABEL = frozenset({"solved for branches"})


def assembled(
    parameters: Sequence[Parameter],
    kinds: Sequence[Kind],
    inputs: Inputs,
    model: Any,
    bases: Sequence[Case],
) -> Case | None:
    """The first base that fits, changed to what `model` says; None if none can be."""
    chosen = dict(zip((p.name for p in parameters), kinds, strict=True))
    for base in bases:
        case = _on(parameters, chosen, inputs, model, base)
        if case is not None and conforms(parameters, case.values):
            return replace(case, script="once", labels=_LABEL, drawn=False, data=b"")
    return None


def unlike(inputs: Inputs, model: Any) -> list[Term]:
    """What says that the numbers of an input that `model` speaks of are others: each of them, and any."""
    numbers = [n for _, n in inputs.scalars.values() if isinstance(n, Num) and n.kind != "bool"]
    numbers += [n for elements in inputs.elements.values() for _, n in elements]
    asked = [n for n in numbers if model[n.term] is not None]
    terms = [n.term != model.eval(n.term, model_completion=True) for n in asked]
    return [z3.And(*terms), z3.Or(*terms)] if terms else []


def _on(
    parameters: Sequence[Parameter], chosen: dict[str, Kind], inputs: Inputs, model: Any, base: Case
) -> Case | None:
    values = dict(base.values)
    for name, kind in chosen.items():
        match kind:
            case Exactly((value,)):
                values[name] = value
            case ArrayKind(dtype, dims) if dims is not None:
                old = values.get(name)
                if not isinstance(old, np.ndarray) or old.ndim != len(dims) or old.dtype != dtype:
                    values[name] = np.zeros((1,) * len(dims), dtype)
            case ListKind() if not isinstance(values.get(name), list):
                return None
    for name, (kind, symbol) in inputs.scalars.items():
        value = _value(model, symbol)
        if value is None:
            return None
        values[name] = np.dtype(kind.dtype).type(value) if isinstance(kind, NpNumber) else value
    lengths = {place: int(_value(model, n) or 0) for place, n in inputs.lengths.items()}
    case = reshaped(parameters, replace(base, values=values, data=b""), lengths)
    if case is None:
        return None
    for name, elements in inputs.elements.items():
        changed = _with_elements(case.values[name], elements, model)
        if changed is None:
            return None
        case.values[name] = changed
    return case


def _with_elements(value: Any, elements: list[tuple[tuple[Term, ...], Num]], model: Any) -> Any:
    """A copy of an array or list with the elements that the model speaks of."""
    changed: Any = np.array(value) if isinstance(value, np.ndarray) else list(value)
    for place, number in elements:
        if model[number.term] is None:
            continue  # nothing is asked of it
        index = tuple(_integer(model, term) for term in place)
        item = _value(model, number)
        try:
            with np.errstate(all="ignore"):
                changed[index if isinstance(changed, np.ndarray) else index[0]] = item
        except (IndexError, OverflowError, TypeError):
            return None
    return changed


def _integer(model: Any, term: Term) -> int:
    found = model.eval(term, model_completion=True)
    return int(found.as_signed_long() if z3.is_bv_value(found) else found.as_long())


def _value(model: Any, symbol: Num | Letters) -> Any:
    found = model.eval(symbol.term, model_completion=True)
    if isinstance(symbol, Letters):
        return _unescaped(found.as_string())
    match symbol.kind:
        case "bool":
            return z3.is_true(found)
        case "int":
            return _integer(model, symbol.term)
        case _ if z3.is_fp(found):
            return _double(found)
        case _:
            return _nearest(found)


def _nearest(found: Any) -> float | None:
    """The double next to a real number."""
    if z3.is_algebraic_value(found):
        found = found.approx(20)
    if not z3.is_rational_value(found):
        return None
    try:
        return float(found.as_fraction())
    except OverflowError:
        return None


def _double(found: Any) -> float:
    if z3.is_true(z3.simplify(z3.fpIsNaN(found))):
        return float("nan")
    bits = z3.simplify(z3.fpToIEEEBV(found)).as_long()
    return float(struct.unpack("<d", struct.pack("<Q", bits))[0])


def _unescaped(text: str) -> str:
    return re.sub(r"\\u\{([0-9a-fA-F]+)\}", lambda m: chr(int(m[1], 16)), text)
