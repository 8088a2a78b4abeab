"""Functions of Python that are compiled from Python: `pow` with a modulus, `isclose`, `is_integer`, `comb`
and its like; and the length of a range."""

from __future__ import annotations

from typing import Any

import pytest

from ..splice.dispatching import agrees, guarded
from .levelled import assert_same_on_all_levels
from .lowering import assert_same, by_kernel, refusal

INF, NAN = float("inf"), float("nan")
POWERS: dict[str, tuple[int, int, int]] = {
    "large": (123456, 789012, 1000003),
    "a negative base": (-7, 5, 12),
    "a negative modulus": (7, 5, -12),
    "an exponent of zero": (5, 0, 7),
    "modulo one": (5, 0, 1),
    "modulo minus one": (5, 3, -1),
    "a zero base": (0, 0, 5),
}


@pytest.mark.parametrize("args", POWERS.values(), ids=POWERS)
def test_pow_with_a_modulus(args: tuple[int, int, int]) -> None:
    assert_same_on_all_levels("def f(a, b, m):\n    return pow(a, b, m)\n", *args)


OTHERS = {
    "a negative exponent": (3, -1, 7),
    "modulo zero": (3, 2, 0),
}


@pytest.mark.parametrize("args", OTHERS.values(), ids=OTHERS)
def test_other_powers_are_left_to_the_original(args: tuple[int, int, int]) -> None:
    assert by_kernel("def f(a, b, m):\n    return pow(a, b, m)\n", args).failed


def test_a_kernel_takes_ints_of_32_bits() -> None:
    case = guarded("def f(a, b, m):\n    return pow(a, b, m)\n", "f", 3, 4, 5)
    large = 2**31 - 1, 5, 2**31
    assert case.fast(*large) == (True, case.original(*large))


def test_a_power_of_a_float_with_a_modulus_raises() -> None:
    assert refusal("def f(a):\n    return pow(a, 2, 3)\n", 2.0).code == "LW102"


PAIRS: list[tuple[float, float]] = [
    (1.0, 1.0 + 1e-10), (1.0, 1.0 + 1e-8), (INF, INF), (INF, -INF), (INF, 1.0), (NAN, NAN),
    (0.0, 1e-300), (0.0, -0.0), (1e308, -1e308),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_isclose(a: float, b: float) -> None:
    body = "math.isclose(a, b), math.isclose(a, b, rel_tol=1e-6), math.isclose(a, b, abs_tol=0.5)"
    assert_same_on_all_levels(f"import math\ndef f(a, b):\n    return {body}\n", a, b)


def test_a_negative_tolerance_raises() -> None:
    source = "import math\ndef f(a):\n    return math.isclose(a, 1.0, rel_tol=-1.0)\n"
    assert by_kernel(source, (1.0,)).failed


@pytest.mark.parametrize("x", [2.0, 2.5, -0.0, 1e300, INF, -INF, NAN])
def test_is_integer(x: float) -> None:
    assert_same_on_all_levels("def f(x):\n    return x.is_integer(), (x / 2).is_integer()\n", x)


RANGES: dict[str, tuple[Any, ...]] = {
    "up": (0, 10, 3), "down": (10, 0, -3), "none": (5, 2, 1), "none down": (2, 5, -1),
    "a large step": (0, 4, 100),
}  # fmt: skip


@pytest.mark.parametrize("args", RANGES.values(), ids=RANGES)
def test_the_length_of_a_range(args: tuple[int, int, int]) -> None:
    source = "def f(a, b, s):\n    return len(range(a, b, s)), len(range(b)), len(range(a, b))\n"
    assert_same_on_all_levels(source, *args)


def test_a_range_without_a_step_raises() -> None:
    assert by_kernel("def f(s):\n    return len(range(0, 4, s))\n", (0,)).failed


PRODUCTS = {
    "ints": ("x", [2, 3, 4]), "floats": ("x", [0.1, 0.7, 1.3]), "nothing": ("x[3:]", [1, 2, 3]),
    "a generator": ("(v + 1 for v in x)", [0.5, 2.0]),
}  # fmt: skip


@pytest.mark.parametrize("items, x", PRODUCTS.values(), ids=PRODUCTS)
def test_a_product(items: str, x: list[Any]) -> None:
    assert_same_on_all_levels(f"import math\ndef f(x):\n    return math.prod({items})\n", x)


COUNTED: dict[str, tuple[str, list[tuple[int, ...]]]] = {
    "comb": ("math.comb(n, k)", [(10, 3), (0, 0), (3, 7), (62, 31), (66, 33), (2**40, 1), (9, -1)]),
    "perm": ("math.perm(n, k)", [(10, 3), (0, 0), (3, 7), (20, 18), (-1, 0)]),
    "factorial": ("math.factorial(n + k)", [(0, 0), (5, 5), (20, 0), (-3, 1)]),
    "isqrt": (
        "math.isqrt(n - k)",
        [(0, 0), (17, 1), (24, 0), (2**63 - 1, 0), (3037000499**2, 1), (3037000499**2, 0), (0, 1)],
    ),
}


@pytest.mark.parametrize("name", COUNTED)
def test_functions_of_ints(name: str) -> None:
    body, pairs = COUNTED[name]
    source = f"import math\ndef f(n, k):\n    return {body}\n"
    assert_same_on_all_levels(source, *pairs[0])
    for n, k in pairs:
        assert_same(source, n, k)


@pytest.mark.parametrize("body", ["math.comb(n, k)", "math.perm(n, k)", "math.factorial(n + k)"])
def test_an_int_beyond_64_bits_runs_the_original(body: str) -> None:
    case = guarded(f"import math\ndef f(n, k):\n    return {body}\n", "f", 5, 2)
    assert agrees(case, 10, 3)
    assert not agrees(case, 68, 34)
    assert not agrees(case, 3, -4)
