"""A region against a candidate kernel: the original function, and the dispatch that may decline.

The original side is `entry(*roots)`. The rewritten side is `out = dispatch(*roots)`; where that is None
the arguments must be as they were, and the original runs on them.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from loopwright.ir.domain import Domain, packed, unpacked
from loopwright.ir.nodes import Program
from loopwright.ir.results import RETURNED, Delivery
from loopwright.verify.candidate import load_candidate
from loopwright.verify.case import Case
from loopwright.verify.compare import bitwise, compare
from loopwright.verify.conditions import Condition, Kind
from loopwright.verify.constants import Constants, mine
from loopwright.verify.coverage import Coverage
from loopwright.verify.domains import parameters_of_domain
from loopwright.verify.engine import Plan, Run
from loopwright.verify.kinds import Parameter
from loopwright.verify.literal import assignments
from loopwright.verify.mutate.kernels import kernel_subject
from loopwright.verify.mutate.subject import Subject, of_side, source_of
from loopwright.verify.observe import Observation, Raises, observe
from loopwright.verify.oracle import Reading
from loopwright.verify.reachable import Reachable, reachable
from loopwright.verify.roots import ReferenceText, build_roots, load_reference, write_leaf
from loopwright.verify.verdict import Verdict, undecided
from loopwright.verify.wide import widen, widened_function
from loopwright.workers import WorkerFailed, Workers

COMPILE_SECONDS = 60.0
"""What loading and compiling a candidate may take, beside the time limit of the search."""

GAUGE_SECONDS = 0.5
"""CPU time for the mutants of a kernel, beside the time limit of the search."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A kernel as deployed: `function` of `folder/module.py`, folder being a `_loopwright` package."""

    folder: Path
    module: str
    function: str


def verify_region(
    reference: ReferenceText,
    candidate: Candidate,
    domain: Domain,
    samples: Sequence[Mapping[str, object]] = (),
    *,
    workers: Workers,
    accuracy: str = "faithful",
    time_limit: float = 3.0,
    seed: int = 0,
    program: Program | None = None,
    delivery: Delivery = RETURNED,
) -> Verdict:
    """Compare a region with a candidate on inputs of the domain and around it, in a child process.

    `delivery` tells what the rewritten file does with the results.
    `samples` are recorded live-ins by parameter name. `time_limit` in seconds is for the search; loading
    and compiling the kernel may take COMPILE_SECONDS beside it. `program` is the region in high IR, the
    yardstick of `faithful`. Never raises for what the code under test does.
    """
    job = RegionJob(
        (reference.source, reference.entry, tuple(reference.roots)),
        candidate, domain, tuple(dict(s) for s in samples), accuracy, time_limit, seed, program, delivery,
    )  # fmt: skip
    answer = workers.ask(RegionJob.run, job, time_limit=2 * COMPILE_SECONDS + 3 * time_limit)
    return undecided(answer.reason) if isinstance(answer, WorkerFailed) else answer


@dataclass(frozen=True, slots=True)
class Text:
    """A reference as plain data."""

    source: str
    entry: str
    roots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegionJob:
    """What the worker is sent."""

    reference: tuple[str, str, tuple[str, ...]]
    candidate: Candidate
    domain: Domain
    samples: tuple[Mapping[str, object], ...]
    accuracy: str
    time_limit: float
    seed: int
    program: Program | None
    delivery: Delivery = RETURNED

    def run(self) -> Verdict:
        """Load both sides and search; runs in the worker."""
        from loopwright.verify.supervise import Supervisor  # Hypothesis: only in the worker

        np.seterr(all="ignore")
        try:
            pair = RegionPair.load(self)
        except Exception as error:
            return undecided(f"cannot be loaded: {type(error).__name__}: {error}")
        loading = _warm_up(pair)
        if loading is None:
            return undecided(f"the kernel did not compile and run within {COMPILE_SECONDS:.0f} s")
        now = time.monotonic()
        plan = Plan(
            seed=self.seed,
            deadline=now + 3.0 * self.time_limit,
            enough=self.time_limit,
            call_limit=min(0.5, self.time_limit / 4),
            patience=max(2.0, self.time_limit / 2),
            first=max(2.0, 2 * loading),
        )
        last = plan.deadline + plan.first + self.time_limit + 5
        return Supervisor(
            pair,
            self.accuracy,
            plan,
            pair.show,
            last,
            stuck_after=plan.first + 2.0,
            gauge_seconds=GAUGE_SECONDS,
        ).run()


def _warm_up(pair: RegionPair) -> float | None:
    """Compile the kernel once in a child, so that caches on disk are filled.

    The seconds until its first success (an upper bound for later processes), None if it hung.
    """
    from loopwright.verify.accuracy import make_judge
    from loopwright.verify.sandbox import Ended, in_fork
    from loopwright.verify.search import Search

    deadline = time.monotonic() + COMPILE_SECONDS
    plan = Plan(seed=1, deadline=deadline, enough=0.0, wanted=1, most=1, first=COMPILE_SECONDS)
    end = in_fork(
        lambda board: Search(pair, make_judge("bitwise", pair), plan, board).warm(),
        deadline=deadline,
        stuck_after=COMPILE_SECONDS,
    )
    if isinstance(end, Ended):
        return None if end.how == "hang" else 0.0
    return float(end.value)


@dataclass
class RegionPair:
    """Both sides of a region, loaded."""

    text: Text
    domain: Domain
    entry: Any
    classes: Mapping[str, type]
    dispatch: Any
    parameters: tuple[Parameter, ...]
    constants: Constants
    coverage: Coverage
    sides: Sequence[Reachable]
    raises: Raises
    samples: tuple[Mapping[str, object], ...]
    delivery: Delivery
    strict: bool = True
    hang_counts: bool = True
    guarded: bool = True
    readings: tuple[Reading, ...] = ()
    widened: Any = field(default=None)

    @staticmethod
    def load(job: RegionJob) -> RegionPair:
        text = Text(*job.reference)
        original = load_reference(text)
        dispatch = load_candidate(
            job.candidate.folder, job.candidate.module, job.candidate.function
        )
        kernels = sorted(job.candidate.folder.glob(f"{job.candidate.module}_*.py"))
        sides = [reachable(original.entry)]
        sources = [text.source, *(path.read_text("utf-8") for path in kernels)]
        return RegionPair(
            text, job.domain, original.entry, original.classes, dispatch,
            parameters_of_domain(job.domain, job.samples), mine(sources),
            Coverage(sides, {"<reference>": text.source}), sides,
            Raises(text.source, "<reference>"),
            job.samples, job.delivery,
            readings=() if job.program is None else (Reading(job.program, job.domain),),
        )  # fmt: skip

    # ---------------------------------------------------------------- sides

    def _roots(self, case: Case) -> tuple[object, ...]:
        return build_roots(self.domain, self.text.roots, case.fresh(), self.classes)

    def _observed(
        self, call: Any, roots: tuple[object, ...], case: Case, limit: float
    ) -> Observation:
        shown = dict(zip(self.text.roots, roots, strict=True))
        return observe(
            call, roots, {}, seed=case.seed, limit=limit, raises=self.raises, shown=shown,
            under=case.under,
        )  # fmt: skip

    def original(self, case: Case, limit: float) -> Run:
        return Run([self._observed(self.entry, self._roots(case), case, limit)], True)

    def candidate(self, case: Case, limit: float, expected: Run) -> Run:
        roots = self._roots(case)
        ran = [False]

        def call(*args: object) -> object:
            out = self.dispatch(*args)
            if out is None:
                return None
            ran[0] = True
            values = self.delivery.parts(out)
            self._store(values, args)
            return values if self.delivery.packed else values[0]

        seen = self._observed(call, roots, case, limit)
        if ran[0] or seen.outcome != "returned":
            return Run([seen], ran[0], ran[0])
        # It declined: the original runs on the arguments as they are now.
        untouched = self._observed(_nothing, self._roots(case), case, limit)
        change = compare(untouched, seen, bitwise, strict=True)
        if change is None:
            return Run(expected.steps, False, False)
        seen.outcome, seen.error = "raised", f"declined after it had changed {change.path}"
        return Run([seen], False, False)

    def _store(self, values: Sequence[object], args: tuple[object, ...]) -> None:
        """Assign the results that belong to attributes, as the rewritten file does."""
        named = dict(zip(self.text.roots, args, strict=True))
        first = len(self.delivery.live_outs)
        for path, value in zip(self.delivery.stores, values[first:], strict=False):
            write_leaf(path, named, value)

    def mutable(self) -> Sequence[Subject]:
        def original(case: Case, limit: float, expected: Run) -> Run:
            return self.original(case, limit)

        source = self.coverage.source_of
        kernel = kernel_subject(self.dispatch, self.candidate)
        if kernel is None:
            kernel = of_side(reachable(self.dispatch), source_of, self.candidate)
        return [kernel, of_side(self.sides[0], source, original, original=True)]

    # --------------------------------------------------------------- inputs

    def given(self) -> Sequence[Case]:
        cases = []
        names = {p.name for p in self.parameters}
        for sample in self.samples:
            values = {name: value for name, value in sample.items() if name in names}
            size = sum(getattr(v, "size", 1) for v in values.values())
            if values.keys() == names and size <= 50_000:
                cases.append(Case(dict(values), {}, labels=frozenset({"recorded inputs"})))
        return cases

    def scripts(self) -> Sequence[str]:
        return ("once",)

    def conditions(self) -> Sequence[Kind]:
        return ()  # kernels test their indices themselves, and which loops run in parallel is proved

    def unwatched(self, under: Condition) -> Sequence[str]:
        return ()

    def plain(self) -> None:
        return None  # a call is refused, or stores what the file around it puts in place

    def interrupted(self) -> None:
        return

    # ------------------------------------------------------------- accuracy

    def live_ins(self, domain: Domain, case: Case) -> Mapping[str, Any]:
        """Fresh arguments by the names of parameters."""
        drawn = case.fresh()
        if any(group.table is not None for group in domain.groups):
            return unpacked(domain, packed(domain, drawn))  # keys in order, each once
        return drawn

    def exact_roots(self, domain: Domain, leaves: Mapping[str, Any]) -> dict[str, object]:
        """Roots that hold the given leaves."""
        built = build_roots(domain, self.text.roots, leaves, self.classes)
        return dict(zip(self.text.roots, built, strict=True))

    def wide_call(self, case: Case) -> tuple[Any, Mapping[str, Any]]:
        """The reference's text on wider numbers."""
        if self.widened is None:
            self.widened = widened_function(self.text.source, self.text.entry)
        leaves = {name: widen(value) for name, value in case.fresh().items()}
        roots = self.exact_roots(self.domain, leaves)
        with np.errstate(all="ignore"):
            result = self.widened(*roots.values())
        return result, roots

    # ----------------------------------------------------------------- show

    def show(self, before: Sequence[Case], case: Case) -> str:
        """A program that runs the original on the case."""
        lines = [
            "import numpy as np",
            "from math import inf, nan",
            "from types import SimpleNamespace",
        ]
        lines += ["", self.text.source.strip(), "", ""]
        lines += assignments(case.values)
        roots = []
        for root in self.text.roots:
            lines += self._holder(root)
            roots.append(root)
        lines.append(f"print({self.text.entry}({', '.join(roots)}))")
        return "\n".join(lines)

    def _holder(self, root: str) -> list[str]:
        leaves = [p for p in self.domain.params if p.root == root and not p.bounds]
        if any(p.path == root for p in leaves):
            return [f"{root} = {p.name}" for p in leaves if p.path == root and p.name != root]
        lines = [f"{root} = {self._blank(root)}"]
        made = set()
        for p in leaves:
            for holder, new in _holders(p.path):
                if holder not in made and holder != root:
                    plain = new if new == "{}" else self._blank(holder)
                    lines.append(f"{holder} = {plain}")
                    made.add(holder)
            lines.append(f"{p.path} = {p.name}")
        return lines

    def _blank(self, path: str) -> str:
        """The text that makes the object at a path."""
        cls = self.classes.get(path)
        name = "" if cls is None else cls.__name__
        return f"{name}.__new__({name})" if name else "SimpleNamespace()"


def _holders(path: str) -> list[tuple[str, str]]:
    """The objects between the root and the leaf, with what makes them."""
    import ast

    out: list[tuple[str, str]] = []
    node = ast.parse(path, mode="eval").body
    while isinstance(node, ast.Attribute | ast.Subscript):
        inner = node.value
        if isinstance(inner, ast.Attribute | ast.Subscript):
            new = "SimpleNamespace()" if isinstance(node, ast.Attribute) else "{}"
            out.insert(0, (ast.unparse(inner), new))
        node = inner
    return out


def _nothing(*args: object) -> None:
    """A call that leaves its arguments alone."""
