"""What a `Draw` may take from a `numpy.random.Generator`: its methods, their parameters and domains.

Each method takes the same random bits and rounds in the same places as NumPy's C code for one number
(numpy/random/src/distributions), so that the stream stays NumPy's. `interval` is no method of a Generator
but what its `shuffle` is made of: an integer in [0, top] by masked rejection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from loopwright.ir.types import DType

DrawMethod: TypeAlias = Literal[
    "random", "normal", "standard_normal", "uniform", "integers", "interval", "exponential",
    "standard_exponential", "gamma", "standard_gamma", "beta", "chisquare", "laplace", "logistic",
    "lognormal", "rayleigh", "weibull", "pareto", "power", "standard_t", "standard_cauchy", "triangular",
    "poisson", "binomial", "geometric",
]  # fmt: skip

Range: TypeAlias = Literal["any", "positive", "not negative", "fraction", "success", "few", "rate"]
"""Which numbers a parameter admits; NumPy raises for others. Some are narrower than NumPy's, where what
lies outside is not worth a test. `fraction` is [0, 1], `success` a probability of at least 1e-9, `few` an
int64 in [0, 2**31), `rate` is [0, 1e15]."""

LIMITS: dict[Range, tuple[float, float]] = {
    "fraction": (0.0, 1.0),
    "success": (1e-9, 1.0),
    "rate": (0.0, 1e15),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """`default` is None if the argument must be given."""

    name: str
    default: float | None = None
    range: Range = "any"
    dtype: DType = "float64"


@dataclass(frozen=True, slots=True)
class Distribution:
    """`result` is the dtype of what is drawn; one number is handed out as a Python number of that kind."""

    params: tuple[Parameter, ...] = ()
    result: DType = "float64"


def _scaled(first: str, loc: float, second: str, scale: float) -> Distribution:
    return Distribution((Parameter(first, loc), Parameter(second, scale, "not negative")))


def _shaped(name: str) -> Distribution:
    return Distribution((Parameter(name, None, "positive"),))


DISTRIBUTIONS: dict[DrawMethod, Distribution] = {
    "random": Distribution(),
    "standard_normal": Distribution(),
    "standard_exponential": Distribution(),
    "standard_cauchy": Distribution(),
    "normal": _scaled("loc", 0.0, "scale", 1.0),
    "laplace": _scaled("loc", 0.0, "scale", 1.0),
    "logistic": _scaled("loc", 0.0, "scale", 1.0),
    "lognormal": _scaled("mean", 0.0, "sigma", 1.0),
    "uniform": Distribution((Parameter("low", 0.0), Parameter("high", 1.0))),
    "exponential": Distribution((Parameter("scale", 1.0, "not negative"),)),
    "rayleigh": Distribution((Parameter("scale", 1.0, "not negative"),)),
    "standard_gamma": Distribution((Parameter("shape", None, "not negative"),)),
    "gamma": Distribution(
        (Parameter("shape", None, "not negative"), Parameter("scale", 1.0, "not negative"))
    ),
    "beta": Distribution((Parameter("a", None, "positive"), Parameter("b", None, "positive"))),
    "chisquare": _shaped("df"),
    "standard_t": _shaped("df"),
    "pareto": _shaped("a"),
    "power": _shaped("a"),
    "weibull": Distribution((Parameter("a", None, "not negative"),)),
    "triangular": Distribution((Parameter("left"), Parameter("mode"), Parameter("right"))),
    "poisson": Distribution((Parameter("lam", 1.0, "rate"),), "int64"),
    "binomial": Distribution(
        (Parameter("n", None, "few", "int64"), Parameter("p", None, "fraction")), "int64"
    ),
    "geometric": Distribution((Parameter("p", None, "success"),), "int64"),
}
"""All but those of integers."""


def inside(value: float, wanted: Range) -> bool:
    """Whether a constant lies in the range of a parameter."""
    match wanted:
        case "any":
            return True
        case "positive" | "not negative":
            return value > 0
        case "few":
            return 0 <= value < 2**31
        case "fraction" | "success" | "rate":
            least, most = LIMITS[wanted]
            return least <= value <= most
