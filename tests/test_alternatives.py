"""Which refusal is told of a region that was tried as a whole and in parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from loopwright.alternatives import telling
from loopwright.diagnostics import Span
from loopwright.report.results import RegionResult


def refused(line: int, code: str, share: float, compiled: bool = False) -> RegionResult:
    return RegionResult(
        Path("a.py"), Span(line, 0, line, 9), "f", "declined", code=code, reason=f"at {line}",
        share=share, seconds={"lower": 0.1, **({"build": 1.0} if compiled else {})},
    )  # fmt: skip


WHOLE = refused(1, "LW305", 0.8)
CASES = {
    "no part takes most of the time": ([refused(2, "LW102", 0.3)], 1),
    "lowering stopped at something else than a type": ([refused(2, "LW102", 0.7)], 2),
    "a part lacks a type as well": ([refused(2, "LW305", 0.7)], 1),
    "a part was compiled": ([refused(2, "LW102", 0.7), refused(3, "LW501", 0.6, compiled=True)], 3),
    "a part that was compiled is cold": (
        [refused(2, "LW102", 0.7), refused(3, "LW501", 0.1, compiled=True)], 2,
    ),
    "a part has too little work to be compiled": ([refused(2, "LW501", 0.7)], 1),
    "a part was cold when lowered": ([refused(2, "LW503", 0.7)], 1),
}  # fmt: skip


@pytest.mark.parametrize(("parts", "line"), CASES.values(), ids=CASES)
def test_what_came_furthest_is_told(parts: list[RegionResult], line: int) -> None:
    told = telling(WHOLE, parts)
    assert (told.span.line, told.reason) == (line, f"at {line}")


def test_what_no_lowering_refused_is_told_itself() -> None:
    whole = refused(1, "LW501", 0.8, compiled=True)
    assert telling(whole, [refused(2, "LW102", 0.8)]) == whole
