"""What the lowering knows of a Python value: its possible types and the IR expressions that hold it.

A *canonical* value of a variable has plain symbols for expressions; `flatten` lists them. Where paths
meet, two canonical values join into a third, and `coerce` (in `lower_join`) turns one into the other.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, TypeGuard

from loopwright.ir.nodes import (
    Compare,
    CompareOp,
    Const,
    Expr,
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
    RecordForm,
    Rng,
    RngForm,
    Scalar,
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
    """A tuple; `fields` are the names of the items of a named tuple of a library, which stays inside.
    `listed`: it is a list, of values of several kinds, that is returned as soon as it is made."""

    items: tuple[Value, ...]
    fields: tuple[str, ...] = ()
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Rec:
    """A dict or object of a list from outside: those of its entries or attributes that are known, as the
    `fields` of `parts`. Nothing of it is changed, and it has no identity. So it is with a slice.

    Or a dict that the function makes, with all its entries (`lower_structs`); `made` tells where.
    """

    parts: Tpl
    form: RecordForm | Literal["slice"]
    made: frozenset[tuple[int, int]] = frozenset()

    @property
    def kind(self) -> tuple[object, ...]:
        """What dicts must have in common that may be the value of one variable."""
        return self.form, self.parts.fields, bool(self.made)


@dataclass(frozen=True, slots=True)
class Maybe:
    """A tuple, array or list, or None: `value` where the condition `there` holds."""

    value: Value
    there: Expr


@dataclass(frozen=True, slots=True)
class Begun:
    """A number that an array takes the place of: `array` where the condition `there` holds, else `start`.

    Only variables hold it: what is computed of one is computed for both (see `lower_begun`). `at` is as in
    `Mixed`.
    """

    array: Arr
    start: Number
    there: Expr
    at: ast.If | None = None


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
    """A class of the module: the one of that global name, or what is found at `path` or (`of_object`) what
    the object there is one of. Those two may derive from `node`."""

    node: ast.ClassDef
    path: str = ""
    of_object: bool = False


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
    module. `klass` is what a class method gets first."""

    node: ast.FunctionDef | ast.Lambda
    name: str
    self_path: str | None = None
    depth: int = -1
    static: bool = False
    library: bool = False
    fixed: tuple[tuple[str, Value], ...] = ()
    names: Mapping[str, Value] | None = None
    klass: Klass | None = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Closure):
            return NotImplemented
        return self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    @property
    def _identity(self) -> tuple[object, ...]:
        return id(self.node), self.self_path, self.depth, self.fixed, self.klass


@dataclass(frozen=True, slots=True)
class Deferred:
    """A generator that was not run over yet; `renamed` is what its names stood for where it was made."""

    node: ast.GeneratorExp
    renamed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """An iterator that gives a number `times` times, and was not run over yet."""

    item: Value
    times: Expr


@dataclass(frozen=True, slots=True)
class Mixed:
    """A variable that cannot be used here, with the reason and its code; it may be assigned again. `at` is
    the branch whose two sides leave values that do not go together."""

    reason: str
    at: ast.If | None = None
    code: str = "LW302"


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
    | Rec
    | Maybe
    | Begun
    | Generator
    | Library
    | Object
    | Klass
    | Letter
    | String
    | Text
    | Closure
    | Deferred
    | Repeated
    | Mixed
)

IN_LIST = frozenset({(-1, -1)})
"""Where dicts are made that a list holds: anywhere."""
GIVEN = frozenset({(-2, -2)})
"""Where dicts are made that a helper is handed: in a function that still holds them."""


def is_made_dict(value: Value) -> TypeGuard[Rec]:
    """Whether the value is a dict with constant keys that the function makes."""
    return isinstance(value, Rec) and bool(value.made)


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


ROW = "row of a list that is made"
TAKEN = "array of a list whose arrays give way to others"
