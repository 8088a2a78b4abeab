"""Live-ins as parameters of the program: a tuple becomes one parameter for each of its items, a list of
rows of any lengths becomes two."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import NoReturn

from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import (
    NOTHING,
    Arr,
    Generator,
    Lst,
    Mixed,
    Number,
    Origin,
    RaggedList,
    Rec,
    Row,
    String,
    Table,
    Text,
    Tpl,
    Value,
)
from loopwright.frontend.region import LiveIn, Region
from loopwright.frontend.streams import stream_key
from loopwright.ir.domain import INT_LIMIT, Group, Hidden, Only, Param, split_path
from loopwright.ir.nodes import Const, Sym, Var
from loopwright.ir.types import (
    CODES,
    INT,
    MOST_ITEMS,
    NONE,
    STR,
    Array,
    Chars,
    DictOf,
    ListOf,
    Num,
    Py,
    Ragged,
    Records,
    Rng,
    RngForm,
    RowOf,
    TupleOf,
    Type,
    is_scalar,
    listed,
)

"""Longer tuples are data rather than records of it; as parameters they would be unwieldy."""


@dataclass(slots=True)
class Parameters:
    """The parameters made so far, and the tuples that they are parts of."""

    taken: set[str]
    syms: list[Sym] = field(default_factory=list)
    params: list[Param] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    hidden: list[tuple[Sym, Hidden]] = field(default_factory=list)

    def add(self, sym: Sym, param: Param) -> int:
        """The position of a new parameter."""
        self.syms.append(sym)
        self.params.append(param)
        return len(self.syms) - 1

    def name(self, base: str) -> str:
        """A parameter name like `base` that no live-in has; keys of dicts are part of some."""
        base = re.sub(r"\W", "_", base, flags=re.ASCII)
        while base in self.taken:
            base += "_"
        self.taken.add(base)
        return base

    def stream(self, sym: Sym, of: str) -> Generator:
        """The stream whose bits `sym` is; `of` as in `Hidden.stream`."""
        if sym.type == Rng():
            return Generator(sym)
        spare = Sym(self.name(f"{sym.name}_spare"), Array("float64", 1))
        self.hidden.append((spare, Hidden(spare.name, of, spare=True)))
        return Generator(sym, Var(spare))

    def module_stream(self, module: str, form: RngForm) -> Generator:
        """The stream that the functions of a module draw from."""
        sym = Sym(self.name(f"{module.replace('.', '_')}_stream"), Rng(form))
        self.hidden.append((sym, Hidden(sym.name, stream_key(module))))
        return self.stream(sym, stream_key(module))


def parameters(
    cx: Scope,
    types: Mapping[str, Type],
    region: Region,
    known: Mapping[str, Only],
    held: Collection[str],
) -> tuple[Parameters, dict[LiveIn, Value]]:
    """The parameters for the live-ins of a region that are data, and what the lowering knows of each;
    `known` are the strings and numbers that live-ins always are, `held` the keys of those with functions.

    Raises CannotLower where the type of one is missing that is surely data.
    """
    made = Parameters({v.name for v in region.live_ins})
    values: dict[LiveIn, Value] = {}
    for live_in in region.live_ins:
        t = types.get(live_in.name)
        if isinstance(t, Py) and live_in.name in known:
            only = known[live_in.name]
            made.add(Sym(live_in.name, t), Param(live_in.name, live_in.path, t, only=only))
            values[live_in] = Text(only) if isinstance(only, str) else Number(Const(only, t), (t,))
        elif t is not None:
            at, why = region.statements[0], _untaken(cx, live_in.path, t)
            values[live_in] = (
                _value(cx, made, live_in.name, live_in.path, t, at)
                if why is None
                else _not_taken(why)
            )
        elif live_in.sure and not live_in.called and live_in_key(cx, live_in) not in held:
            unknown(live_in.path, region)
    return made, values


def unknown(path: str, region: Region) -> NoReturn:
    """Decline where the region reads what the path leads to, since its type is missing."""
    decline(
        _read_at(path, region),
        "LW301",
        unknown_type(path),
        f"annotate `{path}`, or record a workload with `loopwright trace`",
    )


def _read_at(path: str, region: Region) -> ast.AST:
    """The first place that reads it; the first statement if only a function does that the region calls."""
    found = [
        node
        for stmt in region.statements
        for node in ast.walk(stmt)
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript)
        and isinstance(node.ctx, ast.Load)
        and ast.unparse(node) == path
    ]
    return min(found, key=lambda n: (n.lineno, n.col_offset), default=region.statements[0])


def unknown_type(path: str) -> str:
    return f"the type of `{path}` is not known"


def live_in_key(cx: Scope, live_in: LiveIn) -> str:
    """The name under which the state holds a live-in."""
    if live_in.kind == "global" and live_in.path not in cx.locals:
        return f"global {live_in.path}"
    return live_in.path


def _value(cx: Scope, made: Parameters, name: str, path: str, given: Type, node: ast.stmt) -> Value:
    if isinstance(given, TupleOf):
        return _tuple(cx, made, name, path, given, node)
    if isinstance(given, DictOf):
        return _table(cx, made, name, path, given, node)
    if given == STR:
        codes = Sym(name, CODES)
        at = made.add(codes, Param(name, path, Chars()))
        return String(Arr(Var(codes), CODES, frozenset({Origin(("param", at), False)})))
    if isinstance(given, Records):
        return _records(cx, made, name, path, given)
    if isinstance(given, RowOf):
        part = made.name(f"{name}_items")
        made.groups.append(Group(name, path, (part,), given))
        items = _value(cx, made, part, f"{path}[0]", ListOf(given.elem), node)
        assert isinstance(items, Lst)
        return Row(items)
    if isinstance(given, Ragged):
        return _rows(cx, made, name, path, given, node)
    t = given
    if isinstance(t, Array):
        if t.ndim == 0:
            decline(node, "LW303", f"`{path}` is an array without axes")
        t = Array(t.dtype, t.ndim)
    sym = Sym(name, t)
    at = made.add(sym, Param(name, path, t))
    return _held(cx, made, sym, at, path)


def _untaken(cx: Scope, path: str, t: Type) -> str | None:
    """Why kernels do not take a value of the type, if it has too many parts or none that they know."""
    parts: tuple[Type, ...]
    match t:
        case Ragged(Records() as rows):
            return _untaken(cx, path, rows)
        case Records():
            parts, what = _known(cx, t).columns, f"list of {t.form}s"
            if not parts:
                return f"no entry or attribute that is read of `{path}` is a number of one type"
        case DictOf(parts):
            what = "dict of tuples"
        case TupleOf(parts):
            what = "tuple"
        case _:
            return None
    if len(parts) > MOST_ITEMS:
        return f"`{path}` is a {what} of more than {MOST_ITEMS} items"
    ends = [f"[{k}]" if isinstance(t, TupleOf) else "" for k in range(len(parts))]
    inner = (_untaken(cx, path + end, part) for end, part in zip(ends, parts, strict=True))
    return next((why for why in inner if why is not None), None)


def _not_taken(why: str) -> Mixed:
    return Mixed(why, code="LW305")


def _held(cx: Scope, made: Parameters, sym: Sym, at: int, path: str) -> Value:
    """What the lowering knows of the parameter at position `at`."""
    t = sym.type
    origins = frozenset({Origin(("param", at))})
    match t:
        case Array():
            return Arr(Var(sym), t, origins)
        case ListOf(elem, ndim):
            blank = cx.unit.blank
            element = None if elem == NONE else Number(Var(blank.sym("element", elem)), (elem,))
            site = cx.unit.sites.site(("param", at), element, frozen=True)
            return Lst((Var(sym),), site, ndim, origins)
        case Rng():
            return made.stream(sym, sym.name)
        case Py() | Num() if is_scalar(t):
            return Number(Var(sym), (t,))
        case _ if t == NONE:
            return NOTHING
        case _:
            return _not_taken(f"`{path}` is of type {t}, which kernels do not take")


def _rows(cx: Scope, made: Parameters, name: str, path: str, t: Ragged, node: ast.stmt) -> Value:
    if isinstance(t.rows, Records):
        return _record_rows(cx, made, name, path, t, t.rows, node)
    rows = CODES if isinstance(t.rows, Chars) else t.rows
    if isinstance(rows, ListOf) and rows.ndim != 1:
        decline(node, "LW305", f"the rows of `{path}` have several axes")
    joined, bounds = Sym(name, rows), Sym(made.name(f"{name}_bounds"), ListOf(INT, 2))
    at = made.add(joined, Param(name, path, t))
    made.add(bounds, Param(bounds.name, path, t, (0, INT_LIMIT), bounds=True))
    value = _held(cx, made, joined, at, path)
    assert isinstance(value, (Arr, Lst))
    if isinstance(value, Lst):
        cx.unit.row_sites.add(value.site)
    return RaggedList(value, Var(bounds), text=isinstance(t.rows, Chars))


def _record_rows(
    cx: Scope, made: Parameters, name: str, path: str, t: Ragged, rows: Records, node: ast.stmt
) -> Value:
    """A list of lists of tuples, dicts or objects: lists of rows of their items, put side by side."""
    rows = _known(cx, rows)
    ends = rows.names or range(len(rows.columns))
    names = [made.name(f"{name}_{end}") for end in ends]
    made.groups.append(Group(name, path, tuple(names), replace(t, rows=rows)))
    parts = []
    for k, (part, kind) in enumerate(zip(names, rows.columns, strict=True)):
        value = _rows(cx, made, part, f"{path}[{k}]", Ragged(ListOf(kind)), node)
        assert isinstance(value, RaggedList) and isinstance(value.items, Lst)
        parts.append((value.bounds, value.items))
    (bounds, first), *_ = parts
    site = cx.unit.sites.site(("rows of", name), _element(cx, rows), frozen=True)
    cx.unit.row_sites.add(site)
    columns = tuple(c for _, each in parts for c in each.columns)
    origins = frozenset(Origin(o.key, False) for o in first.origins)  # as with `_records`
    return RaggedList(Lst(columns, site, 1, origins), bounds)


def _table(cx: Scope, made: Parameters, name: str, path: str, t: DictOf, node: ast.stmt) -> Value:
    kinds = [INT, INT, *t.columns] if t.columns else []
    names = [made.name(f"{name}_{k}") for k in range(len(kinds))]
    made.groups.append(Group(name, path, tuple(names), t))
    parts = (
        _value(cx, made, n, f"{path}[{k}]", listed(kind), node)
        for k, (n, kind) in enumerate(zip(names, kinds, strict=True))
    )
    return Table(Tpl(tuple(parts)), t.row)


def _records(cx: Scope, made: Parameters, name: str, path: str, t: Records) -> Value:
    t = _known(cx, t)
    ends = t.names or range(len(t.columns))
    syms = [
        Sym(made.name(f"{name}_{end}"), ListOf(kind))
        for end, kind in zip(ends, t.columns, strict=True)
    ]
    made.groups.append(Group(name, path, tuple(s.name for s in syms), t))
    places = [made.add(s, Param(s.name, f"{path}[{k}]", s.type)) for k, s in enumerate(syms)]
    site = cx.unit.sites.site(("param", places[0]), _element(cx, t), frozen=True)
    cx.unit.row_sites.add(site)  # its elements are only read
    # Not the list itself: what would change or return it has only its columns.
    origins = frozenset({Origin(("param", places[0]), False)})
    return Lst(tuple(Var(s) for s in syms), site, 1, origins)


def _known(cx: Scope, t: Records) -> Records:
    """The records with those entries or attributes that the region may read."""
    if t.form == "tuple":
        return t
    t = t.only(set(t.names) - _stored(cx.unit.stores))
    return t.only(_words(cx)) if len(t.names) > MOST_ITEMS else t


def _element(cx: Scope, t: Records) -> Value:
    """What the lowering knows of an element of the records."""
    blank = cx.unit.blank
    numbers = tuple(Number(Var(blank.sym("element", kind)), (kind,)) for kind in t.columns)
    items = Tpl(numbers, t.names)
    return items if t.form == "tuple" else Rec(items, t.form)


def read_fields(
    types: Mapping[str, Type], read: Collection[str], stores: Collection[str]
) -> dict[str, Type]:
    """The types of live-ins that hold dicts or objects with more entries or attributes than those of the
    names `read`, without these; `stores` are the paths that the region rebinds."""
    fewer = {name: _fewer(t, read, _stored(stores)) for name, t in types.items()}
    return {name: t for name, t in fewer.items() if t != types[name]}


def _fewer(t: Type, read: Collection[str], stored: Collection[str]) -> Type:
    match t:
        case Records(_, names, form) if form != "tuple":
            free = [name for name in names if name not in stored]
            # one tells the length
            return t.only([name for name in free if name in read] or free[:1])
        case Ragged(Records() as rows):
            inner = _fewer(rows, read, stored)
            assert isinstance(inner, Records)
            return Ragged(inner)
        case DictOf((Records() as rows,)):
            inner = _fewer(rows, read, stored)
            assert isinstance(inner, Records)
            return DictOf((inner,))
        case TupleOf(items):
            return TupleOf(tuple(_fewer(item, read, stored) for item in items))
        case _:
            return t


def _words(cx: Scope) -> set[str]:
    """The attributes and strings of the module."""
    nodes = list(ast.walk(cx.unit.tree))
    words = {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return words | {n.attr for n in nodes if isinstance(n, ast.Attribute)}


def _stored(stores: Collection[str]) -> set[str]:
    """The last steps of what the region rebinds: an object in a list may be the one whose it is."""
    return {str(split_path(path)[1][-1][1]) for path in stores}


def _tuple(cx: Scope, made: Parameters, name: str, path: str, t: TupleOf, node: ast.stmt) -> Value:
    names = [made.name(f"{name}_{k}") for k in range(len(t.items))]
    made.groups.append(Group(name, path, tuple(names)))
    parts = enumerate(zip(names, t.items, strict=True))
    return Tpl(tuple(_value(cx, made, n, f"{path}[{k}]", i, node) for k, (n, i) in parts))
