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

_ROOM = (1000, 6000, 30_000, 300_000)
"How many elements the axes of a call's matrices span together, by reach."
_CAPS = (0, 1, 2, 3, 4, 8, 16, 32, 64, 70, 130, 320, 2560, 10**9)
_SMALL = (0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10)
_MEDIUM = (11, 13, 15, 16, 17, 20, 23, 31, 32, 33, 63, 64, 65)
_LARGE = (100, 127, 128, 129, 130, 150, 200, 255, 256, 257, 300)
_HUGE = (1000, 1023, 1025, 4099, 8193, 33_000, 70_001)
_MET = 12
"""Scalars that are remembered: enough for the keys of a dict and a few arguments."""
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
        ranks: Mapping[str, int] | None = None,
    ) -> None:
        self.draw = draw
        self.constants = constants
        self.style = style
        self.env: dict[str, int] = dict(env or {})
        self.ranks = ranks or {}
        self.lengths: list[int] = list(self.env.values())
        self.elements: list[Any] = []
        self.labels: set[str] = set()
        self.depth = 0
        self.links: dict[str, int] = {}
        self.room = _ROOM[style.reach]

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

    def met(self, value: object) -> None:
        """Note a scalar of this call, for others to equal."""
        if len(self.elements) < _MET:
            self.elements.append(value)

    # ------------------------------------------------------------- lengths

    def shape(self, dims: Sequence[Length]) -> tuple[int, ...]:
        """The lengths for `dims` of one array."""
        return tuple(self.length(dim, len(dims), dims.count(dim)) for dim in dims)

    def length(self, dim: Length, rank: int = 1, times: int = 1) -> int:
        """The length for `dim` in an object of `rank` axes, `times` of which have it."""
        if isinstance(dim, int):
            return dim
        if dim is None:
            return self._known_or_new(rank, 1)
        if not dim.isidentifier():
            return max(0, _evaluate(ast.parse(dim, mode="eval").body, self, rank))
        if dim not in self.env:
            self.env[dim] = self._known_or_new(max(rank, self.ranks.get(dim, 1)), times)
        return self.env[dim]

    def _known_or_new(self, rank: int, times: int) -> int:
        cap = 10**9 if rank == 1 else math.isqrt(self.room) if times > 1 else self.room
        n = self.pick(self.lengths) if self.lengths and self.chance(self.style.together) else -1
        if not 0 <= n <= cap:
            n = self.new_length(cap)
            self.lengths.append(n)
        if rank > 1:
            self.room //= max(1, n**times)
        return n

    def fresh_length(self, rows: int) -> int:
        """The length of `rows` rows that owes nothing to those in use, so that a matrix is not square."""
        n = self.new_length(self.room // max(1, rows))
        self.lengths.append(n)
        return n

    def stretched(self, text: str) -> str:
        """`text` again and again, up to a length of its own."""
        return fitted(text, self.new_length(10_000))

    def new_length(self, cap: int = 10**9) -> int:
        """A length of at most `cap` that owes nothing to those in use; one in a call is huge."""
        reach = min(self.style.reach, 1) if self.depth else self.style.reach
        if reach == 3 and max(self.lengths, default=0) >= _HUGE[0]:
            reach = 1
        cap = max(c for c in _CAPS if c <= cap)
        return self.draw(_lengths(reach, cap, self.constants.sizes))


def fitted(text: str, length: int) -> str:
    """The text cut to a length, or repeated up to it."""
    text = text or "a"
    return (text * (length // len(text) + 1))[:length]


@functools.cache
def _index(n: int) -> st.SearchStrategy[int]:
    return st.integers(0, n - 1)


@functools.cache
def _lengths(reach: int, cap: int, sizes: tuple[int, ...]) -> st.SearchStrategy[int]:
    """Lengths up to what `reach` and `cap` allow, about a third of them near constants of the source."""
    if reach == 3:
        far = tuple(n for n in sizes if n >= 2560)
        pools = [_HUGE, far or _HUGE, *([] if cap == _CAPS[-1] else [_SMALL])]
    else:
        pools = [_SMALL, _MEDIUM, _LARGE][: reach + 1]
        for low, high in ((0, 320), (320, 2560))[:reach]:
            pools.append(tuple(n for n in sizes if low <= n < high))
    pools = [kept for pool in pools if (kept := tuple(n for n in pool if n <= cap))]
    longest = max(map(len, pools))
    shares = [pool * (longest // len(pool)) + pool[: longest % len(pool)] for pool in pools]
    if reach == 0 or len(pools) > 2:
        shares.append(shares[0])
    return st.sampled_from(sorted(n for share in shares for n in share))


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
