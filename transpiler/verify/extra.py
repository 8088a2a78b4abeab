"""What a condition changes in a run of one of two user functions, beside the memory of its arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from loopwright.verify.case import Case
from loopwright.verify.checked import STRAY, WithTests, dispatchers
from loopwright.verify.conditions import Condition, Kind
from loopwright.verify.engine import Run
from loopwright.verify.reachable import Reachable
from loopwright.verify.watched import WatchedLoops


class Extra:
    """The two sides, the original first."""

    def __init__(self, sides: Sequence[Reachable]) -> None:
        self._places = [dispatchers([side]) for side in sides]
        self._tests = [WithTests(places) for places in self._places]
        self._loops: list[WatchedLoops] = []

    def conditions(self) -> Sequence[Kind]:
        """Those that the candidate has a use for."""
        if not self._places[1]:
            return ()
        return ("order", "bounds") if self._watched(1).parallel else ("bounds",)

    def unwatched(self, under: Condition) -> Sequence[str]:
        """What `under` did not reach, in words for the report."""
        if under.kind != "order" or self._watched(1).watched:
            return ()
        return [f"parallel loop of {name} not watched" for name in self._watched(1).parallel]

    def played(self, case: Case, side: int, play: Callable[[], Run]) -> Run:
        """The run of a side under the condition of the case."""
        kind = None if case.under is None else case.under.kind
        if kind == "bounds":
            with self._tests[side].exchanged():
                run = play()
            strays = any(step.error == "IndexError" for step in run.steps)
            return replace(run, hazard=STRAY if strays and self._places[side] else "")
        if kind == "order":
            run, race = self._watched(side).race(play)
            return replace(run, hazard=race)
        return play()

    def _watched(self, side: int) -> WatchedLoops:
        if not self._loops:
            self._loops = [WatchedLoops(places) for places in self._places]
        return self._loops[side]


def imports_for(under: Condition) -> list[str]:
    """What a program needs to run a call under a condition."""
    if not under.moves:
        return []
    return [
        "from loopwright.verify.conditions import Condition",
        "from loopwright.verify.fills import fresh_memory",
        "from loopwright.verify.guard import placed",
    ]


def shown_under(under: Condition, names: Sequence[str], call: Sequence[str]) -> list[str]:
    """Statements that run those of `call` under a condition; `names` are the arguments."""
    match under.kind:
        case "bounds":
            return ["# compiled with boundscheck=True, this raises IndexError:", *call]
        case "order":
            return ["# iterations of the parallel loop meet here:", *call]
    where = "end right before" if under.kind == "end" else "start right behind"
    given = ", ".join(f"{name!r}: {name}" for name in names)
    moved = [
        f"# arrays {where} a page that nobody may touch; fresh memory holds bytes of {under.fill}:",
        f"moved = placed({{{given}}}, Condition({under.kind!r}, {under.fill}))",
        *(f"{name} = moved[{name!r}]" for name in names),
    ]
    return [*moved, f"with fresh_memory({under.fill}):", *(f"    {line}" for line in call)]
