"""The first difference between two pictures, by the rules of what counts as the same.

NaN equals NaN; -0.0 differs from 0.0 unless a tolerance is granted; a NumPy scalar counts as the Python
scalar of its kind and width (unless `strict`); identity of mutable objects and memory shared between
arguments and results count.
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from loopwright.verify.codec import root_of
from loopwright.verify.observe import Observation
from loopwright.verify.snapshot import Instance, Items

AnyArray = npt.NDArray[Any]
Floats = Callable[[str, AnyArray, AnyArray], AnyArray]
"""`close(path, expected, got)` -> boolean array of the elements that count as the same."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`path` is Python-like: `result[1][0, 3]`, `x after the call [2]`. `reason` is a sentence for what the
    other fields do not say."""

    path: str
    expected: str
    got: str
    what: str = "value"
    reason: str = ""


class _Found(Exception):
    def __init__(self, difference: Difference) -> None:
        super().__init__(difference.path)
        self.difference = difference


def bitwise(path: str, a: AnyArray, b: AnyArray) -> AnyArray:
    """Equal values, NaN equal to NaN, zeros of one sign."""
    if a.dtype.kind == "c":
        return bitwise(path, a.real, b.real) & bitwise(path, a.imag, b.imag)
    same = (a == b) & (np.signbit(a) == np.signbit(b))
    both: AnyArray = same | (np.isnan(a) & np.isnan(b))
    return both


def relative(rtol: float, atol: float = 0.0) -> Floats:
    """`abs(a - b) <= max(atol, rtol * max(abs(a), abs(b)))`, infinities and NaN exact."""

    def close(path: str, a: AnyArray, b: AnyArray) -> AnyArray:
        if a.dtype.kind == "c":
            parts = close(path, a.real, b.real) & close(path, a.imag, b.imag)
            finite = np.isfinite(a) & np.isfinite(b)
            return np.where(finite, near(a.astype(np.clongdouble), b.astype(np.clongdouble)), parts)
        finite = np.isfinite(a) & np.isfinite(b)
        exact: AnyArray = (a == b) | (np.isnan(a) & np.isnan(b))
        return exact | (finite & near(a.astype(np.longdouble), b.astype(np.longdouble)))

    def near(a: AnyArray, b: AnyArray) -> AnyArray:
        with np.errstate(all="ignore"):
            within: AnyArray = np.abs(a - b) <= np.maximum(
                atol, rtol * np.maximum(np.abs(a), np.abs(b))
            )
        return within

    return close


def compare(
    a: Observation, b: Observation, close: Floats = bitwise, *, strict: bool = False
) -> Difference | None:
    """The first difference of two calls, or None. `a` is the original's. They are one where the
    candidate declined, so that no generator may be drawn from."""
    if a.outcome != b.outcome:
        return Difference("outcome", outcome(a), outcome(b), "outcome")
    if a.outcome == "raised":
        if a.error != b.error:
            return Difference("exception", outcome(a), outcome(b), "exception type")
        if a.own_raise and a.message != b.message:
            return Difference("exception text", repr(a.message), repr(b.message), "exception text")
    walk = _Walk(close, strict)
    try:
        if ("lazy" in a.picture) != ("lazy" in b.picture):
            return Difference("result", outcome(a), outcome(b), "kind of result")
        for name in a.picture.get("args", {}):
            at = f"{name} after the call"
            walk.visit(at, a.picture["args"][name], b.picture["args"][name])
        if "state" in a.picture and "state" in b.picture:
            walk.state(a.picture["state"], b.picture["state"])
        walk.results = True
        for key in _PARTS:
            if key in a.picture and key in b.picture:
                walk.visit(key, a.picture[key], b.picture[key])
        walk.memory()
        for key in ("random", "np.random"):
            if a.picture[key] != b.picture[key]:
                return Difference(f"state of {key}", "one state", "another", "generator state")
    except _Found as found:
        return found.difference
    return None


def outcome(seen: Observation) -> str:
    """One line about what a call did."""
    if seen.outcome == "raised":
        text = seen.message if len(seen.message) <= 200 else seen.message[:200] + "..."
        return f"raised {seen.error}: {text}" if text else f"raised {seen.error}"
    if seen.outcome == "returned":
        if "items" in seen.picture:
            items = seen.picture["items"]
            tail = f", then {items.error}" if items.error else ""
            return f"gave {show(items.items)}{tail}"
        return f"returned {show(seen.picture.get('result'))}"
    return "did not return in time" if seen.outcome == "timeout" else f"raised {seen.error}"


def show(value: object) -> str:
    """A short text of a value for reports."""
    text = repr(value) if not isinstance(value, np.ndarray) else _show_array(value)
    return text if len(text) <= 300 else text[:297] + "..."


def _show_array(a: AnyArray) -> str:
    with np.printoptions(precision=17, threshold=40, floatmode="unique"):
        return " ".join(f"{a!r}".split())


class _Walk:
    """One lock-step walk over both pictures; raises _Found at the first difference."""

    def __init__(self, close: Floats, strict: bool) -> None:
        self.close = close
        self.strict = strict
        self.places: tuple[dict[int, str], dict[int, str]] = ({}, {})
        self.held: list[object] = []  # an address tells an object only while the object lives
        self.arrays: list[tuple[str, bool, AnyArray, AnyArray]] = []
        self.results = False

    def differ(self, path: str, a: object, b: object, what: str = "value") -> None:
        raise _Found(Difference(path, show(a), show(b), what))

    def visit(self, path: str, a: Any, b: Any) -> None:
        kind_a, kind_b = kind(a, self.strict), kind(b, self.strict)
        if kind_a != kind_b:
            raise _Found(Difference(path, f"{kind_a} {show(a)}", f"{kind_b} {show(b)}", "type"))
        if isinstance(a, _MUTABLE) and self._met(path, a, b):
            return
        match a:
            case np.ndarray():
                self._array(path, a, b)
            case float() | complex() | np.floating() | np.complexfloating():
                x, y = np.asarray(a), np.asarray(b)
                if not bool(self.close(path, x, y)):
                    self.differ(path, a, b)
            case list() | tuple() | deque():
                if len(a) != len(b):
                    self.differ(path, a, b, "length")
                self._items(path, a, b)
            case dict():
                self._dict(path, a, b)
            case set() | frozenset():
                if sorted(map(_text, a)) != sorted(map(_text, b)):
                    self.differ(path, a, b)
            case Items():
                self.visit(path, a.items, b.items)
                if (a.error, a.ended) != (b.error, b.ended):
                    self.differ(
                        f"{path} end", a.error or a.ended, b.error or b.ended, "end of items"
                    )
            case Instance():
                self.visit(path, a.state, b.state)
            case np.random.Generator():
                states = [repr(g.bit_generator.state) for g in (a, b)]
                if states[0] != states[1]:
                    raise _Found(Difference(path, "one state", "another", "generator state"))
            case _ if hasattr(a, "__length_hint__"):
                self.visit(f"rest of {path}", list(a), list(b))
            case _ if hasattr(a, "__dict__"):
                self.visit(path, vars(a), vars(b))
            case _ if hasattr(a, "getstate"):
                self.visit(path, a.getstate(), b.getstate())
            case np.random.RandomState():
                drawn = [copy.deepcopy(g).random_sample(4).tolist() for g in (a, b)]
                if drawn[0] != drawn[1]:
                    raise _Found(Difference(path, "one state", "another", "generator state"))
            case _:
                if a != b:
                    self.differ(path, a, b)

    def state(self, a: dict[str, Any], b: dict[str, Any]) -> None:
        """What outlives the call, by path."""
        for path in dict.fromkeys((*a, *b)):
            at = f"{path} after the call"
            if path not in a or path not in b:
                shown = [show(each[path]) if path in each else "not there" for each in (a, b)]
                raise _Found(Difference(at, shown[0], shown[1], "state"))
            self.visit(at, a[path], b[path])

    def _met(self, path: str, a: object, b: object) -> bool:
        """Note two mutable objects; True if both were met before, at one and the same place."""
        self.held += (a, b)
        before = tuple(
            seen.setdefault(id(x), path) for seen, x in zip(self.places, (a, b), strict=True)
        )
        if before[0] != before[1]:
            raise _Found(
                Difference(path, _identity(before[0], path), _identity(before[1], path), "identity")
            )
        return before[0] != path

    def _items(self, path: str, a: Sequence[Any], b: Sequence[Any]) -> None:
        """Items one by one; long rows of plain numbers or strings at once."""
        types = list(map(type, a)) if len(a) > _LONG else []
        if types and _ATOMS.issuperset(types) and types == list(map(type, b)):
            if set(types) == {float}:
                self._elements(path, np.array(a), np.array(b))
                return
            if _alike(a, b):
                return
        for k, (x, y) in enumerate(zip(a, b, strict=True)):
            self.visit(f"{path}[{k}]", x, y)

    def _dict(self, path: str, a: dict[Any, Any], b: dict[Any, Any]) -> None:
        keys_a, keys_b = list(a), list(b)
        if list(map(_text, keys_a)) != list(map(_text, keys_b)):
            what = "order of keys" if set(keys_a) == set(keys_b) else "keys"
            self.differ(path, keys_a, keys_b, what)
        for key, (x, y) in zip(keys_a, zip(a.values(), b.values(), strict=True), strict=True):
            self.visit(f"{path}[{key!r}]" if key != "" else path, x, y)

    def _array(self, path: str, a: AnyArray, b: AnyArray) -> None:
        if a.dtype != b.dtype:
            self.differ(f"{path}.dtype", str(a.dtype), str(b.dtype), "dtype")
        if a.shape != b.shape:
            self.differ(f"{path}.shape", a.shape, b.shape, "shape")
        if a.flags.writeable != b.flags.writeable:
            state = {True: "writable", False: "read-only"}
            self.differ(path, state[a.flags.writeable], state[b.flags.writeable], "read-only")
        self._elements(path, a, b)
        root, other = root_of(a), root_of(b)
        if not self.results and root is not a and root.shape == other.shape:
            self._elements(f"buffer around {path}", root, other)
        self.arrays.append((path, self.results, a, b))

    def _elements(self, path: str, a: AnyArray, b: AnyArray) -> None:
        if a.dtype.hasobject:
            self.visit(path, a.tolist(), b.tolist())
            return
        if a.dtype.names is not None:
            for name in a.dtype.names:
                self._elements(f"{path}[{name!r}]", a[name], b[name])
            return
        equal: Any = self.close(path, a, b) if a.dtype.kind in "fc" else a == b
        if not np.all(equal):
            at = tuple(int(k) for k in np.argwhere(~np.asarray(equal))[0])
            where = f"{path}[{', '.join(map(str, at))}]" if at else path
            self.differ(where, a[at], b[at])

    def memory(self) -> None:
        """Compare which result arrays share memory with which other arrays."""
        for k, (path, result, a, b) in enumerate(self.arrays):
            if not result:
                continue
            for other, _, c, d in self.arrays[:k]:
                if a is c or (root_of(a) is not root_of(c) and root_of(b) is not root_of(d)):
                    continue
                shared = np.may_share_memory(a, c), np.may_share_memory(b, d)
                if shared[0] != shared[1]:
                    says = {True: f"shares memory with {other}", False: "is a copy of its own"}
                    raise _Found(Difference(path, says[shared[0]], says[shared[1]], "memory"))


_PARTS = (
    "result", "items", "consumed at first", "consumed by one item", "printed",
    "written past sys.stdout", "written to sys.stderr", "memory around the arguments",
)  # fmt: skip
_LONG = 16
_ATOMS = {int, float, bool, str, type(None)}
_MUTABLE = (list, dict, set, deque, np.ndarray, Instance)
_PLAIN_OF = {
    "float64": "float", "int64": "int", "bool": "bool", "complex128": "complex", "str": "str",
}  # fmt: skip


def _alike(a: Sequence[Any], b: Sequence[Any]) -> bool:
    """Whether rows of plain numbers and strings, of the same types in turn, are equal bit for bit."""
    floats, others = (
        [[x for x in row if (type(x) is float) == wanted] for row in (a, b)]
        for wanted in (True, False)
    )
    return others[0] == others[1] and bool(np.all(bitwise("", *map(np.array, floats))))


def kind(value: object, strict: bool = False) -> str:
    """The kind of a value for the comparison: `int`, `float`, `float32`, `array`, `list`, ..."""
    if isinstance(value, np.generic):
        name = str(value.dtype)
        return f"np.{name}" if strict else _PLAIN_OF.get(name, name)
    if isinstance(value, np.ndarray):
        return "array" if type(value) is np.ndarray else type(value).__name__
    if isinstance(value, Instance):
        return value.name
    return "None" if value is None else type(value).__name__


def _text(value: object) -> str:
    """A text that equal keys and members share: NumPy scalars as the Python scalars they count as."""
    if isinstance(value, np.generic) and str(value.dtype) in _PLAIN_OF:
        return repr(value.item())
    return repr(value)


def _identity(first: str, path: str) -> str:
    return "an object of its own" if first == path else f"the same object as {first}"
