"""What the suite's results come to: ours against the best peer, and against what the machine can do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from harness import geometric_mean

Results = dict[str, Any]

TRUSTED_ERROR = 1e-6
"""A version that is off by more, relative to the original's result, is no peer at any speed."""
NEVER_BELOW = 0.9
MEAN_AT_LEAST = 1.3
STREAM_SHARE = 0.8
OF_C_AT_MOST = 1.3
"""What is aimed at: of best peer / ours on every kernel and on average, of memory-bound kernels' bandwidth,
and of ours / C where mathematical functions decide."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """One program at one size: the fastest peer whose result is right, and its time over ours."""

    program: str
    size: str
    peer: str
    ratio: float


def ours_of(results: Results) -> str:
    """The version of ours that counts: the first backend that was asked for."""
    return next(label for label in results["versions"] if label.startswith("ours"))


def is_right(cell: dict[str, Any]) -> bool:
    return bool(cell["error"] <= TRUSTED_ERROR)


def ratio_at(row: dict[str, Any], size: str, ours: str) -> Ratio | None:
    """The best peer of a row at a size; None if ours or every peer is missing."""
    cells = row["sizes"][size]["versions"]
    peers = {
        label: cell["seconds"]
        for label, cell in cells.items()
        if not label.startswith("ours") and is_right(cell)
    }
    if ours not in cells or not peers:
        return None
    best = min(peers, key=lambda label: peers[label])
    return Ratio(row["program"], size, best, peers[best] / cells[ours]["seconds"])


def ratios(results: Results) -> list[Ratio]:
    ours = ours_of(results)
    found = [ratio_at(row, size, ours) for row in results["rows"] for size in row["sizes"]]
    return [ratio for ratio in found if ratio is not None]


def share(cell: dict[str, Any], work: float | None, limit: float) -> float | None:
    """The part of a limit (bytes or operations per second) that a version reached."""
    return None if not work else work / cell["seconds"] / limit


def limit(results: Results, kind: str) -> float:
    """The most `bytes` or `flops` per second that was measured, with one thread or with all."""
    return max(float(row[kind]) for row in results["limits"].values())


def largest(row: dict[str, Any]) -> dict[str, Any]:
    """A row's cells at its largest size."""
    size: dict[str, Any] = list(row["sizes"].values())[-1]
    return size


def stream_shares(results: Results) -> dict[str, float]:
    """Of the memory-bound programs at their largest size: our share of the STREAM bandwidth."""
    found = {}
    for row, cell in _ours_bound_by(results, "memory"):
        reached = share(cell, largest(row)["bytes"], limit(results, "bytes"))
        if reached is not None:
            found[row["program"]] = reached
    return found


def times_of_c(results: Results) -> dict[str, float]:
    """Of the programs that mathematical functions decide, at their largest size: our time over C's."""
    return {
        row["program"]: cell["seconds"] / largest(row)["versions"]["c"]["seconds"]
        for row, cell in _ours_bound_by(results, "math")
        if "c" in largest(row)["versions"]
    }


def _ours_bound_by(results: Results, bound: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    ours = ours_of(results)
    for row in results["rows"]:
        cell = largest(row)["versions"].get(ours)
        if row["bound"] == bound and cell is not None:
            yield row, cell


def summary(results: Results) -> list[str]:
    """The figures that are aimed at, a sentence each."""
    found = ratios(results)
    every = [r.ratio for r in found]
    low = sorted((r for r in found if r.ratio < NEVER_BELOW), key=lambda r: r.ratio)
    below = ", ".join(f"{r.program} {r.size} {r.ratio:.2f} ({r.peer})" for r in low)
    shares = stream_shares(results)
    slow = times_of_c(results)
    ours = ours_of(results)
    wrong = [
        f"{row['program']} {name}"
        for row in results["rows"]
        for name, size in row["sizes"].items()
        if ours in size["versions"] and not is_right(size["versions"][ours])
    ]
    return [
        f"best peer / ours, geometric mean: {geometric_mean(every):.2f} over all sizes of "
        f"{len(results['rows'])} programs (aim {MEAN_AT_LEAST}); {_by_place(results, found)}",
        f"below {NEVER_BELOW}: {below or 'none'} ({len(low)} of {len(every)})",
        f"memory-bound, share of STREAM: {_listed(shares)} (aim {STREAM_SHARE})",
        f"mathematical functions, ours / C: {_listed(slow)} (aim {OF_C_AT_MOST} at most)",
        f"ours off by more than {TRUSTED_ERROR:.0e}: {', '.join(wrong) or 'none'}",
    ]


def _by_place(results: Results, found: list[Ratio]) -> str:
    """The mean of the smallest sizes, of those between, and of the largest, as far as there are such."""
    places: dict[str, list[float]] = {"smallest": [], "between": [], "largest": []}
    sizes = {row["program"]: list(row["sizes"]) for row in results["rows"]}
    for r in found:
        names = sizes[r.program]
        place = (
            "largest" if r.size == names[-1] else "smallest" if r.size == names[0] else "between"
        )
        places[place].append(r.ratio)
    means = {name: geometric_mean(values) for name, values in places.items() if values}
    return "by size: " + _listed(means)


def _listed(values: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in values.items()) or "none measured"
