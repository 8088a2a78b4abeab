"""Random loop nests with affine and other indices: the low-level program agrees with CPython."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from arguments import HEADER, OutOfBudget, python_outcome
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loopwright.diagnostics import CannotLower
from loopwright.frontend.lower_source import lower_function
from loopwright.ir.check import check
from loopwright.ir.interp import KernelFailed, rebuild, run
from loopwright.passes.base import Applied
from loopwright.passes.legalise import Legalise
from loopwright.passes.parallel import Parallel

SIGNATURE = (
    'def f(x: Annotated[NDArray[np.float64], "n"], t: Annotated[NDArray[np.int64], "n m"], '
    "r: list[int], n: int, m: int, k: int) -> int:\n"
)
BUDGET = 3000


class Maker:
    """Draws the text of a function; `names` are the int variables in scope."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.count = 0
        self.lines: list[str] = []

    def pick(self, *options: str) -> str:
        return self.draw(st.sampled_from(options))

    def number(self) -> str:
        return str(self.draw(st.integers(-3, 4)))

    def index(self, names: list[str]) -> str:
        a, b = self.pick(*names), self.pick(*names)
        return self.pick(
            a, f"{a} + {self.number()}", f"{a} - 1", f"2 * {a} + 1", f"{a} - {b}", f"{a} + {b}",
            f"{a} // 2", f"({a} + 1) % len(x)", f"min({a}, {b})", f"r[{a}]", f"t[{a}, {b}]", "-1", "0",
            f"len(x) - 1 - {a}", f"{a} % 3",
        )  # fmt: skip

    def value(self, names: list[str]) -> str:
        i, j = self.index(names), self.index(names)
        return self.pick(
            f"{i}", f"x[{i}]", f"t[{i}, {j}]", f"r[{i}] + 1", f"{i} * {j}", f"{i} // {j}",
            f"({i} if {self.cond(names)} else {j})", f"r[{i}] * 3 - {j}",
        )  # fmt: skip

    def cond(self, names: list[str]) -> str:
        a, b = self.index(names), self.index(names)
        simple = f"{a} {self.pick('<', '<=', '==', '!=', '>')} {b}"
        return self.pick(
            simple,
            f"{a} < len(x)",
            f"0 <= {a} and {a} < len(x) and x[{a}] > 1.0",
            f"not ({simple})",
        )

    def block(self, pad: str, names: list[str], depth: int, in_loop: bool) -> None:
        for _ in range(self.draw(st.integers(1, 2 if depth else 3))):
            self.statement(pad, names, depth, in_loop)

    def statement(self, pad: str, names: list[str], depth: int, in_loop: bool) -> None:
        kinds = ["x", "t", "r", "c", "c2"] + ["for", "for", "if", "while"] * (depth < 3)
        if in_loop:
            kinds += ["exit"]
        out = self.lines.append
        match self.pick(*kinds):
            case "x":
                out(f"{pad}x[{self.index(names)}] = {self.value(names)}")
            case "t":
                out(f"{pad}t[{self.index(names)}, {self.index(names)}] = {self.index(names)}")
            case "r":
                out(f"{pad}r[{self.index(names)}] = {self.index(names)}")
            case "c":
                out(f"{pad}c = {self.index([*names, 'c'])}")
            case "c2":
                out(f"{pad}c {self.pick('+', '-')}= {self.index(names)}")
            case "if":
                out(f"{pad}if {self.cond([*names, 'c'])}:")
                self.block(pad + "    ", names, depth + 1, in_loop)
                if self.draw(st.booleans()):
                    out(f"{pad}else:")
                    self.block(pad + "    ", names, depth + 1, in_loop)
            case "exit":
                out(f"{pad}if {self.cond([*names, 'c'])}:")
                out(f"{pad}    {self.pick('break', 'continue', 'return c')}")
            case "while":
                name = self.fresh()
                out(f"{pad}{name} = {self.index(names)}")
                out(f"{pad}while {name} < {self.pick('n', 'len(x)', 'm + 2')} and {name} > -9:")
                out(f"{pad}    {name} += {self.pick('1', '2')}")
                self.block(pad + "    ", [*names, name], depth + 1, True)
            case "for":
                self.for_(pad, names, depth)

    def for_(self, pad: str, names: list[str], depth: int) -> None:
        name = self.fresh()
        lo, hi = self.pick("0", "1", *names), self.pick("n", "m", "len(x)", "t.shape[0]", "len(r)")
        hi = self.pick(hi, f"{hi} - 1", f"{hi} + 1", *names)
        heads = [f"range({hi})", f"range({lo}, {hi})", f"range({lo}, {hi}, {self.pick('2', '3')})"]
        heads += [f"range({hi} - 1, {lo}, -1)", f"range({hi}, -1, -2)", f"range({lo}, {hi}, k)"]
        self.lines.append(f"{pad}for {name} in {self.pick(*heads)}:")
        self.block(pad + "    ", [*names, name], depth + 1, True)

    def fresh(self) -> str:
        self.count += 1
        return f"i{self.count}"


@st.composite
def sources(draw: Any) -> str:
    maker = Maker(draw)
    maker.lines.append("    c = 0")
    maker.block("    ", ["n", "m", "k"], 0, False)
    maker.lines.append("    return c")
    return SIGNATURE + "\n".join(maker.lines) + "\n"


@settings(max_examples=120, deadline=None, derandomize=True,
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(text=sources(), n=st.integers(0, 5), m=st.integers(-1, 4), k=st.integers(-2, 3))
def test_random_nests(text: str, n: int, m: int, k: int) -> None:
    try:
        program = lower_function(HEADER + text)
    except CannotLower:
        return
    outcome = Legalise().run(program)
    if not isinstance(outcome, Applied):
        return
    check(outcome.program)
    marked = Parallel(min_work=0).run(outcome.program)
    low = marked.program if isinstance(marked, Applied) else outcome.program
    check(low)
    for size in (n, n + 3):
        args = [
            np.arange(1.0, size + 1), np.arange(size * 4).reshape(size, 4) % 5 - 1,
            list(range(size + 1)), n, m, k,
        ]  # fmt: skip
        theirs, ours = copy.deepcopy(args), copy.deepcopy(args)
        try:
            wanted = python_outcome(text, theirs, BUDGET)
        except OutOfBudget:
            return
        by_name = dict(zip(("x", "t", "r", "n", "m", "k"), ours, strict=True))
        try:
            given_args = [by_name[p.name] for p in low.main.params]
            got = rebuild(low, run(low, given_args), given_args)
        except KernelFailed:
            continue
        assert not isinstance(wanted, Exception), (wanted, got)
        assert (type(got), got) == (type(wanted), wanted)
        for a, b in zip(ours, theirs, strict=True):
            assert np.array_equal(a, b, equal_nan=isinstance(a, np.ndarray) and a.dtype == float)
