"""Wrong rewrites are found, right ones are not accused.

Each file of `twins/` is one hazard of rewriting compilers, named by its docstring: the original `f`, the
wrong rewrite `g` and the right one `h`. A docstring that ends with `at rtol=1e-9` grants that tolerance.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from loopwright.verify.functions import render

from .pool import verify_functions

FILES = sorted(Path(__file__).with_name("twins").glob("*.py"))
every_file = pytest.mark.parametrize("file", FILES, ids=lambda p: p.stem.replace("_", " "))


def test_there_are_many() -> None:
    assert len(FILES) >= 200


def granted(file: Path) -> str:
    """The accuracy that the docstring of `file` grants."""
    text = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
    at = re.search(r", at (rtol=\S+)\.$", text)
    return at[1] if at else "bitwise"


@every_file
def test_the_wrong_twin_is_refuted(file: Path) -> None:
    verdict = verify_functions(
        file, "f", file, "g", accuracy=granted(file), time_limit=30.0, inputs=3000
    )
    assert verdict.status == "different", render(verdict)
    assert verdict.counterexample is not None


@every_file
def test_the_right_twin_is_not_accused(file: Path) -> None:
    verdict = verify_functions(
        file, "f", file, "h", accuracy=granted(file), time_limit=30.0, inputs=120
    )
    assert verdict.status == "same", render(verdict)
    assert verdict.evidence.accepted >= 10
