"""Draws modules whose layout is as odd as Python permits: only the layout matters, nothing is run.

Every choice is one of `rng`, so that Hypothesis can shrink what fails.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator

EXPRESSIONS = [
    "x",
    "x[i]",
    "(a := x) + a",
    "f'{x!r:>{n}}'",
    '"# no comment"',
    "lambda *a, **k: (a, k)",
    "[i for i in x if i]",
    "not(x)",
    "x if y else-z",
    "-x**-y",
    "{**x, 'a': 1}",
    "x[1:, ..., ::2]",
    "x if(y)else z",
]
OF_311 = []
OF_312 = ["f'{x['a']}'", "f'{x:{'>'}{n}}'"]
if sys.version_info >= (3, 12):
    EXPRESSIONS += OF_312
# {n} is replaced by a row end and odd indentation
CONTINUED = [
    "({n}x,{n}y{n})",
    "[{n}1,  # one{n}2,{n}{n}# two{n}]",
    "x + \\{c}y",
    "x if \\{c}y \\{c}else z",
    "f({n}a, *b, **c{n})",
    '"""a{s}  b{s}{s}\tc"""',
    'f"""a{s}  {{x}}{s}b"""',
    'f"""{{{s}    x = }}{s}"""',
    "'a' {c_}'b'",
    'r"""\\{s}"""',
    "({n}'a'{n}  'b'{n})",
    "'a\\{s}b'",
    "({n}\\{c}x)",
    "x[{n}# c{n}1:{n}2]",
]
COMMENTS = ["# c", "#", "#\tc  ", "# loopwright: but not ours", "#é∑🎈"]
DECORATORS = ["@staticmethod", "@d(1, *x)", "@(a := d)"]


class Layout:
    """Draws the text of one module. `mixed`: some blocks are indented by tabs and others by spaces."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._ends = rng.choice([["\n"], ["\n"], ["\r\n"], ["\r"], ["\n", "\r\n"]])
        self._units = rng.choice([["    "], ["    "], ["\t"], [" "], ["  ", "    ", "\t"]])
        self.mixed = len(self._units) > 1
        self._odd = rng.choice([0.0, 0.05, 0.3])
        self._form_feeds = rng.random() > 0.9
        self._count = 0

    def module(self) -> str:
        rows = list(self._top())
        for _ in range(self._rng.randint(1, 3)):
            rows += self._noise("")
            rows += self._definition("", 0)
        rows += self._noise("")
        text = "".join(rows)
        if self._chance(0.15):
            text = text.rstrip("\r\n")
            text += self._rng.choice(["", "", "  ", "\t"])
        return text

    def _chance(self, likely: float | None = None) -> bool:
        return self._rng.random() > 1 - (self._odd if likely is None else likely)

    def _end(self) -> str:
        return self._rng.choice(self._ends)

    def _top(self) -> Iterator[str]:
        if self._chance(0.3):
            yield "#!/usr/bin/env python" + self._end()
        yield from self._noise("")
        if self._chance(0.4):
            yield f'"""Doc.{self._end()}  more.{self._end()}"""' + self._trail()
            yield from self._noise("")
        for _ in range(self._rng.randint(0, 2)):
            pick = self._rng.random()
            if pick < 0.6:
                yield "import numpy as np" + self._trail()
            elif pick < 0.8:
                yield "import a; import b" + self._trail()
            else:
                yield "try:" + self._trail()
                yield "    import c" + self._trail()
                yield from self._noise("    ")
                yield "except ImportError: c = None" + self._trail()
            yield from self._noise("")

    def _noise(self, base: str) -> Iterator[str]:
        """Empty rows and comments, at any depth."""
        while self._chance(0.2 + self._odd):
            if self._chance(0.5):
                yield self._space() + self._end()
            else:
                column = base if not self._chance() else self._space()
                yield column + self._rng.choice(COMMENTS) + self._end()

    def _space(self) -> str:
        kinds = [
            "",
            "",
            " ",
            "  ",
            "    ",
            "      ",
            "        ",
            "\t",
            "\t\t",
            " \t",
            "            ",
        ]
        return self._rng.choice([*kinds, "\f", " \f "] if self._form_feeds else kinds)

    def _trail(self) -> str:
        if self._chance():
            return "  " + self._rng.choice(COMMENTS) + self._end()
        return (" " if self._chance() else "") + self._end()

    def _start(self, base: str) -> str:
        if self._form_feeds and self._chance():
            return self._rng.choice(["\f", "  \f", "\f\f"]) + base
        return base

    def _expression(self) -> str:
        if not self._chance(0.1 + self._odd):
            return self._rng.choice(EXPRESSIONS)
        text = self._rng.choice(CONTINUED)
        for hole, fill in self._fills():
            while hole in text:
                text = text.replace(hole, fill(), 1)
        return text.replace("{{", "{").replace("}}", "}")

    def _fills(self) -> list[tuple[str, Callable[[], str]]]:
        def comment() -> str:
            return "  # in" if self._chance() else ""

        return [
            ("{n}", lambda: comment() + self._end() + self._space()),
            ("{c}", lambda: self._end() + self._space()),
            ("{c_}", lambda: "\\" + self._end() + self._space()),
            ("{s}", self._end),
        ]

    def _small(self) -> str:
        self._count += 1
        name = f"v{self._count}"
        e = self._expression()
        return self._rng.choice(
            [f"{name} = {e}", f"{name}: int = {e}", f"{name} += ({e})", f"print({e})", "pass",
             f"x[{e}] = 1", f"assert {e}", "del x[0]", "import q", f"{name} = yy = {e}"]
        )  # fmt: skip

    def _simple(self, base: str) -> Iterator[str]:
        parts = [self._small()]
        while self._chance() and self._chance():
            parts.append(self._small())
        semicolon = ";" if self._chance() and self._chance() else ""
        yield self._start(base) + "; ".join(parts) + semicolon + self._trail()

    def _suite(self, base: str, depth: int) -> Iterator[str]:
        """What follows a colon: the rest of its row and the block."""
        if self._chance() and self._chance():
            yield " " + self._small() + self._trail()
            return
        yield self._trail()
        inner = base + self._rng.choice(self._units)
        for _ in range(self._rng.randint(1, 3)):
            yield from self._noise(inner)
            yield from self._statement(inner, depth + 1)
        yield from self._noise(inner)

    def _clause(self, base: str, head: str, depth: int) -> str:
        return base + head + ":" + "".join(self._suite(base, depth))

    def _statement(self, base: str, depth: int) -> Iterator[str]:
        pick = self._rng.random()
        if depth > 3 or pick < 0.45:
            yield from self._simple(base)
        elif pick < 0.52:
            yield from self._definition(base, depth)
        else:
            yield self._start(base)
            yield self._compound(base, depth)[len(base) :]

    def _compound(self, base: str, depth: int) -> str:
        def clause(head: str) -> str:
            return self._clause(base, head, depth)

        e = self._expression()
        kind = self._rng.choice(["for", "for", "while", "if", "elif", "try", "with", "match"])
        match kind:
            case "for" | "while":
                head = f"for i in {e}" if kind == "for" else f"while ({e})"
                return clause(head) + (clause("else") if self._chance() else "")
            case "if":
                return clause(f"if {e}") + (clause("else") if self._chance() else "")
            case "elif":
                return clause(f"if {e}") + clause("elif(x)") + clause("else")
            case "try":
                star = "*" if self._chance() else ""
                tail = clause("finally") if self._chance() else ""
                return clause("try") + clause(f"except{star} E as e") + tail
            case "with":
                return clause(self._rng.choice([f"with {e} as w", "with (a as b, c as d,)"]))
            case _:
                trail, inner = self._trail(), base + self._rng.choice(self._units)
                cases = ["case [1, *_] if x", "case {'a': b, **r}", "case _"]
                text = "".join(self._clause(inner, head, depth + 1) for head in cases)
                return f"{base}match {self._rng.choice(EXPRESSIONS[:2])}:{trail}{text}"

    def _definition(self, base: str, depth: int) -> Iterator[str]:
        self._count += 1
        name = f"f{self._count}"
        while self._chance():
            yield self._start(base) + self._rng.choice(DECORATORS) + self._trail()
            yield from self._noise(base)
        if depth < 2 and self._chance(0.2):
            inner = base + self._rng.choice(self._units)
            yield f"{base}class C{self._count}:" + self._trail()
            yield from self._noise(inner)
            yield from self._definition(inner, depth + 1)
            yield from self._noise(inner)
            return
        word = "async def" if self._chance() else "def"
        inner = base + self._rng.choice(self._units)
        yield (
            f"{base}{word} {name}({self._rng.choice(['x', 'x, /, y, *, z=1', 'self'])}):"
            + self._trail()
        )
        yield from self._noise(inner)
        if self._chance(0.3):
            yield inner + self._rng.choice(['"""Doc."""', f'"""Doc{self._end()}  s."""', "'d';"])
            yield self._trail()
            yield from self._noise(inner)
        for _ in range(self._rng.randint(1, 4)):
            yield from self._statement(inner, depth + 1)
            yield from self._noise(inner)
