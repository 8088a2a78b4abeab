"""Legalised programs against CPython: the same results, or a kernel that gives up; never out of bounds."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest

from loopwright.frontend.lower_source import lower_function
from loopwright.ir.check import check
from loopwright.ir.interp import KernelFailed, rebuild, run
from loopwright.ir.nodes import Check, For, Func, Program, Select, While
from loopwright.ir.show import show
from loopwright.ir.walk import walk_exprs, walk_stmts
from loopwright.passes.base import Applied, Unchanged
from loopwright.passes.legalise import Legalise
from loopwright.pipeline import Passes, compiled_passes

HEADER = """
import math
import numpy as np
from numpy.typing import NDArray
from typing import Annotated
F1 = Annotated[NDArray[np.float64], "n"]
F2 = Annotated[NDArray[np.float64], "n m"]
I1 = Annotated[NDArray[np.int64], "n"]
"""
F1 = 'Annotated[NDArray[np.float64], "n"]'
F2 = 'Annotated[NDArray[np.float64], "n m"]'

GAVE_UP = "gave up"


def legal(source: str) -> Program:
    outcome = Legalise().run(lower_function(HEADER + source))
    assert isinstance(outcome, Applied), outcome
    check(outcome.program)
    return outcome.program


def checks(func: Func) -> int:
    return sum(isinstance(s, Check) for s in walk_stmts(func.body))


def python(source: str, args: list[Any]) -> Any:
    """What CPython does: the result, or the exception."""
    space: dict[str, Any] = {}
    exec(compile(HEADER + source, "<test>", "exec"), space)
    name = source.split("def ")[-1].split("(")[0]
    try:
        with np.errstate(all="ignore"):
            return space[name](*args)
    except Exception as error:
        return error


def outcome(source: str, *args: Any) -> Any:
    """What the legalised kernel does, after comparing it with CPython."""
    program = legal(source)
    theirs, ours = copy.deepcopy(list(args)), copy.deepcopy(list(args))
    wanted = python(source, theirs)
    by_name = dict(zip(_params(source), ours, strict=True))
    given = [by_name[p.name] for p in program.main.params]
    try:
        got = rebuild(program, run(program, given), given)
    except KernelFailed:
        return GAVE_UP
    assert not isinstance(wanted, Exception), f"{wanted!r} but the kernel gives {got!r}"
    assert same(got, wanted), f"{got!r} is not {wanted!r}\n{show(program)}"
    for a, b in zip(ours, theirs, strict=True):
        assert same(a, b), f"argument {a!r} is not {b!r}"
    return got


def _params(source: str) -> list[str]:
    import ast

    func = [s for s in ast.parse(HEADER + source).body if isinstance(s, ast.FunctionDef)][-1]
    return [a.arg for a in func.args.args]


def same(a: Any, b: Any) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, (float, np.floating)):
        return bool(a == b and math.copysign(1, a) == math.copysign(1, b)) or bool(
            a != a and b != b
        )
    return bool(a == b)


BIG = 2**63 - 1
INF, NAN = math.inf, math.nan

SCALAR = [
    # what the function computes, its parameters, arguments, whether it gives up
    ("a + b", "a: int, b: int", (2**30, 2**31), False),
    ("a * b * a * b", "a: int, b: int", (2**31, 2**31), True),
    ("a * b - b", "a: int, b: int", (2**31, -(2**31)), False),
    ("a // b", "a: int, b: int", (7, -2), False),
    ("a // b", "a: int, b: int", (-7, 2), False),
    ("a % b", "a: int, b: int", (-7, 2), False),
    ("a % b", "a: int, b: int", (7, -3), False),
    ("a % b", "a: int, b: int", (7, 0), True),
    ("a / b", "a: int, b: int", (7, 2), False),
    ("a / b", "a: int, b: int", (7, 0), True),
    ("a ** 3", "a: int", (-5,), False),
    ("a ** 3", "a: int", (2**31,), True),
    ("a ** b", "a: int, b: int", (3, 39), False),
    ("a ** b", "a: int, b: int", (3, 41), True),
    ("a ** b", "a: int, b: int", (-2, 63), False),
    ("a ** b", "a: int, b: int", (1, 1000), False),
    ("a ** b", "a: int, b: int", (0, 0), False),
    ("a << b", "a: int, b: int", (5, 3), False),
    ("a << b", "a: int, b: int", (1, 63), True),
    ("a << b", "a: int, b: int", (1, -1), True),
    ("a >> b", "a: int, b: int", (-5, 1), False),
    ("a >> b", "a: int, b: int", (-5, 100), False),
    ("a >> b", "a: int, b: int", (5, -1), True),
    ("a & b", "a: int, b: int", (-5, 12), False),
    ("a ^ b", "a: int, b: int", (-5, 12), False),
    ("~a", "a: int", (5,), False),
    ("-a", "a: int", (-(2**31),), False),
    ("abs(a)", "a: int", (-(2**31),), False),
    ("a / b", "a: float, b: float", (1.0, 0.0), True),
    ("a // b", "a: float, b: float", (-7.5, 2.0), False),
    ("a % b", "a: float, b: float", (-7.5, 2.0), False),
    ("a % b", "a: float, b: float", (5.0, -INF), False),
    ("a % b", "a: float, b: float", (-0.0, 3.0), False),
    ("a // b", "a: float, b: float", (1.0, 0.0), True),
    ("a ** b", "a: float, b: float", (2.0, 0.5), False),
    ("a ** b", "a: float, b: float", (-8.0, 3.0), False),
    ("a ** b", "a: float, b: float", (0.0, -1.0), True),
    ("a ** b", "a: float, b: float", (0.0, -INF), False),
    ("a ** b", "a: float, b: float", (1e200, 2.0), True),
    ("a ** b", "a: float, b: float", (INF, 2.0), False),
    ("a ** 2", "a: float", (3.5,), False),
    ("a ** 2", "a: float", (1e200,), True),
    ("a ** 2", "a: float", (-INF,), False),
    ("a ** 2", "a: float", (NAN,), False),
    ("a * b", "a: float, b: int", (2.5, 3), False),
    ("a < b", "a: int, b: float", (3, 3.5), False),
    ("a == b", "a: int, b: float", (3, NAN), False),
    ("a < b < a", "a: float, b: float", (1.0, 2.0), False),
    ("int(a)", "a: float", (-2.7,), False),
    ("int(a)", "a: float", (NAN,), True),
    ("int(a)", "a: float", (1e19,), True),
    ("int(a)", "a: float", (-(2.0**63),), False),
    ("round(a)", "a: float", (2.5,), False),
    ("round(a)", "a: float", (-3.5,), False),
    ("round(a)", "a: float", (INF,), True),
    ("bool(a)", "a: float", (NAN,), False),
    ("float(a)", "a: int", (2**31 - 1,), False),
    ("min(a, b)", "a: float, b: float", (NAN, 1.0), False),
    ("min(a, b)", "a: float, b: float", (1.0, NAN), False),
    ("max(a, b)", "a: float, b: float", (-0.0, 0.0), False),
    ("math.sqrt(a)", "a: float", (2.0,), False),
    ("math.sqrt(a)", "a: float", (-1.0,), True),
    ("math.sqrt(a)", "a: float", (NAN,), False),
    ("math.sqrt(a)", "a: float", (-0.0,), False),
    ("math.exp(a)", "a: float", (1000.0,), True),
    ("math.exp(a)", "a: float", (INF,), False),
    ("math.exp(a)", "a: float", (-1000.0,), False),
    ("math.log(a)", "a: float", (0.0,), True),
    ("math.log(a)", "a: float", (INF,), False),
    ("math.sin(a)", "a: float", (INF,), True),
    ("math.sin(a)", "a: float", (NAN,), False),
    ("math.acos(a)", "a: float", (1.5,), True),
    ("math.atanh(a)", "a: float", (1.0,), True),
    ("math.fmod(a, b)", "a: float, b: float", (INF, 1.0), True),
    ("math.fmod(a, b)", "a: float, b: float", (1.0, INF), False),
    ("math.fmod(a, b)", "a: float, b: float", (NAN, 0.0), False),
    ("math.pow(a, b)", "a: float, b: float", (-1.0, 0.5), True),
    ("math.gamma(a)", "a: float", (-1.0,), True),
    ("math.lgamma(a)", "a: float", (0.5,), False),
    ("math.floor(a)", "a: float", (-2.5,), False),
    ("math.ceil(a)", "a: float", (-2.5,), False),
    ("math.floor(a)", "a: float", (NAN,), True),
    ("math.gcd(a, b)", "a: int, b: int", (-12, 18), False),
    ("abs(a)", "a: complex", (3 + 4j,), False),
    ("abs(a)", "a: complex", (1.7e308 + 1.7e308j,), True),
    ("a * a + a", "a: complex", (3 + 4j,), False),
    ("(a if b > 0 else a // b)", "a: int, b: int", (5, 0), True),
    ("(a // b if b != 0 else a)", "a: int, b: int", (5, 0), False),
    ("b != 0 and a // b > 1", "a: int, b: int", (5, 0), False),
    ("b == 0 or a // b > 1", "a: int, b: int", (5, 0), False),
    ("not (b == 0 or a // b > 1)", "a: int, b: int", (5, 2), False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "params", "args", "fails"), SCALAR,
                         ids=[f"{t} of {a}" for t, _, a, _ in SCALAR])  # fmt: skip
def test_python_numbers(text: str, params: str, args: tuple[Any, ...], fails: bool) -> None:
    got = outcome(f"def f({params}):\n    return {text}\n", *args)
    assert (got is GAVE_UP) == fails


NUMPY = [
    # element expression over u (of the dtype) and v, dtype, u, v
    ("u + v", "int64", BIG, 1),
    ("u * v", "int64", BIG, 3),
    ("u // v", "int64", -7, 2),
    ("u // v", "int64", 7, 0),
    ("u // v", "int64", -(2**63), -1),
    ("u % v", "int64", -(2**63), -1),
    ("u % v", "int64", -7, 0),
    ("u % v", "int64", -7, 3),
    ("u << v", "int64", 1, 70),
    ("u >> v", "int64", -1, 70),
    ("u >> v", "int64", -8, 1),
    ("u ** 2", "int64", 2**40, 0),
    ("u / v", "int64", 1, 0),
    ("u + v", "int8", 127, 1),
    ("u * v", "uint8", 200, 2),
    ("u - v", "uint8", 1, 2),
    ("u // v", "uint8", 7, 0),
    ("u + 1", "int8", 127, 0),
    ("-u", "int8", -128, 0),
    ("-u", "uint8", 3, 0),
    ("~u", "uint8", 3, 0),
    ("abs(u)", "int8", -128, 0),
    ("u < v", "uint64", 3, 4),
    ("u + v", "bool", True, True),
    ("u * v", "bool", True, False),
    ("u ^ v", "bool", True, True),
    ("~u", "bool", True, False),
    ("u / v", "float64", 1.0, 0.0),
    ("u / v", "float64", 0.0, 0.0),
    ("u // v", "float64", 1.0, 0.0),
    ("u % v", "float64", 1.0, 0.0),
    ("u % v", "float64", -7.5, 2.0),
    ("u // v", "float64", -7.5, 2.0),
    ("u ** 2", "float64", 1e200, 0.0),
    ("u ** v", "float64", -8.0, 0.5),
    ("u + v", "float32", 1e38, 3e38),
    ("u * 0.1", "float32", 3.0, 0.0),
    ("u == 0.1", "float32", 0.1, 0.0),
    ("u > 1", "float64", NAN, 0.0),
    ("np.sqrt(u)", "float64", -1.0, 0.0),
    ("np.minimum(u, v)", "float64", NAN, 1.0),
    ("np.maximum(u, v)", "float64", 1.0, NAN),
    ("np.sign(u)", "int64", -5, 0),
    ("np.square(u)", "float64", -5.5, 0.0),
    ("np.isnan(u)", "float64", NAN, 0.0),
    ("np.clip(u, 0.0, 1.0)", "float64", NAN, 1.0),
    ("u + 2.5", "int64", 3, 0),
    ("u < 300", "int8", 100, 0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "dtype", "u", "v"), NUMPY,
                         ids=[f"{t} of {d} {u} {v}" for t, d, u, v in NUMPY])  # fmt: skip
def test_numpy_numbers(text: str, dtype: str, u: Any, v: Any) -> None:
    kind = "np.bool_" if dtype == "bool" else f"np.{dtype}"
    array = f'Annotated[NDArray[{kind}], "n"]'
    source = f"def f(x: {array}, y: {array}):\n    u = x[0]\n    v = y[0]\n    return {text}\n"
    got = outcome(source, np.array([u], dtype), np.array([v], dtype))
    assert got is not GAVE_UP


def test_an_int_that_the_dtype_cannot_hold_gives_up() -> None:
    source = 'def f(x: Annotated[NDArray[np.int8], "n"], k: int):\n    return x[0] + k\n'
    assert outcome(source, np.array([1], np.int8), 100) == np.int8(101)
    assert outcome(source, np.array([1], np.int8), 300) is GAVE_UP


STORES = [
    ("int64", "2.7", False), ("int64", "-2.7", False), ("int8", "300", True),
    ("float32", "0.1", False), ("uint8", "255", False), ("bool", "3", False),
]  # fmt: skip


@pytest.mark.parametrize(("dtype", "value", "fails"), STORES,
                         ids=[f"{v} stored as {d}" for d, v, _ in STORES])  # fmt: skip
def test_a_stored_number_is_converted(dtype: str, value: str, fails: bool) -> None:
    kind = "np.bool_" if dtype == "bool" else f"np.{dtype}"
    source = f'def f(x: Annotated[NDArray[{kind}], "n"]):\n    x[0] = {value}\n'
    program = lower_function(HEADER + source)
    assert program is not None
    assert (outcome(source, np.zeros(2, dtype)) is GAVE_UP) == fails


LOOPS = {
    "a loop else runs without break": (
        "def f(n: int, k: int) -> int:\n    r = 0\n    for i in range(n):\n        if i == k:\n"
        "            break\n        r += i\n    else:\n        r = -r\n    return r\n",
        [(5, 3), (5, 9), (0, 0)],
    ),
    "a while else runs without break": (
        "def f(n: int, k: int) -> int:\n    r = 0\n    while r * 3 < n:\n        if r == k:\n"
        "            break\n        r += 1\n    else:\n        r = -r\n    return r\n",
        [(50, 3), (5, 9), (0, 0)],
    ),
    "the loop variable keeps its last value": (
        "def f(n: int) -> int:\n    i = -5\n    for i in range(3, n, 4):\n        pass\n    return i\n",
        [(20,), (3,), (4,)],
    ),
    "assigning the loop variable does not change the iterations": (
        "def f(n: int) -> int:\n    s = 0\n    for i in range(n):\n        i = i * 2\n        s += i\n"
        "    return s\n",
        [(5,), (0,)],
    ),
    "changing the bound inside does not change the iterations": (
        "def f(n: int) -> int:\n    s = 0\n    for i in range(n):\n        n = n - 1\n        s += n\n"
        "    return s\n",
        [(5,), (0,)],
    ),
    "a step of unknown sign": (
        "def f(a: int, b: int, c: int) -> int:\n    s = 0\n    for i in range(a, b, c):\n"
        "        s = s * 3 % 1000 + i\n    return s\n",
        [(0, 10, 3), (10, 0, -3), (10, 0, 3), (0, 10, -1), (-3, 4, 7), (5, 5, 1), (0, 9, 0)],
    ),
    "a negative step": (
        "def f(n: int) -> int:\n    s = 0\n    for i in range(n - 1, -1, -2):\n        s = s * 2 + i\n"
        "    return s\n",
        [(7,), (0,), (1,)],
    ),
    "continue goes to the condition of a while that may fail": (
        "def f(x: F1, k: int) -> int:\n    c = 0\n    while x[c] > 0.0:\n        c += 1\n"
        "        if c == k:\n            continue\n        c += 1\n    return c\n",
        [(np.array([1.0, 1.0, 1.0, 0.0, 0.0]), 1), (np.array([1.0]), 1), (np.zeros(0), 1)],
    ),
    "a condition is evaluated left to right and stops early": (
        "def f(x: F1) -> int:\n    j = len(x) - 1\n    while j >= 0 and x[j] > 1.0:\n        j -= 1\n"
        "    return j\n",
        [(np.array([0.0, 2.0, 3.0]),), (np.array([2.0]),), (np.zeros(0),)],
    ),
    "break inside the else of an inner loop leaves the outer one": (
        "def f(n: int) -> int:\n    r = 0\n    for i in range(n):\n        for j in range(i):\n"
        "            r += 1\n            if r > 7:\n                break\n        else:\n"
        "            if i == 3:\n                break\n    return r\n",
        [(2,), (4,), (9,)],
    ),
    "early return": (
        "def f(x: F1, t: float) -> int:\n    for i in range(len(x)):\n        if x[i] > t:\n"
        "            return i\n    return -1\n",
        [(np.array([0.0, 2.0]), 1.0), (np.array([0.0, 2.0]), 5.0)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LOOPS)
def test_control_flow(name: str) -> None:
    source, cases = LOOPS[name]
    gave_up = [outcome(source, *args) is GAVE_UP for args in cases]
    wanted = [isinstance(python(source, copy.deepcopy(list(args))), Exception) for args in cases]
    assert gave_up == wanted


INDEX = {
    "negative constants count from the end": (
        "def f(x: F1) -> float:\n    return float(x[-1] + x[-2])\n",
        [(np.array([1.0, 2.0, 3.0]),), (np.array([1.0]),), (np.zeros(0),)],
    ),
    "a negative index of unknown sign wraps": (
        "def f(x: F1, k: int) -> float:\n    return float(x[k])\n",
        [(np.arange(3.0), k) for k in (-4, -3, -1, 0, 2, 3)],
    ),
    "a periodic neighbour wraps": (
        "def f(x: F1, out: F1) -> None:\n    n = len(x)\n    for i in range(n):\n"
        "        out[i] = x[i - 1] + x[(i + 1) % n]\n",
        [(np.arange(5.0), np.zeros(5)), (np.zeros(0), np.zeros(0)), (np.ones(3), np.zeros(2))],
    ),
    "indices from an array are checked": (
        "def f(x: F1, at: I1) -> float:\n    s = 0.0\n    for i in range(len(at)):\n"
        "        s += float(x[at[i]])\n    return s\n",
        [(np.arange(3.0), np.array(a, np.int64)) for a in ([0, 1, 2], [-1, -3], [3], [-4], [])],
    ),
    "an unreached violation does not fail": (
        "def f(x: F1, n: int) -> float:\n    s = 0.0\n    for i in range(n):\n"
        "        if i < len(x):\n            s += float(x[i])\n    return s\n",
        [(np.arange(3.0), 10), (np.arange(3.0), 2)],
    ),
    "a guard before a loop that does not run holds": (
        "def f(x: F1, n: int) -> float:\n    s = 0.0\n    for i in range(5, n):\n"
        "        s += float(x[i])\n    return s\n",
        [(np.arange(3.0), 4), (np.arange(9.0), 8), (np.arange(9.0), 10)],
    ),
    "lists of lists": (
        "def f(t: list[list[int]]) -> int:\n    s = 0\n    for i in range(len(t)):\n"
        "        row = t[i]\n        for j in range(len(row)):\n            s += row[j] * (i + 1)\n"
        "            row[j] = s\n    return s\n",
        [([[1, 2], [3, 4]],)],
    ),
    "a slice of a list is a copy": (
        "def f(t: list[int], k: int) -> int:\n    part = t[k:]\n    s = 0\n"
        "    for i in range(len(part)):\n        part[i] = part[i] + 1\n        s += part[i]\n"
        "    return s + len(part)\n",
        [([1, 2, 3], k) for k in (0, 1, 3, 5, -1, -9)],
    ),
    "views of rows and blocks": (
        "def f(x: F2, k: int) -> float:\n    part = x[1:k, ::2]\n    s = 0.0\n"
        "    for i in range(part.shape[0]):\n        for j in range(part.shape[1]):\n"
        "            part[i, j] = part[i, j] * 2.0\n            s += float(part[i, j])\n    return s\n",
        [(np.arange(12.0).reshape(3, 4), k) for k in (-5, -1, 0, 2, 3, 7)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", INDEX)
def test_indexing(name: str) -> None:
    source, cases = INDEX[name]
    gave_up = [outcome(source, *args) is GAVE_UP for args in cases]
    wanted = [isinstance(python(source, copy.deepcopy(list(args))), Exception) for args in cases]
    assert gave_up == wanted


PROVED = {
    "a nest over the shape": (
        "def f(x: F2, out: F2) -> None:\n    n, m = x.shape\n    for i in range(1, n - 1):\n"
        "        for j in range(1, m - 1):\n            x[i, j] = x[i - 1, j] + x[i, j + 1]\n", 0),
    "a table one larger than the inputs": (
        "def f(a: F1, b: F1) -> float:\n    n, m = len(a), len(b)\n    d = np.zeros((n + 1, m + 1))\n"
        "    for i in range(1, n + 1):\n        for j in range(1, m + 1):\n"
        "            d[i, j] = d[i - 1, j - 1] + a[i - 1] * b[j - 1]\n    return float(d[n, m])\n", 0),
    "a triangle": (
        "def f(x: F2) -> None:\n    for i in range(min(x.shape[0], x.shape[1])):\n"
        "        for j in range(i):\n            x[j, i] = x[i, j]\n", 0),
    "every second element": (
        "def f(x: F1) -> None:\n    for i in range(len(x) // 2):\n        x[2 * i] = x[2 * i + 1]\n", 0),
    "a counter": (
        "def f(x: F1) -> int:\n    c = 0\n    for i in range(len(x)):\n        if x[i] > 0.0:\n"
        "            c += 1\n    return c\n", 0),
    "an index modulo the length": (
        "def f(x: F1) -> None:\n    for i in range(len(x)):\n        x[i] = x[(i * 7) % len(x)]\n", 0),
    "a length that a condition compared": (
        "def f(x: F1, y: F1) -> None:\n    if len(x) != len(y):\n        return\n"
        "    for i in range(len(x)):\n        x[i] = y[i]\n", 0),
    "one guard for a nest over other bounds": (
        "def f(x: F2, n: int, m: int) -> None:\n    for i in range(n):\n        for j in range(m):\n"
        "            x[i, j] = x[i, j] + 1.0\n", 2),
    "one guard for several arrays": (
        "def f(x: F1, y: F1, n: int) -> None:\n    for i in range(1, n):\n"
        "        x[i] = x[i - 1] + y[i] + y[i - 1]\n", 1),
}  # fmt: skip


@pytest.mark.parametrize("name", PROVED)
def test_what_is_proved_is_not_checked(name: str) -> None:
    source, count = PROVED[name]
    program = legal(source)
    assert checks(program.main) == count, show(program)


def test_a_guard_stands_before_the_outermost_loop() -> None:
    program = legal(PROVED["one guard for a nest over other bounds"][0])
    first, second = program.main.body[:2]
    assert isinstance(first, Check) and isinstance(second, Check)


def test_a_check_in_a_condition_makes_an_endless_loop() -> None:
    program = legal(LOOPS["continue goes to the condition of a while that may fail"][0])
    loops = [s for s in walk_stmts(program.main.body) if isinstance(s, While)]
    assert len(loops) == 1


REFUSED = {
    "LW307": "def f(x: F1) -> F1:\n    return x + 1.0\n",
    "LW310": "def f(n: int) -> list[int]:\n    r = []\n    for i in range(n):\n        r.append(i)\n"
    "    return r\n",
    "LW308": "def f(x: float) -> float:\n    return round(x, 2)\n",
}


@pytest.mark.parametrize("code", REFUSED)
def test_refusals(code: str) -> None:
    result = Legalise().run(lower_function(HEADER + REFUSED[code]))
    assert isinstance(result, Unchanged)
    assert [d.code for d in result.declined] == [code]


def test_helpers_know_the_ranges_of_their_arguments() -> None:
    source = (
        "def g(x: F1, i: int) -> float:\n    for k in range(2):\n        if k > i:\n"
        "            return float(x[i]) * (i + 1)\n    return float(x[0])\n"
        "def f(x: F1) -> float:\n    s = 0.0\n    for i in range(len(x)):\n        s += g(x, i)\n"
        "    return s\n"
    )
    assert outcome(source, np.arange(4.0)) is not GAVE_UP


def test_int_ranges_widen_a_parameter() -> None:
    program = lower_function(HEADER + "def f(a: int) -> int:\n    return a + 1\n")
    plain, wide = Legalise().run(program), Legalise((("a", -(2**63), BIG),)).run(program)
    assert isinstance(plain, Applied) and isinstance(wide, Applied)
    assert (checks(plain.program.main), checks(wide.program.main)) == (0, 1)


def test_a_second_run_changes_nothing() -> None:
    program = legal(PROVED["a triangle"][0])
    assert Legalise().run(program) == Unchanged()


def test_a_remainder_that_is_not_evaluated_tells_nothing() -> None:
    source = (
        "def f(x: F1, a: int, b: int) -> float:\n    if b == 0 or a % b > 1:\n"
        "        return float(x[a])\n    return 0.0\n"
    )
    assert outcome(source, np.zeros(2), 7, 0) is GAVE_UP
    assert outcome(source, np.zeros(9), 7, 0) == 0.0


def test_a_divisor_is_checked_once() -> None:
    program = legal("def f(a: int, b: int) -> int:\n    c = a // b\n    return c + a % b\n")
    assert checks(program.main) == 1


def test_a_guard_is_not_placed_where_it_must_allow_for_the_worst_that_the_loop_computes() -> None:
    source = """
def f(x: F1):
    s = 0.0
    for i in range(len(x)):
        found = []
        for j in range(i + 1):
            if x[j] > 0:
                found.append(x[j])
        top = max(found)
        less = [v - top for v in found]
        for j in range(i + 1):
            s += less[j]
    return s
"""
    program = Passes(lower_function(HEADER + source)).run(compiled_passes(())).program
    x = np.arange(1.0, 8.0)
    assert rebuild(program, run(program, [x]), [x]) == python(source, [x])
    with pytest.raises(KernelFailed):
        run(program, [x - 3])


STEPS = {
    "a step": (
        "def f(x: NDArray[np.float64], y: NDArray[np.float64]) -> None:\n"
        "    for i in range(1, len(x), 2):\n"
        "        x[i] = x[i - 1] + y[i]\n"
    ),
    "halves": (
        "def f(x: NDArray[np.float64], y: NDArray[np.float64]) -> None:\n"
        "    m = len(x) // 2\n"
        "    for i in range(m):\n"
        "        for j in range(m):\n"
        "            x[i] += y[i + m - j - 1]\n"
    ),
}


@pytest.mark.parametrize("source", STEPS.values(), ids=STEPS)
def test_a_remainder_leaves_no_test_inside_the_loop(source: str) -> None:
    (loop,) = (s for s in legal(source).main.body if isinstance(s, For))
    assert not any(isinstance(s, Check) for s in walk_stmts(loop.body))
    for n in range(9):
        for m in range(n + 1):
            outcome(source, np.arange(float(n)), np.arange(float(m)))
        assert outcome(source, np.arange(float(n)), np.arange(float(n))) != GAVE_UP


def test_what_only_a_remainder_allows_is_tested_inside() -> None:
    source = """
def f(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    s = 0.0
    for i in range(0, len(x), 2):
        s += y[i + 1]
    return s
"""
    x = np.arange(8.0)
    assert outcome(source, x, x) == python(source, [x, x])
    assert outcome(source, x[:7], x[:7]) == GAVE_UP


ROWS = """
def f(x: F1, starts: I1):
    s = 0.0
    for k in range(len(starts) - 1):
        for i in range(starts[k], starts[k + 1]):
            s += x[i]
    return s
"""


def test_what_starts_and_ends_in_an_array_is_checked_before_the_loop() -> None:
    (outer,) = (s for s in legal(ROWS).main.body if isinstance(s, For))
    (inner,) = (s for s in outer.body if isinstance(s, For))
    assert not any(isinstance(s, Check) for s in inner.body)
    assert not any(isinstance(e, Select) for e in walk_exprs(inner.body))


@pytest.mark.parametrize(
    ("starts", "gives_up"),
    [
        ([0, 2, 5], False),
        ([1, 1, 4], False),
        ([4, 2, 3], False),
        ([7, 7, 7], False),
        ([9, 2, 2], False),
        ([-3, -1], True),
        ([-3, -5], False),
        ([-9, 1], True),
        ([2, 6], True),
        ([-(2**63), 2**63 - 1], True),
        ([2**63 - 1, -(2**63)], False),
        ([2**63 - 1, 2**63 - 1], False),
    ],
)
def test_ends_from_an_array(starts: list[int], gives_up: bool) -> None:
    x = np.array([0.5, 1.5, 2.5, 3.5, 4.5])
    assert (outcome(ROWS, x, np.array(starts)) is GAVE_UP) is gives_up


LINE = """
def f(x: F1, first: int, step: int, n: int, wide: bool):
    if wide:
        step = step * 4611686018427387904
    s = 0.0
    for i in range(n):
        s += x[first + i * step]
    return s
"""


@pytest.mark.parametrize(
    ("first", "step", "n", "wide", "gives_up"),
    [
        (1, 2, 4, False, False),
        (8, -2, 5, False, False),
        (0, 8, 2, False, False),
        (3, 0, 5, False, False),
        (100, 7, 0, False, False),
        (0, 8, 3, False, True),
        (-1, 2, 4, False, True),
        (1, -1, 3, False, True),
        (0, 1, 5, True, True),
        (0, 1, 1, True, False),
        (0, 0, 5, True, False),
    ],
)
def test_positions_along_a_line(first: int, step: int, n: int, wide: bool, gives_up: bool) -> None:
    x = np.arange(9.0)
    assert (outcome(LINE, x, first, step, n, wide) is GAVE_UP) is gives_up


def test_positions_along_a_line_are_tested_at_its_ends() -> None:
    (loop,) = (s for s in walk_stmts(legal(LINE).main.body) if isinstance(s, For))
    assert not any(isinstance(s, Check) for s in loop.body)


SKIPPED = {
    "a branch": "        if i * step < 3:\n            s += x[i * step]\n",
    "a condition": "        s += x[i * step] if i * step < 3 else 0.0\n",
    "a continue": "        if i * step >= 3:\n            continue\n        s += x[i * step]\n",
    "a break": "        if i * step >= 3:\n            break\n        s += x[i * step]\n",
    "an array that changes": "        x = x if i * step < 3 else np.zeros(100)\n        s += x[i * step]\n",
    "a step that changes": "        s += x[i * step]\n        step = 0\n",
}


@pytest.mark.parametrize("name", SKIPPED)
def test_a_position_that_not_every_iteration_comes_to_is_tested_on_the_spot(name: str) -> None:
    source = (
        "def f(x: F1, step: int, n: int):\n    s = 0.0\n    for i in range(n):\n"
        f"{SKIPPED[name]}    return s\n"
    )
    for step, n in ((1, 3), (1, 9), (2, 4), (0, 5)):
        assert outcome(source, np.arange(3.0), step, n) is not GAVE_UP


SMALL = """
def f(x: F1, first: int, n: int, c: float):
    s = 0.0
    for i in range(first, n):
        s += (i - n) / c + (i + 1.5) * c
        x[0] = max(i, first) + c
    return s
"""


def test_an_int_that_floats_hold_is_shown_to_be_small_before_the_loop() -> None:
    (loop,) = (s for s in walk_stmts(legal(SMALL).main.body) if isinstance(s, For))
    reasons = [s.reason for s in walk_stmts(loop.body) if isinstance(s, Check)]
    assert not any("2**53" in r or "beyond" in r for r in reasons), reasons
    for first, n in ((0, 3), (-7, -4), (2**31 - 2, 2**31), (-(2**31), -(2**31) + 2), (5, 1)):
        assert outcome(SMALL, np.zeros(2), first, n, 0.25) is not GAVE_UP


def test_squares_of_large_integers_are_modulo_two_to_the_64() -> None:
    source = """
def f(g: I1, n: int) -> int:
    for _ in range(n):
        for i in range(g.shape[0]):
            g[i] += np.square(g[i])
    return n
"""
    assert outcome(source, np.array([64, -1, -2, 3, 2**62, -(2**63)]), 7) != GAVE_UP


def test_a_step_of_either_sign_is_no_reason_to_give_up() -> None:
    source = """
def f(x: NDArray[np.float64], y: NDArray[np.float64], by: int) -> None:
    for i in range(0, len(x) - by, by):
        x[i] = x[i + by] + y[i]
"""
    for n in range(6):
        for m in (0, 1, n, n + 2):
            for by in (-3, -1, 1, 2, 3):
                x, y = np.arange(float(n)), np.arange(float(m))
                gave_up = outcome(source, x, y, by) == GAVE_UP
                assert not gave_up or m < n or by < 0
