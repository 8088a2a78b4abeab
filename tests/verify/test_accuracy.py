"""Rounding hazards: rewrites that keep the digits are faithful, rewrites that lose some are not.

Each row is an original `f`, a rewrite `g`, and what the verifier says at bitwise, faithful, rtol=1e-9 and
rtol=1e-6. A tolerance compares element by element: an input that cancels shows any difference in rounding,
and is a difference; so reorderings pass `rtol` only where nothing cancels.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from loopwright.readings import readings_of
from loopwright.verify.verdict import Verdict, render

from .pool import verify_functions

HEAD = """\
import math
from typing import Annotated
import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]
S = Annotated[NDArray[np.float32], "n"]
L = Annotated[NDArray[np.float64], "60"]
"""


def verify(
    folder: Path, source: str, accuracy: str, *, known: bool = True, **options: object
) -> Verdict:
    """`known`: with the program of the original, as the command line does."""
    file = folder / "pair.py"
    file.write_text(HEAD + source)
    given = {"time_limit": 30.0, "inputs": 400, **options}
    if known and accuracy == "faithful":
        given["readings"] = readings_of(file, "f")
    return verify_functions(file, "f", file, "g", accuracy=accuracy, **given)  # type: ignore[arg-type]


TAME = "    if len(x) == 0 or not np.all(np.abs(x) < 1e100):\n        return 0.0\n"
LOOP = "    s = 0.0\n    for v in x:\n        s += v\n    return s\n"
KAHAN = (
    "    s = 0.0\n    c = 0.0\n    for v in x:\n        d = v - c\n        t = s + d\n"
    "        c = (t - s) - d\n        s = t\n    return s\n"
)
TWO_PASS = "    m = np.mean(x)\n    return float(np.mean((x - m) ** 2))\n"
ONE_PASS = "    return float(np.mean(x * x) - np.mean(x) ** 2)\n"
WELFORD = (
    "    m = 0.0\n    s = 0.0\n    k = 0\n    for v in x:\n        k += 1\n        d = v - m\n"
    "        m += d / k\n        s += d * (v - m)\n    return s / len(x)\n"
)
EXP = (
    "    y = np.exp(-np.abs(x))\n"
    "    return np.where((y > 1e-300) & (y < 1), y + K * np.spacing(y), y)\n"
)


def f(body: str, params: str = "x: V") -> str:
    return f"def f({params}):\n{body}"


def g(body: str, params: str = "x") -> str:
    return f"def g({params}):\n{body}"


FAITHFUL: dict[str, str] = {
    "a pairwise sum": f(TAME + LOOP) + g(TAME + "    return 0.0 + np.sum(x)\n"),
    "a sum from behind": f(TAME + LOOP) + g(TAME + LOOP.replace("in x", "in x[::-1]")),
    "a compensated sum": f(TAME + LOOP) + g(TAME + KAHAN),
    "an exact sum": f(TAME + LOOP) + g(TAME + "    return math.fsum(x)\n"),
    "a dot product by the library": f(
        "    s = 0.0\n    for i in range(len(x)):\n        s += x[i] * y[i]\n    return s\n",
        "x: V, y: V",
    ).replace("    s = 0.0\n", "    if not (np.all(np.abs(x) < 1e100) and np.all(np.abs(y) < 1e100)):\n"
              "        return 0.0\n    s = 0.0\n", 1)
    + g("    if not (np.all(np.abs(x) < 1e100) and np.all(np.abs(y) < 1e100)):\n        return 0.0\n"
        "    return 0.0 + np.dot(x, y)\n", "x, y"),
    "two passes for one": f(TAME + ONE_PASS) + g(TAME + TWO_PASS),
    "Welford's update for two passes": f(TAME + TWO_PASS) + g(TAME + WELFORD),
    "expm1": f("    return float(np.exp(x) - 1.0)\n", "x: float")
    + g("    return float(np.expm1(x))\n"),
    "a product by the reciprocal": f("    return x / 3.0\n") + g("    return x * (1.0 / 3.0)\n"),
    "Horner's rule": f(
        "    if not (abs(t) < 1e10 and np.all(np.abs(x) < 1e100)) or len(x) > 12:\n        return 0.0\n"
        "    s = 0.0\n    for i in range(len(x)):\n        s += x[i] * t ** i\n    return s\n",
        "x: V, t: float",
    )
    + g(
        "    if not (abs(t) < 1e10 and np.all(np.abs(x) < 1e100)) or len(x) > 12:\n        return 0.0\n"
        "    s = 0.0\n    for i in range(len(x) - 1, -1, -1):\n        s = s * t + x[i]\n"
        "    return s + 0.0\n",
        "x, t",
    ),
    "a sum in double for one in single precision": f(
        "    s = np.float32(0.0)\n    for v in x:\n        s += v\n    return s\n", "x: S"
    ).replace("    s =", "    if not np.all(np.abs(x) < 1e30):\n        return np.float32(0)\n    s =", 1)
    + g("    if not np.all(np.abs(x) < 1e30):\n        return np.float32(0)\n"
        "    return np.float32(np.sum(x, dtype=np.float64))\n"),
    "a library 3 ulp off": f("    return np.exp(-np.abs(x))\n")
    + g(EXP.replace("K", "3")),
    "another form of a chaotic iteration": f(
        "    if not 0 < z < 1 or n > 100:\n        return 0.0\n    for _ in range(n):\n"
        "        z = 3.9 * z * (1.0 - z)\n    return z\n", "z: float, n: int",
    )
    + g("    if not 0 < z < 1 or n > 100:\n        return 0.0\n    for _ in range(n):\n"
        "        z = 3.9 * (z * (1.0 - z))\n    return z\n", "z, n"),
    "zeros of the other sign": f("    return np.isnan(x) * 0.0\n") + g("    return np.isnan(x) * -0.0\n"),
}  # fmt: skip

LOSING: dict[str, str] = {
    "a sum in single precision": f(TAME + LOOP)
    + g(TAME + "    return float(np.sum(x.astype(np.float32)))\n"),
    "one pass for two": f(TAME + TWO_PASS) + g(TAME + ONE_PASS),
    "one pass for Welford's": f(TAME + WELFORD) + g(TAME + ONE_PASS),
    "a distance by products": f(
        "    return float(np.sqrt(np.sum((x - y) ** 2)))\n", "x: V, y: V"
    ).replace("    return", "    if not (np.all(np.abs(x) < 1e100) and np.all(np.abs(y) < 1e100)):\n"
              "        return 0.0\n    return", 1)
    + g("    if not (np.all(np.abs(x) < 1e100) and np.all(np.abs(y) < 1e100)):\n        return 0.0\n"
        "    d = np.sum(x * x) + np.sum(y * y) - 2.0 * np.sum(x * y)\n"
        "    return float(np.sqrt(max(d, 0.0)))\n", "x, y"),
    "exp(x) - 1": f("    return float(np.expm1(x))\n", "x: float")
    + g("    return float(np.exp(x) - 1.0)\n"),
    "log(1 + x)": f("    return np.log1p(np.abs(x))\n") + g("    return np.log(1.0 + np.abs(x))\n"),
    "the textbook's root of a quadratic": f(
        "    if not (0 < b < 1e100 and abs(c) < 1e100) or b * b < 4 * c:\n        return 0.0\n"
        "    return 2 * c / (-b - math.sqrt(b * b - 4 * c))\n", "b: float, c: float",
    )
    + g("    if not (0 < b < 1e100 and abs(c) < 1e100) or b * b < 4 * c:\n        return 0.0\n"
        "    return (-b + math.sqrt(b * b - 4 * c)) / 2\n", "b, c"),
    "an exponential to 7 digits": f("    return np.exp(-np.abs(x))\n")
    + g("    return np.exp(-np.abs(x)) * (1.0 + 1e-7 * np.sin(np.where(np.isfinite(x), x, 0.0)))\n"),
    "single precision in between": f("    return np.sqrt(x * x + 1.0)\n")
    + g("    return np.sqrt((x * x + 1.0).astype(np.float32).astype(np.float64))\n"),
    "a softmax without shift": f(TAME + "    e = np.exp(x - x.max())\n    return e / e.sum()\n")
    + g(TAME + "    e = np.exp(x)\n    return e / e.sum()\n"),
    "a wrong number at one place": f("    return 5.0 if x == 1.0 else x\n", "x: float")
    + g("    return x\n"),
    "denormals as zeros": f("    return x * 0.5\n")
    + g("    y = x * 0.5\n    return np.where(np.abs(y) < 2.3e-308, 0.0, y)\n"),
    "infinity for a large number": f("    return x\n", "x: float")
    + g("    return x if abs(x) < 1e308 else math.copysign(math.inf, x)\n"),
    "the last of equal minima": f("    return int(np.argmin(np.sqrt(x * x)))\n").replace(
        "    return", "    if len(x) == 0 or np.isnan(x).any():\n        return -1\n    return", 1)
    + g("    if len(x) == 0 or np.isnan(x).any():\n        return -1\n"
        "    return len(x) - 1 - int(np.argmin(np.sqrt(x * x)[::-1]))\n"),
}  # fmt: skip

TOGETHER: dict[str, str] = {
    "a loop for a compensated sum": f(TAME + KAHAN, "x: L") + g(TAME + LOOP),
    "a library 6 ulp off": f("    return np.exp(-np.abs(x))\n")
    + g(EXP.replace("K", "6")),
}  # fmt: skip
"""No single input shows it; all together do."""


OVERFLOWS = "def f(a: float, b: float) -> float:\n    return (a + b) - a\n"
ON_THE_WAY: dict[str, tuple[str, str]] = {
    "one that does not overflow": (
        "same", OVERFLOWS + "def g(a, b):\n    return b + (a - a)\n",
    ),
    "another number that shows it": (
        "same",
        OVERFLOWS + "def g(a, b):\n    r = (a + b) - a\n"
        "    return r if math.isfinite(r) or not math.isfinite(a) or not math.isfinite(b) else -r\n",
    ),
    "a number that hides it": (
        "different",
        OVERFLOWS + "def g(a, b):\n    r = (a + b) - a\n"
        "    return r if math.isfinite(r) or not math.isfinite(a) or not math.isfinite(b) else 0.0\n",
    ),
    "a result that is infinite rightly": (
        "different",
        "def f(a: float, b: float) -> float:\n    return a * b\n"
        "def g(a, b):\n    r = a * b\n"
        "    return r if math.isfinite(r) or not math.isfinite(a) or not math.isfinite(b) else -r\n",
    ),
    "nothing overflows but the arguments": (
        "different",
        "def f(a: float) -> float:\n    return a * 4.0 - a * 4.0\n"
        "def g(a):\n    return a * 4.0 - a * 4.0 if math.isfinite(a) else 0.0\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("status", "source"), ON_THE_WAY.values(), ids=ON_THE_WAY)
def test_what_overflows_on_its_way_may_do_so_in_another_order(
    status: str, source: str, tmp_path: Path
) -> None:
    verdict = verify(tmp_path, source, "faithful")
    assert verdict.status == status, render(verdict)


@pytest.mark.parametrize("source", FAITHFUL.values(), ids=FAITHFUL)
def test_a_rewrite_that_keeps_the_digits_is_faithful(source: str, tmp_path: Path) -> None:
    verdict = verify(tmp_path, source, "faithful")
    assert verdict.status == "same", render(verdict)
    assert verify(tmp_path, source, "bitwise").status == "different"


@pytest.mark.parametrize("source", LOSING.values(), ids=LOSING)
def test_a_rewrite_that_loses_digits_is_not(source: str, tmp_path: Path) -> None:
    verdict = verify(tmp_path, source, "faithful", inputs=3000)
    assert verdict.status == "different", render(verdict)


@pytest.mark.parametrize("source", TOGETHER.values(), ids=TOGETHER)
def test_one_that_is_mostly_worse_is_not(source: str, tmp_path: Path) -> None:
    verdict = verify(tmp_path, source, "faithful", inputs=2000, known=False)
    assert verdict.status == "different", render(verdict)
    assert "inputs worse" in verdict.reason


MEANS = (
    "    if A.size == 0 or not np.all(np.abs(A) < 1e100):\n        return -1\n    best = 0\n"
    "    least = 0.0\n    for i in range(A.shape[0]):\n        s = 0.0\n"
    "        for j in range(A.shape[1]):\n            s += A[i, j] / 3.0\n"
    "        if i == 0 or s < least:\n            least = s\n            best = i\n"
)
MATRIX = 'A: Annotated[NDArray[np.float64], "n m"]'
LEAST = "    return int(np.argmin(np.sum(A[:, ::-1] / 3.0, axis=1)))\n"
NONE = MEANS[: MEANS.index("    best")]
TIES: dict[str, str] = {
    "a position": f(MEANS + "    return best\n", MATRIX) + g(NONE + LEAST, "A"),
    "the number there": f(
        NONE.replace("-1", "0.0") + MEANS[len(NONE) :] + "    return float(A[best, 0])\n", MATRIX
    )
    + g(NONE.replace("-1", "0.0") + "    return float(A[int(" + LEAST[15:-2] + "), 0])\n", "A"),
}


@pytest.mark.parametrize("source", TIES.values(), ids=TIES)
def test_what_rounding_decides_is_never_passed(source: str, tmp_path: Path) -> None:
    """Undecided if only ties are met; different where the exact rows differ and it takes the wrong one."""
    row = [0.1, 0.2, 0.3]
    tie = np.array([row[::-1], row])  # the exact sums are equal, the rounded ones are not
    verdict = verify(tmp_path, source, "faithful", inputs=3000, examples=[(tie,)])
    tied = verdict.reason.startswith("rounding decides a comparison")
    assert (verdict.status, tied) in (("undecided", True), ("different", False)), render(verdict)
    assert verdict.counterexample is not None
    exec(verdict.counterexample.program, {})


def test_a_wrong_position_is_a_difference_all_the_same(tmp_path: Path) -> None:
    source = f(MEANS + "    return best\n", MATRIX) + g(
        NONE + LEAST.replace("argmin", "argmax"), "A"
    )
    verdict = verify(tmp_path, source, "faithful", inputs=2000)
    assert verdict.status == "different", render(verdict)


@pytest.mark.parametrize("seed", [0, 3, 11, 12, 216, 228, 235])
def test_without_a_program_the_text_on_wider_numbers_is_the_referee(
    seed: int, tmp_path: Path
) -> None:
    """Where these numbers cancel, too, nothing is decided; nothing is ever held against the candidate."""
    source = f(TAME + ONE_PASS) + g(TAME + TWO_PASS)
    verdict = verify(tmp_path, source, "faithful", known=False, seed=seed)
    assert verdict.same or "no referee" in verdict.reason, render(verdict)
    assert "80-bit numbers" in verdict.evidence.note


def test_roundings_of_the_referee_that_cancel_are_noticed(tmp_path: Path) -> None:
    """Its squares are rounded alike in each direction; the candidate's 1.2e-31 is better than 0."""
    source = f(TAME + ONE_PASS) + g(TAME + TWO_PASS)
    examples = [(np.array([1.9999999999999998, 2.0000000000000004]),)]
    verdict = verify(tmp_path, source, "faithful", known=False, examples=examples)
    assert verdict.status != "different", render(verdict)


def test_the_program_is_the_better_referee(tmp_path: Path) -> None:
    source = f(TAME + ONE_PASS) + g(TAME + TWO_PASS)
    known = verify(tmp_path, source, "faithful")
    assert "rigorous enclosures" in known.evidence.note


def test_a_referee_that_cancels_itself_is_not_trusted(tmp_path: Path) -> None:
    source = FAITHFUL["expm1"]
    verdict = verify(tmp_path, source, "faithful", known=False)
    assert verdict.status == "undecided", render(verdict)
    assert "no referee" in verdict.reason


COUNTING = """
calls = 0
def f(x: V):
    global calls
    calls += 1
    s = 0.0
    for v in x:
        s += v
    return s if np.all(np.abs(x) < 1e100) else 0.0, calls
def g(x):
    global calls
    calls += 1
    return 0.0 + np.sum(x) if np.all(np.abs(x) < 1e100) else 0.0, calls
"""


def test_measuring_leaves_no_trace_in_the_module(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    a, b = tmp_path / "a.py", tmp_path / "other" / "b.py"
    for file in (a, b):
        file.write_text(HEAD + COUNTING)
    verdict = verify_functions(a, "f", b, "g", accuracy="faithful", time_limit=20.0, inputs=300)
    assert verdict.status == "same", render(verdict)


WITHIN: dict[str, str] = {
    "a pairwise sum of what does not cancel": f(
        TAME + LOOP.replace("s += v", "s += abs(v)")
    ) + g(TAME + "    return 0.0 + np.sum(np.abs(x))\n"),
    "a product by the reciprocal": f("    return x / 3.0\n") + g("    return x * (1.0 / 3.0)\n"),
}  # fmt: skip
BEYOND: dict[str, str] = {
    "a pairwise sum": f(TAME + LOOP) + g(TAME + "    return 0.0 + np.sum(x)\n"),
    "a difference of squares": f(
        "    if not (abs(p) < 1e100 and abs(q) < 1e100):\n        return 0.0\n"
        "    return (p - q) * (p + q)\n", "p: float, q: float",
    ) + g(
        "    if not (abs(p) < 1e100 and abs(q) < 1e100):\n        return 0.0\n"
        "    return p * p - q * q\n", "p, q",
    ),
    "a difference of roots": f(
        "    return 1.0 / (math.sqrt(abs(p) + 1.0) + math.sqrt(abs(p)))\n", "p: float"
    ) + g("    return math.sqrt(abs(p) + 1.0) - math.sqrt(abs(p))\n", "p"),
    "a polynomial multiplied out": f(
        "    if not abs(p) < 100.0:\n        return 0.0\n    return (p - 7.3) * (p - 7.3) * (p - 7.3)\n",
        "p: float",
    ) + g(
        "    if not abs(p) < 100.0:\n        return 0.0\n"
        "    return ((p - 21.9) * p + 159.87) * p - 389.017\n", "p",
    ),
    "a sum against a scalar": f(
        "    if not (abs(t) < 1e6 and len(x) and np.all(np.abs(x) < 1e6)):\n        return 0.0\n"
        "    s = 0.0\n    for v in x:\n        s += v * 0.1\n    return s - t\n", "x: V, t: float",
    ) + g(
        "    if not (abs(t) < 1e6 and len(x) and np.all(np.abs(x) < 1e6)):\n        return 0.0\n"
        "    return float(np.sum(x) * 0.1 - t)\n", "x, t",
    ),
}  # fmt: skip
"""Within 1e-9 of ordinary results, and outside of it where the result cancels."""


@pytest.mark.parametrize("source", WITHIN.values(), ids=WITHIN)
def test_other_rounding_is_within_a_tolerance_where_nothing_cancels(
    source: str, tmp_path: Path
) -> None:
    verdict = verify(tmp_path, source, "rtol=1e-9", inputs=1000)
    assert verdict.status == "same", render(verdict)


@pytest.mark.parametrize("source", BEYOND.values(), ids=BEYOND)
def test_an_input_that_cancels_is_found(source: str, tmp_path: Path) -> None:
    verdict = verify(tmp_path, source, "rtol=1e-9", inputs=3000)
    assert verdict.status == "different", render(verdict)
    assert verdict.counterexample is not None
    p, q = (_number(text) for text in (verdict.counterexample.expected, verdict.counterexample.got))
    assert not abs(p - q) <= 1e-9 * max(abs(p), abs(q)), "NaN is another number, too"


def _number(text: str) -> float:
    scope = {"np": np, "inf": np.inf, "nan": np.nan}
    return float(eval(text, scope))
