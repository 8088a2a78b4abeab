"""From kinds to the text of Hypothesis strategies, as a person would write them."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

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
    kinds_within,
)

_NUMBERS = {"float": "FLOATS", "bool": "st.booleans()", "complex": "COMPLEX"}
_FORMS = {
    "tuple": "st.builds(tuple, {0})", "set": "st.builds(repeated_set, {0})",
    "frozenset": "st.builds(frozenset, {0})", "deque": "st.builds(deque, {0})",
    "iterator": "st.builds(iter, {0})", "sequence": "st.one_of({0}, st.builds(tuple, {0}))",
    "iterable": "st.one_of({0}, st.builds(tuple, {0}), st.builds(iter, {0}))", "list": "{0}",
}  # fmt: skip


class Drawer:
    """Writes the statements that draw the arguments of one call; lengths are shared by symbol.

    `measured` are parameters whose size decides how long a call takes. With `enough`, some lists are
    long enough for a kernel to run.
    """

    def __init__(self, measured: frozenset[str], enough: bool = False) -> None:
        self.measured = measured
        self.enough = enough
        self.lengths: list[str] = []
        self.shapes: list[str] = []
        self.links: set[str] = set()
        self.pending: list[str] = []

    def draws(self, parameter: Parameter) -> list[str]:
        """The statements for one parameter, those for its lengths first. ValueError: no such values."""
        self.pending = []
        name = parameter.name
        text = self._strategy(parameter.kind, name, True)
        if parameter.how == "many":
            text = f"st.lists({text}, max_size=3)"
        return [*self.pending, f"{name} = draw({text})"]

    # ------------------------------------------------------------ lengths

    def _length(self, dim: Length, rank: int, name: str) -> str:
        if isinstance(dim, int):
            return str(dim)
        if dim is not None and not dim.isidentifier():
            for word in _symbols(dim):
                self._length(word, rank, name)
            for word in _symbols(dim):
                dim = re.sub(rf"\b{word}\b", f"len_{word}", dim)
            return f"max(0, {_spaced(dim)})"
        symbol = f"len_{dim}" if dim is not None else self._fresh(name)
        if symbol not in self.lengths:
            pool = "LENGTHS" if rank == 1 else "SIDES"
            usual = f"st.one_of(st.just({self.lengths[0]}), {pool})" if self.lengths else pool
            if dim is not None and self.lengths:
                usual = f"st.one_of({pool}, st.just({self.lengths[0]}))"
            self.pending.append(f"{symbol} = draw({usual})")
            self.lengths.append(symbol)
        return symbol

    def _fresh(self, name: str) -> str:
        number = sum(each.startswith(f"len_{name}") for each in self.lengths)
        return f"len_{name}_{number}" if number else f"len_{name}"

    def _shape(self, dims: tuple[Length, ...] | None, name: str) -> str:
        if dims is None:
            shape = f"{name}_shape"
            if shape not in self.shapes:
                one = f"st.one_of(st.just({self.shapes[0]}), SHAPES)" if self.shapes else "SHAPES"
                self.pending.append(f"{shape} = draw({one})")
                self.shapes.append(shape)
            return shape
        sides = [self._length(dim, len(dims), name) for dim in dims]
        return f"({sides[0]},)" if len(sides) == 1 else f"({', '.join(sides)})"

    # --------------------------------------------------------- strategies

    def _strategy(self, kind: Kind, name: str, top: bool) -> str:
        match kind:
            case PyNumber("int", like):
                wide = "WIDE_INTEGERS" if name not in self.measured and top else "INTEGERS"
                if like is None or f"len_{like}" not in self.lengths:
                    return wide
                return f"st.one_of(st.just(len_{like}), {wide})"
            case PyNumber(number):
                return _NUMBERS[number]
            case NpNumber(dtype):
                return f"numbers({_dtype(dtype)})"
            case Text(binary):
                return "st.binary(max_size=20)" if binary else "WORDS"
            case Exactly(values):
                return f"st.sampled_from([{', '.join(map(_value, values))}])"
            case ArrayKind(dtype, dims):
                if not top:
                    rank = "SHAPES" if dims is None else f"shapes({len(dims)})"
                    return f"{rank}.flatmap(partial(arrays, {_dtype(dtype)}))"
                return f"arrays({_dtype(dtype)}, {self._shape(dims, name)})"
            case ListKind(elem, length, form):
                return self._list(elem, length, form, name)
            case TupleKind(items):
                inner = ", ".join(self._strategy(item, name, False) for item in items)
                return f"st.tuples({inner})"
            case DictKind(key, value):
                pair = ", ".join(self._strategy(each, name, False) for each in (key, value))
                return f"st.dictionaries({pair}, max_size=6)"
            case OneOfKinds(choices, link):
                return self._union(choices, link, name, top)
            case RecordKind():
                return self._record(kind, name)
            case RandomKind(which):
                made = "random.Random" if which == "Random" else f"np.random.{which}"
                made = "np.random.default_rng" if which == "Generator" else made
                return f"st.builds({made}, st.integers(0, 99))"
            case FunctionKind():
                return "st.sampled_from(FUNCTIONS)"
            case Anything():
                return "st.one_of(FLOATS, INTEGERS, WORDS, st.none())"

    def _list(self, elem: Kind, length: Length, form: str, name: str) -> str:
        inner = self._strategy(elem, name, False)
        if length is None:
            text = f"st.lists({inner}, max_size=20)"
            if self.enough:
                text = f"st.one_of({text}, st.lists({inner}, min_size=1, max_size=20).map(enough))"
        else:
            n = self._length(length, 2, name)
            text = f"st.lists({inner}, min_size={n}, max_size={n})"
        return _FORMS[form].format(text)

    def _union(self, choices: Sequence[Kind], link: str | None, name: str, top: bool) -> str:
        texts = [self._strategy(each, name, top) for each in choices]
        if link is None:
            return f"st.one_of({', '.join(dict.fromkeys(texts))})"
        choice = "choice_" + "".join(c for c in link if c.isalnum())
        if choice not in self.links:
            self.links.add(choice)
            self.pending.append(f"{choice} = draw(st.integers(0, {len(texts) - 1}))")
        return f"[{', '.join(texts)}][{choice}]"

    def _record(self, kind: RecordKind, name: str) -> str:
        cls = f'"{kind.name}"'
        if kind.form == "enum":
            members = ", ".join(f'Made({cls}, "{member}")' for member, _ in kind.fields)
            return f"st.sampled_from([{members}])"
        texts = {field: self._strategy(each, name, False) for field, each in kind.fields}
        sure = ", ".join(f'"{f}": {text}' for f, text in texts.items() if f not in kind.missing)
        more = ", ".join(f'"{f}": {text}' for f, text in texts.items() if f in kind.missing)
        fields = f"{{{sure}}}, optional={{{more}}}" if more else f"{{{sure}}}"
        if kind.form == "dict":
            return f"st.fixed_dictionaries({fields})"
        bare = ", st.just(True)" if kind.form == "object" else ""
        return f"st.builds(Made, st.just({cls}), st.fixed_dictionaries({fields}){bare})"


def _symbols(dim: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"[A-Za-z_]\w*", dim)))


def _spaced(dim: str) -> str:
    return ast.unparse(ast.parse(dim, mode="eval"))


def _dtype(name: str) -> str:
    return name if name in ("bool", "object") else f"np.{name}"


def _value(value: object) -> str:
    if isinstance(value, str) and value.isprintable() and '"' not in value and "\\" not in value:
        return f'"{value}"'
    return repr(value)


def shared_pair(parameters: Sequence[Parameter]) -> tuple[str, str] | None:
    """Two parameters that may be given parts of one buffer."""
    arrays = [p for p in parameters if p.how == "positional" and _only_arrays(p.kind)]
    for k, first in enumerate(arrays):
        for second in arrays[k + 1 :]:
            if _dtypes(first.kind) & _dtypes(second.kind):
                return first.name, second.name
    return None


def _only_arrays(kind: Kind) -> bool:
    return all(isinstance(k, ArrayKind | OneOfKinds) for k in kinds_within(kind))


def _dtypes(kind: Kind) -> set[str]:
    return {k.dtype for k in kinds_within(kind) if isinstance(k, ArrayKind)}
