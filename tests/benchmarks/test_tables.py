"""The figures and the page of made-up results."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from figures import Results, ratios, stream_shares, summary, times_of_c
from plots import draw
from tables import cell_text, duration, page


def cells(**seconds: float) -> dict[str, Any]:
    """Versions with these seconds a call, all of them right."""
    return {
        label.replace("_", "-"): {"seconds": s, "error": 0.0, "rounds": 3}
        for label, s in seconds.items()
    }


def row(program: str, bound: str | None, sizes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        **{"program": program, "bound": bound, "sizes": sizes},
        "first_call": {"ours-auto": {"load": 0.1, "call": 0.25}},
        **{"skipped": {}, "declined": {}, "backends": {"ours-auto": ["numba"]}},
    }


def size(number: int, versions: dict[str, Any]) -> dict[str, Any]:
    return {"size": number, "flops": 2.0 * number, "bytes": 24.0 * number, "versions": versions}


@pytest.fixture
def results() -> Results:
    triad = {
        "small": size(500, cells(original=1e-4, c=1e-6, ours_auto=2e-6)),
        "large": size(10**6, cells(original=0.2, c=2e-3, njit=1e-3, ours_auto=1e-3)),
    }
    triad["large"]["versions"]["njit"]["error"] = 0.5  # the fastest, and wrong
    gelu = {"large": size(1000, cells(original=0.5, c=0.01, ours_auto=0.012))}
    gelu["large"]["versions"]["ours-auto"]["error"] = 3e-16
    lcs = {"large": {**size(50, cells(original=0.5)), "flops": None, "bytes": None}}
    lcs["large"]["versions"]["ours-auto"] = {
        **lcs["large"]["versions"]["original"], "as_original": True,
    }  # fmt: skip
    rows = [
        row("stream/triad", "memory", triad),
        row("maps/gelu", "math", gelu),
        row("dynamic/lcs", None, lcs),
    ]
    rows[1]["skipped"] = {"pythran": "Pythran is not installed"}
    rows[2]["declined"] = {"ours-auto": "LW203 a | b"}
    rows[2]["backends"] = {"ours-auto": []}
    one = {"threads": 1, "bytes": 2e10, "flops": 5e10}
    return {
        "versions": {"original": "the reference", "njit": "as written", "c": "4 units"}
        | {"pythran": "as written", "ours-auto": "faithful"},
        **{"rows": rows, "failed": {"maps/other": "Failed: the process ended with -9: "}},
        **{"machine": {"processor": "a made-up one", "cores": "2"}},
        "limits": {"one": one, "all": {"threads": 2, "bytes": 3e10, "flops": 1e11}},
    }


def test_a_wrong_version_is_no_peer(results: Results) -> None:
    found = {(r.program, r.size): (r.peer, r.ratio) for r in ratios(results)}
    assert found[("stream/triad", "large")] == ("c", 2.0)
    assert found[("stream/triad", "small")] == ("c", 0.5)
    assert found[("dynamic/lcs", "large")] == ("original", 1.0)


def test_shares_are_of_the_largest_size(results: Results) -> None:
    assert stream_shares(results) == {"stream/triad": pytest.approx(0.8)}
    assert times_of_c(results) == {"maps/gelu": pytest.approx(1.2)}


def test_the_summary_names_what_falls_short(results: Results) -> None:
    text = "\n".join(summary(results))
    assert "by size: smallest 0.50, largest 1.19" in text
    assert "below 0.9: stream/triad small 0.50 (c), maps/gelu large 0.83 (c) (2 of 4)" in text
    assert "ours off by more than 1e-06: none" in text
    results["rows"][1]["sizes"]["large"]["versions"]["ours-auto"]["error"] = float("inf")
    assert "ours off by more than 1e-06: maps/gelu large" in summary(results)[-1]


def test_the_page(results: Results, golden: Callable[[str, str], None]) -> None:
    golden("benchmarks/page.md", page(results, ["ratios.svg"]))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(2.0, "2 s"), (0.0123, "12.3 ms"), (4.5e-6, "4.5 µs"), (3e-9, "3 ns")],
)
def test_a_duration_has_a_unit_that_fits(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_every_time_has_its_error() -> None:
    assert cell_text({"seconds": 1.0, "error": 0.0}) == "1 s (same)"
    assert cell_text({"seconds": 1.0, "error": 2e-16}) == "1 s (2e-16)"
    assert cell_text({"seconds": 1.0, "error": float("inf")}) == "1 s (inf) ✗"
    assert cell_text(None) == "-"


def test_plots_are_drawn(results: Results, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    names = draw(results, tmp_path / "plots")
    assert names and all((tmp_path / "plots" / name).stat().st_size > 1000 for name in names)
