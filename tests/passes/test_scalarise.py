"""Scalarised programs against CPython and NumPy: every bit, every shape, every argument."""

from __future__ import annotations

import ast
import copy
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from loopwright.frontend.lower_source import lower_function
from loopwright.ir.check import check
from loopwright.ir.interp import KernelFailed, rebuild, run
from loopwright.ir.nodes import (
    Alloc,
    Assign,
    Binary,
    Call,
    Contract,
    For,
    Load,
    Program,
    Reduce,
    Reshape,
    Scan,
    Transpose,
    Unary,
)
from loopwright.ir.types import Array
from loopwright.ir.walk import walk_exprs, walk_stmts
from loopwright.passes.base import Unchanged
from loopwright.passes.scalarise import Scalarise

HEADER = """
import math
import numpy as np
from numpy.typing import NDArray
from typing import Annotated
F1 = Annotated[NDArray[np.float64], "n"]
F2 = Annotated[NDArray[np.float64], "n m"]
F3 = Annotated[NDArray[np.float64], "n m k"]
S1 = Annotated[NDArray[np.float32], "n"]
I1 = Annotated[NDArray[np.int64], "n"]
I2 = Annotated[NDArray[np.int64], "n m"]
U1 = Annotated[NDArray[np.uint8], "n"]
B1 = Annotated[NDArray[np.bool_], "n"]
B2 = Annotated[NDArray[np.bool_], "n m"]
C1 = Annotated[NDArray[np.complex128], "n"]
"""

GAVE_UP = "gave up"
RAISED = "raised"
Drawn = list[list[Any]]
LENGTHS = (0, 1, 2, 7, 8, 9, 127, 128, 129, 1000)
SHAPES = (
    (0, 0),
    (0, 3),
    (3, 0),
    (1, 1),
    (5, 1),
    (1, 5),
    (3, 4),
    (7, 9),
    (200, 1),
    (1, 200),
    (4, 130),
)


def scalar(source: str, contract: str = "keep") -> Program:
    """The program without array-level work, checked."""
    program = lower_function(HEADER + source)
    outcome = Scalarise(contract=contract).run(program)  # type: ignore[arg-type]
    if isinstance(outcome, Unchanged):
        assert not outcome.declined
        return program
    check(outcome.program)
    return outcome.program


def python(source: str, args: list[Any]) -> Any:
    """What CPython returns, or RAISED."""
    space: dict[str, Any] = {}
    exec(compile(HEADER + source, "<test>", "exec"), space)
    try:
        with np.errstate(all="ignore"):
            return space["f"](*args)
    except (ValueError, IndexError, ZeroDivisionError):
        return RAISED


def kernel(program: Program, source: str, args: list[Any]) -> Any:
    """What the program gives, or GAVE_UP. Its parameters stand in order of first use."""
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    named = dict(zip([a.arg for a in function.args.args], args, strict=True))
    given = [named[p.name] for p in program.main.params]
    try:
        return rebuild(program, run(program, given), given)
    except KernelFailed:
        return GAVE_UP


def same(x: Any, y: Any) -> bool:
    """Equal in type, shape and every bit (any NaN is like any other)."""
    if isinstance(x, (tuple, list)):
        return type(x) is type(y) and len(x) == len(y) and all(map(same, x, y))
    if type(x) is not type(y) or x is None:
        return x is y
    a, b = np.asarray(x), np.asarray(y)
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    return _bits(a.real, b.real) and _bits(a.imag, b.imag)


def _bits(x: Any, y: Any) -> bool:
    if x.dtype.kind != "f":
        return bool(np.array_equal(x, y))
    number = x == x
    signs = np.signbit(x)[number] == np.signbit(y)[number]
    return bool(np.array_equal(x, y, equal_nan=True) and np.all(signs))


def agree(source: str, drawn: Drawn, program: Program, spurious: int = 0) -> None:
    """The program agrees with CPython on all inputs, but may give up on `spurious` of them."""
    given_up = 0
    for args in drawn:
        ours, theirs = copy.deepcopy(args), copy.deepcopy(args)
        expected, found = python(source, theirs), kernel(program, source, ours)
        if isinstance(found, str) and found == GAVE_UP:
            given_up += not (isinstance(expected, str) and expected == RAISED)
            continue
        assert not isinstance(expected, str), f"{args} must fail"
        assert same(expected, found), f"{args}: {expected} is not {found}"
        assert same(theirs, ours), f"{args}: arguments differ"
    assert given_up == spurious


def vectors(count: int = 1, lengths: Sequence[int] = LENGTHS) -> Drawn:
    """Normal numbers of all magnitudes; then the same with NaN, infinities and a negative zero."""
    rng = np.random.default_rng(len(lengths) + count)
    plain = [[_numbers(rng, (n,)) for _ in range(count)] for n in lengths]
    return plain + [[_special(rng, x) for x in args] for args in plain]


def matrices(count: int = 1, shapes: Sequence[tuple[int, ...]] = SHAPES) -> Drawn:
    rng = np.random.default_rng(len(shapes) + count)
    plain = [[_numbers(rng, s) for _ in range(count)] for s in shapes]
    return plain + [[_special(rng, x) for x in args] for args in plain]


def _numbers(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return rng.standard_normal(shape) * 10.0 ** rng.integers(-3, 4, shape)


def _special(rng: np.random.Generator, x: Any) -> Any:
    found = x.copy()
    flat = found.reshape(-1)
    if flat.size > 3:
        for value in (math.nan, math.inf, -0.0):
            flat[rng.integers(flat.size)] = value
    return found


def integers(*bounds: tuple[int, int, str], lengths: Sequence[int] = (1, 5, 100)) -> Drawn:
    rng = np.random.default_rng(0)
    return [[rng.integers(lo, hi, n).astype(d) for lo, hi, d in bounds] for n in lengths]


CASES: dict[str, tuple[str, Callable[[], Drawn]]] = {
    "element-wise operations compose": (
        "def f(x: F1, y: F1):\n    return x * 2.0 + y / x - np.sqrt(np.abs(y))",
        lambda: vectors(2),
    ),
    "shifted slices read their neighbours": (
        "def f(x: F1):\n    return x[1:-1] * 2.0 + x[:-2] - x[2:]",
        vectors,
    ),
    "a store that overlaps what it reads reads first": (
        "def f(x: F1):\n    x[1:] = x[:-1] + 1.0",
        vectors,
    ),
    "a reversed store reads first": ("def f(x: F1):\n    x[:] = x[::-1] * 0.5", vectors),
    "a store in place needs no temporary": ("def f(x: F1):\n    x[1:] *= 3.0", vectors),
    "an update of the whole array": (
        "def f(x: F1, y: F1):\n    x -= y\n    y += x",
        lambda: vectors(2),
    ),
    "slices clip": (
        "def f(x: F1, k: int):\n"
        "    return x[k:] * 1.0, x[:k] * 1.0, x[k::3] * 1.0, x[-3:] * 1.0, x[k : k + 3] * 1.0, x[5:2] * 1.0",
        lambda: [[a[0], k] for a in vectors() for k in (0, 1, 3, 200)],
    ),
    "negative steps": (
        "def f(x: F1, k: int):\n"
        "    return x[::-1] * 1.0, x[-2:1:-1] * 1.0, x[:k:-2] * 1.0, x[k::-1] * 1.0",
        lambda: [[a[0], k] for a in vectors() for k in (0, 1, 200)],
    ),
    "a sum of a vector": ("def f(x: F1):\n    return np.sum(x)", vectors),
    "a sum of an expression": (
        "def f(x: F1, y: F1):\n    return np.sum((x - y) ** 2)",
        lambda: vectors(2),
    ),
    "a sum of a costly expression": (
        "def f(x: F1):\n    return np.sum(np.exp(x) * np.tanh(x))",
        vectors,
    ),
    "a sum in single precision": (
        "def f(x: S1):\n    return np.sum(x), np.sum(x * 2.0), x * 0.5 + x ** 2",
        lambda: [[a[0].astype(np.float32)] for a in vectors()],
    ),
    "a sum of complex numbers": (
        "def f(x: C1):\n    return np.sum(x), np.sum(x + 1.0), np.prod(x)",
        lambda: [[a + 1j * b] for a, b in vectors(2, (*LENGTHS, 31, 32, 33, 63, 64, 65))[:16]],
    ),
    "sums along axes": (
        "def f(x: F2):\n    return np.sum(x), np.sum(x, axis=0), np.sum(x, axis=1), np.sum(x * x, axis=0)",
        matrices,
    ),
    "sums of transposes": (
        "def f(x: F2):\n    return np.sum(x.T), np.sum(x.T, axis=0), np.sum(x.T * 2.0 + 1.0)",
        matrices,
    ),
    "transposes of new arrays are returned": (
        "def f(x: F2):\n"
        "    if len(x) == 1:\n        return (x + 1.0).T, x * 3.0, np.abs(x).T\n"
        "    y = x * 2.0\n    return (y * x).T, np.exp(x), y.T",
        matrices,
    ),
    "axes of new arrays are exchanged in results": (
        "def f(x: F3):\n    return np.transpose(x + 1.0, (1, 0, 2)), (x * 2.0).T, (x.T - 1.0).T",
        lambda: matrices(1, ((2, 3, 4), (0, 3, 2), (3, 1, 2))),
    ),
    "sums of parts": (
        "def f(x: F2):\n    return np.sum(x[:, 1:]), np.sum(x[1:], axis=0), np.sum(x[:, ::2], axis=1)",
        matrices,
    ),
    "sums in three dimensions": (
        "def f(x: F3):\n"
        "    return np.sum(x), np.sum(x, axis=(0, 1)), np.sum(x, axis=(1, 2)), np.sum(x, axis=1),"
        " np.sum(x * 2.0, axis=2)",
        lambda: matrices(1, ((2, 3, 4), (6, 7, 50), (0, 3, 2), (3, 2, 9))),
    ),
    "means and variances": (
        "def f(x: F2):\n    return np.mean(x), np.mean(x, axis=0), np.var(x, axis=1), np.std(x)",
        lambda: matrices(1, SHAPES[3:]),
    ),
    "least and greatest": (
        "def f(x: F2):\n    return np.max(x), np.min(x, axis=0), np.max(x, axis=1), np.prod(x, axis=0)",
        matrices,
    ),
    "places of the least and the greatest": (
        "def f(x: F2):\n    return np.argmax(x), np.argmin(x, axis=0), np.argmax(x, axis=1)",
        lambda: [[np.round(a[0])] for a in matrices()],
    ),
    "places among numbers that are none": (
        "def f(x: F1):\n    return np.argmax(x), np.argmin(x), np.argmax(x * 2.0), np.argmin(x[::-1])",
        lambda: [
            [np.array(v)]
            for v in (
                [1.0, math.nan, 3.0, math.nan],
                [math.nan, 1.0],
                [0.0, 2.0, math.nan],
                [-0.0, 0.0, -0.0],
                [-math.inf, -math.inf],
                [2.0, math.inf, math.inf, 5.0],
                [math.nan],
                [3.0, 1.0, 1.0, 3.0],
            )
        ],
    ),
    "any and all": (
        "def f(x: F2):\n"
        "    return np.any(x > 1.0), np.all(x < 5.0), np.any(x > 0.0, axis=0), np.all(x < 1.0, axis=1)",
        matrices,
    ),
    "integers wrap and divide as NumPy's": (
        "def f(x: I1, u: U1):\n"
        "    return np.sum(x), np.sum(u), np.prod(x), x // 3, x % 3, x ** 2, u + u, np.sum(x * 1.5), -x",
        lambda: integers((-9, 9, "int64"), (0, 255, "uint8")),
    ),
    "a softmax": (
        "def f(x: F2):\n"
        "    e = np.exp(x - np.max(x, axis=1, keepdims=True))\n"
        "    return e / np.sum(e, axis=1, keepdims=True)",
        matrices,
    ),
    "pairwise distances": (
        "def f(x: F2):\n"
        "    d = x[:, None, :] - x[None, :, :]\n"
        "    return np.sqrt(np.sum(d ** 2, axis=-1))",
        lambda: matrices(1, ((0, 3), (3, 0), (1, 1), (5, 1), (3, 4), (4, 130))),
    ),
    "distances of rows in a loop": (
        "def f(x: F2, y: F2):\n"
        "    d = np.zeros((x.shape[0], y.shape[0]))\n"
        "    for i in range(x.shape[0]):\n"
        "        for j in range(y.shape[0]):\n"
        "            diff = x[i] - y[j]\n"
        "            d[i, j] = np.sqrt(np.sum(diff * diff))\n"
        "    return d",
        lambda: matrices(2, ((0, 3), (3, 0), (1, 1), (2, 9), (2, 129))),
    ),
    "a view of a row is written through": (
        "def f(x: F2):\n"
        "    for i in range(x.shape[0]):\n"
        "        row = x[i]\n"
        "        row[0] = 2.0\n"
        "        c = row[1:] * 2.0\n"
        "        x[i, -1] = np.sum(c * c)\n"
        "        row[-1] = row[-1] + row[0]",
        lambda: matrices(1, ((1, 1), (5, 1), (3, 4), (2, 140))),
    ),
    "a view outlives its index": (
        "def f(x: F2):\n"
        "    k = 1\n"
        "    row = x[k]\n"
        "    k = 0\n"
        "    row[:] = row + x[k]\n"
        "    return np.sum(row)",
        lambda: matrices(1, ((3, 4), (2, 1), (2, 130))),
    ),
    "a deferred value sees the array before it changes": (
        "def f(x: F1):\n    y = x * 2.0\n    x[0] = 5.0\n    return y + x",
        lambda: vectors(1, LENGTHS[1:]),
    ),
    "a name that is bound again and again": (
        "def f(x: F1):\n"
        "    y = x * 1.0\n"
        "    for _ in range(3):\n"
        "        y = y * 0.5 + y[::-1]\n"
        "    return y",
        vectors,
    ),
    "masks": (
        "def f(x: F1):\n    x[x < 0.0] = 0.0\n    return x[x > 0.5], np.sum(x[x > 0.1])",
        vectors,
    ),
    "sums of the columns of a table that is turned": (
        "def f(x: F2):\n"
        "    s = 0.0\n"
        "    t = 0.0\n"
        "    for row in x.T:\n"
        "        s = 0.5 * s + row.sum()\n"
        "    for i in range(len(x)):\n"
        "        t = 0.5 * t + x.T[:, i].sum() + x.T[:, i:].sum()\n"
        "    return s, t",
        lambda: [[a[0]] for a in matrices()],
    ),
    "a slice of one element is spread": (
        "def f(x: F2):\n"
        "    s = x * 1.0\n"
        "    for i in range(len(x)):\n"
        "        s = s * x[i:i + 1] + s / (1.0 + x[i:i + 1, :1])\n"
        "    return s",
        lambda: [[a[0]] for a in matrices() if a[0].shape[1]],
    ),
    "bounds of either sign": (
        "def f(x: F1, j: int, k: int):\n"
        "    s = 0.0\n"
        "    for m in range(j, k):\n"
        "        s = 0.5 * s + x[m:k].sum() + x[j:m].sum() - x[-m:].sum() + x[m::2].sum()\n"
        "        x[m:m + 2] += 1.0\n"
        "    return s, x[j:k] * 2.0",
        lambda: [[np.arange(4.0), j, k] for j in range(-6, 7) for k in range(-6, 7, 2)],
    ),
    "how many elements a mask picks": (
        "def f(x: F1):\n    return len(x[x > 0.5]), x[x > 0.1].shape[0]",
        vectors,
    ),
    "how many rows a mask picks": (
        "def f(x: F2, m: B1):\n    return len(x[m]), x[m].shape[1], len(x[x > 0.5])",
        lambda: [[a[0], np.arange(a[0].shape[0]) % 3 == 0] for a in matrices()],
    ),
    "an update under a mask": ("def f(x: F1):\n    x[x < 0.0] = x[x < 0.0] * 0.1 - 1.0", vectors),
    "rows under a mask": (
        "def f(x: F2, m: B1):\n    x[m] = x[m] * 2.0\n    return x[m]",
        lambda: [[a[0], np.arange(a[0].shape[0]) % 3 == 0] for a in matrices()],
    ),
    "index arrays": (
        "def f(x: F1, k: I1):\n    y = x[k]\n    x[k] = x[k] + 1.0\n    return y",
        lambda: (
            [[np.arange(10.0), np.random.default_rng(n).integers(-10, 10, n)] for n in (0, 1, 30)]
            + [[np.ones(3), np.array([5])]]
        ),
    ),
    "index arrays in two dimensions": (
        "def f(x: F2, k: I1):\n    x[k, 0] = 3.0\n    return x[k], x[k, k], x[:, k], x[k, 1:]",
        lambda: [
            [np.arange(36.0).reshape(6, 6), np.random.default_rng(n).integers(-6, 6, n)]
            for n in (0, 5, 20)
        ],
    ),
    "running sums": (
        "def f(x: F2):\n    return np.cumsum(x), np.cumsum(x, axis=0), np.cumprod(x[0]), np.diff(x)",
        lambda: matrices(1, SHAPES[2:]),
    ),
    "ranges and identities": (
        "def f(n: int, a: int):\n"
        "    u = np.arange(n), np.arange(a, n, 3), np.arange(n, a, -2)\n"
        "    return u[0], u[1], u[2], np.linspace(0.0, 1.0, n), np.eye(n)",
        lambda: [[n, a] for n in (0, 1, 2, 7, 100) for a in (0, 3, -5)],
    ),
    "joined arrays": (
        "def f(x: F1, y: F1):\n"
        "    z = np.concatenate((x, y))\n"
        "    return z, np.where(x > y, x, 0.0), np.clip(x, -0.5, 0.5), np.maximum(x, 0.0)",
        lambda: vectors(2),
    ),
    "outer and inner products of elements": (
        "def f(x: F1, y: F1):\n"
        "    return np.einsum('i,j->ij', x, y), np.outer(x, y), np.einsum('i,i->i', x, y)",
        lambda: vectors(2, (0, 1, 7)),
    ),
    "products of matrices are the library's": (
        "def f(x: F2, y: F2):\n    return x @ y.T, x.T @ y, x[0] @ y[0]",
        lambda: matrices(2, ((1, 1), (3, 4), (20, 30))),
    ),
    "a loop that ends by an array condition": (
        "def f(x: F2):\n    while np.sum(x * x) > 1.0:\n        x *= 0.5",
        lambda: matrices()[: len(SHAPES)],
    ),
    "an array condition that is looked at only if needed": (
        "def f(x: F1):\n"
        "    if x.shape[0] > 0 and np.max(x) > 1.0:\n"
        "        return 1\n"
        "    return 2 if x.shape[0] == 0 or np.min(x) > 0.0 else 3",
        vectors,
    ),
    "reshaped arrays": (
        "def f(x: F2):\n"
        "    y = (x * 2.0).reshape(x.shape[1], x.shape[0])\n"
        "    return x.reshape(-1) * 2.0, y, x.ravel() + 1.0",
        lambda: matrices(1, SHAPES[3:]),
    ),
    "a list becomes an array": (
        "def f(x: list[float]):\n    y = np.array(x)\n    return y * 2.0, np.sum(y)",
        lambda: [[a[0].tolist()] for a in vectors(1, (1, 5, 200))],
    ),
    "builtins of lists": (
        "def f(x: list[float], k: list[int]):\n"
        "    return sum(x), min(x), max(x), any(x), all(x), sum(k), max(k)",
        lambda: [
            [a[0].tolist(), list(range(-3, n))]
            for a, n in zip(vectors(1, (1, 5, 200)), (1, 2, 5), strict=False)
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_every_bit(name: str) -> None:
    source, drawn = CASES[name]
    program = scalar(source)
    agree(source, drawn(), program)
    if "outlives" not in name:
        assert isinstance(Scalarise().run(program), Unchanged), "a second run changes nothing"


def loops(program: Program) -> int:
    return sum(
        isinstance(s, For) for f in (*program.helpers, program.main) for s in walk_stmts(f.body)
    )


@pytest.mark.parametrize("name", CASES)
def test_no_array_work_is_left(name: str) -> None:
    program = scalar(CASES[name][0])
    for func in (*program.helpers, program.main):
        for expr in walk_exprs(func.body):
            if isinstance(expr, (Unary, Binary, Call, Reduce, Scan)):
                assert not isinstance(expr.type, Array)
                assert not isinstance(getattr(expr, "x", expr).type, Array)


GIVES_UP: dict[str, tuple[str, Drawn]] = {
    "a length that turns out to be 1": (
        "def f(x: F1, y: F1):\n    return x + y",
        [[np.ones(3), np.ones(1)]],
    ),
    "zeros of both signs as the greatest": (
        "def f(x: F1):\n    return np.max(x)",
        [[np.array([0.0, -1.0, -0.0])]],
    ),
    "a sum over gaps beyond NumPy's buffer": (
        "def f(x: F2):\n    return np.sum(x[:, 1:])",
        [[np.ones((100, 100))]],
    ),
    "a kept axis of length 1 among three": (
        "def f(x: F3):\n    return np.sum(x, axis=(0, 2))",
        [[np.ones((4, 1, 5))]],
    ),
}


@pytest.mark.parametrize("name", GIVES_UP)
def test_gives_up_where_it_does_not_know(name: str) -> None:
    source, drawn = GIVES_UP[name]
    agree(source, drawn, scalar(source), spurious=len(drawn))


FAILS: dict[str, tuple[str, Drawn]] = {
    "lengths that do not fit": (
        "def f(x: F1, y: F1):\n    return x + y",
        [[np.ones(3), np.ones(4)]],
    ),
    "the greatest of nothing": ("def f(x: F1):\n    return np.max(x)", [[np.ones(0)]]),
    "an element behind a NaN that is not there": (
        "def f(x: F1, i: I1):\n    return np.argmax(x[i])",
        [[np.array([math.nan, 2.0]), np.array([0, 5])]],
    ),
    "a row that is not there": (
        "def f(x: F2, i: int):\n    return x[i] * 2.0",
        [[np.ones((2, 0)), 2], [np.ones((2, 3)), -3]],
    ),
    "a mask of another length": (
        "def f(x: F1, m: B1):\n    return x[m]",
        [[np.ones(3), np.ones(4, bool)]],
    ),
    "the length of what a mask of another length picks": (
        "def f(x: F1, m: B1):\n    return len(x[m])",
        [[np.ones(3), np.ones(4, bool)]],
    ),
    "an index array out of bounds": (
        "def f(x: F1, k: I1):\n    return x[k]",
        [[np.ones(3), np.array([3])]],
    ),
    "an index array into a part": (
        "def f(x: F1, k: I1):\n    return x[1:][k]",
        [[np.ones(3), np.array([2])], [np.ones(3), np.array([-3])]],
    ),
    "an index array of which a part is used": (
        "def f(x: F2, k: I1):\n    return x[k][0, 1:] * 2.0",
        [[np.ones((2, 3)), np.array([0, 2])], [np.ones((2, 3)), np.array([0, -3])]],
    ),
    "an index array of which nothing is used": (
        "def f(x: F2, k: I1):\n    return np.diff(x[k])",
        [[np.ones((2, 1)), np.array([2])], [np.ones((2, 0)), np.array([2])]],
    ),
    "a shape of another size": (
        "def f(x: F2):\n    return x.reshape(2, 3) * 1.0",
        [[np.ones((2, 2))]],
    ),
}


@pytest.mark.parametrize("name", FAILS)
def test_fails_where_numpy_raises(name: str) -> None:
    source, drawn = FAILS[name]
    for args in drawn:
        assert isinstance(python(source, copy.deepcopy(args)), str)
        assert kernel(scalar(source), source, args) == GAVE_UP


def test_negative_points_wrap() -> None:
    source = "def f(x: F2, i: int):\n    return x[i] * 2.0, x[-1] + 1.0, x[1:][i] * 3.0"
    agree(source, [[np.arange(12.0).reshape(4, 3), i] for i in (-3, -1, 0, 2)], scalar(source))


def test_a_sum_of_an_expression_has_no_temporary_for_short_runs() -> None:
    program = scalar("def f(x: F2, y: F2):\n    return np.sum((x[0] - y[0]) ** 2)")
    allocs = [
        s
        for s in walk_stmts(program.main.body)
        if isinstance(s, Assign) and isinstance(s.value, Alloc)
    ]
    assert len(allocs) == 1, "only the branch for long runs"


def test_rows_of_a_view_are_changed_once_where_they_are_read_twice() -> None:
    source = "def f(x: F2):\n    for r in x[:, :1]:\n        r[[0, -1]] += 1.0"
    agree(source, [[a[0]] for a in matrices() if a[0].shape[1]], scalar(source))


def test_a_slice_of_one_element_behind_the_end_is_left_to_the_original() -> None:
    source = "def f(x: F1, i: int):\n    return np.sum(x[i:i + 1] + x)"
    program = scalar(source)
    agree(source, [[np.arange(3.0), i] for i in range(3)], program)
    for i in (-2, -1, 3, 9):
        assert kernel(program, source, [np.arange(3.0), i]) is GAVE_UP


def test_the_length_of_what_a_mask_picks_is_counted_only() -> None:
    program = scalar("def f(x: F1):\n    return len(x[x > 0.5]), x[x > 0.1].shape[0]")
    assert not any(isinstance(e, Alloc) for e in walk_exprs(program.main.body))


def test_a_chain_of_operations_is_one_loop() -> None:
    assert loops(scalar("def f(x: F1, y: F1):\n    z = x * 2.0\n    return z + y * z")) == 1


def test_a_name_of_a_view_disappears() -> None:
    program = scalar(
        "def f(x: F2):\n    s = 0.0\n    for i in range(x.shape[0]):\n        row = x[i]\n"
        "        s += row[0] * row[1]\n    return s"
    )
    views = [e for e in walk_exprs(program.main.body) if isinstance(e, (Load, Transpose, Reshape))]
    assert all(not isinstance(e.type, Array) for e in views)


def test_products_become_loops_on_demand() -> None:
    source = "def f(x: F2, y: F2):\n    return x @ y.T, x[0] @ y[0], np.einsum('ij,ij->i', x, y)"
    program = scalar(source, "loops")
    assert not any(isinstance(e, Contract) for e in walk_exprs(program.main.body))
    for x, y in matrices(2, ((1, 1), (3, 4), (5, 40)))[:3]:
        expected, found = python(source, [x, y]), kernel(program, source, [x, y])
        for a, b in zip(expected, found, strict=True):
            scale = np.max(np.abs(x)) * np.max(np.abs(y)) * x.shape[1]
            assert np.all(np.abs(a - b) <= 1e-14 * scale)


def test_integer_products_are_loops() -> None:
    source = "def f(x: I2, y: I2):\n    return x @ y"
    program = scalar(source)
    agree(source, [[np.arange(12).reshape(3, 4), np.arange(8).reshape(4, 2)]], program)
    assert not any(isinstance(e, Contract) for e in walk_exprs(program.main.body))


@pytest.mark.parametrize("dtype", ["float64", "float32", "complex128"])
def test_the_pairwise_order_for_all_lengths(dtype: str) -> None:
    kind = {"float64": "F1", "float32": "S1", "complex128": "C1"}[dtype]
    source = f"def f(x: {kind}):\n    return np.sum(x)"
    program = scalar(source)
    rng = np.random.default_rng(7)
    lengths = [*range(0, 40), *range(120, 140), *range(250, 300, 7), 1023, 2000]
    drawn = [[rng.standard_normal(n).astype(dtype)] for n in lengths]
    agree(source, drawn, program)


def test_scalar_programs_stay_as_they_are() -> None:
    program = lower_function(HEADER + "def f(n: int) -> int:\n    return n + 1")
    assert isinstance(Scalarise().run(program), Unchanged)


def test_sorting_stays_a_call() -> None:
    source = "def f(x: F1):\n    return np.sort(x * 2.0)"
    program = scalar(source)
    agree(source, vectors(), program)
    assert any(isinstance(e, Call) and e.fn == "np.sort" for e in walk_exprs(program.main.body))
