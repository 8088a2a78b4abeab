"""A source tree through the compiler: read, record, compile each region, splice, write, report."""

from __future__ import annotations

import difflib
import os
import shlex
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from loopwright.build import build_folder
from loopwright.compile import (
    Chosen,
    Signature,
    annotated,
    compile_region,
    explain_region,
    kernel_name,
    recorded,
)
from loopwright.config import Options, UsageError
from loopwright.diagnostics import Declined
from loopwright.frontend.outline import outline
from loopwright.frontend.parse import parse_module
from loopwright.frontend.region import Module, Region
from loopwright.frontend.screen import screen
from loopwright.kernels import Rewritten, kernels_home, package_name, write_kernels
from loopwright.pipeline import Plan
from loopwright.project import (
    SourceFile,
    clean_or_refuse,
    copy_tree,
    discover,
    output_places,
    write_atomic,
)
from loopwright.report.results import RegionResult, Report, SkippedFile
from loopwright.splice import Placement, encode_like, splice
from loopwright.splice_block import BEGIN
from loopwright.unsplice import revert
from loopwright.warm import warm
from loopwright.workload.record import record
from loopwright.workload.store import Recording, RegionRecord, load


@dataclass(frozen=True, slots=True)
class Target:
    """Where the rewritten tree goes: a folder, the tree itself, or nowhere (a diff only)."""

    output: Path | None = None
    in_place: bool = False
    force: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    report: Report
    diff: str = ""


@dataclass(slots=True)
class _FileWork:
    module: Module
    source: SourceFile
    chosen: list[Chosen] = field(default_factory=list)
    results: list[RegionResult] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


def optimize_tree(
    sources: Sequence[Path],
    target: Target,
    options: Options,
    *,
    workload: str | None = None,
    trace: Path | None = None,
    progress: bool = False,
    plan: Plan | None = None,
) -> Outcome:
    """Optimise files and folders into `target`.

    Raises UsageError for a workload that fails, an output inside the source, and uncommitted changes.
    """
    begun = time.monotonic()
    files = discover(sources, options.exclude)
    _check_target(sources, target)
    _unsplice_first(files, sources, target)
    recording = _recording(sources, workload, trace, options)
    deadline = None if options.time_limit is None else begun + options.time_limit
    works, skipped = _read(files)
    with tempfile.TemporaryDirectory(prefix="loopwright-") as scratch:
        compiler = _TreeCompiler(options, recording, Path(scratch), deadline, plan or Plan())
        with _bar(progress, works) as advance:
            for work in works:
                advance(work.source.shown)
                compiler.compile_file(work)
        diff = _write(works, sources, target)
    results = [r for work in works for r in work.results]
    report = Report(
        regions=tuple(results),
        skipped=tuple(skipped),
        output=target.output,
        sources={w.source.shown: w.module.text for w in works},
        seconds=time.monotonic() - begun,
    )
    return Outcome(report, diff)


def _check_target(sources: Sequence[Path], target: Target) -> None:
    if target.in_place and not target.force:
        clean_or_refuse(sources)
    if target.output is None:
        return
    out = target.output.resolve()
    for source in sources:
        inside = out == source.resolve() or source.resolve() in out.parents
        if inside or (out in source.resolve().parents and out.exists() and not source.is_dir()):
            raise UsageError(f"{target.output}: the output may not be inside the source {source}")
    if out.is_file():
        raise UsageError(f"{target.output}: is a file; -o names a folder")


def _unsplice_first(files: Sequence[SourceFile], sources: Sequence[Path], target: Target) -> None:
    """A tree is compiled from its original text: in place, earlier kernels are taken out first."""
    if not any(BEGIN.encode() in file.path.read_bytes() for file in files if _readable(file)):
        return
    if not target.in_place:
        raise UsageError("the source is a rewritten tree; give its original, or `revert` it first")
    revert(sources)


def _readable(file: SourceFile) -> bool:
    return os.access(file.path, os.R_OK)


def _recording(
    sources: Sequence[Path], workload: str | None, trace: Path | None, options: Options
) -> Recording | None:
    if trace is not None:
        try:
            return load(trace)
        except ValueError as error:
            raise UsageError(f"{trace}: {error}") from error
    if workload is None:
        return None
    with tempfile.TemporaryDirectory(prefix="loopwright-") as folder:
        file = Path(folder, "recording")
        result = record(shlex.split(workload), sources, file, time_limit=options.time_limit)
        if result.exit_code != 0:
            raise UsageError(f"the workload failed with exit code {result.exit_code}: {workload}")
        return load(file)


def _read(files: Sequence[SourceFile]) -> tuple[list[_FileWork], list[SkippedFile]]:
    works: list[_FileWork] = []
    skipped: list[SkippedFile] = []
    for file in files:
        module = parse_module(file.path, file.root)
        if isinstance(module, Module):
            works.append(_FileWork(module, file))
        elif module.code != "LW004":  # an empty file is a normal thing to find
            why = f"line {module.at.line}: {module.why}" if module.at.line else module.why
            skipped.append(SkippedFile(file.shown, module.code, why))
    return works, skipped


@contextmanager
def _bar(progress: bool, works: Sequence[_FileWork]) -> Iterator[Callable[[Path], None]]:
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(
        *columns, console=console, disable=not progress or not console.is_terminal
    ) as bar:
        task = bar.add_task("reading", total=len(works))

        def advance(file: Path) -> None:
            bar.update(task, description=str(file), advance=1)

        yield advance


class _TreeCompiler:
    """Walks the regions of each file, outer ones first."""

    def __init__(
        self,
        options: Options,
        recording: Recording | None,
        scratch: Path,
        deadline: float | None,
        plan: Plan,
    ) -> None:
        self.plan = plan
        self.options = options
        self.recording = recording
        self.scratch = scratch
        self.deadline = deadline
        self.trials = 0

    def compile_file(self, work: _FileWork) -> None:
        if not screen(work.module.text):
            return
        for region in self._callers_first(outline(work.module)):
            self._region(work, region, ())
        work.results.sort(key=lambda r: (r.span.line, r.span.col))

    def _callers_first(self, regions: Sequence[Region]) -> list[Region]:
        """By recorded share: a function that calls another has at least the other's time."""
        if self.recording is None:
            return list(regions)
        records = {region.id: self.recording.find(region) for region in regions}
        shares = {key: 0.0 if r is None else r.share for key, r in records.items()}
        return sorted(regions, key=lambda r: -shares[r.id])

    def _region(self, work: _FileWork, region: Region, above: tuple[str, ...]) -> bool:
        """Compile `region`, or failing that the regions inside it. True if anything was rewritten."""
        blank = RegionResult(work.source.shown, region.span, region.qualname, "declined")
        seen = None if self.recording is None else self.recording.find(region)
        early = self._early_refusal(work, region, seen)
        if early is not None:
            work.results.append(replace(blank, code=early.code, reason=early.why))
            return False
        result, chosen = self._compile(work, region, seen)
        result = replace(result, file=work.source.shown, share=seen.share if seen else None)
        if chosen is not None:
            work.chosen.append(chosen)
            work.results.append(replace(result, notes=(*above, *result.notes)))
            return True
        note = f"lines {region.span.line}-{region.span.end_line} as a whole: {result.code} {result.reason}"
        before = len(work.results)
        if any([self._region(work, inner, (*above, note)) for inner in region.inner]):
            return True
        del work.results[before:]
        work.results.append(result)
        return False

    def _early_refusal(
        self, work: _FileWork, region: Region, seen: RegionRecord | None
    ) -> Declined | None:
        if self.deadline is not None and time.monotonic() > self.deadline:
            return Declined(region.span, "LW505", "the time limit of the command was reached")
        if self.recording is None:
            return None
        if seen is None or seen.calls == 0:
            return Declined(region.span, "LW502", "the recorded run never came here")
        if region.qualname in {h for c in work.chosen for h in c.lowered.helpers}:
            return Declined(region.span, "LW506", "compiled along with a function that calls it")
        if seen.share < self.options.min_share:
            return Declined(region.span, "LW503", f"{seen.share:.1%} of the recorded time")
        return None

    def _compile(
        self, work: _FileWork, region: Region, seen: RegionRecord | None
    ) -> tuple[RegionResult, Chosen | None]:
        if seen is not None:
            found: Sequence[Signature] | Declined = recorded(seen)
        else:
            found = annotated(region)
        if isinstance(found, Declined):
            blank = RegionResult(work.source.shown, found.at, region.qualname, "declined")
            return replace(blank, code=found.code, reason=found.why, unlocks=found.unlocks), None
        self.trials += 1
        scratch = self.scratch / f"trial{self.trials}"
        scratch.mkdir()
        name = kernel_name(region, set(work.names))
        try:
            result, chosen = compile_region(
                region,
                found,
                self.options,
                scratch,
                name=name,
                deadline=self.deadline,
                plan=self.plan,
            )
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        if chosen is not None:
            work.names.add(name)
        return result, chosen


def _write(works: Sequence[_FileWork], sources: Sequence[Path], target: Target) -> str:
    """Splice every file with something chosen, and write the tree; or make the diff."""
    spliced: dict[Path, str] = {}
    for work in works:
        if work.chosen:
            places_in_file = [Placement(c.lowered, c.entry.name, c.comment) for c in work.chosen]
            home = kernels_home(work.source.path, work.source.root)
            text = splice(work.module, places_in_file, home)
            if isinstance(text, Declined):
                _undo(work, text)
            else:
                spliced[work.source.path] = text
    if target.output is None and not target.in_place:
        return "".join(_diff(w, spliced[w.source.path]) for w in works if w.source.path in spliced)
    places: dict[Path, Path] = {}
    if target.output is not None:
        copy_tree(sources, target.output)
        places = {s.absolute(): p for s, p in output_places(sources, target.output).items()}
    homes = [
        _write_file(w, spliced[w.source.path], places) for w in works if w.source.path in spliced
    ]
    for folder in dict.fromkeys(homes):
        build_folder(folder, native=True)
        warm(folder, package_name(folder))
    return ""


def _write_file(work: _FileWork, text: str, places: Mapping[Path, Path]) -> Path:
    """Write the kernels, then the file that calls them, so that no moment has calls without kernels."""
    path, root = work.source.path, work.source.root
    for source, place in places.items():
        if path == source:
            path, root = place.absolute(), place.absolute().parent
            break
        if source in path.parents:
            path, root = (place / path.relative_to(source)).absolute(), place.absolute()
            break
    original = work.source.path.read_bytes()
    data = encode_like(text, original)
    home = kernels_home(path, root)
    shown = str(path.relative_to(home.folder.parent))
    write_kernels(
        home.folder, home.module, [c.entry for c in work.chosen], Rewritten(shown, original, data)
    )
    write_atomic(path, data)
    return home.folder


def _diff(work: _FileWork, text: str) -> str:
    name = str(work.source.shown)
    old, new = work.module.text.splitlines(True), text.splitlines(True)
    return "".join(difflib.unified_diff(old, new, name, name))


def _undo(work: _FileWork, why: Declined) -> None:
    """The file cannot be edited: its regions are declined after all."""
    work.chosen.clear()
    work.results[:] = [
        replace(r, status="declined", code=why.code, reason=why.why, kernel=None)
        if r.status == "rewritten"
        else r
        for r in work.results
    ]


def explain_tree(
    sources: Sequence[Path], *, trace: Path | None = None, where: str | None = None
) -> Report:
    """The verdict on each region without running anything: is it rewritten, can it be lowered, why not.

    `where` is a line number or a function's (qualified) name to look at only.
    """
    begun = time.monotonic()
    works, skipped = _read(discover(sources))
    recording = _recording(sources, None, trace, Options())
    for work in works:
        if screen(work.module.text):
            for region in outline(work.module):
                if _wanted(region, where):
                    work.results += explain_region(region, work.source.shown, recording)
    results = [r for work in works for r in work.results]
    texts = {w.source.shown: w.module.text for w in works}
    seconds = time.monotonic() - begun
    return Report(tuple(results), tuple(skipped), None, texts, seconds)


def _wanted(region: Region, where: str | None) -> bool:
    if where is None:
        return True
    if where.isdigit():
        first, last = region.function.lineno, region.function.end_lineno or 0
        return first <= int(where) <= last
    return region.qualname == where or region.qualname.endswith(f".{where}")
