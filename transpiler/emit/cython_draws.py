"""Draws in C: calls of NumPy's own distributions, from the static library that NumPy ships for that."""

from __future__ import annotations

from collections.abc import Iterable

from loopwright.ir.draws import DrawMethod

IMPORTS = """\
from cython.cimports.cpython.pycapsule import PyCapsule_GetPointer
from cython.cimports.numpy.random import bitgen_t
from cython.cimports.numpy.random import c_distributions as npr\
"""
"""What a module needs besides the prelude if a kernel of it draws. `build` links for it."""

NAMES = ("PyCapsule_GetPointer", "bitgen_t", "npr")
BITS = "cython.pointer(bitgen_t)"
"""The C type of a generator."""

_FUNCTIONS: dict[DrawMethod, str] = {"random": "standard_uniform"}
_BINOMIAL = (
    "@cython.cfunc",
    "@cython.nogil",
    "@cython.exceptval(check=False)",
    "def {name}(rng: cython.pointer(bitgen_t), n: cython.longlong, p: cython.double)"
    " -> cython.longlong:",
    "    setup: npr.binomial_t",
    "    setup.has_binomial = 0",
    "    return npr.random_binomial(rng, p, n, cython.address(setup))",
)


def bits_of(generator: str) -> str:
    """The C interface of the Generator that a Python variable holds."""
    capsule = f'PyCapsule_GetPointer({generator}.bit_generator.capsule, b"BitGenerator")'
    return f"cython.cast({BITS}, {capsule})"


def draw_call(prefix: str, method: DrawMethod, rng: str, args: list[str]) -> str:
    """The expression that draws; `integers` has two arguments."""
    match method, args:
        case "integers", [low, high]:
            width = f"cython.cast(cython.ulonglong, ({high}) - ({low}) - 1)"
            start = f"cython.cast(cython.ulonglong, {low})"
            drawn = f"npr.random_bounded_uint64({rng}, {start}, {width}, 0, False)"
            return f"cython.cast(cython.longlong, {drawn})"
        case "interval", [top]:
            drawn = f"npr.random_interval({rng}, cython.cast(cython.ulonglong, {top}))"
            return f"cython.cast(cython.longlong, {drawn})"
        case "uniform", [low, high]:
            return f"npr.random_uniform({rng}, {low}, ({high}) - ({low}))"
        case "uniform", []:
            return f"npr.random_standard_uniform({rng})"
        case "normal", []:
            return f"npr.random_standard_normal({rng})"
        case "exponential", []:
            return f"npr.random_standard_exponential({rng})"
        case "binomial", _:
            return f"{prefix}_draw_binomial({', '.join([rng, *args])})"
        case _:
            name = _FUNCTIONS.get(method, method)
            return f"npr.random_{name}({', '.join([rng, *args])})"


def draw_texts(prefix: str, methods: Iterable[DrawMethod], rngs: bool) -> list[str]:
    """Definitions and imports for the methods that a kernel draws by; `rngs`: it holds generators."""
    found = set(methods)
    if not found and not rngs:
        return []
    texts = [IMPORTS + "\n"]
    if "binomial" in found:
        name = f"{prefix}_draw_binomial"
        texts.append("".join(line.format(name=name) + "\n" for line in _BINOMIAL))
    return texts
