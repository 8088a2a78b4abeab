"""What a region hands back: which results the kernel returns, and how Python objects are made of them."""

from __future__ import annotations

from dataclasses import replace

from loopwright.diagnostics import CannotLower, Declined
from loopwright.frontend.lower_convert import plain_column
from loopwright.frontend.lower_listed import is_borrowed
from loopwright.frontend.lower_parts import describe, flatten, is_row, origins_of
from loopwright.frontend.lower_scope import Scope, Unit
from loopwright.frontend.lower_values import (
    Arr,
    Hashed,
    Letter,
    Lst,
    Maybe,
    Number,
    Object,
    Origin,
    RaggedList,
    Rec,
    Tpl,
    Value,
)
from loopwright.frontend.region import Region
from loopwright.ir.nodes import (
    Either,
    Entries,
    Func,
    Invoke,
    Listed,
    Mapping,
    Nothing,
    OneOf,
    Pack,
    Parts,
    Perhaps,
    Picks,
    Program,
    Rebuild,
    Refill,
    Return,
    Root,
    Rows,
    Same,
    Stmt,
)
from loopwright.ir.nodes import Value as Result
from loopwright.ir.types import BOOL, FLOAT, INT, NONE, STR, Array, ListOf, Type, is_scalar
from loopwright.ir.walk import map_stmts, walk_stmts

_PLAIN_LISTS: tuple[Type, ...] = tuple(ListOf(t, 1) for t in (INT, FLOAT, BOOL))


class _Plan:
    """Numbers the results: those of the machine first, then those that are kept."""

    def __init__(self, cx: Scope, region: Region) -> None:
        self.cx = cx
        self.region = region
        self.seen = 0
        self.kept: list[int] = []
        self.types: list[Type] = []
        self.storages: list[frozenset[object]] = []

    def take(self, t: Type) -> int:
        """The next machine result is returned; its number among the kept ones."""
        self.kept.append(self.seen)
        self.types.append(t)
        self.seen += 1
        return len(self.kept) - 1

    def refuse(self, why: str, unlocks: str | None = None) -> CannotLower:
        return CannotLower(Declined(self.region.span, "LW107", why, unlocks))

    def shared(self, why: str) -> CannotLower:
        """The refusal of a result that shares memory with something else."""
        return CannotLower(Declined(self.region.span, "LW110", why))

    def rebuild(self, value: Value) -> Rebuild:
        match value:
            case Number(expr, types, tag):
                if types == (NONE,):
                    return Nothing()
                if tag is None:
                    return Result(self.take(expr.type), types[0])
                at = self.take(expr.type)
                return OneOf(at, self.take(tag.type), types)
            case Arr() | Lst() if is_row(value):
                raise self.shared("a row of a list is returned by itself")
            case Arr(expr, t, origins):
                same = _same(origins)
                if same is not None:
                    self.seen += 1
                    return Same(same)
                params = _exact_params(origins)
                self.held_once(origins)
                self.own(
                    frozenset(o for o in origins if o.key[0] != "param") if params else origins
                )
                at = self.take(t)
                return Either(at, params, t) if params else Result(at, t)
            case Lst(columns, _, _, origins, _):
                same = _same(origins)
                if same is not None:
                    self.seen += len(columns)
                    return Same(same)
                params, held = _exact_params(origins), columns[0].type
                if params and plain_column(self.cx, value) and held in _PLAIN_LISTS:
                    self.own(frozenset(o for o in origins if o.key[0] != "param"))
                    return Either(self.take(held), params, held)
                self.own(origins)
                return self.contents(value)
            case RaggedList(joined) if value.picked:
                param = _same(joined.origins)
                if param is None:
                    raise self.refuse("rows of what may be several arrays are returned")
                self.seen += 1
                return Picks(param, self.take(value.bounds.type))
            case RaggedList(joined) if value.made:
                self.own(joined.origins)
                return self.parts(value)
            case RaggedList(joined, _):
                same = _same(joined.origins)
                if same is None:
                    raise self.shared("a list of rows that may be an argument is returned")
                self.seen += len(flatten(value))
                return Same(same)
            case Letter(code):
                return Result(self.take(code.type), STR)
            case Hashed():
                return self.mapping(value)
            case Tpl(items, (), True):
                return Listed(tuple(self.rebuild(v) for v in items))
            case Tpl(items, ()):
                return Pack(tuple(self.rebuild(v) for v in items))
            case Rec(parts, "dict", made) if made:
                self.own(origins_of(value))
                return Entries(parts.fields, tuple(self.rebuild(v) for v in parts.items))
            case Maybe(inner, there):
                item = self.rebuild(inner)
                return Perhaps(self.take(there.type), item)
            case Object(path) if path.isidentifier():
                return Root(path)
            case _:
                raise self.refuse(f"{describe(value)} is returned")

    def contents(self, value: Value) -> Rebuild:
        """A list made anew of the elements of `value`."""
        assert isinstance(value, Lst)
        if plain_column(self.cx, value) is None:
            return self.rows(value)
        held = value.columns[0].type
        assert isinstance(held, ListOf)
        return Result(self.take(held), held)

    def rows(self, value: Lst) -> Rebuild:
        """A list of tuples, or of numbers of more than one type."""
        return Rows(self.element(value), value.ndim)

    def parts(self, value: RaggedList) -> Rebuild:
        """A list of lists or arrays, made of the joined ones."""
        assert isinstance(value.items, Lst)
        self.unshared(value.items)
        if plain_column(self.cx, value.items) is None:
            raise self.refuse(
                "a list of rows whose elements are no numbers of one type is returned"
            )
        held = value.items.columns[0].type
        assert isinstance(held, ListOf)
        at = self.take(held)
        return Parts(
            at, self.take(value.bounds.type), Array(value.dtype, 1) if value.dtype else held
        )

    def mapping(self, value: Hashed) -> Rebuild:
        """A dict or set, without the index."""
        if value.form == "set" and self.cx.unit.any_order:
            raise self.refuse("a set is returned whose order is not known here", "sort it")
        self.own(value.keys.origins)
        item = self.element(value.keys)
        if value.form != "set":
            item = Pack((item, self.element(value.values)))
        else:
            self.seen += len(flatten(value.values))
        self.seen += len(flatten(value.hashes)) + 1
        return Mapping(Rows(item, 1), value.form)

    def element(self, value: Lst) -> Rebuild:
        """The element of a list that is made of the elements of its columns."""
        element = self.cx.unit.sites.element(value.site)
        if element is None or not flatten(element):
            raise self.refuse("a list of nothing but None is returned")
        columns = iter(value.columns)
        self.unshared(value)

        def built(part: Value) -> Rebuild:
            match part:
                case Number(expr, types, tag) if is_scalar(expr.type):
                    at = self.take(next(columns).type)
                    if tag is None:
                        return Result(at, types[0])
                    return OneOf(at, self.take(next(columns).type), types)
                case Number():
                    return Nothing()
                case Letter():
                    return Result(self.take(next(columns).type), STR)
                case Arr(_, t, _):
                    return Result(self.take(next(columns).type), t)
                case Tpl(items):
                    return Pack(tuple(built(item) for item in items))
                case Rec(Tpl(items, fields), "dict") if part.made:
                    return Entries(fields, tuple(built(item) for item in items))
                case _:
                    raise self.refuse(f"a list of {describe(part)} is returned")

        return built(element)

    def unshared(self, value: Lst) -> None:
        """Arrays of a list that is returned must be those of no other variable."""
        if self.cx.unit.sites.within(value.site, self.cx.unit.borrowing):
            raise self.shared("a list is returned whose elements other variables may hold")

    def held_once(self, origins: frozenset[Origin]) -> None:
        """An array that was read from a list must be no other variable's: kernels have copies in lists."""
        if is_borrowed(self.cx, (o.key for o in origins)):
            raise self.shared("an array is returned that a list has of another variable")

    def own(self, origins: frozenset[Origin]) -> None:
        """A returned array must be new, and share memory with nothing else that is returned."""
        if any(o.key[0] == "param" for o in origins):
            raise self.shared("an array that may share memory with an argument is returned")
        keys = frozenset(o.key for o in origins)
        if any(keys & other for other in self.storages):
            raise self.shared("two results may share memory")
        self.storages.append(keys)


def _same(origins: frozenset[Origin]) -> int | None:
    """The number of the parameter that the object is."""
    if len(origins) == 1:
        (only,) = origins
        if only.key[0] == "param" and only.exact and isinstance(only.key[1], int):
            return only.key[1]
    return None


def _exact_params(origins: frozenset[Origin]) -> tuple[int, ...]:
    """The numbers of the parameters that an array may be; empty if it is none, or a view of one."""
    given = [o for o in origins if o.key[0] == "param" and isinstance(o.key[1], int)]
    return tuple(sorted(int(str(o.key[1])) for o in given)) if all(o.exact for o in given) else ()


def finished(unit: Unit, cx: Scope, main: Func, region: Region) -> Program:
    """The program, with the results that are handed back and the helpers that are called."""
    assert isinstance(cx.result, Tpl)
    value, *stored = cx.result.items
    plan = _Plan(cx, region)
    # machine results come in the order value, stores; the rebuilt ones in the order of the contract
    own = plan.rebuild(value)
    count = len(region.stores)
    kept = [plan.rebuild(v) for v in stored[:count]]
    keys = list(cx.stores)[count:]
    refills = tuple(
        Refill(unit.lists[key], plan.contents(v))
        for key, v in zip(keys, stored[count:], strict=True)
    )
    parts = _in_order(region, own, kept)
    body = map_stmts(main.body, lambda s: (_cut(s, plan.kept),))
    main = replace(main, body=body, results=tuple(plan.types))
    rebuild = parts[0] if len(parts) == 1 else Pack(tuple(parts)) if parts else Nothing()
    return Program(main, rebuild, _reached(unit, main), refills)


def _in_order(region: Region, own: Rebuild, stored: list[Rebuild]) -> list[Rebuild]:
    if region.form == "block":
        assert isinstance(own, Pack)
        return [*own.items, *stored]
    return [*stored, own] if region.returns else stored


def _cut(stmt: Stmt, kept: list[int]) -> Stmt:
    if isinstance(stmt, Return):
        return replace(stmt, values=tuple(stmt.values[k] for k in kept))
    return stmt


def _reached(unit: Unit, main: Func) -> tuple[Func, ...]:
    """The helpers that are called, callees first."""
    by_name = {f.name: f for f in unit.functions}
    order: dict[str, Func] = {}

    def visit(func: Func) -> None:
        for stmt in walk_stmts(func.body):
            if isinstance(stmt, Invoke) and stmt.func not in (*order, func.name):
                visit(by_name[stmt.func])
                order[stmt.func] = by_name[stmt.func]

    visit(main)
    return tuple(order.values())
