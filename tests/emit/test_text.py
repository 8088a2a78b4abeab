"""The emitted text: readable, the same every time, and left alone by formatters."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from loopwright.diagnostics import Declined, Span
from loopwright.emit import BACKENDS, by_name
from loopwright.ir.nodes import (
    Alloc,
    Assign,
    Binary,
    Call,
    Check,
    Compare,
    Const,
    Dim,
    Draw,
    Expr,
    For,
    Func,
    Invoke,
    Load,
    Program,
    Pt,
    Return,
    Store,
    Sym,
    Value,
    Var,
)
from loopwright.ir.types import B1, F64, I64, INT, Array, Rng

VECTOR = Array("float64", 1)


def at(line: int) -> Span:
    return Span(line, 4, line, 20)


def ints(value: int) -> Const:
    return Const(value, I64)


def scaled() -> Program:
    """`out[i] = root(x[i - 1] + step)`, where the helper `root` gives up on negative numbers."""
    v, r = Sym("v", F64), Sym("r", F64)
    root = Func(
        "root",
        (v,),
        (F64,),
        (
            Check(Compare("ge", Var(v), Const(0.0, F64), B1), "math domain error", at(2)),
            Assign(r, Call("math.sqrt", (Var(v),), F64), at(3)),
            Return((Var(r),), at(3)),
        ),
        at(1),
        "low",
    )
    x, step, i = Sym("x", VECTOR), Sym("step", F64), Sym("i", I64)
    start, out, y = Sym("start", I64), Sym("out", VECTOR), Sym("y", F64)
    before: Expr = Load(Var(x), (Pt(Binary("sub", Var(i), Var(start), I64)),), F64)
    loop = For(
        i,
        Var(start),
        Dim(Var(x), 0, I64),
        ints(1),
        (
            Invoke((y,), "root", (Binary("add", before, Var(step), F64),), at(8)),
            Store(out, (Pt(Var(i)),), Var(y), at(9)),
        ),
        (),
        at(7),
    )
    main = Func(
        "scaled",
        (x, step, start),
        (VECTOR,),
        (
            Assign(out, Alloc((Dim(Var(x), 0, I64),), Const(0.0, F64), VECTOR), at(6)),
            loop,
            Return((Var(out),), at(10)),
        ),
        at(5),
        "low",
    )
    return Program(main, Value(0, VECTOR), (root,))


NUMBA = """\
@njit(cache=True, nogil=True, error_model="numpy", boundscheck=False)
def k_root(v):
    if not (v >= 0.0):  # line 2: math domain error
        return False, 0.0
    r = math.sqrt(v)
    return True, r


@njit(cache=True, nogil=True, error_model="numpy", boundscheck=False)
def k_fails():
    return False, np.empty(0, np.float64)


@njit(
    "(Array(float64, 1, 'C', True), float64, int64)",
    cache=True,
    nogil=True,
    error_model="numpy",
    boundscheck=False,
)
def k(x, step, start):
    out = np.zeros(x.shape[0], np.float64)
    for i in range(start, x.shape[0]):  # line 7
        ok, y = k_root(x[np.uintp(i - start)] + step)  # line 8
        if not ok:
            return k_fails()
        out[np.uintp(i)] = y
    return True, out
"""

CYTHON = """\
@cython.cfunc
@cython.nogil
@cython.boundscheck(False)
@cython.wraparound(False)
@cython.cdivision(True)
@cython.initializedcheck(False)
@cython.exceptval(check=False)
def k_root(v: cython.double) -> tuple[cython.bint, cython.double]:
    r: cython.double
    if not (v >= 0.0):  # line 2: math domain error
        return (False, 0)
    r = cm.sqrt(v)
    return (True, r)


@cython.boundscheck(False)
@cython.wraparound(False)
@cython.cdivision(True)
@cython.initializedcheck(False)
def k(x: cython.const[cython.double][::1], step: cython.double, start: cython.longlong):
    out: cython.double[::1]
    i: cython.longlong
    y: cython.double
    ok: cython.bint
    out = np.zeros(x.shape[0], np.float64)
    for i in range(start, x.shape[0]):  # line 7
        ok, y = k_root(x[i - start] + step)  # line 8
        if not ok:
            return (False, None)
        out[i] = y
    return (True, out.base)
"""


@pytest.mark.parametrize(("backend", "expected"), [("numba", NUMBA), ("cython", CYTHON)])
def test_text_reads_like_the_program(backend: str, expected: str) -> None:
    made = by_name(backend).emit(scaled(), "k")
    assert not isinstance(made, Declined)
    assert made.text == expected


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda b: b.name)
def test_text_is_the_same_every_time(backend: object) -> None:
    maker = by_name(backend.name)  # type: ignore[attr-defined]
    assert maker.emit(scaled(), "k") == maker.emit(scaled(), "k")


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda b: b.name)
@pytest.mark.parametrize(
    "tool",
    [
        "ruff format --check -q --line-length 100",
        "black --check -q",
        "ruff check -q --isolated --ignore F401",
    ],
)
def test_formatters_leave_it_alone(backend: object, tool: str, tmp_path: Path) -> None:
    maker = by_name(backend.name)  # type: ignore[attr-defined]
    made = maker.emit(scaled(), "k")
    assert not isinstance(made, Declined)
    path = tmp_path / "kernels.py"
    path.write_text(f"{maker.prelude}\n\n{made.text}", encoding="utf-8")
    command = [sys.executable, "-m", *tool.split(), str(path)]
    assert subprocess.run(command, check=False, timeout=60).returncode == 0


def test_a_shuffle_has_no_form_in_array_code() -> None:
    rng, x = Sym("rng", Rng()), Sym("x", INT)
    body = (Draw(x, rng, "interval", (Const(3, INT),), at(2)), Return((Var(x),), at(3)))
    program = Program(Func("f", (rng,), (INT,), body, at(1)), Value(0, INT))
    made = by_name("numpy").emit(program, "f")
    assert isinstance(made, Declined)
    assert made.code == "LW102"
    assert made.at == at(2)


def test_an_unknown_backend_is_named_with_the_known_ones() -> None:
    with pytest.raises(KeyError, match="no backend `fortran`; there are numba, cython, numpy"):
        by_name("fortran")
