"""The IR: a closed set of frozen nodes on one page.

Two levels share the nodes. In *high* IR the types carry Python's meaning: `Binary("truediv")` of two
`Py("float")` fails on zero, `Binary("add")` of two `Py("int")` never overflows, `Load` wraps negative
indices and fails out of bounds. "Fails" means: the kernel gives up before any effect is visible, and
the original code runs. In *low* IR (after `legalise`) every type is `Num` or `Array` (scratch lists
are arrays), every operand of an operation has the operation's dtype, arithmetic is the machine's, where a
sum, difference or product of int64 stays within 64 bits (`accumulate.wrapping` is for what may not), every
`Load` and `Store` is in bounds with non-negative point indices, and whatever may fail is an explicit
`Check`. Backends for compiled code read low IR, the NumPy backend reads high IR.

Symbols are compared by identity. Data has no behaviour: analyses are functions in other modules.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from loopwright.diagnostics import Span
from loopwright.ir.draws import DrawMethod
from loopwright.ir.types import Array, ListOf, Scalar, Type


@dataclass(frozen=True, slots=True, eq=False)
class Sym:
    """A variable. Two symbols with one name are two variables."""

    name: str
    type: Type


# ---------------------------------------------------------------- expressions

UnaryOp: TypeAlias = Literal["neg", "pos", "invert", "not"]
BinaryOp: TypeAlias = Literal[
    "add", "sub", "mul", "truediv", "floordiv", "mod", "pow",
    "and", "or", "xor", "lshift", "rshift",
    "minimum", "maximum",  # NumPy's: NaN wins
]  # fmt: skip
CompareOp: TypeAlias = Literal["lt", "le", "gt", "ge", "eq", "ne"]
ReduceOp: TypeAlias = Literal["sum", "prod", "min", "max", "argmin", "argmax", "any", "all"]


@dataclass(frozen=True, slots=True)
class Const:
    """A literal. Equal if the types are and the values print alike: 0.0 is not -0.0, NaN is NaN."""

    value: bool | int | float | complex | str | None
    type: Type

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Const):
            return NotImplemented
        return (repr(self.value), self.type) == (repr(other.value), other.type)

    def __hash__(self) -> int:
        return hash((repr(self.value), self.type))


@dataclass(frozen=True, slots=True)
class Var:
    sym: Sym

    @property
    def type(self) -> Type:
        return self.sym.type


@dataclass(frozen=True, slots=True)
class Unary:
    """Scalar or element-wise."""

    op: UnaryOp
    x: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Binary:
    """Scalar, or element-wise with NumPy broadcasting if an operand is an array.

    The result type (by Python's and NEP 50's rules) fixes the meaning.
    """

    op: BinaryOp
    a: Expr
    b: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Compare:
    """One comparison; scalar (`Py("bool")` or `Num("bool")`) or element-wise."""

    op: CompareOp
    a: Expr
    b: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Logic:
    """Short-circuit `and` / `or` of two truth values (scalars)."""

    op: Literal["and", "or"]
    a: Expr
    b: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Select:
    """`a if cond else b` on scalars; only the chosen side is evaluated."""

    cond: Expr
    a: Expr
    b: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Cast:
    """Conversion to `type`: `float(x)`, `int(x)`, `bool(x)`, `np.float32(x)`, `astype`, list to array.

    From float to `Py("int")` it truncates and fails on NaN, inf and beyond int64. Array to array copies.
    """

    x: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Call:
    """A pure intrinsic of `ir/intrinsics.py` (`math.exp`, `np.exp`, `abs`, `np.where`, ...), scalar or
    element-wise with broadcasting, or a whole-array function listed there."""

    fn: str
    args: tuple[Expr, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Dim:
    """Length of one axis of an array (`x.shape[axis]`) or of a list (`len`). A `Py("int")` >= 0."""

    x: Expr
    axis: int
    type: Type


@dataclass(frozen=True, slots=True)
class Pt:
    """One position; negative counts from the end (high IR only). Scalar integer type."""

    at: Expr


@dataclass(frozen=True, slots=True)
class Slc:
    """A slice with Python's clipping; None is the default."""

    lo: Expr | None = None
    hi: Expr | None = None
    step: Expr | None = None


@dataclass(frozen=True, slots=True)
class NewAxis:
    pass


@dataclass(frozen=True, slots=True)
class Fancy:
    """Indexing by a boolean mask or by an integer array (high IR only)."""

    by: Expr


IndexItem: TypeAlias = Pt | Slc | NewAxis | Fancy


@dataclass(frozen=True, slots=True)
class Load:
    """`x[index]`. All points: an element. With slices: a view, as in NumPy. With Fancy: a copy.

    `index` covers every axis of `x` (missing trailing axes are written as `Slc()`).
    """

    x: Expr
    index: tuple[IndexItem, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Transpose:
    """A view with permuted axes."""

    x: Expr
    axes: tuple[int, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Reshape:
    """`x.reshape(shape)` in C order; a view of `x` if `x` is C-contiguous. A -1 is a Const."""

    x: Expr
    shape: tuple[Expr, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Reduce:
    """NumPy's reduction over `axes` (all if None), in NumPy's order (pairwise sums). `argmin`, `argmax`
    take one axis or None. For a list it is the builtin: `sum`, `min`, `max`, `any`, `all`, left to right."""

    op: ReduceOp
    x: Expr
    axes: tuple[int, ...] | None
    keepdims: bool
    type: Type


@dataclass(frozen=True, slots=True)
class Scan:
    """`np.cumsum` / `np.cumprod` along one axis (None flattens first)."""

    op: Literal["sum", "prod"]
    x: Expr
    axis: int | None
    type: Type


@dataclass(frozen=True, slots=True)
class Contract:
    """`np.einsum(spec, *args)` with explicit output; `dot`, `matmul`, `@` (rank <= 2) are specs such as
    `ik,kj->ij`. The order of summation is the library's."""

    spec: str
    args: tuple[Expr, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Alloc:
    """A new C-contiguous array (or list, by `type`) of `shape`; every element `fill`, or undefined.

    `np.zeros`, `np.full`, `[0.0] * n`, `[[0] * m for _ in range(n)]`. Fails on a negative length.
    """

    shape: tuple[Expr, ...]
    fill: Expr | None
    type: Type


@dataclass(frozen=True, slots=True)
class Tup:
    items: tuple[Expr, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Item:
    """Component of a tuple, position known."""

    x: Expr
    at: int
    type: Type


Expr: TypeAlias = (
    Const | Var | Unary | Binary | Compare | Logic | Select | Cast | Call | Dim | Load | Transpose
    | Reshape | Reduce | Scan | Contract | Alloc | Tup | Item
)  # fmt: skip

# ----------------------------------------------------------------- statements


@dataclass(frozen=True, slots=True)
class Assign:
    sym: Sym
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Store:
    """`x[index] = value` (broadcast for slices and masks), into an array or list variable."""

    x: Sym
    index: tuple[IndexItem, ...]
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Append:
    """`x.append(value)` on a list created in the function."""

    x: Sym
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class For:
    """`for sym in range(lo, hi, step)`; the bounds are evaluated once, `sym` keeps its last value.

    `parallel`: iterations are independent by proof and may run in any order.
    """

    sym: Sym
    lo: Expr
    hi: Expr
    step: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    span: Span
    parallel: bool = False


@dataclass(frozen=True, slots=True)
class While:
    cond: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class If:
    cond: Expr
    then: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Break:
    span: Span


@dataclass(frozen=True, slots=True)
class Continue:
    span: Span


@dataclass(frozen=True, slots=True)
class Return:
    """Ends the function. `values` are scalars, arrays and lists, one for each of `Func.results`."""

    values: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Fail:
    """The kernel gives up (the original raises here, or the kernel does not know): original runs."""

    reason: str
    span: Span


@dataclass(frozen=True, slots=True)
class Check:
    """Fail unless `cond`."""

    cond: Expr
    reason: str
    span: Span


@dataclass(frozen=True, slots=True)
class Invoke:
    """`targets = func(args)`, another function of the program; its failure is ours. Arrays are shared."""

    targets: tuple[Sym, ...]
    func: str
    args: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Draw:
    """`target = rng.method(*args)`: one scalar from a Generator, in stream order (`ir/draws.py`)."""

    target: Sym
    rng: Sym
    method: DrawMethod
    args: tuple[Expr, ...]
    span: Span


Stmt: TypeAlias = (
    Assign | Store | Append | For | While | If | Break | Continue | Return | Fail | Check | Invoke | Draw
)  # fmt: skip

# ------------------------------------------------------------------ functions


@dataclass(frozen=True, slots=True)
class Value:
    """A Python object rebuilt from result number `at` of the kernel: exact type `type`. For a `str` the
    result is the code point of its only character."""

    at: int
    type: Type


@dataclass(frozen=True, slots=True)
class OneOf:
    """A scalar whose Python type differs by path: result `at` holds the number, result `tag` (int64)
    the position of its type in `types`."""

    at: int
    tag: int
    types: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Same:
    """The object that was passed for parameter number `param`."""

    param: int


@dataclass(frozen=True, slots=True)
class Either:
    """The array or list that is result `at`, of type `type`: the very object passed for one of the
    parameters `params` if the result is in its memory, else a new one."""

    at: int
    params: tuple[int, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Root:
    """The object that was passed for the root `name` (`self`), which the kernel itself does not get."""

    name: str


@dataclass(frozen=True, slots=True)
class Perhaps:
    """`item`, or None where result number `there` (a truth value) is false."""

    there: int
    item: Rebuild


@dataclass(frozen=True, slots=True)
class Pack:
    """A tuple of results (also the several live-outs of a block)."""

    items: tuple[Rebuild, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of results of several kinds."""

    items: tuple[Rebuild, ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """A dict with the keys `names`, in that order."""

    names: tuple[str, ...]
    items: tuple[Rebuild, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A list (of lists, to `ndim` levels) made element by element: the results that `item` names are
    lists of one shape, and element k is `item` made of their elements k."""

    item: Rebuild
    ndim: int


@dataclass(frozen=True, slots=True)
class Parts:
    """A list of lists or of new arrays, each of type `row`: the parts of the list that is result `at`. The
    list of ints that is result `ends` holds the first position of each part and the one behind its last."""

    at: int
    ends: int
    row: ListOf | Array


@dataclass(frozen=True, slots=True)
class Picks:
    """A list of rows, as views, of the array that was passed for parameter number `param`; their numbers are
    the list of ints that is result `at`."""

    param: int
    at: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """A dict made of a list of pairs, or a set made of a list. `int` and `float` are the factories of a
    defaultdict."""

    items: Rows
    form: Literal["dict", "set", "Counter", "int", "float"]


@dataclass(frozen=True, slots=True)
class Nothing:
    """None."""


Rebuild: TypeAlias = (
    Value
    | OneOf
    | Same
    | Either
    | Root
    | Perhaps
    | Pack
    | Listed
    | Entries
    | Rows
    | Parts
    | Picks
    | Mapping
    | Nothing
)


@dataclass(frozen=True, slots=True)
class Refill:
    """The list that was passed for parameter number `param` holds, once the kernel has succeeded, the
    elements of the list `value`; it stays the same object."""

    param: int
    value: Rebuild


@dataclass(frozen=True, slots=True)
class Func:
    """A pure-data function. `params` may be mutated where the body stores into them.

    `results` are the types of what `Return` carries; every path ends in Return or Fail. `reorders`: its
    floating-point additions and subtractions may be done in any order; a called function keeps its own.
    `apart`: an array parameter that it writes shares no memory with another one, as in the main function.
    """

    name: str
    params: tuple[Sym, ...]
    results: tuple[Type, ...]
    body: tuple[Stmt, ...]
    span: Span
    level: Literal["high", "low"] = "high"
    reorders: bool = False
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """A kernel: the function for the region and the helpers that it calls (callees first).

    `rebuild` tells how Python objects come out of the main function's results, `refills` which of the
    lists that were passed get new contents.
    """

    main: Func
    rebuild: Rebuild
    helpers: tuple[Func, ...] = field(default=())
    refills: tuple[Refill, ...] = field(default=())
