"""What a kernel is valid for: its parameters, where they come from, and their types.

A *path* says where a live-in is found from the names at the call: `X`, `self.w`, `self.params['W']`:
a root name followed by attribute and constant-key steps. Several parameters may share a root.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loopwright.ir.types import DictOf, Ragged, Records, RowOf, Type

INT_LIMIT = 2**31
"""Python ints passed to a kernel are guarded to lie within +-INT_LIMIT unless `Param.ints` says else."""

Only = str | bool | int
"""What a live-in always is."""


class Thing:
    """An object with the attributes that are known of one in a list (`types.Records`)."""


Step = tuple[str, str | int]  # ("attr", name) or ("item", key)


@dataclass(frozen=True, slots=True)
class Param:
    """One live-in. `name` is the IR symbol's name, `path` its source text.

    `ints` is the guarded closed range of a `Py("int")` or of the elements of a list of ints. A `Ragged`
    live-in is two parameters in a row, of one path: its joined rows, and their bounds (`bounds`). `only`
    is what a string or number must be.
    """

    name: str
    path: str
    type: Type
    ints: tuple[int, int] = (-INT_LIMIT, INT_LIMIT)
    bounds: bool = False
    only: Only | None = None

    @property
    def root(self) -> str:
        return split_path(self.path)[0]


@dataclass(frozen=True, slots=True)
class Group:
    """A live-in that is a tuple of fixed length: `items` name its parts, parameters or groups.

    `table`: it is a dict instead. Its parts are then the list of its keys in ascending order, that of the
    places which they have there in the order of the dict, and one or more of its values; it has no parts if
    it has no entries. Or it is a list of tuples, dicts or objects, and its parts are the lists of their
    first items, of their second ones, and so on; or a list of such lists, and its parts are lists of these.
    Or it is a tuple of any length, and its only part the list of its items.
    """

    name: str
    path: str
    items: tuple[str, ...]
    table: DictOf | Records | Ragged | RowOf | None = None


@dataclass(frozen=True, slots=True)
class Hidden:
    """A parameter of the program that is no live-in, but part of a stream of random numbers.

    `stream` is the name of the live-in whose stream it is, or "module random" or "module numpy.random";
    `functions` are those of the module that draw from its stream and that the program calls. `spare`: it
    is an array with what the stream keeps for the next normal number: 1.0 and the number, or 0.0 and 0.0.
    Else it is the source of bits of a module's stream.
    """

    name: str
    stream: str
    functions: tuple[str, ...] = ()
    spare: bool = False

    @property
    def module(self) -> str:
        """The module whose stream it is part of, or ""."""
        kind, _, name = self.stream.partition(" ")
        return name if kind == "module" else ""


@dataclass(frozen=True, slots=True)
class Domain:
    """Parameters in the order of `Program.main.params`, where those of `hidden` come last, and the tuples
    that hold some of them, a tuple before those inside of it.

    The guard also demands: written arrays are writable and share no memory with any other parameter;
    tuples are of the very class `tuple`, and of the length that their group says.
    """

    params: tuple[Param, ...]
    groups: tuple[Group, ...] = ()
    hidden: tuple[Hidden, ...] = ()

    @property
    def roots(self) -> tuple[str, ...]:
        """Root names in order of first use: the arguments of the dispatch function."""
        return tuple(dict.fromkeys(split_path(path)[0] for _, path in self.paths))

    @property
    def paths(self) -> tuple[tuple[str, str], ...]:
        """Name and path of each parameter, then of each group."""
        params = tuple((p.name, p.path) for p in self.params)
        return (*params, *((g.name, g.path) for g in self.groups))


def unpacked(domain: Domain, values: Mapping[str, object]) -> dict[str, object]:
    """Values by live-in name as values by parameter name; tuples that do not fit are left out."""
    found = dict(values)
    for group in domain.groups:
        value = found.pop(group.name, None)
        if group.table is not None and group.items:
            value = columns_of(value, group.table)
        if type(value) is tuple and len(value) == len(group.items):
            found.update(zip(group.items, value, strict=True))
    return found


def packed(domain: Domain, values: Mapping[str, object]) -> dict[str, object]:
    """The inverse of `unpacked`: parts of tuples are put together. KeyError if one is missing."""
    found = dict(values)
    for group in reversed(domain.groups):
        parts = tuple(found.pop(item) for item in group.items)
        found[group.name] = parts if group.table is None else _table(group.table, parts)
    return found


def columns_of(value: Any, t: DictOf | Records | Ragged | RowOf) -> tuple[list[Any], ...] | None:
    """The parts of a dict, list or tuple that has the type `t`; None if it is none."""
    if isinstance(t, Ragged):
        return _row_columns(value, t)
    if isinstance(t, RowOf):
        return ([*value],) if isinstance(value, tuple) else None
    if isinstance(t, Records) and t.form != "tuple":
        return _fields(value, t)
    if isinstance(t, Records):
        fits = isinstance(value, list) and all(
            isinstance(row, tuple) and len(row) == len(t.columns) for row in value
        )
        return tuple([row[n] for row in value] for n in range(len(t.columns))) if fits else None
    if type(value) is not dict:
        return None
    keys = sorted(value)
    places = {key: place for place, key in enumerate(keys)}
    order = [places[key] for key in value]
    values = [value[k] for k in keys]
    if not t.row:
        return keys, order, values
    return keys, order, *([row[n] for row in values] for n in range(len(t.columns)))


def _row_columns(value: Any, t: Ragged) -> tuple[list[Any], ...] | None:
    """Of lists of tuples, dicts or objects: the lists of their items."""
    if not isinstance(value, list) or not isinstance(t.rows, Records):
        return None
    rows = [columns_of(row, t.rows) for row in value]
    found = [columns for columns in rows if columns is not None]
    if len(found) < len(rows):
        return None
    return tuple([columns[n] for columns in found] for n in range(len(t.rows.columns)))


def _fields(value: Any, t: Records) -> tuple[list[Any], ...] | None:
    """The entries or attributes of dicts or objects; a recording holds objects as dicts."""
    if not isinstance(value, list):
        return None
    rows = [each if isinstance(each, dict) else vars(each) for each in value]
    if not all(name in row for row in rows for name in t.names):
        return None
    return tuple([row[name] for row in rows] for name in t.names)


def _table(
    t: DictOf | Records | Ragged | RowOf, parts: Sequence[Any]
) -> dict[Any, Any] | list[Any] | tuple[Any, ...]:
    if isinstance(t, RowOf):
        return tuple(parts[0])
    if isinstance(t, Ragged):
        assert isinstance(t.rows, Records)
        return [_table(t.rows, columns) for columns in zip(*parts)]  # noqa: B905
    if isinstance(t, Records):
        rows = list(zip(*parts))  # noqa: B905
        return rows if t.form == "tuple" else [_made(t, row) for row in rows]
    keys, _, *columns = parts or ([], [])
    return dict(zip(keys, zip(*columns) if t.row else columns[0] if columns else ()))  # noqa: B905


def _made(t: Records, values: Sequence[Any]) -> object:
    named = dict(zip(t.names, values, strict=True))
    if t.form == "dict":
        return named
    made = Thing()
    vars(made).update(named)
    return made


def split_path(path: str) -> tuple[str, tuple[Step, ...]]:
    """`"self.p['W']"` -> `("self", (("attr", "p"), ("item", "W")))`."""
    steps: list[Step] = []
    node: ast.expr = ast.parse(path, mode="eval").body
    while True:
        match node:
            case ast.Name(root):
                return root, tuple(reversed(steps))
            case ast.Attribute(value, attr):
                steps.append(("attr", attr))
                node = value
            case ast.Subscript(value, ast.Constant(value=(str() | int()) as key)):
                steps.append(("item", key))
                node = value
            case _:
                raise ValueError(f"not a path: {path}")


def path_text(root: str, steps: tuple[Step, ...]) -> str:
    """The source text of a path, as `split_path` reads it."""
    return root + "".join(f".{key}" if kind == "attr" else f"[{key!r}]" for kind, key in steps)
