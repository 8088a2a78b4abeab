"""What lies behind one rare condition is found; what no input reaches is named."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from verify.rare import RARE, SAME

from loopwright.verify.functions import Verdict, render, verify_functions

HEAD = "from typing import Annotated\nimport numpy as np\nfrom numpy.typing import NDArray\n"


def verify(folder: Path, pair: tuple[str, ...], **options: float) -> Verdict:
    signature, f, g, *rest = pair
    names = ("f", "g")
    parts = [
        f"def {name}({signature}):\n{textwrap.indent(body, '    ')}\n"
        for name, body in zip(names, (f, g), strict=True)
    ]
    file = folder / "pair.py"
    file.write_text("\n".join([HEAD, *rest, *parts]))
    return verify_functions(file, "f", file, "g", **options)  # type: ignore[arg-type]


def test_there_are_many() -> None:
    assert len(RARE) >= 40


@pytest.mark.parametrize("pair", RARE.values(), ids=RARE)
def test_a_difference_behind_a_rare_condition_is_found(
    pair: tuple[str, ...], tmp_path: Path
) -> None:
    verdict = verify(tmp_path, pair)
    assert verdict.status == "different", render(verdict)
    assert verdict.counterexample is not None


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME)
def test_what_is_the_same_is_called_so(pair: tuple[str, ...], tmp_path: Path) -> None:
    verdict = verify(tmp_path, pair, inputs=400)
    assert verdict.status == "same", render(verdict)
