"""Every diagnostic: its code, meaning, cause and cure, and the one renderer.

Codes: LW0xx input and usage, LW1xx language not covered, LW2xx dependence and legality, LW3xx types,
LW4xx verification, LW5xx profitability, LW6xx output and staleness.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a file. Lines from 1, columns from 0 (as in `ast`), end exclusive."""

    line: int
    col: int
    end_line: int
    end_col: int


NOWHERE = Span(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Code:
    """One row of the table: `meaning` is a short clause, `unlocks` says what the user can do."""

    code: str
    meaning: str
    cause: str
    unlocks: str


@dataclass(frozen=True, slots=True)
class Declined:
    """A refusal: what was refused, where, by which code, and why in the words of this very case.

    `unlocks` replaces the code's general advice where something more exact is known.
    """

    at: Span
    code: str
    why: str
    unlocks: str | None = None


class CannotLower(Exception):
    """Carries a `Declined` out of a deep recursion; caught at the door of the stage that raises it."""

    def __init__(self, declined: Declined) -> None:
        super().__init__(f"{declined.code}: {declined.why}")
        self.declined = declined


CODES: tuple[Code, ...] = (
    # one row a code, in order; a test finds codes that nothing returns
    Code("LW101", "statement is not covered", "The compiler has no translation for this statement.",
         "move it out of the loop"),
    Code("LW102", "call is not covered", "The called function is neither a known numeric function nor "
         "a function of the same module that compiles.", "use a function of math or NumPy, or move the call out of the loop"),
    Code("LW103", "expression is not covered", "The compiler has no translation for this expression.",
         "write it with numbers, arrays and lists"),
    Code("LW301", "type of a name is unknown", "Neither an annotation nor a recording tells the type.",
         "annotate it, or record a workload with `loopwright trace`"),
)  # fmt: skip
