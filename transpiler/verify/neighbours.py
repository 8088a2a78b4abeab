"""Changes of a case that is at hand: one argument drawn anew, one element changed, another type.

Cases that reached a line first are kept; what lies behind that line is found near them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from loopwright.verify import codec
from loopwright.verify.alias import alias
from loopwright.verify.call import Call
from loopwright.verify.case import Case
from loopwright.verify.codec import AnyArray
from loopwright.verify.kinds import (
    ArrayKind,
    Kind,
    ListKind,
    Parameter,
    PyNumber,
    Text,
    TupleKind,
    linked,
)
from loopwright.verify.scalars import draw_float, draw_int, draw_text
from loopwright.verify.strategies import SEEDS, draw_value

_STEPS = (1, 1, -1, 2)
_LETTERS = ("ab", "01", " .")
_CHANGED = 0.5
"The chance of a change in place where a new value could be drawn as well."
_ALIKE = 8
"Equal letters of a text that are changed at once, at most."


def neighbour(call: Call, parameters: Sequence[Parameter], case: Case) -> Case:
    """A neighbour of `case`: one argument drawn anew under the same lengths, one element changed, or two
    arguments put into one buffer."""
    parameter = call.pick(parameters)
    if parameter.name not in case.values or parameter.how in ("many", "options"):
        return replace(case, drawn=False)
    values = dict(case.values)
    if linked(parameter.kind) or (_open(parameter.kind) and call.chance(_CHANGED)):
        values[parameter.name] = _tweak(call, values[parameter.name], _resizable(parameter.kind))
    else:
        values[parameter.name] = draw_value(call, parameter.kind)
    if call.chance(call.style.alias / 2):
        alias(call, values)
    labels = case.labels | call.labels
    return Case(values, case.env, case.script, call.draw(SEEDS), labels)


def _open(kind: Kind) -> bool:
    """True if any other value of the same type is in the kind too."""
    match kind:
        case ListKind(elem):
            return _open(elem)
        case TupleKind(items):
            return all(map(_open, items))
        case PyNumber() | Text() | ArrayKind():
            return True
        case _:
            return False


def _resizable(kind: Kind) -> bool:
    """True if no length in `kind` is shared with another argument."""
    match kind:
        case ListKind(elem, length, form):
            return length is None and form == "list" and _resizable(elem)
        case _:
            return isinstance(kind, PyNumber | Text)


def _tweak(call: Call, value: Any, resizable: bool = False) -> Any:
    """`value` with one small change; the argument itself is left alone.

    Lists that are `resizable` lose an element or get one twice, at any depth.
    """
    match value:
        case bool():
            return not value
        case int():
            return draw_int(call, 0.3) if call.chance(0.2) else value + call.pick(_STEPS)
        case float():
            return draw_float(call, 0.5) if call.chance(0.5) else -value
        case str():
            return _reworded(call, value) if value and call.chance(0.6) else draw_text(call)
        case list() | tuple() if value:
            at = call.pick(range(len(value)))
            changed = list(value)
            if resizable and call.chance(0.25):
                changed[at : at + 1] = [] if call.chance(0.5) else [changed[at], changed[at]]
            elif call.chance(0.3):
                changed[at] = call.pick(changed)
            else:
                changed[at] = _tweak(call, changed[at], resizable)
            return changed if isinstance(value, list) else tuple(changed)
        case np.ndarray() if value.size and value.dtype.kind in "fiub":
            return _tweak_array(call, value)
        case _:
            return value


def _reworded(call: Call, text: str) -> str:
    """`text` with some letters changed, most to letters of the constants of the sources."""
    at = call.pick(range(len(text)))
    letters = call.pick(call.constants.texts or _LETTERS) or text
    match call.pick(("one", "alike", "inserted", "repeated", "left out")):
        case "one":
            return text[:at] + call.pick(letters) + text[at + 1 :]
        case "alike":  # each to a letter of its own
            first, *rest = text.split(text[at], _ALIKE)
            return first + "".join(call.pick(letters) + part for part in rest)
        case "inserted":
            return text[:at] + call.pick(letters) + text[at:]
        case "repeated":
            return text + text[-1]
        case _:
            return text[:at] + text[at + 1 :]


def _tweak_array(call: Call, value: AnyArray) -> AnyArray:
    changed = value.copy()
    flat = changed.reshape(-1)
    at = call.pick(range(flat.size))
    if call.chance(0.3):
        flat[at] = flat[call.pick(range(flat.size))]
    elif value.dtype.kind == "f":
        with np.errstate(all="ignore"):
            flat[at] = draw_float(call, 0.5)
    elif value.dtype.kind == "b":
        flat[at] = not flat[at]
    else:
        info = np.iinfo(value.dtype)
        flat[at] = min(max(draw_int(call, 0.2), info.min), info.max)
    return changed


# ------------------------------------------------------- outside of a domain


class Heir(np.ndarray[Any, np.dtype[Any]]):
    """A subclass of ndarray."""


def stray(call: Call, parameters: Sequence[Parameter], case: Case) -> Case:
    """`case` with one argument of another type: the guard of a kernel has to turn it away."""
    parameter = call.pick(parameters)
    value = case.values[parameter.name]
    other = _other_type(call, value)
    if other is value:
        return case
    values = {**case.values, parameter.name: other}
    return replace(case, values=values, labels=frozenset({"other types"}), drawn=False, data=b"")


def _other_type(call: Call, value: Any) -> Any:
    with np.errstate(all="ignore"):
        match value:
            case np.ndarray():
                return _other_array(call, value)
            case bool():
                return int(value)
            case int():
                return call.pick((float(value % 2**31), np.int64(value % 2**31), True, None))
            case float():
                return call.pick((np.float64(value), 1, np.float32(value), None))
            case str():
                return call.pick((value + "a", value[:-1], value.swapcase(), value.encode(), None))
            case list():
                return _other_list(call, value)
            case _:
                return value


def _other_array(call: Call, value: AnyArray) -> AnyArray:
    near = {"f": "float32", "i": "int32", "u": "int64", "b": "uint8"}
    others = ("float32", "int64", "float64", ">f8", "int32", "O", "heir")
    dtype = call.pick((*((near.get(value.dtype.kind, "float64"),) * 5), *others))
    if dtype == "heir":
        return value.view(Heir)
    if value.dtype.kind == "c":
        return value.astype("complex64")
    if value.dtype.kind == "f" and dtype.startswith("int"):
        return np.nan_to_num(value, posinf=3, neginf=-3).clip(-9, 9).astype(dtype)
    return value.astype(dtype)


def _other_list(call: Call, value: list[Any]) -> Any:
    other: list[Any] = codec.copy(value)
    if not other:
        return tuple(other)
    at = call.pick(range(len(other)))
    match other[at]:
        case np.generic() as scalar:
            other[at] = scalar.item()
        case list() if other[at]:
            other[at] = other[at][:-1] if call.chance(0.5) else call.pick(other)
        case float():
            other[at] = call.pick((1, np.float64(other[at]), True))
        case bool():
            other[at] = 1
        case int():
            other[at] = call.pick((1.0, 2**70, True, np.int64(3)))
        case _:
            return tuple(other)
    return other
