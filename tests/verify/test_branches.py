"""What lies behind one rare condition is found; what no input reaches is named."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from verify.rare import RARE, SAME

from loopwright.verify.functions import Verdict, render

from .pool import verify_functions

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


IN_ORDER = {
    "a text of more than a hundred letters": (
        "s: str",
        "return len(s)",
        "return len(s) if len(s) >> 7 != 1 else 0",
    ),
    "a length that needs sixteen bits": (
        'x: Annotated[NDArray[np.float64], "n"]',
        "return len(x)",
        "return len(x) if len(x) >> 15 != 1 else 0",
    ),
    "lists of lists that fit together": (
        "a: list[list[int]], b: list[list[int]]",
        "return 0",
        "return int(len(a) == 3 and {len(r) for r in a} == {2} == {len(b)} and {len(r) for r in b} == {1})",
    ),
}


@pytest.mark.parametrize("pair", IN_ORDER.values(), ids=IN_ORDER)
def test_what_comes_in_order_needs_no_luck(pair: tuple[str, ...], tmp_path: Path) -> None:
    verdict = verify(tmp_path, pair, inputs=600)
    assert verdict.status == "different", render(verdict)


def test_a_search_ends_when_nothing_new_comes(tmp_path: Path) -> None:
    verdict = verify(tmp_path, ("n: int", "return n + n", "return 2 * n"), inputs=100_000)
    assert verdict.status == "same", render(verdict)
    assert 500 < verdict.evidence.inputs < 2000
