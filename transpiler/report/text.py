"""Reports for terminals: the caret form of one diagnostic, and the table that ends a run."""

from __future__ import annotations

import contextlib
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from loopwright.diagnostics import Span, code_row
from loopwright.report.results import RegionResult, Report

_TABLE_WIDTH = 110
_MANY = 20
"""With as many regions as that the reasons are told in a few rows, too."""
_STYLES = {"rewritten": "green", "failed": "red", "declined": "default"}


def caret(
    file: Path, text: str, span: Span, code: str, why: str, unlocks: str | None = None
) -> str:
    """One diagnostic: place, code, source line, caret under the span, what would unlock it.

    The span's columns are in UTF-8 bytes, as `ast` counts them; tabs are shown as they stand.
    """
    row = code_row(code)
    out = [f"{short(file)}:{span.line}:{span.col + 1}: {code} {row.meaning}"]
    lines = text.splitlines()
    if 1 <= span.line <= len(lines):
        line = lines[span.line - 1]
        raw = line.encode()
        start = len(raw[: span.col].decode(errors="ignore"))
        end = len(raw[: span.end_col].decode(errors="ignore"))
        if span.end_line != span.line:
            end = len(line)
        indent = len(line) - len(line.lstrip())
        pad = "".join("\t" if c == "\t" else " " for c in line[indent:start])
        out.append(f"    {line[indent:]}")
        out.append(f"    {pad}{'^' * max(1, end - start)} {why}")
    else:
        out.append(f"    {why}")
    out.append(f"  unlocks it: {unlocks or row.unlocks}")
    out.append(f"  more: loopwright why {code}")
    return "\n".join(out)


def headline(region: RegionResult) -> str:
    """The verdict on one region in one line."""
    place = f"{short(region.file)}:{region.span.line}"
    if region.status == "rewritten":
        return f"{place}: {region.name}: rewritten, {how(region)}"
    if region.status == "candidate":
        return f"{place}: {region.name}: can be compiled; run `loopwright optimize`"
    return f"{place}: {region.name}: {region.status}, {region.code} {region.reason}"


def how(region: RegionResult) -> str:
    """`numba, tested on 412 inputs, 93x`."""
    parts = [region.backend or ""]
    if region.evidence:
        proved = "proved, " if region.evidence.kind == "proved" else ""
        parts.append(f"{proved}tested on {region.evidence.inputs} inputs")
    if region.speedup:
        parts.append(f"{ratio_text(best(region))} at size {max(region.speedup)}")
    return ", ".join(parts)


def best(region: RegionResult) -> float:
    """The ratio at the largest measured size."""
    return region.speedup[max(region.speedup)]


def ratio_text(ratio: float) -> str:
    return f"{ratio:.0f}x" if ratio >= 10 else f"{ratio:.1f}x"


def explain(report: Report, only: Iterable[RegionResult] | None = None) -> str:
    """Every verdict in full: rewritten ones with the trail, declined ones with caret and cure."""
    blocks = []
    for region in report.regions if only is None else only:
        if region.status in ("rewritten", "candidate"):
            blocks.append("\n".join([headline(region), *trail(region)]))
            continue
        text = report.sources.get(region.file, "")
        assert region.code is not None
        block = caret(region.file, text, region.span, region.code, region.reason, region.unlocks)
        blocks.append("\n".join([block, *(f"  note: {note}" for note in region.notes)]))
    return "\n\n".join(blocks) + ("\n" if blocks else "")


def trail(region: RegionResult) -> list[str]:
    lines = [f"  passes: {', '.join(region.passes)}"] if region.passes else []
    lines += [f"  note: {note}" for note in region.notes]
    if region.first_call is not None:
        lines.append(f"  first call (loading or compiling included): {region.first_call:.3f} s")
    lines += [
        f"  size {size}: {ratio_text(ratio)}" for size, ratio in sorted(region.speedup.items())
    ]
    lines += [f"  not chosen: {lost.variant}: {lost.why}" for lost in region.losers]
    return lines


def summary(report: Report) -> str:
    """`14 loops: 2 rewritten, 3 can be compiled, 9 declined`."""
    words = {"candidate": "can be compiled"}
    counts = Counter(words.get(r.status, r.status) for r in report.regions)
    total = len(report.regions)
    if not total:
        return "there is no loop or array code"
    order = ("rewritten", "can be compiled", "declined", "failed")
    parts = ", ".join(f"{counts[word]} {word}" for word in order if counts[word])
    return f"{total} region{'s' if total > 1 else ''}: {parts}"


def print_table(report: Report, console: Console) -> None:
    """What ends `optimize`: a table where there is room for one, else two rows or more a region."""
    if console.width >= _TABLE_WIDTH:
        _print_columns(report.regions, console)
    else:
        for region in report.regions:
            _print_rows(region, console)
    for skipped in report.skipped:
        text = f"{short(skipped.file)}: {skipped.code} {skipped.reason}"
        console.print(escape(text), style="yellow", soft_wrap=True)
    if len(report.regions) >= _MANY:
        for row in _reasons(report.regions):
            console.print(escape(row), soft_wrap=True)
    if report.tests:
        files = "1 test file" if report.tests == 1 else f"{report.tests} test files"
        console.print(f"{files} left alone; what is named on the command line is compiled")
    done, total = len(report.rewritten), len(report.regions)
    console.print(f"{done} of {total} regions rewritten in {report.seconds:.1f} s")


def _reasons(regions: Sequence[RegionResult]) -> list[str]:
    """How often each code is the verdict, with what it means."""
    counts = Counter(region.code for region in regions if region.code is not None)
    return [f"{n} times {code}: {code_row(code).meaning}" for code, n in counts.most_common()]


def _print_columns(regions: Sequence[RegionResult], console: Console) -> None:
    if not regions:
        return
    table = Table(title=None, show_edge=False, pad_edge=False)
    table.add_column("region", overflow="fold", max_width=console.width // 3)
    table.add_column("verdict", no_wrap=True)
    table.add_column("evidence", no_wrap=True)
    table.add_column("speed-up", justify="right", no_wrap=True)
    table.add_column("why", overflow="fold")
    for region in regions:
        evidence = region.evidence
        shown = f"{evidence.kind} ({evidence.inputs} inputs)" if evidence else ""
        speed = ratio_text(best(region)) if region.speedup else ""
        verdict = f"{region.status}: {region.backend}" if region.backend else region.status
        why = "" if region.status == "rewritten" else f"{region.code} {region.reason}"
        place = f"{short(region.file)}:{region.span.line} {region.name}"
        style = _STYLES.get(region.status, "")
        table.add_row(escape(place), f"[{style}]{verdict}[/]", shown, speed, escape(why))
    console.print(table)


def _print_rows(region: RegionResult, console: Console) -> None:
    place = f"{short(region.file)}:{region.span.line} {region.name}"
    console.print(escape(place), soft_wrap=True)
    what = how(region) if region.status == "rewritten" else f"{region.code} {region.reason}"
    rows = textwrap.wrap(
        f"{region.status}: {what}",
        max(console.width - 4, 20),
        break_long_words=False,
        break_on_hyphens=False,
    )
    style = _STYLES.get(region.status, "")
    for row in rows:
        console.print(f"    {escape(row)}", style=style, soft_wrap=True)


def short(path: Path) -> Path:
    """The path relative to the current folder where it is below it."""
    if path.is_absolute():
        with contextlib.suppress(ValueError):
            return path.relative_to(Path.cwd())
    return path
