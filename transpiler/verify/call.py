"""What the strategies of one call's arguments share: lengths, elements, and how adventurous the call is.

A choice that depends on what was drawn before goes through `Call`; each costs Hypothesis some 30
microseconds, so that tables with weights built in are preferred to coins. In all of them the plain end
comes first: that is where Hypothesis shrinks to.
"""

from __future__ import annotations

import ast
import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import strategies as st

from loopwright.verify.constants import Constants
from loopwright.verify.kinds import Length

T = TypeVar("T")

LARGEST_MATRIX = 4000
_SMALL = (0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10)
_MEDIUM = (11, 13, 15, 16, 17, 20, 23, 31, 32, 33, 63, 64, 65)
_LARGE = (100, 127, 128, 129, 130, 150, 200, 255, 256, 257, 300)
_HUGE = (1000, 1023, 1025, 4099, 8193, 33_000, 70_001)
_SIDES = 512
_ROLL = st.integers(-(_SIDES // 2), _SIDES // 2 - 1)
"Beyond 256 the integers of Hypothesis are not equally likely: small ones are drawn more often."


@dataclass(frozen=True, slots=True)
class Style:
    """How adventurous one call is; probabilities, and `reach` 0 to 3 for small to huge sizes.

    `together` is the chance that a new symbol takes a length in use, `tall` a factor for the chance of
    integers too large to loop over.
    """

    wild: float = 0.1
    reach: int = 0
    together: float = 0.5
    alias: float = 0.0
    layout: float = 0.1
    tall: float = 1.0


def roll(draw: st.DrawFn) -> int:
    """A number below 512, each as likely as the other; shrinks to 0."""
    number = draw(_ROLL)
    return 2 * number if number >= 0 else -2 * number - 1


def pick(draw: st.DrawFn, options: Sequence[T]) -> T:
    """One of `options`, each about as likely as the other; shrinks to the first."""
    n = len(options)
    if n <= 256:
        return options[draw(_index(n)) if n > 1 else 0]
    return options[(roll(draw) * _SIDES + roll(draw)) % n]


class Call:
    """The state of one example while its arguments are drawn."""

    def __init__(
        self,
        draw: st.DrawFn,
        constants: Constants,
        style: Style,
        env: Mapping[str, int] | None = None,
    ) -> None:
        self.draw = draw
        self.constants = constants
        self.style = style
        self.env: dict[str, int] = dict(env or {})
        self.lengths: list[int] = list(self.env.values())
        self.elements: list[Any] = []
        self.labels: set[str] = set()
        self.depth = 0
        self.links: dict[str, int] = {}

    # ------------------------------------------------------------- choices

    def chance(self, p: float) -> bool:
        """True with probability `p`; shrinks to False."""
        return p > 0 and roll(self.draw) >= _SIDES * (1 - p)

    def pick(self, options: Sequence[T]) -> T:
        """One of `options`; shrinks to the first."""
        return pick(self.draw, options)

    def same(self, link: str, options: Sequence[T]) -> T:
        """One of `options`, at the position that the call has taken for `link`."""
        if link not in self.links:
            self.links[link] = pick(self.draw, range(len(options)))
        return options[self.links[link] % len(options)]

    def route(self, ways: int, wild: float) -> int:
        """One of `ways` numbers, or -1 with probability `wild`, by a single choice."""
        number = roll(self.draw)
        return -1 if number >= _SIDES * (1 - wild) else number % ways

    def pick_wild(self, tame: Sequence[T], wild: Sequence[T], p: float) -> T:
        """One of `wild` with probability `p`, else one of `tame`, by a single choice."""
        number = roll(self.draw)
        options = wild if number >= _SIDES * (1 - p) else tame
        return options[number % len(options)]

    # ------------------------------------------------------------- lengths

    def length(self, dim: Length, rank: int = 1) -> int:
        """The length for `dim` in an object of `rank` axes."""
        if isinstance(dim, int):
            return dim
        if dim is None:
            return self._known_or_new(rank)
        if not dim.isidentifier():
            return max(0, _evaluate(ast.parse(dim, mode="eval").body, self, rank))
        if dim not in self.env:
            self.env[dim] = self._known_or_new(rank)
        return self.env[dim]

    def _known_or_new(self, rank: int) -> int:
        if self.lengths and self.chance(self.style.together):
            n = self.pick(self.lengths)
            if rank == 1 or n**rank <= LARGEST_MATRIX:
                return n
        n = self.new_length(rank)
        self.lengths.append(n)
        return n

    def new_length(self, rank: int) -> int:
        """A length that owes nothing to those in use."""
        reach = min(self.style.reach, 1) if self.depth else self.style.reach
        return self.draw(_lengths(reach, rank, self.constants.sizes))


@functools.cache
def _index(n: int) -> st.SearchStrategy[int]:
    return st.integers(0, n - 1)


@functools.cache
def _lengths(reach: int, rank: int, sizes: tuple[int, ...]) -> st.SearchStrategy[int]:
    """Lengths up to what `reach` allows, about a third of them near constants of the source."""
    if reach >= 3 and rank == 1:
        return st.sampled_from(_HUGE)
    cap = math.isqrt(LARGEST_MATRIX) if rank == 2 else 24 if rank > 2 else 10**9
    pools: list[tuple[int, ...]] = [_SMALL]
    if reach >= 1:
        pools.append(_MEDIUM)
    if reach >= 2:
        pools.append(_LARGE)
    for low, high in ((0, 320), (320, 2560))[:reach]:
        near = tuple(n for n in sizes if low <= n < min(high, cap + 1))
        pools += [near] if near else []
    longest = max(map(len, pools))
    shares = [pool * (longest // len(pool)) + pool[: longest % len(pool)] for pool in pools]
    if reach == 0 or len(pools) > 2:
        shares.append(shares[0])
    return st.sampled_from(sorted(min(n, cap) for share in shares for n in share))


def _evaluate(node: ast.expr, call: Call, rank: int) -> int:
    match node:
        case ast.Constant(value=int() as n):
            return n
        case ast.Name(name):
            return call.length(name, rank)
        case ast.BinOp(left, op, right):
            a, b = _evaluate(left, call, rank), _evaluate(right, call, rank)
            match op:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
                case ast.FloorDiv() if b:
                    return a // b
        case _:
            pass
    return call.length(None, rank)
