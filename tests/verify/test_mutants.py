"""No verdict without proof that the check could have failed: faults that nobody notices undo it."""

from __future__ import annotations

import ast
import json
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from loopwright import trial
from loopwright.diagnostics import Declined, code_row
from loopwright.ir.domain import Domain, Param
from loopwright.ir.types import Array, Py
from loopwright.verify.function_job import FunctionJob
from loopwright.verify.functions import Verdict, render
from loopwright.verify.mutate.expressions import EXPRESSIONS
from loopwright.verify.mutate.gate import gauge
from loopwright.verify.mutate.mutants import Mutant, Source, fingerprint
from loopwright.verify.mutate.statements import STATEMENTS
from loopwright.verify.verdict import NO_EVIDENCE

from .pool import verify_functions
from .regions import GUARD, Text
from .regions import verify as verify_region

HEAD = "from typing import Annotated\nimport numpy as np\nfrom numpy.typing import NDArray\n"
FEW = {"time_limit": 12.0, "inputs": 100}


def verify(folder: Path, source: str, g: str = "g", **options: object) -> Verdict:
    file = folder / "pair.py"
    file.write_text(HEAD + source)
    return verify_functions(file, "f", file, g, **{**FEW, **options})  # type: ignore[arg-type]


# ------------------------------------------------------------------ operators

EXAMPLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "bound_off_by_one": (
        "for i in range(1, n):\n    s += x[i] + sum(x[:k])",
        ("range(1, n - 1)", "range(2, n)", "x[i + 1]", "x[:k + 1]", "x[1:k]"),
    ),
    "relational_operator": ("s = a < b", ("a <= b", "a >= b")),
    "arithmetic_operator": ("s = a * b - c", ("a + b - c", "a * b + c")),
    "swapped_operands": ("s = a - b", ("b - a",)),
    "negation_removed": ("s = -a if not b else 0", ("s = a if", "if b")),
    "logical_operator": ("s = a and b", ("a or b",)),
    "constant": ("s = 3 * a + 0.5", ("4 * a", "2 * a", "1.5", "-0.5")),
    "wrong_axis": ("s = x.sum(axis=1) @ y.T", ("axis=0", "@ y")),
    "narrower_dtype": (
        "s = np.zeros(n) + x.astype(np.float64) + np.array(y, dtype=int)",
        ("np.zeros(n, dtype='float32')", "np.float32", "dtype='int32'"),
    ),
    "argument_dropped": ("s = x.sum(axis=1, keepdims=True)", ("sum(axis=1)", "sum(keepdims=True)")),
    "other_function": ("s = max(a, np.argmin(x))", ("min(a", "argmax(x)")),
    "copy_removed": ("s = x.copy() + list(y) + z[:]", ("s = x + ", "+ y +", "+ z")),
    "guard_removed": (
        "if a < 0:\n    return 1\nwhile b:\n    b -= 1\ns = [v for v in x if v]",
        ("if True", "if False", "while False"),
    ),
    "iteration_dropped": (
        "for v in x:\n    s += v",
        ("in [*x][1:]", "in [*x][:-1]", "s += v\n        break"),
    ),
    "update_changed": ("s += a", ("s -= a",)),
    "result_changed": ("return a, b", ("return None", "return (b, a)")),
    "statement_deleted": (
        "if a:\n    raise ValueError\nx[0] = 1\nx.sort()",
        ("if a:\n        pass", "pass\n    x.sort", "x[0] = 1\n    pass"),
    ),
    "updates_reordered": ("s += a\nt = s * 2", ("t = s * 2\n    s += a",)),
    "update_made_assignment": ("s += a", ("s = a",)),
    "jump_changed": ("for v in x:\n    if v:\n        break", ("continue",)),
}


def mutants_of(body: str) -> tuple[ast.Module, list[Mutant]]:
    text = "def f(x, y, z, a, b, c, n, k, s, t):\n" + "".join(
        f"    {line}\n" for line in body.splitlines()
    )
    source = Source(text, "m.py")
    (owner,) = source.functions
    function = source.functions[owner][0]
    return ast.Module([function], []), source.mutants(owner)


@pytest.mark.parametrize("operator", [*EXPRESSIONS, *STATEMENTS], ids=lambda o: o.__name__)
def test_each_operator_makes_what_it_says(operator: Callable[..., object]) -> None:
    body, expected = EXAMPLES[operator.__name__]
    tree, mutants = mutants_of(body)
    before = ast.unparse(tree)
    made = []
    for mutant in mutants:
        if mutant.operator == operator.__name__:
            with mutant.edit.made():
                made.append(ast.unparse(tree))
            assert mutant.edit.what
    for text in expected:
        assert any(text in each for each in made), (text, made)
    assert before not in made
    assert ast.unparse(tree) == before


def test_docstrings_texts_annotations_and_assertions_are_left_alone() -> None:
    _, mutants = mutants_of('"""Doc 1."""\nassert a > 0\nk: int = n\nraise ValueError("no" + "1")')
    assert {m.operator for m in mutants} == {"statement_deleted"}


def test_the_order_of_a_difference_counts_unless_its_sign_is_lost() -> None:
    body = "s = (a - b) ** 2 + abs(a - b) + np.abs(x - y)\nt = (a - c) ** 3 + (c / a) ** 2 + k ** (n - 2)"
    _, mutants = mutants_of(body)
    swapped = {m.edit.what for m in mutants if m.operator == "swapped_operands"}
    made = {
        "`c - a`",
        "`a / c`",
        "`2 - n`",
        "`3 ** (a - c)`",
        "`2 ** (c / a)`",
        "`(n - 2) ** k`",
        "`2 ** (a - b)`",
    }
    assert {what.partition(" made ")[2] for what in swapped} == made


def test_the_same_code_has_the_same_fingerprint() -> None:
    codes = [compile(text, "m", "eval") for text in ("1 + 2", "3", "3.0")]
    assert fingerprint(codes[0]) == fingerprint(codes[1]) != fingerprint(codes[2])


# ------------------------------------------------------------------- the gate

SUM = "    s = 0.0\n    for v in x:\n        if v > 0:\n            s += v\n"


def test_a_right_pair_stays_the_same_and_shows_what_was_noticed(tmp_path: Path) -> None:
    verdict = verify(
        tmp_path,
        f"def f(x: NDArray[np.float64]):\n    x = x.ravel()\n{SUM}    return s\n"
        f"def g(x):\n    x = x.reshape(-1)\n{SUM}    return s\n",
    )
    assert verdict.status == "same", render(verdict)
    e = verdict.evidence
    assert e.mutants >= 10
    assert 0 < e.killed <= e.mutants
    assert f"{e.killed} of {e.mutants} noticed" in render(verdict)


VACUOUS = {
    "a result that does not depend on the work": (
        "def f(x: list[float], k: int):\n    return 0.0\n"
        "def g(x, k):\n    s = 1.0\n    for v in x:\n        s += v * k - 2.0\n"
        "    s = s * 3.0 - k\n    return 0.0 if s > 1.0 else 0.0\n"
    ),
    "work that is caught when it fails": (
        "def f(x: list[str]):\n    return None\n"
        "def g(x):\n    try:\n        s = 0\n        for k in range(1, len(x)):\n"
        "            s += x[k] + 1 - k * 2\n    except TypeError:\n        pass\n"
    ),
}


@pytest.mark.parametrize("source", VACUOUS.values(), ids=VACUOUS)
def test_a_check_that_could_not_fail_decides_nothing(source: str, tmp_path: Path) -> None:
    verdict = verify(tmp_path, source)
    assert verdict.status == "undecided", render(verdict)
    assert verdict.vacuous
    assert verdict.reason.startswith("the check could not have failed: ")
    assert "pair.py:" in verdict.reason
    assert verdict.evidence.survived


def test_inputs_on_which_both_raise_decide_nothing(tmp_path: Path) -> None:
    source = "def f(k: int):\n    return len(k)\ndef g(k):\n    return len(k)\n"
    verdict = verify(tmp_path, source, time_limit=3.0)
    assert verdict.status == "undecided"
    assert "meaningful" in verdict.reason


def test_classes_are_claimed_of_inputs_that_both_sides_answered(tmp_path: Path) -> None:
    guarded = (
        "    if x.size == 0 or np.isnan(x).any():\n        raise ValueError\n"
        "    return x.size + 1\n"
    )
    row = 'Annotated[NDArray[np.float64], "n"]'
    source = f"def f(x: {row}):\n{guarded}def g(x):\n{guarded}"
    verdict = verify(tmp_path, source, inputs=300)
    assert verdict.status == "same", render(verdict)
    assert "ordinary" in verdict.evidence.classes
    assert "all NaN" not in verdict.evidence.classes, render(verdict)


def test_survivors_are_named(tmp_path: Path) -> None:
    source = (
        "def f(x: list[int]):\n    return sum(x)\n"
        "def g(x):\n    s = 0\n    i = 0\n    while i + 4 <= len(x):\n"
        "        s += x[i] + x[i + 1] + x[i + 2] + x[i + 3]\n        i += 4\n"
        "    while i < len(x):\n        s += x[i]\n        i += 1\n    return s\n"
    )
    verdict = verify(tmp_path, source)
    assert verdict.status == "same", render(verdict)
    assert verdict.evidence.killed > 10
    (named,) = [each for each in verdict.evidence.survived if "made `i + 4 < len(x)`" in each]
    assert named.startswith("pair.py:9: ")
    assert named in render(verdict)


def test_two_ways_to_the_same_result_are_no_blind_spot(tmp_path: Path) -> None:
    source = (
        "def f(x: list[int]):\n    return sum(x)\n"
        "def g(x):\n    if len(x) > 3:\n        return sum(x)\n    s = 0\n"
        "    for v in x:\n        s += v\n    return s\n"
    )
    verdict = verify(tmp_path, source)
    assert verdict.status == "same", render(verdict)
    assert verdict.evidence.equivalent > 0
    assert not any("len(x) > 3" in each for each in verdict.evidence.survived)


def test_a_sample_that_the_time_cut_short_is_taken_again_with_more() -> None:
    twin = Path(__file__).with_name("twins") / "evenly_spaced_samples_have_a_shorter_way.py"
    lists = [[1, 2, 3], [2, 4, 6, 8], [1, 3, 5, 7, 9], [7, 5, 3, 1, -1, -3], [4, 1, 9, 9, 2], [5]]
    now = time.monotonic()
    job = FunctionJob(
        str(twin), "f", str(twin), "h", "bitwise", tuple((each,) for each in lists), None, None,
        100, 0, now, now + 60.0,
    )  # fmt: skip
    text = twin.read_text("utf-8")
    pair = job.pair(job.side(str(twin), "f", "a"), job.side(str(twin), "h", "b"), (text, text), [])
    hurried = gauge(pair, "bitwise", [], 0.001, now + 60.0, 0)
    assert hurried.vacuous == "", hurried
    assert hurried.mutants >= 12


def test_mutants_that_hang_are_cut_off_and_noticed(tmp_path: Path) -> None:
    source = (
        "def f(n: int):\n    return max(0, min(n, 50))\n"
        "def g(n):\n    k = 0\n    while k < 50 and k < n:\n        k += 1\n    return k\n"
    )
    verdict = verify(tmp_path, source)
    assert verdict.status == "same", render(verdict)
    assert verdict.evidence.killed >= 10
    assert not any("`k += 1` deleted" in each for each in verdict.evidence.survived)


def test_caches_hide_no_mutant(tmp_path: Path) -> None:
    source = (
        "def f(n: int):\n    return n * n + 1\n_known = {}\n"
        "def g(n):\n    if n not in _known:\n        _known[n] = n * n + 1\n    return _known[n]\n"
    )
    verdict = verify(tmp_path, source)
    assert verdict.status == "same", render(verdict)
    assert not any("n * n" in each for each in verdict.evidence.survived)


def test_a_candidate_without_source_is_checked_by_mutants_of_the_original(tmp_path: Path) -> None:
    source = (
        "def f(x: list[int]):\n    s = 0\n    for v in x:\n        s += v\n    return s\ng = sum\n"
    )
    verdict = verify(tmp_path, source)
    assert verdict.status == "same", render(verdict)
    assert verdict.evidence.killed > 0
    assert "the mutants are the original's" in verdict.evidence.note


def test_helpers_and_methods_are_mutated_as_well(tmp_path: Path) -> None:
    source = (
        "def f(n: int):\n    return (n + 1) * 2\n"
        "class Doubled:\n    def __init__(self, n):\n        self.n = n\n"
        "    def value(self):\n        return self.n * 2\n"
        "def after(n):\n    return n + 1\n"
        "def g(n):\n    return Doubled(after(n)).value()\n"
    )
    verdict = verify(tmp_path, source)
    assert verdict.status == "same", render(verdict)
    assert verdict.evidence.mutants == verdict.evidence.killed >= 7


def test_the_verdict_as_json_holds_the_counts(tmp_path: Path) -> None:
    source = "def f(n: int):\n    return n + 1\ndef g(n):\n    return 1 + n\n"
    data = json.loads(verify(tmp_path, source).to_json())
    evidence = data["evidence"]
    assert evidence["killed"] == evidence["mutants"] > 0
    assert evidence["equivalent"] == 0
    assert evidence["survived"] == []
    assert data["vacuous"] is False


# -------------------------------------------------------------------- kernels


def test_a_right_kernel_shows_what_was_noticed(tmp_path: Path) -> None:
    verdict = verify_region(tmp_path, GUARD)
    assert verdict.status == "same", render(verdict)
    assert verdict.evidence.killed > 0


DISPATCH = """
import numpy as np
from types import SimpleNamespace

from .trial_numba_kernel import kernel as _kernel

_numba = SimpleNamespace(kernel=_kernel)

def plain(a):
    return type(a) is np.ndarray and a.dtype == np.float64 and a.dtype.isnative and a.ndim == 1

def kernel(x, y, n):
    if not (
        plain(x) and plain(y) and x.flags.writeable and type(n) is int
        and 0 < n <= min(len(x), len(y)) and not np.shares_memory(x, y)
    ):
        return None
    return np.float64(_numba.kernel(x, y, n))
"""
LOOP = """
from numba import njit, prange

@njit
def kernel(x, y, n):
    s = 0.0
    for i in prange(n):
        x[i] = x[i] * y[i] + 1.0
        s += x[i]
    return s
"""


def test_a_generated_kernel_is_mutated_in_its_own_text(tmp_path: Path) -> None:
    verdict = verify_region(tmp_path, DISPATCH, beside={"trial_numba_kernel.py": LOOP})
    assert verdict.status == "same", render(verdict)
    assert verdict.evidence.killed >= 10
    assert all(each.startswith("trial_numba_kernel.py:") for each in verdict.evidence.survived)


IGNORED = Text(
    "def entry(x, n):\n    s = 0\n    for i in range(n):\n        s += i * 2 - 1\n    return 1\n",
    "entry",
    ("x", "n"),
)
IGNORING = """
def kernel(x, n):
    if type(n) is not int or n > 100:
        return None
    s = 1
    for i in range(n):
        s += i * 3 - 1
        s = s * 2 - i
        s -= i // 2 + 7
    s = s + 5 * n - 4
    return 1
"""


def test_a_kernel_whose_faults_do_not_show_is_not_passed(tmp_path: Path) -> None:
    domain = Domain((Param("n", "n", Py("int")), Param("x", "x", Array("float64", 1))))
    verdict = verify_region(tmp_path, IGNORING, IGNORED, domain)
    assert verdict.status == "undecided", render(verdict)
    assert verdict.vacuous


def test_a_variant_whose_faults_do_not_show_is_refused_with_its_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vacuous = Verdict(
        "undecided", NO_EVIDENCE, None, "the check could not have failed", vacuous=True
    )
    monkeypatch.setattr(trial, "verify_region", lambda *_, **__: vacuous)
    lowered: Any = SimpleNamespace(reference=None, domain=None, program=None, delivery=None)
    tried: Any = SimpleNamespace(
        folder=None, module="", entry=SimpleNamespace(name=""), label="numba", candidate=None
    )
    options: Any = SimpleNamespace(accuracy="faithful", verify_time=1.0)
    workers: Any = None
    refused = trial.examine(lowered, tried, (), options, workers)
    assert isinstance(refused, Declined)
    assert refused.code == "LW404"
    assert code_row(refused.code)
