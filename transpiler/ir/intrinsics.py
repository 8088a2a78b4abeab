"""The closed table of what `Call.fn` may name.

A name means what the Python function of that name means: `math.*` and the builtins on Python
numbers, `np.*` on NumPy scalars and arrays (element-wise, with broadcasting). In high IR the Python
functions fail where Python raises (`can_fail`). In low IR a `math.*` call is the C function on
machine numbers, which never fails: whatever Python would raise there has been checked before;
`np.*`, `special.*` (`scipy.special`) and `vec.*` are the same as in high IR. `lw.*` exists in low IR
only and is emitted by `legalise`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["scalar", "elementwise", "array"]


@dataclass(frozen=True, slots=True)
class Intrinsic:
    """One row of the table.

    `scalar`: numbers in, a number out. `elementwise`: the same on arrays too, with broadcasting.
    `array`: looks at a whole array; a backend for compiled code may lack it. `arity` is the least
    and the greatest number of arguments (None: any). `can_fail` holds for high IR on arguments of
    the right type.
    """

    name: str
    kind: Kind
    arity: tuple[int, int | None]
    can_fail: bool
    doc: str


def _math(names: str, arity: int, can_fail: bool, doc: str) -> tuple[Intrinsic, ...]:
    return tuple(
        Intrinsic(f"math.{n}", "scalar", (arity, arity), can_fail, doc) for n in names.split()
    )


def _ufuncs(names: str, arity: int, doc: str) -> tuple[Intrinsic, ...]:
    return tuple(
        Intrinsic(f"np.{n}", "elementwise", (arity, arity), False, doc) for n in names.split()
    )


def _array(
    name: str, least: int, most: int | None, doc: str, can_fail: bool = True
) -> tuple[Intrinsic, ...]:
    return (Intrinsic(f"np.{name}", "array", (least, most), can_fail, doc),)


def _low(name: str, arity: int, doc: str) -> tuple[Intrinsic, ...]:
    return (Intrinsic(f"lw.{name}", "scalar", (arity, arity), False, doc),)


_MATH = (
    *_math(
        "sqrt log log2 log10 log1p exp exp2 expm1 cbrt sin cos tan asin acos atan sinh cosh tanh "
        "asinh acosh atanh gamma lgamma",
        1,
        True,
        "Python float to float; fails on a domain error (NaN from a number) and on overflow "
        "(infinity from finite arguments).",
    ),
    *_math("erf erfc fabs degrees radians", 1, False, "Python float to float; total."),
    *_math("fmod pow", 2, True, "C's function, with Python's domain and overflow errors."),
    *_math(
        "remainder", 2, True, "IEEE 754 remainder (quotient half even); fails as `math.fmod` does."
    ),
    *_math("atan2 copysign", 2, False, "C's function; total."),
    Intrinsic(
        "math.hypot",
        "scalar",
        (2, 2),
        False,
        "CPython's own scaled algorithm, within 1 ulp; the C function may differ in the last bit.",
    ),
    *_math(
        "floor ceil trunc",
        1,
        True,
        "Python float to int; fails on NaN and infinities. Legalised to `lw.trunc_int(np.*(x))`.",
    ),
    *_math("isnan isinf isfinite", 1, False, "Number to bool."),
    *_math("gcd", 2, False, "Greatest common divisor of two ints, >= 0; gcd(0, 0) is 0."),
    *_math("isqrt factorial", 1, True, "Exact on int; fails on a negative argument."),
    *_math("comb perm", 2, True, "Exact on int; fails on a negative argument."),
)

_BUILTINS = (
    Intrinsic(
        "abs",
        "scalar",
        (1, 1),
        True,
        "Builtin `abs` of a Python number or NumPy scalar; a signed NumPy integer wraps at its "
        "least value; fails on overflow of a Python complex.",
    ),
    Intrinsic(
        "round",
        "scalar",
        (1, 2),
        True,
        "Builtin `round`. One argument: Python float to int, half to even, fails on NaN and "
        "infinities. Two: the second is a Const int; Python float: the decimally correct rounding "
        "(via the shortest repr), type float; NumPy scalar: `np.round` (scale, rint, unscale).",
    ),
    Intrinsic(
        "min2",
        "scalar",
        (2, 2),
        False,
        "`min(a, b)`: b if b < a, else a. So a NaN in a stays and a NaN in b is ignored. The type "
        "is that of both arguments.",
    ),
    Intrinsic(
        "max2", "scalar", (2, 2), False, "`max(a, b)`: b if b > a, else a; otherwise as `min2`."
    ),
    Intrinsic("complex", "scalar", (2, 2), False, "`complex(re, im)` of two real numbers."),
)

_UFUNCS = (
    *_ufuncs(
        "sqrt cbrt exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh "
        "tanh arcsinh arccosh arctanh degrees radians",
        1,
        "NumPy's ufunc: NaN and infinities instead of errors. Integers are computed in float64 "
        "(small ones in the float type that NumPy picks); the result type says which.",
    ),
    *_ufuncs("arctan2 hypot copysign", 2, "C's function in the float type of the result."),
    *_ufuncs(
        "fmod", 2, "C's remainder, sign of the dividend; for integers 0 where the divisor is 0."
    ),
    *_ufuncs(
        "floor ceil trunc rint",
        1,
        "Rounding to an integral float (rint: half to even); integers stay as they are, except "
        "that rint makes floats of them.",
    ),
    *_ufuncs("absolute", 1, "|x|; a signed integer wraps at its least value; complex gives hypot."),
    *_ufuncs("fabs", 1, "|x| in floating point."),
    *_ufuncs("sign", 1, "-1, 0 or 1 in the type of x; NaN stays NaN; complex: x / |x|."),
    *_ufuncs("square", 1, "x * x in the type of x."),
    *_ufuncs("reciprocal", 1, "1 / x in the type of x (integers truncate)."),
    *_ufuncs("isnan isinf isfinite signbit", 1, "To bool."),
    *_ufuncs("logical_and logical_or logical_xor", 2, "On truth values (NaN is true); to bool."),
    *_ufuncs("logical_not", 1, "On truth values; to bool."),
    *_ufuncs("fmin fmax", 2, "Minimum and maximum that ignore NaN unless both are NaN."),
    *_ufuncs("logaddexp", 2, "log(exp(a) + exp(b)) by NumPy's formula."),
    *_ufuncs("heaviside", 2, "0, b or 1 as a is negative, zero or positive; NaN stays NaN."),
    *_ufuncs("nextafter", 2, "The neighbour of a towards b."),
    *_ufuncs("gcd", 2, "Greatest common divisor of integers, >= 0."),
    *_ufuncs("real imag", 1, "Part of a complex number; of a real one itself and 0."),
    *_ufuncs("conj", 1, "Complex conjugate; a real number is itself."),
    Intrinsic(
        "np.where",
        "elementwise",
        (3, 3),
        False,
        "`np.where(cond, a, b)`: all three are evaluated, the result has the promoted type.",
    ),
    Intrinsic(
        "np.clip",
        "elementwise",
        (3, 3),
        False,
        "`np.clip(x, lo, hi)`: minimum(maximum(x, lo), hi) with NaN winning; hi wins if lo > hi.",
    ),
    Intrinsic(
        "np.round",
        "elementwise",
        (2, 2),
        False,
        "`np.round(x, n)` with n a Const int: rint(x * 10**n) / 10**n (divided first if n < 0).",
    ),
)

_ARRAYS = (
    *_array("arange", 3, 3, "`(start, stop, step)` in the dtype of the result; step != 0."),
    *_array(
        "linspace",
        4,
        4,
        "`np.linspace(start, stop, num, endpoint)`: num an int >= 0, endpoint a Const bool.",
    ),
    *_array("eye", 3, 3, "`np.eye(n, m, k)` in the dtype of the result; k a diagonal."),
    *_array("diff", 1, 1, "First differences along the last axis; booleans by `!=`."),
    *_array(
        "concatenate",
        2,
        None,
        "First argument: the axis, a Const int >= 0; then the arrays. Fails on unequal shapes.",
    ),
    *_array("stack", 2, None, "As `np.concatenate`, along a new axis."),
    *_array("sort", 2, 2, "A sorted copy along a Const axis; NaN last."),
    *_array(
        "argsort",
        3,
        3,
        "`(x, axis, stable)`, both Const; int64. Not stable: the order of ties is the library's.",
    ),
    *_array(
        "searchsorted",
        3,
        3,
        "`(a, v, right)`: insertion points in the sorted 1-D a of a number or array v; right a "
        "Const bool; int64.",
        can_fail=False,
    ),
    *_array("bincount", 2, 2, "`(x, minlength)` of 1-D non-negative integers; int64."),
    *_array("bincount_weights", 3, 3, "`(x, weights, minlength)`; sums in order; float64."),
    *_array("flatnonzero", 1, 1, "Positions of nonzeros, flattened; int64.", can_fail=False),
    *_array("unique", 1, 1, "The sorted distinct elements, flattened.", can_fail=False),
    *_array("diag", 2, 2, "`(x, k)`: 1-D to a square matrix, 2-D to its k-th diagonal (a copy)."),
    *_array("tril", 2, 2, "`(x, k)`: zeros above the k-th diagonal, a copy.", can_fail=False),
    *_array("triu", 2, 2, "`(x, k)`: zeros below the k-th diagonal, a copy.", can_fail=False),
    *_array("roll", 3, 3, "`(x, shift, axis)` with a Const axis.", can_fail=False),
    *_array("repeat", 3, 3, "`(x, n, axis)` with n one int and a Const axis."),
    *_array("tile", 2, None, "`(x, reps...)`: as many reps as axes."),
    *_array("flip", 2, 2, "`(x, axis)` with a Const axis: a view.", can_fail=False),
    *_array("median", 1, 1, "Of all elements; NaN if there is one or none."),
    *_array("linalg.solve", 2, 2, "LAPACK gesv; fails on a singular matrix."),
    *_array("linalg.inv", 1, 1, "LAPACK gesv; fails on a singular matrix."),
    *_array("linalg.det", 1, 1, "LAPACK getrf; fails unless the matrix is square."),
    *_array("linalg.slogdet", 1, 1, "Sign and logarithm as an array of two; LAPACK getrf."),
    *_array("linalg.cholesky", 1, 1, "LAPACK potrf; fails unless the matrix is positive definite."),
    *_array("linalg.pinv", 1, 1, "By singular values, with NumPy's cutoff."),
    *_array("linalg.matrix_rank", 1, 1, "Singular values beyond NumPy's tolerance; int64."),
    *_array("linalg.eigvalsh", 1, 1, "Ascending, of the lower triangle; LAPACK syevd."),
    *_array("linalg.eigh", 1, 1, "As one matrix: the eigenvalues above the vectors; LAPACK syevd."),
)

_SPECIAL = tuple(
    Intrinsic(f"special.{name}", "elementwise", (arity, arity), False, doc)
    for names, arity, doc in (
        (
            "psi gammaln gamma erf erfc expit logit ndtr log_ndtr ndtri erfcinv entr exprel i0 i1 j0 j1",
            1,
            "The ufunc of `scipy.special`, in float64.",
        ),
        (
            "xlogy xlog1py betaln beta binom gammainc gammaincc rel_entr kl_div",
            2,
            "The ufunc of `scipy.special`, in float64.",
        ),
    )
    for name in names.split()
)

LINALG = frozenset(row.name for row in _ARRAYS if row.name.startswith("np.linalg."))
"""Functions that LAPACK computes, and that raise what the caller is to see as "gave up"."""

_LOW = (
    *_low("add_ok", 2, "np.bool: the exact a + b of two int64 fits int64."),
    *_low("sub_ok", 2, "np.bool: the exact a - b of two int64 fits int64."),
    *_low("mul_ok", 2, "np.bool: the exact a * b of two int64 fits int64."),
    *_low("trunc_int", 1, "float64 to int64 towards zero; x is in range and not NaN."),
)

_ARC = ("asin", "acos", "atan", "asinh", "acosh", "atanh", "atan2")
_C_MATH = {
    1: "exp exp2 expm1 log log2 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh "
    "atanh erf erfc",
    2: "atan2",
}
_VECTOR = tuple(
    Intrinsic(
        f"vec.{name}",
        "scalar",
        (arity, arity),
        False,
        "C's function up to 4 units in the last place, as libraries for vectors compute it.",
    )
    for arity, names in _C_MATH.items()
    for name in names.split()
)

ALL: tuple[Intrinsic, ...] = (
    *_MATH, *_BUILTINS, *_UFUNCS, *_SPECIAL, *_ARRAYS, *_LOW, *_VECTOR,
)  # fmt: skip

TABLE: dict[str, Intrinsic] = {row.name: row for row in ALL}


def intrinsic(name: str) -> Intrinsic:
    """The row of `name`; KeyError if there is none."""
    return TABLE[name]


def is_special(name: str) -> bool:
    """True for functions of `scipy.special`, which need SciPy."""
    return name.startswith("special.")


def is_view(name: str) -> bool:
    """True for whole-array functions whose result shares memory with the first argument."""
    return name == "np.flip"


VECTOR_FORM: dict[str, str] = {
    fn: row.name
    for row in _VECTOR
    for name in (row.name.removeprefix("vec."),)
    for fn in (f"math.{name}", f"np.{name.replace('a', 'arc', 1) if name in _ARC else name}")
    if fn in TABLE
}
"""The form for vectors of functions on machine numbers. Not among them are those whose exact results people
rely on and libraries for vectors miss: log10(1e14) is 14, cbrt(250047) is 63, hypot(x, 0) is abs(x)."""
