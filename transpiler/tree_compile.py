"""The regions of a tree through the compiler, outer ones first, the next one's variants built meanwhile."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from loopwright.alternatives import parts_of, telling
from loopwright.choice import Chosen, Settled
from loopwright.compile import failed
from loopwright.config import Options
from loopwright.diagnostics import Declined
from loopwright.frontend.outline import outline
from loopwright.frontend.region import Module, Region
from loopwright.frontend.screen import screen
from loopwright.inline import promised
from loopwright.journal import Journal
from loopwright.kernels import kernels_home
from loopwright.kernels_entry import kernel_name
from loopwright.pipeline import Plan
from loopwright.project import SourceFile
from loopwright.report.results import RegionResult
from loopwright.signatures import Signature, annotated, recorded
from loopwright.splice import refusal
from loopwright.started import Place
from loopwright.trial import Builders
from loopwright.verdicts import notes
from loopwright.ways import Started, finish, start
from loopwright.workload.store import Recording, RegionRecord
from loopwright.worth import Account


@dataclass(slots=True)
class FileWork:
    """One file on its way: what was chosen, what is to be reported, and the kernel names in use."""

    module: Module
    source: SourceFile
    chosen: list[Chosen] = field(default_factory=list)
    results: list[RegionResult] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Item:
    """A region to try; `above` says why what it is a part of was declined."""

    region: Region
    seen: RegionRecord | None
    above: tuple[str, ...] = ()


@dataclass(slots=True)
class _Begun:
    """What became of an item at its start: a verdict, or variants that are being built under `name`."""

    outcome: Started | Settled
    scratch: Path | None = None
    name: str | None = None

    @property
    def provisional(self) -> bool:
        """A refusal that may fall when more is rewritten: less time is left then."""
        return isinstance(self.outcome, Settled) and self.outcome.result.code in _OF_THE_ACCOUNT


_Ahead = Callable[[], None]


@dataclass
class TreeCompiler:
    """Compiles files one after the other. Verdicts do not depend on what is built ahead of time."""

    options: Options
    recording: Recording | None
    scratch: Path
    deadline: float | None
    plan: Plan
    builders: Builders
    journal: Journal | None = None
    trials: int = 0
    account: Account = field(default_factory=Account)

    def hottest_first(self, works: Sequence[FileWork]) -> list[FileWork]:
        """By the share of the file's largest region: what is left of the time decides on the small ones."""
        if self.recording is None:
            return list(works)
        tops = {id(w): max(self._shares(outline(w.module)).values(), default=0.0) for w in works}
        return sorted(works, key=lambda w: -tops[id(w)])

    def compile_file(self, work: FileWork) -> None:
        """Fill `work.chosen` and `work.results`."""
        if screen(work.module.text):
            regions = self._callers_first(outline(work.module))
            self._regions(work, [_Item(r, self._seen(r)) for r in regions], lambda: None)
        work.results += [note.result for note in notes(work.module, work.source.shown)]
        work.results.sort(key=lambda r: (r.span.line, r.span.col))

    def _callers_first(self, regions: Sequence[Region]) -> list[Region]:
        """By recorded share: a function that calls another has at least the other's time."""
        if self.recording is None:
            return list(regions)
        shares = self._shares(regions)
        return sorted(regions, key=lambda r: -shares[r.id])

    def _shares(self, regions: Sequence[Region]) -> dict[str, float]:
        records = {region.id: self._seen(region) for region in regions}
        return {key: 0.0 if r is None else r.share for key, r in records.items()}

    def _seen(self, region: Region) -> RegionRecord | None:
        return None if self.recording is None else self.recording.find(region)

    def _regions(self, work: FileWork, items: Sequence[_Item], beyond: _Ahead) -> bool:
        """Compile `items` in order; `beyond` begins what comes after them. True if any was rewritten."""
        begun: dict[int, _Begun] = {}

        def look_ahead(number: int) -> None:
            """Begin the next item that has something to build."""
            for later in range(number, len(items)):
                if later not in begun or begun[later].provisional:
                    begun[later] = self._begin(work, items[later])
                if isinstance(begun[later].outcome, Started):
                    return
            beyond()

        rewritten = False
        for number, item in enumerate(items):
            if number not in begun or begun[number].provisional:
                begun[number] = self._begin(work, item)

            def ahead(number: int = number) -> None:
                look_ahead(number + 1)

            if self._region(work, item, begun.pop(number), ahead):
                rewritten = True
        return rewritten

    def _begin(self, work: FileWork, item: _Item) -> _Begun:
        region, seen = item.region, item.seen
        blank = RegionResult(work.source.shown, region.span, region.qualname, "declined")
        early = self._early_refusal(work, region, seen)
        found: Sequence[Signature] | Declined
        if early is not None:
            return _Begun(Settled(replace(blank, code=early.code, reason=early.why)))
        try:
            found = self._signatures(region, seen)
            if not isinstance(found, Declined):
                found = refusal(region) or found  # no kernel is made that has no place
        except Exception as error:
            return _Begun(Settled(failed(blank, error)))
        if isinstance(found, Declined):
            result = replace(
                blank, span=found.at, code=found.code, reason=found.why, unlocks=found.unlocks
            )
            return _Begun(Settled(result))
        self.trials += 1
        scratch = self.scratch / f"trial{self.trials}"
        scratch.mkdir()
        name = kernel_name(region.qualname, work.names)
        module = kernels_home(work.source.path, work.source.root).module
        place = Place(scratch, module, name)
        outcome = start(
            region,
            found,
            self.options,
            place,
            plan=self.plan,
            builders=self.builders,
            journal=self.journal,
        )
        return _Begun(outcome, scratch, name)

    def _signatures(
        self, region: Region, seen: RegionRecord | None
    ) -> Sequence[Signature] | Declined:
        if self.options.style == "inline":
            found = promised(region, seen)
            return found if isinstance(found, Declined) else [found]
        return annotated(region) if seen is None else recorded(seen)

    def _region(self, work: FileWork, item: _Item, begun: _Begun, ahead: _Ahead) -> bool:
        """The verdict on one item, or failing that on parts of it. True if anything was rewritten."""
        verdict = self._verdict(work, item, begun, ahead)
        result = verdict.result
        if verdict.chosen is not None:
            self._rewritten(work, item, verdict)
            return True
        if result.code in _FINAL and verdict.other is None:
            work.results.append(result)
            return False
        span = item.region.span
        note = f"lines {span.line}-{span.end_line} as a whole: {result.code} {result.reason}"
        before = len(work.results)
        smaller = [] if result.code in _FINAL else self._parts(item, result)
        parts = [replace(part, above=(*item.above, note)) for part in smaller]
        if self._regions(work, parts, ahead):
            return True
        if verdict.other is not None:
            del work.results[before:]
            self._rewritten(work, item, verdict.other)
            return True
        result = telling(result, work.results[before:])
        del work.results[before:]
        work.results.append(result)
        return False

    def _rewritten(self, work: FileWork, item: _Item, verdict: Settled) -> None:
        result, chosen = verdict.result, verdict.chosen
        assert chosen is not None
        work.chosen.append(chosen)
        work.results.append(replace(result, notes=(*item.above, *result.notes)))
        seen = self._seen(item.region)
        if seen is not None:
            speedup = result.speedup[max(result.speedup)]
            place = (str(work.source.path), item.region.qualname)
            ways = (chosen.lowered, *chosen.also)
            helpers = dict.fromkeys(name for way in ways for name in way.helpers)
            self.account.rewritten(seen, speedup, place, tuple(helpers))

    def _verdict(self, work: FileWork, item: _Item, begun: _Begun, ahead: _Ahead) -> Settled:
        try:
            late = self._early_refusal(work, item.region, item.seen)
            outcome = begun.outcome
            if late is not None and (isinstance(outcome, Started) or outcome.chosen is not None):
                blank = RegionResult(
                    work.source.shown, item.region.span, item.region.qualname, "declined"
                )
                verdict = Settled(replace(blank, code=late.code, reason=late.why))
            elif isinstance(outcome, Started):
                verdict = finish(outcome, deadline=self.deadline, measured=ahead)
            else:
                verdict = outcome
        finally:
            if begun.scratch is not None:
                self._tidy(begun)
        if begun.name is not None and verdict.chosen is None and verdict.other is None:
            work.names.discard(begun.name)
        share = None if item.seen is None else item.seen.share
        return _placed(verdict, work.source.shown, share)

    def _tidy(self, begun: _Begun) -> None:
        if isinstance(begun.outcome, Started):
            begun.outcome.cancel()
        assert begun.scratch is not None
        shutil.rmtree(begun.scratch, ignore_errors=True)

    def _parts(self, item: _Item, result: RegionResult) -> list[_Item]:
        find = None if self.recording is None else self._seen
        return [_Item(*part) for part in parts_of(item.region, item.seen, result, find)]

    def _early_refusal(
        self, work: FileWork, region: Region, seen: RegionRecord | None
    ) -> Declined | None:
        if self.deadline is not None and time.monotonic() > self.deadline:
            return Declined(region.span, "LW505", "the time limit of the command was reached")
        if self.recording is None:
            return None
        if seen is None or seen.calls == 0:
            return Declined(region.span, "LW502", "the recorded run never came here")
        place = (str(work.source.path), region.qualname)
        return self.account.refusal(seen, region.span, place, self.options.min_share)


_OF_THE_ACCOUNT = frozenset({"LW503", "LW506"})
_FINAL = frozenset({"LW502", "LW505", "LW605", "LW607"}) | _OF_THE_ACCOUNT
"""Verdicts that hold for the parts of a region too."""


def _placed(verdict: Settled, file: Path, share: float | None) -> Settled:
    """The verdict with the file as it is shown, and the region's part of the recorded run time."""
    other = verdict.other and _placed(verdict.other, file, share)
    return Settled(replace(verdict.result, file=file, share=share), verdict.chosen, other)
