"""The low-level intrinsics in Python, and the exception of a kernel that gives up.

Text made by `show` imports both.
"""

from __future__ import annotations

import numpy as np

from loopwright.diagnostics import NOWHERE, Span

INT64 = range(-(2**63), 2**63)


class KernelFailed(Exception):
    """The kernel gives up; the original code runs instead."""

    def __init__(self, reason: str, span: Span = NOWHERE) -> None:
        super().__init__(reason)
        self.reason = reason
        self.span = span


def add_ok(a: int | np.int64, b: int | np.int64) -> np.bool:
    """The exact sum fits int64."""
    return np.bool(int(a) + int(b) in INT64)


def sub_ok(a: int | np.int64, b: int | np.int64) -> np.bool:
    """The exact difference fits int64."""
    return np.bool(int(a) - int(b) in INT64)


def mul_ok(a: int | np.int64, b: int | np.int64) -> np.bool:
    """The exact product fits int64."""
    return np.bool(int(a) * int(b) in INT64)


def trunc_int(x: float | np.float64) -> np.int64:
    """Towards zero; AssertionError beyond int64, where compiled code is undefined."""
    assert -(2.0**63) <= x < 2.0**63, f"trunc_int of {x}"
    return np.int64(int(x))
