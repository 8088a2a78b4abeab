"""The pages with code run, and the pages made from the code are up to date."""

from __future__ import annotations

import re
import sys
import types
from pathlib import Path

import pytest

from loopwright.report.docs import codes_page, passes_page

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.parametrize("name", ["tour.md", "first-pass.md", "verify.md"])
def test_the_blocks_of_a_page_run_in_order(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (DOCS / name).read_text(), re.DOTALL)
    assert blocks
    page = types.ModuleType("page")
    monkeypatch.setitem(sys.modules, "page", page)  # dataclasses look their module up
    for block in blocks:
        exec(compile(block, name, "exec"), vars(page))


@pytest.mark.parametrize(("name", "made"), [("codes.md", codes_page), ("passes.md", passes_page)])
def test_a_made_page_is_up_to_date(name: str, made: object) -> None:
    assert callable(made)
    assert (DOCS / name).read_text() == made(), "run `python -m loopwright.report.docs docs`"
