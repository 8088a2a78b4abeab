"""Values as Python source text that makes them again, shared buffers and layouts included."""

from __future__ import annotations

import base64
import random
import zlib
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from loopwright.verify.codec import AnyArray, root_of
from loopwright.verify.patterns import Pattern, array_pattern, list_pattern, text_pattern
from loopwright.verify.stock import Logged, Make


def assignments(values: Mapping[str, Any], *, made: bool = False) -> list[str]:
    """One statement or more for each value, in order: `x = np.array([1.0, nan])`, `y = x`.

    With `made`, objects of the module under test are written as `Made("Class", {"field": ...})`.
    """
    writer = Writer(made)
    for name, value in values.items():
        writer.assign(name, value)
    return writer.lines


_LONGEST = 400
"""Letters of a value from which on a shorter expression for it is looked for."""
_LONGEST_LIST = 4000
"""Letters from which on an array of no pattern is packed."""
_UNPACK = (
    "import base64, zlib",
    "def unpack(text, dtype, shape):",
    "    return np.frombuffer(zlib.decompress(base64.b64decode(text)), dtype).reshape(shape).copy()",
)


class Writer:
    """Statements that assign values; `known` are the variables that hold what may be shared."""

    def __init__(self, made: bool = False) -> None:
        self.made = made
        self.lines: list[str] = []
        self.known: dict[int, str] = {}

    def assign(self, name: str, value: Any) -> None:
        if id(value) in self.known:
            self.lines.append(f"{name} = {self.known[id(value)]}")
            return
        self.put(name, self.text(value, name))
        if isinstance(value, np.ndarray):
            if not value.flags.writeable and _owns(value):
                self.lines.append(f"{name}.flags.writeable = False")
        if isinstance(value, list | dict | set | np.ndarray | deque):
            self.known[id(value)] = name

    def put(self, name: str, text: str) -> None:
        """`name = text`, unless the statements for the text have done that."""
        if text != name:
            self.lines.append(f"{name} = {text}")

    def text(self, value: Any, name: str = "") -> str:
        """An expression for `value`. Statements that it needs go before; those of a long value may assign
        to `name`, which is the expression then."""
        if id(value) in self.known:
            return self.known[id(value)]
        match value:
            case np.ndarray():
                return self._array(value, name)
            case str() | bytes() if len(value) + 3 > _LONGEST:
                return text_pattern(value) or repr(value)
            case list() if len(value) > _LONGEST // 3:
                found = list_pattern(value, self.text)
                if found is not None:
                    return self._changed(found, name, [(k, value[k]) for k in found.changes])
                return f"[{', '.join(map(self.text, value))}]"
            case np.generic():
                return f"np.{value.dtype}({self.text(value.item())})"
            case bool() | int() | str() | bytes() | None:
                return repr(value)
            case complex():
                return f"complex({value.real!r}, {value.imag!r})"
            case float():
                return repr(value)
            case list():
                return f"[{', '.join(map(self.text, value))}]"
            case tuple():
                inner = ", ".join(map(self.text, value))
                return f"({inner},)" if len(value) == 1 else f"({inner})"
            case dict():
                inner = ", ".join(f"{self.text(k)}: {self.text(v)}" for k, v in value.items())
                return f"{{{inner}}}"
            case set() | frozenset():
                inner = ", ".join(sorted(map(self.text, value)))
                return f"{type(value).__name__}([{inner}])"
            case deque():
                return f"deque([{', '.join(map(self.text, value))}])"
            case Make():
                return self._made(value)
            case Logged():
                return f"Logged({value.name!r})"
            case np.random.Generator():
                return self._generator("np.random.default_rng(0)", value.bit_generator.state)
            case np.random.RandomState():
                return self._generator("np.random.RandomState(0)", value.get_state())
            case random.Random():
                return self._generator("random.Random(0)", value.getstate())
            case _ if hasattr(value, "__length_hint__"):
                return f"iter([{', '.join(map(self.text, _rest(value)))}])"
            case _:
                return repr(value)

    def _generator(self, made: str, state: object) -> str:
        """A generator in the state that it was drawn in."""
        name = f"generator{sum(line.startswith('generator') for line in self.lines)}"
        set_state = {
            "np.random.default_rng(0)": ".bit_generator.state = {0}",
            "np.random.RandomState(0)": ".set_state({0})",
            "random.Random(0)": ".setstate({0})",
        }[made]
        text = self.text(state)
        self.lines += [f"{name} = {made}", name + set_state.format(text)]
        return name

    def _made(self, value: Make) -> str:
        if self.made:
            name = f'"{value.name}"'
            if value.form == "enum":
                return f'Made({name}, "{value.values[""]}")'
            held = ", ".join(f'"{k}": {self.text(v)}' for k, v in value.values.items())
            bare = ", True" if value.form == "object" else ""
            return f"Made({name}, {{{held}}}{bare})"
        if value.form == "object":
            name = f"instance{sum(line.startswith('instance') for line in self.lines)}"
            fields = [f"{name}.{k} = {self.text(v)}" for k, v in value.values.items()]
            self.lines += [f"{name} = {value.name}.__new__({value.name})", *fields]
            return name
        if value.form == "enum":
            return f"{value.name}.{value.values['']}"
        inner = ", ".join(f"{k}={self.text(v)}" for k, v in value.values.items())
        return f"{value.name}({inner})"

    def _array(self, a: AnyArray, name: str = "") -> str:
        if type(a) is not np.ndarray:
            heir = f"type({type(a).__name__!r}, (np.ndarray,), {{}})"
            return f"{self._plain(np.array(a), name)}.view({heir})"
        root = root_of(a)
        if root is not a and a.size:
            return self._window(a, root)
        if a.ndim > 1 and a.flags.f_contiguous and not a.flags.c_contiguous:
            return f"np.asfortranarray({self._plain(a, name)})"
        return self._plain(a, name)

    def _plain(self, a: AnyArray, name: str) -> str:
        dtype = _dtype(a)
        if a.size == 0:
            return f"np.zeros({a.shape}, dtype={dtype})"
        flat = a.reshape(-1)
        if 8 < a.size <= _LONGEST and len(set(map(self.text, flat.tolist()))) == 1:
            return f"np.full({a.shape}, {self.text(flat[0].item())}, dtype={dtype})"
        if a.dtype.hasobject or a.size <= _LONGEST:
            plain = f"np.array({self._items(a.tolist())}, dtype={dtype})"
            if a.dtype.hasobject or len(plain) <= _LONGEST:
                return plain
        found = array_pattern(a, dtype, self.text)
        if found is not None:
            places = [tuple(map(int, np.unravel_index(k, a.shape))) for k in found.changes]
            changes = [(p if len(p) > 1 else p[0], a[p].item()) for p in places]
            return self._changed(found, name, changes)
        if a.size <= _LONGEST_LIST // 2:
            plain = f"np.array({self._items(a.tolist())}, dtype={dtype})"
            if len(plain) <= _LONGEST_LIST:
                return plain
        packed = base64.b64encode(zlib.compress(a.tobytes())).decode()
        self.lines[:0] = [line for line in _UNPACK if line not in self.lines]
        return f"unpack({packed!r}, {dtype}, {a.shape})"

    def _items(self, value: Any) -> str:
        """Nested lists as they are."""
        if isinstance(value, list):
            return f"[{', '.join(map(self._items, value))}]"
        return self.text(value)

    def _changed(self, found: Pattern, name: str, changes: Sequence[tuple[object, object]]) -> str:
        """The text of a pattern, or a variable that holds it with the changes."""
        if not changes:
            return found.text
        name = name or f"long{sum(line.startswith('long') for line in self.lines)}"
        self.put(name, found.text)
        for place, value in changes:
            shown = ", ".join(map(str, place)) if isinstance(place, tuple) else place
            self.lines.append(f"{name}[{shown}] = {self.text(value)}")
        return name

    def _window(self, a: AnyArray, root: AnyArray) -> str:
        if id(root) not in self.known:
            name = f"buffer{len([k for k in self.known.values() if k.startswith('buffer')])}"
            self.put(name, self._array(root, name))
            self.known[id(root)] = name
        name = self.known[id(root)]
        offset = a.__array_interface__["data"][0] - root.__array_interface__["data"][0]
        text = f"np.ndarray({a.shape}, {_dtype(a)}, {name}, {offset}, {a.strides})"
        return text if a.flags.writeable else f"np.broadcast_to({text}, {a.shape})"


def _dtype(a: AnyArray) -> str:
    if a.dtype.kind in "bO":
        return a.dtype.name
    return f"np.{a.dtype.name}" if a.dtype.isnative else repr(a.dtype.str)


def _owns(a: AnyArray) -> bool:
    return root_of(a) is a


def _rest(iterator: Any) -> list[Any]:
    import copy

    return list(copy.copy(iterator))
