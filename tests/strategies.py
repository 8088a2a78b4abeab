"""Random programs as Python text, and arguments for them.

A program is a function `f` of some of the parameters of `PARAMETERS`, now and then with a helper `g`.
Expressions are drawn by what they yield: whole numbers for indices, any number, vectors, matrices,
masks. Nothing keeps a drawn program from raising or from running for long: `python_outcome` stops it.
"""

from __future__ import annotations

import copy
import math
import random
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

HEADER = """\
import math
from typing import Annotated
import numpy as np
from numpy.typing import NDArray
"""
PARAMETERS = {
    "n": "int",
    "k": "int",
    "p": "float",
    "b": "bool",
    "v": 'Annotated[NDArray[np.float64], "n"]',
    "w": 'Annotated[NDArray[np.float64], "n"]',
    "y": 'Annotated[NDArray[np.float64], "o"]',
    "s": 'Annotated[NDArray[np.float32], "n"]',
    "g": 'Annotated[NDArray[np.int64], "n"]',
    "u": 'Annotated[NDArray[np.uint8], "n"]',
    "h": 'Annotated[NDArray[np.bool_], "n"]',
    "a": 'Annotated[NDArray[np.float64], "n m"]',
    "c": 'Annotated[NDArray[np.float64], "n m"]',
    "q": 'Annotated[NDArray[np.int64], "n m"]',
    "e": "list[int]",
    "d": "list[float]",
}
_HOLE = re.compile("<([a-z ]+)>")
_NAMES = ("i", "x", "v", "m", "h", "l", "v l", "e", "g", "helper")
GRAMMAR: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "int": (
        ("<i>", "<i>", "<i>", "0", "1", "2", "-1", "-3", "4"),
        (
            "<int> + <int>", "<int> - <int>", "(<int>) * <int>", "(<int>) // (<int>)",
            "(<int>) % (<int>)", "(<int>) % 3", "(<int>) // 2", "(<int>) >> 1", "((<int>) << 2)",
            "((<int>) & 7)", "((<int>) ^ (<int>))", "~(<int>)", "-(<int>)", "abs(<int>)",
            "min(<int>, <int>)", "max(<int>, <int>)", "(<int> if <cond> else <int>)",
            "(<int>) ** 2", "int(<number>)", "round(<number>)", "-7 // (<int>)", "len(<v l>)",
            "len(<v l>)", "<m>.shape[0]", "<m>.shape[1]", "e[<index>]", "<g>[<index>]",
            "int(<g>[<index>])", "math.floor(<number>)",
        ),
    ),
    "index": (
        ("<i>", "<i>", "<i>", "<i>", "0", "-1"),
        ("<i>", "<i>", "<i>", "<i> - 1", "<i> + 1", "-<i> - 1", "<i> // 2", "(<i>) % 3", "<int>"),
    ),
    "element": (
        ("<v l>[<index>]", "<v l>[<index>]", "<m>[<index>, <index>]", "<h>[<index>]", "0"),
        ("<v l>[<index>]", "<v l>[<index>]", "<m>[<index>, <index>]", "<h>[<index>]"),
    ),
    "number": (
        ("<x>", "<x>", "<element>", "<element>", "0", "1", "2.5", "-0.0", "0.5", "3", "True"),
        (
            "<number> + <number>", "<number> - <number>", "(<number>) * (<number>)",
            "(<number>) / (<number>)", "(<number>) // (<number>)", "(<number>) % (<number>)",
            "(<number>) ** 2", "(<number>) ** (<number>)", "-(<number>)", "abs(<number>)",
            "min(<number>, <number>)", "max(<number>, <number>)", "max(<number>, 0.0)",
            "(<number> if <cond> else <number>)", "float(<number>)", "math.sqrt(<number>)",
            "np.sqrt(<number>)", "math.floor(<number>)", "int(<number>)", "bool(<number>)",
            "np.maximum(<number>, <number>)", "np.float32(<number>)", "np.sign(<number>)",
            "round(<number>)", "(<number> < <number>)", "math.copysign(<number>, <number>)",
            "<int>", "<int>", "<int>", "<element>", "<element>", "<element>", "<reduction>",
            "<reduction>", "<reduction>", "sum(<l>)", "max(<l>)", "min(<l>)", "float(len(<l>))",
            "sum(<l>[1:])", "sum(z * <i> for z in <l>)", "<helper>(<v>, <index>)",
            "<helper>(<v>, <index>)", "<helper>(<v>, <index>)",
        ),
    ),
    "reduction": (("np.sum(<vector>)", "(<vector>).max()"), (
        *(f"np.{f}(<vector>)" for f in ("sum", "max", "min", "mean", "any", "argmax")),
        *(f"(<vector>).{f}()" for f in ("sum", "prod", "min", "all", "argmin")),
        "(<matrix>).sum()", "np.max(<matrix>)", "np.sum(<mask>)", "np.mean(<matrix>)",
    )),
    "cond": (
        ("<number> < <number>", "<number> == <number>", "<element> > 0", "<i> <= <i>"),
        (
            *(f"<number> {op} <number>" for op in ("<", "<=", ">", ">=", "==", "!=")),
            "0 <= <index> < <int>", "<number>", "not (<cond>)", "<cond> and <cond>",
            "<cond> or <cond>", "0 <= <i> and <i> < len(<v l>) and <v l>[<i>] > 1",
        ),
    ),
    "slice": (
        ("::-1", "1:", ":-1", "::2", ":"),
        ("::-1", "1:", ":-1", "::2", "2:", "-2:", ":3", "1:-1", "::-2", "<int>:", ":<int>"),
    ),
    "view": (
        ("<v>[<slice>]", "<m>[<index>]", "<m>[:, <index>]", "np.ones(n)"),
        ("<v>[<slice>]", "<v>[<slice>]", "<m>[<index>]", "<m>[:, <index>]", "<m>.T[<index>]",
         "<m>[<index>, <slice>]", "<m>[<slice>, <index>]"),
    ),
    "vector": (
        ("<v>", "<v>", "<view>", "<m>[0]", "np.arange(n)"),
        (
            *(f"(<vector>) {op} (<operand>)" for op in ("+", "-", "*", "/", "//", "%", "+", "*")),
            *(f"(<number>) {op} (<vector>)" for op in ("+", "-", "*", "/")),
            "-(<vector>)", "np.abs(<vector>)", "np.sqrt(<vector>)", "(<vector>) ** 2",
            "np.maximum(<vector>, <operand>)", "np.minimum(<vector>, <operand>)",
            "np.where(<mask>, <vector>, <operand>)", "np.clip(<vector>, 0, 1)",
            "(<vector>)[<mask>]", "(<vector>)[<slice>]", "np.cumsum(<vector>)", "(<vector>).copy()",
            "(<vector>).astype(np.float64)", "(<vector>).astype(np.int64)", "np.zeros(n)",
            "(<vector>).astype(np.float32)", "np.arange(n)", "np.full(n, <number>)",
            "np.ones(n, dtype=np.int64)", "np.array([<number>, <number>])",
            "np.zeros_like(<vector>)", "np.floor(<vector>)", "np.sort(<vector>)",
            "np.diff(<vector>)", "np.concatenate((<vector>, <vector>))", "(<vector>)[<g>]",
            "(<matrix>).sum(axis=0)", "(<matrix>).sum(axis=1)", "(<matrix>).max(axis=-1)",
            "(<matrix>).mean(axis=0)", "(<matrix>).min(axis=0)", "(<matrix>).argmax(axis=1)",
        ),
    ),
    "operand": (("<v>", "<x>", "<view>"), ("<vector>", "<number>", "<vector>")),
    "matrix": (
        ("<m>", "<m>", "<m>", "np.ones((n, 2))"),
        (
            *(f"(<matrix>) {op} (<matrix>)" for op in ("+", "-", "*", "/")),
            *(f"(<matrix>) {op} (<operand>)" for op in ("+", "-", "*", "//", "%")),
            "(<matrix>) * (<vector>)[:, None]", "(<vector>)[:, None] * (<vector>)", "(<matrix>).T",
            "(<matrix>)[::-1]", "(<matrix>)[:, ::-1]", "(<matrix>)[1:, :-1]", "np.abs(<matrix>)",
            "np.where((<matrix>) > 0, <matrix>, <operand>)", "(<matrix>)[:, <slice>]",
            "(<matrix>).copy()", "(<m>) - (<m>).mean(axis=0)", "np.zeros((n, <int>))",
            "(<matrix>).max(axis=1, keepdims=True) * (<m>)", "np.minimum(<matrix>, <number>)",
        ),
    ),
    "mask": (
        ("(<v> > <number>)", "<h>", "((<vector>) != <x>)"),
        (*(f"((<vector>) {op} <number>)" for op in ("<", ">", "==", "<=")),
         "(<mask> & <mask>)", "(<mask> | <mask>)", "~<mask>", "<h>"),
    ),
}  # fmt: skip
"""For each kind of expression what stands at the leaves, and what else there is."""
LENGTHS = (0, 1, 2, 3, 7)
BUDGET = 2000

_VECTORS = ("v", "w", "y", "s", "g", "u")
_MATRICES = ("a", "c", "q")
_ODD_FLOATS = (math.nan, math.inf, -math.inf, -0.0, 1e308, 5e-324, 0.1)
_ODD_INTS = (2**31, -(2**31), 2**31 - 1, 64, -64, 255)


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
            if all(self.named(hole) for hole in _HOLE.findall(template) if hole in _NAMES):
                return self.filled(template, deep - 1)
            options = simple

    def filled(self, template: str, deep: int) -> str:
        """The template with an expression for each `<kind>`."""

        def part(found: re.Match[str]) -> str:
            kind = found[1]
            return self.pick(*self.named(kind)) if kind in _NAMES else self.expr(kind, deep)

        return _HOLE.sub(part, template)

    def named(self, kind: str) -> list[str]:
        """The variables that a hole of this kind may name."""
        return {
            "i": self.at.ints, "x": self.at.numbers, "v": self.at.vectors, "m": self.at.matrices,
            "h": self.at.masks, "l": self.at.lists, "v l": self.at.vectors + self.at.lists,
            "e": [x for x in self.at.lists if x == "e"],
            "g": [x for x in self.at.vectors if x == "g"],
            "helper": ["helper"] if self.helper else [],
        }[kind]  # fmt: skip

    def place(self) -> str:
        """An element that a statement may store into."""
        while not (text := self.expr("element", 1)).endswith("]"):
            pass
        return text

    # --------------------------------------------------------- statements

    def block(self, deep: int) -> None:
        for _ in range(self.rng.randint(1, 2) if deep else self.rng.randint(2, 5)):
            self.statement(deep)

    def statement(self, deep: int) -> None:
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
        op = self.pick("=", "=", "=", "+=", "-=", "*=", "//=")
        self.out(f"{self.place()} {op} {self.expr('number')}")

    def swap_statement(self, deep: int) -> None:
        a, b = self.place(), self.place()
        names = [x for x in self.at.numbers if x not in self.at.fixed and x not in PARAMETERS]
        if len(names) > 1 and self.chance(0.5):
            a, b = self.rng.sample(names, 2)
        c = self.pick(a, f"{a} + {b}", self.expr("number", 1))
        self.out(f"{a}, {b} = {b}, {c}")

    def array_statement(self, deep: int) -> None:
        name = self.fresh("z")
        if self.chance(0.65):
            self.out(f"{name} = {self.expr('vector')}")
            self.at.vectors.append(name)
        else:
            self.out(f"{name} = {self.expr('matrix', 2)}")
            self.at.matrices.append(name)

    def slice_statement(self, deep: int) -> None:
        op = self.pick("=", "=", "+=", "*=")
        places = [f"{x}[{self.expr('slice', 1)}]" for x in self.at.vectors]
        places += [f"{x}[{self.expr('mask', 0)}]" for x in self.at.vectors[:1]]
        places += [
            f"{x}[{self.expr('slice', 1)}, {self.expr('index', 1)}]" for x in self.at.matrices[:2]
        ]
        self.out(
            f"{self.pick(*(places or ['x0']))} {op} {self.pick(self.expr('vector', 1), self.expr('number', 1))}"
        )

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


def parameters(source: str) -> list[str]:
    """The names of the parameters of `f`."""
    header = next(line for line in source.splitlines() if line.startswith("def f("))
    return [name for name in PARAMETERS if f"({name}: " in header or f", {name}: " in header]


# ----------------------------------------------------------------- arguments


def draw_arguments(names: Sequence[str], rng: random.Random) -> dict[str, Any]:
    """A value for each parameter. Half of the draws use small dyadic numbers, the others special ones."""
    n, m = rng.choice(LENGTHS), rng.choice(LENGTHS)
    odd = rng.random() < 0.5
    size = {"o": n if rng.random() < 0.5 else rng.choice(LENGTHS), "n": n, "m": m}
    return {name: _value(name, size, odd, rng) for name in names}


def _value(name: str, size: dict[str, int], odd: bool, rng: random.Random) -> Any:
    shown = PARAMETERS[name]
    if shown == "bool":
        return rng.random() < 0.5
    if shown == "int":
        near = size["n"] if name == "n" else rng.randint(-2, 4)
        return rng.choice(_ODD_INTS) if odd and name != "n" and rng.random() < 0.3 else near
    if shown == "float":
        return _float(odd, rng)
    if shown == "list[int]":
        return [_int(odd, rng) for _ in range(size["n"])]
    if shown == "list[float]":
        return [_float(odd, rng) for _ in range(size["n"])]
    shape = tuple(size[s] for s in shown.split('"')[1].split())
    dtype = shown.split("np.")[1].split("]")[0]
    count = math.prod(shape)
    if dtype.startswith("float"):
        flat = np.array([_float(odd, rng) for _ in range(count)], dtype="float64")
    elif dtype == "int64":
        flat = np.array([_int(odd and rng.random() < 0.2, rng) for _ in range(count)], "int64")
    else:
        flat = np.array([rng.choice((0, 1, 2, 200, 255)) for _ in range(count)], dtype="int64")
    with np.errstate(all="ignore"):
        return _laid_out(flat.astype(dtype).reshape(shape), rng)


def _laid_out(array: Any, rng: random.Random) -> Any:
    """The array, now and then as a strided or reversed view."""
    match rng.choice(("C", "C", "C", "reversed", "strided", "F")):
        case "reversed":
            return np.ascontiguousarray(array[::-1])[::-1]
        case "strided" if array.ndim == 1:
            return np.repeat(array, 2)[::2]
        case "F":
            return np.asfortranarray(array)
        case _:
            return array


def _float(odd: bool, rng: random.Random) -> float:
    if odd and rng.random() < 0.3:
        return rng.choice(_ODD_FLOATS)
    return rng.randint(-8, 8) / 2


def _int(odd: bool, rng: random.Random) -> int:
    return rng.choice(_ODD_INTS) if odd and rng.random() < 0.3 else rng.randint(-2, 4)


# -------------------------------------------------------------------- CPython


class OutOfBudget(Exception):
    """The drawn program runs for too long."""


def counted(text: str) -> str:
    """The text with a call of `tick` in each loop body."""
    lines: list[str] = []
    for line in text.splitlines():
        lines.append(line)
        body = line.lstrip()
        if body.startswith(("for ", "while ")):
            lines.append(" " * (len(line) - len(body) + 4) + "tick()")
    return "\n".join(lines)


def python_outcome(text: str, args: Sequence[Any], budget: int = BUDGET) -> Any:
    """What CPython returns for `f(*args)`, or the exception as a value; OutOfBudget if it runs long."""
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        ticks += 1
        if ticks > budget:
            raise OutOfBudget

    space: dict[str, Any] = {"tick": tick}
    exec(HEADER + counted(text), space)
    try:
        with np.errstate(all="ignore"):
            return space["f"](*args)
    except OutOfBudget:
        raise
    except Exception as error:
        return error
