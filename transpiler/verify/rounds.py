"""The strategies of a search, round by round: small and plain inputs first, then bold ones.

Hypothesis needs a strategy that stays as it is while it runs. What a search learns therefore goes from one
round to the next: cases that reached a line first are in the strategy of the next round, to be varied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from loopwright.verify.call import Call, Style, pick
from loopwright.verify.case import Case
from loopwright.verify.constants import Constants
from loopwright.verify.kinds import Parameter
from loopwright.verify.neighbours import neighbour, stray
from loopwright.verify.strategies import draw_arguments, ranks_of

EXAMPLES = 9
"""Examples of a round. Past ten, Hypothesis spends most of them on copies of parts of others."""
_TAME_UNTIL, _BOLD_UNTIL = 30, 150
_POOL = 64
_HEAVY = 100_000
"Bytes of an input beyond which it is varied only if it reached something new."
_STRAYS = 0.07
_OTHERS, _HUGE = 40, 200_000

TAME = (Style(wild=0.05, reach=0, together=0.8, layout=0.05),)
BOLD = tuple(
    Style(wild, reach, together, alias, layout)
    for reach in (0, 0, 1, 1, 1, 2)
    for alias in (0.0, 0.0, 0.3, 0.8)
    for layout in (0.0, 0.1, 0.5)
    for together in (0.8, 1.0, 0.5, 0.0)
    for wild in (0.0, 0.05, 0.1, 0.25, 0.6)
)
FAR = BOLD + tuple(replace(style, reach=3) for style in BOLD[::48])
"""One call in fifty is huge."""


@dataclass(frozen=True, slots=True)
class Round:
    """What the inputs of one round are drawn from.

    `scripts` are what the caller may do, the most usual first. `strays` is the chance that an argument has
    another type than its parameter, `near` that the case is a change of one of the `pool`.
    """

    parameters: Sequence[Parameter]
    constants: Constants
    styles: Sequence[Style] = TAME
    scripts: Sequence[str] = ("once",)
    strays: float = 0.0
    pool: Sequence[Case] = ()
    near: float = 0.0


@st.composite
def cases(draw: st.DrawFn, this: Round) -> Case:
    """The inputs of a round."""
    call = Call(draw, this.constants, pick(draw, this.styles), ranks=ranks_of(this.parameters))
    if this.pool and this.parameters and call.chance(this.near):
        base = call.pick(this.pool)
        near = Call(draw, this.constants, call.style, base.env, call.ranks)
        case = neighbour(near, this.parameters, base)
    else:
        case = draw_arguments(call, this.parameters)
    if this.parameters and call.chance(this.strays):
        case = stray(call, this.parameters, case)
    if len(this.scripts) > 1 and call.chance(0.3):
        return replace(case, script=call.pick(this.scripts[1:]), data=b"")
    return case


def warm_up() -> None:
    """Draw once. Hypothesis looks through all modules at its first draw; processes that are forked from
    this one need not do it again."""

    @settings(max_examples=1, database=None, deadline=None, phases=(Phase.generate,))
    @given(st.integers())
    def draw(_: int) -> None:
        return

    draw()


@dataclass
class Learnt:
    """What the rounds so far taught: inputs worth to be varied, and how many of them mean something.

    `reaching` are those that reached a new line, `others` some more, of which later ones take the places.
    `guarded`: the candidate has to turn arguments of other types away. `tame`: no large inputs.
    """

    first: Round
    scripts: Sequence[str]
    guarded: bool
    tame: bool
    reaching: list[Case] = field(default_factory=list)
    others: list[Case] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    inputs: int = 0
    accepted: int = 0

    def known(self, case: Case) -> bool:
        """Whether the case came before, as the plainest does in each round; from now on it did."""
        case.fresh()
        before = len(self.seen)
        self.seen.add(hash(case.data))
        return len(self.seen) == before

    def learn(self, case: Case, accepted: bool, fresh: bool) -> None:
        """Note a case that ran; `fresh`: it reached a new line."""
        self.inputs += 1
        self.accepted += accepted
        light = accepted and len(case.data) <= _HEAVY
        if fresh:
            self.reaching.append(case)
        elif light and self.accepted % 3 == 0 and len(self.others) < _POOL:
            self.others.append(case)
        elif light and self.accepted % 10 == 0 and self.others:
            self.others[self.accepted // 10 % len(self.others)] = case

    @property
    def pool(self) -> tuple[Case, ...]:
        """The inputs that later ones are varied from."""
        return (*self.reaching, *self.others)

    def next_round(self, slow: bool) -> Round:
        """The strategy of the next round; `slow`: calls took too long, so that huge ints are rare."""
        if self.inputs < EXAMPLES:
            return self.first
        early = self.inputs < _BOLD_UNTIL
        styles = TAME if self.inputs < _TAME_UNTIL else BOLD if early or self.tame else FAR
        if self.tame:
            styles = tuple(replace(style, reach=0) for style in styles)
        if slow:
            styles = tuple(replace(style, tall=0.05) for style in styles)
        return replace(
            self.first,
            styles=styles,
            scripts=self.scripts,
            strays=_STRAYS if self.guarded else 0.0,
            pool=self.pool,
            near=0.3 if self.accepted > 0.25 * self.inputs else 0.65,
        )


def kept(pool: Sequence[Case], history: Sequence[Case]) -> tuple[Case, ...]:
    """Inputs of a search that say much, small ones first: those that reached something, the first of each
    kind, some of the others; none of them huge."""
    seen: set[str] = set()
    varied: list[Case] = []
    others: list[Case] = []
    for case in history:
        (varied if case.labels - seen else others).append(case)
        seen |= case.labels
    some = others[:: len(others) // _OTHERS + 1]
    chosen = {case.data: case for case in (*pool, *varied, *some) if len(case.data) < _HUGE}
    return tuple(sorted(chosen.values(), key=lambda case: len(case.data)))
