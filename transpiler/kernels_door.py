"""What the parts of a dispatch function share: its names, and which local holds which value."""

from __future__ import annotations

import keyword
from collections.abc import Sequence
from dataclasses import dataclass, field

from loopwright.diagnostics import CannotLower, Declined
from loopwright.frontend.region import Region
from loopwright.ir.domain import Hidden, Param, Step, split_path
from loopwright.ir.types import (
    NONE,
    STR,
    Array,
    Chars,
    DictOf,
    ListOf,
    Ragged,
    Records,
    Rng,
    RowOf,
    Type,
)
from loopwright.kernels_effects import Effects, effects_of
from loopwright.kernels_entry import CallRoots, KernelEntry, call_roots

RESERVED = frozenset(keyword.kwlist) | {
    "np", "os", "guard", "lists", "streams", "none", "Backend", "type", "int", "float", "bool", "complex",
    "str", "list", "tuple", "dict", "set", "chr", "len", "max", "row", "kernel", "out", "result",
    "Exception", "FILE", "REGIONS",
}  # fmt: skip


@dataclass(eq=False)
class Door:
    """One dispatch function in the making.

    `prefixes` maps the source text of roots and paths to locals; `value[k]` is the local with the
    Python object of parameter k, `machine[k]` the one with what the kernel is given. `columns` are the
    locals with the parts of dicts, by the path of the dict. `streams` are the locals with the objects that
    random numbers are drawn from, Generators left out, by the name in `Hidden.stream`, `lent` those with
    what a kernel gets of them.
    """

    entry: KernelEntry
    roots: CallRoots
    effects: Effects
    prefixes: dict[str, str] = field(default_factory=dict)
    value: list[str] = field(default_factory=list)
    machine: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=lambda: set(RESERVED))
    columns: dict[str, str] = field(default_factory=dict)
    streams: dict[str, str] = field(default_factory=dict)
    lent: list[str] = field(default_factory=list)

    @property
    def region(self) -> Region:
        return self.entry.lowered.region

    @property
    def params(self) -> tuple[Param, ...]:
        return self.entry.lowered.domain.params

    @property
    def hidden(self) -> tuple[Hidden, ...]:
        return self.entry.lowered.domain.hidden

    def numbers(self, kind: type[Array | Chars | ListOf | Ragged | Rng]) -> list[int]:
        """The numbers of the parameters of one kind of type."""
        return [k for k, p in enumerate(self.params) if isinstance(p.type, kind)]

    def unique(self, base: str) -> str:
        """A local name like `base` that nothing else in the function has."""
        name = base.lstrip("_") or "value"
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

    def decline_if(self, conditions: Sequence[str]) -> None:
        """Lines that return None if one of `conditions` holds."""
        if not conditions:
            return
        if len(conditions) == 1:
            self.lines.append(f"if {conditions[0]}:")
        else:
            self.lines += ["if (", f"    {conditions[0]}"]
            self.lines += [f"    or {each}" for each in conditions[1:]]
            self.lines.append("):")
        self.lines.append("    return None")

    def refuse(self, why: str) -> CannotLower:
        return CannotLower(Declined(self.region.span, "LW608", why))


def open_door(entry: KernelEntry) -> Door:
    """The door with its names chosen and the lines that fetch the values at the paths."""
    roots = call_roots(entry.lowered)
    door = Door(entry, roots, effects_of(entry.lowered.program, entry.program))
    for root in roots.all:
        door.prefixes[root] = door.unique(root)
    _fetch(door)
    for param in door.params:
        value = door.prefixes[param.path]
        door.value.append(value)
        if isinstance(param.type, (Array, Chars, ListOf, Ragged)):
            value = door.unique(f"c_{param.name}")
        door.machine.append("False" if param.type in (NONE, STR) else value)
    return door


def _fetch(door: Door) -> None:
    paths = [split_path(path) for _, path in door.entry.lowered.domain.paths]
    holders = [(root, steps[:-1]) for root, steps in map(split_path, door.region.stores)]
    objects = [split_path(path) for path in door.entry.lowered.looked_at]
    uses = door.entry.lowered.callables
    looked_up = {use.path for use in uses if use.looked_up and use.function.file}
    held = [split_path(use.path) for use in uses if not use.looked_up or use.function.file]
    bound = [use.function.bound for use in uses]
    for root, steps in paths + holders + objects + held + [split_path(p) for p in bound if p]:
        for length in range(1, len(steps) + 1):
            path = path_text(root, steps[:length])
            if path in door.prefixes:
                continue
            kind, key = steps[length - 1]
            above = path_text(root, steps[: length - 1])
            holder = _columns(door, above) or door.prefixes[above]
            local = door.unique(_identifier(root, steps[:length]))
            reader = "attribute" if kind == "attr" else "item"
            reader = "method" if path in looked_up else reader
            door.lines.append(f"{local} = guard.{reader}({holder}, {key!r})")
            door.prefixes[path] = local


def _columns(door: Door, path: str) -> str | None:
    """The local with the parts of the dict or list of tuples at `path`, made at the first need; None if
    there is none."""
    groups = door.entry.lowered.domain.groups
    table = next((g.table for g in groups if g.path == path), None)
    if table is not None and path not in door.columns:
        local = door.columns[path] = door.unique(f"t_{_identifier(*split_path(path))}")
        value = door.prefixes[path]
        match table:
            case DictOf(columns, row):
                call = f"lists.columns({value}, {len(columns)}, {row})"
            case Records():
                call = f"lists.{_splitter(table)}({value}, {_which(table)})"
            case Ragged(Records() as rows):
                call = f"lists.nested({value}, lists.{_splitter(rows)}, {_which(rows)})"
            case Ragged():
                raise AssertionError(f"a group of the type {table}")
            case RowOf():
                call = f"lists.row({value})"
        door.lines.append(f"{local} = {call}")
    return door.columns.get(path)


def _splitter(t: Records) -> str:
    """The function that makes columns of such a list."""
    return "records" if t.form == "tuple" else f"{t.form}s"


def _which(t: Records) -> str:
    """The text of its second argument."""
    return str(len(t.columns)) if t.form == "tuple" else tuple_text([*map(repr, t.names)])


def path_text(root: str, steps: tuple[Step, ...]) -> str:
    """The source text of a path, the inverse of `split_path`."""
    return root + "".join(f".{key}" if kind == "attr" else f"[{key!r}]" for kind, key in steps)


def tuple_text(items: Sequence[str]) -> str:
    """The display of a tuple, also of one item."""
    return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"


def scalar_class(t: Type) -> str | None:
    """The expression for the class of a NumPy scalar or Python number, None for other types."""
    dtype, kind = getattr(t, "dtype", None), getattr(t, "kind", None)
    if isinstance(t, Array) or (dtype is None and kind in (None, "str", "none")):
        return None
    if dtype is None:
        return str(kind)
    return "np.bool_" if dtype == "bool" else f"np.{dtype}"


def _identifier(root: str, steps: tuple[Step, ...]) -> str:
    text = "_".join([root, *(str(key) for _, key in steps)])
    return "".join(c if c.isidentifier() or c.isdigit() else "_" for c in text)
