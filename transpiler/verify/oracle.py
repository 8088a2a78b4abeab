"""More exact results than floating point gives: the referees of the accuracy level `faithful`.

First the enclosures of the original's program, which are rigorous; for what these leave out, the
original's text on wider numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from loopwright.ir.domain import Domain, Param
from loopwright.ir.hidden import hidden_arguments
from loopwright.ir.rows import codes_of, joined_rows, row_bounds
from loopwright.ir.types import Chars, Ragged
from loopwright.verify.accuracy import Oracle, Truth
from loopwright.verify.case import Case
from loopwright.verify.clock import Stopwatch
from loopwright.verify.codec import AnyArray
from loopwright.verify.leaves import leaves
from loopwright.verify.observe import CallTimeout, time_limit
from loopwright.verify.wide import WIDER, Wider

if TYPE_CHECKING:
    from loopwright.ir.interp_exact import Enclosures
    from loopwright.ir.nodes import Program

SECONDS = 1.0
PRECISIONS = (200, 400, 800, 1600, 3200)
"Bits; each is tried only if the one before left something open."


@dataclass(frozen=True, slots=True)
class Reading:
    """The original as a program in high IR, for arguments of certain types."""

    program: Program
    domain: Domain

    def __post_init__(self) -> None:
        ours = [p.name for p in self.domain.params] + [p.name for p in self.domain.hidden]
        theirs = [p.name for p in self.program.main.params]
        if ours != theirs:
            raise ValueError(f"the domain has {ours}, the program takes {theirs}")


def make_oracle(pair: Any) -> Oracle | None:
    """The referees for a pair: enclosures of its `readings`, then its text on wider numbers."""
    found: list[Oracle] = [Enclosing(pair.readings, pair)] if pair.readings else []
    if WIDER:
        found.append(Wider(pair.wide_call))
    return InTurn(tuple(found)) if found else None


@dataclass
class InTurn:
    """What one referee does not know is asked of the next, unless rounding may have decided it.

    What enclosures had no time for is not sure, as the next one does not tell what hangs on rounding.
    """

    oracles: tuple[Oracle, ...]

    def truth(self, case: Case) -> Truth | None:
        found = self._found(case)
        late = any(isinstance(o, Enclosing) and len(case.data) >= o.too_large for o in self.oracles)
        return replace(found, sure=False) if found is not None and late else found

    def _found(self, case: Case) -> Truth | None:
        found: Truth | None = None
        for oracle in self.oracles:
            more = oracle.truth(case)
            if more is None:
                continue
            found = more if found is None else _joined(found, more)
            if (
                found.open
                or not found.sure
                or not any(np.any(np.isnan(leaf)) for leaf in found.leaves.values())
            ):
                return found
        return found


def _joined(first: Truth, second: Truth) -> Truth:
    merged, margins = dict(second.leaves), dict(second.margins)
    for path, leaf in first.leaves.items():
        other = merged.get(path)
        if other is None or other.shape != leaf.shape:
            merged[path] = leaf
            margins.pop(path, None)
        else:
            merged[path] = np.where(np.isnan(leaf), other, leaf)
            if path in margins:
                margins[path] = np.where(np.isnan(leaf), margins[path], 0.0)
    by = f"{first.by}, else {second.by}"
    return Truth(merged, first.open, first.sure, by, margins)


@dataclass
class Enclosing:
    """Midpoints of the enclosures of `ir.interp_exact`, in the first reading that takes the arguments.

    `too_large` is the size in bytes of a case that took too long.
    """

    readings: Sequence[Reading]
    pair: Any
    name: str = "rigorous enclosures of its exact values"
    too_large: float = math.inf

    def truth(self, case: Case) -> Truth | None:
        case.fresh()
        if len(case.data) >= self.too_large:
            return None
        for reading in self.readings:
            try:
                with time_limit(SECONDS):
                    return self._truth(case, reading)
            except CallTimeout:
                self.too_large = 0.7 * len(case.data)
                return None
            except Exception:  # a text that the reading does not fit; what user code raises
                continue
        return None

    def _truth(self, case: Case, reading: Reading) -> Truth:
        from loopwright.ir.interp_exact import enclose

        watch = Stopwatch()
        for bits in PRECISIONS:
            drawn = self.pair.live_ins(reading.domain, case)
            given = _arguments(reading.domain, drawn)
            given += hidden_arguments(reading.domain, drawn, case.seed)
            found = enclose(reading.program, given, bits)
            if not found.whole or not (found.open or _vague(found)):
                break
            if watch.seconds > 0.2 * SECONDS:
                break
        exact = dict(self._leaves(reading, found, drawn))
        return Truth(exact, found.open and found.whole, found.sure, self.name)

    def _leaves(
        self, reading: Reading, found: Enclosures, drawn: Mapping[str, Any]
    ) -> Iterator[tuple[str, AnyArray]]:
        from loopwright.ir.interp_exact import params_after, rebuild_exact

        for path, leaf in leaves("result", rebuild_exact(reading.program, found)):
            yield path, _midpoints(leaf)
        after: dict[str, Any] = {}
        params = reading.domain.params
        # what is hidden comes last
        for param, exact in zip(params, params_after(reading.program, found), strict=False):
            if not param.bounds:  # rows are only read
                rows = isinstance(param.type, Ragged) or exact is None
                after[param.name] = drawn[param.name] if rows else exact
        for root, built in self.pair.exact_roots(reading.domain, after).items():
            for path, leaf in leaves(f"{root} after the call", built):
                yield path, _midpoints(leaf)


def _vague(found: Enclosures) -> bool:
    """Whether a finite number has an enclosure that says too little."""
    return any(
        np.isfinite(value) and np.isnan(_midpoint(ball))
        for each in (*found.results, *found.params)
        if each.exact is not None
        for value, ball in zip(_flat(each.ordinary), _flat(each.exact), strict=True)
    )


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _flat(item)
    else:
        yield from np.ravel(np.asarray(value))


def _arguments(domain: Domain, drawn: Mapping[str, Any]) -> list[Any]:
    """What the program takes; rows come joined, with their bounds behind."""
    return [_argument(p, drawn, domain.params[k - 1]) for k, p in enumerate(domain.params)]


def _argument(param: Param, drawn: Mapping[str, Any], before: Param) -> Any:
    if isinstance(param.type, Chars):
        return codes_of(drawn[param.name])
    if not isinstance(param.type, Ragged):
        return drawn[param.name]
    rows = drawn[before.name if param.bounds else param.name]
    if not param.bounds:
        return joined_rows(param.type, rows)
    return row_bounds(rows)


def _midpoints(leaf: AnyArray) -> AnyArray:
    from flint import ctx

    if leaf.dtype != object:
        return leaf.astype(np.clongdouble if leaf.dtype.kind == "c" else np.longdouble)
    with ctx.workprec(256):
        flat = [_midpoint(v) for v in leaf.reshape(-1)]
    wide = np.clongdouble if any(isinstance(v, np.clongdouble) for v in flat) else np.longdouble
    return np.array(flat, dtype=wide).reshape(leaf.shape)


def _midpoint(ball: Any) -> Any:
    """Two doubles hold more than the 64 bits of a longdouble's mantissa; NaN if the ball is too wide."""
    if hasattr(ball, "mid") and hasattr(ball, "rad"):
        middle = ball.mid()
        high = float(middle)
        if not math.isfinite(high):
            return np.longdouble(high if ball.is_exact() else math.nan)
        if float(ball.rad()) > 2.0**-80 * max(abs(high), 1e-300):
            return np.longdouble(math.nan)
        return np.longdouble(high) + np.longdouble(float(middle - high))
    if hasattr(ball, "real") and hasattr(ball.real, "mid"):
        return np.clongdouble(_midpoint(ball.real) + 1j * _midpoint(ball.imag))
    return np.longdouble(ball)
