"""Reports as text: the caret form, the table, and the summary."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from loopwright.diagnostics import Span
from loopwright.report.results import Evidence, RegionResult, Report, SkippedFile
from loopwright.report.text import caret, explain, print_table, short, summary

LONG = Path("a_folder_with_a_long_name/and_another_one_below_it/and_a_module_name.py")
WHY = "nothing tells the types of `alpha`, `beta`, `gamma`, `delta`, `epsilon`, `zeta`, `eta` and `[theta]`"
REGIONS = (
    RegionResult(
        Path("pkg/heat.py"), Span(6, 4, 9, 12), "step", "rewritten", backend="numba",
        passes=("normalise",), evidence=Evidence("tested", 412, 400, 1.0),
        speedup={10: 1.5, 1000: 93.2}, kernel="step",
    ),
    RegionResult(LONG, Span(120, 4, 121, 8), "Model.fit", "declined", code="LW301", reason=WHY),
    RegionResult(Path("x.py"), Span(1, 0, 1, 3), "f", "failed", code="LW901", reason="ValueError: [x]"),
)  # fmt: skip
REPORT = Report(REGIONS, (SkippedFile(Path("bad.py"), "LW003", "line 1: invalid syntax"),))


def table(width: int) -> list[str]:
    out = io.StringIO()
    print_table(REPORT, Console(file=out, width=width))
    return out.getvalue().splitlines()


@pytest.mark.parametrize("width", [60, 80, 109, 110, 200])
def test_everything_is_in_the_table_at_any_width(width: int) -> None:
    lines = table(width)
    words = "".join(lines).replace(" ", "").replace("┃", "").replace("│", "")
    for part in ("numba", "412inputs", "93x", "LW301", "LW901", "bad.py:LW003line1:invalidsyntax"):
        assert part in words
    assert lines[-1] == "1 of 3 regions rewritten in 0.0 s"


@pytest.mark.parametrize("width", [80, 110, 200])
def test_the_table_keeps_to_its_width(width: int) -> None:
    assert all(len(line) <= width for line in table(width) if str(LONG) not in line)


def test_a_narrow_table_has_the_place_on_one_row() -> None:
    lines = table(80)
    assert lines[0] == "pkg/heat.py:6 step"
    assert lines[1] == "    rewritten: numba, tested on 412 inputs, 93x at size 1000"
    assert lines[2] == f"{LONG}:120 Model.fit"
    assert lines[3].startswith("    declined: LW301 nothing tells the types of `alpha`,")


@pytest.mark.parametrize(
    ("text", "span", "line", "marks"),
    [
        ("    x = a[i]\n", Span(1, 8, 1, 12), "    x = a[i]", "        ^^^^ why"),
        ("é = ü[i]\n", Span(1, 5, 1, 10), "    é = ü[i]", "        ^^^^ why"),
        ("if x:\n\ty = z\t+ w\n", Span(2, 5, 2, 10), "    y = z\t+ w", "        ^^^^^ why"),
        ("for i in x:\n    pass\n", Span(1, 0, 2, 8), "    for i in x:", "    ^^^^^^^^^^^ why"),
        ("", Span(0, 0, 0, 0), "    why", "  unlocks it: nothing; there is nothing to compile"),
    ],
    ids=["columns", "columns are bytes", "tabs", "several rows", "no place"],
)
def test_the_caret_stands_under_the_code(text: str, span: Span, line: str, marks: str) -> None:
    lines = caret(Path("m.py"), text, span, "LW004", "why").splitlines()
    assert lines[0].startswith("m.py:")
    assert (lines[1], lines[2]) == (line, marks)
    assert lines[-1] == "  more: loopwright why LW004"


def test_paths_below_the_current_folder_are_relative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert short(tmp_path / "a" / "b.py") == Path("a/b.py")
    assert short(tmp_path.parent / "b.py") == tmp_path.parent / "b.py"
    assert short(Path("c.py")) == Path("c.py")


def test_the_summary_counts() -> None:
    assert summary(REPORT) == "3 regions: 1 rewritten, 1 declined, 1 failed"
    assert summary(Report(())) == "there is no loop or array code"


def test_explain_tells_how_and_why() -> None:
    text = explain(REPORT)
    assert "pkg/heat.py:6: step: rewritten, numba, tested on 412 inputs, 93x at size 1000" in text
    assert "  size 10: 1.5x" in text
    assert WHY in text
    assert "unlocks it: annotate it, or record a workload" in text


def test_files_that_were_not_looked_at_are_told() -> None:
    out = io.StringIO()
    print_table(replace(REPORT, tests=1), Console(file=out, width=200))
    assert "1 test file left alone" in out.getvalue()
    assert "test file" not in "".join(table(200))


def test_the_reasons_for_many_regions_are_counted() -> None:
    out = io.StringIO()
    many = replace(REPORT, regions=(*REGIONS, REGIONS[1]) * 5)
    print_table(many, Console(file=out, width=200))
    assert (
        "10 times LW301: type of a name is unknown\n5 times LW901: internal error\n"
        in out.getvalue()
    )
    assert not any("times" in line for line in table(200))
