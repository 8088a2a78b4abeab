"""The list of passes, their names on the command line, and the examples that each one carries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import loopwright.passes
from loopwright.diagnostics import code_row
from loopwright.frontend.lower_source import lower_function
from loopwright.ir.check import check
from loopwright.ir.nodes import Program
from loopwright.ir.show import show
from loopwright.passes import ALL, by_name, parse_options
from loopwright.passes.base import Applied, Example, Pass, Refusal, Unchanged
from loopwright.passes.inline import Inline
from loopwright.passes.normalise import Normalise
from loopwright.passes.vectorise import Vectorise

Agree = Callable[[Program, Program, float], int]

CASES = [(p, e) for p in ALL for e in p.examples if isinstance(e, Example)]
REFUSED = [(p, e) for p in ALL for e in p.examples if isinstance(e, Refusal)]


def ids(cases: list[Any]) -> list[str]:
    return [f"{p.name} {e.before.split('def ')[-1].split('(')[0]}" for p, e in cases]


# ------------------------------------------------------------------ the list


def test_every_pass_file_is_in_all() -> None:
    folder = Path(loopwright.passes.__file__).parent
    files = {f.stem for f in folder.glob("*.py")} - {"__init__", "base"}
    names = {p.name for p in ALL}
    missing = {f for f in files - names if not any(f.startswith(f"{n}_") for n in names)}
    assert not missing, f"add to ALL in passes/__init__.py: {', '.join(sorted(missing))}"
    assert names <= files


def test_passes_are_passes_with_a_name_of_their_own() -> None:
    assert all(isinstance(p, Pass) for p in ALL)
    assert len({p.name for p in ALL}) == len(ALL)


@pytest.mark.parametrize("each", ALL, ids=lambda p: p.name)
def test_a_pass_shows_what_it_does(each: Pass) -> None:
    assert any(isinstance(e, Example) for e in each.examples)


@pytest.mark.parametrize("each", ALL, ids=lambda p: p.name)
def test_the_search_space_starts_with_a_pass_of_the_same_name(each: Pass) -> None:
    program = lower_function("def f(n: int) -> int:\n    return n + 1\n")
    assert next(iter(each.space(program))).name == each.name


# ------------------------------------------------------------------ examples


@pytest.mark.parametrize(("each", "example"), CASES, ids=ids(CASES))
def test_an_example_becomes_exactly_the_text_shown(each: Pass, example: Example) -> None:
    outcome = each.run(lower_function(example.before))
    assert isinstance(outcome, Applied)
    check(outcome.program)
    assert show(outcome.program).strip() == example.after.strip()


@pytest.mark.parametrize(("each", "example"), CASES, ids=ids(CASES))
def test_an_example_keeps_its_results(each: Pass, example: Example, agree: Agree) -> None:
    before = lower_function(example.before)
    outcome = each.run(before)
    assert isinstance(outcome, Applied)
    assert agree(before, outcome.program, 0.0 if each.bitwise else 1e-12) >= 8


@pytest.mark.parametrize(("each", "example"), CASES, ids=ids(CASES))
def test_a_second_run_changes_nothing(each: Pass, example: Example) -> None:
    outcome = each.run(lower_function(example.before))
    assert isinstance(outcome, Applied)
    again = each.run(outcome.program)
    assert isinstance(again, Unchanged) or show(again.program) == show(outcome.program)


@pytest.mark.parametrize(("each", "refusal"), REFUSED, ids=ids(REFUSED))
def test_a_refusal_carries_its_code(each: Pass, refusal: Refusal) -> None:
    outcome = each.run(lower_function(refusal.before))
    assert isinstance(outcome, Unchanged)
    assert refusal.code in {d.code for d in outcome.declined}
    for declined in outcome.declined:
        assert code_row(declined.code)
        assert declined.why and declined.at.line > 0


# ------------------------------------------------------------------- options


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("normalise", (Normalise(),)),
        ("inline{size=3}", (Inline(size=3),)),
        (" inline{ size = 3 } , normalise ", (Inline(size=3), Normalise())),
        ("vectorise{reorder=false,spread=1}", (Vectorise(reorder=False, spread=1),)),
        ("vectorise{reorder=True}", (Vectorise(),)),
        ("normalise,normalise", (Normalise(), Normalise())),
        ("", ()),
    ],
    ids=[
        "a bare name has default options",
        "an option is a field",
        "spaces do not matter",
        "several options are parted by commas",
        "a truth value is written in any case",
        "a pass may come twice",
        "no text is no passes",
    ],
)
def test_options_are_read(text: str, expected: tuple[Pass, ...]) -> None:
    assert parse_options(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("normalize", "did you mean normalise"),
        ("inline{sice=3}", "did you mean size"),
        ("inline{size=three}", "'three' is not int"),
        ("vectorise{reorder=1}", "'1' is not bool"),
        ("inline{3}", "'3' is not name=value"),
        ("inline{size=3", "cannot read"),
        ("!", "cannot read"),
    ],
    ids=[
        "an unknown pass is named with the nearest one",
        "an unknown option is named with the nearest one",
        "a number must be a number",
        "a truth value must be one",
        "an option needs a name",
        "a brace must be closed",
        "a name must be a name",
    ],
)
def test_options_that_make_no_sense_are_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_options(text)


def test_every_pass_is_found_by_its_name() -> None:
    assert tuple(by_name(p.name) for p in ALL) == ALL
