"""Which regions of a recorded workload are worth a compilation, given what was rewritten already.

Amdahl's law: a region that took one part in two hundred of the recorded time is half of what is left once the
rest runs two hundred times faster. So a region is cold only if it is small beside the recorded time and
beside what remains of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from loopwright.diagnostics import Declined, Span
from loopwright.workload.store import RegionRecord

Place = tuple[str, str]
"""A file and the qualified name of a function in it."""

OF_THE_REST = 0.1
"""A region with this part of the remaining time is compiled, however little it was of the recorded time."""

_TOLERANCE = 1.1
"""Times of calls are recorded where they are made and where they arrive, which costs a little between."""


@dataclass(slots=True)
class Account:
    """The recorded time as parts of 1: what rewritten regions saved, and what of functions ran in them."""

    saved: float = 0.0
    inside: dict[Place, float] = field(default_factory=dict)
    "time of the regions that a function was compiled along with"

    @property
    def remaining(self) -> float:
        return max(0.0, 1.0 - self.saved)

    def rewritten(
        self, seen: RegionRecord, speedup: float, place: Place, helpers: Sequence[str]
    ) -> None:
        """A region of the function `place` runs `speedup` times faster, `helpers` of its file with it."""
        alone = max(0.0, seen.share - self.inside.get(place, 0.0))
        self.saved += alone * (1.0 - 1.0 / speedup)
        for helper in helpers:
            called = (place[0], helper)
            self.inside[called] = self.inside.get(called, 0.0) + alone

    def refusal(
        self, seen: RegionRecord, at: Span, place: Place, min_share: float
    ) -> Declined | None:
        """LW503 if the region, of the function `place`, takes too little time; LW506 if kernels take all."""
        inside = self.inside.get(place, 0.0)
        if inside and seen.share <= _TOLERANCE * inside:
            return Declined(at, "LW506", "compiled along with the functions that call it")
        share = seen.share - inside
        if share >= min_share or (min_share and share >= OF_THE_REST * self.remaining):
            return None
        why = f"{share:.1%} of the recorded time"
        if self.saved > 0.5:
            why += f", {share / max(self.remaining, share):.0%} of what is left of it"
        return Declined(at, "LW503", why)
