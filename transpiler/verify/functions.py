"""Two functions of the user against each other: `loopwright verify A.py:f B.py:g`.

Both files are imported in a child process only. Types come from annotations, examples or defaults; what
counts as a difference, and over which calls, is written in the user documentation.
"""

from __future__ import annotations

import ast
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from loopwright.verify.annotations import find_function, parameters_of, scope_of
from loopwright.verify.constants import mine
from loopwright.verify.coverage import Coverage
from loopwright.verify.engine import Plan
from loopwright.verify.examples import kinds_of_examples
from loopwright.verify.kinds import Parameter, describe
from loopwright.verify.modules import function_of, load_module
from loopwright.verify.observe import Raises
from loopwright.verify.oracle import Reading
from loopwright.verify.pair import FunctionPair, Side
from loopwright.verify.reachable import reachable
from loopwright.verify.verdict import Evidence, Verdict, render, to_json, undecided
from loopwright.workers import WorkerFailed, Workers

__all__ = ["Verdict", "render", "to_json", "verify_functions"]

Example = Sequence[object] | Mapping[str, object]
LONGEST_SEARCH = 10.0


def verify_functions(
    f_path: Path,
    f_name: str,
    g_path: Path,
    g_name: str,
    *,
    accuracy: str = "bitwise",
    time_limit: float = 60.0,
    examples: Sequence[Example] = (),
    trace: Sequence[Mapping[str, object]] | None = None,
    inputs: int = 4000,
    seed: int = 0,
    readings: Sequence[Reading] = (),
) -> Verdict:
    """Compare function `f_name` of the file `f_path` (the original) with `g_name` of `g_path`.

    `examples` are argument tuples or mappings by parameter name; `trace` are recorded arguments by name.
    Both are run, and give types to parameters without annotations. The search ends after `inputs` inputs
    if they reached every line, else when its share of `time_limit` (seconds) is over; the answer comes
    within `time_limit`, always. `readings` are the original as programs in high IR, the likeliest first:
    the yardstick of `faithful`, which else is the text of `f_name` on wider numbers.
    Never raises for what the functions do.
    """
    begun = time.monotonic()
    last_moment = begun + 0.93 * time_limit - 0.1
    job = FunctionJob(
        str(f_path), f_name, str(g_path), g_name, accuracy,
        (*examples, *(trace or ())), inputs, seed, begun, last_moment, tuple(readings),
    )  # fmt: skip
    with Workers() as workers:
        answer = workers.ask(FunctionJob.run, job, time_limit=max(0.05, time_limit - 0.05))
    if isinstance(answer, WorkerFailed):
        return undecided(answer.reason, Evidence("tested", 0, 0, time.monotonic() - begun))
    return answer


@dataclass(frozen=True, slots=True)
class FunctionJob:
    """What the worker is sent; times of time.monotonic."""

    f_path: str
    f_name: str
    g_path: str
    g_name: str
    accuracy: str
    examples: tuple[Example, ...]
    inputs: int
    seed: int
    begun: float
    last_moment: float
    readings: tuple[Reading, ...] = ()

    def run(self) -> Verdict:
        """Load both functions and search; runs in the worker."""
        notes: list[str] = []
        np.seterr(all="ignore")
        try:
            sources = [Path(p).read_text("utf-8") for p in (self.f_path, self.g_path)]
            parameters, names = self._parameters(sources[0], notes)
            a = self._side(self.f_path, self.f_name, "a")
            b = self._side(self.g_path, self.g_name, "b")
        except BaseException as error:
            return undecided(f"cannot be loaded: {type(error).__name__}: {error}")
        examples = [
            dict(e) if isinstance(e, Mapping) else dict(zip(names, e, strict=False))
            for e in self.examples
        ]
        sides = [reachable(a.function), reachable(b.function)]
        pair = FunctionPair(
            a, b, parameters, mine(sources), Coverage(sides, {}), sides,
            Raises(sources[0], a.module.__file__ or ""), tuple(examples), sources[0],
            readings=self.readings,
        )  # fmt: skip
        return self._supervise(pair, notes)

    def _supervise(self, pair: FunctionPair, notes: list[str]) -> Verdict:
        from loopwright.verify.supervise import Supervisor  # Hypothesis: only in the worker

        now = time.monotonic()
        left = self.last_moment - now
        search = min(LONGEST_SEARCH, 0.6 * left)
        plan = Plan(
            seed=self.seed,
            most=self.inputs,
            deadline=now + 0.75 * left,
            enough=now + search,
            call_limit=min(0.5, left / 8),
            patience=min(2.0, left / 5),
            first=min(20.0, left / 3),
        )
        stuck = max(0.5, min(30.0, 0.45 * left))
        notes.insert(
            0, "types: " + ", ".join(f"{p.name}: {describe(p.kind)}" for p in pair.parameters)
        )
        return Supervisor(
            pair, self.accuracy, plan, pair.show, self.last_moment, stuck,
            notes=notes, unreached_undecides=True,
        ).run()  # fmt: skip

    def _side(self, path: str, name: str, side: str) -> Side:
        module = load_module(Path(path), side)
        return Side(module, function_of(module, name), Path(path), name)

    def _parameters(self, source: str, notes: list[str]) -> tuple[tuple[Parameter, ...], list[str]]:
        tree = ast.parse(source)
        node = find_function(tree, self.f_name)
        if node is None:
            raise ValueError(f"{self.f_path} defines no function {self.f_name}")
        scope = scope_of(tree)
        names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
        rows = [[e[n] for n in names if n in e] if isinstance(e, Mapping) else e
                for e in self.examples]  # fmt: skip
        parameters = parameters_of(node, scope, kinds_of_examples(names, rows))
        notes += dict.fromkeys(scope.notes)
        return parameters, names
