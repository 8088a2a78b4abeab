"""What values consist of: expressions in order, types as keys, origins, and their names in messages."""

from __future__ import annotations

from dataclasses import replace

from loopwright.frontend.lower_values import (
    GIVEN,
    ROW,
    Arr,
    Begun,
    Closure,
    Deferred,
    Generator,
    Hashed,
    Klass,
    Letter,
    Library,
    Lst,
    Maybe,
    Mixed,
    Number,
    Object,
    Origin,
    Origins,
    RaggedList,
    Rec,
    Repeated,
    Row,
    RowType,
    String,
    Table,
    Text,
    Tpl,
    Value,
    integer,
)
from loopwright.ir.nodes import (
    Alloc,
    Cast,
    Const,
    Expr,
    Load,
    Slc,
    Var,
)
from loopwright.ir.types import (
    NONE,
    Array,
    ListOf,
    Type,
    kind_of,
    machine_dtype,
)


def kept_by(rng: Generator) -> Arr:
    """What a stream keeps for its next normal number."""
    assert rng.spare is not None and isinstance(rng.spare.type, Array)
    return Arr(rng.spare, rng.spare.type, frozenset({Origin(("spare", rng.spare.sym))}))


def is_string(value: Value) -> bool:
    """Whether the value is a string of any form."""
    return isinstance(value, (Letter, String, Text))


def flatten(value: Value) -> tuple[Expr, ...]:
    """The machine values that make up a value, in a fixed order."""
    match value:
        case Number(expr, types, tag):
            if types == (NONE,):
                return ()
            return (expr,) if tag is None else (expr, tag)
        case Arr():
            return (value.expr,)
        case Letter(code):
            return (code,)
        case String(codes):
            return (codes.expr,)
        case Lst(columns, _, _, _, length):
            return columns if length is None else (*columns, length)
        case RaggedList(joined, bounds):
            return (*flatten(joined), bounds)
        case Row(listed):
            return flatten(listed)
        case Tpl(items):
            return tuple(e for item in items for e in flatten(item))
        case Table(parts, _) | Rec(parts, _):
            return flatten(parts)
        case Hashed():
            return (*(e for part in value.parts for e in flatten(part)), value.slots)
        case Maybe(inner, there):
            return (*flatten(inner), there)
        case Begun(array, start, there):
            return (array.expr, *flatten(start), there)
        case Generator(sym, spare):
            return (Var(sym),) if spare is None else (Var(sym), spare)
        case _:
            return ()


def refill(value: Value, exprs: list[Expr]) -> Value:
    """`value` with other machine values, in the order of `flatten`; `exprs` is consumed."""
    match value:
        case Number(_, types, tag):
            if types == (NONE,):
                return value
            first = exprs.pop(0)
            return Number(first, types, None if tag is None else exprs.pop(0))
        case Arr(_, type_, origins):
            return Arr(exprs.pop(0), type_, origins)
        case Letter():
            return Letter(exprs.pop(0))
        case String(codes):
            return String(Arr(exprs.pop(0), codes.type, codes.origins))
        case Lst(columns, site, ndim, origins, length):
            new = tuple(exprs.pop(0) for _ in columns)
            return Lst(new, site, ndim, origins, None if length is None else exprs.pop(0))
        case RaggedList(joined):
            whole = refill(joined, exprs)
            assert isinstance(whole, (Arr, Lst))
            return replace(value, items=whole, bounds=exprs.pop(0))
        case Row(listed):
            return row_with(refill(listed, exprs))
        case Tpl(items):
            return replace(value, items=tuple(refill(item, exprs) for item in items))
        case Table(Tpl(items), row):
            return Table(Tpl(tuple(refill(item, exprs) for item in items)), row)
        case Rec(parts):
            return rec_with(value, refill(parts, exprs))
        case Hashed():
            filled = value.with_parts(lambda _, part: refill(part, exprs), value.slots)
            return replace(filled, slots=exprs.pop(0))
        case Maybe(inner, _):
            return Maybe(refill(inner, exprs), exprs.pop(0))
        case Begun(array, start, _):
            held_array, held_start = refill(array, exprs), refill(start, exprs)
            assert isinstance(held_array, Arr) and isinstance(held_start, Number)
            return Begun(held_array, held_start, exprs.pop(0))
        case Generator(_, spare):
            held = exprs.pop(0)
            kept = None if spare is None else exprs.pop(0)
            assert isinstance(held, Var) and (kept is None or isinstance(kept, Var))
            return Generator(held.sym, kept)
        case _:
            return value


def rec_with(value: Rec, parts: Value) -> Rec:
    """The dict or object with other entries or attributes."""
    assert isinstance(parts, Tpl)
    return replace(value, parts=parts)


def row_with(items: Value) -> Row:
    """The tuple of the items of a list."""
    assert isinstance(items, Lst)
    return Row(items)


def unread(model: Value) -> Value:
    """Some value of the machine types of `model`, which nothing will read."""

    def some(t: Type) -> Expr:
        if isinstance(t, (Array, ListOf)):
            t = Array(t.dtype, t.ndim) if isinstance(t, Array) else t
            return Alloc((integer(0),) * t.ndim, None, t)
        zero = {"b": False, "f": 0.0, "c": 0j}.get(kind_of(machine_dtype(t)), 0)
        return Const(zero, t)

    return refill(model, [some(e.type) for e in flatten(model)])


def describe(value: Value) -> str:
    """The kind of a value in words, for diagnostics."""
    match value:
        case Number(_, types, _):
            return " or ".join(map(str, types))
        case Arr(_, type_, _):
            return str(type_)
        case Lst():
            return "a list"
        case RaggedList():
            return "a list of strings" if value.text else "a list of rows"
        case RowType(dtype=dtype):
            return "a list" if dtype is None else f"ndarray[np.{dtype}, (:)]"
        case Row():
            return "a tuple"
        case Tpl(_, fields):
            return "a named tuple of a library" if fields else "a tuple"
        case Rec(_, "slice"):
            return "a slice"
        case Rec(_, "object"):
            return "an object of a list"
        case Hashed(_, _, _, _, "set"):
            return "a set"
        case Table() | Hashed() | Rec():
            return "a dict"
        case Maybe(inner, _):
            return f"{describe(inner)} or None"
        case Begun(array, start, _):
            return f"{describe(start)} or {describe(array)}"
        case Generator():
            return f"a {value.form}"
        case Library(name):
            return f"`{name}`"
        case Object(path):
            return f"the object `{path}`"
        case Klass(node):
            return f"the class `{node.name}`"
        case Letter() | String() | Text():
            return "a string"
        case Closure(_, name):
            return f"the function `{name}`"
        case Deferred():
            return "a generator"
        case Repeated():
            return "an iterator"
        case Mixed(reason):
            return reason


def type_key(value: Value) -> object:
    """What a specialisation of a helper depends on: everything but the expressions."""
    match value:
        case Number(_, types, _):
            return types
        case Arr(_, type_, _):
            return type_
        case Letter():
            return "letter"
        case String(codes):
            return ("string", codes.type)
        case Lst(columns, site, ndim, _, length):
            return ("list", site, ndim, length is None, tuple(c.type for c in columns))
        case RaggedList(joined):
            return ("rows", type_key(joined), value.form)
        case Row(listed):
            return ("row", type_key(listed))
        case Tpl(items):
            return ("tuple", value.fields, value.listed, *map(type_key, items))
        case Table(parts, row):
            return ("dict", row, type_key(parts))
        case Rec(parts, form):
            return ("record", form, type_key(parts))
        case Hashed():
            return ("hashed", value.form, *map(type_key, value.parts))
        case Maybe(inner, _):
            return ("maybe", type_key(inner))
        case Begun(array, start, _):
            return ("begun", type_key(array), type_key(start))
        case Generator():
            return ("rng", value.form)
        case _:
            return value


def origins_of(value: Value) -> Origins:
    """Where the arrays and lists of a value come from."""
    match value:
        case Arr() | Lst():
            return value.origins
        case RaggedList(joined):
            return joined.origins
        case Row(listed):
            return listed.origins
        case Tpl(items) | Table(Tpl(items), _):
            return frozenset(o for v in items for o in origins_of(v))
        case Hashed():
            return value.keys.origins
        case Rec(_, _, made):
            return frozenset(Origin(("dict", *place)) for place in made)
        case Maybe(inner, _):
            return origins_of(inner)
        case Begun(array):
            return array.origins
        case _:
            return frozenset()


def is_row(value: Arr | Lst) -> bool:
    """Whether the value is a row of a list that the function makes."""
    return any(o.key[0] == ROW for o in value.origins)


def row_part(value: Arr | Lst) -> Load | None:
    """The part of the joined rows that such a row is, if it is not copied."""
    held = value.expr if isinstance(value, Arr) else value.columns[0]
    inner = held.x if isinstance(held, Cast) and isinstance(value, Arr) else held
    match inner:
        case Load(_, (Slc(Var(), Var(), None),)) if is_row(value):
            return inner
        case _:
            return None


def with_origin(value: Value, origin: Origin) -> Value:
    """The value with that origin for its arrays and lists, but for rows of lists that the function makes."""
    match value:
        case Arr() | Lst() if is_row(value):
            return value
        case Arr(expr, t, _):
            return Arr(expr, t, frozenset({origin}))
        case Lst(columns, site, ndim, _, length):
            return Lst(columns, site, ndim, frozenset({origin}), length)
        case RaggedList(joined):
            whole = with_origin(joined, origin)
            assert isinstance(whole, (Arr, Lst))
            return replace(value, items=whole)
        case Row(listed):
            return row_with(with_origin(listed, origin))
        case Tpl(items):
            return replace(value, items=tuple(with_origin(v, origin) for v in items))
        case Table(Tpl(items), row):
            return Table(Tpl(tuple(with_origin(v, origin) for v in items)), row)
        case Hashed():
            return value.with_parts(lambda _, part: with_origin(part, origin), value.slots)
        case Rec() if value.made:
            return replace(value, made=GIVEN)
        case Maybe(inner, there):
            return Maybe(with_origin(inner, origin), there)
        case _:
            return value


def with_origins(value: Value, given: dict[tuple[object, ...], Value], fresh: Origin) -> Value:
    """A helper's result with the origins that its arrays have for the caller."""

    def mapped(origins: Origins) -> Origins:
        found: set[Origin] = set()
        for origin in origins:
            if origin.key[0] == ROW:
                found.add(origin)
            elif origin.key in given:
                theirs = origins_of(given[origin.key])
                found |= {Origin(o.key, o.exact and origin.exact) for o in theirs}
            else:  # each storage of the helper's own is one of the call's, at each place another
                deeper = origin.key[:2] == fresh.key[:2]  # of a call of itself: as deep as it goes
                found.add(Origin((*fresh.key, () if deeper else origin.key), origin.exact))
        return frozenset(found) or frozenset({fresh})

    match value:
        case Arr(expr, t, origins):
            return Arr(expr, t, mapped(origins))
        case Lst(columns, site, ndim, origins, length):
            return Lst(columns, site, ndim, mapped(origins), length)
        case RaggedList(joined):
            whole = with_origins(joined, given, fresh)
            assert isinstance(whole, (Arr, Lst))
            return replace(value, items=whole)
        case Row(listed):
            return row_with(with_origins(listed, given, fresh))
        case Tpl(items):
            return replace(value, items=tuple(with_origins(v, given, fresh) for v in items))
        case Table(Tpl(items), row):
            return Table(Tpl(tuple(with_origins(v, given, fresh) for v in items)), row)
        case Hashed():
            return value.with_parts(lambda _, part: with_origins(part, given, fresh), value.slots)
        case Maybe(inner, there):
            return Maybe(with_origins(inner, given, fresh), there)
        case _:
            return value
