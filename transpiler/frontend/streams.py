"""Functions of modules that draw from the stream of their module: `random` and `numpy.random`."""

from __future__ import annotations

from loopwright.ir.types import RngForm

FORMS: dict[str, RngForm] = {"random": "Random", "numpy.random": "RandomState"}
"""The modules, and the class of the object that each keeps its stream in."""

METHODS: dict[RngForm, frozenset[str]] = {
    "Random": frozenset(
        """choice choices expovariate gauss getrandbits lognormvariate normalvariate paretovariate randint
        random randrange sample shuffle triangular uniform weibullvariate""".split()  # noqa: SIM905
    ),
    "RandomState": frozenset(
        """binomial choice exponential laplace logistic normal permutation poisson rand randint randn
        random random_sample shuffle standard_exponential standard_normal triangular
        uniform""".split()  # noqa: SIM905
    ),
}
"""What of the methods is covered, and of the functions of the same name."""


def drawing(name: str) -> tuple[str, str] | None:
    """Module and name of the function that the dotted `name` means, if it draws from a module's stream
    and is covered."""
    module, _, function = name.rpartition(".")
    form = FORMS.get(module)
    return None if form is None or function not in METHODS[form] else (module, function)


def stream_key(module: str) -> str:
    """The name for the stream of a module, which is no variable's."""
    return f"module {module}"
