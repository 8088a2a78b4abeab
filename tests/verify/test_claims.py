"""Two functions that are proved to do the same for every call; and the many pairs that only look so."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from loopwright.claims import claim_of
from loopwright.cli import main
from loopwright.verify.calls_text import Side
from loopwright.verify.claim import Claim, proof_of
from loopwright.verify.function_job import CONTRADICTION
from loopwright.verify.functions import render
from loopwright.verify.modules import function_of, load_module
from loopwright.verify.parameters import parameters_of
from loopwright.verify.prove.proof import Proof
from loopwright.verify.scope import find_function, scope_of

from .pool import verify_functions

HEAD = """\
import math
from typing import Annotated
import numpy as np
from numpy.typing import NDArray
V = Annotated[NDArray[np.float64], "n"]
W = Annotated[NDArray[np.float64], "m"]
M = Annotated[NDArray[np.float64], "n m"]
S = Annotated[NDArray[np.float32], "n"]
I = Annotated[NDArray[np.int64], "n"]
U = Annotated[NDArray[np.uint8], "n"]
"""
LOOP = "    s = 0.0\n    for i in range(len(x)):\n        s += x[i] * y[i]\n    return s\n"

PROVED = {
    "a while less index arithmetic": (
        f"def f(x: V, y: V):\n{LOOP}",
        "def g(x, y):\n    s = 0.0\n    for k in range(1, len(x) + 1):\n"
        "        s = s + x[k - 1] * y[k - 1]\n    return s\n",
    ),
    "an array that is made in two ways": (
        "def f(x: V, k: float):\n    out = np.empty(len(x))\n    for i in range(len(x)):\n"
        "        out[i] = x[i] * k\n    return out\n",
        "def g(x, k):\n    out = np.zeros(len(x))\n    for i in range(len(x)):\n"
        "        out[len(x) - 1 - i] = x[len(x) - 1 - i] * k\n    return out\n",
    ),
    "rows first, columns first": (
        "def f(a: M):\n    out = np.zeros(a.shape)\n    for i in range(a.shape[0]):\n"
        "        for j in range(a.shape[1]):\n            out[i, j] = a[i, j] + 1.0\n    return out\n",
        "def g(a):\n    out = np.zeros(a.shape)\n    for j in range(a.shape[1]):\n"
        "        for i in range(a.shape[0]):\n            out[i, j] = a[i, j] + 1.0\n    return out\n",
    ),
    "other names": (
        "def f(x: V, y: V):\n    s = 0.0\n    for i in range(len(x)):\n        s += y[i]\n    return s\n",
        "def g(a, b):\n    t = 0.0\n    for i in range(len(b)):\n        t += b[i]\n    return t\n",
    ),
}  # fmt: skip

NOT_PROVED = {
    "lengths that differ": (f"def f(x: V, y: W):\n{LOOP}", f"def g(x, y):\n{LOOP}"),
    "another order of the sum": (
        "def f(x: V):\n    s = 0.0\n    for i in range(len(x)):\n        s += x[i]\n    return s\n",
        "def g(x):\n    s = 0.0\n    for i in range(len(x) - 1, -1, -1):\n        s += x[i]\n    return s\n",
    ),
    "a sum that NumPy orders": (
        "def f(x: V):\n    s = 0.0\n    for i in range(len(x)):\n        s += x[i]\n    return s\n",
        "def g(x):\n    return np.sum(x)\n",
    ),
    "two accumulators": (
        "def f(x: V):\n    s = 0.0\n    for i in range(len(x)):\n        s += x[i]\n    return s\n",
        "def g(x):\n    s = 0.0\n    t = 0.0\n    for i in range(0, len(x) - 1, 2):\n"
        "        s += x[i]\n        t += x[i + 1]\n    return s + t\n",
    ),
    "-0.0 and 0.0": ("def f(x: float):\n    return x + 0.0\n", "def g(x):\n    return x\n"),
    "-0.0 and 0.0 as the start": (
        "def f(x: V):\n    s = 0.0\n    for i in range(len(x)):\n        s += x[i]\n    return s\n",
        "def g(x):\n    s = -0.0\n    for i in range(len(x)):\n        s += x[i]\n    return s\n",
    ),
    "a product that is zero but for NaN": (
        "def f(x: float):\n    return x * 0.0\n", "def g(x):\n    return 0.0\n",
    ),
    "a comparison that NaN turns": (
        "def f(x: float, y: float):\n    return 1.0 if x < y else 2.0\n",
        "def g(x, y):\n    return 2.0 if x >= y else 1.0\n",
    ),
    "the larger one with NaN": (
        "def f(x: V):\n    b = -1.0\n    for i in range(len(x)):\n        if x[i] > b:\n"
        "            b = x[i]\n    return b\n",
        "def g(x):\n    b = -1.0\n    for i in range(len(x)):\n        if not x[i] <= b:\n"
        "            b = x[i]\n    return b\n",
    ),
    "an unbounded int": (
        "def f(x: V, k: int):\n    return float(len(x)) + 0.0 * k\n",
        "def g(x, k):\n    return float(len(x)) + 0.0 * k\n",
    ),
    "an unbounded int as a length": (
        "def f(k: int):\n    s = 0.0\n    for i in range(k):\n        s += 1.0\n    return s\n",
        "def g(k):\n    s = 0.0\n    for i in range(0, k):\n        s += 1.0\n    return s\n",
    ),
    "np.int64 that wraps and int that does not": (
        "def f(x: I):\n    s = np.int64(0)\n    for i in range(len(x)):\n        s += x[i]\n    return s\n",
        "def g(x):\n    s = 0\n    for i in range(len(x)):\n        s += int(x[i])\n    return s\n",
    ),
    "uint8 that wraps": (
        "def f(x: U):\n    out = np.zeros(len(x))\n    for i in range(len(x)):\n"
        "        out[i] = x[i] + x[i]\n    return out\n",
        "def g(x):\n    out = np.zeros(len(x))\n    for i in range(len(x)):\n"
        "        out[i] = 2.0 * x[i]\n    return out\n",
    ),
    "float32 and float64 accumulators": (
        "def f(x: S):\n    s = np.float32(0.0)\n    for i in range(len(x)):\n        s += x[i]\n"
        "    return s\n",
        "def g(x):\n    s = 0.0\n    for i in range(len(x)):\n        s += float(x[i])\n"
        "    return np.float32(s)\n",
    ),
    "the first element of none": (
        "def f(x: V):\n    return x[0]\n", "def g(x):\n    return x[0] + 0.0 * len(x)\n",
    ),
    "an element that may be missing, on both sides": (
        "def f(x: V):\n    return x[0]\n", "def g(x):\n    return x[-len(x)]\n",
    ),
    "an index from the end": (
        "def f(x: V):\n    s = 0.0\n    for i in range(len(x)):\n        s += x[i - 1]\n    return s\n",
        "def g(x):\n    s = 0.0\n    for i in range(1, len(x)):\n        s += x[i - 1]\n    return s\n",
    ),
    "a loop variable after no iterations": (
        "def f(x: V):\n    for i in range(len(x)):\n        s = x[i]\n    return s\n",
        "def g(x):\n    s = 0.0\n    for i in range(len(x)):\n        s = x[i]\n    return s\n",
    ),
    "a division by a number that may be zero": (
        "def f(x: float, y: float):\n    return x / y\n", "def g(x, y):\n    return x / y\n",
    ),
    "a square root of a negative number": (
        "def f(x: float):\n    return math.sqrt(x)\n", "def g(x):\n    return math.sqrt(x)\n",
    ),
    "arguments that may share memory": (
        "def f(x: V, y: V):\n    for i in range(len(x)):\n        x[i] = y[i]\n",
        "def g(x, y):\n    for i in range(len(x) - 1, -1, -1):\n        x[i] = y[i]\n",
    ),
    "one argument that is written, read-only perhaps": (
        "def f(x: V):\n    for i in range(len(x)):\n        x[i] = 1.0\n",
        "def g(x):\n    for i in range(len(x)):\n        x[len(x) - 1 - i] = 1.0\n",
    ),
    "an argument and a view of it": ("def f(x: V):\n    return x\n", "def g(x):\n    return x[:]\n"),
    "an argument and a copy of it": ("def f(x: V):\n    return x\n", "def g(x):\n    return x.copy()\n"),
    "one array twice, and two arrays": (
        "def f(n: V):\n    a = np.zeros(3)\n    return a, a\n",
        "def g(n):\n    return np.zeros(3), np.zeros(3)\n",
    ),
    "memory that nobody has set": (
        "def f(x: V):\n    return np.empty(len(x))\n", "def g(x):\n    return np.empty(len(x))\n",
    ),
    "an element that is not set": (
        "def f(x: V):\n    out = np.empty(len(x))\n    for i in range(1, len(x)):\n"
        "        out[i] = x[i]\n    return out\n",
        "def g(x):\n    out = np.empty(len(x))\n    for i in range(1, len(x)):\n"
        "        out[i] = x[i]\n    return out\n",
    ),
    "the kind of the result": (
        "def f(x: S):\n    s = 0.0\n    for i in range(len(x)):\n        s += 1.0\n    return s\n",
        "def g(x):\n    s = np.float32(0.0)\n    for i in range(len(x)):\n        s += np.float32(1.0)\n"
        "    return s\n",
    ),
    "a dtype of the result": (
        "def f(x: V):\n    return np.zeros(len(x))\n", "def g(x):\n    return np.zeros(len(x), np.float32)\n",
    ),
    "arrays of any rank": (
        "def f(x: NDArray[np.float64]):\n    return len(x) + 1.0\n", "def g(x):\n    return 1.0 + len(x)\n",
    ),
    "a global that may change": (
        "K = 2.0\ndef f(x: float):\n    return x * K\n", "def g(x):\n    return x * 2.0\n",
    ),
    "a default": (
        "def f(x: float, y: float = 1.0):\n    return x + y\n", "def g(x, y=2.0):\n    return x + y\n",
    ),
    "a decorator": (
        "def loud(h):\n    return lambda *a: h(*a) + 1.0\n@loud\ndef f(x: float):\n    return x * 2.0\n",
        "def g(x):\n    return x * 2.0\n",
    ),
    "a name that is bound again": (
        "def f(x: float):\n    return x * 2.0\ndef h(x):\n    return x\nf = h\n",
        "def g(x):\n    return x * 2.0\n",
    ),
    "a builtin that is hidden": (
        "def f(x: float):\n    return abs(x)\n",
        "def g(x):\n    return x if x > 0.0 else -x\ndef abs(x):\n    return x\n",
    ),
    "a module by another's name": (
        "def f(x: float):\n    return np.fabs(x)\n",
        "def g(x):\n    return np.fabs(x) + 0.0\nclass np:\n    fabs = staticmethod(math.floor)\n",
    ),
    "a length that is hidden": (
        "def len(x):\n    return 3\ndef f(x: V):\n    s = 0.0\n    for i in range(len(x)):\n"
        "        s += 1.0\n    return s\n",
        "def g(x):\n    s = 0.0\n    for i in range(x.shape[0]):\n        s += 1.0\n    return s\n",
    ),
    "a list that may hold truth values": (
        "def f(x: list):\n    return x\n", "def g(x):\n    return list(x)\n",
    ),
    "a library that rounds as it likes": (
        "def f(x: float):\n    return math.exp(x)\n", "def g(x):\n    return math.exp(x)\n",
    ),
    "a product that is not associative": (
        "def f(x: float, y: float, z: float):\n    return x * y * z\n",
        "def g(x, y, z):\n    return x * (y * z)\n",
    ),
    "a loop that ends on data": (
        "def f(x: V):\n    i = 0\n    while i < len(x) and x[i] > 0.0:\n        i += 1\n    return i\n",
        "def g(x):\n    i = 0\n    while i < len(x) and x[i] > 0.0:\n        i += 1\n    return i\n",
    ),
    "an exception that only one raises": (
        "def f(x: V):\n    if len(x) > 1000000:\n        raise ValueError\n    return 1.0\n",
        "def g(x):\n    return 1.0\n",
    ),
    "one element of a large array": (
        "def f(x: V):\n    out = np.zeros(len(x))\n    for i in range(len(x)):\n        out[i] = x[i]\n"
        "    return out\n",
        "def g(x):\n    out = np.zeros(len(x))\n    for i in range(len(x)):\n        out[i] = x[i]\n"
        "    if len(x) > 123456:\n        out[123456] = 0.0\n    return out\n",
    ),
}  # fmt: skip


def found(texts: tuple[str, str], folder: Path) -> Proof | str:
    """The prover's answer for `f` and `g` of one file."""
    file = folder / "pair.py"
    source = HEAD + texts[0] + texts[1]
    file.write_text(source)
    claim = claim_of(file, "f", file, "g")
    if claim is None:
        return "no claim"
    module, home = load_module(file, "a")
    a, b = (Side(module, function_of(module, name), file, name, home) for name in "fg")
    tree = ast.parse(source)
    node = find_function(tree, "f")
    assert node is not None
    return proof_of(claim, parameters_of(node, scope_of(tree)), (a, b), 20.0)


@pytest.mark.parametrize("texts", PROVED.values(), ids=PROVED.keys())
def test_what_is_the_same_for_all_calls_is_proved(texts: tuple[str, str], tmp_path: Path) -> None:
    assert isinstance(answer := found(texts, tmp_path), Proof), answer


@pytest.mark.parametrize("texts", NOT_PROVED.values(), ids=NOT_PROVED.keys())
def test_what_only_looks_so_is_not_proved(texts: tuple[str, str], tmp_path: Path) -> None:
    answer = found(texts, tmp_path)
    assert isinstance(answer, str)
    assert not answer.startswith("a defect")


def pair_file(folder: Path) -> Path:
    right, wrong = "x[i] + 0.5", "x[i] + 0.25"
    body = "    s = 0.0\n    for i in range(len(x)):\n        s += {}\n    return s\n"
    file = folder / "pair.py"
    texts = [f"def {n}(x: V):\n{body.format(e)}" for n, e in (("f", right), ("g", wrong))]
    file.write_text(HEAD + texts[0] + texts[1] + texts[0].replace("def f", "def h"))
    return file


def claimed(file: Path, g: str) -> Claim:
    claim = claim_of(file, "f", file, g)
    assert claim is not None
    return claim


def test_a_proof_stands_beside_the_comparison_on_inputs(tmp_path: Path) -> None:
    file = pair_file(tmp_path)
    verdict = verify_functions(
        file, "f", file, "h", claim=claimed(file, "h"), time_limit=10.0, inputs=60
    )
    assert (verdict.status, verdict.evidence.kind) == ("same", "proved")
    assert verdict.evidence.accepted >= 10
    text = render(verdict)
    assert text.startswith("proved the same")
    assert "IEEE 754 operations in the same order" in text and "2**47" in text


def test_a_difference_is_one_whatever_else_was_tried_to_prove(tmp_path: Path) -> None:
    file = pair_file(tmp_path)
    verdict = verify_functions(
        file, "f", file, "g", claim=claimed(file, "g"), time_limit=10.0, inputs=60
    )
    assert (verdict.status, verdict.evidence.kind) == ("different", "tested")


def test_a_proof_against_a_difference_is_told_as_a_defect(tmp_path: Path) -> None:
    file = pair_file(tmp_path)
    lie = replace(claimed(file, "h"), lines=claimed(file, "g").lines)
    verdict = verify_functions(file, "f", file, "g", claim=lie, time_limit=10.0, inputs=60)
    assert verdict.status == "undecided"
    assert verdict.reason.startswith(CONTRADICTION)
    assert verdict.counterexample is not None


def test_the_command_line_proves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = pair_file(tmp_path)
    assert main(["verify", f"{file}:f", f"{file}:h", "--time-limit", "10"]) == 0
    assert capsys.readouterr().out.startswith("proved the same\n  evidence: proved, ")


def test_no_wrong_twin_is_proved_and_some_right_ones_are() -> None:
    proved: dict[str, int] = {"g": 0, "h": 0}
    for file in sorted(Path(__file__).with_name("twins").glob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        node = find_function(tree, "f")
        assert node is not None
        for name in proved:
            claim = claim_of(file, "f", file, name)
            if claim is None:
                continue
            module, home = load_module(file, "a")
            a, b = (
                Side(module, function_of(module, each), file, each, home) for each in ("f", name)
            )
            answer = proof_of(claim, parameters_of(node, scope_of(tree)), (a, b), 1.0)
            proved[name] += isinstance(answer, Proof)
    assert proved["g"] == 0 and proved["h"] >= 8
