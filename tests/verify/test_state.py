"""What outlives a call, and what is written past `sys.stdout`, is part of what a function does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from loopwright.verify.functions import Verdict, render

from .pool import verify_functions

COUNTING = "def {0}(x: float) -> float:\n    global count\n    count += 1\n    return x\n"
ATTRIBUTE = "def {0}(x: float) -> float:\n    {0}.calls += 1\n    return x\n{0}.calls = 0\n"
APPENDING = "def {0}(x: float) -> float:\n    log.append(x)\n    return x\n"
CLASS = "def {0}(x: float) -> float:\n    Total.value += 1\n    return x\n"
CLOSURE = (
    "def {0}_():\n    n = 0\n    def {0}(x: float) -> float:\n        nonlocal n\n        n += {1}\n"
    "        return x\n    return {0}\n"
    "def {0}(x: float) -> float:\n    return x\n{0} = {0}_()\n"
)
WRITING = "def {0}(x: float) -> float:\n    os.write(1, b'{1}')\n    return x\n"
ERRORS = "def {0}(x: float) -> float:\n    print('{1}', file=sys.stderr)\n    return x\n"
WARNING = (
    "def {0}(x: float) -> float:\n    warnings.warn('{1}')\n    return x, sys.stderr is None\n"
)
HEAD = (
    "import os, sys, warnings\ncount = 0\nlog = []\n_seen = []\nmemo = {}\n"
    "class Total:\n    value = 0\n"
)
PLAIN = "def {0}(x: float) -> float:\n    return x\n"
PRIVATE = "def {0}(x: float) -> float:\n    _seen.append(x)\n    return x\n"
CACHE = "def {0}(x: float) -> float:\n    memo[x] = x\n    return x\n"
NESTED = (
    "deep = []\nfor _ in range(5000):\n    deep = [deep]\n"
    "def {0}(x: float) -> float:\n    return x + len(deep)\n"
)
QUIET = "def {0}(x: float) -> float:\n    return x, sys.stderr is None\n"

DIFFERENT = {
    "a counter": (COUNTING, PLAIN, "global count after the call"),
    "a list that grows": (APPENDING, PLAIN, "global log after the call"),
    "an attribute of the function": (ATTRIBUTE, PLAIN + "{0}.calls = 0\n", "attribute calls"),
    "an attribute of a class": (CLASS, PLAIN, "attribute Total.value"),
    "a closure": (CLOSURE.replace("{1}", "1"), CLOSURE.replace("{1}", "2"), "nonlocal n"),
    "a file descriptor": (
        WRITING.replace("{1}", "a"), WRITING.replace("{1}", "b"), "past sys.stdout",
    ),
    "standard error": (ERRORS.replace("{1}", "a"), ERRORS.replace("{1}", "b"), "sys.stderr"),
}  # fmt: skip
SAME = {
    "a counter": (COUNTING, COUNTING),
    "an attribute of the function": (ATTRIBUTE, ATTRIBUTE),
    "a list of the module's own": (PRIVATE, PLAIN),
    "a cache of the candidate": (PLAIN, CACHE),
    "a file descriptor": (WRITING.replace("{1}", "a"), WRITING.replace("{1}", "a")),
    "a warning": (QUIET, WARNING),
    "a list that nests too deep to be looked at": (NESTED, NESTED),
}


def verdict_of(folder: Path, f: str, g: str) -> Verdict:
    file = folder / "pair.py"
    file.write_text(HEAD + f.replace("{0}", "f") + g.replace("{0}", "g"))
    return verify_functions(file, "f", file, "g", time_limit=12.0, inputs=40)


@pytest.mark.parametrize(("f", "g", "place"), DIFFERENT.values(), ids=DIFFERENT)
def test_state_that_differs_is_a_difference(f: str, g: str, place: str, tmp_path: Path) -> None:
    verdict = verdict_of(tmp_path, f, g)
    assert verdict.status == "different", render(verdict)
    assert place in verdict.reason


@pytest.mark.parametrize(("f", "g"), SAME.values(), ids=SAME)
def test_state_that_is_alike_or_private_is_none(f: str, g: str, tmp_path: Path) -> None:
    verdict = verdict_of(tmp_path, f, g)
    assert verdict.status == "same", render(verdict)


def test_a_memo_table_of_the_original_is_not_changed_from_outside(tmp_path: Path) -> None:
    a, b = tmp_path / "a.py", tmp_path / "b.py"
    a.write_text(
        "known = {0: 0, 1: 1}\n"
        "def f(n: int) -> int:\n"
        "    n = min(max(n, 0), 90)\n"
        "    if n not in known:\n"
        "        known[n] = f(n - 1) + f(n - 2)\n"
        "    return known[n]\n"
    )
    b.write_text(
        "def g(n):\n"
        "    a, b = 0, 1\n"
        "    for _ in range(min(n, 90)):\n"
        "        a, b = b, a + b\n"
        "    return a\n"
    )
    verdict = verify_functions(a, "f", b, "g", time_limit=12.0, inputs=120)
    assert verdict.status == "same", render(verdict)


def test_a_changed_global_is_shown_with_its_new_value(tmp_path: Path) -> None:
    file = tmp_path / "pair.py"
    file.write_text(
        "STEPS = [2, 3]\ndef f(k: int) -> int:\n    return k * STEPS[0]\ndef g(k):\n    return k * 2\n"
    )
    verdict = verify_functions(file, "f", file, "g", time_limit=12.0, inputs=120)
    assert verdict.counterexample is not None
    run = subprocess.run(
        [sys.executable, "-c", verdict.counterexample.program], capture_output=True, text=True
    )
    answers = [line for line in run.stdout.splitlines() if not line.startswith(" ")]
    assert answers[1] != answers[3], run.stdout
