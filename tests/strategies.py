"""Random programs as Python text.

A program is a function `f` of some of the parameters of `PARAMETERS`, now and then with a `helper`.
Expressions are drawn by what they yield: whole numbers for indices, any number, vectors, matrices,
masks. Nothing keeps a drawn program from raising or from running for long.
"""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from grammar import GRAMMAR, HOLE, NAMES, PARAMETERS
from hypothesis import strategies as st

_VECTORS = ("v", "w", "y", "s", "g", "u")
_MATRICES = ("a", "c", "q")


@dataclass
class Scope:
    """What is bound where a statement stands."""

    ints: list[str]
    numbers: list[str]
    vectors: list[str]
    matrices: list[str]
    masks: list[str]
    lists: list[str]
    loops: int = 0
    fixed: set[str] = field(default_factory=set)


class Maker:
    """Draws the text of one function."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.count = 0
        self.pad = 1
        self.lines: list[str] = []
        self.helper = rng.random() < 0.25
        must = rng.sample(("v", "a", "e", "d", "g", "w"), 2)
        rest = [name for name in PARAMETERS if name in must or rng.random() < 0.3]
        self.params = [name for name in PARAMETERS if name in {"n", *rest}]
        self.at = Scope(
            ints=self._of("n", "k"),
            numbers=self._of("n", "k", "p", "b"),
            vectors=self._of(*_VECTORS),
            matrices=self._of(*_MATRICES),
            masks=self._of("h"),
            lists=self._of("e", "d"),
        )

    def _of(self, *names: str) -> list[str]:
        return [name for name in names if name in self.params]

    def pick(self, *options: str) -> str:
        return self.rng.choice(options)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def fresh(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def out(self, line: str) -> None:
        self.lines.append("    " * self.pad + line)

    @contextmanager
    def indented(self) -> Iterator[None]:
        """A block; what it binds is not sure to be bound after it."""
        before, self.at = self.at, copy.deepcopy(self.at)
        self.pad += 1
        yield
        self.pad -= 1
        self.at = before

    # -------------------------------------------------------- expressions

    def expr(self, kind: str, deep: int = 2) -> str:
        """Text of an expression; the templates of `GRAMMAR` in place of its parts."""
        simple, compound = GRAMMAR[kind]
        options = simple if deep <= 0 or self.chance(0.35) else compound
        while True:
            template = self.rng.choice(options)
            if all(self.named(hole) for hole in HOLE.findall(template) if hole in NAMES):
                return self.filled(template, deep - 1)
            options = simple

    def filled(self, template: str, deep: int) -> str:
        """The template with an expression for each `<kind>`."""

        def part(found: re.Match[str]) -> str:
            kind = found[1]
            return self.pick(*self.named(kind)) if kind in NAMES else self.expr(kind, deep)

        return HOLE.sub(part, template)

    def named(self, kind: str) -> list[str]:
        """The variables that a hole of this kind may name."""
        return {
            "i": self.at.ints, "j": [x for x in self.at.ints if x not in PARAMETERS],
            "x": self.at.numbers, "v": self.at.vectors, "m": self.at.matrices,
            "h": self.at.masks, "l": self.at.lists, "v l": self.at.vectors + self.at.lists,
            "e": [x for x in self.at.lists if x == "e"],
            "g": [x for x in self.at.vectors if x == "g"],
            "helper": ["helper"] if self.helper else [],
        }[kind]  # fmt: skip

    def place(self) -> str:
        """An element that a statement may store into."""
        for _ in range(20):
            if (text := self.expr("element", 1)).endswith("]"):
                return text
        return "x0"

    # --------------------------------------------------------- statements

    def block(self, deep: int) -> None:
        for _ in range(self.rng.randint(1, 2) if deep else self.rng.randint(2, 5)):
            self.statement(deep)

    def statement(self, deep: int) -> None:
        if self.at.loops == 0 and self.chance(0.5):
            self.loop_statement(deep)
            return
        kinds = ["number"] * 3 + ["again"] * 4 + ["element"] * 4 + ["swap", "array"]
        kinds += ["slice", "slice", "inplace"] if deep < 2 else []
        kinds += ["loop"] * 5 + ["if"] * 3 + ["while", "collect"] if deep < 3 else []
        kinds += ["leave"] if self.at.loops else []
        kinds += ["return"] if deep and self.chance(0.2) else []
        getattr(self, f"{self.pick(*kinds)}_statement")(deep)

    def number_statement(self, deep: int) -> None:
        name = self.fresh("x")
        whole = self.chance(0.3)
        self.out(f"{name} = {self.expr('int') if whole else self.expr('number')}")
        self.at.numbers.append(name)

    def again_statement(self, deep: int) -> None:
        names = [x for x in self.at.numbers if x not in self.at.fixed and x not in PARAMETERS]
        if not names:
            self.number_statement(deep)
            return
        name = self.pick(*names)
        op = self.pick("=", "+=", "+=", "-=", "*=", "/=", "//=", "%=", "+=")
        self.out(f"{name} {op} {self.expr('number')}")

    def element_statement(self, deep: int) -> None:
        place, value = self.place(), self.expr("number")
        if place[:2] in ("e[", "d["):  # a list of the caller's keeps its type of element
            self.out(f"{place} = {'int' if place[0] == 'e' else 'float'}({value})")
        else:
            self.out(f"{place} {self.pick('=', '=', '=', '+=', '-=', '*=', '//=')} {value}")

    def swap_statement(self, deep: int) -> None:
        a, b = self.place(), self.place()
        if "e[" in (a[:2], b[:2]) or "d[" in (a[:2], b[:2]):
            a, b = "x0", "x0"
        names = [x for x in self.at.numbers if x not in self.at.fixed and x not in PARAMETERS]
        if len(names) > 1 and self.chance(0.5):
            a, b = self.rng.sample(names, 2)
        c = self.pick(a, f"{a} + {b}", self.expr("number", 1))
        self.out(f"{a}, {b} = {b}, {c}")

    def array_statement(self, deep: int) -> None:
        name = self.fresh("z")
        if self.chance(0.65):
            self.out(f"{name} = {self.expr('vector')}")
            self.at.vectors += [name, name]  # drawn more often than a parameter
        else:
            self.out(f"{name} = {self.expr('matrix', 2)}")
            self.at.matrices += [name, name]

    def slice_statement(self, deep: int) -> None:
        op = self.pick("=", "=", "+=", "*=")
        places = [f"{x}[{self.expr('slice', 1)}]" for x in self.at.vectors]
        places += [f"{x}[{self.expr('mask', 0)}]" for x in self.at.vectors[:1]]
        places += [
            f"{x}[{self.expr('slice', 1)}, {self.expr('index', 1)}]" for x in self.at.matrices[:2]
        ]
        right = self.pick(self.expr("vector", 1), self.expr("number", 1))
        if op == "=" and self.chance(0.3):
            right = self.pick(f"[{right}]", *(self.at.lists or ["0"]))
        self.out(f"{self.pick(*(places or ['x0']))} {op} {right}")

    def inplace_statement(self, deep: int) -> None:
        if self.at.matrices and self.chance(0.4):
            self.out(
                f"{self.pick(*self.at.matrices)} {self.pick('+=', '*=')} {self.expr('matrix', 1)}"
            )
        else:
            right = self.pick(self.expr("vector", 1), self.expr("number", 1))
            self.out(f"{self.pick(*self.at.vectors)} {self.pick('+=', '-=', '*=')} {right}"
                     if self.at.vectors else "pass")  # fmt: skip

    def loop_statement(self, deep: int) -> None:
        name = self.fresh("i")
        ends = [f"len({x})" for x in (*self.at.vectors, *self.at.lists)]
        ends += [f"{x}.shape[{self.pick('0', '1')}]" for x in self.at.matrices]
        hi, lo = self.pick("n", *ends), self.pick("0", "1", *self.at.ints)
        heads = [f"{name} in range({hi})"] * 4 + [
            f"{name} in range({lo}, {hi})", f"{name} in range(1, {hi} - 1)",
            f"{name} in range({hi} - 1, -1, -1)", f"{name} in range({lo}, {hi}, {self.expr('int', 0)})",
            f"{name} in range(0, {hi}, 2)", f"{name} in range({lo}, {self.expr('int', 1)})",
        ]  # fmt: skip
        bound = [name]
        if self.chance(0.2) and (self.at.vectors or self.at.lists):
            value = self.fresh("x")
            x, y = (self.pick(*self.at.vectors, *self.at.lists) for _ in range(2))
            heads = [f"{value} in {x}", f"{name}, {value} in enumerate({x})",
                     f"{name}, {value} in zip({x}, {y})"]  # fmt: skip
            bound = [value]
        head = self.pick(*heads)
        self.out(f"for {head}:")
        with self.indented():
            self.at.loops += 1
            self.at.fixed.update(bound)
            self.at.numbers += bound
            if "range" in head or "enumerate" in head:
                self.at.ints.append(name)
            self.block(deep + 1)
        if self.chance(0.07):
            self.out("else:")
            with self.indented():
                self.block(deep + 1)

    def if_statement(self, deep: int) -> None:
        self.out(f"if {self.expr('cond')}:")
        with self.indented():
            self.block(deep + 1)
        if self.chance(0.2):
            self.out(f"elif {self.expr('cond', 1)}:")
            with self.indented():
                self.block(deep + 1)
        if self.chance(0.4):
            self.out("else:")
            with self.indented():
                self.block(deep + 1)

    def while_statement(self, deep: int) -> None:
        name = self.fresh("t")
        self.out(f"{name} = {self.expr('int', 1)}")
        self.out(
            f"while {name} < {self.expr('int', 0)} + 2 and {self.pick(f'{name} > -9', self.expr('cond', 1))}:"
        )
        with self.indented():
            self.out(f"{name} += {self.pick('1', '2')}")
            self.at.loops += 1
            self.at.ints.append(name)
            self.at.fixed.add(name)
            self.block(deep + 1)

    def collect_statement(self, deep: int) -> None:
        name, i = self.fresh("r"), self.fresh("i")
        bound = self.pick("n", *(f"len({x})" for x in (*self.at.vectors, *self.at.lists)))
        self.at.ints.append(i)
        value, cond = self.expr("number", 1), self.expr("cond", 1)
        self.at.ints.remove(i)
        match self.pick("append", "comprehension", "filter", "fill"):
            case "append":
                self.out(f"{name} = []")
                self.out(f"for {i} in range({bound}):")
                self.out(f"    if {cond}:" if self.chance(0.5) else "    if True:")
                self.out(f"        {name}.append({value})")
            case "comprehension":
                self.out(f"{name} = [{value} for {i} in range({bound})]")
            case "filter":
                self.out(f"{name} = [{value} for {i} in range({bound}) if {cond}]")
            case _:
                self.out(f"{name} = [{self.pick('0', '0.0', '1')}] * {bound}")
        self.at.lists.append(name)

    def leave_statement(self, deep: int) -> None:
        self.out(f"if {self.expr('cond')}:")
        self.out(f"    {self.pick('break', 'continue', 'break')}")

    def return_statement(self, deep: int) -> None:
        self.out(f"if {self.expr('cond')}:")
        self.out(f"    return {self.expr('number', 0)}")

    # ----------------------------------------------------------- the text

    def text(self) -> str:
        self.out(f"x0 = {self.pick('0', '0.0', '1', self.expr('number', 1))}")
        self.at.numbers.append("x0")
        self.block(0)
        made = [x for x in (*self.at.numbers, *self.at.vectors, *self.at.matrices, *self.at.lists)
                if x not in PARAMETERS]  # fmt: skip
        made = list(dict.fromkeys(made))
        shown = self.rng.sample(made, min(len(made), 3))
        self.out("return " + ", ".join(shown or ["None"]))
        signature = ", ".join(f"{name}: {PARAMETERS[name]}" for name in self.params)
        lines = [f"def f({signature}):", *self.lines]
        return "\n".join([*(self._helper() if self.helper else ()), *lines, ""])

    def _helper(self) -> list[str]:
        body = self.pick(
            "return x[i] * 2 + i",
            "s = 0.0\n    for z in x:\n        if z < i:\n            continue\n        s += z\n"
            "    return s",
            "if i < 0:\n        return 0\n    x[i] = i\n    return x[i - 1]",
            "return max(x[0], i)",
        )
        return ["def helper(x, i):", f"    {body}", ""]


def draw_source(seed: int) -> str:
    """The program of a seed, without its imports (`HEADER`)."""
    return Maker(random.Random(seed)).text()


def programs() -> st.SearchStrategy[str]:
    """Programs that Hypothesis draws, without their imports.

    One half choice by choice, which is prone to programs that resemble each other; the other by a seed.
    """
    rngs = st.randoms(use_true_random=False) | st.randoms(use_true_random=True)
    return rngs.map(lambda rng: Maker(rng).text())
