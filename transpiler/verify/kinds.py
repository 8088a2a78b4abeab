"""What an argument may be: the verifier's own type language, wider than the IR's.

Annotations, recordings and domains are all turned into kinds; `strategies.py` draws values from them.
Lengths are symbols shared within one call (`"n"`), numbers, expressions over symbols (`"n + 1"`), or
None for any length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Length: TypeAlias = str | int | None


@dataclass(frozen=True, slots=True)
class PyNumber:
    """`int`, `float`, `complex` or `bool`.

    `like` names a length that an int usually equals; `low` and `high` are the range that it usually
    lies in; `index_of` names the length that ints in lists usually index.
    """

    name: str
    like: str | None = None
    low: int | None = None
    high: int | None = None
    index_of: str | None = None


@dataclass(frozen=True, slots=True)
class NpNumber:
    """A NumPy scalar."""

    dtype: str


@dataclass(frozen=True, slots=True)
class Text:
    """`str`, or `bytes` if `binary`. `length` is the symbol of its length, if that has one."""

    binary: bool = False
    length: str | None = None


@dataclass(frozen=True, slots=True)
class Exactly:
    """One of these values: `Literal[...]`, None."""

    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class ArrayKind:
    """An ndarray. `dims` None is any rank; `index_of` names the length that integer elements index."""

    dtype: str
    dims: tuple[Length, ...] | None = None
    index_of: str | None = None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class ListKind:
    """A list (or what `form` says: tuple, set, frozenset, iterator, sequence, iterable, deque)."""

    elem: Kind
    length: Length = None
    form: str = "list"


@dataclass(frozen=True, slots=True)
class TupleKind:
    items: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class DictKind:
    key: Kind
    value: Kind


@dataclass(frozen=True, slots=True)
class OneOfKinds:
    """A union. Those of one `link` (a type variable) take the choice of one position within a call."""

    choices: tuple[Kind, ...]
    link: str | None = None


@dataclass(frozen=True, slots=True)
class RecordKind:
    """An instance of a class of the module under test, made by a call with `fields`. `form` "dict" is
    a TypedDict (keys of `missing` may be absent), "enum" a member (its `fields` are the members'
    names), "object" an instance whose attributes are set past its constructor."""

    name: str
    fields: tuple[tuple[str, Kind], ...]
    form: str = "class"
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RandomKind:
    """`numpy.random.Generator`, `RandomState` or `random.Random`."""

    name: str = "Generator"


@dataclass(frozen=True, slots=True)
class FunctionKind:
    """A callable that takes numbers."""


@dataclass(frozen=True, slots=True)
class Anything:
    """No type is known."""


Kind: TypeAlias = (
    PyNumber | NpNumber | Text | Exactly | ArrayKind | ListKind | TupleKind | DictKind
    | OneOfKinds | RecordKind | RandomKind | FunctionKind | Anything
)  # fmt: skip

INT = PyNumber("int")
FLOAT = PyNumber("float")
NONE = Exactly((None,))


def one_of(choices: tuple[Kind, ...]) -> Kind:
    """The union, flat and without repetition."""
    flat: list[Kind] = []
    for kind in choices:
        inner = kind.choices if isinstance(kind, OneOfKinds) and kind.link is None else (kind,)
        flat += [each for each in inner if each not in flat]
    return flat[0] if len(flat) == 1 else OneOfKinds(tuple(flat))


def kinds_within(kind: Kind) -> tuple[Kind, ...]:
    """The kind and all that it is made of."""
    inner: tuple[Kind, ...] = ()
    match kind:
        case OneOfKinds(choices):
            inner = choices
        case ListKind(elem):
            inner = (elem,)
        case TupleKind(items):
            inner = items
        case DictKind(key, value):
            inner = (key, value)
        case RecordKind(_, fields, "class" | "dict" | "object"):
            inner = tuple(field for _, field in fields)
    return (kind, *(k for each in inner for k in kinds_within(each)))


def linked(kind: Kind) -> bool:
    """Whether the choice of a type depends on that for another parameter."""
    return any(isinstance(k, OneOfKinds) and k.link is not None for k in kinds_within(kind))


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the functions under test.

    `how` is `positional`, `keyword`, `many` (`*args`, each of `kind`) or `options` (`**kwargs`).
    `optional` parameters are left out of some calls.
    """

    name: str
    kind: Kind
    how: str = "positional"
    optional: bool = False


def describe(kind: Kind) -> str:
    """A kind as a reader would write it."""
    match kind:
        case PyNumber(name):
            return name
        case NpNumber(dtype):
            return f"np.{dtype}"
        case Text(binary):
            return "bytes" if binary else "str"
        case Exactly(values):
            return " | ".join(repr(v) for v in values)
        case ArrayKind(dtype, dims):
            shape = "..." if dims is None else ", ".join("_" if d is None else str(d) for d in dims)
            return f"{dtype}[{shape}]"
        case ListKind(elem, _, form):
            return f"{form}[{describe(elem)}]"
        case TupleKind(items):
            return f"tuple[{', '.join(map(describe, items))}]"
        case DictKind(key, value):
            return f"dict[{describe(key)}, {describe(value)}]"
        case OneOfKinds(choices):
            return " | ".join(map(describe, choices))
        case RecordKind(name) | RandomKind(name):
            return name
        case FunctionKind():
            return "callable"
        case Anything():
            return "anything"
