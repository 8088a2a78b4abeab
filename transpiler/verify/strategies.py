"""From kinds to values that Hypothesis draws, and to the arguments of a whole call.

Lengths are shared by symbol within a call; arrays come first, so that numbers can relate to their lengths
and elements; layouts and aliases are choices like any other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeGuard

import numpy as np
from hypothesis import strategies as st

from loopwright.verify import stock
from loopwright.verify.alias import alias
from loopwright.verify.call import Call, fitted
from loopwright.verify.case import Case
from loopwright.verify.codec import AnyArray
from loopwright.verify.contents import float_array, indices, int_array, offsets
from loopwright.verify.kinds import (
    Anything,
    ArrayKind,
    DictKind,
    Exactly,
    FunctionKind,
    Kind,
    ListKind,
    NpNumber,
    OneOfKinds,
    Parameter,
    PyNumber,
    RandomKind,
    RecordKind,
    Text,
    TupleKind,
)
from loopwright.verify.layouts import LAYOUTS, lay_out
from loopwright.verify.scalars import draw_float, draw_int, draw_text
from loopwright.verify.structures import STRUCTURES, structured

LONGEST_LIST = 4099
SEEDS = st.integers(0, 2**31 - 1)
_RANKS = (1, 1, 1, 1, 2, 2, 2, 3, 0)


def draw_arguments(call: Call, parameters: Sequence[Parameter]) -> Case:
    """Arguments for one call: arrays and lists first, so that numbers can relate to them."""
    values: dict[str, Any] = {}
    for parameter in sorted(parameters, key=lambda p: _rank(p.kind)):
        if parameter.how == "many":
            count = call.pick((0, 1, 2, 3))
            values[parameter.name] = [draw_value(call, parameter.kind) for _ in range(count)]
        elif parameter.how == "options":
            values[parameter.name] = {}
        elif not (parameter.optional and call.chance(0.4)):
            values[parameter.name] = draw_value(call, parameter.kind)
    if call.chance(call.style.alias):
        alias(call, values)
    return Case(values, call.env, seed=call.draw(SEEDS), labels=frozenset(call.labels), drawn=True)


def ranks_of(parameters: Sequence[Parameter]) -> dict[str, int]:
    """For each symbol the largest number of axes of an array that has it as a length."""
    ranks: dict[str, int] = {}
    for parameter in parameters:
        kind = parameter.kind
        for each in kind.choices if isinstance(kind, OneOfKinds) else (kind,):
            for dim in each.dims or () if isinstance(each, ArrayKind) else ():
                if isinstance(dim, str) and isinstance(each, ArrayKind):
                    ranks[dim] = max(ranks.get(dim, 1), len(each.dims or ()))
    return ranks


def _rank(kind: Kind) -> int:
    match kind:
        case ArrayKind(dtype):
            return 0 if dtype[0] in "fc" else 1
        case ListKind() | TupleKind() | DictKind() | OneOfKinds():
            return 1
        case _:
            return 2


def draw_value(call: Call, kind: Kind) -> Any:
    """A value of `kind` that fits what the call holds so far."""
    match kind:
        case PyNumber() | Text() | NpNumber():
            value = _known(call, kind)
            value = _scalar(call, kind) if value is None else value
            call.met(value)
            return value
        case Exactly(values):
            return call.pick(values)
        case ArrayKind():
            return _array(call, kind)
        case ListKind():
            return _sequence(call, kind)
        case TupleKind(items):
            return _tuple(call, items)
        case DictKind(key, value):
            return _dict(call, key, value)
        case OneOfKinds(choices, link):
            return draw_value(
                call, call.pick(choices) if link is None else call.same(link, choices)
            )
        case RecordKind():
            return _record(call, kind)
        case RandomKind(name):
            return stock.generator(name, call.pick(range(1000)))
        case FunctionKind():
            return call.pick(stock.FUNCTIONS)()
        case Anything():
            return draw_value(call, call.pick(stock.ANYTHING))


# ------------------------------------------------------------------- numbers


def _tuple(call: Call, items: Sequence[Kind]) -> tuple[Any, ...]:
    """Ranges, such as a start and an end, are in order more often than by chance."""
    values = tuple(draw_value(call, item) for item in items)
    if len(set(items)) == 1 and isinstance(items[0], PyNumber) and items[0].name != "complex":
        if call.chance(0.3):
            return tuple(sorted(values))
    return values


def _known(call: Call, kind: PyNumber | Text | NpNumber) -> object:
    """A value of `kind` that the call holds already, or None: two that are equal, a key that is there."""
    if not call.elements or not call.chance(0.12 if call.depth else 0.25):
        return None
    alike = [value for value in call.elements if _is_of(value, kind)]
    if not alike:
        return _near_another(call, kind)
    value = call.pick(alike)
    return value[: call.pick((10**9, 1, 2))] if isinstance(value, str | bytes) else value


def _near_another(call: Call, kind: PyNumber | Text | NpNumber) -> object:
    """An int beside a float of the call, or a float that is next to an int; else None."""
    match kind, call.pick(call.elements):
        case PyNumber("int"), float(x) if math.isfinite(x):
            return int(x) + call.pick((0, 1, -1))
        case PyNumber("float"), int(k) if abs(k) < 2**1000:
            return float(k)
        case _:
            return None


def _is_of(value: object, kind: PyNumber | Text | NpNumber) -> bool:
    match kind:
        case PyNumber(name):
            return type(value).__name__ == name
        case NpNumber(dtype):
            return isinstance(value, np.generic) and str(value.dtype) == dtype
        case Text(binary):
            return isinstance(value, bytes if binary else str)


def _scalar(call: Call, kind: PyNumber | Text | NpNumber) -> object:
    wild = call.style.wild
    match kind:
        case NpNumber(dtype):
            return _elements(call, ArrayKind(dtype), 1)[0]
        case Text(binary, length):
            text = draw_text(call)
            if length is not None:
                text = fitted(text, call.length(length))
            return text.encode() if binary else text
        case PyNumber("bool"):
            return call.pick((False, True))
        case PyNumber("float"):
            return draw_float(call, wild)
        case PyNumber("complex"):
            return complex(draw_float(call, wild), draw_float(call, wild))
        case _:
            return _int(call, kind, wild * call.style.tall)


def _int(call: Call, kind: PyNumber, wild: float) -> int:
    if kind.like is not None and not call.chance(0.15):
        return call.length(kind.like)
    if kind.low is not None and kind.high is not None and not call.chance(wild + 0.1):
        return call.draw(st.integers(kind.low, kind.high))
    return draw_int(call, wild, call.lengths)


# -------------------------------------------------------------------- arrays


def _array(call: Call, kind: ArrayKind) -> AnyArray:
    dims = kind.dims
    if dims is None:
        dims = (None,) * call.pick(_RANKS)
    shape = call.shape(dims)
    array = _elements(call, kind, math.prod(shape)).reshape(shape).copy()
    if len(shape) == 2 and array.size > 1 and kind.dtype != "bool" and call.chance(0.25):
        structure = call.pick(STRUCTURES)
        array = structured(array, structure)
        call.labels.add(structure)
    layout = call.pick_wild(("plain",), LAYOUTS, call.style.layout)
    if layout != "plain":
        array = lay_out(array, layout)
        call.labels.add(layout)
    return array


def _elements(call: Call, kind: ArrayKind, n: int) -> AnyArray:
    wild = call.style.wild
    if kind.dtype == "object":
        return _objects(call, n)
    if kind.dtype[0] in "fc":
        mode, values = float_array(call, kind.dtype, n, wild)
    else:
        low, high = _index_range(call, kind)
        if n > 1 and kind.dtype in ("int64", "int32") and call.lengths and call.chance(0.05):
            mode, values = "offsets", offsets(call, kind.dtype, n, call.pick(call.lengths))
        elif high > low and not call.chance(wild / 2):
            mode, values = "indices", indices(call, kind.dtype, n, low, high)
        else:
            mode, values = int_array(call, kind.dtype, n, wild)
    call.labels.add(mode)
    if n:
        call.met(values[n // 2].item())
    return values


def _objects(call: Call, n: int) -> AnyArray:
    """Python's numbers, all floats, all ints or mixed."""
    floats = float_array(call, "float64", n, call.style.wild)[1].tolist()
    ints = int_array(call, "int64", n, call.style.wild)[1].tolist()
    pair = call.pick(((floats, floats), (ints, ints), (floats, ints)))
    values = np.empty(n, object)
    values[:] = [pair[k % 2][k] for k in range(n)]
    call.labels.add("objects")
    return values


def _index_range(call: Call, kind: ArrayKind) -> tuple[int, int]:
    if kind.index_of is not None:
        return kind.low or 0, call.length(kind.index_of)
    if kind.low is not None and kind.high is not None:
        return kind.low, kind.high + 1
    if kind.dtype in ("int64", "int32", "intp") and call.lengths and call.chance(0.3):
        return 0, call.pick(call.lengths)
    return 0, 0


# ---------------------------------------------------------------- containers


def _sequence(call: Call, kind: ListKind) -> object:
    form = kind.form
    if form in ("sequence", "iterable"):
        forms = ("list", "list", "tuple") + (("iterator",) * 2 if form == "iterable" else ())
        form = call.pick(forms)
    n = call.length(kind.length)
    if n > LONGEST_LIST and kind.length is None and form not in ("list", "tuple"):
        n = LONGEST_LIST
    if form in ("set", "frozenset"):
        n = min(n, 40)
    if form == "iterator":
        n = min(n, 300)
    return stock.FORMS[form](_items(call, kind.elem, n))


def _items(call: Call, elem: Kind, n: int) -> list[Any]:
    if isinstance(elem, PyNumber) and elem.name in ("float", "int"):
        return _numbers(call, elem, n)
    if _is_matrix(elem) and call.chance(0.7):
        return _matrix(call, elem, min(n, 70))
    drawn = min(n, 70 if call.style.reach else 40)
    call.depth += 1
    if isinstance(elem, ListKind) and elem.length is None and not call.chance(0.25):
        elem = ListKind(elem.elem, call.length(None, 2), elem.form)
    if isinstance(elem, OneOfKinds) and call.chance(0.5):
        elem = call.pick(elem.choices)
    items = [draw_value(call, elem) for _ in range(drawn)]
    if drawn > 1 and call.chance(0.15):
        items[call.pick(range(drawn))] = items[call.pick(range(drawn))]
    call.depth -= 1
    if n > drawn and isinstance(elem, PyNumber | Text | TupleKind | Exactly):
        items = [items[k * k % drawn] if k >= drawn else items[k] for k in range(n)]
    return items


def _is_matrix(elem: Kind) -> TypeGuard[ListKind]:
    match elem:
        case ListKind(PyNumber("float" | "int"), None, "list"):
            return True
        case _:
            return False


def _matrix(call: Call, row: ListKind, n: int) -> list[Any]:
    """`n` rows of one length, all drawn at once."""
    m = call.fresh_length(n) if call.chance(0.5) else call.length(None, 2)
    assert isinstance(row.elem, PyNumber)
    flat = _numbers(call, row.elem, n * m)
    rows: list[Any] = [flat[k * m : (k + 1) * m] for k in range(n)]
    if n > 1 and call.chance(0.15):
        rows[call.pick(range(n))] = rows[call.pick(range(n))]
    return rows


def _numbers(call: Call, elem: PyNumber, n: int) -> list[Any]:
    wild = call.style.wild
    if elem.name == "float":
        mode, values = float_array(call, "float64", n, wild)
        items: list[Any] = values.tolist()
    elif call.chance(wild):
        mode, items = "big integers", [draw_int(call, 0.5) for _ in range(min(n, 40))]
        items = [items[k % len(items)] for k in range(n)]
    else:
        mode, low, high = "indices", *_element_range(call, elem)
        if high > low:
            items = indices(call, "int64", n, low, high).tolist()
        else:
            mode, values = int_array(call, "int64", n, 0.0)
            items = values.tolist()
    call.labels.add(mode)
    if items:
        call.met(items[n // 2])
    return items


def _element_range(call: Call, elem: PyNumber) -> tuple[int, int]:
    if elem.index_of is not None and call.length(elem.index_of) > (elem.low or 0):
        return elem.low or 0, call.length(elem.index_of)
    if elem.low is not None and elem.high is not None:
        return max(elem.low, -(2**63)), min(elem.high + 1, 2**63)
    if call.lengths and call.chance(0.15):
        return 0, max(call.lengths)
    return 0, 0


def _dict(call: Call, key: Kind, value: Kind) -> dict[Any, Any]:
    call.depth += 1
    out = {}
    for _ in range(call.pick((0, 1, 2, 3, 4, 6, 9))):
        name = draw_value(call, key)
        if not (isinstance(name, float) and math.isnan(name)):
            out[name] = draw_value(call, value)
    call.depth -= 1
    return out


def _record(call: Call, kind: RecordKind) -> object:
    if kind.form == "enum":
        return stock.Make(kind.name, {"": call.pick(kind.fields)[0]}, "enum")
    values = {
        name: draw_value(call, field_kind)
        for name, field_kind in kind.fields
        if not (name in kind.missing and call.chance(0.4))
    }
    return values if kind.form == "dict" else stock.Make(kind.name, values, kind.form)
