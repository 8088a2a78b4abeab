"""What a proof is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proof:
    """Both programs give the same results and the same contents of all arguments, for all sizes and
    values of the domain for which the candidate does not give up.

    `rules` name what the proof is made of, `conditions` what was decided on the way; `solver` decided
    them, in `seconds` altogether.
    """

    rules: tuple[str, ...]
    conditions: tuple[str, ...]
    solver: str
    seconds: float

    @property
    def note(self) -> str:
        return "; ".join((*self.rules, f"decided by {self.solver} in {self.seconds:.2f} s"))
