"""Canonical values, and the join of the states of paths that meet."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import NoReturn

from loopwright.diagnostics import CannotLower, Declined
from loopwright.frontend.lower_alias import refuse_second_dict, refuse_second_name
from loopwright.frontend.lower_convert import assign
from loopwright.frontend.lower_listed import bare, holds_arrays
from loopwright.frontend.lower_parts import describe, flatten, origins_of, rec_with, row_with
from loopwright.frontend.lower_scope import Again, Scope, decline
from loopwright.frontend.lower_values import (
    NOTHING,
    TAG,
    Arr,
    Begun,
    Entry,
    Env,
    Generator,
    Hashed,
    Klass,
    Letter,
    Lst,
    Maybe,
    Mixed,
    Number,
    Object,
    RaggedList,
    Rec,
    Row,
    RowType,
    String,
    Table,
    Tpl,
    Value,
    integer,
    is_made_dict,
    truth_const,
)
from loopwright.frontend.typing_rules import carrier, union
from loopwright.ir.nodes import (
    Const,
    Var,
)
from loopwright.ir.types import (
    BOOL,
    INT,
    NONE,
    Array,
    ListOf,
)

HASHED_PARTS = ("keys", "values", "hashes")


def columns_of(cx: Scope, site: int, ndim: int) -> tuple[ListOf | Array, ...]:
    """The types of the columns of a list. A list that never gets a number is a list of ints."""
    element = cx.unit.sites.element(site)
    if element is None or not flatten(element):
        return (ListOf(INT, ndim),)
    return tuple(
        Array(e.type.dtype, e.type.ndim + 1) if isinstance(e.type, Array) else ListOf(e.type, ndim)  # type: ignore[arg-type]
        for e in flatten(element)
    )


def canonical(cx: Scope, name: str, value: Value) -> Value:
    """`value` with the symbols of variable `name` for its expressions."""
    match value:
        case Number(_, types, _):
            if types == (NONE,):
                return NOTHING
            held = carrier(types)
            assert held is not None
            marker = None if len(types) == 1 else Var(cx.sym(f"{name}.tag", TAG, marker=True))
            return Number(Var(cx.sym(name, held)), types, marker)
        case Arr(_, type_, origins):
            return Arr(Var(cx.sym(name, type_)), type_, origins)
        case Letter():
            return Letter(Var(cx.sym(name, INT)))
        case String(codes):
            return String(Arr(Var(cx.sym(name, codes.type)), codes.type, codes.origins))
        case Lst(_, site, ndim, origins, length):
            types_ = columns_of(cx, site, ndim)
            names = [name] if len(types_) == 1 else [f"{name}.{i}" for i in range(len(types_))]
            columns = tuple(
                Var(cx.sym(n, t, marker=i > 0))
                for i, (n, t) in enumerate(zip(names, types_, strict=True))
            )
            count = None if length is None else Var(cx.sym(f"{name}.len", INT))
            return Lst(columns, cx.unit.sites.find(site), ndim, origins, count)
        case RaggedList(joined, bounds):
            whole = canonical(cx, name, joined)
            assert isinstance(whole, (Arr, Lst))
            held_bounds = Var(cx.sym(f"{name} bounds", bounds.type))
            return replace(value, items=whole, bounds=held_bounds)
        case RowType(site):
            return replace(value, site=cx.unit.sites.find(site))
        case Row(listed):
            return row_with(canonical(cx, name, listed))
        case Tpl(items):
            canonicals = (canonical(cx, f"{name}.{i}", v) for i, v in enumerate(items))
            return replace(value, items=tuple(canonicals))
        case Table(Tpl(items), row):
            parts = (canonical(cx, f"{name}.{i}", v) for i, v in enumerate(items))
            return Table(Tpl(tuple(parts)), row)
        case Rec(whole):
            return rec_with(value, canonical(cx, name, whole))
        case Hashed():
            slots = Var(cx.sym(f"{name}.slots", value.slots.type))
            return value.with_parts(
                lambda k, part: canonical(cx, f"{name}.{HASHED_PARTS[k]}", part), slots
            )
        case Maybe(inner, _):
            return Maybe(canonical(cx, name, inner), Var(cx.sym(f"{name}.there", BOOL)))
        case Begun(array, start, _):
            later, first = canonical(cx, f"{name}.array", array), canonical(cx, name, start)
            assert isinstance(later, Arr) and isinstance(first, Number)
            return Begun(later, first, Var(cx.sym(f"{name}.there", BOOL)))
        case _:
            return value


def join_values(cx: Scope, name: str, a: Value, b: Value) -> Value:
    """The canonical value of `name` where paths with canonical values `a` and `b` meet."""
    match a, b:
        case Number(Const()), Number() if a == b:
            return a  # a constant that a helper is told
        case Number(), Number():
            types = union(a.types, b.types)
            if carrier(types) is None:
                return Mixed(f"`{name}` is {describe(a)} on one path and {describe(b)} on another")
            return canonical(cx, name, Number(NOTHING.expr, types))
        case Arr(), Arr() if (a.type.dtype, a.type.ndim) == (b.type.dtype, b.type.ndim):
            layout = a.type.layout if a.type.layout == b.type.layout else "A"
            joined = Array(a.type.dtype, a.type.ndim, layout)
            return canonical(cx, name, Arr(a.expr, joined, a.origins | b.origins))
        case Letter(), Letter():
            return canonical(cx, name, a)
        case String(x), String(y):
            codes = join_values(cx, name, x, y)
            assert isinstance(codes, Arr)
            return String(codes)
        case Lst(), Lst() if a.ndim == b.ndim:
            site = unify(cx, a.site, b.site)
            if site is not None:
                length = a.length if a.length is not None else b.length
                return canonical(cx, name, Lst((), site, a.ndim, a.origins | b.origins, length))
        case RaggedList(), RaggedList() if a.form == b.form:
            joined_rows = join_values(cx, name, a.items, b.items)
            if isinstance(joined_rows, (Arr, Lst)):
                return canonical(cx, name, replace(a, items=joined_rows))
        case RowType(), RowType() if (a.dtype, a.base) == (b.dtype, b.base):
            site = unify(cx, a.site, b.site)
            if site is not None:
                return replace(a, site=site)
        case Row(), Row():
            listed = join_values(cx, name, a.items, b.items)
            if isinstance(listed, Lst):
                return Row(listed)
        case Tpl(), Tpl() if len(a.items) == len(b.items) and (a.fields, a.listed) == (
            b.fields,
            b.listed,
        ):
            pairs = enumerate(zip(a.items, b.items, strict=True))
            joined_items = (join_values(cx, f"{name}.{i}", x, y) for i, (x, y) in pairs)
            return replace(a, items=tuple(joined_items))
        case Rec(), Rec() if a.kind == b.kind:
            joined_parts_ = join_values(cx, name, a.parts, b.parts)
            assert isinstance(joined_parts_, Tpl)
            if not any(isinstance(part, Mixed) for part in joined_parts_.items):
                return Rec(joined_parts_, a.form, a.made | b.made)
        case Hashed(), Hashed() if a.form == b.form:
            pairs_ = zip(a.parts, b.parts, strict=True)
            joined_parts = [join_values(cx, name, x, y) for x, y in pairs_]
            if all(isinstance(part, Lst) for part in joined_parts):
                return canonical(cx, name, a.with_parts(lambda k, _: joined_parts[k], a.slots))
        case (Lst(ndim=2) as table, RaggedList(dtype=None)) | (
            RaggedList(dtype=None),
            Lst(ndim=2) as table,
        ):
            join_rows(cx, table)
        case (Maybe(), _) | (_, Maybe()):
            return _join_maybe(cx, name, a, b)
        case (Tpl() | Arr() | Lst() | Rec(), _) if b == NOTHING:
            return canonical(cx, name, Maybe(a, truth_const(True)))
        case (_, Tpl() | Arr() | Lst() | Rec()) if a == NOTHING:
            return canonical(cx, name, Maybe(b, truth_const(True)))
        case Generator(), Generator() if a.sym is b.sym:
            return a
        case _ if a == b:
            return a
        case _:
            pass
    for mixed in (a, b):
        if isinstance(mixed, Mixed):
            return mixed
    return Mixed(f"`{name}` is {describe(a)} on one path and {describe(b)} on another")


def _join_maybe(cx: Scope, name: str, a: Value, b: Value) -> Value:
    given = [v.value if isinstance(v, Maybe) else v for v in (a, b) if v != NOTHING]
    inner = given[0] if len(given) == 1 else join_values(cx, name, given[0], given[1])
    return inner if isinstance(inner, Mixed) else canonical(cx, name, Maybe(inner, NOTHING.expr))


def unify(cx: Scope, a: int, b: int) -> int | None:
    """Make two list sites one; None if both have fixed, different elements.

    What is in hand has the old columns, so lowering starts again. The older one stands for both: by it a
    call of a function is recognised, whose result is the newer one.
    """
    sites = cx.unit.sites
    a, b = sorted((sites.find(a), sites.find(b)))
    if a == b:
        return a
    x, y = sites.elements[a], sites.elements[b]
    joined = x if y is None else y if x is None else join_templates(cx, x, y)
    if isinstance(joined, Mixed):
        return None
    if (sites.frozen[a] and joined != x) or (sites.frozen[b] and joined != y):
        return None
    sites.parent[b] = a
    sites.elements[a] = joined
    sites.frozen[a] = sites.frozen[a] or sites.frozen[b]
    sites.version += 1
    raise Again


def join_templates(cx: Scope, a: Value, b: Value) -> Value:
    return join_values(cx.unit.blank, "element", template(cx, a), template(cx, b))


def template(cx: Scope, value: Value) -> Value:
    """An element type: the canonical value of a variable that does not exist."""
    return canonical(cx.unit.blank, "element", bare(value))


def widen(cx: Scope, site: int, value: Value, node: ast.AST) -> None:
    """Let lists of `site` hold `value` too. Lowering starts again if the columns change."""
    if any(isinstance(v, (Object, Klass)) for v in (value, *_parts(value))):
        decline(node, "LW103", "a list whose elements are objects is not covered")
    if any(is_made_dict(v) for v in _parts(value) if v is not value):
        decline(node, "LW103", "a list whose elements hold dicts is not covered")
    sites = cx.unit.sites
    site = sites.find(site)
    old, new = sites.elements[site], template(cx, value)
    joined = new if old is None else join_values(cx.unit.blank, "element", old, new)
    if any(isinstance(i, (Mixed, Maybe)) for i in _parts(joined)):
        decline(node, "LW302", "the elements of this list are of different kinds")
    if old == joined:
        return
    if sites.frozen[site]:
        why = f"the list comes from outside and would get an element that is {describe(value)}"
        decline(node, "LW302", why)
    sites.elements[site] = joined
    sites.version += 1
    raise Again


def _parts(value: Value) -> Iterable[Value]:
    """The value, and what it holds."""
    yield value
    for item in value.items if isinstance(value, Tpl) else ():
        yield from _parts(item)


def join_rows(cx: Scope, base: Lst) -> None:
    """Join the rows of a list of lists that is held as a table, since it grows; lowering starts again."""
    sites, site = cx.unit.sites, cx.unit.sites.find(base.site)
    ours = all(o.exact and o.key[0] == "site" for o in base.origins) and not sites.frozen[site]
    if base.ndim == 1 or not ours or sites.within(site, cx.unit.ragged):
        return
    cx.unit.ragged.add(site)
    sites.elements[site] = None
    start_over(cx)


def start_over(cx: Scope) -> NoReturn:
    """Lower the whole program again, since values may have another form."""
    unit = cx.unit
    assert unit.main is not None
    unit.helpers.clear()
    unit.main.result = None
    unit.sites.version += 1
    raise Again(unit.main)


def join_entries(cx: Scope, name: str, a: Entry | None, b: Entry | None) -> Entry:
    """None is a variable that is not assigned."""
    flag = Var(cx.sym(f"{name}.set", BOOL, marker=True))
    if a is None or b is None:
        one = a or b
        assert one is not None
        return Entry(canonical(cx, name, one.value), flag)
    joined = _join_begun(cx, name, a.value, b.value) or join_values(cx, name, a.value, b.value)
    return Entry(joined, None if a.flag is None and b.flag is None else flag)


def _join_begun(cx: Scope, name: str, a: Value, b: Value) -> Value | None:
    """The join of a number and an array, as in `total = 0` before a loop with `total += row`."""
    if not name.isidentifier() or not all(isinstance(v, (Arr, Number, Begun)) for v in (a, b)):
        return None  # statements are split by the names that they read
    arrays = [v.array if isinstance(v, Begun) else v for v in (a, b) if not isinstance(v, Number)]
    starts = [v.start if isinstance(v, Begun) else v for v in (a, b) if not isinstance(v, Arr)]
    if not arrays or not starts or not _is_start(starts):
        return None
    array = join_values(cx, f"{name}.array", arrays[0], arrays[-1])
    start = join_values(cx, name, starts[0], starts[-1])
    if not isinstance(array, Arr) or not isinstance(start, Number) or not _is_start([start]):
        return None
    if array.type.layout == "F":
        # what stands for the array while there is none is in the order of C
        array = replace(array, type=replace(array.type, layout="A"))
    return canonical(cx, name, Begun(array, start, NOTHING.expr))


def _is_start(values: Sequence[Value]) -> bool:
    """Whether they are numbers of one certain type each."""
    return all(
        isinstance(v, Number) and v.tag is None and len(v.types) == 1 and v.types != (NONE,)
        for v in values
    )


def join_envs(cx: Scope, envs: Iterable[Env | None], live: Callable[[str], bool]) -> Env | None:
    """The state where paths meet; None stands for a path that does not come. Dead names are dropped."""
    known = [e for e in envs if e is not None]
    if not known:
        return None
    names = dict.fromkeys(n for e in known for n in e if live(n))
    joined: Env = {}
    for name in names:
        entry = known[0].get(name)
        for other in known[1:]:
            theirs = other.get(name)
            if entry is not None or theirs is not None:
                entry = join_entries(cx, name, entry, theirs)
        if entry is not None:
            if any(name not in e for e in known) and entry.flag is None:
                entry = Entry(entry.value, Var(cx.sym(f"{name}.set", BOOL, marker=True)))
            joined[name] = entry
    return joined


def _has_two_names(cx: Scope, name: str, value: Lst) -> bool:
    """Whether a list that shrinks, and that variable `name` gets, may be another variable's too."""
    shrinks = value.length is not None or name in cx.shrinking
    if shrinks and any(isinstance(c, Var) and c.sym not in cx.hidden for c in value.columns):
        return True
    return "#" not in name and any(
        key != name
        and "#" not in key
        and (shrinks or (isinstance(entry.value, Lst) and entry.value.length is not None))
        and origins_of(entry.value) & value.origins
        for key, entry in cx.live.items()
    )


def store_variable(cx: Scope, name: str, value: Value) -> None:
    """`name = value`: the variable gets its own symbols."""
    refuse_second_name(cx, name, value)
    refuse_second_dict(cx, name, value)
    target = canonical(cx, name, value)
    if isinstance(target, Hashed) and set(flatten(target)) & {Var(s) for s in cx.iterated}:
        why = "a dict is assigned anew where something runs over it"
        raise CannotLower(Declined(cx.span, "LW108", why))
    if isinstance(value, Hashed) and isinstance(value.slots, Var) and value != target:
        if value.slots.sym not in cx.hidden:
            why = f"{describe(value)} gets a second name"
            raise CannotLower(Declined(cx.span, "LW108", why))
    if isinstance(value, Lst) and _has_two_names(cx, name, value):
        why = "a list that shrinks has a second name"
        raise CannotLower(Declined(cx.span, "LW108", why))
    if isinstance(value, Lst) and value.length is None:
        if name in cx.shrinking or holds_arrays(cx, value):
            sized = Lst(value.columns, value.site, value.ndim, value.origins, integer(0))
            target = canonical(cx, name, sized)
    assign(cx, target, value)
    if isinstance(value, Arr) and isinstance(target, Arr) and value.row is not None:
        at = value.row.at
        if isinstance(at, Const) or (isinstance(at, Var) and at.sym in cx.hidden):
            target = replace(target, row=value.row)
    cx.live[name] = Entry(target)
