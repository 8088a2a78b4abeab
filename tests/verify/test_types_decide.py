"""What the declared types decide needs no input; what only looks so is found all the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from verify.test_branches import verify
from verify.typed import DECIDED, OPEN

from loopwright.verify.functions import render


@pytest.mark.parametrize("pair", DECIDED.values(), ids=DECIDED)
def test_a_branch_that_no_value_of_the_types_takes_is_excused(
    pair: tuple[str, ...], tmp_path: Path
) -> None:
    verdict = verify(tmp_path, pair, inputs=60)
    assert verdict.status == "same", render(verdict)


@pytest.mark.parametrize("pair", OPEN.values(), ids=OPEN)
def test_a_branch_that_some_value_takes_is_not(pair: tuple[str, ...], tmp_path: Path) -> None:
    verdict = verify(tmp_path, pair, inputs=2000)
    assert verdict.status == "different", render(verdict)
