"""What the lowering knows of a Python value: its possible types and the IR expressions that hold it.

A *canonical* value of a variable has plain symbols for expressions; `flatten` lists them. Where paths
meet, two canonical values join into a third, and `coerce` (in `lower_join`) turns one into the other.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from loopwright.ir.nodes import (
    Alloc,
    Cast,
    Compare,
    CompareOp,
    Const,
    Expr,
    Load,
    Slc,
    Sym,
    Unary,
    Var,
)
from loopwright.ir.types import (
    B1,
    BOOL,
    FLOAT,
    INT,
    NONE,
    Array,
    DType,
    ListOf,
    Num,
    Py,
    Rng,
    RngForm,
    Scalar,
    Type,
    kind_of,
    machine_dtype,
)

TAG = Num("int64")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an array or list object comes from: `("param", n)` or an allocation site.

    `exact` is False for a view of it.
    """

    key: tuple[object, ...]
    exact: bool = True


Origins: TypeAlias = frozenset[Origin]


@dataclass(frozen=True, slots=True)
class Number:
    """A number, or None. With several possible `types`, `tag` tells the position of the actual one."""

    expr: Expr
    types: tuple[Scalar, ...]
    tag: Expr | None = None

    @property
    def type(self) -> Scalar:
        """The only type."""
        (only,) = self.types
        return only


@dataclass(frozen=True, slots=True)
class Arr:
    """An array. `row` tells which row it is, if it is one of an argument."""

    expr: Expr
    type: Array
    origins: Origins
    row: RowAt | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class RowAt:
    """The row number `at` of an array that is an argument."""

    base: Arr
    at: Expr


@dataclass(frozen=True, slots=True)
class Lst:
    """A list, held as one column for each machine number of an element (see `Sites`).

    `length` is set for a list that shrinks: the columns are then buffers, in use up to there.
    """

    columns: tuple[Expr, ...]
    site: int
    ndim: int
    origins: Origins
    length: Expr | None = None


@dataclass(frozen=True, slots=True)
class RaggedList:
    """A list of rows that differ in length: the rows joined, and the bounds of each in `items`.

    `bounds` is a list of pairs, or of the two numbers of each row by turns if the function makes the list,
    which can grow then. `dtype`: the rows are arrays of it, though `items` is a list. If `items` is an
    array then, it is an argument, and `bounds` are the numbers of its rows that are the elements. `text`: the
    rows are strings.
    """

    items: Arr | Lst
    bounds: Expr
    dtype: DType | None = None
    text: bool = False

    @property
    def form(self) -> tuple[object, ...]:
        """What lists must have in common that may be the value of one variable."""
        return self.made, self.picked, self.dtype, self.text

    @property
    def made(self) -> bool:
        """Whether the function makes the list."""
        return isinstance(self.bounds.type, ListOf) and self.bounds.type.ndim == 1

    @property
    def picked(self) -> bool:
        """Whether the elements are rows of one array, as views."""
        return self.made and isinstance(self.items, Arr)


@dataclass(frozen=True, slots=True)
class RowType:
    """What the elements of a list of rows are: lists of the site `site`, arrays of `dtype`, rows of `base`.

    It stands for the element of a list only, and is no value of a variable.
    """

    site: int
    dtype: DType | None
    base: Arr | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A tuple of numbers of any length, from outside or a part of one: its items as a list that nothing
    changes."""

    items: Lst


@dataclass(frozen=True, slots=True)
class Table:
    """A dict that is only read, held as a tuple of lists: its keys in ascending order and its columns (see
    `types.DictOf`); an empty tuple if it has no entries."""

    parts: Tpl
    row: bool


HashForm: TypeAlias = Literal["dict", "set", "Counter", "int", "float"]
"""What a `Hashed` is to Python; `int` and `float` are the factories of a defaultdict."""


@dataclass(frozen=True, slots=True)
class Hashed:
    """A dict or set that the function makes: keys and values (zeros for a set) in the order of insertion,
    the hashes of the keys, and the index of the positions (see `lower_hashes`)."""

    keys: Lst
    values: Lst
    hashes: Lst
    slots: Expr
    form: HashForm

    @property
    def parts(self) -> tuple[Lst, Lst, Lst]:
        return self.keys, self.values, self.hashes

    def with_parts(self, change: Callable[[int, Lst], Value], slots: Expr) -> Hashed:
        """The same with `change(k, part)` for the parts."""
        lists = [change(k, part) for k, part in enumerate(self.parts)]
        keys, values, hashes = (part for part in lists if isinstance(part, Lst))
        return Hashed(keys, values, hashes, slots, self.form)


@dataclass(frozen=True, slots=True)
class Tpl:
    """A tuple; `fields` are the names of the items of a named tuple of a library, which stays inside."""

    items: tuple[Value, ...]
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Maybe:
    """A tuple, array or list, or None: `value` where the condition `there` holds."""

    value: Value
    there: Expr


@dataclass(frozen=True, slots=True)
class Generator:
    """A stream of random numbers; `spare` is the array with the normal number that it keeps for the next
    draw, where objects of its class keep one."""

    sym: Sym
    spare: Var | None = None

    @property
    def form(self) -> RngForm:
        """The class of the object."""
        assert isinstance(self.sym.type, Rng)
        return self.sym.type.form


@dataclass(frozen=True, slots=True)
class Library:
    """A module, function or class outside the program, by its full dotted name (`numpy.linalg.norm`)."""

    name: str


@dataclass(frozen=True, slots=True)
class Object:
    """An object known by its path: its attributes are variables `path.name`.

    `self`, `self.params` are paths of live-ins; objects that the region makes have paths of their own
    (`lower_objects`). `cls` is the class if it is known.
    """

    path: str
    cls: ast.ClassDef | None = None


@dataclass(frozen=True, slots=True)
class Klass:
    """A class of the module."""

    node: ast.ClassDef


@dataclass(frozen=True, slots=True)
class Letter:
    """A string of one character: its code point, an int."""

    code: Expr


@dataclass(frozen=True, slots=True)
class String:
    """A string, held as the array of its code points."""

    codes: Arr


@dataclass(frozen=True, slots=True)
class Text:
    """A string constant."""

    value: str


@dataclass(frozen=True, slots=True, eq=False)
class Closure:
    """A function of the program. `self_path` is set for a bound method, `depth` is the number of the
    scope that defines it (-1: the module). `library`: it is ours, see `lower_library`. `fixed` are names
    of a scope around it that is not being compiled, `names` what its global names mean if it is of another
    module."""

    node: ast.FunctionDef | ast.Lambda
    name: str
    self_path: str | None = None
    depth: int = -1
    static: bool = False
    library: bool = False
    fixed: tuple[tuple[str, Value], ...] = ()
    names: Mapping[str, Value] | None = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Closure):
            return NotImplemented
        return self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    @property
    def _identity(self) -> tuple[object, ...]:
        return id(self.node), self.self_path, self.depth, self.fixed


@dataclass(frozen=True, slots=True)
class Deferred:
    """A generator that was not run over yet; `renamed` is what its names stood for where it was made."""

    node: ast.GeneratorExp
    renamed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Mixed:
    """A variable that cannot be used here, with the reason; it may be assigned again."""

    reason: str


Value: TypeAlias = (
    Number
    | Arr
    | Lst
    | RaggedList
    | RowType
    | Row
    | Tpl
    | Table
    | Hashed
    | Maybe
    | Generator
    | Library
    | Object
    | Klass
    | Letter
    | String
    | Text
    | Closure
    | Deferred
    | Mixed
)

NOTHING = Number(Const(None, NONE), (NONE,))


@dataclass(frozen=True, slots=True)
class Entry:
    """A variable: its canonical value; `flag` is set if it may be unassigned (True: assigned)."""

    value: Value
    flag: Expr | None = None


Env: TypeAlias = dict[str, Entry]


def integer(n: int) -> Const:
    return Const(n, INT)


def real(x: float) -> Const:
    return Const(x, FLOAT)


def truth_const(b: bool) -> Const:
    return Const(b, BOOL)


def tag_const(n: int) -> Const:
    return Const(n, TAG)


def number(expr: Expr) -> Number:
    """The number that a scalar expression holds."""
    t = expr.type
    assert not isinstance(t, Array), t
    return Number(expr, (t,))  # type: ignore[arg-type]


def test(op: CompareOp, a: Expr, b: Expr) -> Compare:
    """A comparison of two numbers as a condition."""
    python = isinstance(a.type, Py) and isinstance(b.type, Py)
    return Compare(op, a, b, BOOL if python else B1)


def negated(cond: Expr) -> Expr:
    """`not cond`."""
    if isinstance(cond, Const):
        return truth_const(not cond.value)
    return Unary("not", cond, B1 if isinstance(cond.type, Num) else BOOL)


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
        case Table(parts, _):
            return flatten(parts)
        case Hashed():
            return (*(e for part in value.parts for e in flatten(part)), value.slots)
        case Maybe(inner, there):
            return (*flatten(inner), there)
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
        case Hashed():
            filled = value.with_parts(lambda _, part: refill(part, exprs), value.slots)
            return replace(filled, slots=exprs.pop(0))
        case Maybe(inner, _):
            return Maybe(refill(inner, exprs), exprs.pop(0))
        case Generator(_, spare):
            held = exprs.pop(0)
            kept = None if spare is None else exprs.pop(0)
            assert isinstance(held, Var) and (kept is None or isinstance(kept, Var))
            return Generator(held.sym, kept)
        case _:
            return value


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
        case Hashed(_, _, _, _, "set"):
            return "a set"
        case Table() | Hashed():
            return "a dict"
        case Maybe(inner, _):
            return f"{describe(inner)} or None"
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
            return ("tuple", value.fields, *map(type_key, items))
        case Table(parts, row):
            return ("dict", row, type_key(parts))
        case Hashed():
            return ("hashed", value.form, *map(type_key, value.parts))
        case Maybe(inner, _):
            return ("maybe", type_key(inner))
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
        case Maybe(inner, _):
            return origins_of(inner)
        case _:
            return frozenset()


ROW = "row of a list that is made"


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
