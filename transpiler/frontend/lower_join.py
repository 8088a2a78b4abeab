"""Canonical values, and the join of the states of paths that meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from loopwright.diagnostics import CannotLower, Declined
from loopwright.frontend.lower_alias import refuse_second_dict, refuse_second_name
from loopwright.frontend.lower_listed import bare, holds_arrays
from loopwright.frontend.lower_parts import describe, flatten, row_part, row_with, unread
from loopwright.frontend.lower_scope import Again, Scope
from loopwright.frontend.lower_values import (
    NOTHING,
    TAG,
    Arr,
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
    Row,
    RowType,
    String,
    Table,
    Text,
    Tpl,
    Value,
    integer,
    tag_const,
    test,
    truth_const,
)
from loopwright.frontend.typing_rules import carrier, union
from loopwright.ir.nodes import (
    Binary,
    Cast,
    Const,
    Dim,
    Expr,
    Logic,
    Select,
    Slc,
    Var,
)
from loopwright.ir.types import (
    BOOL,
    FLOAT,
    INT,
    NONE,
    Array,
    ListOf,
    Num,
    Scalar,
    Type,
    machine_dtype,
)
from loopwright.ir.walk import vars_of

HASHED_PARTS = ("keys", "values", "hashes")
EXACT = 2**53
"""Integers up to this magnitude are exact in float64."""


# ------------------------------------------------------------------- templates


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
        case Hashed():
            slots = Var(cx.sym(f"{name}.slots", value.slots.type))
            return value.with_parts(
                lambda k, part: canonical(cx, f"{name}.{HASHED_PARTS[k]}", part), slots
            )
        case Maybe(inner, _):
            return Maybe(canonical(cx, name, inner), Var(cx.sym(f"{name}.there", BOOL)))
        case _:
            return value


# ------------------------------------------------------------------------ join


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
        case Tpl(), Tpl() if len(a.items) == len(b.items) and a.fields == b.fields:
            pairs = enumerate(zip(a.items, b.items, strict=True))
            joined_items = (join_values(cx, f"{name}.{i}", x, y) for i, (x, y) in pairs)
            return replace(a, items=tuple(joined_items))
        case Hashed(), Hashed() if a.form == b.form:
            pairs_ = zip(a.parts, b.parts, strict=True)
            joined_parts = [join_values(cx, name, x, y) for x, y in pairs_]
            if all(isinstance(part, Lst) for part in joined_parts):
                return canonical(cx, name, a.with_parts(lambda k, _: joined_parts[k], a.slots))
        case (Maybe(), _) | (_, Maybe()):
            return _join_maybe(cx, name, a, b)
        case (Tpl() | Arr() | Lst(), _) if b == NOTHING:
            return canonical(cx, name, Maybe(a, truth_const(True)))
        case (_, Tpl() | Arr() | Lst()) if a == NOTHING:
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

    What is in hand has the old columns, so lowering starts again.
    """
    sites = cx.unit.sites
    a, b = sites.find(a), sites.find(b)
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
    return join_values(cx, "element", template(cx, a), template(cx, b))


def template(cx: Scope, value: Value) -> Value:
    """An element type: the canonical value of a variable that does not exist."""
    return canonical(cx.unit.blank, "element", bare(value))


def widen(cx: Scope, site: int, value: Value) -> str | None:
    """Let lists of `site` hold `value` too; the reason if they cannot. Lowering starts again if the
    columns change."""
    if any(isinstance(v, (Object, Klass)) for v in (value, *_parts(value))):
        return "its elements are objects"
    sites = cx.unit.sites
    site = sites.find(site)
    old, new = sites.elements[site], template(cx, value)
    joined = new if old is None else join_values(cx.unit.blank, "element", old, new)
    if any(isinstance(i, (Mixed, Maybe)) for i in _parts(joined)):
        return "its elements are of different kinds"
    if old == joined:
        return None
    if sites.frozen[site]:
        return f"the list comes from outside and would get an element that is {describe(value)}"
    sites.elements[site] = joined
    sites.version += 1
    raise Again


def _parts(value: Value) -> Iterable[Value]:
    """The value, and what it holds."""
    yield value
    for item in value.items if isinstance(value, Tpl) else ():
        yield from _parts(item)


def join_entries(cx: Scope, name: str, a: Entry | None, b: Entry | None) -> Entry:
    """None is a variable that is not assigned."""
    flag = Var(cx.sym(f"{name}.set", BOOL, marker=True))
    if a is None or b is None:
        one = a or b
        assert one is not None
        return Entry(canonical(cx, name, one.value), flag)
    joined = join_values(cx, name, a.value, b.value)
    return Entry(joined, None if a.flag is None and b.flag is None else flag)


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


# -------------------------------------------------------------------- coercion


def cast(expr: Expr, t: Type) -> Expr:
    """`expr` as a `t`, folded for constants."""
    if expr.type == t:
        return expr
    if (
        isinstance(expr, Const)
        and expr.value is not None
        and not isinstance(expr.value, (str, complex))
    ):
        if t == FLOAT and abs(expr.value) <= EXACT:
            return Const(float(expr.value), FLOAT)
        if isinstance(t, Num) and t.dtype == "float64" and abs(expr.value) <= EXACT:
            return Const(float(expr.value), t)
        if isinstance(t, Num) and t.dtype == "int64" and isinstance(expr.value, int):
            if -(2**63) <= expr.value < 2**63:
                return Const(int(expr.value), t)
    return Cast(expr, t)


def to_carrier(cx: Scope, expr: Expr, to: Scalar) -> Expr:
    """`expr` in a wider machine type, failing if an int would not be exact."""
    if expr.type == to:
        return expr
    source, target = machine_dtype(expr.type), machine_dtype(to)
    if source in ("int64", "uint32") and target in ("float64", "complex128"):
        if not (
            isinstance(expr, Const) and isinstance(expr.value, int) and abs(expr.value) <= EXACT
        ):
            expr = cx.hold(expr)
            low = test("le", integer(-EXACT), expr)
            high = test("le", expr, integer(EXACT))
            cx.check(Logic("and", low, high, BOOL), "an integer that a float64 cannot hold exactly")
    return cast(expr, to)


def map_tag(tag: Expr | None, old: tuple[Scalar, ...], new: tuple[Scalar, ...]) -> Expr | None:
    """The tag of a value with types `old` among the types `new`."""
    if len(new) == 1:
        return None
    places = [new.index(t) for t in old]
    if tag is None:
        return tag_const(places[0])
    if isinstance(tag, Const) and isinstance(tag.value, int):
        return tag_const(places[tag.value])
    if places == list(range(len(places))):
        return tag
    result: Expr = tag_const(places[-1])
    for i in range(len(places) - 2, -1, -1):
        result = Select(is_tag(tag, i), tag_const(places[i]), result, TAG)
    return result


def is_tag(tag: Expr, at: int) -> Expr:
    if isinstance(tag, Const):
        return truth_const(tag.value == at)
    return test("eq", tag, tag_const(at))


def coerce(cx: Scope, value: Value, target: Value) -> Value:
    """`value` in the machine types of `target`, which is a join of it with something."""
    match value, target:
        case Number(), Number():
            if value.types == target.types:
                return value
            held = carrier(target.types)
            assert held is not None
            if value.types == (NONE,):
                expr: Expr = cast(integer(0), held) if held != BOOL else truth_const(False)
            else:
                expr = to_carrier(cx, value.expr, held)
            return Number(expr, target.types, map_tag(value.tag, value.types, target.types))
        case Arr(), Arr():
            return Arr(value.expr, target.type, value.origins)
        case String(codes), String():
            return String(Arr(codes.expr, target.codes.type, codes.origins))
        case Lst(), Lst():
            if target.length is not None and value.length is None:
                return Lst(value.columns, value.site, value.ndim, value.origins, list_length(value))
            return value
        case Row(), Row():
            return row_with(coerce(cx, value.items, target.items))
        case Tpl(), Tpl():
            pairs = zip(value.items, target.items, strict=True)
            return replace(value, items=tuple(coerce(cx, v, t) for v, t in pairs))
        case _, Maybe(inner, _):
            if value == NOTHING:
                return Maybe(unread(inner), truth_const(False))
            if isinstance(value, Maybe):
                return Maybe(coerce(cx, value.value, inner), value.there)
            return Maybe(coerce(cx, value, inner), truth_const(True))
        case _:
            return value


def plain_column(cx: Scope, value: Lst) -> Expr | None:
    """The only column of a list of numbers of one certain type, if the list is that."""
    elem = cx.unit.sites.element(value.site)
    if len(value.columns) == 1 and (elem is None or isinstance(elem, Number)) and elem != NOTHING:
        return value.columns[0]
    return None


def string_length(value: Letter | String | Text) -> Expr:
    """`len` of a string."""
    match value:
        case Letter():
            return integer(1)
        case String(codes):
            return Dim(codes.expr, 0, INT)
        case Text(text):
            return integer(len(text))


def table_length(table: Table) -> Expr:
    """`len(d)`."""
    keys = table.parts.items[:1]
    return list_length(keys[0]) if keys and isinstance(keys[0], Lst) else integer(0)


def list_length(value: Lst) -> Expr:
    part = row_part(value)
    if part is not None and isinstance(part.index[0], Slc):
        lo, hi = part.index[0].lo, part.index[0].hi
        assert lo is not None and hi is not None
        return Binary("sub", hi, lo, INT)
    return value.length if value.length is not None else Dim(value.columns[0], 0, INT)


def assign(cx: Scope, target: Value, value: Value) -> None:
    """Emit what sets the symbols of the canonical value `target` to `value`, all at once."""
    if isinstance(target, Mixed):
        return
    exprs = list(flatten(coerce(cx, value, target)))
    if isinstance(target, Generator):
        return
    pairs = zip(flatten(target), exprs, strict=True)
    moves = [(v.sym, e) for v, e in pairs if isinstance(v, Var) and e != v]
    written = {s for s, _ in moves}
    if any(vars_of(e) & (written - {s}) for s, e in moves):
        moves = [(s, cx.hold(e, s.name)) for s, e in moves]
    for sym, expr in moves:
        cx.set(sym, expr)


def fits(value: Value, target: Value) -> bool:
    """Whether `target` is a join of `value` with something."""
    match value, target:
        case Number(), Number():
            return set(value.types) <= set(target.types)
        case Arr(), Arr():
            return (value.type.dtype, value.type.ndim) == (target.type.dtype, target.type.ndim)
        case Lst(), Lst():
            return value.ndim == target.ndim and len(value.columns) == len(target.columns)
        case RaggedList(), RaggedList():
            return value.form == target.form and fits(value.items, target.items)
        case Hashed(), Hashed():
            return value.form == target.form and all(map(fits, value.parts, target.parts))
        case Row(), Row():
            return fits(value.items, target.items)
        case Tpl(), Tpl() if (
            len(value.items) == len(target.items) and value.fields == target.fields
        ):
            return all(fits(v, t) for v, t in zip(value.items, target.items, strict=True))
        case _, Maybe(inner, _):
            if isinstance(value, Maybe):
                return fits(value.value, inner)
            return value == NOTHING or fits(value, inner)
        case Mixed(), _:
            return False
        case _:
            return value == target


def convert(cx: Scope, source: Env, target: Env) -> None:
    """Emit what turns the state `source` into the state `target`."""
    for name, entry in target.items():
        have = source.get(name)
        if have is not None:
            if not fits(have.value, entry.value):
                # the states of a loop are not settled yet, or the variable is unusable from here on
                continue
            assign(cx, entry.value, have.value)
        if entry.flag is not None:
            sym = entry.flag.sym if isinstance(entry.flag, Var) else None
            assert sym is not None
            known = truth_const(False) if have is None else have.flag or truth_const(True)
            cx.set(sym, known)


def store_variable(cx: Scope, name: str, value: Value) -> None:
    """`name = value`: the variable gets its own symbols."""
    refuse_second_name(cx, name, value)
    refuse_second_dict(cx, name, value)
    target = canonical(cx, name, value)
    if isinstance(target, Hashed) and set(flatten(target)) & {Var(s) for s in cx.iterated}:
        why = "a dict is assigned anew where something runs over it"
        raise CannotLower(Declined(cx.span, "LW102", why))
    if isinstance(value, Hashed) and isinstance(value.slots, Var) and value != target:
        if value.slots.sym not in cx.hidden:
            why = f"{describe(value)} gets a second name"
            raise CannotLower(Declined(cx.span, "LW102", why))
    if isinstance(value, Lst) and (value.length is not None or name in cx.shrinking):
        if any(isinstance(c, Var) and c.sym not in cx.hidden for c in value.columns):
            why = "a list that shrinks has a second name"
            raise CannotLower(Declined(cx.span, "LW102", why))
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
