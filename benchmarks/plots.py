"""Plots of the suite's results: ours against the best peer, and against what the machine can do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from figures import NEVER_BELOW, Results, largest, limit, ours_of, ratio_at, share

RATIOS, SHARES = "benchmarks-ratios.svg", "benchmarks-shares.svg"


def draw(results: Results, folder: Path) -> list[str]:
    """Write the plots into a folder; their names, or none if Matplotlib is missing."""
    try:
        import matplotlib
    except ImportError:
        return []
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "loopwright"  # equal results give equal files
    folder.mkdir(parents=True, exist_ok=True)
    _plot(results, folder / RATIOS, _ratios)
    _plot(results, folder / SHARES, _shares)
    return [RATIOS, SHARES]


def _plot(results: Results, file: Path, fill: Callable[[Any, Results], None]) -> None:
    from matplotlib.figure import Figure

    programs = [row["program"] for row in results["rows"]]
    figure = Figure(figsize=(8.0, 1.5 + 0.24 * len(programs)), layout="constrained")
    axes = figure.subplots()
    fill(axes, results)
    axes.set_yticks(range(len(programs)), programs, fontsize=8)
    axes.set_ylim(len(programs) - 0.5, -0.5)
    axes.grid(axis="both", linewidth=0.3)
    axes.legend(fontsize=8, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=4)
    figure.savefig(file, metadata={"Date": None})


def _ratios(axes: Any, results: Results) -> None:
    """A dot a program and size: the best peer's time over ours, larger dots for larger inputs."""
    points: dict[str, list[tuple[float, int, int]]] = {}
    for place, row in enumerate(results["rows"]):
        for rank, size in enumerate(row["sizes"]):
            found = ratio_at(row, size, ours_of(results))
            if found is not None:
                points.setdefault(found.peer, []).append((found.ratio, place, 12 + 22 * rank))
    for peer, dots in sorted(points.items()):
        x, y, area = zip(*dots, strict=True)
        axes.scatter(x, y, s=area, alpha=0.7, label=f"best peer: {peer}")
    axes.axvline(1.0, color="black", linewidth=0.8)
    axes.axvline(NEVER_BELOW, color="black", linewidth=0.8, linestyle=":")
    axes.set_xscale("log")
    axes.set_xlabel(
        "time of the best peer / ours (right of 1: ours is faster; larger dots: larger inputs)"
    )


def _shares(axes: Any, results: Results) -> None:
    """Our bandwidth and operations at the largest size, as a share of what was measured at most."""
    for kind, label, marker in (("bytes", "STREAM triad", "o"), ("flops", "dgemm", "x")):
        x, y = [], []
        for place, row in enumerate(results["rows"]):
            cell = largest(row)["versions"].get(ours_of(results))
            reached = (
                None if cell is None else share(cell, largest(row)[kind], limit(results, kind))
            )
            if reached is not None:
                x.append(reached)
                y.append(place)
        axes.scatter(x, y, marker=marker, label=f"share of {label}")
    axes.axvline(1.0, color="black", linewidth=0.8)
    axes.set_xscale("log")
    axes.set_xlabel("ours at the largest size / the most that was measured on this machine")
