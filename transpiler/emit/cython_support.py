"""Small C functions that Cython kernels call where C's operators mean another thing than NumPy's.

Each is written for one C type, beside the kernel that uses it, and is inlined by the C compiler.
"""

from __future__ import annotations

from collections.abc import Mapping

from loopwright.emit.cython_types import scalar_type
from loopwright.emit.layout import wrapped
from loopwright.ir.text import Lines
from loopwright.ir.types import DType, kind_of

INLINE = (
    "@cython.cfunc",
    "@cython.inline",
    "@cython.nogil",
    "@cython.cdivision(True)",
    "@cython.exceptval(check=False)",
)

BODIES: Mapping[str, tuple[str, ...]] = {
    "plus": ("return a + b",),
    "minus": ("return a - b",),
    "minimum": ("return a if a < b or a != a else b",),
    "maximum": ("return a if a > b or a != a else b",),
    "min2": ("return b if b < a else a",),
    "max2": ("return b if b > a else a",),
    "absolute": ("return -a if a < 0 else a",),
    "square": ("return a * a",),
    "sign": ("return (a > 0) - (a < 0)",),
    "fsign": ("return a if a != a else (a > 0) - (a < 0)",),
    # C's division truncates
    "floordiv": (
        "q: {c} = a // b",
        "return q - (q * b != a and (a < 0) != (b < 0))",
    ),
    "mod": (
        "r: {c} = a % b",
        "return r + b if r != 0 and (r < 0) != (b < 0) else r",
    ),
    # CPython's float_divmod, which NumPy's npy_divmod follows
    "ffloordiv": (
        "if b == 0:",
        "    return a / b",
        "m: {c} = cm.fmod{f}(a, b)",
        "q: {c} = (a - m) / b",
        "if m != 0 and (b < 0) != (m < 0):",
        "    q = q - 1",
        "if q == 0:",
        "    return cm.copysign{f}(0, a / b)",
        "whole: {c} = cm.floor{f}(q)",
        "return whole + 1 if q - whole > 0.5 else whole",
    ),
    "fmod": (
        "m: {c} = cm.fmod{f}(a, b)",
        "if b == 0:",
        "    return m",
        "if m == 0:",
        "    return cm.copysign{f}(0, b)",
        "return m + b if (b < 0) != (m < 0) else m",
    ),
    "power": (
        "r: {c} = 1",
        "while b > 0:",
        "    if b & 1:",
        "        r = r * a",
        "    a = a * a",
        "    b = b >> 1",
        "return r",
    ),
    "gcd": (
        "t: {c}",
        "while b != 0:",
        "    t = a % b if b != -1 else 0",
        "    a = b",
        "    b = t",
        "return -a if a < 0 else a",
    ),
    "logaddexp": (
        "if a == b:",
        "    return a + {log2}",
        "d: {c} = a - b",
        "if d > 0:",
        "    return a + cm.log1p{f}(cm.exp{f}(-d))",
        "if d <= 0:",
        "    return b + cm.log1p{f}(cm.exp{f}(d))",
        "return d",
    ),
    "isfinite": ("return a - a == 0",),
    "isinf": ("return a == a and a - a != 0",),
}
"""Statements of each function of `a` (and `b`) in the C type `{c}`; `{f}` is libm's suffix."""

TRUTH = frozenset({"isfinite", "isinf"})
ONE = frozenset({"absolute", "square", "sign", "fsign", "isfinite", "isinf"})


def support(function: str, name: str, dtype: DType) -> str:
    """Text of the support function `function` for `dtype`, under the name `name`."""
    c = scalar_type(dtype)
    words = {
        "c": c,
        "f": "f" if dtype == "float32" else "",
        "log2": "0.6931471805599453",
    }
    lines = Lines()
    lines.add(*INLINE)
    params = [f"a: {c}"] if function in ONE else [f"a: {c}", f"b: {c}"]
    result = "cython.bint" if function in TRUTH else c
    *first, header = wrapped(f"def {name}", params, f" -> {result}:")
    lines.add(*first)
    with lines.block(header):
        lines.add(*(row.format(**words) for row in BODIES[function]))
    return str(lines)


def variant(function: str, dtype: DType) -> str:
    """The function for a dtype: floats have their own remainder, floor division and sign."""
    return f"f{function}" if kind_of(dtype) == "f" and f"f{function}" in BODIES else function
