"""A source tree through the compiler: read, record, compile each region, splice, write, report."""

from __future__ import annotations

import difflib
import os
import shlex
import shutil
import signal
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from loopwright.alternatives import alternatives
from loopwright.build import build_folder
from loopwright.compile import (
    Chosen,
    compile_region,
    kernel_name,
)
from loopwright.config import Options, UsageError
from loopwright.diagnostics import Declined
from loopwright.emit import backends
from loopwright.frontend.outline import every_region, outline
from loopwright.frontend.parse import parse_module
from loopwright.frontend.region import Module, Region
from loopwright.frontend.screen import screen
from loopwright.kernels import Rewritten, kernels_home, package_name, write_kernels
from loopwright.pipeline import Plan
from loopwright.preflight import check_in_place, check_output, command_line, python_files
from loopwright.project import (
    SourceFile,
    clean_or_refuse,
    copy_tree,
    output_places,
    write_atomic,
)
from loopwright.report.progress import progress_bar
from loopwright.report.results import RegionResult, Report, SkippedFile
from loopwright.signatures import Signature, annotated, inherited, recorded
from loopwright.splice import Placement, encode_like, splice
from loopwright.splice_block import BEGIN
from loopwright.unsplice import revert
from loopwright.verdicts import notes
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

    Raises UsageError, before anything is written, for sources without Python files, a workload that fails or
    does not end, a recording that cannot be read, an unfit output, and uncommitted changes.
    """
    begun = time.monotonic()
    command = None if workload is None else command_line(workload)
    if options.backend not in ("auto", *(b.name for b in backends())):
        raise UsageError(f"there is no backend {options.backend}; see `loopwright backends`")
    files = python_files(sources, options.exclude)
    _check_target(files, sources, target)
    _unsplice_first(files, sources, target)
    if trace is not None:
        recording: Recording | None = load_recording(trace)
    elif command is not None:
        recording = _record(
            command, sources, options, quiet=target.output is None and not target.in_place
        )
    else:
        recording = None
    deadline = None if options.time_limit is None else begun + options.time_limit
    works, skipped = _read(files)
    with tempfile.TemporaryDirectory(prefix="loopwright-") as scratch:
        compiler = _TreeCompiler(options, recording, Path(scratch), deadline, plan or Plan())
        with progress_bar(len(works), shown=progress) as advance:
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


def _check_target(files: Sequence[SourceFile], sources: Sequence[Path], target: Target) -> None:
    if target.output is not None:
        check_output(sources, target.output)
    if target.in_place:
        check_in_place(files)
        if not target.force:
            clean_or_refuse(sources)


def _unsplice_first(files: Sequence[SourceFile], sources: Sequence[Path], target: Target) -> None:
    """A tree is compiled from its original text: in place, earlier kernels are taken out first."""
    if not any(BEGIN.encode() in file.path.read_bytes() for file in files if _readable(file)):
        return
    if not target.in_place:
        raise UsageError("the source is a rewritten tree; give its original, or `revert` it first")
    revert(sources)


def _readable(file: SourceFile) -> bool:
    return os.access(file.path, os.R_OK)


def load_recording(trace: Path) -> Recording:
    """The recording in a file; UsageError if it cannot be read."""
    try:
        return load(trace)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _record(
    command: Sequence[str], sources: Sequence[Path], options: Options, *, quiet: bool
) -> Recording:
    """Run the workload. `quiet` keeps its output off our own standard output."""
    shown = shlex.join(command)
    with tempfile.TemporaryDirectory(prefix="loopwright-") as folder:
        file = Path(folder, "recording")
        result = record(
            command, sources, file, time_limit=options.time_limit, stdout_to_stderr=quiet
        )
        if result.exit_code in (-signal.SIGINT, 128 + signal.SIGINT):
            raise KeyboardInterrupt  # Ctrl-C reaches the workload first
        if result.timed_out:
            raise UsageError(f"the workload took longer than the time limit: {shown}")
        if result.exit_code != 0:
            raise UsageError(f"the workload failed with exit code {result.exit_code}: {shown}")
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
        if screen(work.module.text):
            for region in self._callers_first(outline(work.module)):
                self._region(work, region, (), self._seen(region))
        work.results += [note.result for note in notes(work.module, work.source.shown)]
        work.results.sort(key=lambda r: (r.span.line, r.span.col))

    def _callers_first(self, regions: Sequence[Region]) -> list[Region]:
        """By recorded share: a function that calls another has at least the other's time."""
        if self.recording is None:
            return list(regions)
        records = {region.id: self.recording.find(region) for region in regions}
        shares = {key: 0.0 if r is None else r.share for key, r in records.items()}
        return sorted(regions, key=lambda r: -shares[r.id])

    def _seen(self, region: Region) -> RegionRecord | None:
        return None if self.recording is None else self.recording.find(region)

    def _region(
        self,
        work: _FileWork,
        region: Region,
        above: tuple[str, ...],
        seen: RegionRecord | None,
    ) -> bool:
        """Compile `region`, or failing that parts of it. True if anything was rewritten."""
        blank = RegionResult(work.source.shown, region.span, region.qualname, "declined")
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
        parts = self._parts(region, result, seen)
        if any([self._region(work, part, (*above, note), record) for part, record in parts]):
            return True
        del work.results[before:]
        work.results.append(result)
        return False

    def _parts(
        self, region: Region, result: RegionResult, seen: RegionRecord | None
    ) -> list[tuple[Region, RegionRecord | None]]:
        """What to try in place of `region`; groups of statements that no recording knows are left out."""
        listed = {r.id for r in every_region(region.inner)}
        found: list[tuple[Region, RegionRecord | None]] = []
        for part in alternatives(region, result.code, result.span):
            record = self._seen(part) or (seen and inherited(seen, region, part))
            if self.recording is None or record is not None or part.id in listed:
                found.append((part, record))
        return found

    def _early_refusal(
        self, work: _FileWork, region: Region, seen: RegionRecord | None
    ) -> Declined | None:
        if self.deadline is not None and time.monotonic() > self.deadline:
            return Declined(region.span, "LW505", "the time limit of the command was reached")
        if self.options.style == "inline":
            return Declined(region.span, "LW403", "`--style inline` takes proofs only")
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
            places_in_file = [
                Placement(c.lowered, c.entries[0].name, c.comment) for c in work.chosen
            ]
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
        home.folder,
        home.module,
        [e for c in work.chosen for e in c.entries],
        Rewritten(shown, original, data),
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
