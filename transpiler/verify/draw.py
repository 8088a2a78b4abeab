"""From kinds to values: one call's arguments, lengths shared by symbol, aliases and layouts included."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from loopwright.verify import codec, stock
from loopwright.verify.alias import alias
from loopwright.verify.kinds import (
    Anything,
    ArrayKind,
    DictKind,
    Exactly,
    FunctionKind,
    Kind,
    Length,
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
from loopwright.verify.values import (
    LAYOUTS,
    AnyArray,
    Source,
    draw_float,
    draw_int,
    draw_text,
    float_array,
    int_array,
    lay_out,
)

LARGEST_MATRIX = 4000
LONGEST_LIST = 4099
_SMALL = (0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10)
_MEDIUM = (11, 13, 15, 16, 17, 20, 23, 31, 32, 33, 63, 64, 65)
_LARGE = (100, 127, 128, 129, 130, 150, 200, 255, 256, 257, 300)


@dataclass(frozen=True, slots=True)
class Style:
    """How adventurous one draw is; probabilities, and `reach` 0 to 3 for small to huge sizes.

    `together` is the chance that a new symbol takes a length in use, `tall` a factor for the chance of
    integers too large to loop over.
    """

    wild: float = 0.1
    reach: int = 0
    together: float = 0.5
    alias: float = 0.0
    layout: float = 0.1
    tall: float = 1.0


@dataclass
class Case:
    """One input. `values` by parameter name, left-out parameters missing; copied before every call.

    `script` says what the caller does: `once`, or one of the sequences in `functions.py`.
    """

    values: dict[str, Any]
    env: dict[str, int]
    script: str = "once"
    seed: int = 0
    labels: frozenset[str] = field(default_factory=frozenset)
    data: bytes = b""

    def fresh(self) -> dict[str, Any]:
        """A deep copy of the values; sharing between them is kept."""
        if not self.data:
            self.data = codec.dumps((self.values, self.script, self.seed))
        copied: dict[str, Any] = codec.loads(self.data)[0]
        return copied

    @staticmethod
    def from_data(data: bytes) -> Case:
        """The case that `data` was made of; lengths and labels are not kept."""
        values, script, seed = codec.loads(data)
        return Case(values, {}, script, seed, frozenset(), data)

    def with_values(self, values: dict[str, Any]) -> Case:
        return Case(values, self.env, self.script, self.seed, self.labels)


class Drawer:
    """Draws the values of one case."""

    def __init__(self, source: Source, style: Style, env: Mapping[str, int] | None = None) -> None:
        self.s = source
        self.style = style
        self.env: dict[str, int] = dict(env or {})
        self.lengths: list[int] = list(self.env.values())
        self.elements: list[Any] = []
        self.labels: set[str] = set()
        self.depth = 0

    # ------------------------------------------------------------- lengths

    def length(self, dim: Length, rank: int = 1) -> int:
        """The length for `dim` in an object of `rank` axes."""
        if isinstance(dim, int):
            return dim
        if dim is None:
            return self._known_or_new(rank)
        if not dim.isidentifier():
            return max(0, _evaluate(ast.parse(dim, mode="eval").body, self, rank))
        if dim not in self.env:
            self.env[dim] = self._known_or_new(rank)
        return self.env[dim]

    def _known_or_new(self, rank: int) -> int:
        if self.lengths and self.s.chance(self.style.together):
            n = self.s.py.choice(self.lengths)
            if rank == 1 or n**rank <= LARGEST_MATRIX:
                return n
        n = self._new_length(rank)
        self.lengths.append(n)
        return n

    def _new_length(self, rank: int) -> int:
        reach = self.style.reach
        cap = math.isqrt(LARGEST_MATRIX) if rank == 2 else 24 if rank > 2 else 10**9
        if self.depth:
            reach = min(reach, 1)
        if self.s.constants.sizes and reach and self.s.chance(0.3):
            fitting = [n for n in self.s.constants.sizes if n <= cap and n <= 40 * 8**reach]
            if fitting:
                return self.s.py.choice(fitting)
        pool: tuple[int, ...] = _SMALL
        if reach >= 1 and self.s.chance(0.4):
            pool = _MEDIUM
        if reach >= 2 and self.s.chance(0.5):
            pool = _LARGE
        if reach >= 3 and rank == 1 and not self.depth:
            return self.s.py.choice((1000, 1023, 1025, 4099, 8193, 33_000, 70_001))
        return min(cap, self.s.py.choice(pool))

    # -------------------------------------------------------------- values

    def draw(self, kind: Kind) -> Any:
        """A value of `kind`."""
        match kind:
            case PyNumber():
                return self._number(kind)
            case NpNumber(dtype):
                return self._array_values(ArrayKind(dtype), 1)[0]
            case Text(binary):
                text = draw_text(self.s)
                return text.encode() if binary else text
            case Exactly(values):
                return self.s.py.choice(values)
            case ArrayKind():
                return self._array(kind)
            case ListKind():
                return self._sequence(kind)
            case TupleKind(items):
                return tuple(self.draw(item) for item in items)
            case DictKind(key, value):
                return self._dict(key, value)
            case OneOfKinds(choices):
                return self.draw(self.s.py.choice(choices))
            case RecordKind():
                return self._record(kind)
            case RandomKind(name):
                return stock.generator(name, self.s.py.randrange(1000))
            case FunctionKind():
                return self.s.py.choice(stock.FUNCTIONS)()
            case Anything():
                return self.draw(self.s.py.choice(stock.ANYTHING))

    def _number(self, kind: PyNumber) -> object:
        wild = self.style.wild
        if self.elements and kind.name in ("int", "float") and self.s.chance(0.15):
            near = self.s.py.choice(self.elements)
            if type(near).__name__ == kind.name:
                return near
        match kind.name:
            case "bool":
                return self.s.chance(0.5)
            case "float":
                return draw_float(self.s, wild)
            case "complex":
                return complex(draw_float(self.s, wild), draw_float(self.s, wild))
            case _:
                return self._int(kind, wild * self.style.tall)

    def _int(self, kind: PyNumber, wild: float) -> int:
        if kind.like is not None and self.s.chance(0.85):
            return self.length(kind.like)
        if kind.low is not None and kind.high is not None and not self.s.chance(wild + 0.1):
            return self.s.py.randint(kind.low, kind.high)
        return draw_int(self.s, wild, tuple(self.lengths))

    def _array(self, kind: ArrayKind) -> AnyArray:
        dims = kind.dims
        if dims is None:
            dims = (None,) * self.s.py.choice((1, 1, 1, 1, 2, 2, 2, 3, 0))
        shape = tuple(self.length(d, len(dims)) for d in dims)
        array = self._array_values(kind, math.prod(shape)).reshape(shape).copy()
        if self.s.chance(self.style.layout):
            layout = self.s.py.choice(LAYOUTS)
            array = lay_out(self.s, array, layout)
            self.labels.add(layout)
        return array

    def _array_values(self, kind: ArrayKind, n: int) -> AnyArray:
        wild = self.style.wild
        if kind.dtype[0] in "fc":
            mode, values = float_array(self.s, kind.dtype, n, wild)
        else:
            mode, values = int_array(self.s, kind.dtype, n, wild)
            low, high = self._index_range(kind)
            if high > low and not self.s.chance(wild / 2):
                mode, values = "indices", self.s.np.integers(low, high, n).astype(kind.dtype)
        self.labels.add(mode)
        if n:
            self.elements.append(values[self.s.py.randrange(n)].item())
        return values

    def _index_range(self, kind: ArrayKind) -> tuple[int, int]:
        if kind.index_of is not None:
            return kind.low or 0, self.length(kind.index_of)
        if kind.low is not None and kind.high is not None:
            return kind.low, kind.high + 1
        if kind.dtype in ("int64", "int32", "intp") and self.lengths and self.s.chance(0.3):
            return 0, self.s.py.choice(self.lengths)
        return 0, 0

    def _sequence(self, kind: ListKind) -> object:
        form = kind.form
        if form in ("sequence", "iterable"):
            forms = ("list", "list", "tuple") + (("iterator",) * 2 if form == "iterable" else ())
            form = self.s.py.choice(forms)
        n = self.length(kind.length)
        if kind.length is None:
            n = min(n, LONGEST_LIST)
        if form in ("set", "frozenset"):
            n = min(n, 12)
        if form == "iterator":
            n = min(n, 64)
        items = self._items(kind.elem, n)
        return stock.FORMS[form](items)

    def _items(self, elem: Kind, n: int) -> list[Any]:
        if isinstance(elem, PyNumber) and elem.name in ("float", "int"):
            return self._numbers(elem, n)
        n = min(n, 40)
        self.depth += 1
        if isinstance(elem, ListKind) and elem.length is None and self.s.chance(0.75):
            inner = self._new_length(2)
            elem = ListKind(elem.elem, inner, elem.form)
        if isinstance(elem, OneOfKinds) and self.s.chance(0.5):
            elem = self.s.py.choice(elem.choices)
        items = [self.draw(elem) for _ in range(n)]
        if n > 1 and self.s.chance(0.15):
            items[self.s.py.randrange(n)] = items[self.s.py.randrange(n)]
        self.depth -= 1
        return items

    def _numbers(self, elem: PyNumber, n: int) -> list[Any]:
        if elem.name == "float":
            mode, values = float_array(self.s, "float64", n, self.style.wild)
            items: list[Any] = values.tolist()
        elif self.s.chance(self.style.wild):
            mode, items = "big integers", [draw_int(self.s, 0.5) for _ in range(n)]
        else:
            mode, values = int_array(self.s, "int64", n, 0.0)
            items = values.tolist()
            if elem.index_of is not None and self.length(elem.index_of) > (elem.low or 0):
                items = self.s.np.integers(elem.low or 0, self.length(elem.index_of), n).tolist()
            elif elem.low is not None and elem.high is not None:
                items = self.s.np.integers(elem.low, elem.high + 1, n).tolist()
            elif self.lengths and max(self.lengths) > 0 and self.s.chance(0.15):
                items = self.s.np.integers(0, max(self.lengths), n).tolist()
        self.labels.add(mode)
        if items:
            self.elements.append(self.s.py.choice(items))
        return items

    def _dict(self, key: Kind, value: Kind) -> dict[Any, Any]:
        n = self.s.py.choice((0, 1, 2, 3, 4, 6, 9))
        self.depth += 1
        out = {}
        for _ in range(n):
            name = self.draw(key)
            if not (isinstance(name, float) and math.isnan(name)):
                out[name] = self.draw(value)
        self.depth -= 1
        return out

    def _record(self, kind: RecordKind) -> object:
        if kind.form == "enum":
            return stock.Make(kind.name, {"": self.s.py.choice(kind.fields)[0]}, "enum")
        values = {name: self.draw(field_kind) for name, field_kind in kind.fields}
        return values if kind.form == "dict" else stock.Make(kind.name, values, kind.form)


def draw_case(
    source: Source,
    parameters: Sequence[Parameter],
    style: Style,
    env: Mapping[str, int] | None = None,
) -> Case:
    """Arguments for one call: arrays and lists first, so that numbers can relate to them."""
    drawer = Drawer(source, style, env)
    values: dict[str, Any] = {}
    for parameter in sorted(parameters, key=lambda p: _rank(p.kind)):
        if parameter.how == "many":
            count = source.py.choice((0, 1, 2, 3))
            values[parameter.name] = [drawer.draw(parameter.kind) for _ in range(count)]
        elif parameter.how == "options":
            values[parameter.name] = {}
        elif not (parameter.optional and source.chance(0.4)):
            values[parameter.name] = drawer.draw(parameter.kind)
    if source.chance(style.alias):
        drawer.labels |= alias(source, values)
    return Case(values, drawer.env, "once", source.py.randrange(2**31), frozenset(drawer.labels))


def redraw(source: Source, parameters: Sequence[Parameter], style: Style, case: Case) -> Case:
    """A neighbour of `case`: one argument drawn anew under the same lengths, or one element changed."""
    parameter = source.py.choice(parameters)
    if parameter.name not in case.values or parameter.how in ("many", "options"):
        return case
    values = dict(case.values)
    if _open(parameter.kind) and source.chance(0.4):
        values[parameter.name] = stock.tweak(source, values[parameter.name])
    else:
        drawer = Drawer(source, style, case.env)
        values[parameter.name] = drawer.draw(parameter.kind)
    return Case(values, case.env, case.script, source.py.randrange(2**31), case.labels)


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


def _rank(kind: Kind) -> int:
    match kind:
        case ArrayKind(dtype):
            return 0 if dtype[0] in "fc" else 1
        case ListKind() | TupleKind() | DictKind() | OneOfKinds():
            return 1
        case _:
            return 2


def _evaluate(node: ast.expr, drawer: Drawer, rank: int) -> int:
    match node:
        case ast.Constant(value=int() as n):
            return n
        case ast.Name(name):
            return drawer.length(name, rank)
        case ast.BinOp(left, op, right):
            a, b = _evaluate(left, drawer, rank), _evaluate(right, drawer, rank)
            match op:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
                case ast.FloorDiv() if b:
                    return a // b
        case _:
            pass
    return drawer.length(None, rank)
