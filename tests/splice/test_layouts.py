"""Whatever the layout of a file: a splice changes nothing but what it inserts, and can be taken back."""

from __future__ import annotations

import ast
import random
from collections.abc import Sequence

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from loopwright.diagnostics import Declined
from loopwright.frontend.region import Module
from loopwright.splice import Placement, splice
from loopwright.unsplice import unsplice

from .fabricated import (
    all_statements,
    assert_only_inserted,
    module_of_text,
    placed,
    shares_rows,
    some_regions,
    split_rows,
    undone,
)
from .layouts import Layout

RANDOMS = st.randoms(use_true_random=False)


def drawn(rng: random.Random) -> tuple[Layout, Module, list[Placement], str | Declined]:
    layout = Layout(rng)
    module = module_of_text(layout.module())
    assert module is not None
    placements = [placed(r, f"k{k}") for k, r in enumerate(some_regions(module, rng))]
    assume(placements)
    return layout, module, placements, splice(module, placements)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(RANDOMS)
def test_odd_layouts(rng: random.Random) -> None:
    layout, module, placements, result = drawn(rng)
    if not isinstance(result, Declined):
        assert unsplice(result) == module.text
        assert_only_inserted(module.text, result, placements)
    elif result.code == "LW604":
        assert any(shares_rows(module.text, p.lowered.region) for p in placements)
    elif result.code == "LW607":
        assert "\f" in module.text
    else:
        assert result.code == "LW606" and layout.mixed


@settings(max_examples=80, deadline=None, derandomize=True)
@given(RANDOMS, st.integers(0, 10**6))
def test_an_edit_before_or_after_the_splice_is_the_same(rng: random.Random, pick: int) -> None:
    _, module, _, result = drawn(rng)
    assume(isinstance(result, str) and "\f" not in module.text)
    assert isinstance(result, str)
    theirs, ours = _alone(module.text, module.tree), _alone(result, undone(ast.parse(result)))
    assert len(theirs) == len(ours)
    assume(theirs)
    at = pick % len(theirs)
    assert unsplice(_edited(result, ours[at])) == _edited(module.text, theirs[at])


def _alone(text: str, tree: ast.Module) -> list[int]:
    """The first rows of the statements that begin theirs."""
    rows = split_rows(text)
    firsts = [
        (min([s.lineno, *(d.lineno for d in _decorators(s))]), s) for s in all_statements(tree.body)
    ]
    return [
        row for row, s in firsts
        if row < s.lineno or not rows[row - 1].encode()[: s.col_offset].strip(b" \t")
        if not rows[row - 1].strip().startswith("elif")
    ]  # fmt: skip


def _decorators(stmt: ast.stmt) -> Sequence[ast.expr]:
    return getattr(stmt, "decorator_list", ())


def _edited(text: str, row: int) -> str:
    """`text` with a comment and a statement above `row`."""
    rows = split_rows(text)
    here = rows[row - 1]
    space = here[: len(here) - len(here.lstrip(" \t"))]
    rows[row - 1 : row - 1] = [f"{space}# why\n", f"{space}edited = [1,\n{space}  2]\n"]
    return "".join(rows)
