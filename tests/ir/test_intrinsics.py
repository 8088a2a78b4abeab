"""The table of intrinsics against the libraries whose names it uses."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.special

from loopwright.ir import machine
from loopwright.ir.intrinsics import ALL, TABLE, Intrinsic

SPECIAL = {"np.bincount_weights", "np.where"}


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.name)
def test_a_name_is_the_name_of_a_function(row: Intrinsic) -> None:
    family, _, name = row.name.partition(".")
    match family:
        case "math" | "vec":
            assert callable(getattr(math, name, None) or getattr(np, name))
        case "np":
            owner = np.linalg if name.startswith("linalg.") else np
            assert row.name in SPECIAL or callable(getattr(owner, name.removeprefix("linalg.")))
        case "special":
            assert getattr(scipy.special, name).nin == row.arity[0]
        case "lw":
            assert callable(getattr(machine, name))
        case _:
            assert family in ("abs", "round", "min2", "max2", "complex")


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.name)
def test_an_elementwise_ufunc_takes_its_number_of_arguments(row: Intrinsic) -> None:
    func = getattr(np, row.name.removeprefix("np."), None)
    if row.kind == "elementwise" and isinstance(func, np.ufunc):
        assert row.arity == (func.nin, func.nin)


def test_names_are_unique() -> None:
    assert len(TABLE) == len(ALL)


EDGE = (0, 1, -1, 2**62, -(2**62), 2**63 - 1, -(2**63), 3037000500, -3037000500)


@pytest.mark.parametrize("a", EDGE)
@pytest.mark.parametrize("b", EDGE)
def test_overflow_predicates_are_exact(a: int, b: int) -> None:
    fits = range(-(2**63), 2**63)
    assert machine.add_ok(np.int64(a), np.int64(b)) == (a + b in fits)
    assert machine.sub_ok(np.int64(a), np.int64(b)) == (a - b in fits)
    assert machine.mul_ok(np.int64(a), np.int64(b)) == (a * b in fits)


@pytest.mark.parametrize("x", [math.nan, math.inf, 2.0**63, -(2.0**63) - 2048])
def test_truncation_out_of_range_is_a_bug(x: float) -> None:
    with pytest.raises(AssertionError):
        machine.trunc_int(x)


def test_truncation_is_towards_zero() -> None:
    assert [machine.trunc_int(x) for x in (2.9, -2.9, -(2.0**63))] == [2, -2, -(2**63)]
