"""Values as Python source text that makes them again, shared buffers and layouts included."""

from __future__ import annotations

import base64
import random
import zlib
from collections import deque
from collections.abc import Mapping
from typing import Any

import numpy as np

from loopwright.verify.codec import AnyArray, root_of
from loopwright.verify.stock import Logged, Make


def assignments(values: Mapping[str, Any]) -> list[str]:
    """One statement or more for each value, in order: `x = np.array([1.0, nan])`, `y = x`."""
    writer = _Writer()
    for name, value in values.items():
        writer.assign(name, value)
    return writer.lines


def literal(value: Any) -> str:
    """An expression for `value`, without sharing."""
    return _Writer().text(value)


_LONGEST = 2000
_UNPACK = (
    "import base64, zlib",
    "def unpack(text, dtype, shape):",
    "    return np.frombuffer(zlib.decompress(base64.b64decode(text)), dtype).reshape(shape).copy()",
)


class _Writer:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.known: dict[int, str] = {}

    def assign(self, name: str, value: Any) -> None:
        if id(value) in self.known:
            self.lines.append(f"{name} = {self.known[id(value)]}")
            return
        self.lines.append(f"{name} = {self.text(value)}")
        if isinstance(value, np.ndarray):
            if not value.flags.writeable and _owns(value):
                self.lines.append(f"{name}.flags.writeable = False")
        if isinstance(value, list | dict | set | np.ndarray | deque):
            self.known[id(value)] = name

    def text(self, value: Any) -> str:
        if id(value) in self.known:
            return self.known[id(value)]
        match value:
            case np.ndarray():
                return self._array(value)
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
        if value.form == "object":
            name = f"instance{sum(line.startswith('instance') for line in self.lines)}"
            fields = [f"{name}.{k} = {self.text(v)}" for k, v in value.values.items()]
            self.lines += [f"{name} = {value.name}.__new__({value.name})", *fields]
            return name
        if value.form == "enum":
            return f"{value.name}.{value.values['']}"
        inner = ", ".join(f"{k}={self.text(v)}" for k, v in value.values.items())
        return f"{value.name}({inner})"

    def _array(self, a: AnyArray) -> str:
        if type(a) is not np.ndarray:
            heir = f"type({type(a).__name__!r}, (np.ndarray,), {{}})"
            return f"{self._plain(np.array(a))}.view({heir})"
        root = root_of(a)
        if root is not a and a.size:
            return self._window(a, root)
        if a.ndim > 1 and a.flags.f_contiguous and not a.flags.c_contiguous:
            return f"np.asfortranarray({self._plain(a)})"
        return self._plain(a)

    def _plain(self, a: AnyArray) -> str:
        dtype = _dtype(a)
        if a.size == 0:
            return f"np.zeros({a.shape}, dtype={dtype})"
        flat = a.reshape(-1)
        if a.size > 8 and all(self.text(v) == self.text(flat[0].item()) for v in flat.tolist()):
            return f"np.full({a.shape}, {self.text(flat[0].item())}, dtype={dtype})"
        if a.size > _LONGEST and not a.dtype.hasobject:
            packed = base64.b64encode(zlib.compress(a.tobytes())).decode()
            self.lines[:0] = [line for line in _UNPACK if line not in self.lines]
            return f"unpack({packed!r}, {dtype}, {a.shape})"
        return f"np.array({self.text(a.tolist())}, dtype={dtype})"

    def _window(self, a: AnyArray, root: AnyArray) -> str:
        if id(root) not in self.known:
            name = f"buffer{len([k for k in self.known.values() if k.startswith('buffer')])}"
            self.lines.append(f"{name} = {self._array(root)}")
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
