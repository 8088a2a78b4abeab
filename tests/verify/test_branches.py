"""What lies behind one rare condition is found; what no input reaches is named."""

from __future__ import annotations

import textwrap
from pathlib import Path

import numpy as np
import pytest
from verify.rare import RARE, SAME

from loopwright.verify.functions import Verdict, render, verify_functions

HEAD = "from typing import Annotated\nimport numpy as np\nfrom numpy.typing import NDArray\n"


def verify(folder: Path, pair: tuple[str, ...], **options: object) -> Verdict:
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
    "rows of two arguments that are as long as each other": (
        "a: list[list[int]], b: list[list[float]]",
        "return 0",
        "rows = [len(r) for r in a]\nreturn int((rows == [len(r) for r in b]) * (len(set(rows)) > 3))",
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


def test_what_is_drawn_in_place_of_an_example_fits_the_rest_of_it(tmp_path: Path) -> None:
    pair = (
        "a: np.ndarray, b: np.ndarray, c: np.ndarray",
        "return (a @ b @ c).shape",
        "alike = (b.shape == (7, 6)) * (len(set(b.ravel().tolist())) == 1)\n"
        "return (a @ b @ c).shape + (0,) * alike",
    )
    rng = np.random.default_rng(0)
    example = [rng.normal(size=shape) for shape in ((5, 7), (7, 6), (6, 3))]
    verdict = verify(tmp_path, pair, inputs=1000, examples=[example])
    assert verdict.status == "different", render(verdict)
