"""Circumstances that may not change what a call does, under which an input runs once more.

Code that stays inside of its arrays, reads only what it wrote, and whose parallel iterations do not meet does
the same under all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["end", "start", "bounds", "order"]


@dataclass(frozen=True, slots=True)
class Condition:
    """`end`: arrays of the arguments end right before a page that nobody may touch; `start`: they start
    right behind one. `bounds`: what Numba compiles tests each index. `order`: iterations of `prange` run
    one by one, as Python, and what they touch is noted.

    For `end` and `start`, `fill` is the byte that fresh memory holds, and the bytes around arrays;
    `only` the argument whose arrays are moved ("": all); `readable`: the page may be read.
    """

    kind: Kind
    fill: int = 0
    only: str = ""
    readable: bool = False

    @property
    def moves(self) -> bool:
        """Whether arrays lie elsewhere."""
        return self.kind in ("end", "start")


FILLS = ((0x7E, 0xFE), (0x00, 0x7E))
"""As numbers: large ones of both signs, or nothing and a large one; as bools: true, or false and true."""


def two_places(number: int) -> tuple[Condition, Condition]:
    """The conditions for the memory of the input `number`."""
    low, high = FILLS[number % len(FILLS)]
    return Condition("end", low), Condition("start", high)
