"""What the verifier answers, and how the answer reads."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

Status: TypeAlias = Literal["same", "different", "undecided"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """`inputs` were compared in `seconds`. `accepted` are those that mean something: the kernel itself
    ran, or the original returned instead of raising. `classes` name what was varied; `unreached` is what
    no accepted input reached (`file:line: condition is never true`); `note` is what else a reader must
    know. Of `mutants`, small faults put into the candidate, `killed` were noticed; `equivalent` cannot be,
    `survived` names the others."""

    kind: Literal["tested", "proved"]
    inputs: int
    accepted: int
    seconds: float
    classes: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()
    note: str = ""
    mutants: int = 0
    killed: int = 0
    equivalent: int = 0
    survived: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counterexample:
    """`program` is a runnable Python text that shows the difference; `path` the first place where the
    outcomes differ, `expected` and `got` what is there."""

    program: str
    original: str
    candidate: str
    path: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is one sentence; always set unless the status is `same`. `test` is the text of a pytest
    file, where one was asked for. `vacuous`: undecided, as the check could not have failed. `unloadable`
    tells the file and line that keep a function from being loaded; the status is `undecided` then."""

    status: Status
    evidence: Evidence
    counterexample: Counterexample | None = None
    reason: str = ""
    test: str = ""
    vacuous: bool = False
    unloadable: str = ""

    @property
    def same(self) -> bool:
        """True if no difference was found; neither a difference nor an undecided search is."""
        return self.status == "same"

    def __str__(self) -> str:
        return render(self)

    def to_json(self) -> str:
        """The verdict as a JSON object with the same fields."""
        data = asdict(self)
        for name in ("test", "unloadable"):
            if not data[name]:
                del data[name]
        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


NO_EVIDENCE = Evidence("tested", 0, 0, 0.0)


def undecided(reason: str, evidence: Evidence = NO_EVIDENCE) -> Verdict:
    return Verdict("undecided", evidence, None, reason)


def render(verdict: Verdict) -> str:
    """The verdict as text for people."""
    e = verdict.evidence
    lines = []
    match verdict.status:
        case "same":
            lines.append(
                f"no difference found ({e.kind})" if e.kind == "tested" else "proved the same"
            )
        case "different":
            lines.append(f"different: {verdict.reason}")
        case "undecided":
            lines.append(f"undecided: {verdict.reason}")
    if verdict.counterexample is not None:
        c = verdict.counterexample
        lines += ["", *(f"    {line}" for line in c.program.splitlines()), ""]
        lines += [f"  original:  {c.original}", f"  candidate: {c.candidate}"]
        lines += [f"  first difference at {c.path}: expected {c.expected}, got {c.got}"]
    lines.append(
        f"  evidence: {e.kind}, {e.inputs} inputs, {e.accepted} of them meaningful, {e.seconds:.1f} s"
    )
    if e.classes:
        lines.append(f"  varied: {', '.join(e.classes)}")
    if e.unreached:
        lines += ["  no input reached:", *(f"    {each}" for each in e.unreached)]
    if e.mutants:
        lines.append(f"  mutants: {_mutants(e)}")
        lines += [f"    {each}" for each in e.survived]
    if e.note:
        lines.append(f"  note: {e.note}")
    return "\n".join(lines)


def _mutants(e: Evidence) -> str:
    """What became of the faults that were put in."""
    parts = [f"{e.killed} of {e.mutants} noticed"]
    if e.equivalent:
        parts.append(f"{e.equivalent} equivalent")
    if e.survived:
        parts.append(f"{e.mutants - e.killed - e.equivalent} unnoticed:")
    return ", ".join(parts)
