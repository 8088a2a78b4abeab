"""One input of the functions under test, as data that can be copied, posted and replayed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from loopwright.verify import codec, guard
from loopwright.verify.conditions import Condition


@dataclass(repr=False)
class Case:
    """One input. `values` by parameter name, left-out parameters missing; copied before every call.

    `env` are lengths by symbol. `script` says what the caller does: `once`, or one of the sequences in
    `pair.py`. `labels` name what was varied; `drawn` is False if the values are recorded ones or
    a change of another case, so that Hypothesis does not know how they came to be. `under` is what the
    calls are run under.
    """

    values: dict[str, Any]
    env: dict[str, int]
    script: str = "once"
    seed: int = 0
    labels: frozenset[str] = field(default_factory=frozenset)
    drawn: bool = False
    data: bytes = b""
    under: Condition | None = None

    def fresh(self) -> dict[str, Any]:
        """A deep copy of the values; sharing between them is kept."""
        if not self.data:
            self.data = codec.dumps((self.values, self.script, self.seed, self.under))
        copied: dict[str, Any] = codec.loads(self.data)[0]
        if self.under is not None and self.under.moves:
            return guard.placed(copied, self.under)
        return copied

    @staticmethod
    def from_data(data: bytes) -> Case:
        """The case that `data` was made of; lengths and labels are not kept."""
        values, script, seed, under = codec.loads(data)
        return Case(values, {}, script, seed, data=data, under=under)

    def with_values(self, values: dict[str, Any]) -> Case:
        """The same call with other values."""
        return replace(self, values=values, data=b"")

    def run_under(self, condition: Condition | None) -> Case:
        """The same call under another condition."""
        return replace(self, under=condition, data=b"")

    def __repr__(self) -> str:
        # Hypothesis writes the arguments of failing tests; values may be millions of numbers.
        return f"Case of {', '.join(self.values)}"
