"""Reports for terminals: the caret form of one diagnostic, and the table that ends a run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from loopwright.diagnostics import Span, code_row
from loopwright.report.results import RegionResult, Report


def caret(
    file: Path, text: str, span: Span, code: str, why: str, unlocks: str | None = None
) -> str:
    """One diagnostic: place, code, source line, caret under the span, what would unlock it.

    The span's columns are in UTF-8 bytes, as `ast` counts them; tabs are shown as they stand.
    """
    row = code_row(code)
    out = [f"{file}:{span.line}:{span.col + 1}: {code} {row.meaning}"]
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
    place = f"{region.file}:{region.span.line}"
    if region.status == "rewritten":
        return f"{place}: {region.name}: rewritten, {how(region)}"
    if region.status == "candidate":
        return f"{place}: {region.name}: can be compiled; run `loopwright optimize`"
    return f"{place}: {region.name}: {region.status}, {region.code} {region.reason}"


def how(region: RegionResult) -> str:
    """`numba, tested on 412 inputs, 93x`."""
    parts = [region.backend or ""]
    if region.evidence:
        parts.append(f"{region.evidence.kind} on {region.evidence.inputs} inputs")
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


def print_table(report: Report, console: Console) -> None:
    """The table that ends `optimize`: region, verdict, evidence, speed-up."""
    table = Table(title=None, show_edge=False, pad_edge=False)
    for title in ("region", "verdict", "evidence", "speed-up", "why"):
        table.add_column(title, overflow="fold", justify="right" if title == "speed-up" else "left")
    for region in report.regions:
        evidence = region.evidence
        shown = f"{evidence.kind} ({evidence.inputs} inputs)" if evidence else ""
        speed = ratio_text(best(region)) if region.speedup else ""
        verdict = f"{region.status}: {region.backend}" if region.backend else region.status
        why = "" if region.status == "rewritten" else f"{region.code} {region.reason}"
        table.add_row(
            escape(f"{region.file}:{region.span.line} {region.name}"),
            verdict,
            shown,
            speed,
            escape(why),
        )
    if report.regions:
        console.print(table)
    for skipped in report.skipped:
        console.print(escape(f"{skipped.file}: {skipped.code} {skipped.reason}"), style="yellow")
    done, total = len(report.rewritten), len(report.regions)
    console.print(f"{done} of {total} regions rewritten in {report.seconds:.1f} s")
