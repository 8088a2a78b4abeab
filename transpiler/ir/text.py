"""Making Python text: lines and blocks, precedence, names.

The printers of the IR and of the backends build on this and on nothing else.
"""

from __future__ import annotations

import json
import keyword
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum

from loopwright.ir.nodes import Func, Sym
from loopwright.ir.walk import symbols, unused


class Prec(IntEnum):
    """How tightly an expression holds together (Python reference, 6.17), loosest first."""

    TERNARY = 1
    OR = 2
    AND = 3
    NOT = 4
    COMPARE = 5
    BITOR = 6
    BITXOR = 7
    BITAND = 8
    SHIFT = 9
    ADD = 10
    MUL = 11
    UNARY = 12
    POWER = 13
    ATOM = 14


@dataclass(frozen=True, slots=True)
class Code:
    """Text of an expression and its precedence."""

    text: str
    prec: Prec = Prec.ATOM

    def at(self, least: Prec) -> str:
        """The text where an operand must bind at least as tightly as `least`."""
        return self.text if self.prec >= least else f"({self.text})"


OPERATORS: dict[str, tuple[str, Prec]] = {
    "add": ("+", Prec.ADD),
    "sub": ("-", Prec.ADD),
    "mul": ("*", Prec.MUL),
    "truediv": ("/", Prec.MUL),
    "floordiv": ("//", Prec.MUL),
    "mod": ("%", Prec.MUL),
    "matmul": ("@", Prec.MUL),
    "pow": ("**", Prec.POWER),
    "and": ("&", Prec.BITAND),
    "or": ("|", Prec.BITOR),
    "xor": ("^", Prec.BITXOR),
    "lshift": ("<<", Prec.SHIFT),
    "rshift": (">>", Prec.SHIFT),
}

COMPARISONS: dict[str, str] = {
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "eq": "==",
    "ne": "!=",
}


def binary(op: str, a: Code, b: Code) -> Code:
    """`a op b` for an operator of `OPERATORS`, with the parentheses that the grammar needs."""
    sign, prec = OPERATORS[op]
    if prec is Prec.POWER:
        return Code(f"{a.at(Prec.ATOM)}**{b.at(Prec.UNARY)}", prec)
    return Code(f"{a.at(prec)} {sign} {b.at(Prec(prec + 1))}", prec)


def compare(op: str, a: Code, b: Code) -> Code:
    """`a op b` for an operator of `COMPARISONS`."""
    left, right = a.at(Prec.BITOR), b.at(Prec.BITOR)
    return Code(f"{left} {COMPARISONS[op]} {right}", Prec.COMPARE)


def unary(op: str, x: Code) -> Code:
    """`neg`, `pos`, `invert` or `not`."""
    if op == "not":
        return Code(f"not {x.at(Prec.NOT)}", Prec.NOT)
    sign = {"neg": "-", "pos": "+", "invert": "~"}[op]
    return Code(f"{sign}{x.at(Prec.UNARY)}", Prec.UNARY)


def logic(op: str, a: Code, b: Code) -> Code:
    """`a and b`, `a or b`; a chain of one operator needs no parentheses."""
    prec = Prec.AND if op == "and" else Prec.OR
    return Code(f"{a.at(prec)} {op} {b.at(prec)}", prec)


def select(cond: Code, a: Code, b: Code) -> Code:
    """`a if cond else b`."""
    text = f"{a.at(Prec.OR)} if {cond.at(Prec.OR)} else {b.at(Prec.TERNARY)}"
    return Code(text, Prec.TERNARY)


def call(name: str, *args: Code, **options: Code | None) -> Code:
    """`name(args, key=value)`; options that are None are left out."""
    parts = [a.text for a in args]
    parts += [f"{key}={value.text}" for key, value in options.items() if value is not None]
    return Code(f"{name}({', '.join(parts)})")


def items(parts: Sequence[str]) -> str:
    """The inside of a tuple display: one part has its trailing comma."""
    return f"{parts[0]}," if len(parts) == 1 else ", ".join(parts)


def slice_text(lo: str | None, hi: str | None, step: str | None) -> str:
    """`lo:hi:step` as formatters leave it: spaces around colons if a bound is more than a name or number."""
    plain = all(p is None or p.isidentifier() or p.lstrip("-").isdigit() for p in (lo, hi, step))
    gap = "" if plain else " "
    text = f"{lo}{gap}:" if lo else ":"
    if hi:
        text += f"{gap}{hi}"
    if step:
        text += f"{gap}:{gap}{step}" if hi else f":{gap}{step}"
    return text


def literal(value: bool | int | float | complex | str | None) -> Code:
    """An expression for exactly this value, signed zeros included; uses `math` for inf, nan."""
    match value:
        case complex():
            return call("complex", literal(value.real), literal(value.imag))
        case str():
            return Code(json.dumps(value))
        case float() if math.isnan(value):
            return Code("math.nan")
        case float() if math.isinf(value):
            return Code("math.inf") if value > 0 else Code("-math.inf", Prec.UNARY)
        case _:
            text = repr(value)
            return Code(text, Prec.UNARY if text.startswith("-") else Prec.ATOM)


class Lines:
    """A text under construction, which will be indented by so many `columns` where it is put."""

    def __init__(self, indent: str = "    ", columns: int = 0) -> None:
        self._indent = indent
        self._columns = columns
        self._depth = 0
        self._lines: list[str] = []

    @property
    def indentation(self) -> int:
        """How many columns the next line is indented by."""
        return self._columns + len(self._indent) * self._depth

    def add(self, *lines: str) -> None:
        """Append lines at the present depth; an empty one stays empty."""
        self._lines.extend(self._indent * self._depth + line if line else "" for line in lines)

    @contextmanager
    def block(self, header: str) -> Iterator[None]:
        """`header` and, deeper, what is added inside; `pass` if that is nothing."""
        self.add(header)
        self._depth += 1
        start = len(self._lines)
        yield
        if len(self._lines) == start:
            self.add("pass")
        self._depth -= 1

    def __str__(self) -> str:
        """The text, each line ended."""
        return "".join(line + "\n" for line in self._lines)


BUILTINS = frozenset({
    "abs", "all", "any", "bool", "complex", "float", "int", "len", "list", "max", "min", "object",
    "print", "range", "round", "str", "sum", "tuple", "math", "np",
})  # fmt: skip
"""Names that generated text may use for their global meaning."""


def name_symbols(func: Func, reserved: Iterable[str] = ()) -> dict[Sym, str]:
    """A valid, distinct name for each symbol, near to its own; no keyword, no reserved name."""
    taken = {*keyword.kwlist, *BUILTINS, *reserved}
    names: dict[Sym, str] = {}
    for sym in symbols(func):
        wanted = sym.name if sym.name.isidentifier() else "v"
        names[sym] = unused(wanted, taken)
        taken.add(names[sym])
    return names
