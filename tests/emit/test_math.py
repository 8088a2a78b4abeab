"""Every function of `math` that is emitted compiles, and gives what CPython gives."""

from __future__ import annotations

import math

import numpy as np
from conftest import Load
from levels import levels

from loopwright.frontend.lower_source import lower_function
from loopwright.pipeline import Passes, compiled_passes

ONE = [
    "sqrt",
    "log",
    "log2",
    "log10",
    "log1p",
    "exp",
    "expm1",
    "exp2",
    "cbrt",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "atanh",
    "gamma",
    "lgamma",
    "erf",
    "erfc",
    "fabs",
    "floor",
    "ceil",
    "trunc",
    "degrees",
    "radians",
    "isnan",
    "isinf",
    "isfinite",
]
TWO = ["fmod", "pow", "atan2", "copysign", "hypot"]


def test_numba_compiles_the_functions_of_math() -> None:
    calls = [f"math.{name}(x)" for name in ONE] + [f"math.{name}(x, y)" for name in TWO]
    calls += ["math.acosh(1.0 + x)", "math.gcd(m, n)"]
    signature = "x: float, y: float, m: int, n: int"
    program = lower_function(f"def f({signature}):\n    return {', '.join(calls)}\n")
    (kernel,) = [
        k.kernel for k in levels(program, ["numba-compiled"]) if k.name == "numba-compiled"
    ]
    given = {"x": 0.625, "y": -0.75, "m": 12, "n": 18}
    got = kernel([given[p.name] for p in program.main.params])
    want = eval(f"({', '.join(calls)})", {"math": math, **given})
    assert [type(v) for v in got] == [type(v) for v in want]
    for call, a, b in zip(calls, got, want, strict=True):
        assert math.isclose(a, b, rel_tol=1e-15), call


def test_c_has_the_gamma_functions(load: Load) -> None:
    source = "import math\n\ndef f(x: float):\n    return math.gamma(x), math.lgamma(x)\n"
    low = Passes(lower_function(source)).run(compiled_passes(())).program
    kernel = load("cython", {"k": low}).k
    for x in (0.625, 7.0, -1.75, 170.5):
        ok, *got = kernel(x)
        assert ok
        np.testing.assert_allclose(got, [math.gamma(x), math.lgamma(x)], rtol=1e-14)
    assert not kernel(-2.0)[0] and not kernel(1e300)[0]
