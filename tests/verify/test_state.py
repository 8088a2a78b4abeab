"""What outlives a call, and what is written past `sys.stdout`, is part of what a function does."""

from __future__ import annotations

from pathlib import Path

import pytest

from loopwright.verify.functions import Verdict, render, verify_functions

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
