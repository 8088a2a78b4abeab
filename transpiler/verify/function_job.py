"""One verification of two functions in its worker process: load, find the types, search."""

from __future__ import annotations

import ast
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from loopwright.verify import output
from loopwright.verify.calls_seen import (
    CallsSeen,
    bound,
    calls_in_docstring,
    calls_in_file,
    calls_in_text,
    portable,
)
from loopwright.verify.calls_text import Side
from loopwright.verify.case import Case
from loopwright.verify.claim import MODEL, Claim, proof_of
from loopwright.verify.constants import mine
from loopwright.verify.coverage import Coverage
from loopwright.verify.emitted_text import Place, written_test
from loopwright.verify.engine import Plan
from loopwright.verify.examples import joined, kinds_of_examples
from loopwright.verify.kinds import Parameter, describe
from loopwright.verify.modules import NotBuilt, failing_line, function_of, load_module
from loopwright.verify.observe import Raises
from loopwright.verify.oracle import Reading
from loopwright.verify.pair import FunctionPair
from loopwright.verify.parameters import Hints, UnknownType, parameters_of
from loopwright.verify.reachable import reachable
from loopwright.verify.sandbox import Finished, in_fork
from loopwright.verify.scope import FunctionNode, Scope, find_function, scope_of
from loopwright.verify.shrink import conforms
from loopwright.verify.verdict import Verdict, undecided

Example = Sequence[object] | Mapping[str, object]
Samples = list[dict[str, object]]
LONGEST_SEARCH = 10.0
PROOF_SECONDS = 0.5
CONTRADICTION = (
    "the functions are proved to do the same, yet a call shows a difference; "
    "this is a defect of loopwright (LW901), please report it"
)


class BadExamples(ValueError):
    """The examples do not run, do not fit, or hold no call of the function."""


@dataclass(frozen=True, slots=True)
class FunctionJob:
    """What the worker is sent; times of time.monotonic. `loose` files will be gone, so that a program that is
    shown has their text; modules from `roots` are loaded for each side."""

    f_path: str
    f_name: str
    g_path: str
    g_name: str
    accuracy: str
    examples: tuple[Example, ...]
    shown: str | Path | None
    emit: Path | None
    inputs: int
    seed: int
    begun: float
    last_moment: float
    readings: tuple[Reading, ...] = ()
    claim: Claim | None = None
    loose: tuple[bool, bool] = (False, False)
    roots: tuple[Path, ...] = ()

    def run(self) -> Verdict:
        """Load both functions and search; runs in the worker."""
        np.seterr(all="ignore")
        path = self.f_path
        try:
            sources = [Path(p).read_text("utf-8") for p in (self.f_path, self.g_path)]
            texts = [text if loose else "" for text, loose in zip(sources, self.loose, strict=True)]
            a = self.side(path, self.f_name, "a", texts[0])
            path = self.g_path
            b = self.side(path, self.g_name, "b", texts[1])
        except NotBuilt as error:
            return undecided(str(error))
        except BaseException as error:
            what = f"{type(error).__name__}: {error}"
            told = undecided(f"cannot be loaded: {what}")
            return replace(told, unloadable=f"{failing_line(error, Path(path))}: {what}")
        output.catch()
        return self.compare(a, b, (sources[0], sources[1]))

    def side(self, path: str, name: str, side: str, text: str = "") -> Side:
        module, home = load_module(Path(path), side, self.roots)
        return Side(module, function_of(module, name), Path(path), name, home, text)

    def compare(self, a: Side, b: Side, sources: tuple[str, str]) -> Verdict:
        """Search for a difference of two loaded sides; `sources` are the texts of their files."""
        notes: list[str] = []
        try:
            pair = self.pair(a, b, sources, notes)
        except BadExamples as error:
            return undecided(str(error))
        except UnknownType as error:
            return undecided(_unknown(error, a.path, self.f_name))
        called: list[Case] = []
        verdict = self._weighed(self._supervise(pair, notes, called), pair)
        if self.emit is None or self.g_path.endswith(".pyx"):  # a test would have to build it
            return verdict
        return self._with_test(verdict, pair, sources, called)

    def pair(self, a: Side, b: Side, sources: tuple[str, str], notes: list[str]) -> FunctionPair:
        """The two sides with what their arguments are drawn from. Raises BadExamples, UnknownType."""
        parameters, samples = self._inputs(a, sources, notes)
        sides = [reachable(a.function), reachable(b.function)]
        return FunctionPair(
            a, b, parameters, mine(sources), Coverage(sides, {}), sides,
            Raises(sources[0], a.module.__file__ or ""), tuple(samples), sources[0],
            readings=self.readings,
        )  # fmt: skip

    def _weighed(self, verdict: Verdict, pair: FunctionPair) -> Verdict:
        """The verdict with a proof beside it, if there is one; a proof against a difference is a defect."""
        left = self.last_moment - time.monotonic()
        if self.claim is None or verdict.status == "undecided" or left < 2 * PROOF_SECONDS:
            return verdict
        found = proof_of(self.claim, pair.parameters, (pair.a, pair.b), PROOF_SECONDS)
        if isinstance(found, str):
            return verdict
        if verdict.status == "different":
            reason = f"{CONTRADICTION}; {verdict.reason}"
            return replace(verdict, status="undecided", reason=reason)
        known = verdict.evidence
        told = f"proved for all arguments of these types: {found.note}; {MODEL}"
        evidence = replace(known, kind="proved", note="; ".join(filter(None, (known.note, told))))
        return replace(verdict, evidence=evidence)

    def _with_test(
        self, verdict: Verdict, pair: FunctionPair, sources: tuple[str, str], called: Sequence[Case]
    ) -> Verdict:
        """The verdict with a test file that holds what it rests on."""
        assert self.emit is not None
        single = verdict.status == "different" and len(called) == 1 and called[0].script == "once"
        text = written_test(
            Place(Path(self.f_path), self.f_name, sources[0]),
            Place(Path(self.g_path), self.g_name, sources[1]),
            pair.parameters,
            accuracy=self.accuracy,
            folder=self.emit,
            samples=pair.examples,
            differs=called[0].values if single else None,
        )
        return replace(verdict, test=text)

    def _supervise(self, pair: FunctionPair, notes: list[str], called: list[Case]) -> Verdict:
        """Search; `called` becomes the calls of the counter-example."""
        from loopwright.verify.supervise import Supervisor  # Hypothesis: only in the worker

        now = time.monotonic()
        left = self.last_moment - now
        search = min(LONGEST_SEARCH, 0.6 * left)
        plan = Plan(
            seed=self.seed,
            most=self.inputs,
            deadline=now + 0.75 * left,
            enough=search,
            call_limit=min(0.5, left / 8),
            patience=min(2.0, left / 5),
            first=min(20.0, left / 3),
        )
        stuck = max(0.5, min(30.0, 0.45 * left))
        notes.insert(
            0, "types: " + ", ".join(f"{p.name}: {describe(p.kind)}" for p in pair.parameters)
        )

        def show(before: Sequence[Case], case: Case) -> str:
            called[:] = [*before, case]
            return pair.show(before, case)

        return Supervisor(
            pair, self.accuracy, plan, show, self.last_moment, stuck,
            notes=notes, unreached_undecides=True,
        ).run()  # fmt: skip

    # ---------------------------------------------------------------- types

    def _inputs(
        self, a: Side, sources: tuple[str, str], notes: list[str]
    ) -> tuple[tuple[Parameter, ...], Samples]:
        """The parameters, and the samples to run first. Raises UnknownType, BadExamples."""
        node, scope, owner = _definition(sources[0], Path(self.f_path), self.f_name)
        try:
            other = _definition(sources[1], Path(self.g_path), self.g_name)[:2]
        except (
            BadExamples,
            SyntaxError,
        ):  # a name that is bound by an assignment; a file of Cython
            other = None
        try:
            given: Samples = [bound(a.function, e) for e in self.examples]
        except TypeError as error:
            raise BadExamples(f"an example does not fit {self.f_name}: {error}") from error
        text, doc = self._calls(a, ast.get_docstring(node) or "")
        seen = joined([kinds_of_examples(given), *text.kinds])
        hints = Hints(seen, joined(doc.kinds), other)
        parameters = parameters_of(node, scope, hints, owner)
        notes += dict.fromkeys(scope.notes)
        samples = [{name: portable(value) for name, value in each.items()} for each in given]
        return parameters, [
            *samples,
            *text.samples,
            *(each for each in doc.samples if conforms(parameters, each)),
        ]

    def _calls(self, a: Side, docstring: str) -> tuple[CallsSeen, CallsSeen]:
        """What `shown` and the docstring's examples call, run where they cannot change the sides."""
        if self.shown is None and ">>>" not in docstring:
            return CallsSeen(), CallsSeen()
        scope = vars(a.module)

        def collect(_: object) -> tuple[CallsSeen, CallsSeen]:
            text = CallsSeen()
            if isinstance(self.shown, Path):
                text = calls_in_file(self.shown, a.function, scope)
            elif self.shown is not None:
                text = calls_in_text(self.shown, a.function, scope)
            doc = calls_in_docstring(a.function, scope) if ">>>" in docstring else CallsSeen()
            return text, doc

        now = time.monotonic()
        end = in_fork(collect, deadline=now + 0.3 * (self.last_moment - now), stuck_after=1e9)
        found = end.value if isinstance(end, Finished) else (CallsSeen(), CallsSeen())
        if self.shown is not None and not found[0].kinds:
            how = "" if isinstance(end, Finished) else f": they ended by {end.how}"
            why = f": {found[0].error}" if found[0].error else how
            raise BadExamples(f"the examples make no call of {self.f_name}{why}")
        return found


def _definition(
    source: str, path: Path, name: str
) -> tuple[FunctionNode, Scope, ast.ClassDef | None]:
    tree = ast.parse(source)
    node = find_function(tree, name)
    if node is None:
        raise BadExamples(f"{path} defines no function {name}")
    scope = scope_of(tree, path)
    return node, scope, scope.classes.get(name.rpartition(".")[0])


def _unknown(error: UnknownType, path: Path, name: str) -> str:
    p = error.parameter
    if p == "self":
        holder = name.rpartition(".")[0]
        return (
            f"how to make the `self` of {name} is not known: annotate the fields or the `__init__` of "
            f"{holder} ({path.name}), or show a call: --examples '{holder}(...).{name.split('.')[-1]}(...)'"
        )
    why = f", as `{error.annotation}` is not understood" if error.annotation else ""
    return (
        f"the type of `{p}` in {name} is not known{why}: annotate it ({path.name}:{error.line}, for example "
        f"`{p}: float` or `{p}: NDArray[np.float64]`), tell it in the docstring (`{p} : float`), or show "
        f"a call: --examples '{name}(...)', --examples FILE, --trace FILE"
    )
