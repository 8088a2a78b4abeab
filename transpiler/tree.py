"""A source tree through the compiler: read, record, compile each region, splice, write, report."""

from __future__ import annotations

import difflib
import os
import shlex
import signal
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from loopwright.config import Options, UsageError
from loopwright.diagnostics import Declined
from loopwright.emit import backends
from loopwright.frontend.parse import parse_module
from loopwright.frontend.region import Module
from loopwright.frontend.screen import screen
from loopwright.journal import Journal
from loopwright.kept_tests import NoTest, Spliced, kept_test
from loopwright.kernels import Rewritten, kernels_home, write_kernels
from loopwright.kernels_manifest import keep_original
from loopwright.pipeline import Plan
from loopwright.preflight import (
    check_in_place,
    check_output,
    check_tests,
    command_line,
    left_as_tests,
    python_files,
)
from loopwright.project import (
    SourceFile,
    clean_or_refuse,
    copy_tree,
    output_places,
    write_atomic,
)
from loopwright.recordings import load_recording
from loopwright.report.progress import progress_bar
from loopwright.report.results import RegionResult, Report, SkippedFile
from loopwright.splice import Placement, encode_like, splice
from loopwright.splice_block import BEGIN
from loopwright.splice_inline import Replacement, splice_inline
from loopwright.tree_compile import FileWork, TreeCompiler
from loopwright.trial import Builders
from loopwright.unsplice import revert
from loopwright.verdicts import defect
from loopwright.workload.record import record
from loopwright.workload.store import Recording, load


@dataclass(frozen=True, slots=True)
class Target:
    """Where the rewritten tree goes: a folder, the tree itself, or nowhere (a diff only); and the folder
    for tests of what was rewritten, if any."""

    output: Path | None = None
    in_place: bool = False
    force: bool = False
    tests: Path | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """`untested` says why a rewritten region has no test, where tests were asked for."""

    report: Report
    diff: str = ""
    untested: tuple[tuple[RegionResult, str], ...] = ()


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
    if options.style == "inline" and target.tests is not None:
        raise UsageError("--emit-tests compares with the original, which --style inline replaces")
    _unsplice_first(files, sources, target)
    deadline = None if options.time_limit is None else begun + options.time_limit
    works, skipped = _read(files)
    scratch = tempfile.TemporaryDirectory(prefix="loopwright-")
    journal = Journal(sources, str((target.output, target.in_place)), options)
    with scratch as folder, Builders(options.jobs) as builders:
        if any(screen(work.module.text) for work in works):
            builders.ahead(options.backend)
        ready = time.monotonic()
        recording = None if trace is None else load_recording(trace)
        if trace is None and command is not None:
            quiet = target.output is None and not target.in_place
            recording = _record(command, sources, options, quiet=quiet)
        recorded = time.monotonic()
        compiler = TreeCompiler(
            options, recording, Path(folder), deadline, plan or Plan(), builders, journal
        )
        with progress_bar(len(works), shown=progress) as advance:
            for work in compiler.hottest_first(works):
                advance(work.source.shown)
                compiler.compile_file(work)
        compiled = time.monotonic()
        diff, written = _write(works, sources, target, builders, options.style == "inline")
        untested: list[tuple[RegionResult, str]] = []
        if target.tests is not None:
            untested = _keep_tests(written, target.tests, recording, options.accuracy)
    journal.clear()
    results = [r for work in works for r in work.results]
    report = Report(
        regions=tuple(results),
        skipped=tuple(skipped),
        output=target.output,
        sources={w.source.shown: w.module.text for w in works},
        seconds=time.monotonic() - begun,
        stages={"record": recorded - ready, "write": time.monotonic() - compiled},
        tests=left_as_tests(sources, options.exclude),
    )
    return Outcome(report, diff, tuple(untested))


def _check_target(files: Sequence[SourceFile], sources: Sequence[Path], target: Target) -> None:
    if target.tests is not None:
        if target.output is None and not target.in_place:
            raise UsageError("--emit-tests needs a tree to test: -o or --in-place")
        check_tests(target.tests)
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
        if result.interrupted or result.exit_code in (-signal.SIGINT, 128 + signal.SIGINT):
            raise KeyboardInterrupt  # which may reach the workload first
        if result.timed_out:
            raise UsageError(f"the workload took longer than the time limit: {shown}")
        if result.exit_code != 0:
            raise UsageError(
                f"the workload failed with exit code {result.exit_code}: {shown}\n"
                "if it is known to fail, record it with `loopwright trace` and give that with --trace"
            )
        for text in result.oddities:
            print(f"loopwright: {text}", file=sys.stderr)
        return load(file)


def _read(files: Sequence[SourceFile]) -> tuple[list[FileWork], list[SkippedFile]]:
    works: list[FileWork] = []
    skipped: list[SkippedFile] = []
    for file in files:
        module = parse_module(file.path, file.root)
        if isinstance(module, Module):
            why_not = defect(module)
            if why_not is None:
                works.append(FileWork(module, file))
            else:
                skipped.append(SkippedFile(file.shown, "LW901", why_not))
        elif module.code != "LW004":  # an empty file is a normal thing to find
            why = f"line {module.at.line}: {module.why}" if module.at.line else module.why
            skipped.append(SkippedFile(file.shown, module.code, why))
    return works, skipped


def _write(
    works: Sequence[FileWork],
    sources: Sequence[Path],
    target: Target,
    builders: Builders,
    inline: bool,
) -> tuple[str, list[tuple[FileWork, Spliced]]]:
    """Splice every file with something chosen, and write the tree; or make the diff."""
    spliced: dict[Path, str] = {}
    for work in works:
        if work.chosen:
            text = _spliced(work, inline)
            if isinstance(text, Declined):
                _undo(work, text)
            else:
                spliced[work.source.path] = text
    if target.output is None and not target.in_place:
        changed = [w for w in works if w.source.path in spliced]
        return "".join(_diff(w, spliced[w.source.path]) for w in changed), []
    places: dict[Path, Path] = {}
    if target.output is not None:
        copy_tree(sources, target.output)
        places = {s.absolute(): p for s, p in output_places(sources, target.output).items()}
    written: list[tuple[FileWork, Spliced]] = []
    homes: dict[Path, None] = {}
    for work in works:
        if work.source.path in spliced:
            path, root = _place(work, places)
            text = spliced[work.source.path]
            if inline:
                _write_replaced(work, text, path, root)
            else:
                homes[_write_file(work, text, path, root)] = None
            written.append((work, Spliced(path, root, text)))
    for folder in homes:
        builders.make_ready(folder)
    return "", written


def _spliced(work: FileWork, inline: bool) -> str | Declined:
    if inline:
        replaced = [Replacement(c.lowered, c.entries[0].program) for c in work.chosen]
        return splice_inline(work.module, replaced)
    placements = [Placement(c.lowered, c.entries[0].name, c.comment, c.also) for c in work.chosen]
    return splice(work.module, placements, kernels_home(work.source.path, work.source.root))


def _place(work: FileWork, places: Mapping[Path, Path]) -> tuple[Path, Path]:
    """Where the file of the output goes, and the root of its tree."""
    path = work.source.path
    for source, place in places.items():
        if path == source:
            return place.absolute(), place.absolute().parent
        if source in path.parents:
            return (place / path.relative_to(source)).absolute(), place.absolute()
    return path, work.source.root


def _write_file(work: FileWork, text: str, path: Path, root: Path) -> Path:
    """Write the kernels, then the file that calls them, so that no moment has calls without kernels.

    The folder of the kernels."""
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


def _write_replaced(work: FileWork, text: str, path: Path, root: Path) -> None:
    """Keep the original, then write the file, so that there is a way back at every moment."""
    original = work.source.path.read_bytes()
    data = encode_like(text, original)
    folder = kernels_home(path, root).folder
    keep_original(folder, path.relative_to(folder.parent).as_posix(), original, data)
    write_atomic(path, data)


def _keep_tests(
    written: Sequence[tuple[FileWork, Spliced]],
    folder: Path,
    recording: Recording | None,
    accuracy: str,
) -> list[tuple[RegionResult, str]]:
    """Write the tests and note them in the results; returns the regions without one, and why."""
    untested: list[tuple[RegionResult, str]] = []
    taken: set[str] = set()
    for work, file in written:
        for chosen in work.chosen:
            (at,) = (
                k for k, r in enumerate(work.results) if r.kernel == chosen.entries[0].name
            )  # fmt: skip
            try:
                name, text = kept_test(chosen, file, folder, recording, accuracy)
            except NoTest as why:
                untested.append((work.results[at], str(why)))
                continue
            while name in taken:
                name = f"{Path(name).stem}_.py"
            taken.add(name)
            folder.mkdir(parents=True, exist_ok=True)
            write_atomic(folder / name, text.encode())
            work.results[at] = replace(work.results[at], test=str(folder / name))
    return untested


def _diff(work: FileWork, text: str) -> str:
    name = str(work.source.shown)
    old, new = work.module.text.splitlines(True), text.splitlines(True)
    return "".join(difflib.unified_diff(old, new, name, name))


def _undo(work: FileWork, why: Declined) -> None:
    """The file cannot be edited: its regions are declined after all."""
    work.chosen.clear()
    work.results[:] = [
        replace(r, status="declined", code=why.code, reason=why.why, kernel=None)
        if r.status == "rewritten"
        else r
        for r in work.results
    ]
