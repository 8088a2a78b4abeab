"""`loopwright explain`: the verdict on each loop of a tree, without running any of it.

Files are looked at in several processes, and what was found is kept by content, so that a second look
reads files and no more. Rewritten regions are told by the calls in the file and what `check` says of them.
"""

from __future__ import annotations

import ast
import re
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from loopwright.cache import file_digest, verdicts
from loopwright.diagnostics import Span
from loopwright.frontend.parse import decode_source, module_name
from loopwright.kernels_check import check_tree
from loopwright.project_discover import SourceFile
from loopwright.report.results import Placed, RegionResult, Report, SkippedFile
from loopwright.runtime.guarded import Guarded, guarded_calls
from loopwright.splice_block import BEGIN, MARK
from loopwright.usage import UsageError

_COMMENT = re.compile(re.escape(MARK) + r"(\w+), (\w+), ([0-9.]+x)")
_TOGETHER = 400_000
"""Bytes of source below which starting processes takes longer than the work."""

Rows = tuple[int, int]


def explain_tree(
    files: Sequence[SourceFile],
    *,
    trace: Path | None = None,
    where: str | None = None,
    jobs: int = 1,
) -> Report:
    """The verdict on each loop of `files`: is it rewritten, can it be compiled, why not.

    `where` is a line number or a function's (qualified) name to look at only. Raises UsageError if
    nothing is there, and for a recording that cannot be read.
    """
    begun = time.monotonic()
    regions: list[RegionResult] = []
    skipped: list[SkippedFile] = []
    texts: dict[Path, str] = {}
    for file, data, entry in _entries(files, trace, jobs):
        if entry["skipped"] is not None:
            skipped.append(SkippedFile(file.shown, *entry["skipped"]))
        found = [_decoded(file.shown, each) for each in entry["regions"]]
        if BEGIN.encode() in data:
            found = _with_rewritten(file, data, found)
        regions += [f.result for f in found if _wanted(f, where)]
        if found:
            texts[file.shown] = decode_source(data)
    if where is not None and not regions and not skipped:
        raise UsageError(f"there is no loop or array code at {where}")
    return Report(tuple(regions), tuple(skipped), None, texts, time.monotonic() - begun)


def _wanted(found: Placed, where: str | None) -> bool:
    if where is None:
        return True
    if where.isdigit():
        return found.function[0] <= int(where) <= found.function[1]
    return found.result.name == where or found.result.name.endswith(f".{where}")


# ------------------------------------------------------------ files and cache

Entry = dict[str, Any]
_Job = tuple[str, str, str | None]


def _entries(
    files: Sequence[SourceFile], trace: Path | None, jobs: int
) -> Iterator[tuple[SourceFile, bytes, Entry]]:
    """What is known of each file, from the cache or made now. A recording's answers are not kept."""
    cache = verdicts() if trace is None else None
    datas: list[bytes] = []
    known: dict[int, Entry] = {}
    missing: list[int] = []
    for at, file in enumerate(files):
        try:
            datas.append(file.path.read_bytes())
        except OSError as error:
            datas.append(b"")
            known[at] = _skipped("LW001", error.strerror or str(error))
            continue
        entry: Any = None if cache is None else cache.get(_key(file, datas[at]))
        if _is_entry(entry):
            known[at] = entry
        else:
            missing.append(at)
    made = _made([files[at] for at in missing], sum(len(datas[at]) for at in missing), trace, jobs)
    for at, new in zip(missing, made, strict=True):
        known[at] = new
        if cache is not None:
            cache.put(_key(files[at], datas[at]), new)
    for at, file in enumerate(files):
        yield file, datas[at], known[at]


def _key(file: SourceFile, data: bytes) -> bytes:
    return module_name(file.path, file.root).encode() + b"\0" + data


def _made(files: Sequence[SourceFile], size: int, trace: Path | None, jobs: int) -> Iterator[Entry]:
    work = [(str(f.path), str(f.root), None if trace is None else str(trace)) for f in files]
    if not work:
        return
    from loopwright.explain_worker import entry_of
    from loopwright.recordings import load_recording

    if trace is not None:
        load_recording(trace)  # one that cannot be read is told here
    if jobs == 1 or len(work) == 1 or size < _TOGETHER:
        yield from map(entry_of, work)
        return
    # A forked process has the compiler in memory already. Elsewhere forking is not safe.
    context = get_context("fork" if sys.platform == "linux" else "spawn")
    with ProcessPoolExecutor(min(jobs, len(work)), mp_context=context) as pool:
        try:
            yield from pool.map(entry_of, work, chunksize=max(1, len(work) // (8 * jobs)))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _skipped(code: str, why: str) -> Entry:
    return {"skipped": [code, why], "regions": [], "others": {}}


def _is_entry(entry: Any) -> bool:
    """Whether the cache has an answer that holds."""
    if not isinstance(entry, dict) or entry.keys() != {"skipped", "regions", "others"}:
        return False
    return all(file_digest(file) == digest for file, digest in entry["others"].items())


def _decoded(file: Path, data: Entry) -> Placed:
    result = RegionResult(
        file,
        Span(*data["span"]),
        data["name"],
        data["status"],
        code=data["code"],
        reason=data["reason"],
        unlocks=data["unlocks"],
        share=data["share"],
    )
    return Placed(result, tuple(data["rows"]), tuple(data["function"]))


# ------------------------------------------------------------ rewritten regions


def _with_rewritten(file: SourceFile, data: bytes, found: Sequence[Placed]) -> list[Placed]:
    """`found` in a rewritten file, with a verdict on each call of a kernel in place of the code that it
    stands for."""
    try:
        calls = guarded_calls(ast.parse(data))
    except (SyntaxError, ValueError):
        return list(found)
    rows = decode_source(data).splitlines()
    stale = {f.line: f for f in check_tree([file.path])}
    made: list[Placed] = []
    for call in calls:
        one = _rewritten(file.shown, call, rows)
        finding = stale.get(call.test.lineno)
        if finding is not None:
            result = replace(
                one.result, status="declined", code=finding.code, reason=finding.message
            )
            one = replace(one, result=result)
        made.append(one)
    others = [f for f in found if not any(_touch(f.rows, one.rows) for one in made)]
    return sorted([*others, *made], key=lambda f: f.rows)


def _rewritten(file: Path, call: Guarded, rows: Sequence[str]) -> Placed:
    test, around = call.test, call.functions[-1] if call.functions else call.test
    last = max([test, *call.original], key=lambda s: s.end_lineno or s.lineno)
    names = [call.owner.name] if call.owner is not None else []
    names += [".<locals>.".join(f.name for f in call.functions)]
    end = test.body[0].lineno
    match = _COMMENT.search("\n".join(rows[max(0, test.lineno - 2) : end]))
    backend, kind, ratio = match.groups() if match else (None, "", "")
    result = RegionResult(
        file,
        Span(test.lineno, test.col_offset, test.lineno, len(rows[test.lineno - 1].encode())),
        ".".join(names),
        "rewritten",
        backend=backend,
        kernel=call.kernel,
        notes=(f"when it was made: {kind}, {ratio}",) if match else (),
    )
    function = around.lineno, around.end_lineno or around.lineno
    return Placed(result, (test.lineno, last.end_lineno or last.lineno), function)


def _touch(a: Rows, b: Rows) -> bool:
    return a[0] <= b[1] and b[0] <= a[1]
