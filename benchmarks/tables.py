"""The suite's results as a Markdown page."""

from __future__ import annotations

from typing import Any

from figures import Results, is_right, largest, limit, ours_of, ratio_at, share, summary

_HEAD = """\
# Benchmarks

Made by `make bench-classic ARGS=--publish`; do not edit. Each time is the median of interleaved rounds
of warm calls, every version in a process of its own, all in one run. Behind each time stands the largest
relative difference from the original's result (`same`: no bit differs). The result of a version with ✗
is wrong (off by more than 1e-6, or another integer): it is no peer. Calls of C include what Python needs
to make them.
"""


def page(results: Results, plots: list[str]) -> str:
    """The whole page; `plots` are the names of pictures that lie beside it."""
    pictures = [f"![{name.partition('.')[0]}]({name})\n" for name in plots]
    return "\n".join(
        [
            _HEAD,
            *(f"- {line}" for line in machine_lines(results)),
            "",
            "## Figures",
            "",
            *(f"- {line}" for line in summary(results)),
            "",
            *pictures,
            "## Versions and their accuracy",
            "",
            table(["version", "accuracy"], [[k, v] for k, v in results["versions"].items()]),
            "",
            "## Ours against the best peer",
            "",
            ratio_table(results),
            "",
            "## Share of what the machine can do",
            "",
            "At the largest size, ours and the best peer; a share above 1 is work in the caches.",
            "",
            share_table(results),
            "",
            "## All times",
            "",
            *family_tables(results),
            "## First calls",
            "",
            "Seconds of the first call, compilation at that time included where there is any.",
            "",
            first_call_table(results),
            "",
            "## What is missing, and why",
            "",
            missing_table(results),
            "",
        ]
    )


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines
    )


def machine_lines(results: Results) -> list[str]:
    machine = "; ".join(f"{key} {value}" for key, value in results["machine"].items())
    limits = [
        f"{row['threads']} thread{'s' if row['threads'] > 1 else ''}: "
        f"STREAM triad {row['bytes'] / 1e9:.1f} GB/s, dgemm {row['flops'] / 1e9:.1f} Gflop/s"
        for row in results["limits"].values()
    ]
    return [machine, *limits]


def duration(seconds: float) -> str:
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def cell_text(cell: dict[str, Any] | None) -> str:
    """A time with its error, or a dash where there is none."""
    if cell is None:
        return "-"
    if cell.get("as_original"):
        return "as original"
    error = "same" if cell["error"] == 0 else f"{cell['error']:.0e}"
    return f"{duration(cell['seconds'])} ({error})" + ("" if is_right(cell) else " ✗")


def ratio_table(results: Results) -> str:
    rows = []
    for row in results["rows"]:
        found = [ratio_at(row, size, ours_of(results)) for size in row["sizes"]]
        cells = ["-" if r is None else f"{r.ratio:.2f} ({r.peer})" for r in found]
        backends = ", ".join(row["backends"].get(ours_of(results), [])) or "left as it is"
        rows.append([row["program"], backends, " / ".join(cells)])
    return table(["program", "ours runs on", "best peer / ours, small to large (peer)"], rows)


def share_table(results: Results) -> str:
    rows = []
    for row in results["rows"]:
        size, best = largest(row), ratio_at(row, list(row["sizes"])[-1], ours_of(results))
        if best is None or size["bytes"] is None:
            continue
        cells = []
        for label in (ours_of(results), best.peer):
            for kind in ("bytes", "flops"):
                reached = share(size["versions"][label], size[kind], limit(results, kind))
                cells.append("-" if reached is None else f"{reached:.0%}")
        rows.append([row["program"], row["bound"] or "", *cells[:2], best.peer, *cells[2:]])
    head = ["program", "bound by", "ours: STREAM", "dgemm", "best peer", "STREAM", "dgemm"]
    return table(head, rows)


def family_tables(results: Results) -> list[str]:
    """One table a family, a row a program and size."""
    labels = list(results["versions"])
    lines: list[str] = []
    for family in dict.fromkeys(row["program"].partition("/")[0] for row in results["rows"]):
        rows = [
            [f"{row['program'].partition('/')[2]} {size['size']}"]
            + [cell_text(size["versions"].get(label)) for label in labels]
            for row in results["rows"]
            if row["program"].partition("/")[0] == family
            for size in row["sizes"].values()
        ]
        lines += [f"### {family}", "", table(["program and size", *labels], rows), ""]
    return lines


def first_call_table(results: Results) -> str:
    labels = list(results["versions"])
    rows = []
    for row in results["rows"]:
        calls = [row["first_call"].get(label) for label in labels]
        rows.append([row["program"], *("-" if c is None else f"{c['call']:.2g}" for c in calls)])
    return table(["program", *labels], rows)


def missing_table(results: Results) -> str:
    rows = [
        [row["program"], label, reason]
        for row in results["rows"]
        for label, reason in [*row["skipped"].items(), *row["declined"].items()]
    ]
    rows += [[program, "all", reason] for program, reason in results["failed"].items()]
    return table(["program", "version", "reason"], rows)
