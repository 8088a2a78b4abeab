"""What tells a function from others in another process. Recorded programs import this, and nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass
from types import CodeType


@dataclass(frozen=True, slots=True, order=True)
class FunctionRef:
    """What a callable value is: a function of the region's module, one of the file `file`, or one of NumPy,
    SciPy, math or the builtins (`library`).

    `name` is its qualified name, that of a function of a library with its module; `line` and `col` are
    where its code begins, for names do not tell lambdas apart. `bound` is the path of the object that a
    method is bound to. `values` are the constants that its free names stand for where another function
    binds them, or another module: pairs of name and literal.
    """

    name: str
    line: int = 0
    bound: str = ""
    library: bool = False
    file: str = ""
    values: tuple[tuple[str, str], ...] = ()
    col: int = -1


def column_of(code: CodeType) -> int:
    """The least column on the first line of the code that is not 0, as what has no place in the text has;
    -1 if there is none."""
    places = code.co_positions()
    first = code.co_firstlineno
    return min((col for line, _, col, _ in places if line == first and col), default=-1)
