"""What a kernel is valid for: its parameters, where they come from, and their types.

A *path* says where a live-in is found from the names at the call: `X`, `self.w`, `self.params['W']`:
a root name followed by attribute and constant-key steps. Several parameters may share a root.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from loopwright.ir.types import Type

INT_LIMIT = 2**31
"""Python ints passed to a kernel are guarded to lie within +-INT_LIMIT unless `Param.ints` says else."""

Step = tuple[str, str | int]  # ("attr", name) or ("item", key)


@dataclass(frozen=True, slots=True)
class Param:
    """One live-in. `name` is the IR symbol's name, `path` its source text.

    `ints` is the guarded closed range of a `Py("int")` or of the elements of a list of ints. A `Ragged`
    live-in is two parameters in a row, of one path: its joined rows, and their bounds (`bounds`).
    """

    name: str
    path: str
    type: Type
    ints: tuple[int, int] = (-INT_LIMIT, INT_LIMIT)
    bounds: bool = False

    @property
    def root(self) -> str:
        return split_path(self.path)[0]


@dataclass(frozen=True, slots=True)
class Domain:
    """Parameters in the order of `Program.main.params`.

    The guard also demands: written arrays are writable and share no memory with any other parameter.
    """

    params: tuple[Param, ...]

    @property
    def roots(self) -> tuple[str, ...]:
        """Root names in order of first use: the arguments of the dispatch function."""
        return tuple(dict.fromkeys(p.root for p in self.params))


def split_path(path: str) -> tuple[str, tuple[Step, ...]]:
    """`"self.p['W']"` -> `("self", (("attr", "p"), ("item", "W")))`."""
    steps: list[Step] = []
    node: ast.expr = ast.parse(path, mode="eval").body
    while True:
        match node:
            case ast.Name(root):
                return root, tuple(reversed(steps))
            case ast.Attribute(value, attr):
                steps.append(("attr", attr))
                node = value
            case ast.Subscript(value, ast.Constant(value=(str() | int()) as key)):
                steps.append(("item", key))
                node = value
            case _:
                raise ValueError(f"not a path: {path}")
